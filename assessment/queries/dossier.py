"""What stands on the page of one evaluation beside its evidence: versions, decisions, sanctions, kin. Takes scoped querysets."""

from django.db.models import Prefetch, Q

from assessment.models import Appeal


def opinions(rows, appeals, evaluation):
    """Signed opinions of an evaluation, newest first, with signer, notice, and `shown_appeals`; two queries."""
    appeals = appeals.select_related("decided_by").order_by("filed_on", "pk")
    found = rows.filter(evaluation=evaluation).select_related("author", "signer", "notice__given_by").order_by("-number")
    found = list(found.defer("body").prefetch_related(Prefetch("appeals", appeals, to_attr="shown_appeals")))
    for opinion in found:
        opinion.evaluation = evaluation
        for appeal in opinion.shown_appeals:
            appeal.opinion = opinion
    return found


def pending(opinion):
    """Is a review or appeal of this opinion (with `shown_appeals`) undecided?"""
    return any(appeal.outcome == Appeal.Outcome.PENDING for appeal in opinion.shown_appeals)


def decisions(rows, evaluation):
    """Decisions that rest on any version of this evaluation, newest first, each with the versions it rests on."""
    found = rows.filter(bases__opinion__evaluation=evaluation).distinct().order_by("-proposed_on", "-pk")
    found = list(found.prefetch_related("bases__opinion"))
    for decision in found:
        bases = [b.opinion for b in decision.bases.all() if b.opinion.evaluation_id == evaluation.pk]
        decision.versions = sorted(opinion.number for opinion in bases)
        decision.outdated = evaluation.state != "signed" or evaluation.version not in decision.versions
    return found


def sanctions(rows, evaluation, today):
    """Sanctions of the assessee that take effect between the start of the campaign and today."""
    since = evaluation.campaign.starts_on
    in_effect = rows.filter(Q(effect_until=None) | Q(effect_until__gte=since), cadre=evaluation.cadre_id, decided_on__lte=today)
    return list(in_effect.order_by("decided_on", "pk"))


def kin(rows, cadre):
    """[(relation in words, name of the other)]; kinship holds both ways."""
    found = rows.filter(Q(cadre=cadre) | Q(relative=cadre)).select_related("cadre", "relative").order_by("pk")
    return [(row.get_relation_display(), (row.relative if row.cadre_id == cadre.pk else row.cadre).name) for row in found]
