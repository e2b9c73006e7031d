"""Lists: filter, sort, choose columns, page, and export exactly what is listed. One declaration gives page and export.

    class CadreList(ListPage):
        model, table_class, filterset_class = Cadre, CadreTable, CadreFilter
        title = _("Cadres")

    path("cadres/", CadreList.as_view(), name="cadre_list")
    path("cadres/export", CadreList.export_view(), name="cadre_export")
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, get_script_prefix, resolve, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessment.filters.base import NOT_FILTERS
from assessment.models import SavedView
from assessment.sheets.official.fill import VERBS
from assessment.views.common import Page, whole
from assessment.views.exports import ExportPage, takes_long
from assessment.views.searches import Searches
from people.access import can, demand, visible_to

#: What a query string may hold besides what is listed.
ASKED_WITH = ("page", "find", "open", "reason", "format", "once", "csrfmiddlewaretoken")


def find(noun, kwargs):
    """The list of a noun as the site map has it, or None; kwargs: the parts of its address."""
    try:
        path = reverse(f"{noun}_export", kwargs=kwargs)
    except NoReverseMatch:
        return None
    return resolve("/" + path.removeprefix(get_script_prefix())).func.view_initkwargs.get("of")


def address(noun, kwargs):
    """Where the list of a noun stands; home if that cannot be said."""
    for name in (f"{noun}_list", noun, "home"):
        try:
            return reverse(name, kwargs=kwargs if name != "home" else None)
        except NoReverseMatch:
            continue


class ListPage(Page):
    """A list of records; see the module's example. `rows(queryset)` joins and annotates what the table shows."""

    table_class = None
    filterset_class = None
    template_name = "generic/list.html"
    per_page = 50
    noun = ""  # of the URL names; the model's name if blank
    hint = gettext_lazy("Nothing is recorded here yet.")  # shown while the list is empty without any filter
    search_hint = ""  # what the search box looks in
    user = None  # of the request, or of whoever's job it is

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.user, self.searches = request.user, Searches(request.session)

    def dispatch(self, request, *args, **kwargs):
        self.verb = self.get_verb()
        return super().dispatch(request, *args, **kwargs)

    @classmethod
    def opened(cls, user, kwargs, searches=None):
        """The list as a user sees it, without a page: for exports and jobs. Refuses as the page does."""
        page = cls()
        page.user, page.kwargs, page.searches = user, kwargs, searches or Searches({})
        page.object = page.get_object()
        demand(user, page.get_verb(), page.object)
        return page

    @classmethod
    def get_verb(cls):
        return cls.verb or f"view_{cls.model._meta.model_name}"

    @classmethod
    def export_view(cls):
        """The view that exports what this list shows."""
        return ExportPage.as_view(of=cls)

    @classmethod
    def get_noun(cls):
        return cls.noun or cls.model._meta.model_name

    def buttons(self):
        """Hook: what can be done from the list, such as adding a record."""
        return []

    def export_url(self):
        try:
            return reverse(f"{self.get_noun()}_export", kwargs=self.kwargs)
        except NoReverseMatch:
            return ""

    def papers_url(self):
        """Where official forms of the rows listed are asked for; "" if there are none for this reader."""
        verb = VERBS.get(self.get_noun())
        return reverse(f"{self.get_noun()}_papers") if verb and can(self.user, verb) else ""

    def listing(self, data):
        return Listing(self, data)

    def tokened(self, data):
        """The query string that stands for the same without personal terms, where there are some in the data."""
        return self.listing(data).query if self.filterset_class.personal() & set(data) else None

    def post(self, request, *args, **kwargs):
        """A search: its terms go into the session, and one is led to the address that stands for them."""
        if "find" not in request.POST:
            return self.http_method_not_allowed(request)
        data = QueryDict(mutable=True)
        for name, values in request.POST.lists():
            if said := [value for value in values if value.strip()]:
                data.setlist(name, said)
        usual = " ".join(data.pop("usual", ())).split()  # columns of the list on which he searched
        if usual and set(data.getlist("columns")) == set(usual):
            del data["columns"]
        return self.redirect(f"{request.path}?{self.listing(data).query}")

    def get(self, request, *args, **kwargs):
        if "open" in request.GET:
            view = get_object_or_404(visible_to(self.user, SavedView), list=self.get_noun(), pk=whole(request.GET["open"]))
            data = QueryDict(view.query, mutable=True)
            data["view"] = view.pk
            return self.redirect(f"{request.path}?{self.listing(data).query}")
        if (query := self.tokened(request.GET)) is not None:  # typed by hand, or an old bookmark
            return self.redirect(f"{request.path}?{query}")
        listing = self.listing(request.GET)
        page = Paginator(listing.queryset, self.per_page).get_page(request.GET.get("page"))
        return self.render(
            listing=listing,
            table=listing.table(page.object_list),
            page_obj=page,
            page_range=page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
            buttons=self.buttons(),
            views=SavedViews(listing) if self.export_url() else None,
            takes_long=takes_long(page.paginator.count),
        )


