"""Values on their way in: from a form (typed), a cell of a workbook or a command line (anything).

Each kind of input reads a value into what the model stores, or raises `Unreadable` with the code and facts of a
refusal. Forms and imports share these, so they cannot differ.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation

from django.utils import timezone

from people import codes
from people.actions import days
from people.actions.days import Unreadable

LONGEST = 10_000  # characters of a text without a limit of its own: well inside a cell of a workbook
# Control characters, and signs that nobody sees: of no width, or for the direction of writing.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\xad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_CHINESE = "[\u3400-\u9fff\U00020000-\U0003ffff]"
_BETWEEN_CHINESE = re.compile(f"(?<={_CHINESE})\\s+(?={_CHINESE})")
_QUOTES = "'‘’`"  # put before digits so that a spreadsheet keeps them
EXACT = 10**15  # a spreadsheet keeps 15 digits of a number


def plain_text(value):
    """Any value as tidy text: one kind of line end, no control or invisible characters, nothing around it; None is ""."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    elif isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return _CONTROL.sub("", str(value).replace("\r\n", "\n").replace("\r", "\n")).strip()


def half_width(value):
    """Tidy text with full width letters, digits and signs made half width."""
    return unicodedata.normalize("NFKC", plain_text(value)).strip()


def exact_text(value):
    """The same, but not of a number that the spreadsheet has rounded."""
    if days.is_number(value) and abs(value) >= EXACT:
        raise Unreadable("digits_lost", value=plain_text(value) if abs(value) < 10**21 else f"{value:.0e}")
    return plain_text(value)


@dataclass(frozen=True)
class Text:
    """Text of at most `limit` characters."""

    limit: int = LONGEST
    required: bool = False
    empty = ""

    def read(self, value):
        text = exact_text(value)
        if len(text) > self.limit:
            raise Unreadable("too_long", limit=self.limit, length=len(text))
        return text


@dataclass(frozen=True)
class Key(Text):
    """A code or number that names a record: full and half width are the same."""

    limit: int = 32
    required: bool = True

    def read(self, value):
        return super().read(half_width(exact_text(value)))


@dataclass(frozen=True)
class Name(Text):
    """A person's name: blanks that fill up a short Chinese one are taken out."""

    def read(self, value):
        return super().read(_BETWEEN_CHINESE.sub("", plain_text(value)))


@dataclass(frozen=True)
class Word:
    """A word of a set of words, in Chinese, English or as a code; `empty` stands for a blank."""

    words: codes.CodeSet
    required: bool = False
    empty: str = ""

    def read(self, value):
        code = self.words.code(plain_text(value))
        if code is None:
            raise Unreadable("unknown_word", value=plain_text(value), expected=[self.words.name(c) for c in self.words])
        return code or self.empty


@dataclass(frozen=True)
class Day:
    """A day; `past`: today at the latest."""

    required: bool = False
    past: bool = False
    empty = None

    def read(self, value):
        day = self._day(value)
        if day and self.past and day > timezone.localdate():
            raise Unreadable("in_future", value=day)
        return day

    def _day(self, value):
        if isinstance(value, datetime):
            return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
        if isinstance(value, date):
            return value
        text = half_width(value)
        return days.moment(value, text).date() if text else None


@dataclass(frozen=True)
class Moment:
    """A day and time of day in Asia/Shanghai, to the second, not later than now."""

    required: bool = False
    empty = None

    def read(self, value):
        if isinstance(value, datetime):
            moment = value
        elif isinstance(value, date):
            moment = datetime.combine(value, time())
        else:
            text = half_width(value)
            if not text:
                return None
            moment = days.moment(value, text)
        if moment.microsecond >= 500_000:  # a spreadsheet's number of days is never exact
            moment = datetime.fromtimestamp(round(moment.replace(tzinfo=UTC).timestamp()), UTC).replace(tzinfo=moment.tzinfo)
        moment = moment.replace(microsecond=0)
        if timezone.is_naive(moment):
            moment = timezone.make_aware(moment)
        if moment > timezone.now():
            raise Unreadable("in_future", value=moment)
        return moment


@dataclass(frozen=True)
class Month:
    """A month as the text YYYY-MM, not in the future."""

    required: bool = False
    empty = ""

    def read(self, value):
        if isinstance(value, date):
            year, month = value.year, value.month
        elif text := half_width(value):
            year, month = days.month(value, text)
        else:
            return ""
        text = f"{year:04d}-{month:02d}"
        if text > f"{timezone.localdate():%Y-%m}":
            raise Unreadable("in_future", value=text)
        return text


@dataclass(frozen=True)
class Number:
    """A number from `low` to `high` with at most `places` decimal places, as Decimal; int when there are none."""

    low: int = 0
    high: int = 100
    places: int = 2
    above: bool = False  # low itself is too low
    required: bool = False
    empty: object = None

    def read(self, value):
        text = half_width(value).replace(",", "").removesuffix("%").strip()
        if isinstance(value, bool):
            raise Unreadable("not_a_number", value=text)
        if not text:
            return self.empty
        try:
            number = Decimal(text)
            if not number.is_finite() or number.adjusted() > 12:
                raise InvalidOperation
        except InvalidOperation:
            raise Unreadable("not_a_number", value=text) from None
        if isinstance(value, float):
            number = round(number, 9)  # 0.1 + 0.2 of a spreadsheet
        if number < self.low or number > self.high or (self.above and number == self.low):
            code = "not_above" if self.above and number == self.low else "out_of_range"
            raise Unreadable(code, value=text, low=self.low, high=self.high)
        if number != round(number, self.places):
            raise Unreadable("not_whole" if not self.places else "too_many_places", value=text, places=self.places)
        return round(number, self.places) if self.places else int(number)


@dataclass(frozen=True)
class IdNumber:
    """A resident ID number of 18 characters. GB 11643."""

    required: bool = False
    empty = ""

    def read(self, value):
        number = codes.tidy_id_number(exact_text(value)).lstrip(_QUOTES)
        if problem := codes.id_number_problem(number):
            raise Unreadable(problem, value=number)
        return number


@dataclass(frozen=True)
class Phone:
    """A phone number, mobile or with its area code."""

    required: bool = False
    empty = ""

    def read(self, value):
        number = codes.tidy_phone(exact_text(value)).lstrip(_QUOTES)
        if problem := codes.phone_problem(number):
            raise Unreadable(problem, value=number)
        return number


@dataclass(frozen=True)
class Reference:
    """Another record, given itself or by its key; read into its key, which the action looks up."""

    key: str = "code"
    required: bool = False
    empty = ""

    def read(self, value):
        return half_width(getattr(value, self.key, value))


@dataclass(frozen=True)
class Flag:
    """Yes or no."""

    required: bool = False
    empty = False

    def read(self, value):
        return bool(value)
