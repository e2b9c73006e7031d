"""Excel out: typed cells, text that never becomes a formula, widths that fit Chinese, ready for A4 (DESIGN section 9).

    counts = write_workbook(file, [Sheet("干部", ["编号", "姓名"], rows, ["id", "text"])], about=[("导出人", "林一")])

Rows may be any iterable, also a generator over a database cursor: they are written as they come.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from math import isfinite
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

#: What a column holds -> its number format. "id" is text that looks like a number (codes, ID numbers, phones): the
#: format keeps it text when somebody edits the cell. Plain text has no such format: Excel shows it as #### when long.
KINDS = {
    "text": "General",
    "id": "@",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
    "integer": "0",
    "number": "General",
    "score": "0.00",
    "percent": "0.##",
    "bool": "General",
}
ZONE = ZoneInfo("Asia/Shanghai")
TEXT_LIMIT = 32767  # of a cell, in UTF-16 units
SAMPLE = 200  # rows looked at for the widths
NARROW, WIDE = 8, 48

# Not allowed in XML 1.0, or read back as something else; lone surrogates cannot even be encoded.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_FIRST_DAY = date(1900, 3, 1)  # Excel counts a 29 February 1900 that never was: earlier days go out as text


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
):
    """Write sheets and, last, the About sheet; returns {sheet title: rows written}.

    about: pairs of label and value, or a function of the row counts that gives them (they are known only now).
    """
    book = Workbook(write_only=True)
    book.properties.creator = book.properties.lastModifiedBy = clean(author)
    styles = _styles(book)
    counts = {}
    for sheet in sheets:
        title = sheet_title(sheet.title, counts)
        counts[title] = _write_sheet(book, title, sheet, styles)
    pairs = about(counts) if callable(about) else about
    if pairs:
        _write_about(book, sheet_title(about_title, counts), pairs, styles)
    book.save(file)
    return counts


def clean(value):
    """Text as a cell can hold it: no control characters, one kind of line end, not longer than a cell."""
    text = _ILLEGAL.sub("", str(value).replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) * 2 > TEXT_LIMIT and len(text.encode("utf-16-le")) // 2 > TEXT_LIMIT:
        text = text.encode("utf-16-le")[: (TEXT_LIMIT - 1) * 2].decode("utf-16-le", "ignore") + "…"
    return text


def sheet_title(title, taken=()):
    """A title that Excel accepts and that is not taken yet (31 characters, none of []:*?/\\)."""
    title = re.sub(r"[\[\]:*?/\\]", " ", clean(title)).strip("' \n")[:31] or "1"
    known, base, number = {t.casefold() for t in taken}, title, 1
    while title.casefold() in known:
        number += 1
        title = f"{base[: 30 - len(str(number))]} {number}"
    return title


def typed(value, kind=""):
    """(value for the cell, kind that gives its format). None is an empty cell; what Excel cannot hold becomes text."""
    if value is None or value == "":
        return None, kind
    if kind not in ("text", "id"):
        if isinstance(value, bool):
            return value, "bool"
        if isinstance(value, datetime):
            if value.tzinfo:
                value = value.astimezone(ZONE).replace(tzinfo=None)
            value = value.replace(microsecond=0)
            return (value, "datetime") if value.date() >= _FIRST_DAY else (value.isoformat(" "), "text")
        if isinstance(value, date):
            return (value, "date") if value >= _FIRST_DAY else (value.isoformat(), "text")
        if isinstance(value, int | float | Decimal):
            if not isfinite(value):
                return None, kind
            if isinstance(value, int) and abs(value) >= 10**15:  # Excel keeps 15 digits
                return str(value), "id"
            return value, kind if kind in ("integer", "score", "percent") else "number"
    # _x0041_ would be read as "A"; nearly no text has "_x"
    text = clean(value)
    return (_ESCAPED.sub("_x005F_", text) if "_x" in text else text) or None, kind if kind == "id" else "text"


def _styles(book):
    """{kind: style}: each is made once and shared by all its cells, which keeps memory and time flat."""
    ws = book.create_sheet("styles")
    rule = Border(bottom=Side("thin", color="CFCCC4"))
    styles = {}
    for kind, number_format in KINDS.items():
        cell = WriteOnlyCell(ws)
        cell.number_format = number_format
        cell.alignment = Alignment(vertical="top", wrap_text=kind == "text")
        styles[kind] = cell._style
    head = WriteOnlyCell(ws)
    head.font, head.border = Font(bold=True), rule
    head.fill = PatternFill("solid", fgColor="F1EFEA")
    head.alignment = Alignment(vertical="center", wrap_text=True)
    styles["head"] = head._style
    label = WriteOnlyCell(ws)
    label.font, label.alignment = Font(bold=True), Alignment(vertical="top")
    styles["label"] = label._style
    book.remove(ws)
    return styles


def _cell(ws, style, value):
    cell = WriteOnlyCell(ws)
    cell._style = style
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # else "=1+1" is a formula and "#N/A" an error
    return cell


def _row(ws, values, kinds, styles):
    cells = []
    for value, kind in zip(values, kinds, strict=True):
        value, kind = typed(value, kind)
        cells.append(None if value is None else _cell(ws, styles[kind], value))
    return cells


def _write_sheet(book, title, sheet, styles):
    ws = book.create_sheet(title)
    headings = [clean(h) for h in sheet.headings]
    kinds = list(sheet.kinds) or [""] * len(headings)
    rows = iter(sheet.rows)
    first = list(islice(rows, SAMPLE))
    for number, width in enumerate(_widths(headings, kinds, first), 1):
        ws.column_dimensions[get_column_letter(number)].width = width
    ws.freeze_panes = "A2"
    _page(ws, title)
    ws.print_title_rows = "1:1"
    ws.append([_cell(ws, styles["head"], h) for h in headings])
    count = 0
    for values in chain(first, rows):
        ws.append(_row(ws, values, kinds, styles))
        count += 1
    if headings:
        ws.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{count + 1}"
    ws.close()
    return count


def _write_about(book, title, pairs, styles):
    ws = book.create_sheet(title)
    ws.column_dimensions["A"].width, ws.column_dimensions["B"].width = 22, 80
    _page(ws, title)
    for label, value in pairs:
        value, kind = typed(value)
        ws.append([_cell(ws, styles["label"], clean(label)), None if value is None else _cell(ws, styles[kind], value)])
    ws.close()


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
    widths = [max(NARROW, _width(h) + 4) for h in headings]  # 4: the filter button
    for values in rows:
        for i, (value, kind) in enumerate(zip(values, kinds, strict=True)):
            value, kind = typed(value, kind)
            if kind in ("date", "datetime"):
                width = 12 if kind == "date" else 17
            else:
                width = max((_width(line) for line in str("" if value is None else value)[:400].split("\n")), default=0) + 2
            widths[i] = max(widths[i], width)
    return [min(w, WIDE) for w in widths]


def _width(text):
    """Columns that a text takes: Chinese characters and signs take two."""
    return sum(2 if east_asian_width(c) in "WFA" else 1 for c in text)
