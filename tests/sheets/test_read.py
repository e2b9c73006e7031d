"""Reading files that nobody should trust."""

import zipfile
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

from assessment.columns import Column, Format, fold
from assessment.sheets.workbook import allowance, cells, package, read, write
from people.refusals import Refused

WANTED = {fold("单位"): Format("own", "单位", "Units", tuple(Column(name, f"甲{name}", name) for name in "abcd"))}


def book(fill, title="单位"):
    """An open .xlsx whose one sheet `fill` fills."""
    made = Workbook()
    made.active.title = title
    fill(made.active)
    file = BytesIO()
    made.save(file)
    file.seek(0)
    return file


def altered(file, name, change):
    """The same file with one member changed."""
    result = BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            content = old.read(member)
            new.writestr(member, change(content) if member.filename == name else content)
    return result


def rows(*values):
    def fill(sheet):
        for row in values:
            sheet.append(row)

    return fill


def the_code(file):
    with pytest.raises(Refused) as refused:
        read.read_tables(file, WANTED)
    return [r.code for r in refused.value.refusals]


def table(file):
    tables, _ = read.read_tables(file, WANTED)
    return tables[0]


def test_values_come_as_they_are():
    got = table(book(rows(["a", "b", None, "d"], ["x", 7, None, datetime(2022, 5, 6, 13, 5)], [None] * 4, [None, 0.5, None, True])))
    assert got.headings == [(0, "a"), (1, "b"), (3, "d")]
    assert got.rows == [(2, ["x", 7, None, datetime(2022, 5, 6, 13, 5)]), (4, [None, 0.5, None, True])]
    assert got.faulty == got.notes == []


def test_values_outside_the_headings_are_told():
    for got in (table(book(rows(["a", None, "c"], [1, 2, 3]))), table(book(rows(["a"], [1, 2])))):
        assert got.notes == [("column_without_heading", {"sheet": "单位", "count": 1})]


def test_an_error_cell_is_no_text():
    def fill(sheet):
        sheet.append(["a"])
        sheet["A2"] = "#N/A"
        sheet["A3"] = "#N/A"
        sheet["A3"].data_type = "s"

    got = table(book(fill))
    assert got.faulty == [(2, 0, "cell_error", "#N/A")]
    assert got.rows == [(3, ["#N/A"])]


def test_a_formula_without_a_value_is_no_blank():
    def fill(sheet):
        sheet.append(["a", "b"])
        sheet.append(["x", "=1+1"])

    assert table(book(fill)).faulty == [(2, 1, "formula_without_value", "=1+1")]


