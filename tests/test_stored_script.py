"""Stored script, the commonest fault of systems like this one: whatever text anybody ever stored, no page makes elements of it.

Every mark in the database (tests/sides.py has one in every text, the ledger and signed bodies included) is replaced by a piece
of HTML, behind the program's back so that no check can keep it out; then every page is opened by every role.
"""

import json
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client

from people import triggers
from tests import cast
from tests.sides import sample, two_sides
from tests.site import LEAVING, addresses, pages
from tests.test_scope import all_columns as columns_of
from tests.test_scope import asking, body

pytestmark = pytest.mark.django_db
MARK = "qzeastbiz"
SCRIPT = "qz\"'><img src=qz onerror=qz()><script>qz()</script>{{qz}}<a href=javascript:qz()>"
PAGES = sorted(set(pages()) - LEAVING)


@pytest.fixture(scope="module")
def sides(django_db_setup, django_db_blocker):
    def build():
        w = two_sides()
        w.samples = {kind: rows[:1] for kind, rows in sample(w.east_side).items()}
        triggers.drop(connection)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            for table, column, text in texts():
                cursor.execute(f"UPDATE {table} SET {column} = REPLACE({column}, %s, %s)", [MARK, text])
            cursor.execute("PRAGMA ignore_check_constraints = OFF")
        w.clients = {role: Client() for role in w.east_side.users}
        for role, user in w.east_side.users.items():
            w.clients[role].force_login(user)
        return w

    with cast.standing(django_db_blocker, build) as made:
        yield made


def texts():
    """(table, column, what the mark becomes) of every text there is."""
    in_json = json.dumps(SCRIPT)[1:-1]
    for app in ("people", "assessment"):
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, models.JSONField) or field.name == "body":
                    yield model._meta.db_table, field.column, in_json
                elif isinstance(field, models.CharField | models.TextField):
                    yield model._meta.db_table, field.column, SCRIPT


class Elements(HTMLParser):
    """What a browser would make of a page: anything of ours in a tag, an attribute that acts, or a script?"""

    def __init__(self):
        super().__init__()
        self.found, self.inside = [], ""

    def handle_starttag(self, tag, attributes):
        self.inside = tag
        for name, value in attributes:
            if name.startswith("on") or (value or "").lower().startswith("javascript:") or (tag in ("img", "script") and value == "qz"):
                self.found.append(f"<{tag} {name}={value}>")

    def handle_data(self, text):
        if self.inside in ("script", "style") and "qz" in text:
            self.found.append(f"<{self.inside}> {text[:60]}")

    def handle_endtag(self, tag):
        self.inside = ""


def made_of(page):
    reader = Elements()
    reader.feed(page)
    return reader.found


def test_the_reader_finds_what_it_looks_for():
    assert made_of(f"<p>{SCRIPT}</p>") and not made_of("<p>qz&lt;script&gt;</p><script src=a.js></script>")


def test_no_page_makes_elements_of_stored_text(sides):
    found, shown = [], set()
    for name in PAGES:
        for role, client in sides.clients.items():
            for address in addresses(name, sides.samples)[:1]:
                response = client.get(asking(address, columns_of(name)) if name.endswith("_list") else address)
                assert response.status_code < 500, (name, role)
                if response.headers.get("Content-Type", "").startswith("text/html"):
                    page = body(response)
                    found += [(name, role, what) for what in made_of(page)]
                    if "&lt;script&gt;qz()" in page:
                        shown.add(name)
    assert found == []
    assert len(shown) > 40, "the text is hardly shown anywhere, so hardly anything was tested"
