"""Pages of units: the tree of who belongs where."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessment.filters.units import UnitFilters
from assessment.forms.units import NewUnitForm, UnitForm
from assessment.models import Evaluation
from assessment.queries import duties
from assessment.queries import units as queries
from assessment.tables.units import UnitTable
from assessment.views.base import DetailPage, FormPage, ListPage, offer, offers
from assessment.views.pick import Options
from people.access import can
from people.actions import units
from people.models import Cadre, Duty, Unit

CRUMBS = [(_("Units"), "unit_list")]
SHOWN = 30  # rows of a section of the detail page; a link leads to the whole list


def scoped(page, model):
    """Visible rows of a model, or None where the user may see none whatever their unit."""
    return page.visible(model) if can(page.user, f"view_{model._meta.model_name}") else None


class UnitList(ListPage):
    model, table_class, filterset_class = Unit, UnitTable, UnitFilters
    title = _("Units")
    search_hint = _("Name or code")

    def rows(self, queryset):
        queryset = queryset.select_related("parent")
        return queries.with_counts(queryset, cadres=scoped(self, Cadre), evaluations=scoped(self, Evaluation))

    def buttons(self):
        return offers(offer(self.user, "save_unit", _("Add unit"), reverse("unit_add")))


class UnitDetail(DetailPage):
    model = Unit
    verb = "view_unit"
    template_name = "people/unit_detail.html"
    crumbs = CRUMBS

    def rows(self, queryset):
        return queryset.select_related("parent")

    def sub(self):
        return " · ".join(filter(None, [self.object.get_kind_display(), self.object.code]))

    def facts(self):
        unit = self.object
        return [
            (_("Unit code"), unit.code),
            (_("Kind"), unit.get_kind_display()),
            (_("Formed on"), unit.formed_on and unit.formed_on.isoformat()),
            (_("Disbanded on"), unit.disbanded_on and unit.disbanded_on.isoformat()),
        ]

    def buttons(self):
        edit = reverse("unit_edit", args=[self.object.pk])
        add = f"{reverse('unit_add')}?parent={self.object.code}"
        return offers(
            offer(self.user, "save_unit", _("Add unit below"), add, self.object),
            offer(self.user, "save_unit", _("Edit"), edit, self.object),
        )

    def context(self):
        unit, units_seen = self.object, self.visible(Unit)
        cadres = scoped(self, Cadre)
        shown = {
            "parent": units_seen.filter(pk=unit.parent_id).first(),
            "children": queries.children(units_seen, unit, cadres=cadres),
        }
        if cadres is not None:
            branch = queries.branch_ids(units_seen, unit)
            own = cadres.filter(unit=unit)
            groups = self.visible(Evaluation).filter(group=unit).select_related("campaign")
            shown |= {
                "cadres": own.order_by("code")[:SHOWN],
                "cadre_count": own.count(),
                "cadres_below": cadres.filter(unit__in=branch).count(),
                "duties": self._duties(),
                "group_evaluations": groups.order_by("-campaign__starts_on", "pk"),
                "sees_content": True,
            }
        return shown


    def _duties(self):
        rows = self.visible(Duty).filter(unit=self.object).select_related("cadre")
        return duties.with_mark(rows).order_by("-starts_on", "pk")[:SHOWN]


class UnitAdd(FormPage):
    model, form_class, verb = Unit, NewUnitForm, "save_unit"
    title, crumbs = _("Add unit"), CRUMBS

    def initial(self):
        return {"parent": self.request.GET.get("parent", ""), "kind": Unit.Kind.OTHER}

    def form_kwargs(self):
        return {"user": self.user}

    def perform(self, data):
        return units.save(by=self.user, rows=[data])[0]


class UnitEdit(FormPage):
    model, form_class, verb, crumbs = Unit, UnitForm, "save_unit", CRUMBS

    def rows(self, queryset):
        return queryset.select_related("parent")

    def get_title(self):
        return _("Edit %(name)s") % {"name": self.object}

    def initial(self):
        unit = self.object
        return {name: getattr(unit, name) for name in UnitForm.Meta.fields}

    def form_kwargs(self):
        return {"user": self.user}

    def perform(self, data):
        return units.save(by=self.user, rows=[{"code": self.object.code, **data}])[0]


class UnitOptions(Options):
    model, verb, search_fields = Unit, "view_unit", ("code", "name")
