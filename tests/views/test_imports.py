"""Workbooks in and out on screen: who may, what is refused at once, preview, import, the good rows, templates, the export."""

from hashlib import sha256
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from assessment import files
from assessment.actions import campaigns
from assessment.actions.exports import issues_of
from assessment.models import Job
from assessment.wording import sentence
from people import ledger, proof
from people.actions import cadres, units
from people.models import Cadre, LedgerEntry
from people.refusals import Refusal
from tests.sheets.books import written
from tests.sheets.packages import parts, zipped
from tests.views.helpers import english, texts

pytestmark = pytest.mark.django_db(transaction=True)
HEADINGS = ("干部编号", "姓名", "单位编码")


def roster(*rows, headings=HEADINGS, title="干部"):
    return {title: [dict(zip(headings, row, strict=True)) for row in rows]}


def uploaded(sheets, name="名单.xlsx"):
    content = written(sheets).getvalue() if isinstance(sheets, dict) else sheets
    return SimpleUploadedFile(name, content)


def upload(client, sheets, name="名单.xlsx"):
    """Upload a workbook; the job that checks it."""
    response = client.post(reverse("import"), {"file": uploaded(sheets, name)})
    assert response.status_code == 302, texts(response)
    return Job.objects.get(pk=response.url.split("/")[-2])


def page(client, job):
    return texts(client.get(reverse("job_detail", args=[job.pk])))


def press(client, name, job, **data):
    """Press a button on a job's page; the job that it leads to."""
    response = client.post(reverse(name, args=[job.pk]), data)
    assert response.status_code == 302, response.content.decode()
    return Job.objects.get(pk=response.url.split("/")[-2])


def downloaded(client, job):
    response = client.get(reverse("job_result", args=[job.pk]))
    return load_workbook(BytesIO(b"".join(response.streaming_content)))


@pytest.fixture
def lin(client, world):
    return english(client, world.lin)


# --- who may


def test_who_may_import_and_who_may_export(client, world):
    seen = {}
    for name in ("lin", "east_assessor", "rui", "aud", "man", "sec", "sys", "nobody"):
        english(client, world.users[name])
        answer = client.get(reverse("import"))
        body = answer.content.decode()
        seen[name] = (answer.status_code, 'type="file"' in body, 'name="reason"' in body)
        refused = client.post(reverse("import"), {"file": uploaded(roster(("N1", "某", "E")))}).status_code
        assert (refused == 302) == (name in ("lin", "east_assessor")), name
        assert (client.get(reverse("import_template"), {"kind": "cadres"}).status_code == 200) == (refused == 302)
        assert (b"/exchange/" in client.get(reverse("home")).content) == (answer.status_code == 200)
    both, out, none = (200, True, True), (200, False, True), (403, False, False)
    assert seen == {
        "lin": both, "east_assessor": both, "rui": out, "aud": out, "man": none, "sec": none, "sys": none, "nobody": none,
    }  # fmt: skip
    assert LedgerEntry.objects.filter(verb="refused", actor=world.man).exists()
    assert "Import Excel" in texts(english(client, world.lin).get(reverse("home")))


def test_jobs_of_others_are_not_there(client, world, work):
    job = upload(english(client, world.lin), roster(("N1", "某", "E")))
    work()
    english(client, world.mei)
    for name in ("job_take", "job_recheck"):
        assert client.post(reverse(name, args=[job.pk])).status_code == 404
    assert client.get(reverse("job_detail", args=[job.pk])).status_code == 404
    assert Job.objects.count() == 1


def test_a_role_that_ended_takes_nothing_in(lin, world, work):
    job = upload(lin, roster(("N1", "某", "E")))
    work()
    with ledger.recorded(by=None, verb="save_grant"):
        world.lin.grants.update(role="reviewer")
    assert lin.post(reverse("job_take", args=[job.pk])).status_code == 403
    assert 'name="good_rows"' not in page(lin, job) and Job.objects.count() == 1


