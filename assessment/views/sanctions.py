"""Forms from a cadre's page: his sanctions and his kin."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessment.forms.duties import KinshipForm, SanctionForm
from assessment.views.base import ActionPage, FormPage
from people.actions import duties
from people.models import Cadre, Kinship, Sanction

CRUMBS = [(_("Cadres"), "cadre_list")]


class OfCadre(FormPage):
    """Base: adds something to the file of the cadre in the address."""

    model, crumbs = Cadre, CRUMBS

    def rows(self, queryset):
        return queryset.select_related("unit")

    def form_kwargs(self):
        return {"user": self.user}

    def about(self):
        return [] if isinstance(self.object, Cadre) else super().about()  # what is added stands beside what others change of him

    def get_title(self):
        return _("%(what)s: %(name)s") % {"what": self.title, "name": self.object}

    def next_url(self, result):
        return reverse("cadre_detail", args=[self.object.pk])


class SanctionAdd(OfCadre):
    form_class, verb, title = SanctionForm, "save_sanction", _("Add sanction")

    def perform(self, data):
        return duties.save_sanctions(by=self.user, rows=[{"cadre": self.object, **data}])[0]


class KinshipAdd(OfCadre):
    form_class, verb, title = KinshipForm, "save_kinship", _("Add kin")

    def perform(self, data):
        return duties.save_kinships(by=self.user, rows=[{"cadre": self.object, **data}])[0]


class SanctionEdit(SanctionAdd):
    model, title = Sanction, _("Edit sanction")

    def rows(self, queryset):
        return queryset.select_related("cadre__unit")

    def initial(self):
        return {name: getattr(self.object, name) for name in SanctionForm.Meta.fields}

    def perform(self, data):
        return duties.save_sanctions(by=self.user, rows=[{"id": self.object.pk, **data}])[0]

    def get_title(self):
        return _("%(what)s: %(name)s") % {"what": self.title, "name": self.object.cadre}

    def next_url(self, result):
        return reverse("cadre_detail", args=[self.object.cadre_id])


class Remove(ActionPage):
    """Base: takes back what was entered by mistake."""

    crumbs, reason, danger = CRUMBS, "required", True
    submit, done = _("Remove"), _("Removed.")
    explain = _("Only for what was entered by mistake. The history keeps it, with your reason.")

    def rows(self, queryset):
        return queryset.select_related("cadre__unit")

    def get_title(self):
        return _("Remove: %(what)s") % {"what": self.object}

    def perform(self, data):
        duties.remove(by=self.user, record=self.object, reason=data["reason"])

    def next_url(self, result):
        return reverse("cadre_detail", args=[self.object.cadre_id])


class SanctionRemove(Remove):
    model, verb = Sanction, "save_sanction"


class KinshipRemove(Remove):
    model, verb = Kinship, "save_kinship"

    def rows(self, queryset):
        return queryset.select_related("cadre__unit", "relative")
