"""Lists out, as Excel and CSV: typed cells, text that never becomes a formula, widths that fit Chinese, ready for A4 (DESIGN section 9).

    counts = write_workbook(file, [Sheet("干部", ["编号", "姓名"], rows, ["id", "text"])], about=[("导出人", "林一")])

openpyxl makes all of the workbook but its body rows: those are written as they come (`stream`), so rows may be any iterable,
also a generator over a database cursor, and memory does not grow with them.
"""

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO, TextIOWrapper
from itertools import chain, islice
from unicodedata import east_asian_width
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.properties import PageSetupProperties

from assessment.sheets.workbook.stream import batches
from assessment.sheets.workbook.values import KINDS, clean, held, typed
from people.refusals import Refusal, Refused

LEVEL = 6  # of compression: below, files of repetitive XML grow by a tenth a step; above, time doubles for a few percent
ROW_LIMIT = 1_048_575  # of a sheet, less its heading
SIZE_LIMIT = 2**31 - 2**24  # bytes of a sheet before compression; beyond 2 GiB it would need Zip64, which Excel repairs
SAMPLE = 200  # rows looked at for the widths
NARROW, WIDE = 8, 48
TOLD = 1000  # rows between two calls of `progress`


@dataclass
class Sheet:
    """One sheet of a list: headings, rows, and what each column holds (a key of KINDS; missing = by the value)."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence]
    kinds: Sequence[str] = field(default_factory=tuple)


def write_workbook(
    file,
    sheets: Iterable[Sheet],
    about: Sequence[tuple] | Callable[[dict], Sequence[tuple]] = (),
    *,
    about_title="说明",
    author="",
    progress: Callable[[int], None] | None = None,
):
    """Write sheets and, last, the About sheet; returns {sheet title: rows written}.

    about: pairs of label and value, or a function of the row counts that gives them (they are known only now).
    progress: is told every thousand rows how many there are so far; what it raises ends the writing.
    """
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=LEVEL) as package:
        book = _Book(package, author, progress)
        for sheet in sheets:
            book.add(sheet)
        pairs = about(book.counts) if callable(about) else about
        book.close(about_title, pairs)
    return book.counts


def write_csv(file, headings, rows, kinds=()):
    """Write a list as CSV to a binary file, for Excel (byte order mark) and everybody else (RFC 4180); returns the number of rows."""
    kinds, count = list(kinds) or [""] * len(headings), 0
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    try:
        writer = csv.writer(text)
        writer.writerow([_plain(heading, "text") for heading in headings])
        for row in rows:
            writer.writerow([_plain(value, kind) for value, kind in zip(row, kinds, strict=True)])
            count += 1
    finally:
        text.detach()  # the file is the caller's to close
    return count


def sheet_title(title, taken=()):
    """A title that Excel accepts and that is not taken yet (31 characters, none of []:*?/\\)."""
    title = re.sub(r"[\[\]:*?/\\]", " ", clean(title)).strip("' \n")[:31] or "1"
    known, base, number = {t.casefold() for t in taken}, title, 1
    while title.casefold() in known:
        number += 1
        title = f"{base[: 30 - len(str(number))]} {number}"
    return title


def _plain(value, kind):
    """A cell of CSV. Text that a spreadsheet would take for a formula gets an apostrophe before it; numbers never do."""
    value, kind = held(value, kind)
    if isinstance(value, str):
        return "'" + value if value[0] in "=+-@\t\n＝＋－＠" else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return value.isoformat(*" " if isinstance(value, datetime) else "") if isinstance(value, date) else value


class _Book:
    """The workbook under way: sheets go into the package as they come, the rest when it is closed."""

    def __init__(self, package, author, progress):
        self.counts = {}
        self._package, self._progress, self._rows = package, progress, 0
        self._book = Workbook()
        self._book.remove(self._book.active)
        self._book.properties.creator = self._book.properties.lastModifiedBy = clean(author)
        self._look = _looks(self._book)

    def add(self, sheet):
        title = sheet_title(sheet.title, self.counts)
        self.counts[title] = self._write(title, sheet)

    def close(self, about_title, pairs):
        if pairs:
            self._write_about(sheet_title(about_title, self.counts), pairs)
        made = BytesIO()
        self._book.save(made)
        with ZipFile(made) as rest:
            written = set(self._package.namelist())
            for name in rest.namelist():
                if name not in written:
                    self._package.writestr(name, rest.read(name))

    def _write(self, title, sheet):
        ws = self._book.create_sheet(title)
        kinds = list(sheet.kinds) or [""] * len(sheet.headings)
        rows = iter(sheet.rows)
        sample = list(islice(rows, SAMPLE))
        self._head(ws, title, sheet.headings, _widths(sheet.headings, kinds, sample))
        with self._package.open(f"xl/worksheets/sheet{len(self._book.worksheets)}.xml", "w") as part:
            part.write(_frame(ws)[0])
            count = self._write_rows(part, chain(sample, rows), kinds)
            if sheet.headings:
                ws.auto_filter.ref = f"A1:{get_column_letter(len(sheet.headings))}{count + 1}"
            part.write(_frame(ws)[1])
        return count

    def _write_rows(self, part, rows, kinds):
        count = size = 0
        for number, xml in batches(rows, kinds, self._look.ids, first=2):
            part.write(xml)
            count, size = count + number, size + len(xml)
            if count > ROW_LIMIT or size > SIZE_LIMIT:
                raise Refused(Refusal("sheet_full", {"rows": count, "limit": min(ROW_LIMIT, count - number)}))
            told, self._rows = self._rows // TOLD, self._rows + number
            if self._progress and self._rows // TOLD > told:
                self._progress(self._rows)
        return count

    def _head(self, ws, title, headings, widths):
        for number, (heading, width) in enumerate(zip(headings, widths, strict=True), 1):
            _put(ws.cell(1, number), heading, "text", self._look.head)
            ws.column_dimensions[get_column_letter(number)].width = width
        ws.freeze_panes = "A2"
        ws.print_title_rows = "1:1"
        _page(ws, title)

    def _write_about(self, title, pairs):
        ws = self._book.create_sheet(title)
        ws.column_dimensions["A"].width, ws.column_dimensions["B"].width = 22, 80
        _page(ws, title)
        for number, (label, value) in enumerate(pairs, 1):
            _put(ws.cell(number, 1), label, "text", self._look.label)
            _put(ws.cell(number, 2), value, "", self._look.kinds)


@dataclass
class _Looks:
    """The styles of a workbook: each is made once, on a prototype of its cells, and shared by all of them."""

    kinds: dict  # {kind: style}
    ids: dict  # {kind: number of the style in the file}
    head: object
    label: object


def _looks(book):
    ws = book.create_sheet()
    prototypes = {}
    for number, (kind, number_format) in enumerate(KINDS.items(), 1):
        cell = prototypes[kind] = ws.cell(1, number)
        cell.number_format = number_format
        cell.alignment = Alignment(vertical="top", wrap_text=kind == "text")
    head, label = ws["A2"], ws["A3"]
    bold = Font(name="Calibri", size=11, family=2, scheme="minor", bold=True)  # of the theme: Song in a Chinese Excel
    head.font, head.border = bold, Border(bottom=Side("thin", color="CFCCC4"))
    head.fill = PatternFill("solid", fgColor="F1EFEA")
    head.alignment = Alignment(vertical="center", wrap_text=True)
    label.font, label.alignment = bold, Alignment(vertical="top")
    book.remove(ws)
    kinds, ids = ({kind: getattr(cell, name) for kind, cell in prototypes.items()} for name in ("_style", "style_id"))
    return _Looks(kinds, ids, head._style, label._style)


def _put(cell, value, kind, style):
    """A value into a cell of openpyxl's. style: one, or {kind: style}."""
    value, kind = typed(value, kind)
    if value is None:
        return
    cell.value = value
    cell._style = style[kind] if isinstance(style, dict) else style
    if isinstance(value, str):
        cell.data_type = "s"  # else "=1+1" is a formula and "#N/A" an error


