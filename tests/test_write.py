"""The writer of lists, read back by two readers: openpyxl and python-calamine."""

import csv
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from io import BytesIO
from itertools import repeat
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from assessment.sheets.workbook import stream, write
from assessment.sheets.workbook.values import KINDS, TEXT_LIMIT, clean, typed
from assessment.sheets.workbook.write import Sheet, sheet_title, write_csv, write_workbook
from people.refusals import Refused

DAY = date(2020, 5, 6)
TIME = datetime(2020, 5, 6, 9, 30)


def written(*sheets, **options):
    file = BytesIO()
    counts = write_workbook(file, sheets, **options)
    file.seek(0)
    return file, counts


def read_back(values, kinds=()):
    """One row, as openpyxl sees it."""
    file, _ = written(Sheet("s", [f"c{i}" for i in range(len(values))], [values], kinds))
    return list(load_workbook(file)["s"].iter_rows(min_row=2))[0]


def test_each_value_keeps_its_type():
    values = ["卓玛措", "0012345678901234567", DAY, TIME, 3, Decimal("91.67"), 62.5, True, None, ""]
    kinds = ["text", "id", "date", "datetime", "integer", "score", "percent", "bool", "text", "text"]
    cells = read_back(values, kinds)
    assert [c.data_type for c in cells] == ["s", "s", "d", "d", "n", "n", "n", "b", "n", "n"]
    assert [c.value for c in cells] == [
        "卓玛措", "0012345678901234567", datetime(2020, 5, 6), TIME, 3, 91.67, 62.5, True, None, None,
    ]  # fmt: skip
    assert [c.number_format for c in cells[:7]] == ["General", "@", "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "0", "0.00", "0.##"]


def test_the_other_reader_sees_the_same():
    file, _ = written(Sheet("干部", ["甲", "乙", "丙", "丁"], [["=1+1", DAY, Decimal("91.67"), "0123"]], ["text", "date", "score", "id"]))
    assert CalamineWorkbook.from_filelike(file).get_sheet_by_name("干部").to_python() == [
        ["甲", "乙", "丙", "丁"],
        ["=1+1", DAY, 91.67, "0123"],
    ]


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "\t=1", "#N/A", "#REF!", "TRUE", "1e5", " 前后 "])
@pytest.mark.parametrize("kind", ["text", "id", ""])
def test_text_stays_text(text, kind):
    (cell,) = read_back([text], [kind])
    assert (cell.data_type, cell.value) == ("s", text)


def test_a_heading_never_becomes_a_formula():
    file, _ = written(Sheet("s", ["=A1", "#N/A"], []))
    assert [(c.data_type, c.value) for c in load_workbook(file)["s"][1]] == [("s", "=A1"), ("s", "#N/A")]


def test_what_xml_cannot_hold_is_cleaned():
    assert clean("a\x00b\x0bc\x1fd\ufffee\ud800f") == "abcdef"
    assert clean("一行\r\n二行\r三行\n") == "一行\n二行\n三行\n"
    (cell,) = read_back(["表\x07情😀"])
    assert cell.value == "表情😀"


def test_text_longer_than_a_cell_is_cut_visibly():
    text = clean("😀" * 20000)  # two UTF-16 units each
    assert text.endswith("…") and len(text.encode("utf-16-le")) // 2 <= TEXT_LIMIT
    assert clean("字" * TEXT_LIMIT) == "字" * TEXT_LIMIT


def test_what_excel_would_decode_is_escaped():
    file, _ = written(Sheet("s", ["h"], [["_x0041_"], ["a_xyz"]]))
    assert CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()[1:] == [["_x0041_"], ["a_xyz"]]
    assert typed("_x0041_") == ("_x005F_x0041_", "text")  # Excel, LibreOffice and our reader show _x0041_


def test_times_are_those_of_shanghai():
    assert typed(datetime(2020, 5, 6, 1, 30, 15, 999, tzinfo=UTC)) == (datetime(2020, 5, 6, 9, 30, 15), "datetime")
    assert typed(datetime(2020, 5, 6, tzinfo=timezone(timedelta(hours=9))))[0] == datetime(2020, 5, 5, 23)


