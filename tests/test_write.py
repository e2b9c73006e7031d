"""The Excel writer, read back by two readers: openpyxl and python-calamine."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from assessment.sheets.values import TEXT_LIMIT, clean, typed
from assessment.sheets.write import Sheet, sheet_title, write_workbook

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
    file, counts = written(Sheet("s", ["n"], ([i] for i in range(1000)), ["integer"]))
    assert counts == {"s": 1000}
    assert [r[0] for r in load_workbook(file)["s"].values][1:] == list(range(1000))
