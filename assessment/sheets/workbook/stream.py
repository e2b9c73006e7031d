"""The body rows of a sheet as XML, some hundred at a time: memory does not grow with them.

Rows are turned into columns. A column whose values are all of one plain type is formatted as a whole, in a twentieth of the time
that openpyxl takes cell by cell; any other goes cell by cell, as `values.held` says. Both show the same.

Text stands in its cell (`inlineStr`), so that no table of strings has to be held. A cell does not say where it is (`r`): they
follow each other without gaps, blank ones too, as the format allows. That makes the file a third smaller and its writing
a third quicker.
"""

from datetime import date, datetime
from decimal import Decimal
from itertools import count, islice
from math import isfinite
from types import NoneType
from xml.sax.saxutils import escape

from assessment.sheets.workbook.values import FIRST_DAY, NUMBER_LIMIT, TEXT_LIMIT, ZONE, escaped, held

BATCH = 200  # more would not stay in the processor's cache
REPEATED, SHORT, KEPT = 5, 40, 1000  # a text that comes so often in a batch and is no longer is formatted once, for so many texts
_DAY_ZERO = date(1899, 12, 30).toordinal()
# A cell after its style, with the text of its value.
_TEXT = b' t="inlineStr"><is><t>%b</t></is></c>'
_SPACED = b' t="inlineStr"><is><t xml:space="preserve">%b</t></is></c>'
_BOOL = b' t="b"><v>%b</v></c>'
_VALUE = b"><v>%b</v></c>"


def batches(rows, kinds, styles, first):
    """Yield (number of rows, XML) as the rows come. styles: {kind: style id}; first: the number of the first row."""
    rows, known = iter(rows), {kind: {} for kind in kinds}
    while batch := list(islice(rows, BATCH)):
        columns = zip(*batch, strict=True)
        cells = [_column(values, kind, styles, known[kind]) for values, kind in zip(columns, kinds, strict=True)]
        row = b'<row r="%d">' + b"".join(cell for cell, _ in cells) + b"</row>"
        numbered = zip(count(first), *(values for _, values in cells), strict=False)
        yield len(batch), b"".join(map(row.__mod__, numbered))
        first += len(batch)


def _column(values, kind, styles, known):
    """(a cell with %b for its value, the values) of one column."""
    types = set(map(type, values)) - {NoneType}
    as_text = kind in ("text", "id")
    joined, style, cell = None, kind or "text", _VALUE
    blank = b'<c s="%d"/>' % styles[style]
    if not types:
        return b"%b", [blank] * len(values)
    if types == {str} and (as_text or not kind):
        distinct = set(values)
        if len(distinct) * REPEATED <= len(values) and max(map(len, filter(None, distinct)), default=0) <= SHORT:
            return b"%b", _repeated(values, distinct, kind, styles, known)
        joined, cell = _texts(values), _TEXT
    elif as_text:
        pass
    elif types == {date}:
        joined, style = _days(values), "date"
    elif types == {datetime}:
        joined, style = _moments(values), "datetime"
    elif types <= {int, float, Decimal}:
        joined, style = _numbers(values), kind if kind in ("integer", "score", "percent") else "number"
    if joined is not None:
        texts = joined.encode().split(b"|")
        if len(texts) == len(values):
            cell = b'<c s="%d"' % styles[style] + cell
            return (b"%b", [cell % text if text else blank for text in texts]) if b"" in texts else (cell, texts)
    return b"%b", [_cell(value, kind, styles) for value in values]


def _repeated(values, distinct, kind, styles, known):
    """The cells of a column of few texts. known: {text: cell}."""
    if len(known) > KEPT:
        known.clear()
    for text in distinct:
        if text not in known:
            known[text] = _cell(text, kind, styles)
    return map(known.__getitem__, values)


# --- the texts of a column with | between, or None where some value needs a closer look


def _texts(values):
    if None in values:
        values = [value or "" for value in values]
    joined = "|".join(values)
    if not joined.isprintable() or "_x" in joined or "| " in joined or " |" in joined or joined[:1] == " " or joined[-1:] == " ":
        return None
    if len(joined) > TEXT_LIMIT // 2 and max(map(len, values)) > TEXT_LIMIT // 2:
        return None
    return escape(joined)


def _days(values):
    if min(filter(None, values)) >= FIRST_DAY:
        return "|".join([str(value.toordinal() - _DAY_ZERO) if value else "" for value in values])


def _moments(values):
    years = [value.year for value in values if value]
    if FIRST_DAY.year < min(years) and max(years) < 9999:
        values = [value.astimezone(ZONE) if value and value.tzinfo else value for value in values]
        return "|".join([_serial(value) if value else "" for value in values])


def _numbers(values):
    there = [value for value in values if value is not None]
    try:
        if all(map(isfinite, there)) and max(map(abs, there)) < NUMBER_LIMIT:
            return "|".join(["" if value is None else str(value) for value in values])
    except OverflowError:  # an integer beyond all floats
        pass


# --- one cell


def _cell(value, kind, styles):
    value, kind = held(value, kind)
    start = b'<c s="%d"' % styles[kind or "text"]
    if value is None:
        return start + b"/>"
    if isinstance(value, str):
        return start + (_TEXT if value == value.strip() else _SPACED) % escape(escaped(value)).encode()
    if isinstance(value, bool):
        return start + _BOOL % str(int(value)).encode()
    if isinstance(value, date):
        value = _serial(value) if isinstance(value, datetime) else value.toordinal() - _DAY_ZERO
    return start + _VALUE % str(value).encode()


def _serial(moment):
    """Days since Excel's beginning, some microseconds late at most: who cuts off parts of seconds gets the right second."""
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return f"{moment.toordinal() - _DAY_ZERO}.{-(-seconds * 10**10 // 86400):010d}"