class _Frame(WorksheetWriter):
    """All of a sheet but its body. It does not tell its size: that is not known yet, and a false one loses rows."""

    def write_dimensions(self):
        pass


def _frame(ws):
    """XML of a sheet (before, after) its body rows."""
    writer = _Frame(ws, BytesIO())
    writer.write()
    before, end, after = writer.read().partition(b"</sheetData>")
    return before, end + after


def _page(ws, title):
    """A4 landscape, as wide as the paper, page numbers below."""
    ws.page_setup.orientation, ws.page_setup.paperSize = "landscape", 9
    ws.page_setup.fitToWidth, ws.page_setup.fitToHeight = 1, 0
    ws.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    ws.page_margins.left = ws.page_margins.right = 0.5
    ws.page_margins.top = ws.page_margins.bottom = 0.6
    ws.oddHeader.center.text = title.replace("&", "&&")
    ws.oddFooter.center.text = "&P / &N"


def _widths(headings, kinds, rows):
    """Width of each column, in characters, from its heading and a sample of its rows."""
    widths = [max(NARROW, _width(clean(heading)) + 4) for heading in headings]  # 4: the filter button
    for values in rows:
        for i, (value, kind) in enumerate(zip(values, kinds, strict=True)):
            value, kind = held(value, kind)
            if kind in ("date", "datetime"):
                width = 12 if kind == "date" else 17
            else:
                width = max((_width(line) for line in str("" if value is None else value)[:400].split("\n")), default=0) + 2
            widths[i] = max(widths[i], width)
    return [min(w, WIDE) for w in widths]


def _width(text):
    """Columns that a text takes: Chinese characters and signs take two."""
    return sum(2 if east_asian_width(c) in "WFA" else 1 for c in text)
