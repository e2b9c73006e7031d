"""The proof that nothing was altered: chain, rows, signed opinions, photos and derived numbers, in one unchanging picture."""

from dataclasses import dataclass
from itertools import chain, islice

from assessment.actions.evaluations import verify_numbers, verify_opinions
from people import access, ledger
from people.actions.profiles import verify_photos
from people.proof import verify_told, verify_triggers

MOST = 100  # faults that a person reads; more of them prove no more


@dataclass(frozen=True)
class Proof:
    """How many entries there are, the digest of the newest, and the first faults found; more: there are others."""

    entries: int
    head: str
    faults: list
    more: bool = False


def faults():
    """Every fault, one at a time: what was altered first, then the triggers that should have hindered it."""
    return chain(verify_told(), verify_opinions(), verify_photos(), verify_numbers(), verify_triggers())


def verify(*, by):
    """Verify everything and record who did and what came out."""
    access.demand(by, "verify_ledger")
    with ledger.still():
        found = list(islice(faults(), MOST + 1))
        entries, head = ledger.head()
    proof = Proof(entries, head, found[:MOST], len(found) > MOST)
    facts = {"entries": entries, "head": head, "faults": len(proof.faults)}
    if found:
        facts["first"] = str(found[0])
    ledger.note(by=by, verb="verify", object_type="people.ledgerentry", facts=facts)
    return proof
