"""Done once or not at all, whatever is cancelled, stopped, killed or switched off meanwhile."""

import os
import signal
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assessment.actions import jobs, running
from assessment.models import Job
from people.ledger import recorded
from people.models import LedgerEntry, Unit
from people.refusals import Refused
from tests.jobs.asking import again, asked, asked_before, claimed, save_unit, signed_in, stored, told, uploaded
from tests.threads import together

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db(transaction=True)]
State = Job.State


# --- cancelled


def test_cancelled_while_it_waits(work, does, lin):
    attempts, before = does(lambda running: None), stored()
    job = asked(lin, **uploaded())
    response = signed_in(lin).post(reverse("job_cancel", args=[job.pk]), follow=True)
    assert response.redirect_chain == [(reverse("job_detail", args=[job.pk]), 302)]
    work()
    assert (again(job).state, attempts, stored()) == (State.CANCELLED, [], before)
    assert LedgerEntry.objects.get(verb="cancel_job").object_id == job.pk
    with pytest.raises(Refused) as over:
        jobs.cancel(by=lin, job=job)
    assert over.value.refusals[0].code == "job_over"


def test_cancelled_while_it_runs(work, does, lin):
    before = stored()

    def run(running):
        with running.writing("a.txt", ".txt") as file:
            file.write(b"a")
        running.progress(1, 3, "一")
        jobs.cancel(by=lin, job=running.job)
        jobs.cancel(by=lin, job=running.job)  # a second click changes nothing
        running.progress(2, 3, "二")  # a new phase is written down at once, and there the cancellation is seen
        running.progress(3, 3, "三")
        raise AssertionError("goes on although it was cancelled")

    does(run)
    job = asked(lin, **uploaded())
    work()
    assert (again(job).state, again(job).result, stored()) == (State.CANCELLED, "", before)
    assert LedgerEntry.objects.filter(verb="cancel_job").count() == 1


def test_cancelled_before_the_end_nothing_is_kept(work, does, lin):
    """Also when the work is quicker than the look for a cancellation: the end itself asks."""

    def run(running):
        jobs.cancel(by=lin, job=running.job)
        with recorded(by=lin, verb="save_unit"):
            save_unit(lin)
            running.finish()

    does(run)
    job = asked(lin)
    work()
    assert again(job).state == State.CANCELLED and not Unit.objects.exists()


# --- broken off, and done once all the same


def test_what_a_dead_worker_left_is_taken_up_again_and_done_once(work, does, lin, corpse):
    attempts = does(lambda running: save_unit(running.by))
    job = asked(lin)
    claimed(job, corpse)
    work()
    assert (again(job).state, again(job).attempt, attempts, Unit.objects.count()) == (State.DONE, 2, [2], 1)


@pytest.mark.parametrize("lease", [-1, 60])
def test_a_worker_elsewhere_keeps_its_job_until_its_lease_is_over(work, does, lin, lease):
    attempts = does(lambda running: None)
    job = asked(lin)
    claimed(job, "elsewhere-1-1:77", timedelta(seconds=lease))
    work()
    assert (attempts, again(job).state) == (([2], State.DONE) if lease < 0 else ([], State.RUNNING))


@pytest.mark.parametrize(("worker", "minutes"), [("corpse", 0), ("elsewhere-1-1:77", 1)])
def test_a_worker_that_died_before_its_claim(work, does, lin, corpse, worker, minutes):
    attempts = does(lambda running: None)
    job = asked(lin)
    DBTaskResult.objects.update(status="RUNNING", worker_ids=[corpse if worker == "corpse" else worker])
    asked_before(job, minutes=minutes)
    work()
    assert (attempts, again(job).state) == ([1], State.DONE)


def test_who_was_overtaken_writes_nothing(work, does, lin):
    kept = []

    def run(running_now):
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert jobs.recover() == 1  # as another worker sees it
        other = running._claim(running_now.job.pk)
        with running_now.writing("a.txt", ".txt") as file:
            file.write(b"a")
        kept.append((other.attempt, running_now.result))
        with recorded(by=lin, verb="save_unit"):
            save_unit(lin)
            running_now.finish()

    does(run)
    job = asked(lin)
    work()
    ((attempt, result),) = kept
    assert (again(job).state, again(job).attempt, attempt) == (State.RUNNING, 2, 2)
    assert not Unit.objects.exists() and result not in stored()


def test_it_notices_at_the_next_step_that_it_was_overtaken(work, does, lin):
    def run(running_now):
        Job.objects.update(attempt=7)
        running_now.progress(1, 2, "一")
        running_now.progress(2, 2, "二")
        raise AssertionError("goes on although another has taken over")

    does(run)
    job = asked(lin)
    work()
    assert (again(job).state, again(job).attempt) == (State.RUNNING, 7)


def test_three_attempts_then_it_is_given_up(work, does, lin, corpse):
    attempts, before = does(lambda running: None), stored()
    job = asked(lin, **uploaded())
    for attempt in (1, 2, 3):
        assert claimed(job, corpse).attempt == attempt
        assert jobs.recover() == 1
    work()
    assert (again(job).state, attempts, told(job), stored()) == (State.FAILED, [], ["job_gave_up"], before)


def test_two_workers_do_it_once(does, lin):
    attempts = does(lambda running: save_unit(running.by))
    job = asked(lin)
    assert together(*[lambda: running.run.func(job.pk)] * 3) == [None] * 3
    assert (again(job).state, attempts, Unit.objects.count()) == (State.DONE, [1], 1)


def test_a_worker_told_to_stop_puts_its_job_back(work, does, lin):
    stops = [True, True, True, True]  # more often than a job may fail

    def run(running):
        if stops and stops.pop():
            os.kill(os.getpid(), signal.SIGTERM)
        running.progress(1, 2)
        save_unit(running.by)

    attempts = does(run)
    job = asked(lin)
    for number in range(4):
        work()
        assert (again(job).state, len(attempts), Unit.objects.count()) == (State.WAITING, number + 1, 0)
    work()
    assert (again(job).state, attempts, Unit.objects.count()) == (State.DONE, [1, 2, 3, 4, 5], 1)


@pytest.mark.parametrize("times", [1, 3])
def test_a_busy_database_is_another_attempt(work, does, lin, times):
    left = [True] * times

    def run(running):
        if left:
            left.pop()
            raise OperationalError("database is locked")

    attempts = does(run)
    job = asked(lin)
    work()
    assert len(attempts) == min(times + 1, 3)
    assert (again(job).state, told(job)) == ((State.DONE, []) if times == 1 else (State.FAILED, ["job_gave_up"]))


def test_what_nobody_foresaw_is_told_and_changes_nothing(work, does, lin, caplog):
    def run(running):
        with recorded(by=lin, verb="save_unit"):
            save_unit(lin)
            1 / 0  # noqa: B018

    does(run)
    job = asked(lin)
    work()
    assert (again(job).state, told(job), Unit.objects.count()) == (State.FAILED, ["job_failed"], 0)
    assert "ZeroDivisionError" in caplog.text


def test_what_fails_after_the_end_takes_nothing_back(work, does, lin):
    def run(running):
        with running.writing("a.txt", ".txt") as file:
            file.write(b"a")
        running.finish()
        running.progress(1, 1, "danach")
        raise ValueError

    does(run)
    job = asked(lin)
    work()
    assert again(job).state == State.DONE and again(job).result in stored()
