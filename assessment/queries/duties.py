"""Duties: marked, and counted. Takes scoped querysets."""

from django.db.models import Case, Count, F, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from people.models import Duty, Unit

#: Units that have no row of their own on the board.
ROLLED_UP = {Unit.Kind.BRANCH, Unit.Kind.TEMPORARY_BRANCH, Unit.Kind.VANGUARD_TEAM}


def with_mark(duties):
    """Duties with `untrained`: on duty before the training that has to come first (先培训后上岗)."""
    late = Q(cadre__isnull=False) & (Q(trained_on=None) | Q(trained_on__gt=F("starts_on")))
    return duties.annotate(untrained=Case(When(late, then=Value(True)), default=Value(False)))


def totals(duties):
    """What the duties given amount to, by kind in the order of the kinds; the last row is the whole.

    `people` are the cadres on duty plus the headcounts: a cadre with two duties of a kind counts once in it.
    """
    sums = {
        "duties": Count("pk"),
        "cadres": Count("cadre", distinct=True),
        "headcount": Coalesce(Sum("headcount"), 0),
        "units": Count("unit", distinct=True),
    }
    by_kind = {row["kind"]: row for row in duties.order_by().values("kind").annotate(**sums)}
    rows = [{"label": kind.label, **by_kind[kind.value]} for kind in Duty.Kind if kind.value in by_kind]
    whole = {"kind": "", "label": "", **duties.order_by().aggregate(**sums)}
    for row in (*rows, whole):
        row["people"] = row["cadres"] + row["headcount"]
    return rows, whole


def board(duties, units):
    """The board: (kinds, rows, sums). Each row a unit with {kind: people on duty in it and in all below}; two queries.

    units: the visible ones in the order of the tree. Branches and teams stand in the row of the unit above them.
    """
    people = Count("cadre", distinct=True) + Coalesce(Sum("headcount"), 0)
    own = duties.order_by().values_list("unit", "kind").annotate(people=people)
    above = {unit.pk: unit.parent_id for unit in units}
    cells, sums = {}, {}
    for unit, kind, number in own:
        sums[kind] = sums.get(kind, 0) + number
        while unit is not None:
            row = cells.setdefault(unit, {})
            row[kind] = row.get(kind, 0) + number
            unit = above.get(unit)
    kinds = [kind for kind in Duty.Kind if kind.value in sums]
    rows = [
        {"unit": unit, "cells": [(kind, cells[unit.pk].get(kind.value)) for kind in kinds], "total": sum(cells[unit.pk].values())}
        for unit in units
        if unit.pk in cells and (unit.kind not in ROLLED_UP or above[unit.pk] not in above)
    ]
    return kinds, rows, [sums[kind.value] for kind in kinds]
