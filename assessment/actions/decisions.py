"""Use of results: selection, tracked training and commendation, always on signed opinions."""

from django.utils import timezone

from assessment.models import Basis, Decision, Evaluation, FollowUp, Publication
from assessment.rules import deadlines, grading, workflow
from people import access
from people.ledger import recorded
from people.models import LedgerHead, Sanction
from people.refusals import Refusal, refuse

KINDS_WITH_NOTICE = (Decision.Kind.SELECTION, Decision.Kind.COMMENDATION)


def locked(decision):
    """The decision, read again under lock."""
    Decision.objects.select_for_update().get(pk=decision.pk)
    return Decision.objects.select_related("cadre", "unit").get(pk=decision.pk)


def locked_with_basis(decision):
    """The same with the evaluations that it rests on, locked first: none of them is opened again meanwhile."""
    rests_on = Evaluation.objects.filter(opinions__bases__decision=decision).values("pk")
    list(Evaluation.objects.select_for_update().filter(pk__in=rests_on).order_by("pk").values_list("pk"))
    return locked(decision)


def superseded(decision):
    """Does the decision rest on an opinion that a newer one superseded, or that was opened again?"""
    bases = decision.bases.select_related("opinion__evaluation")
    return any(
        basis.opinion.number != basis.opinion.evaluation.version or basis.opinion.evaluation.state != Evaluation.State.SIGNED
        for basis in bases
    )


def next_code(on):
    """The next free decision number of a year: 2022-001. The ledger head is locked, so that two never get one."""
    LedgerHead.objects.select_for_update().get(pk=1)
    used = Decision.objects.filter(code__regex=rf"^{on.year}-[0-9]+$").values_list("code", flat=True)
    return f"{on.year}-{max((int(code.split('-')[1]) for code in used), default=0) + 1:03d}"


def bars(*, kind, cadre, on):
    """What forbids a selection or commendation of a cadre on a day: a sanction in effect (公务员法 64)."""
    if cadre is None or kind not in KINDS_WITH_NOTICE:
        return []
    sanctions = Sanction.objects.filter(cadre=cadre).values_list("kind", "decided_on", "effect_until")
    return [
        Refusal("decision_barred_by_sanction", {"sanction": sanction, "effect_until": until})
        for sanction, since, until in sanctions
        if grading.sanction_overlaps(since, until, on, on)
    ]


def propose(*, by, kind, assessee, outcome, opinions, document_number="", proposed_on=None, mentor=None, follow_up_on=()):
    """Propose a decision about a cadre or a unit's leading group, on the latest signed opinions of it.

    follow_up_on: days on which a tracked training is looked at.
    """
    on, opinions = proposed_on or timezone.localdate(), list(dict.fromkeys(opinions))
    is_cadre = assessee._meta.model_name == "cadre"
    about = {"cadre": assessee} if is_cadre else {"unit": assessee}
    decision = Decision(kind=kind, outcome=outcome.strip(), document_number=document_number.strip(), **about)
    decision.mentor, decision.proposed_on, decision.proposed_by = mentor, on, by
    access.demand(by, "propose_decision", decision)
    with recorded(by=by, verb="propose_decision"):
        evaluations = Evaluation.objects.select_for_update().filter(opinions__in=opinions).order_by("pk")
        latest = {row.pk: row for row in evaluations}
        found = bars(kind=kind, cadre=assessee if is_cadre else None, on=on)
        if not decision.outcome:
            found.append(Refusal("required", field="outcome"))
        if on > timezone.localdate():
            found.append(Refusal("date_in_future", field="proposed_on"))
        if not opinions:
            found.append(Refusal("basis_missing", field="opinions"))
        if kind == Decision.Kind.SELECTION and not is_cadre:
            found.append(Refusal("selection_of_group", field="kind"))
        if kind != Decision.Kind.TRAINING and (mentor or follow_up_on):
            found.append(Refusal("only_training", field="mentor"))
        if mentor is not None and is_cadre and mentor.pk == assessee.pk:
            found.append(Refusal("mentor_is_himself", field="mentor"))
        for opinion in opinions:
            row = latest.get(opinion.evaluation_id)
            if row is None or (row.cadre_id if is_cadre else row.group_id) != assessee.pk:
                found.append(Refusal("basis_of_another", field="opinions"))
            elif row.state != Evaluation.State.SIGNED or row.version != opinion.number:
                found.append(Refusal("basis_not_latest", {"number": opinion.number}, field="opinions"))
        refuse(*found)
        if there := _sent_before(decision, opinions):
            return there
        decision.code = next_code(on)
        decision.save()
        Basis.objects.bulk_create([Basis(decision=decision, opinion=opinion) for opinion in opinions])
        FollowUp.objects.bulk_create([FollowUp(decision=decision, due_on=day) for day in follow_up_on])
    return decision


def _sent_before(decision, opinions):
    """The same proposal, sent a moment ago by a second click: it is made once. The evaluations are locked."""
    names = ("kind", "cadre", "unit", "outcome", "document_number", "mentor", "proposed_on", "proposed_by")
    same = {name: getattr(decision, name) for name in names}
    same = {name if value is not None else f"{name}__isnull": value if value is not None else True for name, value in same.items()}
    cited = {opinion.pk for opinion in opinions}
    for row in Decision.objects.filter(state=Decision.State.PROPOSED, **same):
        if set(row.bases.values_list("opinion", flat=True)) == cited:
            return row
    return None


