"""Decisions as lists and pages show them: about whom, on which signed opinions, and whether those still hold. Takes scoped querysets."""

import json
from dataclasses import dataclass

from django.db.models import Case, F, OuterRef, Prefetch, Q, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce, NullIf

from assessment.models import Appeal, Basis, Decision, Evaluation, FollowUp
from assessment.queries.tasks import appealed, superseded

STANDING = ~Q(state=Decision.State.REVOKED)
#: A basis is in doubt when a newer opinion superseded it or its evaluation was opened again; or while it is under appeal.
SUPERSEDED, APPEALED = "superseded", "appealed"


def with_marks(decisions):
    """Decisions with `superseded` and `appealed`: a standing decision rests on a basis in doubt."""
    marks = {SUPERSEDED: superseded(), APPEALED: appealed()}
    return decisions.annotate(
        **{name: Case(When(STANDING & Q(there), then=Value(True)), default=Value(False)) for name, there in marks.items()}
    )


def listed(decisions, opinions):
    """Decisions with what a row of the list shows, and `shown_bases`: those on opinions that the user sees. Two queries.

    `assessee_name`, `unit_name`: of the cadre, or of the unit whose leading group it is about; `next_due`: of its follow-ups.
    """
    due = FollowUp.objects.filter(decision=OuterRef("pk"), done_on=None).order_by("due_on").values("due_on")[:1]
    bases = Basis.objects.filter(opinion__in=opinions.values("pk")).select_related("opinion__evaluation__campaign")
    bases = bases.defer("opinion__body").order_by("opinion__signed_at", "pk")
    return (
        with_marks(decisions)
        .select_related("cadre__unit", "unit", "proposed_by", "confirmed_by", "mentor")
        .annotate(
            assessee_name=Coalesce("cadre__name", "unit__name"),
            assessee_order=Coalesce(NullIf("cadre__pinyin", Value("")), "cadre__name", "unit__name", output_field=TextField()),
            unit_name=Coalesce("cadre__unit__name", "unit__name"),
            unit_order=Coalesce("cadre__unit__code", "unit__code"),
            next_due=Case(When(STANDING, then=Subquery(due))),
        )
        .prefetch_related(Prefetch("bases", bases, to_attr="shown_bases"))
    )


@dataclass
class Link:
    """One link of a decision's chain: the signed opinion, its evaluation, and what the signed text says of the evidence.

    seen: may the user see the evaluation? Else only that there is one. newer: the version that superseded it, if any.
    """

    opinion: object
    seen: bool
    times: dict
    newer: int | None
    reopened: bool
    appeals: list


def chain(decision, seen_opinions):
    """[Link] from a decision to its evidence, oldest opinion first. Three queries."""
    bases = Basis.objects.filter(decision=decision).order_by("opinion__signed_at", "pk")
    opinions = [
        basis.opinion
        for basis in bases.select_related(
            "opinion__evaluation__campaign",
            "opinion__evaluation__cadre",
            "opinion__evaluation__group",
            "opinion__author",
            "opinion__signer",
        )
    ]
    pks = [opinion.pk for opinion in opinions]
    seen = set(seen_opinions.filter(pk__in=pks).values_list("pk", flat=True))
    pending = {}
    for appeal in Appeal.objects.filter(opinion__in=pks, outcome=Appeal.Outcome.PENDING).order_by("due_on"):
        pending.setdefault(appeal.opinion_id, []).append(appeal)
    return [
        Link(
            opinion,
            opinion.pk in seen,
            json.loads(opinion.body)["numbers"]["counts"] if opinion.pk in seen else {},
            opinion.evaluation.version if opinion.evaluation.version != opinion.number else None,
            opinion.evaluation.state != Evaluation.State.SIGNED,
            pending.get(opinion.pk, []),
        )
        for opinion in opinions
    ]


def citable(opinions, assessee):
    """The latest signed opinions about an assessee, newest first: what a new decision can rest on."""
    about = "evaluation__cadre" if assessee._meta.model_name == "cadre" else "evaluation__group"
    latest = opinions.filter(number=F("evaluation__version"), evaluation__state=Evaluation.State.SIGNED, **{about: assessee})
    return latest.select_related("evaluation__campaign").defer("body").order_by("-signed_at", "-pk")


def named(evaluations):
    """Evaluations with `name_shown`, `name_order` to sort by, and `decided`: a kind of standing decision that rests on them."""
    bases = Basis.objects.filter(opinion__evaluation=OuterRef("pk")).exclude(decision__state=Decision.State.REVOKED)
    return evaluations.annotate(
        name_shown=Coalesce("cadre__name", "group__name"),
        name_order=Coalesce(NullIf("cadre__pinyin", Value("")), "cadre__name", "group__name", output_field=TextField()),
        decided=Subquery(bases.order_by("decision__kind").values("decision__kind")[:1]),
    )