# --- refused at once


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", Refusal("file_empty")),
        (b"name,post\n", Refusal("file_text")),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), Refusal("file_old_excel")),
        (b"PK\x03\x04" + bytes(100), Refusal("file_damaged")),
        (b"PK\x03\x04" + bytes(24 << 20), Refusal("file_too_large", {"limit": 20})),
    ],
    ids=lambda value: value.code if isinstance(value, Refusal) else "",
)
def test_a_wrong_file_is_refused_beside_its_field(lin, content, refusal):
    before = set(files.folder().iterdir())
    response = lin.post(reverse("import"), {"file": uploaded(content)})
    assert response.context["upload"].errors == {"file": [sentence(refusal)]} and 'type="file"' in texts(response)
    assert response.context["upload"].files["file"].size <= (20 << 20) + (64 << 10)  # what is beyond was not even taken
    assert not Job.objects.exists() and set(files.folder().iterdir()) == before


def test_without_a_file_the_field_says_so(lin):
    assert list(lin.post(reverse("import")).context["upload"].errors) == ["file"]


def test_what_only_the_worker_sees_is_told_on_the_jobs_page(lin, work):
    job = upload(lin, zipped({**parts(), "[Content_Types].xml": "<Types"}))
    work()
    assert sentence(Refusal("file_damaged")) in page(lin, job)


# --- from upload to import


def test_preview_then_import(lin, world, work):
    sheets = roster(("G001", "达瓦", "E1", "13911112222"), ("N1", "新人", "E", None), headings=(*HEADINGS, "手机"))
    sheets["别的"] = [{"x": 1}]
    job = upload(lin, sheets)
    assert (job.kind, job.state, job.upload_name, job.by) == ("check", "waiting", "名单.xlsx", world.lin)
    work()
    body = page(lin, job)
    assert "No errors." in body and "别的" in body
    assert ["Cadres", 1, 1, 0] == [lin.get(reverse("job_detail", args=[job.pk])).context["counts"][0][n] for n in (0, 2, 3, 4)]
    assert "<del>E</del>" in body and "<ins>E1</ins>" in body
    assert "139****2222" in body and "13911112222" not in body and "13900000001" not in body
    assert not Cadre.objects.filter(code="N1").exists()

    first, second = press(lin, "job_take", job), press(lin, "job_take", job)  # a double click
    assert first == second and first.follows == job
    work()
    assert Cadre.objects.get(code="G001").unit == world.east_village and Cadre.objects.filter(code="N1").exists()
    body = page(lin, first)
    assert "What was written" in body and reverse("cadre_list") in body
    assert "This workbook was taken in." in page(lin, job)
    assert press(lin, "job_take", job) == first
    assert list(proof.verify()) == []


def test_the_same_upload_twice_is_checked_once(lin, work):
    book = written(roster(("N1", "新人", "E"))).getvalue()  # once: a workbook holds the second in which it was written
    first, second = upload(lin, book), upload(lin, book)
    assert first == second
    work()
    assert upload(lin, book) != first  # later on, records may have changed
    assert upload(lin, roster(("N2", "新人", "E"))) != first


def test_a_workbook_that_says_nothing_new(lin, work):
    job = upload(lin, roster(("G001", "达瓦", "E")))
    work()
    body = page(lin, job)
    assert "Nothing to import" in body and reverse("job_take", args=[job.pk]) not in body


