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

from assessment.sheets.exchange.read import format_of
from assessment.sheets.workbook.allowance import Allowance
from assessment.sheets.workbook.book import Book
from assessment.sheets.workbook.marks import Styles
from assessment.sheets.workbook.package import open_package
from assessment.sheets.workbook.places import Look, Passing, name_headings
from assessment.sheets.workbook.rewrite import number, tag
from assessment.sheets.workbook.write import typed
from assessment.wording import sentence
from people.refusals import Refusal

WIDTH = 60  # of the column of reasons, in characters
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
            if (sheet := format_of(title)) and not sheet.out_only and part not in looks:
                looks[part] = Look(title, by_sheet.get(title, {}))
                looks[part].run(package.blocks(part))
        name_headings(package, book.linked("sharedStrings"), looks.values())
        looks = {part: look for part, look in looks.items() if look.faults or look.aside_used}
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


class _Mark(Passing):
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
        first, last, aside = number(attributes.get("min")), number(attributes.get("max")), self._look.aside
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
        look = self._look
        faults = look.faults.get(self._row, [])
        if self._row == look.head:
            faults = [*look.faults.get(0, []), *faults]  # what is wrong with the sheet as a whole
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
