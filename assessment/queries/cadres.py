"""A cadre's file: what was found, how it was evaluated, what came of it. Takes scoped querysets."""

from django.db.models import OuterRef, Prefetch, Q, Subquery
from django.utils import timezone

from assessment.models import Appeal, Basis, Contact, Evaluation, Notice
from assessment.queries.contacts import with_source


def with_latest(cadres, evaluations):
    """Cadres with `latest_grade`, `latest_score` and `latest_campaign`: of the signed evaluation of the newest campaign."""
    signed = evaluations.filter(cadre=OuterRef("pk"), state=Evaluation.State.SIGNED)
    newest = signed.order_by("-campaign__ends_on", "-campaign__starts_on", "-pk")
    return cadres.annotate(
        latest_grade=Subquery(newest.values("grade")[:1]),
        latest_score=Subquery(newest.values("score")[:1]),
        latest_campaign=Subquery(newest.values("campaign__title")[:1]),
    )


def timeline(findings, cadre, *, user, limit=None):
    """(findings of a cadre with their contacts, newest first; how many there are).

    Each gets `source`: who said it, or "" where this user is not to know.
    """
    rows = findings.filter(evaluation__cadre=cadre).select_related("evaluation")
    rows = rows.prefetch_related(Prefetch("contact", with_source(Contact.objects.select_related("campaign"), user)))
    rows = rows.order_by("-contact__held_at", "-pk")
    found = list(rows[:limit])
    for finding in found:
        contact = finding.contact
        post = f"{contact.seen_source} ({contact.seen_post})" if contact.seen_post else contact.seen_source
        relation = str(Contact.Relation(contact.seen_relation).label) if contact.seen_relation else ""
        finding.source = ", ".join(filter(None, [post, relation]))
    return found, (len(found) if limit is None or len(found) < limit else rows.count())


def evaluations(rows, cadre, *, notices, appeals, decisions):
    """Evaluations of a cadre, newest campaign first, each with `outcomes`: what came of its signed opinions.

    notices, appeals, decisions: the scoped rows that may be told of. The number of queries is fixed.
    """
    bases = Basis.objects.filter(decision__in=decisions).select_related("decision")
    rows = rows.filter(cadre=cadre).select_related("campaign", "unit").order_by("-campaign__starts_on", "-pk")
    found = list(rows.prefetch_related("opinions", Prefetch("opinions__bases", queryset=bases)))
    by_opinion = {opinion.pk: opinion for row in found for opinion in row.opinions.all()}
    told = {}
    for notice in notices.filter(opinion__in=by_opinion):
        told.setdefault(notice.opinion_id, []).append(notice)
    for appeal in appeals.filter(opinion__in=by_opinion).order_by("filed_on", "pk"):
        told.setdefault(appeal.opinion_id, []).append(appeal)
    for row in found:
        row.outcomes = [step for opinion in row.opinions.all() for step in _steps(opinion, told.get(opinion.pk, ()))]
    return found


def _steps(opinion, told):
    """What came of one signed opinion: dicts of kind, record, opinion."""
    for record in told:
        kind = {Notice: "notice", Appeal: "appeal"}[type(record)]
        yield {"kind": kind, "record": record, "opinion": opinion}
    for basis in opinion.bases.all():
        yield {"kind": "decision", "record": basis.decision, "opinion": opinion}


def sanctions(rows, cadre):
    """A cadre's sanctions, each with `in_effect` today."""
    today = timezone.localdate()
    found = list(rows.filter(cadre=cadre))
    for sanction in found:
        sanction.in_effect = sanction.effect_until is None or sanction.effect_until >= today
    return found


def kin(kinships, cadre, *, seen):
    """[(kinship, the other cadre or None where he is out of sight)]; it holds both ways."""
    rows = list(kinships.filter(Q(cadre=cadre) | Q(relative=cadre)).select_related("cadre", "relative"))
    others = {row.pk: row.relative if row.cadre_id == cadre.pk else row.cadre for row in rows}
    in_sight = set(seen.filter(pk__in=[other.pk for other in others.values()]).values_list("pk", flat=True))
    return [(row, others[row.pk] if others[row.pk].pk in in_sight else None) for row in rows]
