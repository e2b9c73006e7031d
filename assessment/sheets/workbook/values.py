"""What a cell can hold: the one place for the rules on text, days and numbers on their way out."""

import re
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from zoneinfo import ZoneInfo

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
NUMBER_LIMIT = 10**15  # Excel keeps 15 digits
FIRST_DAY = date(1900, 3, 1)  # Excel counts a 29 February 1900 that never was: earlier days go out as text

# Not allowed in XML 1.0, or read back as something else; lone surrogates cannot even be encoded.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def clean(value):
    """Text as a cell can hold it: no control characters, one kind of line end, not longer than a cell."""
    text = _ILLEGAL.sub("", str(value).replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) * 2 > TEXT_LIMIT and len(text.encode("utf-16-le")) // 2 > TEXT_LIMIT:
        text = text.encode("utf-16-le")[: (TEXT_LIMIT - 1) * 2].decode("utf-16-le", "ignore") + "…"
    return text


def held(value, kind=""):
    """(the value that is shown, kind that gives its format). None is an empty cell; what Excel cannot hold becomes text."""
    if value is None or value == "":
        return None, kind
    if kind not in ("text", "id"):
        if isinstance(value, bool):
            return value, "bool"
        if isinstance(value, datetime):
            value = local(value).replace(microsecond=0)
            return (value, "datetime") if value.date() >= FIRST_DAY else (value.isoformat(" "), "text")
        if isinstance(value, date):
            return (value, "date") if value >= FIRST_DAY else (value.isoformat(), "text")
        if isinstance(value, int | float | Decimal):
            return _number(value, kind)
    return clean(value) or None, kind if kind == "id" else "text"


def typed(value, kind=""):
    """As `held`, with text as it is written into XML: `_x0041_` would be read as "A"."""
    value, kind = held(value, kind)
    return (escaped(value) if isinstance(value, str) else value), kind


def escaped(text):
    """Text that Excel would decode, escaped; nearly no text has "_x"."""
    return _ESCAPED.sub("_x005F_", text) if "_x" in text else text


def local(moment):
    """A moment as the clock of the installation shows it."""
    if moment.tzinfo:
        try:
            return moment.astimezone(ZONE).replace(tzinfo=None)
        except OverflowError:  # the last hours of the year 9999
            return moment.replace(tzinfo=None)
    return moment


def _number(value, kind):
    if isinstance(value, int):
        if abs(value) >= NUMBER_LIMIT:
            return str(value), "id"
    elif not isfinite(value):
        return None, kind
    elif isinstance(value, Decimal) and abs(value) >= NUMBER_LIMIT:
        return f"{value:f}", "id"
    return value, kind if kind in ("integer", "score", "percent") else "number"
