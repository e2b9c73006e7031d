"""Filters of the history."""

from datetime import datetime, time, timedelta

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessment.filters.base import ChoiceFilter, FilterSet, SinceFilter, TextFilter, UnitFilter, UntilFilter
from assessment.queries import looks, timeline
from assessment.queries.history import types
from assessment.wording import VERBS, verb_name
from people.access import recused, visible_to
from people.models import Cadre

KINDS = [("changes", _("Changes")), ("looks", _("Looks and exports")), ("refused", _("Refused and failed")), ("events", _("All events"))]
DAYS = [("1", _("Today")), ("7", _("Last 7 days")), ("30", _("Last 30 days"))]
#: The list is a timeline, or the table that an export gives.
SHOWN = [("table", _("Table"))]


def verbs():
    """Choices of verbs, in the order of their words; two verbs of one meaning bear one word."""
    return sorted(((verb, verb_name(verb)) for verb in VERBS), key=lambda pair: pair[1])


class NumberFilter(django_filters.Filter):
    """A key; hidden: it comes by a link, not by typing."""

    field_class = forms.IntegerField

    def __init__(self, label, *, hidden=False, **options):
        if hidden:
            options["widget"] = forms.HiddenInput
        super().__init__(label=label, min_value=1, max_value=2**63 - 1, **options)


class CadreNumberFilter(NumberFilter):
    """A cadre among those that the user may see."""

    of_model = Cadre


class LedgerEntryFilter(FilterSet):
    search_fields = ("object_name", "actor_name", "reason")
    kind = ChoiceFilter(_("Only"), choices=KINDS, method="of_kind")
    who = TextFilter(_("Who"), method="by_whom")
    verb = ChoiceFilter(_("Did"), choices=verbs)
    object_type = ChoiceFilter(_("Record type"), choices=types)
    record = TextFilter(_("Name of the record"), field_name="object_name")
    object_id = NumberFilter(_("Number of the record"))
    days = ChoiceFilter(_("Last days"), choices=DAYS, method="of_days")
    since = SinceFilter(_("From"), field_name="at")
    until = UntilFilter(_("Until"), field_name="at")
    unit = UnitFilter(kinds=())
    address = TextFilter(_("Address"), personal=False, method="from_address")  # of a machine
    request_id = TextFilter(_("Request"), personal=False, method="of_request")  # a number without meaning, of one click
    actor = NumberFilter(_("Who"), hidden=True)
    about = CadreNumberFilter(_("About the cadre"), hidden=True, method="about_cadre")
    shown = ChoiceFilter(_("Shown as"), choices=SHOWN, method="as_it_is", widget=forms.HiddenInput)

    def by_whom(self, queryset, name, value):
        """By the name as it was then, or the user name of today; of failed sign-ins the name that was typed."""
        failed = Q(verb="sign_in_failed", object_name__icontains=value)
        return queryset.filter(Q(actor_name__icontains=value) | Q(actor__username__icontains=value) | failed)

    def of_kind(self, queryset, name, value):
        return timeline.of_kind(queryset, value)

    def of_days(self, queryset, name, value):
        """Today and the days before it: a saved view means the last days whenever it is opened."""
        first = timezone.localdate() - timedelta(int(value) - 1)
        return queryset.filter(at__gte=timezone.make_aware(datetime.combine(first, time.min)))

    def from_address(self, queryset, name, value):
        """Just this address; of one that ends in a dot or colon all that begin so."""
        return queryset.filter(address__startswith=value) if value.endswith((".", ":")) else queryset.filter(address=value)

    def of_request(self, queryset, name, value):
        return queryset.filter(request_id=value)

    def about_cadre(self, queryset, name, value):
        """A cadre with all that is about him; nothing of one whom the reader may not see."""
        if self._cadre(value) is None:
            return queryset.none()
        return looks.of(queryset, looks.about(value))

    def as_it_is(self, queryset, name, value):
        return queryset

    def _cadre(self, pk):
        """His name, or None."""
        seen = visible_to(self.user, Cadre).exclude(pk__in=recused(self.user))
        return seen.filter(pk=pk).values_list("name", flat=True).first()

    def words(self):
        """Whom a number means is said by name; how the list is shown narrows nothing."""
        named = {"actor": self._actor, "about": self._cadre}
        return [
            (name, label, (named[name](self.form.cleaned_data[name]) or text) if name in named else text)
            for name, label, text in super().words()
            if name != "shown"
        ]

    def _actor(self, pk):
        return self.queryset.filter(actor=pk).order_by("-seq").values_list("actor_name", flat=True).first()
