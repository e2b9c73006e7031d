"""Every list export and the exchange workbook, opened by two readers that we did not write: LibreOffice and calamine.

What they see, cell by cell, is held against the values of the lists: value, type and format; then what a person sees:
headings, fills, widths, filters. openpyxl sees the rest, which neither tells (frozen headings, print set-up).
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import resolve
from django.utils import translation
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook

from assessment.sheets.exchange.write import Exporter, export
from people.actions import cadres, units
from people.refusals import Refused
from tests import cast
from tests.sheets import office
from tests.sides import sample, two_sides
from tests.site import addresses, all_columns, list_page, pages

pytestmark = pytest.mark.django_db
EXPORTS = sorted(name for name in pages() if name.endswith("_export"))
HEADING = {"bold": True, "fill": "#f1efea", "wrap": True}
#: Texts that a careless writer or reader makes something else of.
ODD = [
    "=1+1", "+86", "-3", "@x", "#N/A", "TRUE", "1e5", "007", "2022-05-06", "_x0041_", "a_x000D_b", "<兼> & 'x' \"y\"", "一行\n二行",
    "a  b", "a|b", "表情😀𠮷", "]]>", "&amp;", "{}", "100%", "%s", "\\n",
]  # fmt: skip


@dataclass
class Table:
    """A sheet as it should be: rows of (value, kind of column)."""

    headings: list
    kinds: list
    rows: list


@pytest.fixture(scope="module")
def files(django_db_setup, django_db_blocker, tmp_path_factory):
    """{name: (path, {sheet title: Table})} of all that is exported."""
    folder = tmp_path_factory.mktemp("exports")

    def build():
        w = two_sides()
        units.save(by=w.lin, rows=[{"code": "ODD", "name": "=单位<1>", "parent": "C"}])
        row = {"unit": "ODD", "birth_month": "1980-01", "in_post_since": date(2001, 2, 3)}
        cadres.save(by=w.lin, rows=[{**row, "code": f"ODD{n:02d}", "name": text, "post": text} for n, text in enumerate(ODD)])
        with translation.override("zh-hans"):
            return {name: listed(w, name, folder) for name in EXPORTS} | {"exchange": exchanged(w, folder)}

    with cast.standing(django_db_blocker, build) as made:
        yield made


def listed(w, name, folder):
    """The export of a list with all its columns, by somebody who may see it."""
    of, columns = list_page(name), QueryDict(mutable=True)
    for _, column in all_columns(name):
        columns.appendlist("columns", column)
    rows = {**sample(w.east_side), "campaign": [w.front]}
    address = addresses(name, rows)[0]
    for user in (w.lin, w.aud, w.sec, w.sys, w.east_side.a):  # together they see something in every list
        user, client = cast.again(user), Client()
        client.force_login(user)  # that is told in lists, too
        try:
            page = of.opened(user, resolve(address).kwargs)
        except Refused:
            continue
        listing = page.listing(columns)
        table = listing.table(listing.queryset)
        wanted = Table(table.headings(), table.kinds(), list(table.typed_rows(listing.queryset)))
        if wanted.rows:
            break
    response = client.post(f"{address}?{columns.urlencode()}", {"reason": "开会用"})
    path = folder / f"{name}.xlsx"
    path.write_bytes(b"".join(response.streaming_content))
    return path, {str(page.get_title())[:31]: wanted}


def exchanged(w, folder):
    path = folder / "exchange.xlsx"
    tables = {s.title: Table(list(s.headings), list(s.kinds), list(s.rows)) for s in Exporter(w.lin).sheets()}
    with path.open("w+b") as file:
        export(by=w.lin, file=file, reason="归档")
    return path, tables


@pytest.fixture(scope="module")
def in_office(files, tmp_path_factory):
    """{name: {sheet title: what LibreOffice sees}}; one start for all."""
    paths = [path for path, _ in files.values()]
    return dict(zip(files, office.read(paths, tmp_path_factory.mktemp("office")), strict=True))


def shown(value, kind):
    """(value, format) that a cell should have: said once more, in words of its own."""
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None, microsecond=0), "yyyy-mm-dd hh:mm"
    if isinstance(value, date):
        return value, "yyyy-mm-dd"
    if isinstance(value, int | float | Decimal):
        return float(value), {"integer": "0", "score": "0.00", "percent": "0.##"}.get(kind, "General")
    return str(value), "@" if kind == "id" else "General"


def instant(value):
    """A day and its midnight are one number in a cell; readers call it as they like."""
    return datetime.combine(value, time()) if type(value) is date else value


@pytest.mark.parametrize("name", [*EXPORTS, "exchange"])
def test_libreoffice_sees_what_the_list_holds(files, in_office, name):
    _path, tables = files[name]
    sheets = in_office[name]
    assert list(sheets) == [*tables, "说明"] and not any(sheet.hidden for sheet in sheets.values())
    for title, table in tables.items():
        sheet = sheets[title]
        assert sheet.rows[0] == [office.Cell(heading, **HEADING) for heading in table.headings], title
        assert len(sheet.rows) == 1 + len(table.rows)
        for number, (seen, values) in enumerate(zip(sheet.rows[1:], table.rows, strict=True), 2):
            seen = seen + [office.Cell()] * (len(values) - len(seen))
            for cell, value, kind in zip(seen, values, table.kinds, strict=True):
                if value is None or value == "":
                    assert cell.value is None, (title, number)
                    continue
                value, number_format = shown(value, kind)
                assert (type(instant(cell.value)), instant(cell.value)) == (type(instant(value)), instant(value)), (title, number)
                assert cell == office.Cell(cell.value, number_format, wrap=isinstance(value, str) and kind != "id"), (title, number)
        assert sheet.filter == f"A1:{get_column_letter(len(table.headings))}{1 + len(table.rows)}"
        assert all(width > 0.5 for width in sheet.widths[: len(table.headings)])


@pytest.mark.parametrize("name", [*EXPORTS, "exchange"])
def test_calamine_sees_what_the_list_holds(files, name):
    path, tables = files[name]
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == [*tables, "说明"]
    for title, table in tables.items():
        rows = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
        wanted = [table.headings]
        for values in table.rows:
            row = [(value, kind) for value, kind in zip(values, table.kinds, strict=True)]
            wanted.append(["" if value is None or value == "" else shown(value, kind)[0] for value, kind in row])
        assert [[(type(instant(v)), instant(v)) for v in row] for row in rows] == [
            [(type(instant(v)), instant(v)) for v in row] for row in wanted
        ], title


@pytest.mark.parametrize("name", [*EXPORTS, "exchange"])
def test_the_about_sheet_tells_of_the_file(files, in_office, name):
    _path, tables = files[name]
    about = {row[0].value: row[1].value for row in in_office[name]["说明"].rows if len(row) > 1}
    assert all(row[0].bold for row in in_office[name]["说明"].rows)
    assert about["导出事由" if name == "exchange" else "事由"] and type(about["导出时间"]) is datetime
    counts = [value for label, value in about.items() if label.startswith(("行数",))]
    assert counts == [len(table.rows) for table in tables.values()]
    assert len(about["历史末条"].split(" ")[1]) == 64


@pytest.mark.parametrize("name", [*EXPORTS, "exchange"])
def test_headings_stay_in_sight_and_pages_are_ready_to_print(files, name):
    path, tables = files[name]
    book = load_workbook(path)
    for title in tables:
        ws = book[title]
        assert (ws.freeze_panes, ws.print_title_rows, ws.sheet_state) == ("A2", "$1:$1", "visible")
        assert (ws.page_setup.orientation, ws.page_setup.paperSize, ws.page_setup.fitToWidth) == ("landscape", 9, 1)


def test_the_lists_hold_something_of_every_kind(files):
    """Else little was compared."""
    seen, empty = set(), []
    for name, (_path, tables) in files.items():
        for title, table in tables.items():
            if not table.rows:
                empty.append((name, title))
            for values in table.rows:
                seen |= {(type(value), kind) for value, kind in zip(values, table.kinds, strict=True)}
    assert empty == []
    assert {(str, "text"), (str, "id"), (date, "date"), (datetime, "datetime"), (int, "integer"), (Decimal, "score")} <= seen
    posts = {
        values[table.headings.index("现任职务")]
        for _, tables in files.values()
        for title, table in tables.items()
        if title == "干部"
        for values in table.rows
    }
    assert set(ODD) <= posts
