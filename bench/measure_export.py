"""Export of 100,000 rows in 20 columns as a styled workbook, against

(a) the floor: the same cells joined as text and deflated at the same level, with nothing else around them;
(b) openpyxl: write-only, one styled cell for each column, used again for every row;
(c) tablib: a dataset of the same rows as a workbook.

Ours is measured twice: the writer alone, given the rows as the others are, and the whole export of a list as a page or job
does it, database included. (b) and (c) are given rows that stand in memory in either case, and moments without a time zone,
which they refuse. (a) and the writer alone get each row as the list gives it, and once more with moments and whole
numbers, which this list has not.
"""

import os
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path

from bench import cadres
from bench.database import scratch, use
from bench.measures import Against, Memory, Times

ROWS, WHAT = 100_000, "export 100,000 x 20"
NOT_SHOWN = {"sex", "latest_campaign"}  # of 22 columns
EPOCH = datetime(2022, 4, 1, tzinfo=UTC)


def measures():
    with scratch() as place:
        os.environ["BENCH_PLACE"] = str(place)
        cadres.fill(ROWS)
        plain, mixed = listed(), with_moments(*listed())
        others = [
            Against("openpyxl, write-only", partial(by_openpyxl, *plain), 0.2),
            Against("tablib", partial(by_tablib, *plain), 0.2),
        ]
        floor = "joined as text, deflated"
        yield Times(f"{WHAT}, writer", partial(by_us, *plain), [Against(floor, partial(as_text, *plain), 1.5)])
        yield Times(f"{WHAT}, writer, with moments", partial(by_us, *mixed), [Against(floor, partial(as_text, *mixed), 1.5)])
        yield Times(f"{WHAT}, from database", from_database, [Against(floor, partial(as_text, *plain)), *others], rounds=2)
        yield Memory(f"{WHAT}, from database", "bench.measure_export:from_database", 100)


def _out(name):
    return (Path(os.environ["BENCH_PLACE"]) / name).open("w+b")


# --- the whole way


def from_database():
    """What a page or a job does when a list is exported, but for the answer."""
    use()
    from assessment import files
    from assessment.views.exports import Export

    export = Export(_listing(), "测量")
    with _out("ours.xlsx") as file:
        export.write(file)
        export.issue(files.digest(file))
    assert export.rows == ROWS


def _listing():
    from django.http import QueryDict

    from assessment.views.cadres import CadreList
    from people.models import User

    asked = QueryDict(mutable=True)
    asked.setlist("columns", [name for name in CadreList.table_class.base_columns if name not in NOT_SHOWN])
    return CadreList.opened(User.objects.get(username=cadres.USER), {}).listing(asked)


# --- rows in memory


@cache
def listed():
    """(headings, kinds, rows) of the list."""
    listing = _listing()
    table = listing.table(listing.queryset)
    rows = list(table.typed_rows(listing.queryset.iterator(chunk_size=2000)))
    assert len(rows) == ROWS and len(rows[0]) == 20
    return table.headings(), table.kinds(), rows


def with_moments(headings, kinds, rows):
    """The same with moments and whole numbers in place of the third and the last column."""
    kinds = [*kinds[:2], "datetime", *kinds[3:-1], "integer"]
    moments = (EPOCH + timedelta(seconds=7919 * n % 8_000_000) for n in range(ROWS))
    return headings, kinds, [[*row[:2], moment, *row[3:-1], n % 40] for n, (row, moment) in enumerate(zip(rows, moments, strict=True))]


def by_us(headings, kinds, rows):
    from assessment.sheets.workbook.write import Sheet, write_workbook

    with _out("writer.xlsx") as file:
        write_workbook(file, [Sheet("list", headings, iter(rows), kinds)])


def as_text(headings, kinds, rows):
    from assessment.sheets.workbook.write import LEVEL

    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    with _out("floor") as file:
        for start in range(0, len(rows), 1000):
            lines = ["\t".join(["" if value is None else str(value) for value in row]) for row in rows[start : start + 1000]]
            file.write(deflate.compress("\n".join(lines).encode()))
        file.write(deflate.flush())


def by_openpyxl(headings, kinds, rows):
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    from assessment.sheets.workbook.values import KINDS

    book = Workbook(write_only=True)
    sheet, cells = book.create_sheet("list"), []
    for kind in kinds:
        cell = WriteOnlyCell(sheet)
        cell.number_format, cell.alignment = KINDS[kind], Alignment(vertical="top", wrap_text=kind == "text")
        cells.append(cell)
    sheet.append(headings)
    for row in rows:
        for cell, value in zip(cells, row, strict=True):
            cell.value = value
        sheet.append(cells)
    with _out("openpyxl.xlsx") as file:
        book.save(file)


def by_tablib(headings, kinds, rows):
    import tablib

    book = tablib.Databook([tablib.Dataset(*rows, headers=headings, title="list")])
    with _out("tablib.xlsx") as file:
        file.write(book.export("xlsx"))
