"""Filters of the list of decisions."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessment.filters.base import ChoiceFilter, FilterSet, RecordFilter, SinceFilter, UnitFilter, UntilFilter, YesNoFilter
from assessment.filters.waiting import WaitingFilter
from assessment.models import Campaign, Decision, Evaluation
from people.access import visible_to
from people.models import Unit

DOUBTS = [("any", _("for any reason")), ("superseded", _("basis superseded")), ("appealed", _("under appeal"))]


class DecisionFilter(FilterSet):
    search_fields = (
        "code",
        "outcome",
        "document_number",
        "cadre__name",
        "cadre__pinyin",
        "cadre__initials",
        "cadre__code",
        "unit__name",
    )
    kind = ChoiceFilter(_("Kind"), choices=Decision.Kind.choices)
    state = ChoiceFilter(_("State"), choices=Decision.State.choices)
    unit = UnitFilter(method="of_unit")
    campaign = RecordFilter(_("Resting on campaign"), Campaign, method="of_campaign")
    doubt = ChoiceFilter(_("Look again"), choices=DOUBTS, method="in_doubt")
    proposed_from = SinceFilter(_("Proposed from"), field_name="proposed_on")
    proposed_until = UntilFilter(_("Proposed until"), field_name="proposed_on")
    confirmed_from = SinceFilter(_("Confirmed from"), field_name="confirmed_on")
    confirmed_until = UntilFilter(_("Confirmed until"), field_name="confirmed_on")
    groups = YesNoFilter(_("About a leading group"), method="of_groups")
    waiting = WaitingFilter(Decision)

    def of_unit(self, queryset, name, value):
        """Of the cadre's unit, or the unit itself, and everything below."""
        if value is None:
            return queryset
        ids = list(Unit.objects.descendants(value.pk, include_self=True).order_by().values_list("pk", flat=True))
        return queryset.filter(Q(cadre__unit__in=ids) | Q(unit__in=ids))

    def of_campaign(self, queryset, name, value):
        """Resting on an opinion of a campaign, as far as the user sees its evaluations."""
        if value is None:
            return queryset
        seen = visible_to(self.user, Evaluation).filter(campaign=value)
        return queryset.filter(pk__in=Decision.objects.filter(bases__opinion__evaluation__in=seen.values("pk")).values("pk"))

    def in_doubt(self, queryset, name, value):
        if value == "any":
            return queryset.filter(Q(superseded=True) | Q(appealed=True))
        return queryset.filter(**{value: True})

    def of_groups(self, queryset, name, value):
        return queryset.filter(cadre__isnull=value == "yes")
