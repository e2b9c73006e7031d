"""Filters of the history."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters import NumberFilter

from assessment.filters.base import ChoiceFilter, FilterSet, SinceFilter, TextFilter, UnitFilter, UntilFilter
from assessment.queries.history import types
from assessment.wording import VERBS, verb_name


def verbs():
    """Choices of verbs, in the order of their words; two verbs of one meaning bear one word."""
    return sorted(((verb, verb_name(verb)) for verb in VERBS), key=lambda pair: pair[1])


class LedgerEntryFilter(FilterSet):
    search_fields = ("object_name", "actor_name", "reason")
    who = TextFilter(_("Who"), method="by_whom")
    verb = ChoiceFilter(_("Did"), choices=verbs)
    object_type = ChoiceFilter(_("Record type"), choices=types)
    record = TextFilter(_("Name of the record"), field_name="object_name")
    object_id = NumberFilter(label=_("Number of the record"))
    since = SinceFilter(_("From"), field_name="at")
    until = UntilFilter(_("Until"), field_name="at")
    unit = UnitFilter(kinds=())
    address = TextFilter(_("Address"))
    request_id = TextFilter(_("Request"))

    def by_whom(self, queryset, name, value):
        """By the name as it was then, or the user name of today; of failed sign-ins the name that was typed."""
        failed = Q(verb="sign_in_failed", object_name__icontains=value)
        return queryset.filter(Q(actor_name__icontains=value) | Q(actor__username__icontains=value) | failed)
