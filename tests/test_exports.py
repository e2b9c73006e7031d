"""Lists on their way out: as .xlsx and .csv, at once and by a job; what the ledger and the file say of it; whether a file is ours."""

import csv
import hashlib
import io
import subprocess
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from assessment.actions.running import Cancelled
from assessment.models import Job
from assessment.rules.ranges import Ranges
from assessment.sheets.exchange.write import export as export_workbook
from assessment.sheets.workbook import write
from assessment.tables.cadres import CadreTable
from assessment.views import exports
from assessment.views.cadres import CadreList
from assessment.views.exports import Export
from assessment.views.lists import find
from people import ledger
from people.actions import cadres, grants
from people.ledger import recorded
from people.models import Cadre, Grant, LedgerEntry
from tests import cast
from tests.cast import again
from tests.machine import need
from tests.threads import together
from tests.views.helpers import english, many_cadres

pytestmark = pytest.mark.django_db
WHY = {"reason": "开会用"}


def content(response):
    assert response.status_code == 200, response.content.decode()
    return b"".join(response.streaming_content)


def about(book):
    return dict(load_workbook(io.BytesIO(book)).worksheets[-1].iter_rows(values_only=True))


def names(book, heading="姓名"):
    rows = load_workbook(io.BytesIO(book)).worksheets[0].iter_rows(values_only=True)
    place = next(rows).index(heading)
    return [row[place] for row in rows]


def entries(verb="export"):
    return LedgerEntry.objects.filter(verb=verb).order_by("seq")


# --- at once


def test_a_file_that_leaves_is_one_entry_that_knows_it(client, world):
    client.force_login(world.lin)
    file = content(client.post(reverse("cadre_export") + f"?unit={world.east_unit.pk}&sort=-name&columns=name&columns=post", WHY))
    (entry,) = entries()
    assert entry.actor == world.lin and entry.reason == "开会用" and entry.object_type == "people.cadre"
    assert entry.after == {
        "list": "cadre", "rows": 4, "columns": ["姓名", "现任职务"], "filters": {"单位（含下级）": "东滩镇"}, "sort": "姓名 ↓",
        "file": f"干部 {timezone.localdate():%Y-%m-%d}.xlsx", "sha256": hashlib.sha256(file).hexdigest(),
        "ids": {"people.cadre": str(Ranges(Cadre.objects.filter(unit__in=[world.east_unit, world.east_village]).values_list("pk", flat=True)))},
    }  # fmt: skip


def test_the_about_sheet_says_who_when_why_and_what(client, world):
    english(client, world.lin)
    head = ledger.head()
    told = about(content(client.post(reverse("cadre_export") + "?columns=name&columns=post&q=G00&sort=-name", {"reason": "for the meeting"})))
    assert told["Exported by"] == "lin (lin)" and told["Reason"] == "for the meeting" and told["Rows"] == 9
    assert told["Filter: Search"] == "G00" and told["Sorted by"] == "Name ↓" and told["Columns"] == "Name, Post"
    assert told["Ledger head"] == f"{head[0]} {head[1]}" and "verify_export" in told["To verify"]
    assert timezone.localtime() - timezone.make_aware(told["Exported at"]) < timedelta(hours=1)
    told = about(content(client.post(reverse("cadre_export"), {"reason": "for the meeting"})))
    assert told["Filters"] == "none: all that the exporter may see"


def test_a_plain_table_holds_the_same_rows(client, world):
    client.force_login(world.lin)
    address = reverse("cadre_export") + "?columns=code&columns=name&columns=phone&sort=name"
    book = content(client.post(address, {**WHY, "format": "xlsx"}))
    response = client.post(address, {**WHY, "format": "csv"})
    file = content(response)
    rows = [["" if value is None else str(value) for value in row] for row in load_workbook(io.BytesIO(book)).worksheets[0].values]
    assert list(csv.reader(io.StringIO(file.decode("utf-8-sig")))) == rows
    assert response["Content-Type"].startswith("text/csv") and ".csv" in response["Content-Disposition"]
    assert [entry.after["sha256"] for entry in entries()] == [hashlib.sha256(each).hexdigest() for each in (book, file)]
    assert [entry.after["sha256"] for entry in entries("reveal")] == [hashlib.sha256(each).hexdigest() for each in (book, file)]


def test_in_no_other_format(client, world):
    client.force_login(world.lin)
    assert client.post(reverse("cadre_export"), {**WHY, "format": "exe"}).status_code == 400
    assert not entries().exists()


