"""Excel in: what a person uploads is not trusted (DESIGN section 9; limits and traps measured in reference/libraries.md 4.1).

    for table in read_tables(file, wanted={"单位", "units"}):
        table.headings, table.rows

Refuses (raises `Refused`) what is no workbook, is too large, or unpacks into far more than it weighs. XML with entities
is refused by defusedxml, which openpyxl uses when it is there.
"""

import re
import warnings
import zipfile
from dataclasses import dataclass, field

from openpyxl import load_workbook

from assessment.columns import fold
from people.refusals import Refusal, Refused

FILE_LIMIT = 20 * 2**20
UNPACKED_LIMIT = 200 * 2**20
MEMBER_LIMIT = 200
RATIO_LIMIT = 100
RATIO_FREE = 10 * 2**20  # below this size a high ratio only means a small, repetitive workbook
ROW_LIMIT = 200_000
COLUMN_LIMIT = 256
_ESCAPED = re.compile("_x005F_(?=x[0-9A-Fa-f]{4}_)|_x000D_")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


@dataclass
class Table:
    """One sheet as read. headings: (column, text) of those not blank; rows: (row number, values by column).

    faulty: (row, column, code of a refusal, value) of cells whose value cannot be taken.
    """

    title: str
    headings: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    faulty: list = field(default_factory=list)
    stray: bool = False  # there are values outside the columns that have a heading


def read_tables(file, wanted):
    """(tables, titles): the sheets whose folded titles are in `wanted`, and the titles of all sheets.

    file: a path or an open binary file.
    """
    try:
        with_formulas = _check_package(file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of styles and extensions that it leaves out
            return _read(file, wanted, with_formulas)
    except (Refused, OSError):
        raise
    except Exception as error:  # whatever a broken or hostile file does to the reader
        raise Refused(Refusal("not_a_workbook", {"why": type(error).__name__})) from error


def _size(file):
    if hasattr(file, "seek"):
        file.seek(0, 2)
        size = file.tell()
        file.seek(0)
        return size
    with open(file, "rb") as opened:
        return _size(opened)


def _check_package(file):
    """Refuse what is too large, before anything is unpacked; answers whether any sheet holds a formula."""
    if _size(file) > FILE_LIMIT:
        raise Refused(Refusal("file_too_large", {"limit": FILE_LIMIT >> 20}))
    try:
        package = zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise Refused(Refusal("not_a_workbook", {"why": "zip"})) from error
    with package:
        members = package.infolist()
        unpacked, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
        if len(members) > MEMBER_LIMIT:
            raise Refused(Refusal("workbook_too_large", {"what": len(members), "limit": MEMBER_LIMIT}))
        if unpacked > UNPACKED_LIMIT or (unpacked > RATIO_FREE and unpacked > packed * RATIO_LIMIT):
            raise Refused(Refusal("workbook_too_large", {"what": f"{unpacked >> 20} MB", "limit": f"{UNPACKED_LIMIT >> 20} MB"}))
        names = {m.filename for m in members}
        if "[Content_Types].xml" not in names or not any(name.endswith("workbook.xml") for name in names):
            raise Refused(Refusal("not_a_workbook", {"why": "xlsx"}))
        sheets = [m for m in members if m.filename.startswith("xl/worksheets/") and m.filename.endswith(".xml")]
        return any(_holds_formula(package, member) for member in sheets)


def _holds_formula(package, member):
    with package.open(member) as stream:
        rest = b""
        while block := stream.read(1 << 20):
            if _FORMULA.search(rest + block):
                return True
            rest = block[-32:]
    return False


def _read(file, wanted, with_formulas):
    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        tables, count = [], 0
        for sheet in book.worksheets:
            if fold(sheet.title) in wanted:
                tables.append(_read_table(sheet))
                count += len(tables[-1].rows)
                if count > ROW_LIMIT:
                    raise Refused(Refusal("too_many_rows", {"limit": ROW_LIMIT}))
        titles = [sheet.title for sheet in book.worksheets]
    finally:
        book.close()
    if with_formulas and tables:
        _find_formulas(file, tables)
    return tables, titles


def _read_table(sheet):
    sheet.reset_dimensions()  # what the file says of its size may be wrong by a million rows
    table = Table(sheet.title)
    first = next(sheet.iter_rows(max_row=1, max_col=COLUMN_LIMIT), ())
    for column, cell in enumerate(first):
        text = "" if cell.value is None else str(cell.value).strip()
        if text:
            table.headings.append((column, text))
    if not table.headings:
        return table
    width = table.headings[-1][0] + 1
    headed = {column for column, _ in table.headings}
    for number, cells in enumerate(sheet.iter_rows(max_col=width + 1), 1):
        if number == 1:
            continue
        values, blank = [], True
        for column, cell in enumerate(cells):
            value = cell.value
            if value is not None and value != "":
                if cell.data_type == "e" and column in headed:
                    table.faulty.append((number, column, "cell_error", value))
                    value = None
                elif isinstance(value, str):
                    value = _ESCAPED.sub(lambda found: "_" if found[0] == "_x005F_" else "", value) if "_x00" in value else value
                if column not in headed:
                    table.stray = True
                else:
                    blank = False
            values.append(value)
        if not blank:
            table.rows.append((number, values))
            if len(table.rows) > ROW_LIMIT:
                raise Refused(Refusal("too_many_rows", {"limit": ROW_LIMIT}))
    return table


def _find_formulas(file, tables):
    """A formula that no program has computed yet has no value: taking it for a blank would clear what stands there."""
    book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
    try:
        for table in tables:
            sheet, values = book[table.title], dict(table.rows)
            sheet.reset_dimensions()
            columns = {column for column, _ in table.headings}
            width = max(columns, default=-1) + 1
            for number, cells in enumerate(sheet.iter_rows(max_col=width) if width else (), 1):
                for column, cell in enumerate(cells):
                    if cell.data_type == "f" and column in columns and number > 1:
                        row = values.get(number)
                        if row is None or row[column] is None:
                            table.faulty.append((number, column, "formula_without_value", cell.value))
    finally:
        book.close()