@dataclass
class Listing:
    """What a list shows for a query string: the same on the page and in the export.

    data: with the terms of its tokens; lost: a token is unknown here, so that the list is wider than was asked for.
    """

    page: ListPage
    asked: QueryDict

    def __post_init__(self):
        self.data, self.lost = self.page.searches.resolve(self.asked)

    @cached_property
    def filterset(self):
        rows = self.page.rows(self.page.visible())
        return self.page.filterset_class(self.data, rows, user=self.page.user)

    @cached_property
    def problems(self):
        return self.filterset.problems()

    @cached_property
    def queryset(self):
        """Filtered and sorted; nothing while a filter is invalid, for the page then says so instead."""
        if self.problems:
            return self.filterset.queryset.none()
        return self.page.table_class.in_order(self.filterset.qs, self.sort)

    @cached_property
    def sort(self):
        return [name for name in self.data.getlist("sort") if self.page.table_class.sortable(name)]

    @cached_property
    def columns(self):
        known = self.page.table_class.base_columns
        return [name for name in self.data.getlist("columns") if name in known] or self.page.table_class.default_columns()

    def strict_problems(self):
        """Problems of an export, which must be exactly what was asked for: unknown sort keys and columns count too."""
        table = self.page.table_class
        sorts = [s for s in self.data.getlist("sort") if s and not table.sortable(s)]
        columns = [c for c in self.data.getlist("columns") if c not in table.base_columns]
        return (
            list(self.problems)
            + ([(_("Search"), self.lost_words())] if self.lost else [])
            + [(_("Sort by"), _("One cannot sort by “%s”.") % name) for name in sorts]
            + [(_("Columns"), _("There is no column “%s”.") % name) for name in columns]
        )

    @staticmethod
    def lost_words():
        """What is said of a token that is unknown here."""
        return _("The words searched for are no longer known, for they are kept only where they were typed, and for a while: search again.")

    def table(self, rows):
        return self.page.table_class(rows, user=self.page.user, sort=self.sort, columns=self.columns)

    @cached_property
    def chips(self):
        """[(label, text, query string without it)] of the filters in force."""
        if self.problems:
            return []
        return [(label, text, self.query_without(name)) for name, label, text in self.filterset.words()]

    @property
    def own_query(self):
        """The query string that says what is listed and no more: known filters, columns and order, where not the usual.

        It is kept with a saved view and holds terms as they are, so it is no part of an address.
        """
        table, data = self.page.table_class, self.data
        found = [(name, value) for name in self.filterset.filters for value in dict.fromkeys(data.getlist(name)) if value.strip()]
        if self.sort and tuple(self.sort) != table.default_sort():
            found += [("sort", name) for name in self.sort]
        if set(self.columns) != set(table.default_columns()):
            found += [("columns", name) for name in table.base_columns if name in self.columns]
        return urlencode(found)

    def _data_without(self, *names):
        data = self.data.copy()
        for name in (*names, *ASKED_WITH):
            data.pop(name, None)
        return data

    def tokens(self, data, lost=False):
        """The query string of data for an address: with tokens in the place of personal terms."""
        return self.page.searches.hide(data, self.page.filterset_class.personal(), lost)

    def query_without(self, *names):
        return self.tokens(self._data_without(*names), self.lost)

    @property
    def query(self):
        """The query string of what is listed, for addresses: without the page and what else is asked with it."""
        return self.query_without()

    @property
    def full_query(self):
        """The same with personal terms as they are: for jobs, which keep it for good. No part of an address."""
        return self._data_without().urlencode()

    @property
    def unfiltered_query(self):
        return self.tokens(self._data_without(*(name for name in self.data if name not in NOT_FILTERS)))

    @property
    def found_query(self):
        """The query string without the terms that are lost."""
        return self.tokens(self._data_without())

    @cached_property
    def _blank_table(self):
        return self.table(self.filterset.queryset.none())

    def sort_words(self):
        """The order as a person reads it."""
        labels = {column.name: column.header for column in self._blank_table.columns.iterall()}
        order = self.sort or self._blank_table.default_sort()
        return _(", ").join(f"{labels[name.removeprefix('-')]} {'↓' if name[0] == '-' else '↑'}" for name in order)

    def column_words(self):
        """The columns shown, in their order."""
        return _(", ").join(str(column.header) for column in self._blank_table.columns)

    def sort_choices(self):
        """[(value, label, chosen)] for those who cannot tap a heading."""
        table = self._blank_table
        current = list(self.sort or table.default_sort())
        found = []
        for column in table.columns.iterall():
            if column.orderable:
                found.append((column.name, f"{column.header} ↑", current == [column.name]))
                found.append((f"-{column.name}", f"{column.header} ↓", current == [f"-{column.name}"]))
        return found

    def usual_columns(self):
        """The names of columns that one gets without choosing."""
        return " ".join(self.page.table_class.default_columns())

    def column_choices(self):
        """[(name, label, is it shown)] of all columns."""
        return [(c.name, c.header, c.name in self.columns) for c in self._blank_table.columns.iterall()]


class SavedViews:
    """The saved views of a list for its menu, in one query: one's own, and those that others share."""

    def __init__(self, listing):
        self.listing, page = listing, listing.page
        self.noun, self.at = page.get_noun(), page.kwargs.get("pk", "")
        rows = visible_to(page.user, SavedView).filter(list=self.noun).select_related("owner")
        self.all = list(rows)
        self.own = [view for view in self.all if view.owner_id == page.user.pk]
        self.shared = [view for view in self.all if view.owner_id != page.user.pk]
        came_by = listing.data.get("view", "")
        self.current = next((view for view in self.all if str(view.pk) == came_by), None)

    def changed(self):
        """Was more than the page changed since one's own view was opened?"""
        view = self.current
        return view in self.own and not self.listing.problems and self.listing.own_query != view.query

    def place(self):
        """What tells the pages of saved views which list it is and what it shows."""
        query = "" if self.listing.problems else self.listing.tokens(QueryDict(self.listing.own_query), self.listing.lost)
        return urlencode({"list": self.noun, "at": self.at, "query": query})
