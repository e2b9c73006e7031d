"""Review and appeal against a signed opinion (公务员法 95, 96)."""

from django.utils import timezone

from assessment.actions.evaluations import locked
from assessment.models import Appeal, Notice
from assessment.rules import deadlines
from people import access
from people.ledger import recorded
from people.refusals import Refusal, refuse


def last_day_to_file(opinion, kind):
    """Last day to ask for a review or to appeal, or None while the cadre has not been told."""
    notice = Notice.objects.filter(opinion=opinion).first()
    if notice is None:
        return None
    if kind == Appeal.Kind.REVIEW:
        return deadlines.review_due(notice.given_on)
    review = Appeal.objects.filter(opinion=opinion, kind=Appeal.Kind.REVIEW).exclude(decided_on=None).first()
    return deadlines.appeal_due(known_on=notice.given_on, review_decided_on=review.decided_on if review else None)


def file_appeal(*, by, opinion, kind, ground, filed_on=None):
    """Put a review or appeal on record; its deadline is computed."""
    access.demand(by, "file_appeal", opinion)
    filed_on = filed_on or timezone.localdate()
    with recorded(by=by, verb="file_appeal"):
        row = locked(opinion.evaluation)
        last, found = last_day_to_file(opinion, kind), []
        if not ground.strip():
            found.append(Refusal("required", field="ground"))
        if opinion.number != row.version:
            found.append(Refusal("opinion_superseded"))
        if last is None:
            found.append(Refusal("not_noticed"))
        elif filed_on > last:
            found.append(Refusal("filed_late", {"last": last}, field="filed_on"))
        elif not opinion.notice.given_on <= filed_on <= timezone.localdate():
            found.append(Refusal("filed_date", {"given_on": opinion.notice.given_on}, field="filed_on"))
        if Appeal.objects.filter(opinion=opinion, outcome=Appeal.Outcome.PENDING).exists():
            found.append(Refusal("appeal_pending"))
        elif kind == Appeal.Kind.REVIEW and Appeal.objects.filter(opinion=opinion, kind=kind).exists():
            found.append(Refusal("reviewed_once", field="kind"))
        refuse(*found)
        due = deadlines.review_decision_due if kind == Appeal.Kind.REVIEW else deadlines.appeal_decision_due
        appeal = Appeal(opinion=opinion, kind=kind, ground=ground.strip(), filed_on=filed_on, due_on=due(filed_on))
        appeal.save()
    return appeal


def decide_appeal(*, by, appeal, outcome, finding, decided_on=None):
    """Decide a review or appeal. Upheld, it lets the evaluation be opened again."""
    access.demand(by, "decide_appeal", appeal)
    decided_on = decided_on or timezone.localdate()
    with recorded(by=by, verb="decide_appeal", reason=finding.strip()):
        locked(appeal.opinion.evaluation)
        appeal = Appeal.objects.select_for_update().get(pk=appeal.pk)
        found = []
        if appeal.outcome != Appeal.Outcome.PENDING:
            found.append(Refusal("appeal_decided"))
        if outcome not in (Appeal.Outcome.UPHELD, Appeal.Outcome.REJECTED):
            found.append(Refusal("required", field="outcome"))
        if not finding.strip():
            found.append(Refusal("reason_missing", field="finding"))
        if not appeal.filed_on <= decided_on <= timezone.localdate():
            found.append(Refusal("decided_date", {"filed_on": appeal.filed_on}, field="decided_on"))
        refuse(*found)
        appeal.outcome, appeal.finding = outcome, finding.strip()
        appeal.decided_on, appeal.decided_by = decided_on, by
        appeal.save()
    return appeal
