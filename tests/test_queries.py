"""No page's number of queries grows with its rows: each is opened with 1, 3 and 50 rows of everything.

Pages come from the URLconf. A page is opened twice, for the first view of an hour is written down.
"""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import cast
from tests.sides import grow, sample, two_sides
from tests.site import LEAVING, SUGGESTING, addresses, all_columns, pages
from tests.test_scope import asking

pytestmark = pytest.mark.django_db
SIZES = (1, 3, 50)
ROLES = ("assessor", "auditor", "reviewer", "manager", "system", "security")
#: Pages whose work is to read everything, in chunks.
WHOLE = {"ledgerentry_verify", "ledgerentry_export"}
#: Pages that look names up once for each kind of record that their rows refer to: at first these are not all kinds.
BY_KIND = {"ledgerentry_list"}
PAGES = sorted(set(pages()) - LEAVING - WHOLE)


@pytest.fixture(scope="module")
def counted(django_db_setup, django_db_blocker):
    """{page: {(role, which address): {rows: its SQL}}}, for the first two roles that the page answers."""
    with cast.standing(django_db_blocker, two_sides) as w:
        side, clients, found = w.east_side, {}, {name: {} for name in PAGES}
        for role in ROLES:
            clients[role] = Client()
            clients[role].force_login(side.users[role])
        for size in SIZES:
            if size > side.size:
                grow(side, size - side.size)
            records = {kind: rows[:2] for kind, rows in sample(side).items()} | {"scheme": [w.front.scheme]}
            for name, seen in found.items():
                for role in [role for role, _ in seen] or ROLES:
                    for index, address in enumerate(addresses(name, records)):
                        known = (role, index) in seen
                        if known or (size == SIZES[0] and len({role for role, _ in seen} - {role}) < 2):
                            sql = queries(clients[role], name, address)
                            if sql is not None:
                                seen.setdefault((role, index), {})[size] = sql
        yield found


def queries(client, name, address):
    """The SQL of a page, of a list with all its columns, of its workbook; None if it does not answer."""
    export = name.endswith("_export")
    full = asking(address, all_columns(name)) if export or name.endswith("_list") else address

    def ask():
        if name in SUGGESTING:
            response = client.post(f"{full}?field=x", {"x": "qz"})
        else:
            response = client.post(full, {"reason": "开会用"}) if export else client.get(full)
        b"".join(response.streaming_content) if response.streaming else response.content
        return response.status_code

    if ask() != 200:
        return None
    with CaptureQueriesContext(connection) as captured:
        assert ask() == 200
    # That a session is in use is written once a minute, whatever the page.
    return [query["sql"] for query in captured if not query["sql"].startswith(('UPDATE "people_session"', "PRAGMA busy_timeout"))]


def test_no_page_asks_more_for_more_rows(counted):
    """One test, for one count serves all. A part of a page that only two rows make (a chart of several campaigns) may
    cost one query more, once."""
    grown = []
    for name, found in counted.items():
        for who, sizes in found.items():
            one, three, fifty = (len(sizes[size]) if size in sizes else None for size in SIZES)
            if three is not None and fifty is not None and (fifty > three or (three > one + 1 and name not in BY_KIND)):
                grown.append(f"{name} {who}: {one}, {three}, {fifty} queries; {more(sizes)}")
    assert not grown, "\n".join(grown)
    opened = {name for name, found in counted.items() if any(len(sizes) == len(SIZES) for sizes in found.values())}
    wanted = {name for name in PAGES if name.endswith(("_list", "_export", "_detail")) or name == "home"}
    assert wanted - opened == set(), "nobody sees these at all three sizes"


def more(sizes):
    """What a page with 50 rows asks more often than one with 1: the beginnings of its SQL."""
    few, many = ([sql[:160] for sql in sizes[size] or ()] for size in (SIZES[0], SIZES[-1]))
    return sorted({sql for sql in many if many.count(sql) > few.count(sql)})[:3]
