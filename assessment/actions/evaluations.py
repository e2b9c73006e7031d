"""Sign-off: drafting, submitting, sending back, signing, notice and reopening of evaluations."""

import json

from django.utils import timezone

from assessment.actions.numbers import computed, recombine, recombine_rows, verify_numbers
from assessment.models import Evaluation, Notice, SignedOpinion
from assessment.models.campaign import Campaign
from assessment.queries import numbers as queries
from assessment.rules import grading, workflow
from assessment.rules.combine import METHOD, two_places
from assessment.rules.snapshot import opinion_snapshot
from people import access
from people.canonical import canonical, sha256_hex
from people.ledger import recorded
from people.models import LedgerEntry, Sanction
from people.proof import Fault
from people.refusals import Refusal, refuse

__all__ = [
    "draft",
    "give_notice",
    "recombine",
    "recombine_rows",
    "reopen",
    "send_back",
    "sign",
    "submit",
    "verify_numbers",
    "verify_opinions",
]


def locked(evaluation):
    """The evaluation, read again under lock (order: campaign, evaluation, ledger head)."""
    Campaign.objects.select_for_update().get(pk=evaluation.campaign_id)
    Evaluation.objects.select_for_update().get(pk=evaluation.pk)
    return Evaluation.objects.select_related("campaign__scheme", "cadre__unit", "group", "unit", "author").get(pk=evaluation.pk)


def draft(*, by, evaluation, **opinion):
    """Write the opinion: any of performance, strengths, shortcomings, conclusion, grade, grade_reason."""
    access.demand(by, "draft_opinion", evaluation)
    unknown = set(opinion) - {*workflow.OPINION, "grade", "grade_reason"}
    if unknown:
        raise TypeError(f"not of an opinion: {unknown}")
    with recorded(by=by, verb="draft_opinion"):
        row = locked(evaluation)
        refuse(*workflow.draft(state=row.state))
        for name, value in opinion.items():
            setattr(row, name, value.strip())
        row.save(update_fields=list(opinion))
    return row


def submit(*, by, evaluation):
    """Hand the opinion in to be signed; who submits is its author from now on."""
    access.demand(by, "submit", evaluation)
    with recorded(by=by, verb="submit"):
        row = locked(evaluation)
        recombine_rows([row.pk])
        row = locked(row)
        scheme = row.campaign.scheme
        result = computed([(row.pk, scheme.pk)])[row.pk]
        refuse(
            *workflow.submit(
                state=row.state,
                opinion={name: getattr(row, name) for name in workflow.OPINION},
                grade=row.grade,
                proposed_grade=row.proposed_grade,
                grade_reason=row.grade_reason,
                grades=[grade.name for grade in scheme.grades.all()],
                missing=result.missing,
            )
        )
        row.state, row.author, row.submitted_at = Evaluation.State.SUBMITTED, by, timezone.now()
        row.returned_why = ""
        row.save(update_fields=["state", "author", "submitted_at", "returned_why"])
    return row


def send_back(*, by, evaluation, why):
    """Return a submitted evaluation to its author, with the reason."""
    access.demand(by, "send_back", evaluation)
    with recorded(by=by, verb="send_back", reason=why.strip()):
        row = locked(evaluation)
        refuse(*workflow.send_back(state=row.state, author=row.author_id, by=by.pk, why=why))
        row.state, row.returned_why = Evaluation.State.GATHERING, why.strip()
        row.save(update_fields=["state", "returned_why"])
    return row


def quota_state(evaluation, scheme):
    """(places, taken): how many of the campaign's roster may have the top grade, how many signed ones have it."""
    roster = Evaluation.objects.filter(campaign=evaluation.campaign_id)
    top = grading.top_grade([(grade.name, grade.minimum) for grade in scheme.grades.all()])
    taken = roster.filter(state=Evaluation.State.SIGNED, grade=top).exclude(pk=evaluation.pk).count()
    return grading.quota_places(scheme.quota, roster.count()), taken


def bars(evaluation, on):
    """What bars the assessee from the top grade on a day: (code, facts) of each."""
    if not evaluation.cadre_id:
        return []
    sanctions = Sanction.objects.filter(cadre=evaluation.cadre_id).values_list("kind", "decided_on", "effect_until")
    return grading.bars_to_top(status=evaluation.cadre.status, sanctions=sanctions, since=evaluation.campaign.starts_on, until=on)


def writers(evaluation):
    """Ids of who wrote or submitted the version that is now under way: none of them signs it."""
    wrote = LedgerEntry.objects.filter(object_type="assessment.evaluation", object_id=evaluation.pk)
    signed = wrote.filter(verb="sign").order_by("-seq").values_list("seq", flat=True).first() or 0
    found = wrote.filter(verb__in=["draft_opinion", "submit"], seq__gt=signed).values_list("actor", flat=True)
    return {*found, evaluation.author_id} - {None}


def sign_refusals(*, by, evaluation, on=None):
    """Why this user cannot sign this evaluation now; empty if he can. The page shows it before he tries."""
    scheme = evaluation.campaign.scheme
    bands = [(grade.name, grade.minimum) for grade in scheme.grades.all()]
    places, taken = quota_state(evaluation, scheme)
    roster = Evaluation.objects.filter(campaign=evaluation.campaign_id).count()
    return workflow.sign(
        state=evaluation.state,
        writers=writers(evaluation),
        by=by.pk,
        is_top=evaluation.grade == grading.top_grade(bands),
        quota=grading.quota_bar(scheme.quota, roster, taken),
        bars=bars(evaluation, on or timezone.localdate()),
    )


