"""Review 复核 and appeal 申诉: deadlines of 公务员法 95 and 96, and what an upheld one opens."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from assessment.actions import appeals, evaluations
from assessment.models import Notice
from people import triggers
from people.models import LedgerEntry
from tests.cast import days_ago, signed
from tests.database.raw import run, update
from tests.refusing import refused

TODAY = timezone.localdate


@pytest.fixture
def opinion(world):
    return signed(world, world.of(world.dawa))


def noticed(world, opinion, days=0):
    """The notice was given that many days ago. The past cannot be made by an action, so it is written by hand."""
    notice = evaluations.give_notice(by=world.lin, opinion=opinion)
    triggers.drop()
    run(update(opinion, signed_at=timezone.now() - timedelta(days)))
    run(update(notice, given_on=days_ago(days)))
    triggers.install()
    opinion.refresh_from_db()
    return Notice.objects.get()


def file(world, opinion, kind="review", **options):
    return appeals.file_appeal(by=world.lin, opinion=opinion, kind=kind, ground="不同意", **options)


def test_a_review_is_filed_within_30_days(world, opinion):
    noticed(world, opinion, 30)
    appeal = file(world, opinion)
    assert (appeal.filed_on, appeal.due_on, appeal.outcome) == (TODAY(), TODAY() + timedelta(30), "pending")
    assert appeals.last_day_to_file(opinion, "review") == TODAY()


@pytest.mark.parametrize("kind", ["review", "appeal"])
def test_on_the_31st_day_it_is_late(world, opinion, kind):
    noticed(world, opinion, 31)
    with refused("filed_late") as caught:
        file(world, opinion, kind)
    assert caught.value.refusals[0].facts == {"last": days_ago(1)}
    assert file(world, opinion, kind, filed_on=days_ago(1)).filed_on == days_ago(1)  # it came in time and is written down later


def test_an_appeal_is_due_in_60_days(world, opinion):
    noticed(world, opinion)
    assert file(world, opinion, "appeal").due_on == TODAY() + timedelta(60)


def test_after_a_review_15_days_are_left_to_appeal(world, opinion):
    noticed(world, opinion, 45)
    review = file(world, opinion, filed_on=days_ago(40))
    appeals.decide_appeal(by=world.rui, appeal=review, outcome="rejected", finding="无误", decided_on=days_ago(15))
    assert appeals.last_day_to_file(opinion, "appeal") == TODAY()
    assert file(world, opinion, "appeal").kind == "appeal"


def test_on_the_16th_day_after_a_review_it_is_late(world, opinion):
    noticed(world, opinion, 45)
    review = file(world, opinion, filed_on=days_ago(40))
    appeals.decide_appeal(by=world.rui, appeal=review, outcome="rejected", finding="无误", decided_on=days_ago(16))
    with refused("filed_late"):
        file(world, opinion, "appeal")


def test_filing_is_refused(world, opinion):
    assert appeals.last_day_to_file(opinion, "review") is None
    with refused("not_noticed"):
        file(world, opinion)
    noticed(world, opinion, 5)
    with refused("required"):
        appeals.file_appeal(by=world.lin, opinion=opinion, kind="review", ground=" ")
    for day in (days_ago(6), TODAY() + timedelta(1)):
        with refused("filed_date"):
            file(world, opinion, filed_on=day)
    for who in (world.rui, world.man, world.aud):
        with refused("role_missing"):
            appeals.file_appeal(by=who, opinion=opinion, kind="review", ground="x")
    file(world, opinion)
    with refused("appeal_pending"):
        file(world, opinion, "appeal")


def test_an_opinion_is_reviewed_once(world, opinion):
    noticed(world, opinion)
    appeals.decide_appeal(by=world.rui, appeal=file(world, opinion), outcome="rejected", finding="维持")
    with refused("reviewed_once"):
        file(world, opinion)
    assert file(world, opinion, "appeal").kind == "appeal"


def test_against_a_superseded_opinion_none_is_filed(world, opinion):
    noticed(world, opinion)
    evaluations.reopen(by=world.rui, evaluation=opinion.evaluation, evidence="新情况")
    second = signed(world, world.of(world.dawa))
    evaluations.give_notice(by=world.lin, opinion=second)
    with refused("opinion_superseded"):
        file(world, opinion)
    assert file(world, second).opinion == second


def test_deciding(world, opinion):
    noticed(world, opinion, 5)
    appeal = file(world, opinion, filed_on=days_ago(3))
    with refused("role_missing"):
        appeals.decide_appeal(by=world.lin, appeal=appeal, outcome="upheld", finding="属实")
    with refused("required", "reason_missing"):
        appeals.decide_appeal(by=world.rui, appeal=appeal, outcome="pending", finding=" ")
    for day in (days_ago(4), TODAY() + timedelta(1)):
        with refused("decided_date"):
            appeals.decide_appeal(by=world.rui, appeal=appeal, outcome="upheld", finding="属实", decided_on=day)
    decided = appeals.decide_appeal(by=world.rui, appeal=appeal, outcome="upheld", finding=" 属实 ")
    assert (decided.outcome, decided.finding, decided.decided_on, decided.decided_by) == ("upheld", "属实", TODAY(), world.rui)
    assert LedgerEntry.objects.latest("seq").reason == "属实"
    with refused("appeal_decided"):
        appeals.decide_appeal(by=world.rui, appeal=appeal, outcome="rejected", finding="不属实")


def test_an_upheld_one_opens_the_evaluation_again(world, opinion):
    noticed(world, opinion)
    appeal = file(world, opinion)
    with refused("reopen_without_ground"):
        evaluations.reopen(by=world.rui, evaluation=opinion.evaluation, appeal=appeal)  # still pending
    appeals.decide_appeal(by=world.rui, appeal=appeal, outcome="upheld", finding="属实")
    row = evaluations.reopen(by=world.rui, evaluation=opinion.evaluation, appeal=appeal)  # the old object: it is read again
    assert row.state == "gathering"
    assert LedgerEntry.objects.latest("seq").reason == "属实"


def test_a_rejected_one_does_not(world, opinion):
    noticed(world, opinion)
    appeal = appeals.decide_appeal(by=world.rui, appeal=file(world, opinion), outcome="rejected", finding="无误")
    with refused("reopen_without_ground"):
        evaluations.reopen(by=world.rui, evaluation=opinion.evaluation, appeal=appeal)


def test_nor_does_one_of_another_or_of_an_older_version(world, opinion):
    noticed(world, opinion)
    appeal = appeals.decide_appeal(by=world.rui, appeal=file(world, opinion), outcome="upheld", finding="属实")
    other = signed(world, world.of(world.nima)).evaluation
    with refused("reopen_without_ground"):
        evaluations.reopen(by=world.rui, evaluation=other, appeal=appeal)
    evaluations.reopen(by=world.rui, evaluation=opinion.evaluation, appeal=appeal)
    signed(world, world.of(world.dawa))
    with refused("reopen_without_ground"):
        evaluations.reopen(by=world.rui, evaluation=opinion.evaluation, appeal=appeal)


def test_days_are_counted_without_the_first(world):
    """公务员法 95: 30 days from knowing; known on the 1st, the last day is the 31st."""
    from assessment.rules import deadlines

    assert deadlines.review_due(date(2022, 5, 1)) == date(2022, 5, 31)
