"""Where in a sheet its errors stand: which row has the headings, which column bears which, what is free.

A first pass over the sheet's XML finds it out; the second one (`marked`) changes it.
"""

import re
from collections import defaultdict

from openpyxl.utils import column_index_from_string

from assessment.columns import fold, is_aside
from assessment.sheets.exchange.read import format_of
from assessment.sheets.workbook.book import plain
from assessment.sheets.workbook.cells import COLUMN_LIMIT, LAST_COLUMN
from assessment.sheets.workbook.markup import parse
from assessment.sheets.workbook.read import HEAD_ROWS, find_headings, heading_fields, upright
from assessment.sheets.workbook.rewrite import Rewriter, number

_RANGE = re.compile(r"([A-Z]+)(\d+):[A-Z]+(\d+)")
LOOKED_AT = 4 * HEAD_ROWS  # rows in which headings are looked for: some may turn out to be blank


def name_headings(package, part, looks):
    """Find the headings among the first rows; their texts may be shared ones."""
    wanted, strings = set().union(*(look.shared for look in looks)), {}
    count, pieces, aside = 0, [], False

    def reading(_):  # how a text is pronounced
        nonlocal aside
        aside = not aside

    def piece(text):
        if not aside:
            pieces.append(text)

    def item(_text):
        nonlocal count
        if count in wanted:
            strings[count] = plain(pieces)
        count += 1
        pieces.clear()

    if part and wanted:
        parse(package.blocks(part), {"rPh": reading}, {"rPh": reading, "t": piece, "si": item})
    for look in looks:
        look.name_headings(strings)


class Passing(Rewriter):
    """A sheet on its way through: knows in which row and column it is."""

    NAMES = ("dimension", "cols", "col", "sheetData", "row", "c", "v", "t", "f", "mergeCell")

    def __init__(self, write=lambda piece: None):
        super().__init__(write)
        self._row = self._column = 0
        self._numbers = {}

    def _begin_row(self, attributes):
        self._row, self._column = number(attributes.get("r"), self._row + 1), 0

    def _begin_cell(self, attributes):
        reference = attributes.get("r")
        if not reference:
            self._column += 1
        else:
            letters = reference.rstrip("0123456789")
            self._column = self._numbers.get(letters) or self._numbers.setdefault(letters, column_index_from_string(letters))


class Look(Passing):
    """First pass: where the headings are, which columns and formats are in use."""

    def __init__(self, title, faults):
        super().__init__()
        self.title, self.faults = title, faults  # faults: {row: [Fault]}
        self.used = 0  # the last column that holds anything
        self.seen = defaultdict(set)  # column -> formats of its cells in faulty rows
        self.columns = []  # (first, last, format)
        self._top, self._merged, self._kind, self._text = [], [], None, ""
        self.head, self.places, self.aside, self.aside_used, self.head_style = 0, {}, None, False, None

    @property
    def shared(self):
        """Numbers of the shared texts among the first rows."""
        return {number(text, -1) for _, cells in self._top for kind, text, _ in cells.values() if kind == "s"}

    def start(self, name, attributes):
        own = self.own.get(name)
        if own == "c":
            self._begin_cell(attributes)
            self._attributes = attributes
            if self._row in self.faults:
                self.seen[self._column].add(attributes.get("s"))
        elif own in ("v", "t", "f"):
            if self.used < self._column <= COLUMN_LIMIT:
                self.used = self._column
            if len(self._top) <= LOOKED_AT and own != "f":
                self.listen(self.start, self._end, self._texts)
        elif own == "row":
            self._begin_row(attributes)
            if attributes.get("customFormat") in ("1", "true") and self._row in self.faults:
                self.seen[0].add(attributes.get("s"))
        elif own == "col" and len(self.columns) < LAST_COLUMN:
            self.columns.append((number(attributes.get("min")), number(attributes.get("max")), attributes.get("style")))
        elif own == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def _merge(self, reference):
        if found := _RANGE.fullmatch(reference):
            first, last = int(found[2]), int(found[3])
            if first < last:
                self._merged.append((first, column_index_from_string(found[1]) - 1, last))

    def _texts(self, text):
        self._text += text

    def _end(self, name):
        if not self._top or self._top[-1][0] != self._row:
            self._top.append((self._row, {}))
        cells, kind, style = self._top[-1][1], self._attributes.get("t"), self._attributes.get("s")
        before = cells[self._column - 1][1] if self._column - 1 in cells else ""
        cells[self._column - 1] = (kind, before + self._text, style)
        self._text = ""
        self.listen(self.start)

    def name_headings(self, strings):
        """Which columns bear which heading, and where the reasons go."""
        rows = []
        for row, cells in self._top:
            values = {c: strings.get(number(text, -1), "") if kind == "s" else plain([text]) for c, (kind, text, _) in cells.items()}
            if any(values.values()):
                rows.append((row, [values.get(column) or None for column in range(max(values) + 1)]))
        fields = heading_fields(format_of(self.title))
        self.head, headings = find_headings(rows, upright(self._merged), fields)
        places = defaultdict(list)
        for column, text in headings:
            if is_aside(text):
                self.aside, self.aside_used = self.aside or column + 1, True
            else:
                places[fold(text)].append(column + 1)
        self.places = places
        last = headings[-1][0] if headings else 0
        self.head_style = next((cells[last][2] for row, cells in self._top if row == self.head and last in cells), None)
        if self.aside is None and self.used < COLUMN_LIMIT:
            self.aside = self.used + 1

    def targets(self, faults):
        """Columns of the cells that these errors are about."""
        return {column for fault in faults for column in self.places.get(fold(fault.column), ())}

    def default(self, column):
        """Format of a cell that is not there."""
        return next((style for first, last, style in self.columns if first <= column <= last), None)

    def styles(self):
        """Formats that are to be had in colour."""
        wanted = {column for faults in self.faults.values() for column in self.targets(faults)}
        found = set(self.seen[0])
        for column in wanted:
            found |= self.seen[column] | {self.default(column)}
        return found
