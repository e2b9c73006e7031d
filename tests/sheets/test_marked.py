"""A marked copy is the user's own workbook, but for the marks; and it can be corrected and taken in."""

import os
import subprocess
import sys
import zipfile
from datetime import date, datetime
from io import BytesIO
from random import Random
from tempfile import NamedTemporaryFile, TemporaryFile

import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from PIL import Image as Picture

from assessment.sheets.exchange import left_out, marked
from assessment.sheets.exchange.read import Fault, read_source
from assessment.sheets.workbook.marks import COLOUR
from assessment.sheets.workbook.rewrite import Rewriter
from people.actions import days, inputs
from people.refusals import Refused
from tests.machine import need
from tests.sheets.dirty import DIRTY
from tests.sheets.packages import MAIN, SHEET, formats, long_sheet, parts, row, sheet, with_strings, with_styles, zipped
from tests.sheets.test_hostile import changed, changes

HEADINGS = ["单位编码*", "单位名称*", "上级编码", "类型"]


def fault(number, column, code="required", title="单位", **facts):
    return Fault(title, number, column, facts.get("value", ""), code, facts)


@pytest.fixture
def mark(tmp_path):
    """Function that marks errors in a workbook given as bytes or as one of openpyxl; the copy's path comes back."""
    count = 0

    def mark(book, faults):
        nonlocal count
        count += 1
        source, target = tmp_path / f"source{count}.xlsx", tmp_path / f"marked{count}.xlsx"
        if isinstance(book, bytes):
            source.write_bytes(book)
        else:
            book.save(source)
        with target.open("w+b") as file:
            marked.write(file, source, faults)
        return target

    return mark


def ours():
    """A workbook with much that is none of our business."""
    book = Workbook()
    ws = book.active
    ws.title = "单位"
    ws.append(["云措县单位名册"])
    ws.append(HEADINGS)
    for line in (["A", "某县", None, "党委"], ["B", None, "A", "乡镇"], ["C", "某村", "B", "什么"]):
        ws.append(line)
    ws["A4"].number_format, ws["A4"].font = "@", Font(name="楷体", bold=True)
    ws["D5"].fill = PatternFill("solid", fgColor="FFFF00")
    ws["F9"] = "=COUNTA(A3:A5)"
    ws.merge_cells("A1:D1")
    ws.freeze_panes, ws.auto_filter.ref = "A3", "A2:D5"
    ws.column_dimensions["B"].width = 30
    ws.add_data_validation(DataValidation(type="list", formula1='"党委,乡镇"', sqref="D3:D99"))
    ws.conditional_formatting.add("A3:A9", CellIsRule(operator="equal", formula=['"A"'], fill=PatternFill(bgColor="00FF00")))
    ws["B3"].comment = Comment("请核对", "某人")
    other = book.create_sheet("统计")
    other.append(["乡镇", 3])
    other.append(["合计", "=SUM(B1:B1)"])
    chart = BarChart()
    chart.add_data(Reference(other, min_col=2, min_row=1, max_row=2))
    other.add_chart(chart, "D2")
    picture = BytesIO()
    Picture.new("RGB", (8, 8), "red").save(picture, "PNG")
    other.add_image(Image(picture), "D20")
    return book


FAULTS = [
    fault(4, "单位名称*"),
    fault(5, "类型", "unknown_word", value="什么", expected=["党委", "乡镇"]),
    fault(5, "单位编码*", "duplicate_key", value="<C> & \"D\" _x0041_"),
]


def filled(ws):
    return {c.coordinate for line in ws.iter_rows() for c in line if c.fill.fill_type == "solid" and c.fill.fgColor.rgb == COLOUR}