def test_more_than_a_sheet_holds_goes_out_as_a_plain_table_only(client, world, monkeypatch):
    monkeypatch.setattr(write, "ROW_LIMIT", 8)
    english(client, world.lin)
    response = client.post(reverse("cadre_export"), {**WHY, "format": "xlsx"})
    assert response.status_code == 400 and "9 rows are more than a sheet can hold (8)" in response.content.decode()
    assert not entries().exists()
    assert len(content(client.post(reverse("cadre_export"), {**WHY, "format": "csv"})).splitlines()) == 10


def test_the_name_of_a_file_is_one_that_every_system_takes(client, world):
    with recorded(by=None, verb="test"):
        world.front.title = '一线/考核: "甲" <乙>' + "长" * 150
        world.front.save()
    client.force_login(world.lin)
    response = client.post(reverse("campaign_roster_export", args=[world.front.pk]), WHY)
    content(response)
    name = entries().get().after["file"]
    assert not set(name) & set('/\\:*?"<>|') and len(name) < 100 and name.endswith(".xlsx")


# --- by a job


@pytest.fixture
def large(monkeypatch):
    """Three rows are many."""
    monkeypatch.setattr(exports, "AT_ONCE", 2)


def asked(client, address, **data):
    response = client.post(address, {**WHY, **data})
    assert response.status_code == 302, response.content.decode()
    job = Job.objects.order_by("-pk").first()
    assert response["Location"] == reverse("job_detail", args=[job.pk])
    return job


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_many_rows_become_a_job(work, client, world, large, format):
    client.force_login(world.lin)
    address = reverse("cadre_export") + f"?unit={world.east_unit.pk}&columns=name"
    job = asked(client, address, format=format)
    assert job.reason == "开会用" and not entries().exists()
    work()
    job.refresh_from_db()
    assert job.state == "done", job.outcome
    file = content(client.get(reverse("job_result", args=[job.pk])))
    (entry,) = entries()
    assert (entry.actor, entry.reason, entry.after["filters"], entry.after["rows"]) == (world.lin, "开会用", {"单位（含下级）": "东滩镇"}, 4)
    assert entry.after["sha256"] == hashlib.sha256(file).hexdigest() and entry.after["file"] == job.result_name
    assert entry.request_id == LedgerEntry.objects.get(verb="start_job").request_id
    assert client.get(reverse("job_detail", args=[job.pk])).status_code == 200
    if format == "xlsx":
        assert names(file) == ["达瓦", "尼玛", "索南", "白玛"]
        assert about(file)["历史末条"] == f"{entry.seq - 1} {entry.previous}"
    client.force_login(world.mei)
    assert client.get(reverse("job_result", args=[job.pk])).status_code == 404


def test_a_job_keeps_what_is_listed_and_no_more(client, world, large):
    client.force_login(world.lin)
    job = asked(client, reverse("cadre_export") + "?columns=name&q=G0", csrfmiddlewaretoken="secret", format="csv")
    assert (job.parameters["query"], job.parameters["format"]) == ("columns=name&q=G0", "csv")
    assert "secret" not in str(LedgerEntry.objects.get(verb="start_job").after)
    job = asked(client, reverse("cadre_lrmx_all") + "?q=G0", csrfmiddlewaretoken="secret")
    assert job.parameters["query"] == "q=G0"


def test_a_list_with_a_number_in_its_address(work, client, world, large):
    client.force_login(world.lin)
    job = asked(client, reverse("campaign_roster_export", args=[world.front.pk]))
    work()
    job.refresh_from_db()
    assert job.state == "done" and entries().get().after["rows"] == 8


def test_rights_are_those_of_when_the_job_runs(work, client, world, large):
    client.force_login(world.lin)
    narrowed, ended = (asked(client, reverse("cadre_export") + "?columns=name") for _ in range(2))
    other = asked(client, reverse("cadre_export") + f"?unit={world.west_unit.pk}")
    west = cast.campaign(world, "W2", "front-line", cadres=[world.karma, world.tashi, world.yangjin], unit="W")
    roster = asked(client, reverse("campaign_roster_export", args=[west.pk]))
    grant = Grant.objects.get(user=world.lin)
    grants.give(by=world.sec, user=world.lin, role="assessor", unit=world.east_unit)
    grants.end(by=world.sec, grant=grant)
    work()
    states = dict(Job.objects.values_list("pk", "state"))
    assert [states[job.pk] for job in (narrowed, other, roster)] == ["done", "failed", "failed"]
    file = content(client.get(reverse("job_result", args=[narrowed.pk])))
    assert "噶玛" not in names(file) and "达瓦" in names(file)
    codes = [each["code"] for job in (other, roster) for each in Job.objects.get(pk=job.pk).outcome["refusals"]]
    assert codes == ["list_changed", "outside_scope"]
    assert entries().count() == 2 and ended.pk  # the two of all cadres


