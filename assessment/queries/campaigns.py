"""A campaign's figures: progress against plan, coverage, states. Takes scoped querysets, so each reader sees his part."""

from collections import Counter

from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from assessment.models import Evaluation
from assessment.models.contact import Method


def with_counts(campaigns, evaluations):
    """Campaigns with `roster`, `signed` and `person_times` of the evaluations given, and `planned`."""

    def of(rows, what):
        rows = rows.filter(campaign=OuterRef("pk")).order_by().values("campaign").annotate(n=what).values("n")
        return Coalesce(Subquery(rows, output_field=IntegerField()), 0)

    findings = Sum("count_on_site") + Sum("count_phone") + Sum("count_talk")
    return campaigns.annotate(
        roster=of(evaluations, Count("pk")),
        signed=of(evaluations.filter(state=Evaluation.State.SIGNED), Count("pk")),
        person_times=of(evaluations, findings),
        planned=F("planned_on_site") + F("planned_phone") + F("planned_talk"),
    )


def progress(campaign, evaluations, contacts):
    """[{method, label, done, plan, contacts}] and their sum: person-times against plan, contacts counted beside."""
    sums = evaluations.aggregate(**{method: Coalesce(Sum(f"count_{method}"), 0) for method in Method.values})
    standing = contacts.filter(findings__withdrawn_on=None, findings__evaluation__in=evaluations)
    made = dict(standing.order_by().values_list("method").annotate(n=Count("pk", distinct=True)))
    rows = [
        {
            "method": method.value,
            "label": method.label,
            "done": sums[method.value],
            "plan": getattr(campaign, f"planned_{method.value}"),
            "contacts": made.get(method.value, 0),
        }
        for method in Method
    ]
    return rows, {name: sum(row[name] for row in rows) for name in ("done", "plan", "contacts")}


def states(evaluations):
    """[(state, label, number)] of a roster, in the order of the work."""
    found = Counter(dict(evaluations.order_by().values_list("state").annotate(n=Count("pk"))))
    return [(state.value, state.label, found[state.value]) for state in Evaluation.State]


def coverage(evaluations):
    """By unit: [{unit, code, name, roster, person_times, on_site, phone, talk}]; a method tells how many were reached by it."""
    reached = {method: Count("pk", filter=Q(**{f"count_{method}__gt": 0})) for method in Method.values}
    findings = Sum("count_on_site") + Sum("count_phone") + Sum("count_talk")
    rows = evaluations.order_by("unit__code").values("unit", "unit__code", "unit__name")
    rows = rows.annotate(roster=Count("pk"), person_times=findings, **reached)
    return [{"code": row.pop("unit__code"), "name": row.pop("unit__name"), **row} for row in rows]
