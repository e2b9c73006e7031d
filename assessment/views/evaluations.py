"""The list of evaluations, with a column for each dimension of what is listed. The page about one is in `dossier`."""

from django.utils.translation import gettext_lazy as _

from assessment.filters.evaluations import EvaluationFilter
from assessment.models import Campaign, Evaluation
from assessment.queries import evaluations as queries
from assessment.tables.evaluations import EvaluationTable, column_name, with_dimensions
from assessment.views.base import Listing, ListPage

ROOM = 10  # dimensions shown at first; more are among the columns to choose


class EvaluationList(ListPage):
    model, table_class, filterset_class = Evaluation, EvaluationTable, EvaluationFilter
    title = _("Evaluations")
    search_hint = _("Name, pinyin, initials or code")
    hint = _("No campaign has a roster yet: evaluations appear when it is set.")

    def rows(self, queryset):
        joined = queryset.select_related("campaign", "cadre", "group", "unit", "author")
        return queries.with_dimension_scores(queries.with_orders(queries.with_numbers(joined, self.user)))

    def listing(self, data):
        """The columns depend on what is listed: the dimensions of its schemes, and those that the address names."""
        listing = Listing(self, data)
        if listing.problems:
            return listing
        chosen = listing.filterset.form.cleaned_data.get("campaign")
        schemes = {chosen.scheme_id} if chosen else queries.schemes_of(listing.filterset.qs)
        asked = {name.removeprefix("-") for name in [*data.getlist("columns"), *data.getlist("sort")]}
        known = queries.dimensions(self.visible(Campaign))
        columns = [(name, ids) for name, ids, of in known if of & schemes or column_name(name) in asked]
        self.table_class = with_dimensions(columns, shown_at_first(known, schemes))
        return listing


def shown_at_first(known, schemes):
    """Names of the dimensions shown when nobody chose: scheme by scheme, newest campaign first, as long as there is room."""
    shown = []
    for scheme in dict.fromkeys(scheme for _name, _ids, of in known for scheme in sorted(of & schemes)):
        more = [name for name, _ids, of in known if scheme in of and name not in shown]
        if not shown or len(shown) + len(more) <= ROOM:
            shown += more
    return shown
