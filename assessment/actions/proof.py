"""The proof that nothing was altered: chain, rows, signed opinions, files and derived numbers, in one unchanging picture."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from assessment.actions.attachments import verify_attachments
from assessment.actions.evaluations import verify_numbers, verify_opinions
from assessment.queries.proof import record_of
from people import access, anchors, ledger
from people.actions.profiles import verify_photos
from people.faults import Fault, standing
from people.models import LedgerEntry
from people.proof import all_rows, last_told, recorded_models, verify_triggers, walk

MOST = 100  # faults that a person reads; more of them prove no more
ENTRIES, RECORDS, FILES = "entries", "records", "files"  # what a verification is at


@dataclass(frozen=True)
class Proof:
    """How many entries there are, the digest of the newest, and the first faults found; more: there are others.

    last_clean: the newest earlier verification without faults, whose head still stands.
    """

    entries: int
    head: str
    faults: list
    more: bool = False
    last_clean: dict | None = None


def faults(tell=lambda stage, done, total: None):
    """Every fault, one at a time: what was altered first, then the triggers that should have hindered it.

    `tell` hears how far the work is, and may raise to end it.
    """
    yield from _counted(walk, ENTRIES, LedgerEntry.objects.count(), tell)
    yield from _counted(all_rows, RECORDS, sum(model._base_manager.count() for model in recorded_models()), tell)
    for check in (verify_opinions, verify_photos, verify_attachments, verify_numbers):
        tell(FILES, 0, 0)
        for fault in check():
            yield _known(fault)
    yield from verify_triggers()


def _counted(check, stage, total, tell):
    done = 0

    def step(count):
        nonlocal done
        done += count
        tell(stage, min(done, total), total)

    tell(stage, 0, total)
    yield from check(step)


def _known(fault):
    """With the name of its record, and the entry that last told of it."""
    record = record_of(fault)
    if record is None or fault.good:
        return fault
    name, good = last_told(*record)
    return replace(fault, name=name, good=good)


def last_clean():
    """The newest verification that found no fault and whose head still stands: (number, time, who), or None."""
    for entry in LedgerEntry.objects.filter(verb="verify", purged_by=None).order_by("-seq")[:MOST]:
        facts = entry.after or {}
        if facts.get("faults") == 0 and "anchors" not in facts and anchors.stands(facts.get("entries"), facts.get("head")):
            return standing(entry.seq, entry.at, entry.actor_name)
    return None


def verify(*, by, tell=lambda stage, done, total: None):
    """Verify everything in one picture of the database."""
    access.demand(by, "verify_ledger")
    with ledger.still():
        found = list(islice(faults(tell), MOST + 1))
        entries, head = ledger.head()
        return Proof(entries, head, found[:MOST], len(found) > MOST, last_clean())


def record(*, by, proof):
    """Record who verified and what came out."""
    facts = {"entries": proof.entries, "head": proof.head, "faults": len(proof.faults)}
    if proof.faults:
        facts["first"] = str(proof.faults[0])
    ledger.note(by=by, verb="verify", object_type="people.ledgerentry", facts=facts)


def as_json(proof):
    """A proof as the outcome of a job holds it."""
    return {
        "entries": proof.entries, "head": proof.head, "more": proof.more, "last_clean": _json(proof.last_clean),
        "faults": [{"code": f.code, "facts": f.facts, "name": f.name, "good": _json(f.good)} for f in proof.faults],
    }  # fmt: skip


def faults_of(outcome):
    """The faults that an outcome holds."""
    return [Fault(each["code"], each["facts"], each["name"], known_of(each["good"])) for each in outcome["faults"]]


def _json(good):
    return good and {**good, "at": good["at"].isoformat()}


def known_of(good):
    """What is known to have been good, as an outcome holds it."""
    return good and {**good, "at": datetime.fromisoformat(good["at"])}


def verify_anchors(*, by, file):
    """Compare a file of anchors with the ledger; (faults, last anchor that fits, how many lines). Recorded like a proof."""
    access.demand(by, "verify_ledger")
    lines = anchors.read(file)
    found, fits = anchors.check(lines)
    entries, head = ledger.head()
    facts = {"entries": entries, "head": head, "anchors": len(lines), "faults": len(found)}
    if found:
        facts["first"] = str(found[0])
    ledger.note(by=by, verb="verify", object_type="people.ledgerentry", facts=facts)
    return found, fits, len(lines)
