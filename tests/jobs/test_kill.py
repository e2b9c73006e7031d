"""`kill -9` at any step of an import leaves nothing of it or all of it, and afterwards it is done exactly once.

The steps are counted in a run that nobody kills (`killing`): one kill at each commit, before and after it, and more at even
distances in between. Every process is a real one that dies by SIGKILL; each trial starts from a copy of one prepared state.
"""

import http.client
import json
import shutil
import socket
from functools import cache
from itertools import count
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.jobs import killing
from tests.sheets.books import small, written

COMMITS = 7  # of a worker that does one import: sweeping (jobs and tasks, sent forms, sessions), taking the task, claiming the job, the import, looking for more
EVENLY = {"sqlite": 12, "postgresql": 5}
KILLS = [
    (engine, *point)
    for engine in EVENLY
    for point in [("evenly", n) for n in range(EVENLY[engine])]
    + [(name, n) for name in ("commit", "committed") for n in range(COMMITS if engine == "sqlite" else 0)]
]


class Ground:
    """States of a database with its files, and copies of them to kill processes on."""

    def __init__(self, url, folder):
        self.url, self.folder, self.numbers = url, folder, count()

    def __enter__(self):
        self.around = killing.ground(self.url)
        self.forked = self.around.__enter__()
        self.asked = self.place("asked")  # for two checks
        self.session = self.forked("prepare", self.asked)["session"]
        self.checked = self.copy(self.asked)
        self.checks, self.found = self.run(self.checked)
        self.confirmed = self.copy(self.checked)
        self.confirm = self.forked("confirm", self.confirmed)["address"]
        self.before = self.look(self.confirmed)
        self.steps, self.done = self.run(self.copy(self.confirmed))
        return self

    def __exit__(self, *error):
        return self.around.__exit__(*error)

    def place(self, name):
        jobs = self.folder / f"{name}-jobs"
        jobs.mkdir(exist_ok=True)
        return {"database": str(self.folder / f"{name}.sqlite3"), "jobs": str(jobs)}

    def copy(self, place):
        new = self.place(f"copy{next(self.numbers)}")
        shutil.copytree(place["jobs"], new["jobs"], dirs_exist_ok=True)
        self.copy_database(place["database"], new["database"])
        return new

    def copy_database(self, old, new):
        shutil.copy(old, new)

    def look(self, place):
        found = self.forked("look", place)
        assert "FAULT" not in found["proof"]
        assert found["missing"] == []
        return {key: found[key] for key in ("rows", "entries", "jobs", "outcomes", "ready")}

    def files(self, place):
        return sorted(path.name for path in Path(place["jobs"]).iterdir())

    def run(self, place):
        """The worker does all: the steps of it, and what is there then."""
        steps = self.forked("work", place)["steps"]
        return steps, self.look(place)


class PostgresGround(Ground):
    def place(self, name):
        place = super().place(name)
        if name == "asked":
            self.sql("CREATE DATABASE asked")
        return place | {"database": name}

    def copy_database(self, old, new):
        self.sql(f"CREATE DATABASE {new} TEMPLATE {old} STRATEGY FILE_COPY")

    def sql(self, statement):
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="module")
def grounds(request, tmp_path_factory):
    """Function of an engine: its ground, made on first use."""
    made = {}

    def ground(engine):
        if engine not in made:
            folder = tmp_path_factory.mktemp(engine)
            if engine == "sqlite":
                made[engine] = Ground(f"sqlite:///{folder}/asked.sqlite3", folder)
            else:
                made[engine] = PostgresGround(request.getfixturevalue("postgres_url"), folder)
            made[engine].__enter__()
        return made[engine]

    yield ground
    for each in made.values():
        each.__exit__(None, None, None)


def point(steps, how, n, of):
    """Number of the step to die at."""
    if how == "evenly":
        return 1 + round((len(steps) - 1) * n / (of - 1))
    found = [number for number, name in enumerate(steps, 1) if name == how]
    assert len(found) == COMMITS
    return found[n]


def same_but_for_attempts(one, other):
    """What is there is the same, however often it took."""
    return [{**each, "jobs": [job[:2] for job in each["jobs"]]} for each in (one, other)]


def nothing_or_all(ground, place):
    """What is there of the import after a kill: none of its rows and entries, or each of them."""
    found = ground.look(place)
    taken = found["jobs"][-1][1] == "done"
    whole = ground.done if taken else ground.before
    assert (found["rows"], found["entries"]) == (whole["rows"], whole["entries"])
    return taken


@pytest.mark.parametrize(("engine", "how", "n"), KILLS)
def test_a_killed_worker_leaves_nothing_or_all_of_an_import(grounds, engine, how, n):
    ground = grounds(engine)
    place = ground.copy(ground.confirmed)
    assert ground.forked("work", place, at=point(ground.steps, how, n, EVENLY[engine])) == {"killed": True}
    taken = nothing_or_all(ground, place)
    _, found = ground.run(place)
    one, other = same_but_for_attempts(found, ground.done)
    assert one == other
    assert found["jobs"][-1][2] <= (1 if taken else 2)


