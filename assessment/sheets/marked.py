"""Somebody's own workbook with its errors marked: faulty cells are coloured, the reasons stand in a column of their own.

    write(file, source_path, work.faults)

The XML of the sheets is edited as it passes through and every other part is copied as it is. openpyxl would have to hold
200,000 rows in memory, and would lose what it does not know: charts, images, buttons. No comments: they would take three
more parts for each sheet, and nobody can filter or print them.
"""

import re
import zipfile
from collections import defaultdict
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from openpyxl.utils import column_index_from_string, get_column_letter

from assessment.columns import fold, is_aside
from assessment.sheets.allowance import Allowance
from assessment.sheets.book import Book, plain
from assessment.sheets.cells import COLUMN_LIMIT
from assessment.sheets.exchange_read import format_of
from assessment.sheets.marks import Styles
from assessment.sheets.markup import parse
from assessment.sheets.package import open_package
from assessment.sheets.read import HEAD_ROWS, find_headings, heading_fields, upright
from assessment.sheets.rewrite import Rewriter, tag
from assessment.sheets.write import typed
from assessment.wording import sentence
from people.refusals import Refusal

WIDTH = 60  # of the column of reasons, in characters
LOOKED_AT = 4 * HEAD_ROWS  # rows in which headings are looked for: some may turn out to be blank
_REFERENCE = re.compile(r"([A-Z]+\d+):([A-Z]+)(\d+)")


def write(file, source, faults):
    """Write the marked copy of the workbook at the path `source` to an open binary file."""
    by_sheet = defaultdict(lambda: defaultdict(list))
    for fault in faults:
        by_sheet[fault.sheet][fault.row].append(fault)
    with open(source, "rb") as opened, open_package(opened) as package:
        book = Book(package, Allowance())
        looks = {}
        for title, part, _hidden in book.sheets:
            if by_sheet.get(title) and part not in looks:
                looks[part] = _Look(title, by_sheet[title])
                looks[part].run(package.blocks(part))
        _name_headings(package, book.linked("sharedStrings"), looks.values())
        part = book.linked("styles")
        styles = Styles(package.blocks(part) if part else None)
        styles.need(set().union({None}, *(look.styles() for look in looks.values())))
        with zipfile.ZipFile(file, "w") as copy:
            for name in package.names:
                member = zipfile.ZipInfo(name)
                member.compress_type = zipfile.ZIP_DEFLATED
                with copy.open(member, "w") as target:
                    if name in looks:
                        _Mark(target.write, looks[name], styles).run(package.blocks(name))
                    elif name == part and styles.changed:
                        styles.rewrite(target.write, package.blocks(name))
                    else:
                        for block in package.blocks(name):
                            target.write(block)


def reasons(faults):
    """What is wrong with a row, one line for each error."""
    said = []
    for fault in faults:
        words = sentence(Refusal(fault.code, fault.facts))
        said.append(f"{fault.column}：{words}" if fault.column else words)
    return "\n".join(dict.fromkeys(said))


def _name_headings(package, part, looks):
    """Find the headings among the first rows; their texts may be shared ones."""
    wanted, strings = set().union(*(look.shared for look in looks)), {}
    number, pieces = 0, []

    def item(_text):
        nonlocal number
        if number in wanted:
            strings[number] = plain(pieces)
        number += 1
        pieces.clear()

    if part and wanted:
        parse(package.blocks(part), {}, {"t": pieces.append, "si": item})
    for look in looks:
        look.name_headings(strings)


class _Sheet(Rewriter):
    """A sheet on its way through: knows in which row and column it is."""

    NAMES = ("dimension", "cols", "col", "sheetData", "row", "c", "v", "t", "f", "mergeCell")

    def __init__(self, write=lambda piece: None):
        super().__init__(write)
        self._row = self._column = 0
        self._numbers = {}

    def _begin_row(self, attributes):
        self._row, self._column = int(attributes.get("r", self._row + 1)), 0

    def _begin_cell(self, attributes):
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            letters = reference.rstrip("0123456789")
            self._column = self._numbers.get(letters) or self._numbers.setdefault(letters, column_index_from_string(letters))


class _Look(_Sheet):
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
        return {int(text) for _, cells in self._top for kind, text, _ in cells.values() if kind == "s" and text.strip().isdecimal()}

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
        elif own == "col":
            self.columns.append((int(attributes.get("min", 0)), int(attributes.get("max", 0)), attributes.get("style")))
        elif own == "mergeCell":
            self._merged.append(attributes.get("ref", ""))

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
        for number, cells in self._top:
            values = {c: strings.get(int(text), "") if kind == "s" else plain([text]) for c, (kind, text, _) in cells.items()}
            if any(values.values()):
                rows.append((number, [values.get(column) or None for column in range(max(values) + 1)]))
        fields = heading_fields(format_of(self.title))
        self.head, headings = find_headings(rows, upright(_ranges(self._merged)), fields)
        places = defaultdict(list)
        for column, text in headings:
            if is_aside(text):
                self.aside, self.aside_used = self.aside or column + 1, True
            else:
                places[fold(text)].append(column + 1)
        self.places = places
        last = headings[-1][0] if headings else 0
        self.head_style = next((cells[last][2] for number, cells in self._top if number == self.head and last in cells), None)
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


def _ranges(merged):
    for reference in merged:
        if found := re.fullmatch(r"([A-Z]+)(\d+):[A-Z]+(\d+)", reference):
            yield int(found[2]), column_index_from_string(found[1]) - 1, int(found[3])


