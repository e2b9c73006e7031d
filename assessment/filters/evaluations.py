"""Filters of the list of evaluations."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessment.filters.base import ChoiceFilter, FilterSet, MaximumFilter, MinimumFilter, RecordFilter, UnitFilter, YesNoFilter
from assessment.filters.waiting import WaitingFilter
from assessment.models import Campaign, Evaluation, Grade, Scheme
from assessment.queries.home import one_sided
from assessment.wording import grade_name
from people.access import visible_to

UNDETERMINED = "-"
METHODS = [("on_site", _("No on-site finding")), ("phone", _("No phone finding")), ("talk", _("No talk finding"))]

SIDES = [("method", _("one method")), ("relation", _("one source relation")), ("lead", _("one lead"))]


class EvaluationFilter(FilterSet):
    """What can be asked of evaluations; numbers are the `seen_` ones, so that a filter tells nothing that the list hides."""

    search_fields = ("cadre__name", "cadre__pinyin", "cadre__initials", "cadre__code", "group__name", "group__code")
    campaign = RecordFilter(_("Campaign"), Campaign)
    unit = UnitFilter()
    state = ChoiceFilter(_("State"), choices=Evaluation.State.choices)
    grade = ChoiceFilter(_("Grade"), choices=[], method="of_grade")
    contested = YesNoFilter(_("Contested"), field_name="seen_contested")
    min_score = MinimumFilter(_("Score from"), field_name="seen_score")
    max_score = MaximumFilter(_("Score up to"), field_name="seen_score")
    missing = ChoiceFilter(_("Still missing"), choices=METHODS, method="lacking")
    one_sided = ChoiceFilter(_("Resting on one alone"), choices=SIDES, method="from_one_side")
    waiting = WaitingFilter(Evaluation)

    def __init__(self, data, queryset, *, user):
        super().__init__(data, queryset, user=user)
        rows = Grade.objects.filter(scheme__in=visible_to(user, Scheme)).order_by("-minimum", "name")
        names = dict.fromkeys(rows.values_list("name", flat=True))
        self.filters["grade"].extra["choices"] = [*((name, name) for name in names), (UNDETERMINED, grade_name(""))]

    def of_grade(self, queryset, name, value):
        return queryset.filter(seen_grade="" if value == UNDETERMINED else value)

    def lacking(self, queryset, name, value):
        return queryset.filter(Q(**{f"count_{value}": 0}))

    def from_one_side(self, queryset, name, value):
        return queryset.filter(one_sided(value))
