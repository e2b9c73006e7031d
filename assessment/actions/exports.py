"""Every file that leaves the system makes one entry with its SHA-256: that is how `verify_export` knows its own."""

from people import ledger
from people.actions.inputs import plain_text
from people.models import LedgerEntry
from people.refusals import Refusal, refuse

REASON_LIMIT = 1000


def check_reason(reason):
    """Why a file leaves, as tidy text; refuses none at all and one that is too long."""
    reason = plain_text(reason)
    if len(reason) < 2:
        refuse(Refusal("reason_missing", {}, "reason"))
    if len(reason) > REASON_LIMIT:
        refuse(Refusal("too_long", {"limit": REASON_LIMIT, "length": len(reason)}, "reason"))
    return reason


def issued(*, by, sha256, kind, name, reason, facts, obj=None, revealed=None, held=None):
    """Record that a file leaves the system: inside a recorded transaction with it, else at once.

    kind: the record type it is about ("people.cadre", "workbook", "paper"); name: the file or list; facts: what is in it;
    revealed: facts of the ID numbers and phones in it, if any, which make an entry of their own; held: {record type: keys}
    of the records that were really written (`rules.ranges.Ranges`), so that it can be said who has a copy of one.
    """
    if told := {label: str(keys) for label, keys in (held or {}).items() if keys}:
        facts = {**facts, "ids": told}
    about = {"obj": obj} if obj is not None else {"object_type": kind, "object_name": name}
    with ledger.recorded(by=by, verb="export", reason=reason):
        ledger.note(by=by, verb="export", facts={**facts, "file": name, "sha256": sha256}, reason=reason, **about)
        if revealed:
            ledger.note(by=by, verb="reveal", facts={**revealed, "sha256": sha256}, reason=reason, **about)


def issues_of(sha256):
    """Entries of the exports that gave out a file with this digest: tables of the same rows are the same file."""
    return LedgerEntry.objects.filter(verb="export", after__sha256=sha256).select_related("actor").order_by("seq")
