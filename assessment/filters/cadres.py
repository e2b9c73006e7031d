"""Filters of the list of cadres."""

from django.utils.translation import gettext_lazy as _

from assessment.filters.base import (
    ChoiceFilter,
    FilterSet,
    MaximumFilter,
    MinimumFilter,
    RecordFilter,
    SinceFilter,
    TextFilter,
    UnitFilter,
    UntilFilter,
)
from assessment.models import Campaign, Evaluation
from people import codes
from people.access import visible_to
from people.models import Cadre


class CadreFilter(FilterSet):
    search_fields = ("name", "pinyin", "initials", "code")
    unit = UnitFilter()
    status = ChoiceFilter(_("Status"), choices=Cadre.Status.choices)
    post = TextFilter(_("Post"))
    post_level = ChoiceFilter(_("Post level"), choices=codes.POST_LEVEL.choices)
    rank = ChoiceFilter(_("Rank"), choices=codes.RANK.choices)
    sex = ChoiceFilter(_("Sex"), choices=codes.SEX.choices)
    political_status = ChoiceFilter(_("Political status"), choices=codes.POLITICAL_STATUS.choices)
    education = ChoiceFilter(_("Education"), choices=codes.EDUCATION.choices)
    in_post_from = SinceFilter(_("In post since (from)"), field_name="in_post_since")
    in_post_until = UntilFilter(_("In post since (until)"), field_name="in_post_since")
    campaign = RecordFilter(_("Assessed in"), Campaign, field_name="evaluations__campaign", method="assessed_in")
    score_from = MinimumFilter(_("Last score from"), field_name="latest_score")
    score_to = MaximumFilter(_("Last score to"), field_name="latest_score")

    def assessed_in(self, queryset, name, value):
        """On the roster of a campaign, as far as the user sees it."""
        roster = visible_to(self.user, Evaluation).filter(campaign=value)
        return queryset.filter(pk__in=roster.exclude(cadre=None).values("cadre"))
