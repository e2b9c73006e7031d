"""Use of results: always on the latest signed opinions, confirmed by another, after long enough a notice."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from assessment.actions import decisions, evaluations
from assessment.models import Basis, Decision
from people import proof
from people.actions import duties, grants
from people.models import LedgerEntry
from tests import cast
from tests.cast import days_ago, signed
from tests.refusing import refused
from tests.threads import together

TODAY = timezone.localdate


@pytest.fixture
def opinion(world):
    return signed(world, world.of(world.dawa))


def propose(world, *opinions, kind="selection", assessee=None, by=None, **options):
    options = {"outcome": "拟任镇长", **options}
    return decisions.propose(by=by or world.lin, kind=kind, assessee=assessee or world.dawa, opinions=opinions, **options)


def on_notice(world, *opinions, ago=20, **options):
    """Proposed and put on public notice that many days ago."""
    decision = propose(world, *opinions, proposed_on=days_ago(ago), **options)
    return decisions.publish(by=world.lin, decision=decision, starts_on=days_ago(ago))


# --- propose


def test_a_proposal_names_its_basis(world, opinion):
    decision = propose(world, opinion, document_number=" 河组发〔2022〕1号 ")
    assert (decision.state, decision.proposed_by, decision.proposed_on) == ("proposed", world.lin, TODAY())
    assert (decision.outcome, decision.document_number) == ("拟任镇长", "河组发〔2022〕1号")
    assert decision.code == f"{TODAY().year}-001"
    assert list(Basis.objects.values_list("decision", "opinion")) == [(decision.pk, opinion.pk)]
    [entry] = LedgerEntry.objects.filter(object_type="assessment.decision")
    assert f"basis.{opinion.pk}" in entry.after
    assert propose(world, opinion).code == f"{TODAY().year}-002"
    assert propose(world, opinion, proposed_on=date(2022, 12, 31)).code == "2022-001"


@pytest.mark.parametrize("kind", ["selection", "training", "commendation"])
def test_every_kind_needs_a_basis(world, kind):
    with refused("basis_missing"):
        propose(world, kind=kind)


def test_only_the_latest_signed_opinion(world, opinion):
    evaluations.reopen(by=world.rui, evaluation=opinion.evaluation, evidence="新情况")
    with refused("basis_not_latest"):
        propose(world, opinion)  # open again
    second = signed(world, world.of(world.dawa))
    with refused("basis_not_latest") as caught:
        propose(world, opinion)
    assert caught.value.refusals[0].facts == {"number": 1}
    with refused("basis_not_latest"):
        propose(world, opinion, second)
    assert propose(world, second, second).bases.count() == 1  # named twice is named once


def test_only_of_the_same_assessee(world, opinion):
    group, other = signed(world, world.of(world.east_unit)), signed(world, world.of(world.nima))
    for basis in (group, other):
        with refused("basis_of_another"):
            propose(world, basis)
    with refused("basis_of_another"):
        propose(world, opinion, kind="commendation", assessee=world.east_unit)
    assert propose(world, group, kind="commendation", assessee=world.east_unit).assessee == world.east_unit


def test_on_several_opinions_of_one_cadre(world, opinion):
    other = cast.campaign(world, "second", cast.scheme(world).code, cadres=[world.dawa])
    row = cast.evaluation_of(world.dawa, other)
    cast.give(world, {row: "较好"})
    assert propose(world, opinion, signed(world, row)).bases.count() == 2


def test_proposing_is_refused(world, opinion):
    group = signed(world, world.of(world.east_unit))
    with refused("selection_of_group"):
        propose(world, group, assessee=world.east_unit)
    with refused("required"):
        propose(world, opinion, outcome=" ")
    with refused("date_in_future"):
        propose(world, opinion, proposed_on=TODAY() + timedelta(1))
    with refused("only_training"):
        propose(world, opinion, mentor=world.nima)
    with refused("only_training"):
        propose(world, opinion, kind="commendation", follow_up_on=[TODAY()])
    with refused("mentor_is_himself"):
        propose(world, opinion, kind="training", mentor=world.dawa)
    for who, code in [(world.rui, "role_missing"), (world.man, "role_missing")]:
        with refused(code):
            propose(world, opinion, by=who)


def test_not_for_oneself_or_kin_or_elsewhere(world):
    of_karma = signed(world, world.of(world.karma))
    with refused("file_of_kin"):
        propose(world, of_karma, assessee=world.karma, by=world.hai)
    with refused("outside_scope"):
        propose(world, of_karma, assessee=world.karma, by=world.east_assessor)
    with refused("own_file"):
        propose(world, assessee=world.hai_cadre, by=world.hai)


@pytest.mark.parametrize("kind", ["selection", "commendation"])
def test_a_sanction_in_effect_forbids_it(world, opinion, kind):
    duties.save_sanctions(by=world.lin, rows=[{"cadre": "G001", "kind": "10", "decided_on": days_ago(9), "effect_until": days_ago(1)}])
    propose(world, opinion, kind=kind)  # over since yesterday
    with refused("decision_barred_by_sanction"):
        propose(world, opinion, kind=kind, proposed_on=days_ago(1))
    propose(world, opinion, kind="training", proposed_on=days_ago(1))  # to learn is never forbidden


# --- public notice


def test_public_notice_of_five_working_days(world, opinion):
    """From Friday: Monday to Friday are five, so it may end on the next Friday at the earliest."""
    friday = date(2022, 7, 1)
    decision = propose(world, opinion, proposed_on=friday)
    with refused("notice_too_short") as caught:
        decisions.publish(by=world.lin, decision=decision, starts_on=friday, ends_on=date(2022, 7, 7))
    assert caught.value.refusals[0].facts == {"earliest": date(2022, 7, 8)}
    row = decisions.publish(by=world.lin, decision=decision, starts_on=friday)
    assert (row.state, row.notice_from, row.notice_until) == ("notice", friday, date(2022, 7, 8))


def test_public_notice_is_refused(world, opinion):
    decision = propose(world, opinion)
    with refused("notice_before_proposal"):
        decisions.publish(by=world.lin, decision=decision, starts_on=days_ago(1), ends_on=TODAY() + timedelta(30))
    with refused("role_missing"):
        decisions.publish(by=world.rui, decision=decision)
    decisions.publish(by=world.lin, decision=decision)
    with refused("decision_not_proposed"):
        decisions.publish(by=world.lin, decision=decision)
    training = propose(world, opinion, kind="training")
    with refused("training_needs_no_notice"):
        decisions.publish(by=world.lin, decision=training)


# --- confirm


def test_confirmed_by_another_after_the_notice(world, opinion):
    decision = on_notice(world, opinion)
    with refused("notice_running"):
        decisions.confirm(by=world.rui, decision=decision, on=decision.notice_until)
    row = decisions.confirm(by=world.rui, decision=decision, document_number="1号")
    assert (row.state, row.confirmed_by, row.confirmed_on, row.document_number) == ("confirmed", world.rui, TODAY(), "1号")
    with refused("decision_not_open"):
        decisions.confirm(by=world.rong, decision=decision)


def test_confirming_is_refused(world, opinion):
    decision = propose(world, opinion)
    with refused("notice_missing"):
        decisions.confirm(by=world.rui, decision=decision)
    with refused("role_missing"):
        decisions.confirm(by=world.lin, decision=decision)
    grants.give(by=None, user=world.mei, role="reviewer", unit=world.county)
    own = on_notice(world, opinion, by=world.mei)
    with refused("own_proposal"):
        decisions.confirm(by=world.mei, decision=own)
    with refused("confirmed_date"):
        decisions.confirm(by=world.rui, decision=own, on=TODAY() + timedelta(1))


def test_training_is_confirmed_at_once(world, opinion):
    decision = propose(world, opinion, kind="training", mentor=world.nima, follow_up_on=[date(2022, 9, 1), date(2022, 12, 1)])
    with refused("confirmed_date"):
        decisions.confirm(by=world.rui, decision=decision, on=days_ago(1))
    assert decisions.confirm(by=world.rui, decision=decision).state == "confirmed"
    assert decision.follow_ups.count() == 2


def test_a_superseded_basis_is_flagged_and_not_confirmed(world, opinion):
    decision = on_notice(world, opinion)
    assert not decisions.superseded(decision)
    evaluations.reopen(by=world.rui, evaluation=opinion.evaluation, evidence="新情况")
    assert decisions.superseded(decision)
    with refused("basis_superseded"):
        decisions.confirm(by=world.rui, decision=decision)
    signed(world, world.of(world.dawa))
    assert decisions.superseded(decision)
    with refused("basis_superseded"):
        decisions.confirm(by=world.rui, decision=decision)


def test_a_sanction_that_comes_meanwhile_forbids_it(world, opinion):
    decision = on_notice(world, opinion)
    duties.save_sanctions(by=world.lin, rows=[{"cadre": "G001", "kind": "12", "decided_on": days_ago(2)}])
    with refused("decision_barred_by_sanction"):
        decisions.confirm(by=world.rui, decision=decision)


# --- revoke, follow up, publish


def test_revoked_with_a_reason_for_good(world, opinion):
    decision = propose(world, opinion)
    with refused("reason_missing"):
        decisions.revoke(by=world.rui, decision=decision, why=" ")
    with refused("role_missing"):
        decisions.revoke(by=world.lin, decision=decision, why="x")
    with refused("confirmed_date"):
        decisions.revoke(by=world.rui, decision=decision, why="x", on=TODAY() + timedelta(1))
    row = decisions.revoke(by=world.rui, decision=decision, why=" 另行安排 ")
    assert (row.state, row.revoked_why, row.revoked_on) == ("revoked", "另行安排", TODAY())
    for act in (decisions.revoke, decisions.confirm):
        with refused("decision_not_open"):
            act(by=world.rui, decision=decision, **({"why": "x"} if act is decisions.revoke else {}))


def test_follow_ups(world, opinion):
    training, selection = propose(world, opinion, kind="training"), propose(world, opinion)
    follow_up = decisions.add_follow_up(by=world.lin, decision=training, due_on=days_ago(1))
    with refused("required"):
        decisions.finish_follow_up(by=world.lin, follow_up=follow_up, result=" ")
    with refused("date_in_future"):
        decisions.finish_follow_up(by=world.lin, follow_up=follow_up, result="好", done_on=TODAY() + timedelta(1))
    done = decisions.finish_follow_up(by=world.lin, follow_up=follow_up, result="有进步")
    assert (done.result, done.done_on) == ("有进步", TODAY())
    with refused("follow_up_done"):
        decisions.finish_follow_up(by=world.lin, follow_up=follow_up, result="又一次")
    with refused("only_training"):
        decisions.add_follow_up(by=world.lin, decision=selection, due_on=TODAY())
    decisions.revoke(by=world.rui, decision=training, why="调离")
    with refused("only_training"):
        decisions.add_follow_up(by=world.lin, decision=training, due_on=TODAY())


def test_publicity(world, opinion):
    commendation, selection = propose(world, opinion, kind="commendation"), propose(world, opinion)
    made = decisions.add_publication(by=world.lin, decision=commendation, channel="video", title="短片", published_on=TODAY())
    assert made.decision == commendation
    with refused("required", "date_in_future"):
        decisions.add_publication(by=world.lin, decision=commendation, channel="video", title=" ", published_on=TODAY() + timedelta(1))
    with refused("only_commendation"):
        decisions.add_publication(by=world.lin, decision=selection, channel="video", title="x", published_on=TODAY())


# --- two at once


@pytest.mark.both_engines
@pytest.mark.django_db(transaction=True)
def test_two_proposals_at_once_get_two_numbers(world):
    opinion = signed(world, world.of(world.dawa))
    results = together(*[lambda n=n: propose(world, opinion, outcome=f"拟任{n}") for n in range(3)])
    assert sorted(decision.code[5:] for decision in results) == ["001", "002", "003"]
    assert len({decision.pk for decision in together(*[lambda: propose(world, opinion, outcome="拟任0")] * 3)}) == 1
    assert list(proof.verify()) == []


@pytest.mark.both_engines
@pytest.mark.django_db(transaction=True)
def test_confirmed_or_opened_again_but_not_both_unseen(world):
    """While one confirms, another opens the basis again: either the decision is not confirmed, or it is flagged."""
    opinion = signed(world, world.of(world.dawa))
    decision = propose(world, opinion, kind="training")
    together(
        lambda: decisions.confirm(by=world.rui, decision=decision),
        lambda: evaluations.reopen(by=world.rong, evaluation=opinion.evaluation, evidence="新情况"),
    )
    decision = Decision.objects.get(pk=decision.pk)
    assert decision.state == "proposed" or decisions.superseded(decision)
    assert list(proof.verify()) == []