class _Mark(_Sheet):
    """Second pass: the copy."""

    def __init__(self, write, look, styles):
        super().__init__(write)
        self._look, self._styles = look, styles
        self._letter = get_column_letter(look.aside) if look.aside else ""
        self._width_given = not look.aside or look.aside_used
        self._pending, self._default, self._after = {}, None, None

    def start(self, name, attributes):
        own = self.own.get(name)
        if own == "dimension":
            self._dimension(name, attributes)
        elif own == "cols" and not self._width_given and not self.tag().endswith(b"/>"):
            self.listen(self._col, self._end_cols)
        elif own == "sheetData":
            if not self._width_given:
                self.insert(f"<{self.prefix}cols>{self._width()}</{self.prefix}cols>")
            self._row_name, self._cell_name = f"{self.prefix}row", f"{self.prefix}c"
            self._restore = bool(self._styles.plain) or self._look.aside_used
            self.listen(self._in_row if self._restore else self._between_rows)

    # --- before the rows

    def _dimension(self, name, attributes):
        found = _REFERENCE.fullmatch(attributes.get("ref", ""))
        if found and self._look.aside and self.tag().endswith(b"/>"):
            last = max(self._look.aside, column_index_from_string(found[2]))
            self.replace(tag(name, {**attributes, "ref": f"{found[1]}:{get_column_letter(last)}{found[3]}"}))

    def _width(self, **attributes):
        self._width_given = True
        return tag(f"{self.prefix}col", {"min": self._look.aside, "max": self._look.aside, "width": WIDTH, "customWidth": 1, **attributes})

    def _col(self, name, attributes):
        """Widths of columns must not overlap and stand in order."""
        first, last, aside = int(attributes.get("min", 0)), int(attributes.get("max", 0)), self._look.aside
        if self._width_given or last < aside or not self.tag().endswith(b"/>"):
            return
        if first > aside:
            self.insert(self._width())
            return
        pieces = [self._width(style=attributes.get("style"))]
        if first < aside:
            pieces.insert(0, tag(name, {**attributes, "max": aside - 1}))
        if aside < last:
            pieces.append(tag(name, {**attributes, "min": aside + 1}))
        self.replace("".join(pieces))

    def _end_cols(self, name):
        if name == f"{self.prefix}cols":
            if not self._width_given:
                self.insert(self._width())
            self.listen(self.start)

    # --- rows

    def _between_rows(self, name, attributes):
        if name == self._row_name:
            self._start_row(name, attributes)

    def _in_row(self, name, attributes):
        if name == self._row_name:
            self._start_row(name, attributes)
        elif name == self._cell_name:
            self._cell(name, attributes)

    def _start_row(self, name, attributes):
        self._begin_row(attributes)
        self._after = None
        look, faults = self._look, self._look.faults.get(self._row, ())
        self._pending = dict.fromkeys(sorted(look.targets(faults)))
        self._default = attributes.get("s") if attributes.get("customFormat") in ("1", "true") else None
        if look.aside and (faults or self._row == look.head):
            text = reasons(faults)
            if self._row == look.head:
                text = "：".join(filter(None, [_("Problems"), text]))
            self._pending[look.aside] = text
            self._pending = dict(sorted(self._pending.items()))
        if not self._pending:
            return
        attributes.pop("spans", None)
        if self.tag().endswith(b"/>"):
            self.replace(tag(name, attributes, ">") + self._missing() + f"</{name}>")
        else:
            self.replace(tag(name, attributes, ">"))
            self._after = self._end_row
            self.listen(self._in_row, self._after)

    def _end_row(self, name):
        if name == self._row_name:
            if self._pending:
                self.insert(self._missing())
            self.listen(self._in_row if self._restore else self._between_rows)

    def _missing(self, before=1 << 14):
        """Cells to be marked that are not there, up to a column."""
        text = ""
        for column in [each for each in self._pending if each < before]:
            said = self._pending.pop(column)
            default = self._default or self._look.default(column)
            place = f"{get_column_letter(column)}{self._row}"
            text += self._reason(place, said) if said else tag(self._cell_name, {"r": place, "s": self._styles.marked.get(default)})
        return text

    def _reason(self, place, said):
        style = self._look.head_style if self._row == self._look.head else self._styles.reason
        style = self._styles.plain.get(style, style)
        name, said = self._cell_name, escape(typed(said, "text")[0])
        text = f'<{self.prefix}t xml:space="preserve">{said}</{self.prefix}t>'
        return tag(name, {"r": place, "s": style, "t": "inlineStr"}, ">") + f"<{self.prefix}is>{text}</{self.prefix}is></{name}>"

    def _cell(self, name, attributes):
        self._begin_cell(attributes)
        column, style = self._column, attributes.get("s")
        if self._pending and next(iter(self._pending)) < column:
            self.insert(self._missing(column))
        if column == self._look.aside:
            self._drop_cell()
        elif column in self._pending:
            del self._pending[column]
            self._restyle(name, attributes, self._styles.marked.get(style))
        elif style in self._styles.plain:
            self._restyle(name, attributes, self._styles.plain[style])

    def _restyle(self, name, attributes, style):
        if style is not None:
            self.replace(tag(name, {**attributes, "s": style}, "/>" if self.tag().endswith(b"/>") else ">"))

    def _drop_cell(self):
        """What an earlier copy said of this row goes."""
        if said := self._pending.pop(self._column, None):
            self.insert(self._reason(f"{self._letter}{self._row}", said))
        self.drop()
        self.listen(None, self._end_dropped)

    def _end_dropped(self, name):
        if name == self._cell_name:
            self.keep()
            self.listen(self._in_row, self._after)