def publish(*, by, decision, starts_on=None, ends_on=None):
    """Put a selection or commendation on public notice: five working days at least (任用条例, 奖励规定)."""
    access.demand(by, "publish_decision", decision)
    starts_on = starts_on or timezone.localdate()
    earliest = deadlines.public_notice_end(starts_on)
    ends_on = ends_on or earliest
    with recorded(by=by, verb="publish_decision"):
        row = locked(decision)
        refuse(*workflow.publish(state=row.state, kind=row.kind, starts_on=starts_on, ends_on=ends_on, earliest_end=earliest))
        if starts_on < row.proposed_on:
            refuse(Refusal("notice_before_proposal", {"proposed_on": row.proposed_on}, field="starts_on"))
        row.state, row.notice_from, row.notice_until = Decision.State.NOTICE, starts_on, ends_on
        row.save(update_fields=["state", "notice_from", "notice_until"])
    return row


def confirm_refusals(*, by, decision, on=None):
    """Why this user cannot confirm this decision on a day; empty if he can. The page shows it before he tries."""
    on = on or timezone.localdate()
    found = workflow.confirm(
        state=decision.state,
        kind=decision.kind,
        proposer=decision.proposed_by_id,
        by=by.pk,
        notice_until=decision.notice_until,
        on=on,
        superseded=superseded(decision),
    )
    return [*(Refusal(*one) for one in found), *bars(kind=decision.kind, cadre=decision.cadre, on=on)]


def confirm(*, by, decision, on=None, document_number=None):
    """Confirm a decision: by another than its proposer, after the public notice, on the latest opinion."""
    access.demand(by, "confirm_decision", decision)
    on = on or timezone.localdate()
    with recorded(by=by, verb="confirm_decision"):
        row = locked_with_basis(decision)
        refuse(*confirm_refusals(by=by, decision=row, on=on))
        if not row.proposed_on <= on <= timezone.localdate():
            refuse(Refusal("confirmed_date", {"proposed_on": row.proposed_on}, field="on"))
        row.state, row.confirmed_on, row.confirmed_by = Decision.State.CONFIRMED, on, by
        if document_number is not None:
            row.document_number = document_number.strip()
        row.save(update_fields=["state", "confirmed_on", "confirmed_by", "document_number"])
    return row


def revoke(*, by, decision, why, on=None):
    """Take a decision back, with the reason."""
    access.demand(by, "revoke_decision", decision)
    on = on or timezone.localdate()
    with recorded(by=by, verb="revoke_decision", reason=why.strip()):
        row = locked(decision)
        refuse(*workflow.revoke(state=row.state, why=why))
        if not row.proposed_on <= on <= timezone.localdate():
            refuse(Refusal("confirmed_date", {"proposed_on": row.proposed_on}, field="on"))
        row.state, row.revoked_on, row.revoked_why = Decision.State.REVOKED, on, why.strip()
        row.save(update_fields=["state", "revoked_on", "revoked_why"])
    return row


def add_follow_up(*, by, decision, due_on):
    """Plan one more look at a tracked training."""
    access.demand(by, "follow_up", decision)
    with recorded(by=by, verb="follow_up"):
        row = locked(decision)
        if row.kind != Decision.Kind.TRAINING or row.state == Decision.State.REVOKED:
            refuse(Refusal("only_training"))
        if there := FollowUp.objects.filter(decision=row, due_on=due_on, done_on=None).first():
            return there  # a second click; one look a day is planned once
        follow_up = FollowUp(decision=row, due_on=due_on)
        follow_up.save()
    return follow_up


def finish_follow_up(*, by, follow_up, result, done_on=None):
    """Record what a look at a tracked training showed."""
    access.demand(by, "follow_up", follow_up)
    with recorded(by=by, verb="follow_up"):
        row = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
        found = [] if result.strip() else [Refusal("required", field="result")]
        if done_on and done_on > timezone.localdate():
            found.append(Refusal("date_in_future", field="done_on"))
        if row.done_on:
            found.append(Refusal("follow_up_done", {"done_on": row.done_on}))
        refuse(*found)
        row.result, row.done_on = result.strip(), done_on or timezone.localdate()
        row.save()
    return row


def add_publication(*, by, decision, channel, title, published_on):
    """Record how a commendation was made known."""
    return add_publications(by=by, rows=[(decision, channel, title, published_on)])[0]


def add_publications(*, by, rows):
    """The same for many: (decision, channel, title, published_on) each."""
    with recorded(by=by, verb="follow_up"):
        found, made = [], []
        for index, (decision, channel, title, published_on) in enumerate(rows):
            access.demand(by, "follow_up", decision)
            decision = locked(decision)
            if decision.kind != Decision.Kind.COMMENDATION or decision.state == Decision.State.REVOKED:
                found.append(Refusal("only_commendation", row=index))
            if not title.strip():
                found.append(Refusal("required", field="title", row=index))
            if published_on > timezone.localdate():
                found.append(Refusal("date_in_future", field="published_on", row=index))
            made.append(Publication(decision=decision, channel=channel, title=title.strip(), published_on=published_on))
        refuse(*found)
        Publication.objects.bulk_create(made)
    return made