def test_what_excel_cannot_count_goes_out_as_text():
    assert typed(date(1899, 12, 31)) == ("1899-12-31", "text")
    assert typed(10**15) == ("1000000000000000", "id")
    assert typed(float("nan")) == (None, "")
    assert typed(Decimal("Infinity")) == (None, "")


def test_lazy_text_and_safe_text_are_plain_text():
    from django.utils.safestring import mark_safe

    (cell,) = read_back([mark_safe("<b>好</b>")])
    assert (cell.data_type, cell.value) == ("s", "<b>好</b>")


def test_the_sheet_is_ready_to_use_and_to_print():
    rows = [["林一", "西滩乡党委副书记、乡长" * 9]] * 3
    file, counts = written(Sheet("干部", ["姓名", "现任职务"], iter(rows)), about=[("谁", "林一")])
    ws = load_workbook(file)["干部"]
    assert counts == {"干部": 3}
    assert (ws.freeze_panes, ws.auto_filter.ref, ws.print_title_rows) == ("A2", "A1:B4", "$1:$1")
    assert (ws.page_setup.orientation, ws.page_setup.paperSize, ws.page_setup.fitToHeight) == ("landscape", 9, 0)
    assert ws.sheet_properties.pageSetUpPr.fitToPage and ws["A1"].font.bold
    assert ws.column_dimensions["A"].width == 8 and ws.column_dimensions["B"].width == 48
    assert ws["B2"].alignment.wrap_text


def test_the_about_sheet_knows_the_counts():
    sheets = [Sheet("干部", ["a"], [[1], [2]]), Sheet("单位", ["b"], [])]
    file, _ = written(*sheets, about=lambda counts: [("rows", sum(counts.values())), ("when", TIME), ("=x", "=y")], about_title="About")
    book = load_workbook(file)
    assert book.sheetnames == ["干部", "单位", "About"]
    assert [[c.value for c in row] for row in book["About"]] == [["rows", 2], ["when", TIME], ["=x", "=y"]]
    assert book["About"]["B3"].data_type == "s"


def test_sheet_titles_are_made_fit():
    assert sheet_title("a/b:c*[d]") == "a b c  d"
    assert sheet_title("名" * 40) == "名" * 31
    assert sheet_title("X", ["x", "x 2"]) == "X 3"
    assert sheet_title("''") == "1"


def test_a_row_of_another_length_is_an_error():
    with pytest.raises(ValueError):
        written(Sheet("s", ["a", "b"], [[1]]))


def test_rows_are_written_as_they_come():
    """More rows than the sample for the widths, from a generator, none lost."""
    file, counts = written(Sheet("s", ["n"], ([i] for i in range(1001)), ["integer"]))
    assert counts == {"s": 1001}
    assert [r[0] for r in load_workbook(file)["s"].values][1:] == list(range(1001))


def test_sheets_are_taken_one_after_another():
    done = []

    def rows(title):
        yield [title]
        done.append(title)

    def sheets():
        for title in ("a", "b", "c"):
            yield Sheet(title, ["h"], rows(title))
            assert done[-1] == title

    assert write_workbook(BytesIO(), sheets()) == {"a": 1, "b": 1, "c": 1}


# --- columns and cells

ODD_TEXT = st.text("_x0041&<>| \n\t\r=字😀\ud800\x07", max_size=12)
VALUES = st.one_of(
    st.none(),
    st.text(),
    ODD_TEXT,
    st.integers(),
    st.floats(),
    st.decimals(allow_nan=False),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.timezones()),
)
COLUMNS = st.one_of(
    *(st.lists(st.one_of(st.none(), values), min_size=1, max_size=30) for values in (
        st.text(), ODD_TEXT, st.text("a& |", max_size=3), st.sampled_from(["甲", "乙", "", " "]), st.dates(), st.datetimes(), st.datetimes(timezones=st.just(UTC)), st.integers(), st.floats(),
        st.decimals(places=2, allow_nan=False), VALUES,
    )),
)  # fmt: skip
STYLES = {kind: number for number, kind in enumerate(KINDS)}


