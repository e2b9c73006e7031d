"""Entries among their like: what one click did, the others of a request, the neighbours along a record."""

from dataclasses import dataclass

from django.db.models import Count

from assessment.queries.history import told
from people.ledger import EVENTS, fold
from people.models import LedgerEntry

#: Verbs of those who looked or took something along, and of those who were turned away.
LOOKED = frozenset({"view", "reveal", "export"})
TURNED_AWAY = frozenset({"refused", "sign_in_failed", "sign_in_locked", "confirm_failed"})


def of_kind(entries, kind):
    """Only the changes, the events, what was looked at and taken along, or what was refused and failed."""
    if kind == "changes":
        return entries.exclude(verb__in=EVENTS)
    verbs = {"events": EVENTS, "looks": LOOKED, "refused": TURNED_AWAY}[kind]
    return entries.filter(verb__in=verbs)


@dataclass
class Click:
    """What one click did, as far as it stands on this page: [(entry, verb, kind of change, [Change])], the first deed first.

    total: how many of the entries listed are of this click; more than are shown where the edge of the page cuts it.
    """

    told: list
    total: int

    @property
    def newest(self):
        return self.told[-1][0]

    @property
    def verbs(self):
        """What was done, each deed once."""
        return list(dict.fromkeys(verb for _entry, verb, _kind, _changes in self.told))

    @property
    def reasons(self):
        return list(dict.fromkeys(entry.reason for entry, *_ in self.told if entry.reason))

    @property
    def refused(self):
        return any(entry.verb in TURNED_AWAY for entry, *_ in self.told)

    @property
    def alone(self):
        """Is it one entry and no more?"""
        return self.total == 1

    @property
    def elsewhere(self):
        return self.total - len(self.told)


def clicks(page, listed):
    """The entries of a page as clicks, where their newest stands. A fixed number of queries, one for each model referred to.

    A page holds its number of entries, whatever they belong to, so a click of thousands may go over many pages: then each
    of its parts says how many of its entries stand elsewhere. listed: all that is listed, of which this is a page.
    """
    found = {}
    for one in told(page):
        found.setdefault(_key(one[0]), []).append(one)
    totals = _totals(found, listed)
    return [Click(sorted(rows, key=lambda one: one[0].seq), max(totals.get(key, 0), len(rows))) for key, rows in found.items()]


def _key(entry):
    """What the entries of one click share: the request and who made it; of what came by no request, the moment."""
    return entry.request_id or entry.at, entry.actor_id


def _totals(found, listed):
    requests = {where for where, _who in found if isinstance(where, str)}
    moments = {where for where, _who in found if not isinstance(where, str)}
    totals, listed = {}, listed.order_by()
    for column, wanted, rows in (("request_id", requests, listed), ("at", moments, listed.filter(request_id=""))):
        if wanted:
            rows = rows.filter(**{f"{column}__in": wanted}).values_list(column, "actor_id").annotate(Count("seq"))
            totals |= {(where, who): number for where, who, number in rows}
    return totals


def of_record(entries, object_type, object_id):
    """Entries of one record, of those that are seen."""
    return entries.filter(object_type=object_type, object_id=object_id)


def neighbours(entries, entry):
    """(number of the entry before, number of the one after) of the same record, None where there is none. Two queries."""
    if entry.object_id is None:
        return None, None
    same = of_record(entries, entry.object_type, entry.object_id)
    before = same.filter(seq__lt=entry.seq).order_by("-seq").values_list("seq", flat=True).first()
    return before, same.filter(seq__gt=entry.seq).order_by("seq").values_list("seq", flat=True).first()


def together(entries, entry, most):
    """Other entries of the same request, oldest first."""
    if not entry.request_id:
        return LedgerEntry.objects.none()
    return entries.filter(request_id=entry.request_id).exclude(seq=entry.seq).order_by("seq")[:most]


def last_change(object_type, object_id):
    """The newest entry that changed a record, whoever may see it."""
    rows = LedgerEntry.objects.filter(object_type=object_type, object_id=object_id)
    return rows.exclude(verb__in=EVENTS).order_by("-seq").first()


def state_at(model, pk, seq):
    """State of a record after an entry, or before it with the number below: {field: value}, None if it was not there."""
    entries = LedgerEntry.objects.filter(object_type=model._meta.label_lower, object_id=pk, seq__lte=seq)
    return fold(entries.order_by("seq").values_list("verb", "before", "after"))