def sign(*, by, evaluation):
    """Sign a submitted evaluation: writes its `SignedOpinion`. The campaign row is locked, so the quota holds."""
    access.demand(by, "sign", evaluation)
    with recorded(by=by, verb="sign"):
        row = locked(evaluation)
        refuse(*sign_refusals(by=by, evaluation=row))
        now, number = timezone.now(), row.version + 1
        body = canonical(_body(row, number=number, signer=by, signed_at=now))
        opinion = SignedOpinion(
            evaluation=row,
            number=number,
            body=body,
            digest=sha256_hex(body),
            grade=row.grade,
            author=row.author,
            signer=by,
            submitted_at=row.submitted_at,
            signed_at=now,
            supersedes=SignedOpinion.objects.filter(evaluation=row, number=row.version).first(),
        )
        opinion.save()
        row.state, row.version = Evaluation.State.SIGNED, number
        row.save(update_fields=["state", "version"])
    return opinion


def give_notice(*, by, opinion, given_on=None, means=Notice.Means.WRITTEN, answer=""):
    """Record that the cadre was told in writing (公务员法 38), by whom, how, and what he answered."""
    access.demand(by, "give_notice", opinion)
    given_on = given_on or timezone.localdate()
    with recorded(by=by, verb="give_notice"):
        row = locked(opinion.evaluation)
        refuse(*workflow.give_notice(state=row.state, noticed=Notice.objects.filter(opinion=opinion).exists()))
        signed_on = timezone.localdate(opinion.signed_at)
        if not signed_on <= given_on <= timezone.localdate():
            refuse(Refusal("notice_date", {"signed_on": signed_on}, field="given_on"))
        if opinion.number != row.version:
            refuse(Refusal("opinion_superseded"))
        notice = Notice(opinion=opinion, given_on=given_on, given_by=by, means=means, answer=answer.strip())
        notice.save()
    return notice


def answer_notice(*, by, notice, answer):
    """Put the cadre's answer on record."""
    access.demand(by, "give_notice", notice.opinion)
    if not answer.strip():
        refuse(Refusal("required", field="answer"))
    with recorded(by=by, verb="give_notice"):
        notice = Notice.objects.select_for_update().get(pk=notice.pk)
        notice.answer = answer.strip()
        notice.save(update_fields=["answer"])
    return notice


def reopen(*, by, evaluation, evidence="", appeal=None):
    """Open a signed evaluation again, for new evidence (named in words) or an upheld review or appeal of it."""
    access.demand(by, "reopen", evaluation)
    appeal = appeal and type(appeal).objects.get(pk=appeal.pk)  # as it was decided, whatever the caller holds
    with recorded(by=by, verb="reopen", reason=evidence.strip() or (appeal.finding if appeal else "")):
        row = locked(evaluation)
        upheld = (
            appeal is not None
            and appeal.outcome == appeal.Outcome.UPHELD
            and appeal.opinion.evaluation_id == row.pk
            and appeal.opinion.number == row.version
        )
        refuse(*workflow.reopen(state=row.state, evidence=evidence, appeal_upheld=upheld))
        row.state = Evaluation.State.GATHERING
        row.save(update_fields=["state"])
    return row


def _body(row, *, number, signer, signed_at):
    scheme, assessee = row.campaign.scheme, row.assessee
    result = computed([(row.pk, scheme.pk)])[row.pk]
    person = {"code": assessee.code, "name": assessee.name, "kind": scheme.assessee}
    if row.cadre_id:
        person |= {"post": assessee.post, "post_level": assessee.post_level, "rank": assessee.rank}
        person |= {"unit_code": assessee.unit.code, "unit": assessee.unit.name}
    return opinion_snapshot(
        number=number,
        method=METHOD,
        campaign={
            "code": row.campaign.code,
            "title": row.campaign.title,
            "kind": row.campaign.kind,
            "starts_on": row.campaign.starts_on,
            "ends_on": row.campaign.ends_on,
        },
        scheme={"code": scheme.code, "title": scheme.title, "digest": scheme.digest},
        assessee=person | {"scope_unit": row.unit.name, "scope_unit_code": row.unit.code},
        opinion={name: getattr(row, name) for name in (*workflow.OPINION, "grade", "grade_reason")},
        numbers={
            "score": two_places(result.score),
            "proposed_grade": result.proposed_grade,
            "counts": result.counts,
            "relations": result.relations,
            "leads": result.leads,
            "contested": result.contested,
        },
        dimensions=[
            {
                "code": dimension.code,
                "name": dimension.name,
                "weight": dimension.weight,
                "score": two_places(result.dimensions[dimension.pk].score),
                "count": result.dimensions[dimension.pk].count,
                "spread": result.dimensions[dimension.pk].spread,
                "means": {
                    method: {"mean": two_places(mean), "count": count}
                    for method, (mean, count) in result.dimensions[dimension.pk].means.items()
                },
            }
            for dimension in scheme.dimensions.all()
        ],
        findings=queries.evidence(row),
        signatures={
            "author": row.author.username,
            "author_name": str(row.author),
            "submitted_at": row.submitted_at,
            "signer": signer.username,
            "signer_name": str(signer),
            "signed_at": signed_at,
        },
    )


def verify_opinions():
    """Yield a `Fault` for each signed opinion whose digest is not that of its body."""
    for pk, body, digest, grade in SignedOpinion.objects.order_by("pk").values_list("pk", "body", "digest", "grade"):
        if sha256_hex(body) != digest or json.loads(body)["opinion"]["grade"] != grade:
            yield Fault("signed opinion altered", {"opinion": pk})
