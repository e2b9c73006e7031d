"""Filters of the list of contacts."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from assessment.filters.base import ChoiceFilter, FilterSet, RecordFilter, SinceFilter, TextFilter, UnitFilter, UntilFilter, YesNoFilter
from assessment.models import Campaign, Contact, Finding, TeamMember
from assessment.models.contact import Method
from assessment.queries import contacts as queries
from people.access import can, visible_to
from people.models import Unit

SOURCE_FIELDS = ("seen_source", "seen_post")


class ContactFilter(FilterSet):
    """What can be asked of contacts. Who said it can be asked only by those who may know it, and finds only what they may."""

    campaign = RecordFilter(_("Campaign"), Campaign)
    method = ChoiceFilter(_("Method"), choices=Method.choices)
    relation = ChoiceFilter(_("Relation"), choices=Contact.Relation.choices, field_name="seen_relation")
    unit = UnitFilter(_("Unit of the assessee"), method="of_unit")
    place = TextFilter(_("Place"))
    member = TextFilter(_("Member of the team"), method="with_member")
    since = SinceFilter(_("From"), field_name="held_at")
    until = UntilFilter(_("Until"), field_name="held_at")
    withdrawn = YesNoFilter(_("With withdrawn findings"), method="with_withdrawn")

    def __init__(self, data, queryset, *, user):
        super().__init__(data, queryset, user=user)
        self.knows_sources = bool(can(user, "view_source"))
        if not self.knows_sources:
            del self.filters["relation"]

    def search(self, queryset, name, value):
        """Every word in number, place, an assessee's name, pinyin or code, or in what was found; in the source for those who may."""
        for word in value.split():
            found = Q(number__icontains=word) | Q(place__icontains=word) | queries.about(self.user, word)
            for path in SOURCE_FIELDS if self.knows_sources else ():
                found |= Q(**{f"{path}__icontains": word})
            queryset = queryset.filter(found)
        return queryset

    def _findings(self):
        return visible_to(self.user, Finding).filter(contact=OuterRef("pk"))

    def of_unit(self, queryset, name, value):
        if value is None:
            return queryset
        below = list(Unit.objects.descendants(value.pk, include_self=True).order_by().values_list("pk", flat=True))
        return queryset.filter(Exists(self._findings().filter(evaluation__unit__in=below)))

    def with_member(self, queryset, name, value):
        team = TeamMember.objects.filter(contact=OuterRef("pk"))
        return queryset.filter(Exists(team.filter(Q(user__username__icontains=value) | Q(user__name__icontains=value))))

    def with_withdrawn(self, queryset, name, value):
        withdrawn = Exists(self._findings().exclude(withdrawn_on=None))
        return queryset.filter(withdrawn if value == "yes" else ~withdrawn)
