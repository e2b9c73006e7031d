"""Purging what happened long ago: the content goes, the place in the chain stays, and an entry tells of it."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from people import ledger
from people.models import LedgerEntry, LedgerHead
from people.refusals import Refusal, refuse
from people.retention import BLANK, FLOOR, Sum, empty

MOST = 20_000  # entries of one purge: writers wait meanwhile


def newest(now=None):
    """The moment before which entries may be purged."""
    return (now or timezone.now()) - max(timedelta(days=settings.LEDGER_DAYS), FLOOR)


def check(until):
    """Refuses a purge of what is still to be kept."""
    if until > newest():
        last = timezone.localtime(newest()).date()
        refuse(Refusal("kept_still", {"days": max(settings.LEDGER_DAYS, FLOOR.days), "last": last}, "until"))


def purgeable(until):
    """How many entries a purge would empty."""
    check(until)
    return empty(until, None).count()


def purge(*, by, until, most=MOST):
    """Empty the oldest entries before `until`, as many as are good to take at once; answers how many there were."""
    check(until)
    with ledger.recorded(by=by, verb="purge"):
        head, _made = LedgerHead.objects.select_for_update().get_or_create(pk=1)  # the next number is ours
        rows, sum_ = list(empty(until, most).values_list("seq", "digest")), Sum()
        if not rows:
            return 0
        for row in rows:
            sum_.add(*row)
        _blank([seq for seq, _digest in rows], by=head.seq + 1)
        facts = {"until": until.isoformat(), "count": sum_.count, "sha256": sum_.sha256}
        ledger.note(by=by, verb="purge", object_type=LedgerEntry._meta.label_lower, facts=facts)
    return sum_.count


def _blank(numbers, by, chunk=500):
    """By SQL, as it is the one change of the ledger that there is; its trigger lets nothing else through."""
    values = {**BLANK, "purged_by": by}
    sets = ", ".join(f"{connection.ops.quote_name(name)} = %s" for name in values)
    table = LedgerEntry._meta.db_table
    with connection.cursor() as cursor:
        for start in range(0, len(numbers), chunk):
            some = numbers[start : start + chunk]
            places = ", ".join(["%s"] * len(some))
            cursor.execute(f"UPDATE {table} SET {sets} WHERE seq IN ({places})", [*values.values(), *some])
