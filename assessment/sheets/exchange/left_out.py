"""The rows that an import left out, as a workbook of their own: under the headings of the user's, each with its reasons.

    write(file, source_path, work.left_out)

Corrected, it can be taken in like any other: the column of reasons is passed over.
"""

from bisect import bisect
from datetime import datetime, time

from django.utils.translation import gettext as _
from openpyxl.utils.datetime import CALENDAR_MAC_1904, from_excel

from assessment.sheets.exchange.marked import reasons
from assessment.sheets.exchange.read import format_of
from assessment.sheets.workbook.allowance import Allowance
from assessment.sheets.workbook.book import Book
from assessment.sheets.workbook.cells import Cells
from assessment.sheets.workbook.package import open_package
from assessment.sheets.workbook.read import HEAD_ROWS, field_of, heading_fields, table_of
from assessment.sheets.workbook.write import Sheet, write_workbook
from people.actions import days


def write(file, source, left_out):
    """Write the workbook of the rows left out, [(sheet title, row number, faults)], to an open binary file."""
    by_sheet = {}
    for title, number, faults in left_out:
        by_sheet.setdefault(title, {})[number] = faults
    with open(source, "rb") as opened, open_package(opened) as package:
        book = Book(package, Allowance())
        parts = {title: part for title, part, _hidden in book.sheets}
        write_workbook(file, [_sheet(book, title, parts[title], wanted) for title, wanted in by_sheet.items()])


def _sheet(book, title, part, wanted):
    table = _table(book, title, part, set(wanted))
    fields = heading_fields(format_of(title))
    kinds = {column.field: column.kind for column in format_of(title).columns}
    of_column = [kinds.get(field_of(text, fields), "") for _column, text in table.headings]
    dated = [kind in ("date", "datetime") or field_of(text, fields) == "birth_month" for kind, (_, text) in zip(of_column, table.headings, strict=True)]
    rows = []
    for number, values in table.rows:
        if number in wanted:
            row = [values[column] if column < len(values) else None for column, _text in table.headings]
            row = [_day(value, book.epoch) if dates else value for value, dates in zip(row, dated, strict=True)]
            rows.append([*row, reasons(wanted[number])])
    return Sheet(title, [*(text for _column, text in table.headings), _("Reasons")], rows, [*_kinds(rows, of_column), "text"])


def _kinds(rows, kinds):
    """Codes stay text also when they are typed anew; a number stays the number that it was, right or wrong."""
    for place, kind in enumerate(kinds):
        texts = all(isinstance(row[place], str | None) for row in rows)
        yield "id" if kind == "id" and texts else ""


def _day(value, epoch):
    """A day as a day: its number may be counted from 1904, and the new workbook counts from 1900."""
    if epoch == CALENDAR_MAC_1904 and days.is_day_number(value):
        value = from_excel(value, epoch)
    return value.date() if isinstance(value, datetime) and value.time() == time() else value


def _table(book, title, part, wanted):
    """The table of a sheet, of which no more is held than its head and the rows that are wanted."""
    fields = heading_fields(format_of(title))
    cells = _Some(book, title, part, wanted)
    numbers = sorted(wanted)
    above = {first for first, _column, last in cells.merged if bisect(numbers, first) < bisect(numbers, last)}
    if above - wanted:  # merged cells tell their value in their first row
        cells = _Some(book, title, part, wanted | above)
    return table_of(title, cells, fields)


class _Some(Cells):
    """Cells of some rows, and of those where the headings may be."""

    def __init__(self, book, title, part, wanted):
        self._wanted = wanted
        super().__init__(book, title, part, Allowance())

    def _end_row(self, text):
        if self._row not in self._wanted and len(self.rows) >= HEAD_ROWS:
            self._values = []
        super()._end_row(text)
