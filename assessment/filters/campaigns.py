"""Filters of the lists of campaigns and of rosters."""

from django.utils.translation import gettext_lazy as _

from assessment.filters.base import ChoiceFilter, FilterSet, RecordFilter, SinceFilter, UnitFilter, UntilFilter
from assessment.filters.evaluations import METHODS
from assessment.models import Campaign, Evaluation, Scheme


class CampaignFilters(FilterSet):
    search_fields = ("title", "code")
    state = ChoiceFilter(_("State"), choices=Campaign.State.choices)
    kind = ChoiceFilter(_("Kind"), choices=Campaign.Kind.choices)
    unit = UnitFilter()
    scheme = RecordFilter(_("Scheme"), Scheme)
    since = SinceFilter(_("Ends on or after"), field_name="ends_on")
    until = UntilFilter(_("Starts on or before"), field_name="starts_on")


class RosterFilters(FilterSet):
    search_fields = ("cadre__name", "cadre__pinyin", "cadre__initials", "cadre__code", "group__name", "group__code")
    unit = UnitFilter()
    state = ChoiceFilter(_("State"), choices=Evaluation.State.choices)
    missing = ChoiceFilter(_("Still missing"), choices=METHODS, method="lacking")

    def lacking(self, queryset, name, value):
        return queryset.filter(**{f"count_{value}": 0})
