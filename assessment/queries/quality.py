"""The quality of a campaign's evidence: agreement, severity, one-sided and contested evaluations. Always with its n.

Takes scoped evaluations. In a blind campaign these figures would tell the marks of others: see `judged_by`.
"""

from django.db.models import Case, IntegerField, Q, Value, When

from assessment.models import Rating, TeamMember
from assessment.queries.blind import SEERS, is_blind
from assessment.rules import agreement
from assessment.rules.combine import METHODS, two_places
from people.access import scope

SHOWN = 50  # evaluations named in a section; the number of all is told
APART = 5  # evaluations named for a dimension, those in which the leads differ most


def judged_by(user, campaign, evaluations):
    """The evaluations whose quality a user may see: all of his, but in a blind campaign those that he reviews or audits."""
    if not is_blind(campaign):
        return evaluations
    reviewed = Q(pk__in=[])
    for reach in (scope(user, verb) for verb in SEERS):
        reviewed |= Q(pk__isnull=False) if reach.everything else Q(unit__in=reach.units)
    marks = scope(user, "record_contact")
    own = Q(pk__isnull=False) if marks.everything else Q(unit__in=marks.units)
    return evaluations.filter(reviewed).exclude(own)


def marks(evaluations):
    """(evaluation, dimension, lead, points) of every mark that counts."""
    rows = Rating.objects.filter(
        finding__evaluation__in=evaluations.order_by(), finding__withdrawn_on=None, finding__contact__team__position=0
    )
    return list(rows.order_by().values_list("finding__evaluation", "dimension", "finding__contact__team__user", "level__points"))


def by_dimension(dimensions, ratings):
    """One row for each dimension: alpha with its n, and the evaluations in which the leads lie furthest apart."""
    found, cells = agreement.agreement(ratings), agreement.cells(ratings)
    rows = []
    for dimension in dimensions:
        of = found.get(dimension.pk)
        apart = [
            (max(by_lead.values()) - min(by_lead.values()), evaluation)
            for (key, evaluation), by_lead in cells.items()
            if key == dimension.pk and len(by_lead) > 1
        ]
        apart = sorted((pair for pair in apart if pair[0]), key=lambda pair: (-pair[0], pair[1]))[:APART]
        rows.append(
            {
                "dimension": dimension,
                "alpha": two_places(of.alpha) if of else None,
                "evaluations": of.evaluations if of else 0,
                "cells": of.cells if of else 0,
                "apart": [(evaluation, two_places(gap)) for gap, evaluation in apart],
            }
        )
    return rows


def by_lead(ratings, campaign):
    """[(lead's user name, name, mean difference to the others, cells)], the strictest first."""
    found = agreement.severity(ratings)
    rows = TeamMember.objects.filter(contact__campaign=campaign, position=0, user__in=list(found)).order_by()
    names = {pk: (username, name) for pk, username, name in rows.values_list("user", "user__username", "user__name").distinct()}
    leads = [(*names[pk], two_places(severity.mean), severity.cells) for pk, severity in found.items() if pk in names]
    return sorted(leads, key=lambda lead: (lead[2], lead[0]))


def one_sided(evaluations):
    """(evaluations that rest on one method, one relation or one lead, each with `sides`; how many there are)."""
    methods = sum(
        (Case(When(**{f"count_{method}__gt": 0}, then=Value(1)), default=Value(0), output_field=IntegerField()) for method in METHODS),
        Value(0),
    )
    rows = evaluations.annotate(methods_used=methods).filter(methods_used__gt=0)
    rows = rows.filter(Q(methods_used=1) | Q(relations__lte=1) | Q(leads__lte=1))
    found = list(named(rows)[:SHOWN])
    for row in found:
        counts = {method: getattr(row, f"count_{method}") for method in METHODS}
        row.sides = agreement.one_sided(counts, row.relations, row.leads)
    return found, len(found) if len(found) < SHOWN else rows.count()


def contested(evaluations):
    """(contested evaluations, how many there are)."""
    rows = evaluations.filter(contested=True)
    found = list(named(rows)[:SHOWN])
    return found, len(found) if len(found) < SHOWN else rows.count()


def named(evaluations):
    """Evaluations with what names them, in a fixed order."""
    return evaluations.select_related("cadre", "group", "unit").order_by("unit__code", "pk")


def names_of(evaluations, pks):
    """{evaluation id: evaluation with its assessee}."""
    return {row.pk: row for row in named(evaluations.filter(pk__in=list(pks)))}