def test_errors_then_the_good_rows_then_the_rest(lin, work):
    job = upload(lin, roster(("N1", "新人", "E"), ("N2", None, "E"), ("N3", "另一人", "X")))
    work()
    body = page(lin, job)
    assert "2 errors. Nothing was written." in body and "There is no unit with the code X." in body
    copy = downloaded(lin, job)["干部"]
    assert copy["D3"].value and copy["D4"].value and not copy["D2"].value
    assert lin.post(reverse("job_take", args=[job.pk])).status_code == 403  # not all of it

    taken = press(lin, "job_take", job, good_rows="1")
    work()
    assert list(Cadre.objects.filter(code__startswith="N").values_list("code", flat=True)) == ["N1"]
    assert "2 rows were left out." in page(lin, taken)
    rest = downloaded(lin, taken)
    assert [[c.value for c in line][:3] for line in rest["干部"].iter_rows(min_row=2)] == [["N2", None, "E"], ["N3", "另一人", "X"]]
    rest["干部"]["B2"], rest["干部"]["C3"] = "有名", "E"
    file = BytesIO()
    rest.save(file)
    job = upload(lin, file.getvalue(), "余下.xlsx")
    work()
    assert "No errors." in page(lin, job)
    press(lin, "job_take", job)
    work()
    assert Cadre.objects.filter(code__startswith="N").count() == 3 and list(proof.verify()) == []


def test_errors_that_no_row_can_be_left_out_for(lin, work):
    job = upload(lin, roster(("N1", "新人"), headings=("干部编号", "姓名")))
    work()
    assert "good_rows" not in page(lin, job)
    answer = lin.post(reverse("job_take", args=[job.pk]), {"good_rows": "1"})
    assert answer.status_code == 403 and sentence(Refusal("faults_left")) in answer.content.decode()


def test_more_errors_than_a_page_shows(lin, work):
    job = upload(lin, roster(*((f"N{n}", None, "E") for n in range(510))))
    work()
    body = page(lin, job)
    assert "510 errors." in body and "The first 500 of 510." in body
    assert load_workbook(BytesIO(b"".join(lin.get(reverse("job_result", args=[job.pk])).streaming_content)))["干部"]["D511"].value


def test_records_that_changed_meanwhile(lin, world, work):
    """What was checked fits no longer: the import says so, and the same workbook is checked again at a click."""
    job = upload(lin, roster(("N1", "新人", "E", "11010519491231002X"), headings=(*HEADINGS, "身份证号")))
    work()
    cadres.save(by=world.lin, rows=[{"code": "N9", "name": "别人", "unit": "E", "id_number": "11010519491231002X"}])
    taken = press(lin, "job_take", job)
    work()
    taken.refresh_from_db()
    body = page(lin, taken)
    assert taken.state == "failed" and sentence(Refusal("changed_meanwhile")) in body
    again = press(lin, "job_recheck", taken)
    assert again not in (job, taken) and again.upload_sha256 == job.upload_sha256 and again.upload != job.upload
    work()
    assert "1 error. Nothing was written." in page(lin, again)
    cadres.save(by=world.lin, rows=[{"code": "N9", "id_number": ""}])
    assert press(lin, "job_take", job).kind == "import"  # a failed one can be tried again
    work()
    assert Cadre.objects.filter(code="N1").exists()


def test_what_is_no_longer_kept(lin, work):
    job = upload(lin, roster(("N1", "新人", "E")))
    work()
    files.remove(Job.objects.get(pk=job.pk).upload)
    answer = lin.post(reverse("job_recheck", args=[job.pk]))
    assert answer.status_code == 403 and sentence(Refusal("upload_gone")) in answer.content.decode()
    taken = press(lin, "job_take", job)
    work()
    assert sentence(Refusal("upload_gone")) in page(lin, taken) and not Cadre.objects.filter(code="N1").exists()


def test_only_checks_are_taken_in(lin, world):
    export = lin.post(reverse("exchange"), {"reason": "归档"})
    pk = export.url.split("/")[-2]
    assert [lin.post(reverse(name, args=[pk])).status_code for name in ("job_take", "job_recheck")] == [404, 404]


def test_a_township_takes_in_its_own(client, world, work):
    east = english(client, world.east_assessor)
    job = upload(east, roster(("N1", "新人", "E1"), ("N2", "新人", "W"), ("G005", "噶玛", "W")))
    work()
    job.refresh_from_db()
    assert {(f["row"], f["code"]) for f in job.outcome["faults"]} >= {(3, "outside_scope"), (4, "outside_scope")}
    assert "噶玛的职务" not in page(east, job)
    press(east, "job_take", job, good_rows="1")
    work()
    assert [c.code for c in Cadre.objects.filter(code__startswith="N")] == ["N1"]