def test_a_formula_with_a_value_gives_its_value():
    file = book(rows(["a", "b"], ["x", "=1+1"]))
    file = altered(file, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>"))
    got = table(file)
    assert got.faulty == [] and got.rows[0][1][:2] == ["x", 2]


def test_a_false_size_costs_nothing_and_loses_nothing():
    def grown(xml):
        start, end = xml.index(b"<dimension"), xml.index(b"/>", xml.index(b"<dimension")) + 2
        return xml[:start] + b'<dimension ref="A1:XFD1048576"/>' + xml[end:]

    def shrunk(xml):
        return grown(xml).replace(b"A1:XFD1048576", b"A1:A1")

    file = book(rows(["a", "b"], *([n, n] for n in range(50))))
    for change in (grown, shrunk):
        assert len(table(altered(file, "xl/worksheets/sheet1.xml", change)).rows) == 50


def test_a_lone_cell_far_below_and_far_right():
    def fill(sheet):
        sheet.append(["a"])
        sheet["A1048576"] = "end"
        sheet["BH3"] = "far"

    assert table(book(fill)).rows == [(1048576, ["end"])]


def test_too_large(monkeypatch):
    file = book(rows(["a"], *(["x"] for _ in range(30))))
    monkeypatch.setattr(allowance, "ROW_LIMIT", 30)
    assert the_code(file) == ["too_many_rows"]


def test_a_bomb_is_not_unpacked():
    file = altered(book(rows(["a"])), "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * (60 << 20))
    assert the_code(file) == ["packed_too_tightly"]


def test_too_many_members():
    file = book(rows(["a"]))
    with zipfile.ZipFile(file, "a") as more:
        for n in range(package.LIMITS.members):
            more.writestr(f"xl/media/{n}.txt", "x")
    assert the_code(file) == ["too_many_members"]


def test_entities_are_refused():
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    file = altered(book(rows(["a"], ["b"])), "xl/worksheets/sheet1.xml", lambda xml: bomb + xml.split(b"?>")[-1].replace(b">b<", b">&b;<"))
    assert the_code(file) == ["file_doctype"]


def test_a_zip_of_something_else():
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as other:
        other.writestr("word/document.xml", "<x/>")
    assert the_code(file) == ["not_a_workbook"]


def test_a_broken_sheet():
    file = altered(book(rows(["a"], ["b"])), "xl/worksheets/sheet1.xml", lambda xml: xml[: len(xml) // 2])
    assert the_code(file) == ["file_damaged"]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-3", "@x", "_x0041_", "a\nb", "#N/A", "  ", "007", "１２", "𠮷", "a_x000D_b", "'quoted"])
def test_text_that_we_write_is_the_text_that_we_read(text):
    file = BytesIO()
    write.write_workbook(file, [write.Sheet("单位", ["a", "b"], [["k", text]], ["text", "text"])])
    got = table(file)
    assert got.faulty == []
    assert got.rows[0][1][1] == text


def test_days_that_we_write_are_the_days_that_we_read():
    file = BytesIO()
    values = [date(2022, 5, 6), datetime(2022, 5, 6, 13, 5, 59)]
    write.write_workbook(file, [write.Sheet("单位", ["a", "b"], [values], ["date", "datetime"])])
    assert table(file).rows[0][1][:2] == [datetime(2022, 5, 6), datetime(2022, 5, 6, 13, 5, 59)]


@pytest.mark.parametrize(
    "heading", ["单位编码", " 单位 编码 ", "单位编码*", "Unit Code", "UNIT_CODE", "ｕｎｉｔ＿ｃｏｄｅ", "unit\ncode", "unit_code ＊"]
)
def test_what_does_not_matter_in_a_heading(heading):
    assert fold(heading) in (fold("单位编码"), fold("unit_code"))


# --- held against two readers that we did not write


def grown():
    """A workbook of many kinds of cells, and rows with gaps."""

    def fill(sheet):
        sheet.append(["a", "b", "c", "d"])
        for n in range(2, 300):
            values = [f"r{n}", n * 37 % 11, n / 7, -n, 10.0**n if n < 15 else None, datetime(2022, 1, 1, n % 24) + timedelta(n), n % 2 == 0, "汉字\n" * (n % 3), None]
            sheet.append([values[0], *(values[(n + k) % len(values)] for k in range(3))] if n % 13 else [])

    return book(fill)


def test_openpyxl_reads_the_same():
    lines = load_workbook(grown())["单位"].iter_rows(min_row=2)
    expected = [(row[0].row, [cell.value for cell in row]) for row in lines if any(cell.value is not None for cell in row)]
    got = [(number, values + [None] * (4 - len(values))) for number, values in table(grown()).rows]
    assert got == expected and len(got) > 250


def test_calamine_reads_the_same():
    rows = CalamineWorkbook.from_filelike(grown()).get_sheet_by_name("单位").to_python()
    expected = [(number, row) for number, row in enumerate(rows, 1) if number > 1 and any(value != "" for value in row)]
    got = [(number, values + [None] * (4 - len(values))) for number, values in table(grown()).rows]
    assert [number for number, _ in got] == [number for number, _ in expected]
    for (_, ours), (_, theirs) in zip(got, expected, strict=True):
        for one, other in zip(ours, theirs, strict=True):
            if isinstance(one, datetime) and one.time() == time():
                one = one.date()
            assert ("" if one is None else one) == other


# --- how far it is


def test_progress_is_told_and_may_end_the_reading():
    told, file = [], book(rows(["a"], *(["x"] for _ in range(2500))))
    read.read_tables(file, WANTED, told.append)
    assert told == [1000, 2000]

    class Enough(Exception):
        pass

    def stop(count):
        raise Enough

    with pytest.raises(Enough):
        read.read_tables(file, WANTED, stop)
    assert not file.closed


def test_a_workbook_is_read_twice_from_one_file():
    file = grown()
    assert table(file).rows == table(file).rows


def test_the_page_on_imports_tells_the_limits():
    told = (Path(__file__).resolve().parents[2] / "docs" / "import.md").read_text("utf-8")
    limits = package.LIMITS
    for text in (
        f"| {limits.size >> 20} MB |", f"| {limits.unpacked >> 20} MB, and {limits.ratio} times", f"| {limits.members} |", f"| {allowance.ROW_LIMIT:,} |",
        f"| {cells.COLUMN_LIMIT} |", f"| {cells.TEXT_LIMIT:,} characters",
    ):  # fmt: skip
        assert text in told