def cells(xml, kind):
    """[(style, type, text, are its blanks kept)] of the cells of some rows of one column.

    Where nobody said what it holds, a blank may have any style.
    """
    found = []
    for cell in ElementTree.fromstring(b"<rows>" + xml + b"</rows>").iter("c"):
        text = "".join(cell.itertext()) if len(cell) else None
        kept = any("preserve" in part.attrib.values() for part in cell.iter())
        found.append((cell.get("s") if kind or text is not None else "", cell.get("t"), text, kept))
    return found


@given(values=COLUMNS, kind=st.sampled_from(["", *KINDS]))
@example(values=[None, datetime(9999, 12, 31, 23, tzinfo=UTC)], kind="datetime")
@example(values=["a|b", "c"], kind="text")
@example(values=[1, True], kind="integer")
@example(values=["😀" * 20000, ""], kind="text")
@example(values=[10**400], kind="number")
@example(values=[10**15, 1], kind="")
@example(values=[1.0, float("nan")], kind="score")
@example(values=[float("inf"), None], kind="number")
@example(values=[Decimal("1E+15"), Decimal("NaN")], kind="score")
@example(values=["甲 ", "甲"] * 10, kind="id")
@example(values=[" 甲", "乙"], kind="text")
@example(values=["甲", "乙 "], kind="text")
@example(values=["甲 ", "乙"], kind="text")
@example(values=["甲", " 乙"], kind="text")
def test_a_column_as_a_whole_gives_what_its_cells_give_one_by_one(values, kind):
    together = b"".join(xml for _, xml in stream.batches([[value] for value in values], [kind], STYLES, 1))
    alone = b"".join(b'<row r="%d">%b</row>' % (number, stream._cell(value, kind, STYLES)) for number, value in enumerate(values, 1))
    assert cells(together, kind) == cells(alone, kind)


def test_what_repeats_has_the_format_of_its_column():
    file, _ = written(Sheet("s", ["a", "b", "c"], [["1", "1", "甲"], ["1", "1", None]] * 50, ["text", "id", "text"]))
    rows = list(load_workbook(file)["s"].iter_rows(min_row=2))
    assert [[c.number_format for c in row] for row in rows] == [["General", "@", "General"]] * 100
    assert [[c.value for c in row] for row in rows] == [["1", "1", "甲"], ["1", "1", None]] * 50


def test_blank_cells_keep_the_format_of_their_column():
    """So that a phone that is typed into one stays text."""
    file, _ = written(Sheet("s", ["a", "b"], [["1", None], [None, DAY]], ["id", "date"]))
    ws = load_workbook(file)["s"]
    assert [[c.number_format for c in row] for row in ws.iter_rows(min_row=2)] == [["@", "yyyy-mm-dd"]] * 2
    assert [[c.value for c in row] for row in ws.iter_rows(min_row=2)] == [["1", None], [None, datetime(2020, 5, 6)]]


def test_the_size_of_a_sheet_is_not_told_falsely():
    """What is told before the rows are known would lose some of them in readers that trust it."""
    file, _ = written(Sheet("s", ["a"], [[n] for n in range(300)]), about=[("a", "b")])
    with zipfile.ZipFile(file) as package:
        assert b"<dimension" not in package.read("xl/worksheets/sheet1.xml")
        assert b'<dimension ref="A1:B1"' in package.read("xl/worksheets/sheet2.xml")
    book = load_workbook(file, read_only=True)
    assert sum(1 for _ in book["s"].rows) == 301


# --- long work


def test_it_is_told_how_far_it_is():
    told = []
    written(Sheet("a", ["n"], ([i] for i in range(2500))), Sheet("b", ["n"], ([i] for i in range(600))), progress=told.append)
    assert told == [1000, 2000, 3100]  # of 3,100


def test_what_progress_raises_ends_it():
    class Cancelled(Exception):
        pass

    def rows():
        for number in range(10_000):
            seen.append(number)
            yield [number]

    def stop(count):
        raise Cancelled

    seen, file = [], BytesIO()
    with pytest.raises(Cancelled):
        write_workbook(file, [Sheet("a", ["n"], rows())], progress=stop)
    assert len(seen) < 2000 and not file.closed


