"""`kill -9` of the web server while people write: what was answered is there, nothing is there by halves, the ledger proves right.

Fifty rounds on each engine, on one database that is never put back: the server dies at a random step of its work (a statement,
just before or after a commit) under four people who record contacts as fast as they can. A form that got no answer is sent
again to the next server, as a browser would, and must be done once.
"""

import http.client
import random
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from tests.jobs import killing

ROUNDS, WRITERS = 50, 4
FEW, MANY = 40, 500  # steps after which the server dies: within the first forms, and after some twenty
TOKEN = "t" * 32


class Writer:
    """Somebody who records contacts: what was answered, and the form that was not."""

    def __init__(self, name, session, stage):
        self.name, self.session, self.stage = name, session, stage
        self.answered, self.pending, self.count = [], None, 0

    def form(self):
        self.count += 1
        data = {
            "campaign": self.stage["campaign"], "client_uuid": str(uuid.uuid4()), "place": f"{self.name}-{self.count}", "blocks": "2",
            "method": "on_site", "held_at": "2022-05-06T13:30", "source_name": "牧民", "relation": "served",
            "team": f"{self.name}、lin",
        }  # fmt: skip
        for n, code in enumerate(("G001", "G002")):
            data |= {f"findings-{n}-assessee": code, f"findings-{n}-narrative": f"查验严格{self.count}"}
            data |= {f"findings-{n}-rating-{pk}": self.stage["level"] for pk in self.stage["dimensions"]}
        return data

    def write(self, port):
        """Send forms until the server is gone; first the one that got no answer from the last."""
        while True:
            self.pending = self.pending or self.form()
            try:
                status = self.send(port, self.pending)
            except (http.client.HTTPException, OSError):
                return
            assert status == 302, f"{self.pending['place']}: {status}"
            self.answered.append(self.pending["place"])
            self.pending = None

    def send(self, port, data):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Cookie": f"sessionid={self.session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
        try:
            connection.request("POST", "/contacts/add", urlencode(data), {**headers, "Content-Type": "application/x-www-form-urlencoded"})
            return connection.getresponse().status
        finally:
            connection.close()


def database(engine, request, folder):
    """(URL of a server, place of a new database on it)."""
    jobs = folder / "jobs"
    jobs.mkdir()
    if engine == "sqlite":
        return f"sqlite:///{folder}/writers.sqlite3", {"database": str(folder / "writers.sqlite3"), "jobs": str(jobs)}
    import psycopg

    url = request.getfixturevalue("postgres_url")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE writers")
    return url, {"database": "writers", "jobs": str(jobs)}


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_server_killed_under_writers_loses_nothing_that_it_answered(engine, request, tmp_path):
    url, place = database(engine, request, tmp_path)
    dice, deaths = random.Random(engine), 0
    with killing.ground(url) as forked, ThreadPoolExecutor(WRITERS) as threads:
        stage = forked("stage", place, writers=WRITERS)
        whole = [2, 2 * len(stage["dimensions"]), 2, 1]  # findings, ratings, members of the team, entries of the contact
        writers = [Writer(f"writer{n}", session, stage) for n, session in enumerate(stage["sessions"])]
        for number in range(ROUNDS):
            port = forked("serve", place, at=dice.randint(FEW, MANY), threads=WRITERS)["port"]
            list(threads.map(Writer.write, writers, [port] * WRITERS))
            assert forked("end", place, kill=False) == {"killed": True}
            deaths += 1
            found = forked("written_there", place)
            assert "FAULT" not in found["proof"], (number, found["proof"])
            assert {name: parts for name, parts in found["rows"].items() if parts != whole} == {}, number
            answered = {name for writer in writers for name in writer.answered}
            open_ = {writer.pending["place"] for writer in writers if writer.pending}
            assert answered <= set(found["rows"]) <= answered | open_, number
    assert deaths == ROUNDS and len(answered) > ROUNDS  # they did get on