def test_only_the_marks_are_new(mark):
    target = mark(ours(), FAULTS)
    ws, before = load_workbook(target)["单位"], load_workbook(target.with_name("source1.xlsx"))["单位"]
    assert filled(ws) == {"B4", "G4", "A5", "D5", "G5"}
    reasons = {c.coordinate: c.value for c in ws["G"] if c.value}
    assert set(reasons) == {"G2", "G4", "G5"} and reasons["G4"].startswith("单位名称*：")
    assert reasons["G5"].count("\n") == 1 and "“<C> & \"D\" _x005F_x0041_”" in reasons["G5"]  # openpyxl leaves escapes as they are
    for line in before.iter_rows(max_col=6):
        for cell_ in line:
            same = ws[cell_.coordinate]
            assert (same.value, same.number_format, repr(same.font)) == (cell_.value, cell_.number_format, repr(cell_.font))
    assert ws.column_dimensions["B"].width == 30 and ws.column_dimensions["G"].width == marked.WIDTH
    with zipfile.ZipFile(target) as copy, zipfile.ZipFile(target.with_name("source1.xlsx")) as source:
        assert copy.namelist() == source.namelist()
        changed = {name for name in copy.namelist() if copy.read(name) != source.read(name)}
    assert changed == {"xl/worksheets/sheet1.xml", "xl/styles.xml"}


def test_other_programs_open_it(mark, tmp_path):
    target = mark(ours(), FAULTS)
    rows = python_calamine.load_workbook(target).get_sheet_by_name("单位").to_python()
    assert rows[3][:4] == ["B", "", "A", "乡镇"] and "“<C> & \"D\" _x0041_”" in rows[4][6]
    office = need("LibreOffice")
    command = [office, f"-env:UserInstallation=file://{tmp_path / 'profile'}", "--headless", "--convert-to", "xlsx", "--outdir", tmp_path / "out"]
    subprocess.run([*command, target], check=True, capture_output=True, timeout=120)
    theirs, own = load_workbook(tmp_path / "out" / target.name), load_workbook(target)
    assert theirs.sheetnames == own.sheetnames and filled(theirs["单位"]) == filled(own["单位"])
    assert [c.value for c in theirs["单位"]["C"]][:9] == [c.value for c in own["单位"]["C"]]
    assert "_x0041_" in theirs["单位"]["G5"].value and len(theirs["统计"]._images) == 1


def test_what_was_corrected_loses_its_mark(mark):
    first = mark(ours(), FAULTS)
    book = load_workbook(first)
    book["单位"]["B4"] = "某镇"
    second = mark(book, FAULTS[1:2])
    ws = load_workbook(second)["单位"]
    assert filled(ws) == {"D5", "G5"} and ws["G4"].value is None and ws["H2"].value is None
    assert ws["A4"].number_format == "@" and ws["A4"].font.name == "楷体"
    source = read_source(second)  # the reasons are no part of the table
    assert [note for note in source.notes if note[0] not in ("sheet_unknown", "lines_above", "column_without_heading")] == []
    assert source.sheets["units"].extra == [] and source.faults == []
    book = load_workbook(second)
    other = book.create_sheet("干部")
    other.append(["干部编号", "姓名", "单位编码"])
    other.append(["G1", None, "A"])
    third = load_workbook(mark(book, [fault(2, "姓名", title="干部")]))  # nothing is wrong with the units any more
    assert filled(third["单位"]) == set() and third["单位"]["G5"].value is None
    assert filled(third["干部"]) == {"B2", "D2"}


def test_a_row_of_which_only_the_reason_is_left_is_no_row(mark):
    target = mark(ours(), FAULTS)
    book = load_workbook(target)
    for place in ("A5", "B5", "C5", "D5"):
        book["单位"][place] = None
    book.save(target)
    assert [unit["code"] for unit in read_source(target).sheets["units"].rows] == ["A", "B"]


def test_what_is_wrong_with_the_headings_stands_beside_them(mark):
    faults = [fault(2, "类型", "heading_twice", value="类型"), fault(2, "别的", "column_missing", zh="别的", en="x"), fault(0, "", "sheet_twice", other="Units")]
    target = mark(ours(), faults)
    ws = load_workbook(target)["单位"]
    assert filled(ws) == {"D2"} and ws["G2"].value.count("\n") == 2
    assert read_source(target).sheets["units"].extra == []


# --- workbooks as other programs write them


def prefixed(text):
    return text.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")


