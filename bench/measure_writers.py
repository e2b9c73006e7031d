"""20 people who write all the time, on SQLite and on PostgreSQL, with the ledger and without it.

Each of 20 threads records a contact with its marks, writes an opinion and counts on a record that all of them share: real
actions, one transaction each, in turns until the time is over. Without the ledger the same actions write the same rows, but
no entries: what they would be made of is not even read.

Errors and lost updates must be none: every contact that was acknowledged is there, each opinion is the last that its writer
wrote, the counter says how often it was counted, and the ledger verifies. BENCH_SECONDS is how long each of the four runs
takes (60). The PostgreSQL is that of the tests, which does not wait for the disk; SQLite does, as in production.
"""

import json
import os
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from datetime import date
from tempfile import TemporaryDirectory
from time import monotonic

from bench.database import use
from bench.measures import line

WRITERS = 20
SECONDS = int(os.environ.get("BENCH_SECONDS", "60"))


def measures():
    for engine in ("SQLite", "PostgreSQL"):
        yield Writers(engine)


class Writers:
    """Both runs on one engine."""

    def __init__(self, engine):
        self.engine = engine

    def measure(self):
        ours, bare = (self._run(ledger) for ledger in ("ledger", "bare"))
        what = f"{WRITERS} writers for {SECONDS} s on {self.engine}"
        line(f"{what} / without the ledger, writes per second", f"{ours['rate']:.1f}", f"{bare['rate']:.1f}", bare["rate"] / ours["rate"])
        line(f"{what}, 95 of 100 done within", f"{ours['p95']:.0f} ms", f"{bare['p95']:.0f} ms")
        line(f"{what}, the longest", f"{ours['longest']:.0f} ms", f"{bare['longest']:.0f} ms")
        good = [line(f"{what}, {name}", str(ours[name]), str(bare[name]), ours[name] + bare[name], 0) for name in ("errors", "lost", "faults")]
        for told in (*ours["told"], *bare["told"]):
            print(f"    {told}")
        return all(good)

    def _run(self, ledger):
        with ExitStack() as stack:
            if self.engine == "SQLite":
                url = f"sqlite:///{stack.enter_context(TemporaryDirectory(prefix='bench-'))}/db.sqlite3"
            else:
                from tests import postgres

                url = stack.enter_context(postgres.running())
            command = [sys.executable, "-m", "bench.measure_writers", ledger, str(SECONDS)]
            done = subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        return json.loads(done.stdout.splitlines()[-1])


# --- in a process of its own


def prepare():
    """A campaign with an assessee for each writer."""
    from assessment.actions import campaigns
    from assessment.models import Evaluation
    from people import passwords
    from people.actions import cadres, grants, units, users

    people = [users.add(by=None, username=f"w{n:02d}", name=f"写{n}", password=passwords.made_up()) for n in range(WRITERS)]
    for user in people:
        grants.give(by=None, user=user, role="assessor", reason="bench")
    units.save(by=people[0], rows=[{"code": "U", "name": "测量乡", "kind": "township"}])
    rows = cadres.save(by=people[0], rows=[{"code": f"G{n:03d}", "name": f"干部{n}", "unit": "U", "post": "0"} for n in range(WRITERS)])
    common = {"unit": "U", "starts_on": date(2022, 4, 1), "ends_on": date(2022, 6, 30), "state": "open", "kind": "special"}
    (campaign,) = campaigns.save(by=people[0], rows=[{"code": "F", "title": "一线考核", "scheme": "front-line", **common}])
    campaigns.set_roster(by=people[0], campaign=campaign, cadres=rows)
    return people, {row.cadre.code: row for row in Evaluation.objects.select_related("cadre", "campaign__scheme")}


@contextmanager
def no_ledger():
    """The same work without entries: only in this process."""
    from people import ledger
    from people.recording import Recording

    ledger._append = Recording.created = Recording.touching = Recording.going = lambda *_args: None
    yield


class Writer:
    """One person: what he did, and what he was told."""

    def __init__(self, number, user, colleague, evaluation):
        self.number, self.user, self.colleague, self.evaluation = number, user, colleague, evaluation
        self.contacts, self.opinion, self.counted, self.times, self.errors = [], "", 0, [], []

    def write(self, until):
        from django.db import connection

        step = 0
        try:
            while monotonic() < until:
                began = monotonic()
                try:
                    (self.record, self.draft, self.count)[step % 3](step)
                except Exception as error:  # noqa: BLE001  it is counted, and told
                    self.errors.append(f"{type(error).__name__}: {error}")
                self.times.append(monotonic() - began)
                step += 1
        finally:
            connection.close()

    def record(self, step):
        from assessment.actions import contacts

        marks = dict.fromkeys(self.evaluation.campaign.scheme.dimensions.all(), "较好")
        finding = contacts.FindingDraft(self.evaluation, f"第{step}次所见", "例如某日", marks)
        draft = contacts.ContactDraft("F", "on_site", "2022-05-01 09:00", [self.user, self.colleague], [finding], place="村口")
        self.contacts.append(contacts.record(by=self.user, drafts=[draft])[0].pk)

    def draft(self, step):
        from assessment.actions import evaluations

        text = f"{self.number} {step}"
        evaluations.draft(by=self.user, evaluation=self.evaluation, strengths=text)
        self.opinion = text

    def count(self, step):
        from people.ledger import recorded
        from people.models import Cadre

        with recorded(by=self.user, verb="save_cadre"):
            row = Cadre.objects.select_for_update().get(code="G000")
            row.post = str(int(row.post) + 1)
            row.save(update_fields=["post"])
        self.counted += 1


def run(ledger, seconds):
    """All write for so long; what came of it."""
    use()
    from django.core.management import call_command

    from assessment.actions.evaluations import verify_numbers
    from assessment.models import Contact, Evaluation
    from people import proof
    from people.models import Cadre

    call_command("migrate", verbosity=0)
    people, rows = prepare()
    writers = [Writer(n, user, people[n - 1], rows[f"G{n:03d}"]) for n, user in enumerate(people)]
    with no_ledger() if ledger == "bare" else ExitStack():
        until = monotonic() + seconds
        threads = [threading.Thread(target=writer.write, args=[until]) for writer in writers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    times = sorted(taken for writer in writers for taken in writer.times)
    acknowledged = {pk for writer in writers for pk in writer.contacts}
    lost = len(acknowledged ^ set(Contact.objects.values_list("pk", flat=True)))
    lost += abs(sum(writer.counted for writer in writers) - int(Cadre.objects.get(code="G000").post))
    opinions = dict(Evaluation.objects.values_list("pk", "strengths"))
    lost += sum(opinions[writer.evaluation.pk] != writer.opinion for writer in writers)
    faults = [*map(str, verify_numbers()), *(map(str, proof.verify()) if ledger == "ledger" else ())]
    errors = [error for writer in writers for error in writer.errors]
    return {
        "rate": len(times) / seconds,
        "p95": 1000 * times[int(len(times) * 0.95)],
        "longest": 1000 * times[-1],
        "errors": len(errors),
        "lost": lost,
        "faults": len(faults),
        "told": [*dict.fromkeys(errors), *faults][:5],
    }


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1], int(sys.argv[2])), ensure_ascii=False))
