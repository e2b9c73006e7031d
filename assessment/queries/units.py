"""Units with what hangs on them. Takes scoped querysets."""

from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce


def with_counts(units, *, cadres, evaluations):
    """Units with `cadre_count` and `evaluation_count` of their own (not of those below); None: not to be told.

    cadres, evaluations: scoped querysets, or None where the reader may see none at all.
    """
    return units.annotate(cadre_count=_count(cadres), evaluation_count=_count(evaluations))


def _count(rows):
    if rows is None:
        return Value(None, output_field=IntegerField())
    counted = rows.filter(unit=OuterRef("pk")).order_by().values("unit").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def branch_ids(units, unit):
    """Ids of a unit and of all below it, out of the units given."""
    return list(units.below([unit.pk]).order_by().values_list("pk", flat=True))


def children(units, unit, *, cadres):
    """Units directly below, each with `below`: the cadres of its whole branch. Three queries, whatever the depth."""
    found = list(units.filter(parent=unit).order_by("code"))
    if cadres is None:
        for child in found:
            child.below = None
        return found
    parents = dict(units.below([unit.pk]).order_by().values_list("pk", "parent_id"))
    totals = dict.fromkeys(parents, 0)
    own = cadres.filter(unit__in=list(parents)).order_by().values_list("unit").annotate(n=Count("pk"))
    for pk, count in own:
        while pk is not None and pk in parents:
            totals[pk] += count
            pk = parents[pk] if pk != unit.pk else None
    for child in found:
        child.below = totals.get(child.pk, 0)
    return found