def test_the_kills_are_spread_over_the_whole_course(grounds):
    """The import's own transaction is among the steps, and kills lie before, in and after it."""
    steps = grounds("sqlite").steps
    numbers = sorted({point(steps, how, n, EVENLY["sqlite"]) for engine, how, n in KILLS if engine == "sqlite"})
    first = min(n for n, name in enumerate(steps, 1) if name.startswith('INSERT INTO "people_unit"'))
    last = max(n for n, name in enumerate(steps, 1) if name.startswith('UPDATE "people_ledgerhead"'))
    assert len(numbers) >= 20
    assert numbers[0] < first and numbers[-1] > last and len([n for n in numbers if first <= n <= last]) >= 3


@pytest.mark.parametrize("engine", EVENLY)
def test_killed_again_and_again_it_is_done_once_or_given_up_whole(grounds, engine):
    ground = grounds(engine)
    late = max(n for n, name in enumerate(ground.steps, 1) if name == "commit" and n < len(ground.steps) - 10)  # of the import
    place = ground.copy(ground.confirmed)
    for _ in range(2):
        assert ground.forked("work", place, at=late) == {"killed": True}
        assert not nothing_or_all(ground, place)
    twice = ground.copy(place) if engine == "sqlite" else None
    assert ground.forked("work", place, at=late) == {"killed": True}
    _, found = ground.run(place)
    assert found["jobs"][-1] == ["import", "failed", 3] and found["rows"] == ground.before["rows"]
    assert found["outcomes"][-1]["refusals"][0]["code"] == "job_gave_up"
    if twice:
        _, found = ground.run(twice)
        assert found["jobs"][-1] == ["import", "done", 3] and found["entries"] == ground.done["entries"]


@pytest.mark.parametrize("how", ["file", "file lasts", "commit", "committed"])
def test_a_worker_killed_while_it_checks_checks_again(grounds, how):
    """One workbook of the two has errors: its marked copy is written, made to last, and noted as a file that leaves."""
    ground = grounds("sqlite")
    place, steps = ground.copy(ground.asked), ground.checks
    last = max(n for n, name in enumerate(steps, 1) if name == how and n < len(steps) - 10)
    assert ground.forked("work", place, at=last) == {"killed": True}
    assert {job[1] for job in ground.look(place)["jobs"]} <= {"done", "running", "waiting"}
    _, found = ground.run(place)
    one, other = same_but_for_attempts(found, ground.found)
    assert one["rows"] == other["rows"] and one["jobs"] == other["jobs"]  # in another order, maybe
    assert sorted(entry[0] for entry in one["entries"]) == sorted(entry[0] for entry in other["entries"])


# --- the web server


TOKEN = "t" * 32
UPLOAD = encode_multipart(BOUNDARY, {"file": ContentFile(written(small()).getvalue(), name="名单.xlsx")})
REQUESTS = {"upload": ("/exchange/", UPLOAD), "confirm": (None, b"")}


def headers(ground, body):
    cookies = f"sessionid={ground.session}; csrftoken={TOKEN}"
    return {"Cookie": cookies, "X-CSRFToken": TOKEN, "Content-Type": MULTIPART_CONTENT, "Content-Length": str(len(body))}


def post(ground, port, path, body):
    """Status and steps of the answer; None when the server died under the request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", path, body, headers(ground, body))
        response = connection.getresponse()
        return response.status, json.loads(response.headers["X-Steps"])
    except (http.client.HTTPException, ConnectionError):
        return None
    finally:
        connection.close()


def request(ground, place, what, at=0):
    """One request to a server that dies at a step of it, or is killed after it."""
    path, body = REQUESTS[what]
    port = ground.forked("serve", place, at=at)["port"]
    answer = post(ground, port, path or ground.confirm, body)
    assert ground.forked("end", place, kill=answer is not None) == {"killed": True}
    return answer


@pytest.fixture(scope="module")
def unhurt(grounds):
    """Function of a request: its steps when nobody kills the server, what is there then, and when the worker is through."""

    @cache
    def unhurt(what):
        ground = grounds("sqlite")
        place = ground.copy(ground.checked)
        status, steps = request(ground, place, what)
        assert status == 302
        return steps, ground.look(place), ground.run(place)[1]

    return unhurt


@pytest.mark.parametrize("how", ["first", "middle", "commit", "committed", "last"])
@pytest.mark.parametrize("what", REQUESTS)
def test_a_killed_server_has_taken_the_request_or_not(grounds, unhurt, what, how):
    ground, (steps, asked, done) = grounds("sqlite"), unhurt(what)
    place = ground.copy(ground.checked)
    places = {"first": 1, "middle": len(steps) // 2, "last": len(steps)}
    at = places[how] if how in places else max(n for n, name in enumerate(steps, 1) if name == how)
    assert request(ground, place, what, at=at) is None
    found, before = ground.look(place), ground.look(ground.checked)
    assert found in (before, asked)
    if what == "confirm" or found == before:  # people try again
        assert request(ground, place, what)[0] == 302
    assert ground.run(place)[1] == done


def test_a_server_killed_in_the_middle_of_an_upload_has_nothing_of_it(grounds):
    ground = grounds("sqlite")
    place = ground.copy(ground.checked)
    port = ground.forked("serve", place)["port"]
    path, body = REQUESTS["upload"]
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Expect: 100-continue"]
    lines += [f"{name}: {value}" for name, value in headers(ground, body).items()]
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")  # it is being read
        connection.sendall(body[: len(body) // 2])
        assert ground.forked("end", place, kill=True) == {"killed": True}
    assert ground.look(place) == ground.look(ground.checked)
    assert ground.files(place) == ground.files(ground.checked)
