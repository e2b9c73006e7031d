"""The exchange workbook on its way in, first half: from sheets to rows of fields that still know where they stood."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from assessment import columns
from assessment.columns import FORMATS, fold
from assessment.sheets.workbook.read import field_of, heading_fields, read_tables
from people.actions import days

#: Days that are customarily told by their month: the first of it is taken, and that is said.
_BY_MONTH = {("cadres", name) for name in ("joined_party_on", "started_work_on", "in_post_since")}
_FROM_1904 = 1462  # days between the two systems of dates
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


def format_of(title):
    """The format of a sheet by its title in either language, or None."""
    return _BY_TITLE.get(fold(title))


def read_source(file, progress=None):
    """Read an exchange workbook; raises `Refused` if it is none at all. progress: see `read_tables`."""
    tables, titles = read_tables(file, {title: sheet for title, sheet in _BY_TITLE.items() if not sheet.out_only}, progress)
    source = Source({sheet.name: SheetRows(sheet) for sheet in FORMATS if not sheet.out_only})
    for title in titles:
        known = format_of(title)
        if known is None:
            source.notes.append(("sheet_unknown", {"sheet": title}))
        elif known.out_only and known.columns:  # what is only said about a workbook is missed by nobody
            source.notes.append(("sheet_out_only", {"sheet": title}))
    if not tables:
        source.faults.append(Fault("", 0, "", "", "no_known_sheet", {"expected": [s.zh for s in FORMATS if not s.out_only]}))
    for table in tables:
        sheet = source.sheets[format_of(table.title).name]
        if sheet.title:
            source.faults.append(Fault(table.title, table.head, "", "", "sheet_twice", {"other": sheet.title}))
            continue
        sheet.title = table.title
        _read_sheet(source, sheet, table)
    return source


def _read_sheet(source, sheet, table):
    fields = _match(source, sheet, table)
    texts = dict(table.headings)
    for number, column, code, value in table.faulty:
        source.faults.append(Fault(table.title, number, texts[column], shown(value), code, {"value": shown(value)}))
    source.notes += table.notes
    day_columns = _day_columns(sheet, table, fields)
    named = [column for column, name in fields.items() if name in columns.REFERENCES]
    made_up = Counter()
    rows, table.rows = table.rows, []
    for place, (number, values) in enumerate(rows):
        rows[place] = None  # of a large workbook only one form is kept
        values += [None] * (len(fields) and max(fields) + 1 - len(values))
        for column, by_month in day_columns:
            value = values[column]
            if value is not None:
                if table.days_1904 and days.is_day_number(value):
                    value = values[column] = value + _FROM_1904
                if by_month and (month := days.month_of(value)):
                    values[column] = date(*month, 1)
                    made_up[column] += 1
        for column in named:
            if isinstance(values[column], str):
                values[column] = values[column].partition(columns.BETWEEN)[0]
        sheet.rows.append({name: values[column] for column, name in fields.items()})
        sheet.numbers.append(number)
    for column, count in made_up.items():
        source.notes.append(("first_of_month", {"sheet": table.title, "column": texts[column], "count": count}))


def _day_columns(sheet, table, fields):
    """[(column, is it told by its month)] of the columns whose numbers may have to become days."""
    kinds = {column.field: column.kind for column in sheet.format.columns}
    found = []
    for column, name in fields.items():
        by_month = (sheet.format.name, name) in _BY_MONTH
        if by_month or (table.days_1904 and (kinds.get(name) in ("date", "datetime") or name == "birth_month")):
            found.append((column, by_month))
    return found


def _match(source, sheet, table):
    """{column: field} of a sheet; tells of headings that are missing, come twice, or are not known."""
    own, fields = heading_fields(sheet.format), {}
    for column, text in table.headings:
        name = field_of(text, own)
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
            source.faults.append(Fault(table.title, table.head, text, text, "heading_twice", {"value": text}))
    if table.headings or table.rows:
        for column in sheet.format.columns:
            if column.required and column.field not in fields.values():
                sheet.missing.add(column.zh)
                source.faults.append(Fault(table.title, table.head, column.zh, "", "column_missing", {"zh": column.zh, "en": column.en}))
    if not sheet.format.dimensions:
        for text in sheet.extra:
            source.notes.append(("column_unknown", {"sheet": table.title, "column": text}))
    return fields
