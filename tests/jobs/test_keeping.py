"""Jobs and their files are kept for a while, for their owner alone; their page tells how far they are."""

import os
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from assessment import files
from assessment.actions import jobs, running
from assessment.models import Job
from assessment.views.jobs import time_left
from people.actions import grants, users
from people.models import LedgerEntry, Unit
from people.refusals import Refused
from tests import cast
from tests.jobs.asking import again, asked, asked_before, check, save_unit, signed_in, stored, take, told, uploaded
from tests.sheets.books import small

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db(transaction=True)]
State = Job.State


# --- for its owner alone


def test_a_job_is_its_owners_alone(work, does, lin):
    def write(running):
        with running.writing("名单.txt", ".txt") as file:
            file.write("秘密".encode())

    does(write)
    job = asked(lin, reason="年终")
    work()
    for stranger in (cast.add_user("aud", "auditor"), cast.add_user("mei", "assessor")):
        client = signed_in(stranger)
        assert "年终" not in client.get(reverse("job_list")).content.decode()
        for name in ("job_detail", "job_progress", "job_result"):
            assert client.get(reverse(name, args=[job.pk])).status_code == 404
        assert client.post(reverse("job_cancel", args=[job.pk])).status_code == 404
        with pytest.raises(Job.DoesNotExist):
            jobs.cancel(by=stranger, job=job)
    client = signed_in(lin)
    assert "年终" in client.get(reverse("job_list")).content.decode()
    response = client.get(reverse("job_result", args=[job.pk]))
    assert b"".join(response.streaming_content).decode() == "秘密" and "no-store" in response["Cache-Control"]


def test_the_file_is_for_who_may_still_do_what_made_it(work, does, lin):
    def write(running):
        with running.writing("a.txt", ".txt") as file:
            file.write(b"a")

    does(write)
    job = asked(lin, verb="export_workbook")
    work()
    grants.give(by=None, user=lin, role="manager")
    grants.end(by=None, grant=lin.grants.get(role="assessor"))
    assert signed_in(lin).get(reverse("job_result", args=[job.pk])).status_code == 403


def test_whoever_sees_less_than_before_does_not_get_what_was_made_before(work, does, lin):
    """His grant reaches one unit only now, and the file holds what lies beyond it."""

    def write(running):
        with running.writing("a.txt", ".txt") as file:
            file.write(b"a")

    does(write)
    job = asked(lin, verb="export_workbook")
    work()
    address, page = reverse("job_result", args=[job.pk]), reverse("job_detail", args=[job.pk])
    assert signed_in(lin).get(address).status_code == 200 and f'href="{address}"' in signed_in(lin).get(page).content.decode()
    save_unit(lin, "U1")
    grants.give(by=None, user=lin, role="reviewer", unit=Unit.objects.get(code="U1"))
    assert signed_in(lin).get(address).status_code == 200
    grants.end(by=None, grant=lin.grants.get(role="assessor"))
    assert signed_in(lin).get(address).status_code == 403
    shown = signed_in(lin).get(page)
    assert shown.status_code == 200 and f'href="{address}"' not in shown.content.decode()


@pytest.mark.parametrize("how", ["role", "account"])
def test_whose_right_has_ended_meanwhile_gets_nothing_done(work, does, lin, how):
    attempts = does(lambda running: save_unit(running.by))
    job = asked(lin, verb="import_workbook", **uploaded())
    if how == "role":
        grants.end(by=None, grant=lin.grants.get())
    else:
        users.change(by=None, user=lin, is_active=False)
    work()
    assert (attempts, told(job), Unit.objects.count(), again(job).upload) == ([], ["role_missing"], 0, "")
    entry = LedgerEntry.objects.get(verb="refused")
    assert (entry.actor, entry.object_id, entry.after) == (lin, job.pk, {"verb": "import_workbook", "codes": ["role_missing"]})


def test_whoever_may_not_ask_leaves_no_file(lin):
    before, manager = stored(), cast.add_user("man", "manager")
    with pytest.raises(Refused):
        asked(manager, verb="import_workbook", **uploaded())
    for _ in range(jobs.WAITING_MOST):
        asked(lin)
    with pytest.raises(Refused) as many:
        asked(lin, **uploaded())
    assert many.value.refusals[0].code == "too_many_jobs" and stored() == before
    assert Job.objects.count() == jobs.WAITING_MOST


