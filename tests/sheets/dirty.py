"""Untidy workbooks that are taken: {name: (function that makes it, rows, notes, errors)}.

A row is (its number, *values as the fields take them, in the order of the format); an error is (row, column, sentence).
"""

from datetime import date
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.sheets.hostile import PICTURE
from tests.sheets.packages import (
    MAIN,
    OFFICE,
    SHEET,
    cell,
    directory,
    formats,
    long_sheet,
    many,
    parts,
    relations,
    row,
    sheet,
    with_strings,
    with_styles,
    zipped,
)  # fmt: skip

MB = 1 << 20
A = (2, "A", "某县")
SUM = row(2, "A", "某县")


def made(*rows, change=None, title="单位", head=("单位编码", "单位名称")):
    """A workbook that openpyxl writes; `change` is done to its sheet."""
    book = Workbook()
    book.active.title = title
    for each in (head, *rows):
        book.active.append(each)
    if change:
        change(book.active)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def cadre(*rows, column="出生年月", change=None):
    """Cadres with one column more, each with the code of his row."""
    rows = [(f"G{n}", "达瓦", "A", value) for n, value in enumerate(rows, 2)]
    return made(*rows, title="干部", head=("干部编号", "姓名", "单位编码", column), change=change)


def cadres(*values, start=2):
    return [(n, f"G{n}", "达瓦", *value, "A") if isinstance(value, tuple) else (n, f"G{n}", "达瓦", value, "A") for n, value in enumerate(values, start)]


def after_unit(*values):
    """The same for columns that the format has behind the unit."""
    return [(n, f"G{n}", "达瓦", "A", value) for n, value in enumerate(values, 2)]


def raw(*rows, **options):
    return zipped(parts(sheet(*rows, **options)))


def note(what, count=None, title="单位"):
    return f"Sheet {title}: {what}" + ("" if count is None else f": {count}.")


def do(*steps):
    """Several changes of a sheet, each a function of it."""
    return lambda ws: [step(ws) for step in steps]


def put(place, value, number_format=None):
    def change(ws):
        ws[place] = value
        if number_format:
            ws[place].number_format = number_format

    return change


def hide(ws):
    ws.row_dimensions[2].hidden = True
    ws.column_dimensions["B"].hidden = True


def filtered(ws):
    ws.auto_filter.ref = "A1:B3"
    ws.auto_filter.add_filter_column(0, ["B"])
    ws.row_dimensions[2].hidden = True


def merged_rows(ws):
    ws.merge_cells("C2:C4")
    ws.merge_cells("A5:B5")


def linked(ws):
    ws["B2"].hyperlink = "https://example.org/x.xlsx"


def in_1904():
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    ws = book.active
    ws.title = "干部"
    for each in (("干部编号", "姓名", "单位编码", "出生年月", "参加工作时间"), ("G2", "达瓦", "A", date(1980, 5, 1), date(2001, 7, 15)), ("G3", "达瓦", "A", 27880, 35625)):
        ws.append(each)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def other_names():
    """Parts under other names, with \\ between folders, other letters and links from the root."""
    members = parts()
    members["xl/_rels/workbook.xml.rels"] = relations(("worksheet", "/XL/Sheets/One.xml"))
    members["xl\\sheets\\one.XML"] = members.pop(SHEET)
    return zipped(members)


def strict():
    old, new = "schemas.openxmlformats.org/spreadsheetml/2006/main", "purl.oclc.org/ooxml/spreadsheetml/main"
    office = "purl.oclc.org/ooxml/officeDocument/relationships"
    return zipped({name: text.replace(old, new).replace(OFFICE.removeprefix("http://"), office) for name, text in parts().items()})


def prefixed():
    text = parts()[SHEET].replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    return zipped(parts(text))


def shared(strings, *cells):
    cells = "".join(f"<c r='{place}' t='s'><v>{index}</v></c>" for place, index in cells)
    return zipped(with_strings(f"<sst xmlns='{MAIN}' count='9999999' uniqueCount='2'>{strings}</sst>", sheet(f"<row r='2'>{cells}</row>")))


