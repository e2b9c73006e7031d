"""The cells of one sheet, read as they come: what they hold, what cannot be taken, what is merged and what is hidden."""

import re
from math import isfinite
from sys import getsizeof

from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import from_excel, from_ISO8601

from assessment.sheets.workbook.allowance import OTHER_COST, ROW_COST, TEXT_COST, VALUE_COST
from assessment.sheets.workbook.book import plain
from assessment.sheets.workbook.markup import TEXT_LIMIT, parse, whole
from assessment.sheets.workbook.package import refused

COLUMN_LIMIT = 60
LAST_ROW, LAST_COLUMN = 1 << 20, 1 << 14  # of a sheet in Excel
SHORT, MEMO = 40, 50_000  # texts up to this length are likely to come again; so many of them are kept once
_RANGE = re.compile(r"([A-Z]+)(\d+):[A-Z]+(\d+)")


class Cells:
    """One sheet as it stands. rows: [(number, values by column)] of those that hold anything, by number.

    faulty: (row, column, code of a refusal, value). merged: (first row, column, last row) of those over several rows.
    """

    def __init__(self, book, title, part, allowance):
        self.rows, self.faulty, self.merged, self.hidden_rows, self.hidden_columns = [], [], [], set(), []
        self._title, self._allowance = title, allowance
        self._strings, self._formats, self._epoch = book.strings, book.formats, book.epoch
        self._letters, self._days, self._texts = {}, {}, {}
        self._row = self._column = self._count = self._aside = 0
        self._values, self._pieces, self._hidden = [], [], False
        self._reference = self._kind = self._style = self._text = self._formula = None
        starts = {"row": self._start_row, "c": self._start_c, "rPh": self._start_reading, "col": self._start_col, "mergeCell": self._merge}
        ends = {"row": self._end_row, "c": self._end_c, "v": self._end_v, "t": self._end_t, "f": self._end_f, "rPh": self._end_reading}
        parse(book.package.blocks(part), starts, ends)
        numbers = [number for number, _ in self.rows]
        if numbers != sorted(numbers):
            self.rows.sort(key=lambda row: row[0])

    # --- rows and columns

    def _start_row(self, attributes):
        number = attributes.get("r")
        self._row = whole(number) if number else self._row + 1
        if not 0 < self._row <= LAST_ROW:
            raise refused("file_damaged")
        self._hidden = attributes.get("hidden") in ("1", "true")
        self._values, self._column, self._count = [], 0, 0

    def _end_row(self, _):
        self._allowance.seen()
        if self._values:
            self._allowance.row()
            self._allowance.spend(ROW_COST + VALUE_COST * len(self._values))
            self.rows.append((self._row, self._values))
            if self._hidden:
                self.hidden_rows.add(self._row)
            self._values = []

    def _start_col(self, attributes):
        if attributes.get("hidden") in ("1", "true"):
            self._allowance.spend(OTHER_COST)
            self.hidden_columns.append((whole(attributes.get("min", "0")) - 1, whole(attributes.get("max", "0"))))

    def _merge(self, attributes):
        if found := _RANGE.fullmatch(attributes.get("ref", "")):
            column, first, last = self._index(found[1]), whole(found[2]), whole(found[3])
            if column <= COLUMN_LIMIT and first < last:
                self._allowance.spend(OTHER_COST)
                self.merged.append((first, column - 1, last))

    # --- cells

    def _start_c(self, attributes):
        self._reference, self._kind, self._style = attributes.get("r"), attributes.get("t"), attributes.get("s")
        self._text = self._formula = None
        if self._pieces:
            self._pieces = []

    def _end_v(self, text):
        self._text = text

    def _end_f(self, text):
        self._formula = text

    def _end_t(self, text):
        if text and not self._aside:
            self._pieces.append(text)
            if len(self._pieces) > TEXT_LIMIT:
                raise refused("text_too_long", limit=TEXT_LIMIT)

    def _start_reading(self, _):
        self._aside += 1

    def _end_reading(self, _):
        self._aside -= 1

    def _end_c(self, _):
        self._count += 1
        reference = self._reference
        self._column = column = self._index(reference.rstrip("0123456789")) if reference else self._column + 1
        if self._count > LAST_COLUMN:
            raise refused("file_damaged")
        if self._pieces:
            value = self._kept(plain(self._pieces))
        elif self._text:
            value = self._value(self._text)
        else:
            # a formula that gives an empty text has the kind "str"; one without is not computed yet and no blank
            value = None if self._formula is None or self._kind == "str" else self._fault("formula_without_value", "=" + self._formula)
        if value is None or value == "":
            return
        if column > COLUMN_LIMIT:
            cell = f"{get_column_letter(column)}{self._row}"
            raise refused("too_many_columns", sheet=self._title, cell=cell, limit=COLUMN_LIMIT)
        missing = column - len(self._values)
        if missing > 0:
            self._values += [None] * (missing - 1)
            self._values.append(value)
        else:
            self._values[column - 1] = value

    def _index(self, letters):
        index = self._letters.get(letters)
        if index is None:
            try:
                index = self._letters[letters] = column_index_from_string(letters)
            except ValueError as error:
                raise refused("file_damaged") from error
        return index

    def _fault(self, code, value):
        self._allowance.spend(OTHER_COST)
        self.faulty.append((self._row, self._column - 1, code, value[:100]))

    def _value(self, text):
        kind = self._kind
        try:
            if kind is None or kind == "n":
                return self._number(text)
            if kind == "s":
                return self._strings[int(text)] if text.isdecimal() else self._fault("cell_unreadable", text)
            if kind == "str" or kind == "inlineStr":
                return self._kept(plain([text]))
            if kind == "b":
                return text.strip().lower() in ("1", "true")
            if kind == "d":
                return from_ISO8601(text)
        except (ValueError, LookupError, OverflowError):
            return self._fault("cell_unreadable", text)
        return self._fault("cell_error" if kind == "e" else "cell_unreadable", text)

    def _number(self, text):
        number = int(text) if text.removeprefix("-").isdecimal() else float(text)
        if not isfinite(number):
            raise ValueError
        meaning = self._formats.get(self._style)
        if meaning is None:
            return number
        if meaning == "percent":
            return f"{round(number * 100, 8):.12g}%"
        if isinstance(meaning, int):
            return str(number).zfill(meaning) if isinstance(number, int) else number
        return self._day(text, number, meaning)

    def _day(self, text, number, meaning):
        day = self._days.get((text, meaning))
        if day is None:
            try:
                if number < 0:  # Excel shows ####
                    raise ValueError
                day = from_excel(number, self._epoch, timedelta=meaning == "delta")
            except (ValueError, OverflowError):
                return self._fault("day_unreadable", text)
            if len(self._days) < MEMO:
                self._days[text, meaning] = day
        return day

    def _kept(self, text):
        """The text, once for all cells that hold the same."""
        if len(text) > SHORT:
            if len(text) > TEXT_LIMIT:
                raise refused("text_too_long", limit=TEXT_LIMIT)
            self._allowance.spend(TEXT_COST + getsizeof(text))
            return text
        if (kept := self._texts.get(text)) is None:
            self._allowance.spend(TEXT_COST + getsizeof(text))
            kept = text
            if len(self._texts) < MEMO:
                self._texts[text] = text
        return kept
