"""Days, months and moments as people write them and as spreadsheets count them; docs/import.md lists what is understood."""

import re
from datetime import date, datetime, timedelta

_BETWEEN = "[-‐–—−/.。]"
_YEAR_MONTH = rf"(\d{{4}})\s*(?:{_BETWEEN}|年)\s*(\d{{1,2}})"
_DAY = re.compile(rf"{_YEAR_MONTH}\s*(?:{_BETWEEN}|月)\s*(\d{{1,2}})\s*[日号]?")
_MONTH = re.compile(rf"{_YEAR_MONTH}\s*月?")
_SHORT_YEAR = re.compile(rf"\d{{2}}\s*(?:{_BETWEEN}|年)\s*\d{{1,2}}\s*(?:(?:{_BETWEEN}|月)\s*(?:\d{{1,2}}(?!\d)|$).*)?")
_CLOCK = re.compile(
    r"T?\s*(上午|下午)?\s*(\d{1,2})\s*[:时点]\s*(?:(\d{1,2})\s*(?:[:分]\s*(?:(\d{1,2})(?:\.\d+)?\s*秒?)?)?)?\s*(am|pm)?", re.IGNORECASE
)
_AGE = re.compile(r"\s*\(\d{1,3}岁\)$")  # 1980.03(42岁), as the appraisal forms have it


class Unreadable(Exception):
    """A value that an input does not take; becomes a `Refusal`."""

    def __init__(self, code, **facts):
        super().__init__(code)
        self.code, self.facts = code, facts


def is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_day_number(value):
    """Is it a day as Excel counts it: five digits, from 1927 until 2173?"""
    return is_number(value) and 10_000 <= value < 100_000


def from_number(value):
    """The moment of such a number, counted from 1900."""
    return datetime(1899, 12, 30) + timedelta(days=value)


def month_of(value):
    """(year, month) if a text or number tells these and no day, else None; 2010.1 as a number may be January or October."""
    if value is None or isinstance(value, bool | date) or is_ambiguous(value):
        return None
    text = str(value)
    found = _MONTH.fullmatch(text) or re.fullmatch(r"(\d{4})(\d{2})", text.removesuffix(".0"))
    year, month = map(int, found.groups()) if found else (0, 0)
    return (year, month) if 1900 <= year <= 2099 and 1 <= month <= 12 else None


def is_ambiguous(value):
    """Is it a number in which Excel has dropped the zero of October, or has it not?"""
    return isinstance(value, float) and re.fullmatch(r"\d{4}\.1", str(value)) is not None


def month(value, text):
    """(year, month) of a birth month; text: the value as half-width text."""
    if is_ambiguous(value):
        raise Unreadable("month_ambiguous", value=text)
    if is_day_number(value):
        value = from_number(value)
        return value.year, value.month
    text = _AGE.sub("", text)
    if found := month_of(text):
        return found
    try:
        found = moment(None, text)
    except Unreadable as error:
        code = error.code if error.code == "year_two_digits" else "not_a_month"
        raise Unreadable(code, value=text) from None
    if not 1900 <= found.year <= 2099:
        raise Unreadable("not_a_month", value=text)
    return found.year, found.month


def moment(value, text):
    """The naive moment that is told: 2022-05-06, 2022.5.6 13:05, 2022年5月6日 下午1时5分, 20220506, 44687.5.

    text: the value as half-width text.
    """
    if is_ambiguous(value):
        raise Unreadable("month_ambiguous", value=text)
    if is_day_number(value):
        return from_number(value)
    whole = re.sub(r"^(\d{4})(\d{2})(\d{2})(?!\d)", r"\1-\2-\3", text)
    found = _DAY.match(whole)
    rest = found and whole[found.end() :].strip()
    clock = found and rest and _CLOCK.fullmatch(rest)
    try:
        if not found or (rest and not clock):
            raise ValueError
        return datetime(*map(int, found.groups()), *(_time(*clock.groups()) if clock else ()))
    except ValueError:
        code = "day_missing" if month_of(text) else "year_two_digits" if _SHORT_YEAR.fullmatch(text) else "not_a_date"
        raise Unreadable(code, value=text) from None


def _time(half, hours, minutes, seconds, english):
    hours, half = int(hours), half or (english or "").lower()
    if half in ("下午", "pm") and hours < 12:
        hours += 12
    elif half == "am" and hours == 12:
        hours = 0
    return hours, int(minutes or 0), int(seconds or 0)
