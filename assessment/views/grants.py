"""Pages of grants: who may act where, from when until when."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessment.filters.users import GrantFilters
from assessment.forms.users import GrantForm
from assessment.tables.users import GrantTable
from assessment.views.base import ActionPage, FormPage, ListPage
from people.actions import grants
from people.models import Grant, User

CRUMBS = [(_("Users"), "user_list")]


class GrantList(ListPage):
    model, table_class, filterset_class, crumbs = Grant, GrantTable, GrantFilters, CRUMBS
    title = _("Grants")
    search_hint = _("User name or name")

    def rows(self, queryset):
        return queryset.select_related("user", "unit", "granted_by")


class GrantAdd(FormPage):
    model, form_class, verb, crumbs = User, GrantForm, "save_grant", CRUMBS
    template_name = "generic/sections.html"
    submit = _("Give the role")
    confirm_identity = True

    def about(self):
        return []  # nothing of the account is changed

    def get_title(self):
        return _("Give %(name)s a role") % {"name": self.object}

    def initial(self):
        return {"valid_from": timezone.localdate(), "reach": GrantForm.UNIT}

    def form_kwargs(self):
        return {"user": self.user}

    def perform(self, data):
        del data["reach"]
        return grants.give(by=self.user, user=self.object, **data)

    def next_url(self, result):
        return reverse("user_detail", args=[self.object.pk])


class GrantEnd(ActionPage):
    model, verb, crumbs = Grant, "save_grant", CRUMBS
    reason, danger, submit, done = "required", True, _("End it"), _("The role was ended.")
    confirm_identity = True
    explain = _("It ends at once. The history keeps that it was there.")

    def rows(self, queryset):
        return queryset.select_related("user", "unit")

    def get_title(self):
        return _("End the role: %(what)s") % {"what": self.object}

    def perform(self, data):
        grants.end(by=self.user, grant=self.object, reason=data["reason"])

    def next_url(self, result):
        return reverse("user_detail", args=[self.object.user_id])
