"""Pages of duties: who stands where on the front line, and who was trained first."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessment.filters.duties import DutyFilters
from assessment.forms.duties import DutyForm
from assessment.queries import duties as queries
from assessment.tables.duties import DutyTable
from assessment.views.base import ActionPage, DetailPage, FormPage, ListPage, Page, offer, offers
from people.actions import duties
from people.models import Cadre, Duty, Unit

CRUMBS = [(_("Duties"), "duty_list")]


class DutyList(ListPage):
    model, table_class, filterset_class = Duty, DutyTable, DutyFilters
    template_name = "people/duty_list.html"
    title = _("Duties")
    search_hint = _("Cadre, place or unit")

    def rows(self, queryset):
        return queries.with_mark(queryset.select_related("unit", "cadre"))

    def context(self):
        listing = self.listing(self.request.GET)
        rows, whole = ([], None) if listing.problems else queries.totals(listing.filterset.qs)
        return {"totals": rows, "whole": whole}

    def buttons(self):
        return offers(
            offer(self.user, "view_duty", _("Board by unit"), reverse("duty_board")),
            offer(self.user, "save_duty", _("Add duty"), reverse("duty_add")),
        )


class DutyBoard(Page):
    """Units by kinds: how many people stand where today, or on a day before."""

    model, verb = Duty, "view_duty"
    template_name = "people/duty_board.html"
    title, crumbs = _("Duties by unit"), CRUMBS

    def get(self, request, *args, **kwargs):
        units = list(self.visible(Unit).with_tree_fields())
        kinds, rows, sums = queries.board(self.visible(), units)
        return self.render(kinds=kinds, board=rows, sums=sums, whole=sum(sums), buttons=[])


class DutyDetail(DetailPage):
    model, verb, crumbs = Duty, "view_duty", CRUMBS
    template_name = "people/duty_detail.html"

    def rows(self, queryset):
        return queries.with_mark(queryset.select_related("unit", "cadre"))

    def sub(self):
        return self.object.unit.name

    def context(self):
        return {"cadre_seen": self.visible(Cadre).filter(pk=self.object.cadre_id).exists()}

    def buttons(self):
        duty = self.object
        return offers(
            offer(self.user, "save_duty", _("Remove"), reverse("duty_remove", args=[duty.pk]), duty),
            offer(self.user, "save_duty", _("Edit"), reverse("duty_edit", args=[duty.pk]), duty),
        )


class DutyAdd(FormPage):
    model, form_class, verb = Duty, DutyForm, "save_duty"
    template_name = "generic/sections.html"
    title, crumbs = _("Add duty"), CRUMBS

    def initial(self):
        return {name: self.request.GET.get(name, "") for name in ("unit", "cadre", "kind")}

    def form_kwargs(self):
        return {"user": self.user}

    def perform(self, data):
        return duties.save(by=self.user, rows=[data])[0]


class DutyEdit(DutyAdd):
    def rows(self, queryset):
        return queryset.select_related("unit", "cadre")

    def get_title(self):
        return _("Edit %(name)s") % {"name": self.object}

    def initial(self):
        return {name: getattr(self.object, name) for name in DutyForm.Meta.fields}

    def perform(self, data):
        return duties.save(by=self.user, rows=[{"id": self.object.pk, **data}])[0]


class DutyRemove(ActionPage):
    model, verb, crumbs = Duty, "save_duty", CRUMBS
    reason, danger = "required", True
    explain = _("For a duty that was entered by mistake. The history keeps it. A duty that is over gets a last day instead.")
    submit, done = _("Remove"), _("Removed.")

    def rows(self, queryset):
        return queryset.select_related("unit", "cadre")

    def get_title(self):
        return _("Remove %(name)s") % {"name": self.object}

    def perform(self, data):
        duties.remove(by=self.user, record=self.object, reason=data["reason"])

    def next_url(self, result):
        return reverse("duty_list")

    def back_url(self):
        return reverse("duty_detail", args=[self.object.pk])
