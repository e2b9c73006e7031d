"""Import in a real browser, in Chinese: errors, the marked copy, the good rows, the corrected rest; also on a phone."""

import re

import openpyxl
import pytest

from assessment.models import Job
from people.models import Cadre, LedgerEntry
from tests.cast import PASSWORD
from tests.sheets.books import written

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def come_in(open_page, world):
    """Function that signs lin in, in a window of this width."""

    def come_in(width):
        page = open_page(viewport={"width": width, "height": 800})
        page.goto("/")
        page.fill("[name=username]", "lin")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(re.compile(r":\d+/$"))
        return page

    return come_in


def done(page, work):
    """The worker does the job that the page shows; the page tells of it by itself."""
    page.wait_for_url(re.compile(r"/jobs/\d+/$"))
    page.wait_for_selector("#progress progress")
    work()
    page.wait_for_selector("#progress:not(:has(progress))")


def send(page, work, path):
    page.set_input_files("[name=file]", path)
    page.click("form[enctype] button")
    done(page, work)


def saved(page, selector, path):
    with page.expect_download() as download:
        page.click(selector)
    download.value.save_as(path)
    return download.value.suggested_filename


def fits(page):
    """Nothing sticks out of the window."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, page.url


@pytest.mark.parametrize("width", [1280, 360])
def test_errors_marked_good_rows_taken_rest_corrected(come_in, work, world, tmp_path, width):
    rows = [("N1", "新人甲", "E"), ("N2", None, "E"), ("N3", "新人丙", "没有"), ("G001", "达瓦", "E1")]
    book = tmp_path / "干部名单.xlsx"
    book.write_bytes(written({"干部": [dict(zip(("干部编号", "姓名", "单位编码"), row, strict=True)) for row in rows]}).getvalue())
    page = come_in(width)
    page.goto("/exchange/")
    fits(page)

    # What is no workbook is told at once, beside the field.
    (tmp_path / "x.xlsx").write_text("姓名\n")
    page.set_input_files("[name=file]", tmp_path / "x.xlsx")
    page.click("form[enctype] button")
    page.wait_for_selector("[name=file].is-invalid")
    fits(page)

    send(page, work, book)
    main = page.inner_text("main")
    assert "没有编码为“没有”的单位" in main and Cadre.objects.filter(code__startswith="N").count() == 0
    fits(page)
    assert saved(page, "a.btn-main", tmp_path / "copy.xlsx").startswith("干部名单（")
    copy = openpyxl.load_workbook(tmp_path / "copy.xlsx")["干部"]
    assert "没有编码为“没有”的单位" in copy["D4"].value and copy["C4"].fill.fill_type == "solid" and not copy["D5"].value

    page.dblclick("button[name=good_rows]")  # one job all the same
    done(page, work)
    assert sorted(Cadre.objects.filter(code__startswith="N").values_list("code", flat=True)) == ["N1"]
    world.dawa.refresh_from_db()
    assert world.dawa.unit == world.east_village
    fits(page)

    saved(page, "a.btn-main", tmp_path / "rest.xlsx")
    rest = openpyxl.load_workbook(tmp_path / "rest.xlsx")
    assert [row[0].value for row in rest["干部"].iter_rows(min_row=2)] == ["N2", "N3"]
    rest["干部"]["B2"], rest["干部"]["C3"] = "新人乙", "W"
    rest.save(tmp_path / "corrected.xlsx")
    page.click("main a[href='/exchange/']")
    send(page, work, tmp_path / "corrected.xlsx")
    page.click("form[action$=take] button")
    done(page, work)
    fits(page)
    told = dict(Cadre.objects.filter(code__startswith="N").values_list("code", "unit__code"))
    assert told == {"N1": "E", "N2": "E", "N3": "W"}
    assert Job.objects.filter(kind="import", state="done").count() == LedgerEntry.objects.filter(verb="import_file").count() == 2


def test_a_template_filled_in_and_the_whole_workbook(come_in, work, world, tmp_path):
    page = come_in(1280)
    page.goto("/exchange/")
    page.select_option("select#id_of", str(world.front.pk))
    name = saved(page, "form:has(#id_of) button", tmp_path / "template.xlsx")
    assert name.endswith(" F.xlsx")
    book = openpyxl.load_workbook(tmp_path / "template.xlsx")
    ws = book["了解记录"]
    places = {cell.value.rstrip("*"): cell.column for cell in ws[1]}
    row = {"考核编号": "F", "记录编号": "9", "方式": "谈心谈话", "时间": "2022年5月9日 10:30", "考察人员": "lin、mei", "了解对象": "某某"}
    for heading, value in {**row, "干部编号": "G001 · 达瓦", "了解情况": "踏实肯干"}.items():
        ws.cell(3, places[heading], value)
    book.save(tmp_path / "filled.xlsx")
    send(page, work, tmp_path / "filled.xlsx")
    page.click("form[action$=take] button")
    done(page, work)
    assert world.of(world.dawa).findings.get().narrative == "踏实肯干"

    page.goto("/exchange/")
    page.fill("[name=reason]", "季度归档")
    page.click("form[action='/exchange/export'] button")
    done(page, work)
    saved(page, "a.btn-main", tmp_path / "out.xlsx")
    assert "踏实肯干" in [cell.value for line in openpyxl.load_workbook(tmp_path / "out.xlsx")["了解记录"] for cell in line]
