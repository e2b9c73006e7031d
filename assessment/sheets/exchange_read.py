"""The exchange workbook on its way in, first half: from sheets to rows of fields that still know where they stood."""

from collections import Counter
from dataclasses import dataclass, field

from assessment import columns
from assessment.columns import FORMATS, fold
from assessment.sheets.read import read_tables

_BY_TITLE = {fold(title): sheet for sheet in FORMATS for title in (sheet.zh, sheet.en, sheet.name)}


@dataclass(frozen=True)
class Fault:
    """One error: where, what stands there, and what is expected."""

    sheet: str
    row: int
    column: str
    value: str
    code: str
    facts: dict


@dataclass
class SheetRows:
    """The rows of one sheet: `rows[i]` are the fields of the i-th, `numbers[i]` its number in the workbook.

    headings: field -> heading as it stands there. extra: headings that are none of the format (dimensions, unknown ones);
    their values are in `rows[i]` under ("extra", heading).
    """

    format: columns.Format
    title: str = ""
    rows: list = field(default_factory=list)
    numbers: list = field(default_factory=list)
    headings: dict = field(default_factory=dict)
    extra: list = field(default_factory=list)
    missing: set = field(default_factory=set)  # headings of required columns that are not there

    def heading(self, name):
        """Heading of a field as the reader sees it, or as it should be."""
        own = {column.field: column.zh for column in self.format.columns}
        return self.headings.get(name) or own.get(name, name)

    def value(self, index, name):
        key = ("extra", name) if name in self.extra else name
        return shown(self.rows[index].get(key)) if index is not None and index < len(self.rows) else ""


@dataclass
class Source:
    """A workbook as read: sheets by name of their format, what is wrong with it, and what was passed over."""

    sheets: dict
    faults: list = field(default_factory=list)
    notes: list = field(default_factory=list)  # (code, facts)


def shown(value):
    """A cell's value as it stands in an error."""
    if value is None:
        return ""
    text = f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "hour") and hasattr(value, "year") else str(value)
    return text.removesuffix(" 00:00")


def read_source(file):
    """Read an exchange workbook; raises `Refused` if it is none at all."""
    taken = {title for title, sheet in _BY_TITLE.items() if not sheet.out_only}
    tables, titles = read_tables(file, taken)
    source = Source({sheet.name: SheetRows(sheet) for sheet in FORMATS if not sheet.out_only})
    for title in titles:
        known = _BY_TITLE.get(fold(title))
        if known is None:
            source.notes.append(("sheet_unknown", {"sheet": title}))
        elif known.out_only:
            source.notes.append(("sheet_out_only", {"sheet": title}))
    if not tables:
        source.faults.append(Fault("", 0, "", "", "no_known_sheet", {"expected": [s.zh for s in FORMATS if not s.out_only]}))
    for table in tables:
        sheet = source.sheets[_BY_TITLE[fold(table.title)].name]
        if sheet.title:
            source.faults.append(Fault(table.title, 1, "", "", "sheet_twice", {"other": sheet.title}))
            continue
        sheet.title = table.title
        _read_sheet(source, sheet, table)
    return source


def _read_sheet(source, sheet, table):
    fields = _match(source, sheet, table)
    texts = dict(table.headings)
    for number, column, code, value in table.faulty:
        if column in fields:
            source.faults.append(Fault(table.title, number, texts[column], shown(value), code, {"value": shown(value)}))
    for number, values in table.rows:
        row = {name: values[column] if column < len(values) else None for column, name in fields.items()}
        if any(value not in (None, "") for value in row.values()):
            sheet.rows.append(row)
            sheet.numbers.append(number)
    if table.stray:
        source.notes.append(("column_without_heading", {"sheet": table.title}))


def _match(source, sheet, table):
    """{column: field} of a sheet; tells of headings that are missing, come twice, or are not known."""
    own = {fold(text): column.field for column in sheet.format.columns for text in (column.zh, column.en, column.field)}
    fields = {}
    for column, text in table.headings:
        name = own.get(fold(text))
        if name is None:
            name = ("extra", text)
            if text not in sheet.extra:
                sheet.extra.append(text)
        else:
            sheet.headings.setdefault(name, text)
        fields[column] = name
    texts = dict(table.headings)
    for name, count in Counter(fields.values()).items():
        if count > 1:
            text = next(texts[column] for column, each in fields.items() if each == name)
            source.faults.append(Fault(table.title, 1, text, text, "heading_twice", {"value": text}))
    if table.headings or table.rows:
        for column in sheet.format.columns:
            if column.required and column.field not in fields.values():
                sheet.missing.add(column.zh)
                source.faults.append(Fault(table.title, 1, column.zh, "", "column_missing", {"zh": column.zh, "en": column.en}))
    if not sheet.format.dimensions:
        for text in sheet.extra:
            source.notes.append(("column_unknown", {"sheet": table.title, "column": text}))
    return fields
