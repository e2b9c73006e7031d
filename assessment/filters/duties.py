"""Filters of the list of duties."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessment.filters.base import ChoiceFilter, FilterSet, SinceFilter, TextFilter, UnitFilter, UntilFilter, YesNoFilter
from people.models import Duty


class DutyFilters(FilterSet):
    search_fields = ("cadre__name", "cadre__pinyin", "cadre__initials", "cadre__code", "place", "unit__name")
    unit = UnitFilter()
    kind = ChoiceFilter(_("Kind"), choices=Duty.Kind.choices)
    place = TextFilter(_("Place"))
    untrained = YesNoFilter(_("On duty before training"), field_name="untrained")
    today = YesNoFilter(_("On duty today"), method="on_duty_today")
    starts_from = SinceFilter(_("From (at the earliest)"), field_name="starts_on")
    starts_until = UntilFilter(_("From (at the latest)"), field_name="starts_on")

    def on_duty_today(self, queryset, name, value):
        today = timezone.localdate()
        now = Q(starts_on__lte=today) & (Q(ends_on=None) | Q(ends_on__gte=today))
        return queryset.filter(now if value == "yes" else ~now)
