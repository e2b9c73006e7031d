"""Workbooks as LibreOffice reads them: it writes what it understood as flat XML, where every value has its type and style."""

import subprocess
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from xml.etree import ElementTree

from tests.machine import need

_SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "number": "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
}
_WIDE = {"year": "yyyy", "month": "mm", "day": "dd", "hours": "hh", "minutes": "mm", "seconds": "ss"}


def _(name):
    """A name with its namespace, as ElementTree has it."""
    space, _colon, own = name.partition(":")
    return f"{{{_SPACES[space]}}}{own}"


@dataclass(frozen=True)
class Cell:
    """value: str, date, datetime, float or bool, None if blank. format: as Excel writes it."""

    value: object = None
    format: str = "General"
    bold: bool = False
    fill: str = ""
    wrap: bool = False


@dataclass
class Sheet:
    rows: list = field(default_factory=list)
    widths: list = field(default_factory=list)  # in inches
    filter: str = ""  # range of the auto filter
    hidden: bool = False


def read(paths, folder):
    """[{sheet title: Sheet}] of workbooks, which LibreOffice opens in one start. How a sheet is frozen it does not tell."""
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [need("LibreOffice"), profile, "--headless", "--convert-to", "fods", "--outdir", folder, *paths]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return [_book(ElementTree.parse(folder / f"{Path(path).stem}.fods").getroot()) for path in paths]


def _book(root):
    formats = {each.get(_("style:name")): _format(each) for each in root.iter() if each.tag.startswith(f"{{{_SPACES['number']}}}")}
    styles = {each.get(_("style:name")): each for each in root.iter(_("style:style"))}
    sheets = {}
    for table in root.iter(_("table:table")):
        sheets[table.get(_("table:name"))] = _sheet(table, styles, formats)
    for ranged in root.iter(_("table:database-range")):
        title, _dot, area = ranged.get(_("table:target-range-address")).rpartition(":")[0].rpartition(".")
        last = ranged.get(_("table:target-range-address")).rpartition(".")[2]
        if ranged.get(_("table:display-filter-buttons")) == "true":
            sheets[title.strip("'").replace("''", "'")].filter = f"{area}:{last}"
    return sheets


def _sheet(table, styles, formats):
    sheet = Sheet()
    properties = styles[table.get(_("table:style-name"))].find(_("style:table-properties"))
    sheet.hidden = properties.get(_("table:display")) == "false"
    for column in table.iter(_("table:table-column")):
        width = styles[column.get(_("table:style-name"))].find(_("style:table-column-properties")).get(_("style:column-width"))
        sheet.widths += [float(width.removesuffix("in"))] * min(int(column.get(_("table:number-columns-repeated"), 1)), 100)
    looks = {}
    for row in table.iter(_("table:table-row")):
        cells = []
        for cell in row.findall(_("table:table-cell")):
            name = cell.get(_("table:style-name"), "Default")
            if name not in looks:
                looks[name] = _look(name, styles, formats)
            cells += [Cell(_value(cell), **looks[name])] * min(int(cell.get(_("table:number-columns-repeated"), 1)), 100)
        while cells and cells[-1] == Cell():
            cells.pop()
        sheet.rows += [cells] * min(int(row.get(_("table:number-rows-repeated"), 1)), 100)
    while sheet.rows and not sheet.rows[-1]:
        sheet.rows.pop()
    return sheet


def _look(name, styles, formats):
    look = {"format": "General", "bold": False, "fill": "", "wrap": False}
    style = styles[name]
    if (parent := style.get(_("style:parent-style-name"))) in styles:
        look |= _look(parent, styles, formats)
    if data := style.get(_("style:data-style-name")):
        look["format"] = formats.get(data, "General")
    for text in style.findall(_("style:text-properties")):
        look["bold"] = text.get(_("fo:font-weight"), "bold" if look["bold"] else "normal") == "bold"
    for cell in style.findall(_("style:table-cell-properties")):
        look["fill"] = cell.get(_("fo:background-color"), look["fill"]).removeprefix("transparent")
        look["wrap"] = cell.get(_("fo:wrap-option"), "wrap" if look["wrap"] else "") == "wrap"
    return look


def _format(style):
    """A number format, from its parts."""
    if style.tag == _("number:text-style"):
        return "@"
    found = ""
    for part in style:
        name = part.tag.rpartition("}")[2]
        if name == "text":
            found += part.text or " "
        elif name == "number":
            places, least = (int(part.get(_(f"number:{which}-places"), 0)) for which in ("decimal", "min-decimal"))
            if part.get(_("number:decimal-places")) is None:
                return "General"
            found += "0" + ("." if places else "") + "0" * least + "#" * (places - least)
        elif name in _WIDE:
            found += _WIDE[name] if name in ("hours", "minutes") or part.get(_("number:style")) == "long" else _WIDE[name][0]
    return found


def _value(cell):
    kind = cell.get(_("office:value-type"))
    if kind == "date":
        value = cell.get(_("office:date-value"))
        return datetime.fromisoformat(value[:19]) if "T" in value else date.fromisoformat(value)
    if kind == "boolean":
        return cell.get(_("office:boolean-value")) == "true"
    if kind in ("float", "percentage", "currency"):
        return float(cell.get(_("office:value")))
    return None if kind is None else "\n".join(map(_text, cell.findall(_("text:p"))))


def _text(paragraph):
    found = paragraph.text or ""
    for part in paragraph:
        name = part.tag.rpartition("}")[2]
        if name == "s":
            found += " " * int(part.get(_("text:c"), 1))
        elif name in ("tab", "line-break"):
            found += "\t" if name == "tab" else "\n"
        else:
            found += _text(part)
        found += part.tail or ""
    return found
