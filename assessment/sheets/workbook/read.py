"""Excel in: what a person uploads is not trusted, and not expected to be tidy (docs/import.md lists every kindness).

    tables, titles = read_tables(file, {fold(name): sheet for sheet in FORMATS for name in (sheet.zh, sheet.en)})

Refuses (raises `Refused`) what is no workbook, is too large, or is dangerous; other errors stand in `Table.faulty`.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from assessment.columns import fold, is_aside
from assessment.sheets.workbook.allowance import Allowance
from assessment.sheets.workbook.book import Book
from assessment.sheets.workbook.cells import Cells
from assessment.sheets.workbook.foreign import refuse_foreign
from assessment.sheets.workbook.package import check_size, open_package, refused
from people.actions.inputs import plain_text

LONGEST_HEADING = 200
HEAD_ROWS = 10  # the headings stand in one of the first so many rows that hold anything
EXAMPLES = ("例:", "例：", "示例", "Example:")
_ASIDE = re.compile(r"\s*[(（【\[][^()（）【】\[\]]*[)）】\]]\s*[:：]?\s*$")  # (必填), (格式：2022-05-06) after a heading


@dataclass
class Table:
    """One sheet as read. headings: (column, text) of those not blank, in row `head`; rows: (row number, values by column).

    faulty: (row, column, code of a refusal, value) of cells whose value cannot be taken. notes: (code, facts) of what was
    passed over or made up. days_1904: its days are counted from 1904.
    """

    title: str
    head: int = 1
    headings: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    faulty: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    days_1904: bool = False


def read_tables(file, wanted, progress=None):
    """(tables, titles): the sheets whose folded titles are in `wanted`, a dict that gives their `Format`, and the titles of all.

    file: a path or an open binary file. progress: called with the rows read so far, about every thousand.
    """
    if not hasattr(file, "read"):
        with open(file, "rb") as opened:
            return read_tables(opened, wanted, progress)
    check_size(file)
    refuse_foreign(file)
    with open_package(file) as package:
        allowance = Allowance(progress)
        book = Book(package, allowance)
        tables, taken = [], {None}
        for title, part, hidden in book.sheets:
            if sheet := wanted.get(fold(title)):
                if part in taken:
                    raise refused("sheet_lost", sheet=title)
                taken.add(part)
                table = table_of(title, Cells(book, title, part, allowance), heading_fields(sheet))
                table.days_1904 = book.epoch.year == 1904
                if hidden:
                    table.notes.append(("sheet_hidden", {"sheet": title}))
                tables.append(table)
        return tables, [title for title, _, _ in book.sheets]


def refuse_at_once(file):
    """Refuse an open file of which it can be told without unpacking it."""
    check_size(file)
    refuse_foreign(file)
    with open_package(file):
        pass


# --- headings


def heading_fields(sheet):
    """{folded heading: field} of a format, in either language or both."""
    fields = {}
    for column in sheet.columns:
        for text in (column.zh, column.en, column.field, column.zh + column.en, f"{column.zh}/{column.en}"):
            fields[fold(text)] = column.field
    return fields


def field_of(text, fields):
    """The field that a heading means, also with a remark in parentheses behind it; None if it is not known."""
    text = text[:LONGEST_HEADING]
    return fields.get(fold(text)) or fields.get(fold(_ASIDE.sub("", text)))


def find_headings(rows, merged, fields):
    """(row number, [(column, text)]) of the headings: of the first rows the one in which most are known.

    rows: (number, values by column) of those that hold anything; merged: as of `upright`; fields: as of `heading_fields`.
    """
    best, number = None, 1
    for row, values in rows[:HEAD_ROWS]:
        texts = dict(enumerate(values))
        for column, spans in merged.items():  # a heading may stand in a cell that reaches down from above
            for first, last in spans:
                if first >= row:
                    break
                if row <= last:
                    texts[column] = _value(rows, first, column)
        headings = [(column, str(text).strip()[:LONGEST_HEADING]) for column, text in sorted(texts.items()) if not blank(text)]
        known = sum(field_of(text, fields) is not None for _, text in headings)
        if headings and (best is None or known > best[0]):
            best, number = (known, headings), row
    return number, best[1] if best else []


def blank(value):
    """Does a cell hold nothing to be seen?"""
    return value is None or (isinstance(value, str) and not plain_text(value))


# --- rows


def table_of(title, cells, fields):
    """The table that the cells of a sheet make up."""
    merged = upright(cells.merged)
    head, headings = find_headings(cells.rows, merged, fields)
    _drop_reasons(cells.rows, headings)
    columns = {column for column, _ in headings}
    above = sum(number < head for number, _ in cells.rows[:HEAD_ROWS])
    rows = cells.rows[above + bool(headings) :]
    counts = {"lines_above": above, "column_without_heading": _drop_stray(rows, columns)}
    rows, examples, again = _data_rows(rows, headings, fields)
    counts["example_rows"], counts["headings_again"] = len(examples), len(again)
    counts["cells_merged"] = _fill(rows, merged, head, columns)
    counts["rows_hidden"] = sum(number in cells.hidden_rows for number, _ in rows) if cells.hidden_rows else 0
    counts["columns_hidden"] = sum(any(first <= column < last for first, last in cells.hidden_columns) for column in columns)
    notes = [(code, {"sheet": title, "count": count}) for code, count in counts.items() if count]
    passed = examples | again
    faulty = [fault for fault in cells.faulty if fault[0] > head and fault[0] not in passed and fault[1] in columns]
    return Table(title, head, headings, rows, faulty, notes)


def upright(merged):
    """{column: [(first row, last row)]} of merged cells, in order; where they overlap, which Excel forbids, the first counts."""
    columns = {}
    for first, column, last in sorted(merged):
        spans = columns.setdefault(column, [])
        if not spans or first > spans[-1][1]:
            spans.append((first, last))
    return columns


def _fill(rows, merged, head, columns):
    """A cell merged over several rows gives its value to each of them; answers to how many cells."""
    count = 0
    for column in columns & merged.keys():
        for first, last in merged[column]:
            value = _value(rows, first, column)
            if first <= head or blank(value):
                continue
            for _, values in rows[bisect_right(rows, first, key=_number) : bisect_right(rows, last, key=_number)]:
                values += [None] * (column + 1 - len(values))
                if blank(values[column]):
                    values[column] = value
                    count += 1
    return count


def _data_rows(rows, headings, fields):
    """(rows, numbers of examples, numbers of headings): rows without blank ones, the examples of our templates, and headings
    that come again."""
    first = headings[0][0] if headings else 0
    words = {fold(text) for _, text in headings} | fields.keys()
    own = {column: field_of(text, fields) or text for column, text in headings}
    kept, examples, again = [], set(), set()
    for row in rows:
        number, values = row
        value = values[first] if first < len(values) else None
        if isinstance(value, str) and value.lstrip().startswith(EXAMPLES):
            examples.add(number)
        elif isinstance(value, str) and value.strip().casefold() in words and _repeats(values, own, fields):
            again.add(number)
        elif not all(map(blank, values)):
            kept.append(row)
    return kept, examples, again


def _repeats(values, own, fields):
    """Are these the headings of their columns?"""
    return all(blank(value) or (field_of(str(value), fields) or value) == own.get(column) for column, value in enumerate(values))


def _drop_reasons(rows, headings):
    """The column of reasons of a copy that we gave back is no part of the table."""
    for column in [column for column, text in headings if is_aside(text)]:
        for _, values in rows:
            if column < len(values):
                values[column] = None
    headings[:] = [(column, text) for column, text in headings if not is_aside(text)]


def _drop_stray(rows, columns):
    """Take out what stands in columns without a heading; answers in how many rows there was something."""
    width = max(columns, default=-1) + 1
    gaps, count = set(range(width)) - columns, 0
    for _, values in rows:
        stray = not all(map(blank, values[width:]))
        del values[width:]
        for column in gaps:
            if column < len(values) and not blank(values[column]):
                values[column], stray = None, True
        count += stray
    return count


def _value(rows, number, column):
    index = bisect_left(rows, number, key=_number)
    values = rows[index][1] if index < len(rows) and rows[index][0] == number else ()
    return values[column] if column < len(values) else None


def _number(row):
    return row[0]