# --- templates


def test_a_template_that_names_persons_is_a_file_that_leaves(lin, world):
    before = LedgerEntry.objects.count()
    for kind in ("units", "cadres", "campaign"):
        answer = lin.get(reverse("import_template"), {"kind": kind})
        assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
    assert LedgerEntry.objects.count() == before
    answer = lin.get(reverse("import_template"), {"kind": "contacts", "campaign": world.front.pk})
    body = b"".join(answer.streaming_content)
    entry = issues_of(sha256(body).hexdigest()).get()
    assert (entry.actor, entry.after["template"], entry.after["campaign"]) == (world.lin, "contacts", "F") and entry.after["persons"] > 8
    assert "Contacts" in load_workbook(BytesIO(body)).sheetnames


def test_templates_that_are_not_there(client, world):
    campaigns.save(by=world.lin, rows=[{"code": "W", "title": "西岭", "kind": "special", "scheme": "front-line", "unit": "W", "starts_on": "2022-05-01", "ends_on": "2022-06-01", "state": "open"}])  # fmt: skip
    campaigns.set_roster(by=world.lin, campaign=(west := campaigns.Campaign.objects.get(code="W")), cadres=[world.karma])
    east = english(client, world.east_assessor)
    ask = [{}, {"kind": "x"}, {"kind": "contacts"}, {"kind": "contacts", "campaign": "x"}, {"kind": "contacts", "campaign": west.pk}]
    assert [east.get(reverse("import_template"), query).status_code for query in ask] == [404] * 5
    assert "西岭" not in texts(east.get(reverse("import")))
    assert english(client, world.lin).get(reverse("import_template"), ask[-1]).status_code == 200


# --- the exchange workbook


def test_the_exchange_workbook_is_asked_for_with_a_reason(lin, world, work):
    assert list(lin.post(reverse("exchange"), {"reason": " "}).context["export"].errors) == ["reason"]
    asked = {"reason": "季度归档", "campaign": "F"}
    first, second = lin.post(reverse("exchange"), asked), lin.post(reverse("exchange"), asked)
    assert first.url == second.url and Job.objects.count() == 1  # a double click
    work()
    job = Job.objects.get()
    assert job.state == "done" and job.result_name.endswith(".xlsx") and " F " in job.result_name
    book = downloaded(lin, job)
    assert [c.value for c in book["考核任务"]["A"]] == ["考核编号", "F"]
    entry = issues_of(files.digest(files.path(job.result))).get()
    assert (entry.actor, entry.reason, entry.after["campaign"]) == (world.lin, "季度归档", "F")
    assert job.result_name in texts(lin.get(reverse("import")))


def test_a_campaign_out_of_sight_cannot_be_exported(client, world):
    campaigns.save(by=world.lin, rows=[{"code": "W", "title": "西岭", "kind": "special", "scheme": "front-line", "unit": "W", "starts_on": "2022-05-01", "ends_on": "2022-06-01"}])  # fmt: skip
    east = english(client, world.east_reviewer)
    answer = east.post(reverse("exchange"), {"reason": "归档", "campaign": "W"})
    assert list(answer.context["export"].errors) == ["campaign"] and not Job.objects.exists()


def test_what_is_exported_can_be_taken_in_again(lin, work):
    lin.post(reverse("exchange"), {"reason": "归档"})
    work()
    book = downloaded(lin, Job.objects.get())
    file = BytesIO()
    book.save(file)
    job = upload(lin, file.getvalue())
    work()
    assert "Nothing to import" in page(lin, job)


def test_units_of_the_example_are_not_made(lin, world, work):
    """A template as it was downloaded holds nothing to take in."""
    body = b"".join(lin.get(reverse("import_template"), {"kind": "units"}).streaming_content)
    job = upload(lin, body)
    work()
    assert "Nothing to import" in page(lin, job)
    assert units.Unit.objects.filter(code="XZ01").count() == 0
