"""An import in two jobs, from the upload to the end."""

from io import BytesIO
from urllib.parse import unquote

import pytest
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from openpyxl import load_workbook

from assessment import files
from assessment.models import Job
from people import ledger, proof
from people.models import Cadre, Grant, LedgerEntry
from people.refusals import Refused
from tests import cast
from tests.jobs.asking import again, check, signed_in, stored, take, told
from tests.sheets.books import small
from tests.threads import together

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db(transaction=True)]
State = Job.State


def test_a_workbook_is_checked_then_taken_in_once(work, assessor):
    token = ledger.origin.set(ledger.Origin("request-1", "10.1.2.3"))
    try:
        checked = check(assessor, small())
        work()
        checked = again(checked)
        assert (checked.state, checked.outcome["fault_count"], checked.outcome["counts"]["干部"]) == (State.DONE, 0, [2, 0, 0])
        assert not Cadre.objects.exists() and stored() >= {checked.upload}  # kept until it expires
        taken = take(assessor, checked)
    finally:
        ledger.origin.reset(token)
    with pytest.raises(Refused) as twice:
        take(assessor, checked)
    assert twice.value.refusals[0].code == "job_followed"
    work()
    assert (again(taken).state, again(taken).outcome["left_out"], Cadre.objects.count()) == (State.DONE, 0, 2)
    entry = LedgerEntry.objects.get(verb="import_file")
    assert (entry.actor, entry.request_id, entry.address) == (assessor, "request-1", "10.1.2.3")
    assert not list(proof.verify())
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {"SUCCESSFUL"}


def test_what_no_database_keeps_is_no_hindrance(work, assessor):
    sheets = small()
    sheets["干部"][0]["性别"] = "甲_x0000_乙_xD800_"
    checked = check(assessor, sheets)
    work()
    (fault,) = again(checked).outcome["faults"]
    assert (fault["code"], fault["value"]) == ("unknown_word", "甲乙")


def test_who_may_import_no_more_sees_no_more_of_it(work, assessor):
    sheets = small()
    sheets["干部"][0]["性别"] = "甲乙丙"
    checked = check(assessor, sheets)
    work()
    address = reverse("job_detail", args=[checked.pk])
    assert "甲乙丙" in signed_in(assessor).get(address).content.decode()
    with ledger.recorded(by=None, verb="test"):
        Grant.objects.filter(user=assessor).update(role="manager")
    response = signed_in(assessor).get(address)
    assert response.status_code == 200 and "甲乙丙" not in response.content.decode()


def test_errors_come_back_in_the_users_own_workbook_and_that_is_noted(work, assessor):
    sheets = small()
    sheets["干部"][0]["性别"] = "甲"
    checked = check(assessor, sheets)
    work()
    checked = again(checked)
    (fault,) = checked.outcome["faults"]
    assert (fault["sheet"], fault["row"], fault["column"], fault["code"]) == ("干部", 2, "性别", "unknown_word")
    client = signed_in(assessor)
    response = client.get(reverse("job_result", args=[checked.pk]))
    body = b"".join(response.streaming_content)
    assert "甲" in str([list(row) for row in load_workbook(BytesIO(body))["干部"].values])
    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''") and disposition.isascii()
    assert unquote(disposition.partition("''")[2]) == checked.result_name and checked.result_name.startswith("一线干部（")
    entry = LedgerEntry.objects.get(verb="export")
    assert entry.after["sha256"] == files.digest(BytesIO(body)) and entry.after["of"] == checked.upload_sha256


def test_nothing_of_a_refused_file_is_kept(work, assessor):
    before = stored()
    checked = check(assessor, b"no workbook at all", "名单.xlsx")
    assert stored() - before == {checked.upload}
    work()
    assert (again(checked).state, again(checked).upload, again(checked).outcome["refusals"] != []) == (State.FAILED, "", True)
    assert stored() == before
    assert "class=\"note error\"" in signed_in(assessor).get(reverse("job_detail", args=[checked.pk])).content.decode()


def test_what_changed_since_the_check_is_not_taken_in(work, assessor):
    checked = check(assessor, small())
    work()
    files.path(again(checked).upload).write_bytes(b"another file")
    taken = take(assessor, again(checked))
    work()
    assert told(taken) == ["upload_gone"] and not Cadre.objects.exists()


def test_only_ones_own_check_is_taken_in_and_only_while_it_is_kept(work, assessor):
    checked = check(assessor, small())
    with pytest.raises(Refused):
        take(assessor, checked)  # not done yet
    work()
    other = cast.add_user("other", "assessor")
    with pytest.raises(Job.DoesNotExist):
        take(other, again(checked))
    Job.objects.filter(pk=checked.pk).update(expires_at=timezone.now())
    with pytest.raises(Refused) as late:
        take(assessor, again(checked))
    assert late.value.refusals[0].code == "upload_gone"


def test_two_clicks_at_the_same_time_start_one_import(work, assessor):
    checked = check(assessor, small())
    work()
    results = together(*[lambda: take(assessor, again(checked))] * 3)
    assert sorted(type(each).__name__ for each in results) == ["Job", "Refused", "Refused"]