PLACELESS = sheet(
    "<row><c t='inlineStr'><is><t>A</t></is></c><c/><c t='inlineStr'><is><t>乙</t></is></c></row>", head=row(1, "单位编码", "单位名称", "类型")
)
STYLES = formats("@", 14)
CASES = {
    "prefixes": with_styles(prefixed(STYLES), prefixed(sheet(row(2, "A", None, "乙"), head=row(1, "单位编码", "单位名称", "类型")))),
    "no places": with_styles(STYLES, PLACELESS),
    "no formats": parts(sheet(row(2, "A", None, "乙"), head=row(1, "单位编码", "单位名称", "类型"))),
    "fills without an element": with_styles(STYLES, sheet(row(2, "A", None, "乙"), head=row(1, "单位编码", "单位名称", "类型"))),
    "empty fills": with_styles(STYLES.replace("<cellXfs>", "<fills count='0'/><cellXfs>"), sheet(row(2, "A", None, "乙"), head=row(1, "单位编码", "单位名称", "类型"))),
    "utf-16": with_styles(STYLES, f"<?xml version='1.0' encoding='UTF-16'?>{sheet(row(2, 'A', None, '乙'), head=row(1, '单位编码', '单位名称', '类型'))}".encode("utf-16")),
    "columns": with_styles(
        STYLES,
        sheet(row(2, "A", None, "乙"), head=row(1, "单位编码", "单位名称", "类型"), before="<dimension ref='A1:C2'/><cols><col min='1' max='16384' width='9' style='1'/></cols>"),
    ),
    "columns before and behind": with_styles(
        STYLES, sheet(row(2, "A", None, "乙"), head=row(1, "单位编码", "单位名称", "类型"), before="<cols><col min='1' max='2' width='9'/><col min='6' max='7' width='9'/></cols>")
    ),
    "spans": with_styles(STYLES, sheet(row(2, "A", None, "乙").replace("<row ", "<row spans='1:3' "), head=row(1, "单位编码", "单位名称", "类型"))),
    "a cell where the reason goes": with_styles(STYLES, sheet(row(2, "A", None, "乙").replace("</row>", "<c r='D2' s='1'/><c r='E2' s='1'/></row>"), head=row(1, "单位编码", "单位名称", "类型"))),
    "shared texts": with_strings(
        f"<sst xmlns='{MAIN}'><si><t>类型</t></si><si><r><t>单位</t></r><r><t>编码</t></r><rPh sb='0' eb='1'><t>dan</t></rPh></si><si><t>单位名称</t></si></sst>",
        sheet(row(2, "A", None, "乙"), head="<row r='1'><c r='A1' t='s'><v>1</v></c><c r='B1' t='s'><v>2</v></c><c r='C1' t='s'><v>0</v></c></row>"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_however_it_is_written(mark, case):
    target = mark(zipped(CASES[case]), [fault(2, "单位名称"), fault(2, "类型", "unknown_word", value="乙", expected=["党委"])])
    rows = python_calamine.load_workbook(target).get_sheet_by_index(0).to_python()
    assert rows[1][:3] == ["A", "", "乙"] and rows[1][3].startswith("单位名称：") and len(rows[1]) == 4
    assert [line[3] for line in rows[:1]] == ["问题"] or rows[0][3] == "Problems"
    source = read_source(target)
    assert source.sheets["units"].rows == [{"code": "A", "name": None, "kind": "乙"}] and source.faults == []
    if "xl/styles.xml" in CASES[case]:
        with zipfile.ZipFile(target) as package:
            styles, written = package.read("xl/styles.xml").decode(), package.read(SHEET).decode("utf-8")
        assert styles.count(COLOUR) == 1 and "s=\"" in written
    else:
        with zipfile.ZipFile(target) as package:
            assert b" s=" not in package.read(SHEET)


def test_a_format_of_a_column_stays_with_the_cell_that_is_made(mark):
    content = sheet(row(2, "A"), before="<cols><col min='2' max='2' width='9' style='1'/></cols>")
    target = mark(zipped(with_styles(STYLES, content)), [fault(2, "单位名称")])
    with zipfile.ZipFile(target) as package:
        styles, written = package.read("xl/styles.xml").decode(), package.read(SHEET).decode()
    style = int(written.split('r="B2" s="')[1].split('"')[0])
    assert "numFmtId=\"200\"" in styles.split("<cellXfs")[1].split("<xf")[style + 1] and "fillId=\"2\"" in styles.split("<cellXfs")[1].split("<xf")[style + 1]


def test_where_sixty_columns_are_full_the_marks_are_all(mark):
    book = Workbook()
    ws = book.active
    ws.title = "单位"
    ws.append([*HEADINGS, *(f"列{n}" for n in range(56))])
    ws.append(["A", None, *"x" * 58])
    target = mark(book, [fault(2, "单位名称*")])
    ws = load_workbook(target)["单位"]
    assert filled(ws) == {"B2"} and ws.max_column == 60
    assert read_source(target).sheets["units"].rows


def test_marking_holds_little_of_it(tmp_path):
    """100,000 rows of which every tenth is wrong, in a process of its own."""
    random = Random(1904)
    texts = [f"<c t='inlineStr'><is><t>{random.getrandbits(64):x}</t></is></c>" for _ in range(1000)]
    content = long_sheet(f"<row>{''.join(random.choices(texts, k=12))}</row>".encode() for _ in range(100_000))
    (tmp_path / "long.xlsx").write_bytes(zipped(with_styles(STYLES, content)))
    script = f"""
import django, resource
django.setup()
from assessment.sheets.exchange import marked
from tests.sheets.test_marked import fault
faults = [fault(number, "单位名称") for number in range(2, 100_000, 10)]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open({str(tmp_path / "marked.xlsx")!r}, "w+b") as file:
    marked.write(file, {str(tmp_path / "long.xlsx")!r}, faults)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "assessment.settings"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 30 << 10  # KiB
    with zipfile.ZipFile(tmp_path / "marked.xlsx") as package, package.open(SHEET) as part:
        assert sum(line.count("单位名称：".encode()) for line in part) == 10_000


@pytest.mark.parametrize("name", DIRTY)
def test_whatever_is_taken_can_be_marked(mark, name):
    """Marked or left out in every cell, it is read as before."""
    content = DIRTY[name][0]()
    before = read_source(BytesIO(content))
    faults = [
        Fault(read.title, number, heading, "", "required", {})
        for read in before.sheets.values() for number in read.numbers for heading in read.headings.values()
    ]  # fmt: skip
    target = mark(content, faults)
    after = read_source(target)
    for key, read in before.sheets.items():
        assert (after.sheets[key].rows, after.sheets[key].numbers, after.sheets[key].extra) == (read.rows, read.numbers, read.extra)
    assert after.faults == before.faults
    with zipfile.ZipFile(target) as package:
        written = "".join(package.read(part).decode("utf-8", "ignore") for part in package.namelist() if "sheet" in part)
    assert all(f"{heading}：" in written for heading in {fault.column for fault in faults})

    if not faults:
        return
    rest = [(read.title, number, []) for read in before.sheets.values() for number in read.numbers]
    with target.open("w+b") as file:
        left_out.write(file, target.with_name("source1.xlsx"), rest)
    again = read_source(target)
    for key, read in before.sheets.items():
        assert [said(row) for row in again.sheets[key].rows] == [said(row) for row in read.rows]


ODD = parts() | with_styles(STYLES, parts()[SHEET])


@given(changes, st.sampled_from([SHEET, "xl/styles.xml"]))
def test_whatever_a_part_holds_that_is_read_can_be_marked(places, name):
    content = zipped(ODD | {name: changed(ODD[name].encode(), places)})
    try:
        before = read_source(BytesIO(content))
    except Refused:
        return
    with NamedTemporaryFile() as source, TemporaryFile() as target:
        source.write(content)
        source.flush()
        marked.write(target, source.name, [fault(number, "单位名称") for number in before.sheets["units"].numbers])
        assert read_source(target).sheets["units"].rows == before.sheets["units"].rows


def said(row):
    """What a row says: line ends and blank cells do not matter, nor whether a day is told by its number."""
    told = {name: inputs.plain_text(value) for name, value in row.items() if value not in (None, "")}
    for name in ("birth_month", "started_work_on"):
        if days.is_day_number(row.get(name)):
            told[name] = str(days.from_number(row[name]).date())
    return told


# --- copied as it stands

XML = st.recursive(
    st.text("a中<>&\"' \n", max_size=6).map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")),
    lambda inside: st.tuples(st.sampled_from("abc"), st.text("x中>' ", max_size=4), st.lists(inside, max_size=3), st.booleans()).map(
        lambda t: f'<{t[0]} k="{t[1]}"/>' if t[3] else f"<{t[0]} k=\"{t[1]}\">{''.join(t[2])}<!-- <a> --></{t[0]}>"
    ),
    max_leaves=12,
)


class Without(Rewriter):
    """Leaves out every <c>, and writes a sign before every <b>."""

    NAMES = ("b", "c")

    def start(self, name, attributes):
        if name == "c":
            self.drop()
            self.listen(self._deeper, self._end)
            self._depth = 1
        elif name == "b":
            self.insert("†")

    def _deeper(self, name, attributes):
        self._depth += 1

    def _end(self, name):
        self._depth -= 1
        if not self._depth:
            self.keep()
            self.listen(self.start)


def passed(kind, text, size):
    out = BytesIO()
    content = text.encode()
    kind(out.write).run(content[at : at + size] for at in range(0, len(content), size))
    return out.getvalue().decode()


@given(st.lists(XML, max_size=4), st.integers(1, 40))
def test_whatever_passes_through_stays_as_it_is(pieces, size):
    text = f"<?xml version='1.0'?>\n<a>{''.join(pieces)}</a>\n"
    assert passed(Rewriter, text, size) == text
    left = passed(Without, text, size)
    assert "<c" not in left.replace("<!-- <a> -->", "") and left.count("†") == left.count("<b ")
    assert passed(Rewriter, left, size) == left  # it is sound


# --- the rest


def test_the_rest_keeps_headings_values_and_their_kinds(tmp_path):
    book = Workbook()
    ws = book.active
    ws.title = "干部"
    ws.append(["名册"])
    ws.append(["干部编号*", "姓名（必填）", "单位编码", "参加工作时间", "自加", "身份证号", "问题"])
    for n in range(14):
        ws.append([f"G{n}", "某", "A" if n % 5 == 0 else None, date(2000, 1, n + 1), n, "110105199003071234", "旧话"])
    for n in (3, 8, 13):
        ws.merge_cells(start_row=n, end_row=min(n + 4, 16), start_column=3, end_column=3)
    book.save(tmp_path / "a.xlsx")
    rest = [("干部", number, [Fault("干部", number, "姓名（必填）", "", "required", {})]) for number in (6, 14)]
    with (tmp_path / "b.xlsx").open("w+b") as file:
        left_out.write(file, tmp_path / "a.xlsx", rest)
    ws = load_workbook(tmp_path / "b.xlsx")["干部"]
    head, *rows = ws.iter_rows()
    assert [c.value for c in head][:-1] == ["干部编号*", "姓名（必填）", "单位编码", "参加工作时间", "自加", "身份证号"]
    assert [[c.value for c in line][:6] for line in rows] == [
        ["G3", "某", "A", datetime(2000, 1, 4), 3, "110105199003071234"],
        ["G11", "某", "A", datetime(2000, 1, 12), 11, "110105199003071234"],
    ]
    assert [c.number_format for c in rows[0]][:6] == ["@", "General", "@", "yyyy-mm-dd", "General", "@"]
    assert all(line[6].value.startswith("姓名（必填）：") for line in rows)
    source = read_source(tmp_path / "b.xlsx")
    assert source.faults == [] and source.sheets["cadres"].extra == ["自加"]


def test_days_counted_from_1904_are_the_same_days_in_the_rest(tmp_path):
    content = sheet(row(2, "A", "某").replace("</row>", "<c r='C2'><v>40000</v></c></row>"), head=row(1, "干部编号", "姓名", "参加工作时间"))
    book = zipped(parts(content, title="干部", properties="<workbookPr date1904='1'/>"))
    (tmp_path / "a.xlsx").write_bytes(book)
    with (tmp_path / "b.xlsx").open("w+b") as file:
        left_out.write(file, tmp_path / "a.xlsx", [("干部", 2, [])])
    assert load_workbook(tmp_path / "b.xlsx")["干部"]["C2"].value == datetime(2013, 7, 7)


def test_a_number_that_has_lost_digits_stays_a_number(tmp_path):
    book = Workbook()
    book.active.title = "干部"
    book.active.append(["干部编号", "姓名", "身份证号"])
    book.active.append(["G1", "某", 110105199003071234])
    book.save(tmp_path / "a.xlsx")
    with (tmp_path / "b.xlsx").open("w+b") as file:
        left_out.write(file, tmp_path / "a.xlsx", [("干部", 2, [])])
    assert isinstance(load_workbook(tmp_path / "b.xlsx")["干部"]["C2"].value, float)
