"""How long what happened is kept, and the proof that a purge took no more than it may.

A purge empties old events - who looked, exported, signed in - and leaves number, time, verb and digests, so that the chain
stays whole. Entries that tell of records are never purged: they are the records' past.
"""

import hashlib
from datetime import timedelta

from people.faults import Fault
from people.ledger import EVENTS
from people.models import LedgerEntry

FLOOR = timedelta(days=180)  # the trigger `ledger_no_update` holds it as well
#: What proves the ledger itself, and what was taken in: kept for ever.
KEPT = frozenset("verify purge anchor backup restore recombine import_file".split())
PURGEABLE = EVENTS - KEPT
#: Content of an entry, and what is left of it after a purge.
BLANK = {
    "actor_id": None, "actor_name": "", "object_type": "", "object_id": None, "object_name": "", "unit_id": None, "before": None,
    "after": None, "reason": "", "request_id": "", "address": "",
}  # fmt: skip


class Sum:
    """How many entries a purge emptied, and a SHA-256 over their numbers and digests in order."""

    def __init__(self):
        self.count, self._sha = 0, hashlib.sha256()

    def add(self, seq, digest):
        self.count += 1
        self._sha.update(f"{seq} {digest}\n".encode())

    @property
    def sha256(self):
        return self._sha.hexdigest()


class Purges:
    """What a walk along the chain learns about purges: entries that are empty, and the events that should tell of them."""

    def __init__(self):
        self.emptied, self.told, self.first, self.newest = {}, {}, {}, {}

    def passed(self, entry):
        """An entry without content."""
        seq, event = entry["seq"], entry["purged_by"]
        if entry["verb"] not in PURGEABLE:
            yield Fault("entry is never purged", {"entry": seq, "verb": entry["verb"]})
        if any(entry[name] != blank for name, blank in BLANK.items()):
            yield Fault("purged entry has content", {"entry": seq})
        self.emptied.setdefault(event, Sum()).add(seq, entry["digest"])
        self.first.setdefault(event, seq)
        if entry["at"] >= self.newest.get(event, entry)["at"]:
            self.newest[event] = {"seq": seq, "at": entry["at"]}

    def remember(self, entry):
        """An entry, should it tell of a purge."""
        if entry["verb"] == "purge" and entry["purged_by"] is None:
            self.told[entry["seq"]] = entry["at"], entry["after"] or {}

    def faults(self):
        """When all were passed: each purge emptied just what its event tells, and nothing too young."""
        for event in sorted({*self.emptied, *self.told}):
            sum_ = self.emptied.get(event, Sum())
            if event not in self.told:
                yield Fault("purge not recorded", {"entry": self.first[event], "purge": event, "count": sum_.count})
                continue
            at, facts = self.told[event]
            if (facts.get("count"), facts.get("sha256")) != (sum_.count, sum_.sha256):
                yield Fault("purge differs from its entry", {"entry": event, "count": sum_.count, "told": facts.get("count")})
            if sum_.count and self.newest[event]["at"] > at - FLOOR:
                yield Fault("purged too young", {"entry": self.newest[event]["seq"], "purge": event})


def empty(until, most):
    """Entries that a purge may take, the oldest first: a queryset of at most so many."""
    rows = LedgerEntry.objects.filter(at__lt=until, verb__in=PURGEABLE, purged_by=None)
    return rows.order_by("seq")[:most]