# --- kept for a while


def test_files_are_removed_when_they_expire_and_the_page_says_so(work, does, lin):
    before = stored()

    def run(running):
        with running.writing("名单.txt", ".txt") as file:
            file.write(b"a")

    does(run)
    job, waiting = asked(lin, **uploaded()), asked(lin, **uploaded())
    work()
    for name in ("job_detail", "job_result"):
        assert signed_in(lin).get(reverse(name, args=[job.pk])).status_code == 200
    Job.objects.filter(pk=job.pk).update(expires_at=timezone.now())
    jobs.sweep()
    job = again(job)
    assert (job.upload, job.result, job.outcome, job.result_name) == ("", "", {}, "名单.txt")
    assert stored() - before == {again(waiting).upload, again(waiting).result}
    client = signed_in(lin)
    page = client.get(reverse("job_detail", args=[job.pk]))
    assert page.context["gone"] and reverse("job_result", args=[job.pk]) not in page.content.decode()
    assert client.get(reverse("job_result", args=[job.pk])).status_code == 404


def test_what_a_waiting_import_needs_does_not_expire(work, assessor):
    checked = check(assessor, small())
    work()
    taken = take(assessor, again(checked))
    Job.objects.filter(pk=checked.pk).update(expires_at=timezone.now())
    work()  # sweeps first
    assert again(taken).state == State.DONE
    jobs.sweep()
    assert again(checked).upload == ""


def test_files_that_no_job_names_are_removed_after_a_day(lin):
    new, old = files.new(), files.new()
    kept = asked(lin, **uploaded())
    for name in (new, old):
        files.path(name).write_bytes(b"x")
    for name in (old, kept.upload):
        os.utime(files.path(name), (0, 0))
    jobs.sweep()
    assert {new, old, kept.upload} & stored() == {new, kept.upload}
    files.remove(new, kept.upload)


# --- the page


def test_the_page_says_when_nobody_works(does, lin):
    does(lambda running: None)
    job = asked(lin)
    client, url = signed_in(lin), reverse("job_progress", args=[job.pk])
    assert not client.get(url).context["stalled"]
    asked_before(job, minutes=1)
    assert client.get(url).context["stalled"] and "manage.py worker" in client.get(url).content.decode()
    other = running._claim(asked(lin).pk)  # somebody works, on another one
    assert not client.get(url).context["stalled"]
    Job.objects.filter(pk=other.pk).update(lease_until=timezone.now() - timedelta(minutes=1))
    assert client.get(url).context["stalled"]
    assert client.get(reverse("job_progress", args=[other.pk])).context["stalled"]


def test_when_it_is_over_the_whole_page_renews_itself(work, does, lin):
    does(lambda running: None)
    job = asked(lin)
    client, url = signed_in(lin), reverse("job_progress", args=[job.pk])
    assert "HX-Refresh" not in client.get(url)
    work()
    assert client.get(url)["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    ("spent", "done", "words"),
    [
        (1, 50, ""), (30, 0, ""), (30, 99, "a few seconds left"), (40, 50, "about 40 seconds left"), (56, 50, "about 1 minute left"),
        (300, 50, "about 5 minutes left"), (7200, 50, "about 2 hours left"),
    ],
)  # fmt: skip
def test_the_time_left_is_told_in_round_words(spent, done, words):
    began = timezone.now() - timedelta(seconds=spent)
    with translation.override("en"):
        assert time_left(Job(state="running", done=done, total=100, phase_began_at=began)) == words


@pytest.mark.browser
def test_the_bar_moves_and_ends_with_the_result(page, does, lin):
    does(lambda running: None)
    job = asked(lin, reason="年终")
    Job.objects.filter(pk=job.pk).update(state="running", phase="写入", done=10, total=100, lease_until=timezone.now() + running.LEASE)
    page.goto(reverse("login"))
    page.fill("[name=username]", "lin")
    page.fill("[name=password]", cast.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/")
    page.goto(reverse("job_detail", args=[job.pk]))
    page.wait_for_selector("progress[value='10']")
    Job.objects.filter(pk=job.pk).update(done=60)
    page.wait_for_selector("progress[value='60']")
    Job.objects.filter(pk=job.pk).update(state="done", ended_at=timezone.now(), expires_at=timezone.now() + timedelta(7))
    page.wait_for_selector(".tag.ok")
    assert page.locator("progress").count() == 0
