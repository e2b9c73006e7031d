"""Nobody sees anything of a unit that he was not granted: every page of the URLconf, every role, lists as exports.

Two sides (tests/sides.py) have something of everything, and their marks are in every text. Whoever looks from the east
finds no mark of the west, neither in a page nor in a workbook, whatever he asks for.
"""

import io
import re
import zipfile
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from tests import cast
from tests.sides import sample, two_sides
from tests.site import ABOUT, LEAVING, OPEN, OTHERWISE, SUGGESTING, addresses, all_columns, kind_of, list_page, pages, parts

pytestmark = pytest.mark.django_db
PAGES = sorted(pages())
ROLES = ["assessor", "reviewer", "manager", "auditor", "security", "system"]
FOREIGN = ("qzwestbiz", "qzwestuni", "qzwestsrc", "qzcounty")  # qzcounty: who told the county something


@pytest.fixture(scope="module")
def sides(django_db_setup, django_db_blocker):
    def build():
        w = two_sides()
        w.east, w.west = sample(w.east_side), sample(w.west_side)
        w.east["contact"].append(w.shared)
        w.east["campaign"] += [w.front, w.groups]
        w.east["evaluation"].append(w.of(w.east_side.first))
        w.clients = {role: signed_in(user) for role, user in w.east_side.users.items()}
        return w

    with cast.standing(django_db_blocker, build) as made:
        yield made


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def body(response):
    """All that an answer says: of a workbook, all its parts."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"\n".join(book.read(name) for name in book.namelist())
    return content.decode("utf-8", "replace").lower()


def marks_in(response, marks=FOREIGN):
    text = body(response)
    return [mark for mark in marks if mark in text]


def asking(address, query):
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}" if query else address


def visit(client, name, address):
    """The answers of a page: as it is, and of a list with all its columns; an export or form is asked for with a reason."""
    if name in LEAVING:
        return
    yield client.get(address)
    if name.endswith("_list"):
        yield client.get(asking(address, all_columns(name)))
    if name.endswith("_export"):
        yield client.post(asking(address, all_columns(name)), {"reason": "开会用"})
    if name.endswith("_paper"):
        yield client.post(address, {"reason": "开会用", "as": "docx"})
    if name in SUGGESTING:
        yield client.post(asking(address, [("field", "x")]), {"x": "qz"})


# --- the machinery knows every page


def test_every_page_has_its_row(sides):
    unknown = [
        name for name in PAGES if parts(name) and name not in OTHERWISE and (parts(name) != ["pk"] or kind_of(name, [*sides.east, "scheme"]) is None)
    ]
    assert unknown == [], "tests/site.py: say what these pages are about"
    assert set(ABOUT) | set(OTHERWISE) | OPEN | LEAVING <= set(PAGES)


def test_the_samples_are_whole(sides):
    for side in (sides.east, sides.west):
        assert [kind for kind, rows in side.items() if not rows or None in rows] == []


def test_every_list_can_be_exported_and_the_other_way_round():
    lists, exports = ({name.rpartition("_")[0] for name in PAGES if name.endswith(end)} for end in ("_list", "_export"))
    assert lists <= exports
    for noun in exports - lists:
        assert list_page(f"{noun}_export").table_class, noun


# --- from the east


@pytest.mark.parametrize("name", PAGES)
def test_ones_own_pages_show_nothing_of_another_unit(sides, name):
    found, seen, mark = [], False, "qzeast"
    for role in ROLES:
        for address in addresses(name, sides.east):
            for response in visit(sides.clients[role], name, address):
                found += [(role, address, response.status_code, mark) for mark in marks_in(response)]
                seen |= response.status_code == 200 and bool(marks_in(response, [mark]))
    assert found == []
    if name.endswith(("_list", "_export", "_detail")) and not name.startswith("scheme"):
        assert seen, "nobody sees his own here either, so nothing was tested"


@pytest.mark.parametrize("name", [name for name in PAGES if parts(name)])
def test_pages_of_another_unit_are_not_there(sides, name):
    """A stranger gets the answer that he gets for a number which nobody has, whether he only looks or wants to act."""
    if kind_of(name, [*sides.west, "scheme"]) == "scheme":
        return  # a yardstick is nobody's secret
    wrong = []
    for role, client in sides.clients.items():
        for address in addresses(name, {kind: rows[:1] for kind, rows in sides.west.items()}):
            nowhere = re.sub(r"\d+", "987654", address)
            there, nothing = ([client.get(at), client.post(at, {"reason": "x"})] for at in (address, nowhere))
            for response, blank in zip(there, nothing, strict=True):
                if response.status_code not in (403, 404, 405) or response.status_code != blank.status_code or marks_in(response):
                    wrong.append((role, address, response.status_code, marks_in(response)))
    assert wrong == []


def questions(name, west):
    """Query strings that ask for the west: by number where a record is asked for, by its mark in every other filter."""
    if not name.endswith(("_list", "_export")):
        yield [("q", "qzwest"), *((kind, rows[0].pk) for kind, rows in west.items())]
        return
    for key, one in list_page(name).filterset_class.base_filters.items():
        of = getattr(one, "of_model", None)
        yield [(key, west[of._meta.model_name][0].pk if of and of._meta.model_name in west else "qzwest")]


@pytest.mark.parametrize("name", [name for name in PAGES if not parts(name)])
def test_asking_for_another_unit_by_name_or_number_gives_nothing(sides, name):
    found = []
    for role in ("assessor", "auditor"):
        for query in questions(name, sides.west) if name not in LEAVING else ():
            address, client = asking(reverse(name), query), sides.clients[role]
            if name.endswith("_export"):
                response = client.post(asking(address, all_columns(name)), {"reason": "开会用"})
            elif name in SUGGESTING:
                response = client.post(asking(address, [("field", "x")]), {"x": "qzwest"})
            else:
                response = client.get(address, follow=True)
            assert response.status_code < 500
            found += [(role, query, mark) for mark in marks_in(response)]
    assert found == []


# --- by role


@pytest.mark.parametrize("role", ["security", "system"])
def test_administrators_see_no_business(sides, role):
    """Accounts, units and grants; no business content, wherever they hold their role."""
    client, found = signed_in(cast.add_user(f"all.{role}", role)), []
    for name in PAGES:
        for side in (sides.east, sides.west):
            for address in addresses(name, side):
                for response in visit(client, name, address):
                    found += [(address, mark) for mark in marks_in(response, ("qzeastbiz", "qzwestbiz", "qzeastsrc", "qzwestsrc", "qzcounty"))]
    assert found == []


def test_managers_never_see_who_said_it(sides):
    client, found, seen = signed_in(cast.add_user("all.manager", "manager")), [], False
    for name in PAGES:
        for side in (sides.east, sides.west):
            for address in addresses(name, side):
                for response in visit(client, name, address):
                    found += [(address, mark) for mark in marks_in(response, ("qzeastsrc", "qzwestsrc", "qzcounty"))]
                    seen |= bool(marks_in(response, ["qzwestbiz"]))
    assert found == [] and seen


def test_without_a_grant_nothing_is_seen(sides):
    client, found = signed_in(sides.nobody), []
    for name in PAGES:
        for side in (sides.east, sides.west):
            for address in addresses(name, side):
                for response in visit(client, name, address):
                    found += [(address, mark) for mark in marks_in(response, (*FOREIGN, "qzeastbiz", "qzeastuni", "qzeastsrc"))]
    assert found == []


@pytest.mark.parametrize("name", PAGES)
def test_who_has_not_signed_in_is_sent_to_do_so(sides, name):
    for address in addresses(name, {**sides.east, "scheme": [sides.front.scheme]}):
        for response in (Client().get(address), Client().post(address)):
            if name in OPEN:
                assert not marks_in(response, (*FOREIGN, "qzeast"))
            else:
                assert response.status_code == 302 and response["Location"].startswith(reverse("login")), address