def test_without_any_right_left_nothing_leaves(work, client, world, large):
    client.force_login(world.lin)
    job = asked(client, reverse("cadre_export"))
    grants.end(by=world.sec, grant=Grant.objects.get(user=world.lin))
    work()
    job.refresh_from_db()
    assert job.state == "failed" and job.outcome["refusals"][0]["code"] == "role_missing"
    assert not job.result and not entries().exists()


def test_a_job_tells_how_far_it_is_and_can_be_ended(client, world):
    many_cadres(world, 450)
    listing = CadreList.opened(world.lin, {}).listing(QueryDict("columns=code"))
    seen = []
    Export(listing, "开会用").write(io.BytesIO(), lambda done, total: seen.append((done, total)))
    assert seen == [(0, 459), (200, 459), (400, 459)]

    def stop(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        Export(listing, "开会用").write(io.BytesIO(), stop)
    ledger.note(by=world.lin, verb="view", obj=world.dawa)  # the picture it looked at is closed: one can write again


@pytest.mark.both_engines
def test_rows_and_head_are_of_one_picture(transactional_db, people, monkeypatch):
    class Late(CadreTable):
        """While the file is begun, somebody enters one more."""

        class Meta(CadreTable.Meta):
            pass

        def kinds(self):
            (done,) = together(lambda: cadres.save(by=again(people.mei), rows=[{"code": "Z", "name": "后来", "unit": "E"}]))
            assert not isinstance(done, Exception), done
            return super().kinds()

    monkeypatch.setattr(CadreList, "table_class", Late)
    before, file = ledger.head(), io.BytesIO()
    made = Export(CadreList.opened(people.lin, {}).listing(QueryDict("columns=name")), "开会用")
    made.write(file)
    assert "后来" not in names(file.getvalue()) and made.rows == 9
    assert about(file.getvalue())["历史末条"] == f"{before[0]} {before[1]}" != f"{ledger.head()[0]} {ledger.head()[1]}"
    assert Cadre.objects.filter(name="后来").exists()


def test_a_list_is_found_by_its_noun():
    assert find("cadre", {}) is CadreList and find("campaign_roster", {"pk": 1}) is not None
    assert find("campaign_roster", {}) is find("nonsense", {}) is find("cadre", {"pk": 1}) is find("a:b", {}) is None


# --- is this file ours?


@pytest.fixture
def issued(client, world, tmp_path):
    """Function: the path of a list that lin exported."""

    def issued(format="xlsx", reason="报县委", user=world.lin):
        client.force_login(user)
        path = tmp_path / f"list.{format}"
        path.write_bytes(content(client.post(reverse("cadre_export") + f"?unit={world.east_unit.pk}", {"reason": reason, "format": format})))
        return path

    return issued


def verified(path):
    out = io.StringIO()
    call_command("verify_export", str(path), stdout=out)
    return out.getvalue().splitlines()


def refused(path):
    with pytest.raises(CommandError) as error:
        call_command("verify_export", str(path))
    assert error.value.returncode == 1
    return str(error.value).splitlines()


@pytest.mark.both_engines
@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_ours_and_unchanged(world, issued, format):
    path = issued(format)
    entry = entries().get()
    first, *rest = verified(path)
    at = timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M:%S")
    assert first == f"issued by this system and unchanged: entry {entry.seq}, to lin (lin), {at}"
    assert {"reason: 报县委", "list: cadre", "rows: 4", "filters: 单位（含下级）=东滩镇"} <= set(rest)


def test_plain_tables_of_the_same_rows_are_one_file_that_several_got(client, world, issued):
    path = issued("csv")
    issued("csv", "别的事", user=world.mei)
    lines = verified(path)
    assert [line.rpartition(" to ")[2].split(",")[0] for line in lines if line.startswith("issued")] == ["lin (lin)", "mei (mei)"]
    assert {"reason: 报县委", "reason: 别的事"} <= set(lines)
    page = shown(client, world.aud, path).content.decode()
    assert "报县委" in page and "别的事" in page


def test_a_file_of_another_kind_is_known_as_well(world, tmp_path):
    path = tmp_path / "all.xlsx"
    with path.open("w+b") as file:
        export_workbook(by=world.lin, file=file, reason="年终归档")
    assert verified(path)[0].startswith(f"issued by this system and unchanged: entry {entries().get().seq}, to lin (lin)")
    book = load_workbook(path)
    book["干部"]["B2"] = "改了"
    book.save(path)
    assert any(f"taken out of a package: entry {entries().get().seq}, to lin (lin)" in line for line in refused(path))


def test_a_changed_workbook_says_which_it_was(client, world, issued):
    issued(reason="先前的事")
    path = issued()
    ours = entries().last()
    issued(user=world.mei).unlink()
    path = path if path.exists() else issued()
    book = load_workbook(path)
    book.worksheets[0]["A2"] = "改了"
    book.save(path)
    lines = refused(path)
    assert lines[0].startswith("no export has this digest: sha256 ") and "which is ours" in lines[1]
    ours = entries().last()
    assert lines[2].startswith(f"it seems to come from this export, changed since or taken out of a package: entry {ours.seq}, to lin (lin)")
    assert "reason: 报县委" in lines


def test_a_workbook_that_another_program_saved_says_which_it_was(issued, tmp_path):
    path, office = issued(), need("LibreOffice")
    out = tmp_path / "out"
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    subprocess.run([office, profile, "--headless", "--convert-to", "xlsx", "--outdir", out, path], check=True, capture_output=True, timeout=120)
    assert any(f"taken out of a package: entry {entries().get().seq}, to lin" in line for line in refused(out / path.name))


def test_a_head_that_was_never_ours(issued):
    path = issued()
    book = load_workbook(path)
    for row in book.worksheets[-1].iter_rows():
        if row[0].value == "历史末条":
            row[1].value = f"3 {'0' * 64}"
    book.save(path)
    lines = refused(path)
    assert "which was never ours" in lines[1] and f"entry {entries().get().seq}, to lin" in lines[2]


def test_a_sheet_that_names_a_head_in_its_foot(world, issued, tmp_path):
    """As the official forms do, which say who printed them, but not why."""
    head, path = ledger.head(), tmp_path / "form.xlsx"
    issued(user=world.mei)
    issued()
    book = Workbook()
    book.active.append(["第1版　摘要值：" + "a" * 64])
    book.active.append([f"历史：第 {head[0]} 条　摘要值：{head[1]}"])
    book.active.append(["打印：lin（lin）　2022-05-06 09:00"])
    book.save(path)
    lines = refused(path)
    assert lines[1] == f"it names ledger head {head[0]} {head[1]}, which is ours"
    assert f"entry {entries().filter(actor=world.lin).get().seq}, to lin (lin)" in lines[2]


def test_what_tells_nothing_of_itself(tmp_path, issued):
    plain, other, damaged = issued("csv"), tmp_path / "other.xlsx", tmp_path / "damaged.xlsx"
    plain.write_bytes(plain.read_bytes() + b"\r\n")
    book = Workbook()
    book.active.title = "说明"
    book.active.append(["导出人", "某人"])
    book.save(other)
    damaged.write_bytes(b"PK\x03\x04" + b"\0" * 100)
    for path in (plain, other, damaged):
        (line,) = refused(path)
        assert line == f"no export has this digest: sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}"
    assert refused(tmp_path / "none.csv") == [f"{tmp_path / 'none.csv'} cannot be read: No such file or directory."]
    assert refused(tmp_path)[0].endswith("Is a directory.")


# --- the same on screen


def shown(client, user, path):
    english(client, user)
    with path.open("rb") as file:
        return client.post(reverse("ledgerentry_verify_file"), {"file": file})


def test_an_auditor_sees_the_same(client, world, issued):
    path = issued()
    number = entries().get().pk
    page = shown(client, world.aud, path).content.decode()
    assert "list.xlsx was issued by this system and is unchanged" in page and "lin (lin)" in page and "报县委" in page
    assert reverse("ledgerentry_detail", args=[number]) in page
    book = load_workbook(path)
    book.worksheets[0]["A2"] = "改了"
    book.save(path)
    page = shown(client, world.aud, path).content.decode()
    assert "This system issued no file just like list.xlsx" in page and reverse("ledgerentry_detail", args=[number]) in page
    path.write_text("x")
    page = shown(client, world.aud, path).content.decode()
    assert "This system issued no file just like list.xlsx" in page and "lin (lin)" not in page
    assert "Choose a file" in client.post(reverse("ledgerentry_verify_file")).content.decode()


def test_an_auditor_of_one_unit_learns_that_it_is_ours_but_not_whose(client, world, issued):
    page = shown(client, world.east_aud, issued()).content.decode()
    assert "is unchanged" in page and "报县委" not in page and "for auditors of all units" in page


def test_nobody_else_may_ask(client, world, issued):
    assert shown(client, world.lin, issued()).status_code == 403