def styled(codes, *cells):
    """A sheet of cadres whose fourth column has these formats. cells: (value, format or 0)."""
    head = row(1, "干部编号", "姓名", "单位编码", "出生年月")
    rows = [row(n, f"G{n}", "达瓦", "A").replace("</row>", f"<c r='D{n}' s='{style}'><v>{value}</v></c></row>") for n, (value, style) in enumerate(cells, 2)]
    return zipped(with_styles(formats(*codes), sheet(*rows, head=head), title="干部"))


def rich(ws):
    ws["B2"] = CellRichText("某", TextBlock(InlineFont(b=True), "县"))


BAD_DAY = "{} cannot be read as a date. Write it like 2022-05-06, with time 2022-05-06 13:30."
SHORT = "{} has a year of two digits: write all four, like 2022-05-06."
NO_DAY = "{} is a month: write the day as well, like 2022-05-06."
EITHER = "{} stands here as a number and may be January or October: write it as text, like 2010-10."
LOST = "{} stands here as a number, of which Excel keeps 15 digits: set the cell to text and type it in again."
UNREADABLE = "The cell holds what no cell can hold: type it in again."
ERROR = "The cell holds the error {}: correct it in Excel."
FORMULA = "The cell holds a formula without a value: put in the value itself."

DIRTY = {
    # the shape of the sheet
    "size far too large": (lambda: raw(SUM, before="<dimension ref='A1:XFD1048576'/>"), [A], [], []),
    "size too small": (lambda: raw(SUM, row(3, "B", "某镇"), before="<dimension ref='A1'/>"), [A, (3, "B", "某镇")], [], []),
    "size of a part told too large": (lambda: directory(zipped(parts()), SHEET, size=5 * MB), [A], [], []),
    "gaps between rows": (lambda: raw(row(7, "A", "某县"), row(900, "B", "某镇")), [(7, "A", "某县"), (900, "B", "某镇")], [], []),
    "rows out of order": (lambda: raw(row(5, "B", "某镇"), SUM), [A, (5, "B", "某镇")], [], []),
    "the last row of all": (lambda: raw(SUM, row(1048576, "B", "某镇")), [A, (1048576, "B", "某镇")], [], []),
    "no references": (lambda: raw("<row><c t='inlineStr'><is><t>A</t></is></c><c t='str'><v>某县</v></c></row>"), [A], [], []),
    "cells out of order": (lambda: raw(f"<row r='2'>{cell('B2', '某县')}{cell('A2', 'A')}</row>"), [A], [], []),
    "a million empty rows with formats": (
        lambda: zipped(parts(long_sheet([SUM.encode()], many(b"<row s='1'><c s='1'/></row>", 24 * MB))) | PICTURE), [A], [], []
    ),
    "rows of blanks": (lambda: made((" ", "\u3000"), (None, "\u200b"), ("A", "某县")), [(4, "A", "某县")], [], []),
    "no rows": (lambda: made(), [], [], []),
    "values without a heading": (
        lambda: made(("A", "某县", None, 7), (None, None, 5)), [A], [note("values in columns without a heading were passed over.")], []
    ),
    # where the headings stand
    "a title above": (
        lambda: made(("单位编码", "单位名称"), ("A", "某县"), head=("某县单位一览表",), change=lambda ws: ws.merge_cells("A1:B1")),
        [(3, "A", "某县")], [note("lines above the headings were passed over", 1)], [],
    ),
    "three lines above": (
        lambda: made((), ("填表人", "林一", "单位"), ("单位编码", "单位名称"), ("A", "某县"), head=("一览表",)),
        [(5, "A", "某县")], [note("lines above the headings were passed over", 2)], [],
    ),
    "headings over two rows": (
        lambda: made(("单位编码", "单位名称", "类型"), ("A", "某县", "党委"), head=("单位编码", "基本情况", None),
                     change=do(lambda ws: ws.merge_cells("A1:A2"), lambda ws: ws.merge_cells("B1:C1"))),
        [(3, "A", "某县", "party_committee")], [note("lines above the headings were passed over", 1)], [],
    ),
    "headings again on every page": (
        lambda: made(("A", "某县"), ("单位编码", "单位名称"), ("B", "某镇")), [A, (4, "B", "某镇")],
        [note("lines that repeat the headings were passed over", 1)], [],
    ),
    "headings in both languages below each other": (
        lambda: made(("code", "name"), ("A", "某县")), [(3, "A", "某县")], [note("lines that repeat the headings were passed over", 1)], [],
    ),
    "an example row": (
        lambda: made(("例：B01", "某局"), ("A", "某县"), ("示例", "某局")), [(3, "A", "某县")], [note("example rows were passed over", 2)], []
    ),
    # how the headings are written
    "marks of required columns": (lambda: made(("A", "某县"), head=("*单位编码", "单位名称（必填）")), [A], [], []),
    "hints in the headings": (lambda: made(("A", "某县"), head=("单位编码\n(如 A01)", "单位名称【全称】：")), [A], [], []),
    "blanks in the headings": (lambda: made(("A", "某县"), head=("单 位\u3000编码", "\ufeff单位\n名称\xa0")), [A], [], []),
    "English and Chinese headings": (lambda: made(("A", "某县"), head=("ＣＯＤＥ", "单位名称")), [A], [], []),
    "headings in both languages": (lambda: made(("A", "某县"), head=("单位编码 Code", "单位名称/Name")), [A], [], []),
    "English title of the sheet": (lambda: made(("A", "某县"), title=" units "), [A], [], []),
    # merged and hidden
    "merged over rows": (
        lambda: made(("A", "某县", "党委"), ("B", "某镇"), ("C", "某乡"), ("D", "某村"), head=("单位编码", "单位名称", "类型"), change=do(merged_rows)),
        [(2, "A", "某县", "party_committee"), (3, "B", "某镇", "party_committee"), (4, "C", "某乡", "party_committee"), (5, "D", "", "other")],
        [note("the value of merged cells was taken for each of their rows: 2 cells were filled.")],
        [(5, "单位名称", "Please fill this in.")],
    ),
    "hidden": (
        lambda: made(("A", "某县"), ("B", "某镇"), change=hide), [A, (3, "B", "某镇")],
        [note("hidden or filtered rows were read like the others", 1), note("hidden columns were read like the others", 1)], [],
    ),
    "filtered": (
        lambda: made(("A", "某县"), ("B", "某镇"), change=filtered), [A, (3, "B", "某镇")], [note("hidden or filtered rows were read like the others", 1)], []
    ),
    "a hidden sheet": (
        lambda: zipped(parts() | {"xl/workbook.xml": parts()["xl/workbook.xml"].replace("sheetId", "state='veryHidden' sheetId")}),
        [A], ["Sheet 单位 is hidden; it was read like the others."], [],
    ),
    # texts
    "full width, blanks and what nobody sees": (
        lambda: made(("　Ａ０１\xa0", "\u200b某\ufeff县 "), change=put("A3", "\u202eB\u202c")), [(2, "A01", "某县"), (3, "B", "")], [],
        [(3, "单位名称", "Please fill this in.")],
    ),
    "names filled up with blanks": (
        lambda: made(("G1", "达　瓦", "A"), ("G2", "John Li", "A"), title="干部", head=("干部编号", "姓名", "单位编码")),
        [(2, "G1", "达瓦", "A"), (3, "G2", "John Li", "A")], [], [],
    ),
    "line breaks": (lambda: made(("A", "某县\r\n某局_x000D_")), [(2, "A", "某县\n某局")], [], []),
    "rich text": (lambda: made(("A", None), change=rich), [A], [], []),
    "shared texts with readings": (
        lambda: shared("<si><t>A</t></si><si><r><t>某</t></r><r><t>县</t></r><rPh sb='0' eb='1'><t>もう</t></rPh></si>", ("A2", 0), ("B2", 1)), [A], [], []
    ),
    "a text that is not there": (lambda: shared("<si><t>A</t></si>", ("A2", 0), ("B2", 9)), [(2, "A", "")], [], [(2, "单位名称", UNREADABLE)]),
    "a text before the first": (lambda: shared("<si><t>A</t></si>", ("A2", 0), ("B2", -1)), [(2, "A", "")], [], [(2, "单位名称", UNREADABLE)]),
    "codes as numbers": (lambda: made((1001, "某县"), (1002.0, 7)), [(2, "1001", "某县"), (3, "1002", "7")], [], []),
    "codes filled up with zeros": (
        lambda: made((7, "某县"), (12, "某镇"), change=do(put("A2", 7, "0000"), put("A3", 12, "000"))), [(2, "0007", "某县"), (3, "012", "某镇")], [], []
    ),
    "ID numbers": (
        lambda: cadre("'110101199003070679", "１１０１０１１９９００３０７０６７９", 110101199003070000, column="身份证号"),
        after_unit("110101199003070679", "110101199003070679", ""), [], [(4, "身份证号", LOST.format("110101199003070000"))],
    ),
    "phones": (lambda: cadre(13800138000, "138 0013 8000", "138-0013-8000", column="手机"), after_unit(*["13800138000"] * 3), [], []),
    # days and months
    "birth months": (
        lambda: cadre("1985-05", "1985.5", "1985年5月", "198505", 198505, 1985.05, "１９８５．０５", "1985/5/6", "1985.05（37岁）", 31168, date(1985, 5, 6), "19850506"),
        cadres(*["1985-05"] * 12), [], [],
    ),
    "birth months that may be others": (
        lambda: cadre(2010.1, "85.5", "八五年", 1985, 1985.13),
        cadres(*[""] * 5), [],
        [(2, "出生年月", EITHER.format("2010.1")), (3, "出生年月", SHORT.format("85.5")), *((n, "出生年月", f"{text} cannot be read as a month. Write it like 1980-03.") for n, text in ((4, "八五年"), (5, "1985"), (6, "1985.13")))],
    ),
    "days": (
        lambda: cadre("2010-05-06", "2010.5.6", "2010/5/6", "2010年5月6日", "20100506", 20100506, 40304, "２０１０．５．６", "2010。5。6", "2010—05—06", date(2010, 5, 6), "2010年5月6号", column="入党时间"),
        after_unit(*["2010-05-06"] * 12), [], [],
    ),
    "days by their month": (
        lambda: cadre("2010.05", "2010年5月", 201005, 2010.05, "2010-5", column="入党时间"), after_unit(*["2010-05-01"] * 5),
        [note("days given by their month were taken as its first day: 5.", title="干部").replace("干部:", "干部, column 入党时间:")], [],
    ),
    "days that are none": (
        lambda: cadre("10.5.6", 2010.1, "五月", 2010, "2010-02-30", column="参加工作时间"), after_unit(*[""] * 5), [],
        [(2, "参加工作时间", SHORT.format("10.5.6")), (3, "参加工作时间", EITHER.format("2010.1")), *((n, "参加工作时间", BAD_DAY.format(text)) for n, text in ((4, "五月"), (5, "2010"), (6, "2010-02-30")))],
    ),
    "days counted from 1904": (in_1904, [(2, "G2", "达瓦", "1980-05", "A", "2001-07-15"), (3, "G3", "达瓦", "1980-05", "A", "2001-07-15")], [], []),
    "formats of Chinese editions": (lambda: styled((57, 31, "yyyy\"年\"m\"月\""), (31168, 1), (31168, 2), (31168, 3)), cadres(*["1985-05"] * 3), [], []),
    "a day that is none by its format": (
        lambda: styled((14,), (-5, 1), (1e10, 1)), cadres("", ""), [],
        [(n, "出生年月", "The cell holds a number that is no day: type the day in again.") for n in (2, 3)],
    ),
    # numbers and other cells
    "numbers": (
        lambda: made(("s", "甲", "干部", "５０", " 30 ", 20.0, 0.85, 0.1 + 0.2), ("t", "乙", "cadre", 0.5, "50%", "０％", "15％", "1e1"),
                     change=do(put("G2", 0.85, "0%"), put("D3", 0.5, "0.00%")), title="考核方案",
                     head=("方案编码", "名称", "对象", "现场权重", "电话权重", "谈话权重", "优秀比例", "争议差距")),
        [(2, "s", "甲", "cadre", "50.00", "30.00", "20.00", "85.00", "0.30"), (3, "t", "乙", "cadre", "50.00", "50.00", "0.00", "15.00", "10.00")], [], [],
    ),
    "numbers that are none": (
        lambda: raw(*(f"<row r='{n}'>{cell(f'A{n}', 'A')}<c r='B{n}'><v>{value}</v></c></row>" for n, value in enumerate(("NaN", "1e999", "-Infinity", "x", "1e308", "9" * 5000), 2))),
        [(n, "A", "") for n in range(2, 8)], [],
        [*((n, "单位名称", UNREADABLE) for n in (2, 3, 4, 5, 7)), (6, "单位名称", LOST.format("1e+308"))],
    ),
    "booleans": (lambda: made((True, False)), [(2, "True", "False")], [], []),
    "errors": (lambda: made(("A", "#N/A"), ("B", "#REF!")), [(2, "A", ""), (3, "B", "")], [], [(2, "单位名称", ERROR.format("#N/A")), (3, "单位名称", ERROR.format("#REF!"))]),
    "formulas": (
        lambda: raw(
            f"<row r='2'>{cell('A2', 'A')}<c r='B2' t='str'><f>1</f><v>某县</v></c></row>", f"<row r='3'>{cell('A3', 'B')}<c r='B3'><f>1+1</f></c></row>",
            f"<row r='4'>{cell('A4', 'C')}<c r='B4' t='str'><f>\"\"</f><v></v></c></row>", f"<row r='5'>{cell('A5', 'D')}<c r='B5'><f>1+1</f><v>2</v></c></row>",
        ),
        [A, (3, "B", ""), (4, "C", ""), (5, "D", "2")], [], [(3, "单位名称", FORMULA), (4, "单位名称", "Please fill this in.")],
    ),
    "links of cells": (lambda: made(("A", "某县"), change=linked), [A], [], []),
    # other programs
    "no formats": (lambda: raw(SUM.replace("<c ", "<c s='99' ")), [A], [], []),
    "a strict workbook": (strict, [A], [], []),
    "names with a prefix": (prefixed, [A], [], []),
    "parts under other names": (other_names, [A], [], []),
    "UTF-16": (lambda: zipped(parts(("<?xml version='1.0' encoding='UTF-16'?>" + sheet(SUM)).encode("utf-16"))), [A], [], []),
    "a workbook within the workbook": (lambda: zipped(parts() | {"xl/embeddings/a.xlsx": zipped(parts())}), [A], [], []),
    "a sheet that is not known": (
        lambda: zipped(parts() | {"xl/workbook.xml": parts()["xl/workbook.xml"].replace("</sheets>", "<sheet name='汇总' sheetId='2' r:id='rId9'/></sheets>")}),
        [A], ["Sheet 汇总 is not known and was passed over."], [],
    ),
    "another workbook": (
        lambda: made(("A",), title="Sheet1"), [], ["Sheet Sheet1 is not known and was passed over."],
        [(0, "", "None of its sheets is known. An exchange workbook has sheets named: 单位, 干部, 考核方案, 考核内容, 档次, 等次, 考核任务, 考核对象, 了解记录.")],
    ),
    "errors of headings below a title": (
        lambda: made(("单位名称", "NAME"), ("某县", "某县"), head=("一览表",)), [(3, "某县")], [note("lines above the headings were passed over", 1)],
        [(2, "单位名称", "The heading 单位名称 stands here twice: keep one."), (2, "单位编码", "The column 单位编码 (code) is needed.")],
    ),
    "booleans of another program": (lambda: raw("<row r='2'><c r='A2' t='b'><v>TRUE</v></c><c r='B2' t='b'><v>0</v></c></row>"), [(2, "True", "False")], [], []),
    "a heading of 30,000 characters": (
        lambda: made(("A", "某县", 1), head=("单位编码", "单位名称", "长" * 30_000)), [A],
        [f"Sheet 单位: the column {'长' * 200} is not known and was passed over."], [],
    ),
    "headings twice and missing": (
        lambda: made(("某县", "某县"), head=("单位名称", "NAME")), [(2, "某县")], [],
        [(1, "单位名称", "The heading 单位名称 stands here twice: keep one."), (1, "单位编码", "The column 单位编码 (code) is needed.")],
    ),
}  # fmt: skip
