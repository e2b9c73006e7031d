"""What waits for whom: each kind of task, and that it is nobody else's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessment.actions import appeals, decisions, evaluations
from assessment.models import Appeal, Decision
from assessment.queries import tasks
from people.ledger import recorded
from tests.cast import add_user, again, days_ago, drafted, give, give_evidence, signed, submitted

pytestmark = pytest.mark.django_db


def waits(user):
    return {task.kind.key: task.number for task in tasks.waiting(again(user))}


def firsts(user):
    return {task.kind.key: task.first for task in tasks.waiting(again(user))}


def test_missing_evidence_waits_for_assessors_until_it_is_there(world):
    assert waits(world.lin) == {"lack_on_site": 10, "lack_phone": 10, "lack_talk": 10, "lack_sides": 10}
    give(world, {world.of(world.dawa): "好"})
    assert waits(world.lin)["lack_on_site"] == 9 and waits(world.lin)["lack_sides"] == 10
    assert waits(world.man) == waits(world.aud) == waits(world.sys) == waits(world.nobody) == {}


def test_it_stays_inside_the_units_of_the_grant(world):
    assert waits(world.east_assessor)["lack_talk"] == 5
    lacking = tasks.lacking_by_unit(world.east_assessor, [tasks.BY_KEY["lack_talk"]])
    assert lacking == {"lack_talk": [("东滩镇", 4), ("东滩村", 1)]}


def test_an_opinion_goes_from_draft_to_signature_to_notice(world):
    row = world.of(world.dawa)
    give_evidence(world, row)
    assert waits(world.lin)["draft"] == 1 and "submit" not in waits(world.lin)
    drafted(world, row)
    assert waits(world.lin)["submit"] == 1 and "draft" not in waits(world.lin)
    evaluations.submit(by=world.lin, evaluation=row)
    assert "submit" not in waits(world.lin)
    assert waits(world.rui) == {"sign": 1} and firsts(world.rui) == {"sign": timezone.localdate()}
    assert waits(world.east_reviewer) == {"sign": 1}
    evaluations.send_back(by=world.rui, evaluation=row, why="证据不足")
    assert waits(world.rui) == {}
    assert waits(world.lin)["returned"] == 1 and "submit" not in waits(world.lin)
    assert "returned" not in waits(world.mei) and waits(world.mei)["submit"] == 1
    evaluations.submit(by=world.lin, evaluation=row)
    opinion = evaluations.sign(by=world.rui, evaluation=row)
    assert waits(world.lin)["notice"] == 1
    evaluations.give_notice(by=world.lin, opinion=opinion)
    assert "notice" not in waits(world.lin)


def test_who_wrote_it_is_not_asked_to_sign(world):
    both = add_user("both", "assessor", world.county)
    with recorded(by=None, verb="save_grant"):
        both.grants.create(role="reviewer", unit=world.county)
    row = world.of(world.dawa)
    give_evidence(world, row)
    drafted(world, row, by=both)
    evaluations.submit(by=world.lin, evaluation=row)
    assert "sign" not in waits(both) and waits(world.rui) == {"sign": 1}


def test_who_wrote_an_older_version_may_be_asked_to_sign_the_next(world):
    both = add_user("both", "assessor", world.county)
    with recorded(by=None, verb="save_grant"):
        both.grants.create(role="reviewer", unit=world.county)
    row = world.of(world.dawa)
    signed(world, row, by=both)
    evaluations.reopen(by=world.rui, evaluation=row, evidence="新证据")
    submitted(world, row)
    assert waits(both)["sign"] == 1


def test_a_review_waits_with_its_deadline_then_asks_to_reopen(world):
    row = world.of(world.dawa)
    opinion = signed(world, row)
    evaluations.give_notice(by=world.lin, opinion=opinion)
    appeal = appeals.file_appeal(by=world.lin, opinion=opinion, kind=Appeal.Kind.REVIEW, ground="不服")
    assert waits(world.rui) == {"appeal": 1} and firsts(world.rui) == {"appeal": appeal.due_on}
    appeal = appeals.decide_appeal(by=world.rui, appeal=appeal, outcome=Appeal.Outcome.UPHELD, finding="成立")
    assert waits(world.rui) == {"reopen": 1}
    evaluations.reopen(by=world.rui, evaluation=row, appeal=appeal)
    assert waits(world.rui) == {}


def test_decisions_wait_in_turn_for_notice_confirmation_and_follow_up(world):
    opinion = signed(world, world.of(world.dawa))
    made = decisions.propose(
        by=world.lin, kind="commendation", assessee=world.dawa, outcome="嘉奖", opinions=[opinion], proposed_on=days_ago(20)
    )
    assert waits(world.lin)["publish"] == 1 and waits(world.rui) == {}
    made = decisions.publish(by=world.lin, decision=made, starts_on=days_ago(19))
    assert "publish" not in waits(world.lin) and waits(world.rui) == {"confirm": 1}
    decisions.confirm(by=world.rui, decision=made)
    assert waits(world.rui) == {}
    today = timezone.localdate()
    training = decisions.propose(
        by=world.lin, kind="training", assessee=world.dawa, outcome="跟踪", opinions=[opinion], follow_up_on=[today, today + timedelta(90)]
    )
    assert waits(world.rui) == {"confirm": 1} and waits(world.lin)["follow_up"] == 1 and firsts(world.lin)["follow_up"] == today
    decisions.finish_follow_up(by=world.lin, follow_up=training.follow_ups.first(), result="有进步")
    assert "follow_up" not in waits(world.lin)


def test_a_public_notice_that_ends_soon_is_told(world):
    opinion = signed(world, world.of(world.dawa))
    made = decisions.propose(
        by=world.lin, kind="selection", assessee=world.dawa, outcome="提任", opinions=[opinion], proposed_on=days_ago(20)
    )
    day = timezone.localdate() + timedelta(1)
    decisions.publish(by=world.lin, decision=made, starts_on=days_ago(20), ends_on=day)
    assert waits(world.lin)["notice_ends"] == 1 and firsts(world.lin)["notice_ends"] == day


def test_a_decision_on_a_doubtful_basis_asks_for_a_look(world):
    row = world.of(world.dawa)
    opinion = signed(world, row)
    made = decisions.propose(by=world.lin, kind="training", assessee=world.dawa, outcome="跟踪", opinions=[opinion])
    evaluations.reopen(by=world.rui, evaluation=row, evidence="新证据")
    assert waits(world.rui)["look"] == 1
    decisions.revoke(by=world.rui, decision=made, why="依据变化")
    assert "look" not in waits(world.rui)


def test_an_own_proposal_does_not_wait_for_oneself(world):
    both = add_user("both", "assessor", world.county)
    with recorded(by=None, verb="save_grant"):
        both.grants.create(role="reviewer", unit=world.county)
    opinion = signed(world, world.of(world.dawa))
    decisions.propose(by=both, kind="training", assessee=world.dawa, outcome="跟踪", opinions=[opinion])
    assert "confirm" not in waits(both) and waits(world.rui) == {"confirm": 1}


def test_nothing_of_ones_kin_waits(world):
    """hai's kin karma is among the 8 front-line assessees of the county; hai sees 7 of them and the 2 groups."""
    assert waits(world.hai)["lack_talk"] == 9


def test_accounts_wait_for_the_security_administrator(world):
    with recorded(by=None, verb="save_grant"):
        world.man.grants.update(valid_until=timezone.localdate() + timedelta(5))
    assert waits(world.sec) == {"no_grant": 2, "grant_ends": 1}


def test_counting_is_one_query(world, django_assert_num_queries):
    signed(world, world.of(world.dawa))
    user = again(world.lin)
    tasks.offered(user)  # reads the grants
    with django_assert_num_queries(1):
        assert len(tasks.waiting(user)) > 3


@pytest.mark.both_engines
def test_every_kind_counts_and_lists_the_same(world):
    for n, cadre in enumerate((world.dawa, world.nima, world.karma)):
        opinion = signed(world, world.of(cadre))
        for kind in Decision.Kind.values[: n + 1]:
            decisions.propose(by=world.lin, kind=kind, assessee=cadre, outcome="x", opinions=[opinion])
    for user in (world.lin, world.rui, world.hai, world.east_assessor, world.sec):
        user = again(user)
        for task in tasks.waiting(user):
            assert task.kind.rows(user).count() == task.number > 0, task.kind.key
