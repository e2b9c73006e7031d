"""The parts of a workbook that tell how its cells are read: which sheets there are, texts, formats, system of dates.

Refuses what is no .xlsx, and one that holds macros or draws on other files. Content types and relationships decide, as in
Excel; names of parts only where they help.
"""

import posixpath
import re
from functools import cached_property
from sys import getsizeof

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from assessment.sheets.workbook.allowance import OTHER_COST, TEXT_COST, Allowance
from assessment.sheets.workbook.markup import TEXT_LIMIT, check_prolog, local, parse
from assessment.sheets.workbook.package import refused

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_MACROS = ("macroenabled", "vbaproject", "macrosheet", "dialogsheet")
_SOURCES = ("externallink", "connections", "querytable")
#: Formats of Excel's Chinese editions that stand in no workbook: 2022年5月, 2022年5月6日, 13时5分 and the like.
_CHINESE_DAYS = {str(number): "date" for number in (*range(27, 37), *range(50, 59))}


class Book:
    """An opened workbook. sheets: [(title, name of its part or None, is it hidden)]."""

    def __init__(self, package, allowance=None):
        self.package, self._allowance = package, allowance or Allowance()
        self._parts = {name.casefold(): name for name in package.names}
        main = self._check()
        self._links = self._links_of(main)
        self.sheets, self.epoch = [], CALENDAR_WINDOWS_1900
        parse(package.blocks(main), {"workbookPr": self._properties, "sheet": self._sheet})

    # --- the package

    def _check(self):
        """The part that everything hangs on."""
        if "[content_types].xml" not in self._parts:
            raise refused(self._other_zip())
        for name in self.package.names:
            check_prolog(self.package.blocks(name))
        self._types = {}  # part or extension -> content type
        parse(self.package.blocks(self._parts["[content_types].xml"]), {"Override": self._type, "Default": self._type})
        main = self._main()
        kind = self._types.get(main.casefold()) or self._types.get(main.casefold().rpartition(".")[2], "")
        if "spreadsheetml" not in kind and "macroenabled" not in kind:
            raise refused("file_word" if "wordprocessingml" in kind else "not_a_workbook")
        if "sheet.binary" in kind:
            raise refused("file_binary")
        if any(mark in word for mark in _MACROS for word in (*self._types.values(), *self._parts)):
            raise refused("file_macros")
        for name in self.package.names:
            if name.casefold().endswith(".rels"):
                parse(self.package.blocks(name), {"Relationship": _no_sources})
        return main

    def _other_zip(self):
        if "mimetype" in self._parts and b"opendocument" in self.package.read(self._parts["mimetype"])[:100]:
            return "file_opendocument"
        return "file_archive" if any(name.endswith((".xlsx", ".xls", ".et")) for name in self._parts) else "not_a_workbook"

    def _type(self, attributes):
        self._allowance.spend(OTHER_COST)
        key = attributes.get("PartName") or attributes.get("Extension") or ""
        self._types[key.lstrip("/").casefold()[:1000]] = attributes.get("ContentType", "").casefold()[:200]

    def _main(self):
        for target, kind in self._links_of("").values():
            if kind == "officeDocument" and target in self._parts:
                return self._parts[target]
        raise refused("not_a_workbook")

    def _links_of(self, part):
        """{id: (part in small letters, kind)} of what a part refers to."""
        folder, name = posixpath.split(part)
        links = {}

        def link(attributes):
            self._allowance.spend(OTHER_COST)
            target = attributes.get("Target", "")[:1000].replace("\\", "/")
            target = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            links[attributes.get("Id", "")[:100]] = (target.casefold(), _kind(attributes))

        if found := self._parts.get(posixpath.join(folder, "_rels", f"{name}.rels").casefold()):
            parse(self.package.blocks(found), {"Relationship": link})
        return links

    def linked(self, kind):
        """The part of a kind that the workbook refers to, or None."""
        return next((self._parts[target] for target, each in self._links.values() if each == kind and target in self._parts), None)

    # --- the workbook

    def _properties(self, attributes):
        if attributes.get("date1904") in ("1", "true"):
            self.epoch = CALENDAR_MAC_1904

    def _sheet(self, attributes):
        self._allowance.spend(OTHER_COST)
        link = next((value for name, value in attributes.items() if local(name) == "id"), "")
        target, kind = self._links.get(link, ("", "worksheet"))
        if kind == "worksheet":  # a chart may have a sheet of its own
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", "")[:100], self._parts.get(target), hidden))

    @cached_property
    def formats(self):
        """{id of a style, as text: how its numbers are meant}: "date", "delta", "percent", or the number of digits that a
        code is filled up to."""
        codes = {str(number): _meaning(code) for number, code in BUILTIN_FORMATS.items()} | _CHINESE_DAYS
        styles, inside = [], False

        def number_format(attributes):
            if styles:
                return  # of a conditional format, which has numbers of its own
            self._allowance.spend(OTHER_COST)
            codes[attributes.get("numFmtId", "")[:10]] = _meaning(attributes.get("formatCode", "")[:255])

        def cell_formats(_):
            nonlocal inside
            inside = not inside

        def style(attributes):
            if inside:
                self._allowance.spend(OTHER_COST)
                styles.append(attributes.get("numFmtId", "0")[:10])

        if part := self.linked("styles"):
            starts = {"numFmt": number_format, "cellXfs": cell_formats, "xf": style}
            parse(self.package.blocks(part), starts, {"cellXfs": cell_formats})
        return {str(number): codes[key] for number, key in enumerate(styles) if codes.get(key)}

    @cached_property
    def strings(self):
        """The shared texts, without the signs that tell how they are pronounced."""
        strings, pieces, aside = [], [], False

        def piece(text):
            if text and not aside:
                pieces.append(text)
                if len(pieces) > TEXT_LIMIT:
                    raise refused("text_too_long", limit=TEXT_LIMIT)

        def reading(_):
            nonlocal aside
            aside = not aside

        def item(_):
            text = plain(pieces)
            if len(text) > TEXT_LIMIT:
                raise refused("text_too_long", limit=TEXT_LIMIT)
            self._allowance.spend(TEXT_COST + getsizeof(text))
            strings.append(text)
            pieces.clear()

        if part := self.linked("sharedStrings"):
            parse(self.package.blocks(part), {"rPh": reading}, {"t": piece, "rPh": reading, "si": item})
        return strings


def _kind(attributes):
    return attributes.get("Type", "").rpartition("/")[2]


def _no_sources(attributes):
    kind = _kind(attributes)
    outside = attributes.get("TargetMode") == "External" and kind != "hyperlink"
    if outside or kind.casefold().startswith(_SOURCES):
        raise refused("file_links", what=attributes.get("Target", "")[:100])


def _meaning(code):
    """How numbers of a format are meant, if they are not just numbers."""
    if is_timedelta_format(code):
        return "delta"
    if is_date_format(code):
        return "date"
    if "%" in re.sub(r'"[^"]*"|\\.', "", code):
        return "percent"
    return len(code) if re.fullmatch("00+", code) else None


def plain(pieces):
    """A text from its pieces, with the signs that XML cannot hold."""
    text = "".join(pieces)
    return _ESCAPED.sub(_sign, text) if "_x" in text else text


def _sign(found):
    number = int(found[1], 16)
    return "" if not number or 0xD800 <= number < 0xE000 else chr(number)  # what no database keeps
