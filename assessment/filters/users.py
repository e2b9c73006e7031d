"""Filters of the lists of accounts and grants."""

from django.utils.translation import gettext_lazy as _

from assessment.filters.base import ChoiceFilter, FilterSet, UnitFilter, YesNoFilter
from assessment.filters.waiting import WaitingFilter
from people.access import visible_to
from people.models import Grant, User


class UserFilters(FilterSet):
    """What is asked of grants is asked of those that the user may see."""

    search_fields = ("username", "name", "email")
    is_active = YesNoFilter(_("Active"), field_name="is_active")
    role = ChoiceFilter(_("Role in force"), choices=Grant.Role.choices, method="of_role")
    waiting = WaitingFilter(User)

    def of_role(self, queryset, name, value):
        grants = visible_to(self.user, Grant).valid().filter(role=value)
        return queryset.filter(pk__in=grants.values("user"))


class GrantFilters(FilterSet):
    search_fields = ("user__username", "user__name")
    role = ChoiceFilter(_("Role"), choices=Grant.Role.choices)
    unit = UnitFilter()
    valid = YesNoFilter(_("In force today"), method="in_force")

    def in_force(self, queryset, name, value):
        valid = Grant.objects.valid().values("pk")
        return queryset.filter(pk__in=valid) if value == "yes" else queryset.exclude(pk__in=valid)
