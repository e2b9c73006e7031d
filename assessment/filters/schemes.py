"""Filters of the list of schemes."""

from django.utils.translation import gettext_lazy as _

from assessment.filters.base import ChoiceFilter, FilterSet, YesNoFilter
from assessment.models import Scheme


class SchemeFilters(FilterSet):
    search_fields = ("title", "code")
    assessee = ChoiceFilter(_("Assessee"), choices=Scheme.Assessee.choices)
    frozen = YesNoFilter(_("In use, frozen"), field_name="is_frozen")
