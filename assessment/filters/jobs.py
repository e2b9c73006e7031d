"""Filters of the list of jobs."""

from django.utils.translation import gettext_lazy as _

from assessment.filters.base import ChoiceFilter, FilterSet
from assessment.models import Job


class JobFilter(FilterSet):
    search_fields = ("upload_name", "result_name", "reason")
    kind = ChoiceFilter(_("Kind"), choices=Job.Kind.choices)
    state = ChoiceFilter(_("State"), choices=Job.State.choices)
