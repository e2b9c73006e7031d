"""Filters of the list of units."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessment.filters.base import ChoiceFilter, FilterSet, UnitFilter, YesNoFilter
from people.models import Unit


class UnitFilters(FilterSet):
    search_fields = ("name", "code")
    unit = UnitFilter(field_name="pk")
    kind = ChoiceFilter(_("Kind"), choices=Unit.Kind.choices)
    standing = YesNoFilter(_("Standing today"), method="of_today")

    def of_today(self, queryset, name, value):
        standing = queryset.standing(timezone.localdate())
        return standing if value == "yes" else queryset.exclude(pk__in=standing.values("pk"))
