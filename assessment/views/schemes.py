"""Pages of schemes: the yardsticks, how they are made, and that those in use stay as they are."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessment.actions import schemes
from assessment.actions.shipped import SHIPPED
from assessment.filters.schemes import SchemeFilters
from assessment.forms.schemes import NewSchemeForm, SchemeForm
from assessment.models import Campaign, Scheme
from assessment.queries import schemes as queries
from assessment.tables.schemes import SchemeTable
from assessment.views.base import DetailPage, FormPage, ListPage, offer, offers, whole
from people.refusals import Refusal, refuse

CRUMBS = [(_("Schemes"), "scheme_list")]
TONES = {Campaign.State.DRAFT: "", Campaign.State.OPEN: "info", Campaign.State.CLOSED: "ok"}
PARTS = ("dimensions", "levels", "grades")


def frozen(scheme):
    """The refusal to change a scheme that is in use, or None."""
    return Refusal("scheme_frozen", {"value": scheme.code}) if scheme.frozen else None


def as_initial(scheme):
    """A scheme as it stands in a form."""
    parts = {
        "dimensions": [{"code": d.code, "name": d.name, "weight": d.weight} for d in scheme.dimensions.all()],
        "levels": [{"name": level.name, "points": level.points} for level in scheme.levels.all()],
        "grades": [{"name": grade.name, "minimum": grade.minimum} for grade in scheme.grades.all()],
    }
    return {**{name: getattr(scheme, name) for name in SchemeForm.Meta.fields}, **parts}


class SchemeList(ListPage):
    model, table_class, filterset_class = Scheme, SchemeTable, SchemeFilters
    title = _("Schemes")
    search_hint = _("Title or code")

    def rows(self, queryset):
        return queries.with_counts(queryset, self.visible(Campaign))

    def buttons(self):
        return offers(offer(self.user, "save_scheme", _("Add scheme"), reverse("scheme_add")))


class SchemeDetail(DetailPage):
    model, verb, crumbs = Scheme, "view_scheme", CRUMBS
    template_name = "assessment/scheme_detail.html"

    def rows(self, queryset):
        return queryset.prefetch_related(*PARTS)

    def sub(self):
        return f"{self.object.code} · {self.object.get_assessee_display()}"

    def context(self):
        scheme = self.object
        methods = [(name, getattr(scheme, f"{name}_weight"), getattr(scheme, f"min_{name}")) for name in ("on_site", "phone", "talk")]
        labels = [_("On-site observation"), _("Phone inquiry"), _("Heart-to-heart talk")]
        campaigns = self.visible(Campaign).filter(scheme=scheme).select_related("unit")
        return {
            "methods": [(label, weight, least) for label, (_name, weight, least) in zip(labels, methods, strict=True)],
            "campaigns": campaigns,
            "tones": TONES,
        }

    def buttons(self):
        pk = self.object.pk
        return offers(
            offer(self.user, "save_scheme", _("Copy as new scheme"), f"{reverse('scheme_add')}?copy={pk}"),
            offer(self.user, "save_scheme", _("Edit"), reverse("scheme_edit", args=[pk]), refusal=frozen(self.object)),
        )


class SchemeAdd(FormPage):
    """A new scheme, filled with the parts of the one to copy, else with what is usual in the field."""

    model, form_class, verb, crumbs = Scheme, NewSchemeForm, "save_scheme", CRUMBS
    template_name = "assessment/scheme_form.html"
    title = _("Add scheme")
    sub = _("A scheme is frozen as soon as a campaign uses it.")

    def initial(self):
        copy = whole(self.request.GET.get("copy"))
        found = self.visible().filter(pk=copy).first() if copy else None
        if found:
            return as_initial(found)
        return {name: value for name, value in SHIPPED["front-line"].items() if name not in ("code", "title", "dimensions")}

    def form_kwargs(self):
        return {"user": self.user}

    def get_form(self, data=None, files=None):
        self.form = super().get_form(data, files)
        return self.form

    def perform(self, data):
        return schemes.save(by=self.user, rows=[self.form.row()])[0]

    def place(self, form, field, words):
        form.place(field, words)


class SchemeEdit(SchemeAdd):
    form_class = SchemeForm

    def get_title(self):
        return _("Edit %(name)s") % {"name": self.object}

    def get(self, request, *args, **kwargs):
        refuse(*filter(None, [frozen(self.object)]))
        return super().get(request, *args, **kwargs)

    def initial(self):
        return as_initial(self.object)

    def perform(self, data):
        return schemes.save(by=self.user, rows=[{"code": self.object.code, **self.form.row()}])[0]
