"""Saved views: what a list shows, kept under a name by whoever uses it, for himself or for those of a unit.

The query string comes from the list itself, which keeps known filters, columns and orders alone.
"""

from contextlib import contextmanager

from django.db import IntegrityError

from assessment.models import SavedView
from people import access
from people.actions.inputs import plain_text
from people.ledger import recorded
from people.refusals import Refusal, refuse

TITLE_LIMIT = SavedView._meta.get_field("title").max_length
QUERY_LIMIT = 4000  # as much as every server and browser takes in an address


def save(*, by, list, title, query, unit=None):
    """Keep a view of a list; unit: shared with those who work in it, above it or below it."""
    access.demand(by, "view_savedview")
    values = _checked(by, title=title, query=query, unit=unit)
    with _once(by, list, values["title"]), recorded(by=by, verb="save_view"):
        return SavedView.objects.create(owner=by, list=list, **values)


def change(*, by, view, **values):
    """Rename a view, share it with a unit (None: no longer), or keep another query under it: what is given of these."""
    refuse(*foreign(by, view))
    values = _checked(by, **values)
    with _once(by, view.list, values.get("title", view.title)), recorded(by=by, verb="save_view"):
        view = SavedView.objects.select_for_update(of=("self",)).get(pk=view.pk)
        for name, value in values.items():
            setattr(view, name, value)
        view.save()
    return view


def remove(*, by, view):
    """Delete a view; the ledger keeps it."""
    refuse(*foreign(by, view))
    with recorded(by=by, verb="remove_view"):
        view.delete()


def foreign(by, view):
    """Why this user may not change a view: [refusal] if it is another's."""
    return [] if view.owner_id == by.pk else [Refusal("not_your_view")]


def _checked(by, **values):
    problems = []
    if "title" in values:
        title = values["title"] = " ".join(plain_text(values["title"]).split())
        if not title:
            problems.append(Refusal("required", {}, "title"))
        if len(title) > TITLE_LIMIT:
            problems.append(Refusal("too_long", {"limit": TITLE_LIMIT, "length": len(title)}, "title"))
    if len(values.get("query", "")) > QUERY_LIMIT:
        problems.append(Refusal("too_long", {"limit": QUERY_LIMIT, "length": len(values["query"])}))
    unit = values.get("unit")
    if unit is not None and not access.scope(by, "view_savedview").covers(unit.pk):
        problems.append(Refusal("outside_scope", {}, "unit"))
    refuse(*problems)
    return values


@contextmanager
def _once(by, list, title):
    """A name is used once by one person for one list, also by two clicks at the same time: the database decides."""
    try:
        yield
    except IntegrityError:
        if not SavedView.objects.filter(owner=by, list=list, title=title).exists():
            raise
        refuse(Refusal("view_title_taken", {"value": title}, "title"))