def test_what_the_rows_raise_comes_through():
    def rows():
        yield [1]
        raise KeyError("the database is gone")

    with pytest.raises(KeyError):
        write_workbook(BytesIO(), [Sheet("a", ["n"], rows())])


@pytest.mark.parametrize("limit", ["ROW_LIMIT", "SIZE_LIMIT"])
def test_more_than_a_sheet_holds_is_refused(monkeypatch, limit):
    monkeypatch.setattr(write, limit, 500)
    with pytest.raises(Refused) as refused:
        write_workbook(BytesIO(), [Sheet("a", ["n"], repeat([1]))])
    assert refused.value.refusals[0].code == "sheet_full"


MEASURED = """
import sys
from assessment.sheets.workbook.write import Sheet, write_workbook, write_csv
def peak():
    return int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0])
def rows(count):
    for number in range(count):
        yield [f"G{number:07d}", "某镇党委副书记", f"第{number}次 <了解> 情况" * 5, number, "同一句话"]
for count in (5_000, 60_000):
    with open(sys.argv[1], "w+b") as file:
        write_workbook(file, [Sheet("a", list("abcde"), rows(count))])
    with open(sys.argv[1], "w+b") as file:
        write_csv(file, list("abcde"), rows(count))
    print(peak())
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells how much memory a process took")
def test_memory_does_not_grow_with_the_rows(tmp_path):
    command = [sys.executable, "-c", MEASURED, str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).resolve().parent.parent)
    few, many = map(int, done.stdout.split())
    assert many - few < 4_000  # KiB; the 55,000 further rows alone are 20 MB


# --- CSV


def as_csv(rows, kinds=(), headings=None):
    file = BytesIO()
    count = write_csv(file, headings or [f"c{n}" for n in range(len(rows[0]))], rows, kinds)
    assert not file.closed and count == len(rows)
    return file.getvalue()


def test_csv_is_for_excel_and_for_everybody():
    content = as_csv([["林一", "a,b"], ['"好"', "一\n二"], [None, ""]], headings=["姓名", "记"])
    assert content == '\ufeff姓名,记\r\n林一,"a,b"\r\n"""好""","一\n二"\r\n,\r\n'.encode()
    assert list(csv.reader(content.decode("utf-8-sig").splitlines(keepends=True))) == [
        ["姓名", "记"], ["林一", "a,b"], ['"好"', "一\n二"], ["", ""],
    ]  # fmt: skip


def test_csv_tells_days_and_numbers_plainly():
    moment = datetime(2020, 5, 6, 1, 30, 15, 999, tzinfo=UTC)
    values = [DAY, moment, 3, Decimal("91.67"), -2.5, True, False, Decimal("-1"), float("nan"), 10**15]
    assert as_csv([values]).decode("utf-8-sig").splitlines()[1] == (
        "2020-05-06,2020-05-06 09:30:15,3,91.67,-2.5,TRUE,FALSE,-1,,1000000000000000"
    )


@pytest.mark.parametrize("text", ["=1+1", "+86 139", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"])
def test_csv_text_is_no_formula(text):
    for content in (as_csv([[text]], ["text"]), as_csv([[text]], ["id"]), as_csv([["x"]], ["text"], headings=[text])):
        rows = [row[0] for row in csv.reader(content.decode("utf-8-sig").splitlines(keepends=True))]
        assert "'" + clean(text) in rows
    assert as_csv([[text[:0] + "1" + text]]).decode("utf-8-sig").splitlines()[1].lstrip('"').startswith("1")


def test_csv_is_cleaned_as_cells_are():
    assert as_csv([["a\x00b\ud800c\r\nd"], ["_x0041_"]]).decode("utf-8-sig") == 'c0\r\n"abc\nd"\r\n_x0041_\r\n'


def test_a_csv_row_of_another_length_is_an_error():
    with pytest.raises(ValueError):
        as_csv([["a"]], headings=["a", "b"])
