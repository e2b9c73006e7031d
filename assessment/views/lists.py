"""Lists: filter, sort, choose columns, page, and export exactly what is listed. One declaration gives page and export.

    class CadreList(ListPage):
        model, table_class, filterset_class = Cadre, CadreTable, CadreFilter
        title = _("Cadres")

    path("cadres/", CadreList.as_view(), name="cadre_list")
    path("cadres/export", CadreList.export_view(), name="cadre_export")
"""

import hashlib
import tempfile
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import FileResponse, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessment.filters.base import NOT_FILTERS
from assessment.sheets.write import Sheet, write_workbook
from assessment.views.common import Page
from assessment.wording import sentence
from people import ledger
from people.actions.inputs import plain_text
from people.refusals import Refusal

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROW_LIMIT = 1_048_575  # of a sheet, less its heading
REASON_LIMIT = 1000  # as of every other reason


class ListPage(Page):
    """A list of records; see the module's example. `rows(queryset)` joins and annotates what the table shows."""

    table_class = None
    filterset_class = None
    template_name = "generic/list.html"
    per_page = 50
    noun = ""  # of the URL names; the model's name if blank
    hint = gettext_lazy("Nothing is recorded here yet.")  # shown while the list is empty without any filter
    search_hint = ""  # what the search box looks in

    def dispatch(self, request, *args, **kwargs):
        self.verb = self.verb or f"view_{self.model._meta.model_name}"
        return super().dispatch(request, *args, **kwargs)

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

    def listing(self, data):
        return Listing(self, data)

    def get(self, request, *args, **kwargs):
        listing = self.listing(request.GET)
        page = Paginator(listing.queryset, self.per_page).get_page(request.GET.get("page"))
        return self.render(
            listing=listing,
            table=listing.table(page.object_list),
            page_obj=page,
            page_range=page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
            buttons=self.buttons(),
        )


@dataclass
class Listing:
    """What a list shows for a query string: the same on the page and in the export."""

    page: ListPage
    data: QueryDict

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
            + [(_("Sort by"), _("One cannot sort by “%s”.") % name) for name in sorts]
            + [(_("Columns"), _("There is no column “%s”.") % name) for name in columns]
        )

    def table(self, rows):
        return self.page.table_class(rows, user=self.page.user, sort=self.sort, columns=self.columns)

    @cached_property
    def chips(self):
        """[(label, text, query string without it)] of the filters in force."""
        if self.problems:
            return []
        return [(label, text, self.query_without(name)) for name, label, text in self.filterset.words()]

    def query_without(self, *names):
        data = self.data.copy()
        for name in (*names, "page"):
            data.pop(name, None)
        return data.urlencode()

    @property
    def query(self):
        """The query string of what is listed, without the page."""
        return self.query_without()

    @property
    def unfiltered_query(self):
        return self.query_without(*(name for name in self.data if name not in NOT_FILTERS))

    @cached_property
    def _blank_table(self):
        return self.table(self.filterset.queryset.none())

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

    def column_choices(self):
        """[(name, label, is it shown, is it one of the usual ones)] of all columns."""
        table = self._blank_table
        usual = table.default_columns()
        return [(c.name, c.header, c.name in self.columns, c.name in usual) for c in table.columns.iterall()]


class ExportPage(Page):
    """The list as a workbook: all pages of exactly what is listed, for a reason that goes into the ledger."""

    of = None
    template_name = "generic/export.html"

    def dispatch(self, request, *args, **kwargs):
        self.list_page = self.of()
        self.list_page.setup(request, *args, **kwargs)
        self.model = self.of.model
        self.verb = self.of.verb or f"view_{self.model._meta.model_name}"
        return super().dispatch(request, *args, **kwargs)

    def get_title(self):
        return _("Export: %s") % self.list_page.get_title()

    def get_object(self):
        self.list_page.object = self.list_page.get_object()
        return self.list_page.object

    def _listing(self):
        """Filters may come in the address or in the body; never twice."""
        data = self.request.GET.copy()
        for name, values in self.request.POST.lists():
            data.setlist(name, values)
        return self.list_page.listing(data)

    def _ask(self, listing, status=200, error=""):
        problems = listing.strict_problems()
        count = 0 if problems else listing.queryset.count()
        return self.render(status, listing=listing, problems=problems, count=count, error=error, reason=self._reason())

    def _reason(self):
        return plain_text(self.request.POST.get("reason"))

    def get(self, request, *args, **kwargs):
        return self._ask(self._listing())

    def post(self, request, *args, **kwargs):
        listing = self._listing()
        if listing.strict_problems():
            return self._ask(listing, status=400)
        if len(self._reason()) < 2:
            return self._ask(listing, status=400, error=_("Say why this list leaves the system."))
        if len(self._reason()) > REASON_LIMIT:
            long = Refusal("too_long", {"limit": REASON_LIMIT, "length": len(self._reason())})
            return self._ask(listing, status=400, error=sentence(long))
        if listing.queryset[ROW_LIMIT : ROW_LIMIT + 1].exists():
            return self._ask(listing, status=400, error=_("More rows than a sheet can hold: filter first."))
        return self._send(listing)

    def _send(self, listing):
        title = str(self.list_page.get_title())
        table = listing.table(listing.queryset)
        records = listing.queryset.iterator(chunk_size=2000)
        sheet = Sheet(title, table.headings(), table.typed_rows(records), table.kinds())
        file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
        try:
            counts = write_workbook(
                file,
                [sheet],
                lambda counts: self._about(title, listing, sum(counts.values())),
                about_title=_("About"),
                author=str(self.user),
            )
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            # Before the file leaves: without this entry there is no export.
            self._note(title, listing, table, sum(counts.values()), digest)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        name = f"{title} {timezone.localdate():%Y-%m-%d}.xlsx"
        return FileResponse(file, as_attachment=True, filename=name, content_type=EXCEL)

    def _note(self, title, listing, table, rows, digest):
        facts = {
            "list": self.list_page.get_noun(),
            "rows": rows,
            "columns": list(listing.columns),
            "filters": {name: text for name, _label, text in listing.filterset.words()},
            "sort": list(listing.sort or table.default_sort()),
            "sha256": digest,
        }
        with ledger.recorded(by=self.user, verb="export", reason=self._reason()):
            kind = self.model._meta.label_lower
            ledger.note(by=self.user, verb="export", object_type=kind, object_name=title, facts=facts, reason=self._reason())
            if table.revealed:
                facts = {"list": facts["list"], "values": table.revealed, "sha256": digest}
                ledger.note(by=self.user, verb="reveal", object_type=kind, object_name=title, facts=facts, reason=self._reason())

    def _about(self, title, listing, rows):
        """Who, when, why, what: so that a copy on somebody's desk can be traced back."""
        seq, digest = ledger.head()
        by_name = {name: label for name, label, *_rest in listing.column_choices()}
        sort = listing.sort or listing.page.table_class.default_sort()
        return [
            (_("List"), title),
            (_("Exported by"), f"{self.user} ({self.user.get_username()})"),
            (_("Exported at"), timezone.now()),
            (_("Reason"), self._reason()),
            *((_("Filter: %s") % label, text) for _name, label, text in listing.filterset.words()),
            (_("Sorted by"), "、".join(f"{by_name[s.removeprefix('-')]} {'↓' if s[0] == '-' else '↑'}" for s in sort)),
            (_("Rows"), rows),
            (_("Ledger head"), f"{seq} {digest}"),
        ]
