"""What the combination reads, grouped in the database; and the evidence that is signed."""

from collections import defaultdict

from django.db.models import Count

from assessment.models import Finding, Rating, Scheme
from assessment.rules.combine import Minimum, Tally, Yardstick


def yardstick(scheme):
    """The scheme as the rules read it; dimensions are keyed by id."""
    return Yardstick(
        method_weights={"on_site": scheme.on_site_weight, "phone": scheme.phone_weight, "talk": scheme.talk_weight},
        dimensions={dimension.pk: dimension.weight for dimension in scheme.dimensions.all()},
        bands=tuple((grade.name, grade.minimum) for grade in scheme.grades.all()),
        minimum=minimum(scheme),
        gap=scheme.contested_gap,
    )


def minimum(scheme):
    """The least evidence that a grade by this scheme rests on."""
    return Minimum(scheme.min_on_site, scheme.min_phone, scheme.min_talk, scheme.min_relations, scheme.min_leads)


def yardsticks(scheme_ids):
    """{scheme id: Yardstick} in three queries."""
    schemes = Scheme.objects.filter(pk__in=set(scheme_ids)).prefetch_related("dimensions", "grades")
    return {scheme.pk: yardstick(scheme) for scheme in schemes}


def tallies(**which):
    """{evaluation id: Tally} over standing findings, in two grouped queries.

    which: filter on evaluations, e.g. `evaluation__in=ids` or `evaluation__campaign=campaign`.
    """
    ratings = defaultdict(dict)
    rows = Rating.objects.filter(finding__withdrawn_on=None, **{f"finding__{k}": v for k, v in which.items()})
    keys = ("finding__evaluation", "dimension", "finding__contact__method", "level__points")
    for evaluation, dimension, method, points, count in rows.order_by().values_list(*keys).annotate(Count("pk")):
        ratings[evaluation][dimension, method, points] = count

    findings, relations, leads = defaultdict(dict), defaultdict(set), defaultdict(set)
    rows = Finding.objects.standing().filter(contact__team__position=0, **which)
    keys = ("evaluation", "contact__method", "contact__relation", "contact__team__user")
    for evaluation, method, relation, lead, count in rows.order_by().values_list(*keys).annotate(Count("pk")):
        findings[evaluation][method] = findings[evaluation].get(method, 0) + count
        leads[evaluation].add(lead)
        if relation:
            relations[evaluation].add(relation)
    return {
        evaluation: Tally(ratings[evaluation], findings[evaluation], len(relations[evaluation]), len(leads[evaluation]))
        for evaluation in findings
    }


def evidence(evaluation):
    """Standing findings of an evaluation as plain data, oldest contact first; without who said it."""
    findings = (
        Finding.objects.standing()
        .filter(evaluation=evaluation)
        .select_related("contact")
        .prefetch_related("ratings__dimension", "ratings__level")
        .order_by("contact__held_at", "contact__number")
    )
    return [
        {
            "number": finding.contact.number,
            "method": finding.contact.method,
            "held_at": finding.contact.held_at,
            "narrative": finding.narrative,
            "example": finding.example,
            "ratings": {
                rating.dimension.code: {"level": rating.level.name, "points": rating.level.points} for rating in finding.ratings.all()
            },
        }
        for finding in findings
    ]
