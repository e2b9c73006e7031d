"""Pages of cadres: the list, the file of one cadre, and what may be revealed of it."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessment import charts
from assessment.filters.cadres import CadreFilter
from assessment.forms.cadres import CadreForm, NewCadreForm, RevealForm
from assessment.models import Appeal, Decision, Evaluation, Finding, Notice
from assessment.queries import blind, duties
from assessment.queries import cadres as queries
from assessment.tables.cadres import CadreTable
from assessment.tables.evaluations import TONES
from assessment.views.base import DetailPage, FormPage, ListPage, offer, offers
from assessment.views.confirming import Confirming
from assessment.views.pick import Options
from assessment.wording import grade_name
from people import ledger
from people.access import can, demand
from people.actions import cadres
from people.models import Cadre, Duty, Kinship, Photo, Profile, Sanction, Unit

CRUMBS = [(_("Cadres"), "cadre_list")]
RECENT = 20  # findings shown at first
FORM_FACTS = (
    "birth_place", "health", "technical_post", "full_time_education", "full_time_school", "in_service_education", "in_service_school",
    "filled_on",
)  # fmt: skip
STATUSES = {Cadre.Status.INVESTIGATED: "stop", Cadre.Status.ON_LEAVE: "wait"}


class CadreList(ListPage):
    model, table_class, filterset_class = Cadre, CadreTable, CadreFilter
    title = _("Cadres")
    search_hint = _("Name, pinyin, initials or code")

    def rows(self, queryset):
        return queries.with_latest(queryset.select_related("unit"), self.visible(Evaluation))

    def buttons(self):
        listed = self.request.GET.copy()
        listed.pop("page", None)
        return offers(
            offer(self.user, "view_profile", _("Compare .lrmx files"), reverse("cadre_compare")),
            offer(self.user, "view_profile", _("Export as .lrmx"), f"{reverse('cadre_lrmx_all')}?{listed.urlencode()}"),
            offer(self.user, "save_cadre", _("Add cadre"), reverse("cadre_add")),
        )


class CadreDetail(Confirming, DetailPage):
    model, verb, viewed, crumbs = Cadre, "view_cadre", True, CRUMBS
    template_name = "people/cadre_detail.html"
    confirm_identity = True  # to reveal

    def rows(self, queryset):
        return queryset.select_related("unit")

    def sub(self):
        cadre = self.object
        level, rank = cadre.get_post_level_display(), cadre.get_rank_display()
        return " · ".join(str(part) for part in (cadre.unit.name, cadre.post, level, rank) if part)

    def buttons(self):
        return offers(
            offer(self.user, "view_profile", _("Official forms"), reverse("cadre_print", args=[self.object.pk]), self.object),
            offer(self.user, "save_cadre", _("Edit"), reverse("cadre_edit", args=[self.object.pk]), self.object),
        )

    def facts(self):
        cadre = self.object
        days = [(name, getattr(cadre, name)) for name in ("joined_party_on", "started_work_on", "in_post_since")]
        words = {name: getattr(cadre, f"get_{name}_display")() for name in CadreTable.coded}
        plain = {name: getattr(cadre, name) for name in ("code", "birth_month", "native_place")}
        values = {**plain, **words, **{name: day and day.isoformat() for name, day in days}}
        order = (
            "code sex ethnicity birth_month native_place political_status joined_party_on started_work_on education degree in_post_since"
        )
        return [(Cadre._meta.get_field(name).verbose_name, values[name]) for name in order.split()]

    def context(self):
        tones = {"tones": TONES, "status_tones": STATUSES}
        return {**self._assessment(), **self._beside(), **tones, "form": RevealForm(), "may": self._deeds()}

    def _assessment(self):
        """Evaluations with what came of them, and the timeline of what was found."""
        cadre, everything = self.object, "all" in self.request.GET
        rows = queries.evaluations(
            self.visible(Evaluation),
            cadre,
            notices=self.visible(Notice),
            appeals=self.visible(Appeal),
            decisions=self.visible(Decision),
        )
        findings, number = queries.timeline(
            self.visible(Finding), cadre, user=self.user, limit=None if everything else RECENT
        )
        sealed = blind.sealed(self.user, {row.pk: row for row in rows}.values())
        for row in rows:
            row.sealed = row.pk in sealed
            row.grade_words = "" if row.state == Evaluation.State.GATHERING else grade_name(row.grade)
        for finding in findings:
            finding.sealed = finding.evaluation_id in sealed
        return {"evaluations": rows, "chart": self._chart(rows), "findings": findings, "finding_count": number}

    def _chart(self, rows):
        """Scores over campaigns, oldest first; one alone is no line."""
        scored = [row for row in reversed(rows) if row.score is not None and not row.sealed]
        points = [(row.campaign.title, row.score, reverse("evaluation_detail", args=[row.pk])) for row in scored]
        if len(points) < 2:
            return ""
        return charts.line(points, title=_("Score over campaigns"), head=(_("Campaign"), _("Score")), low=50, high=100)

    def _beside(self):
        """What is known of the cadre beside assessment, as far as the user may see it."""
        cadre, own = self.object, {"cadre": self.object}
        return {
            "duties": duties.with_mark(self.visible(Duty).filter(**own).select_related("unit")).order_by("-starts_on", "pk"),
            "sanctions": queries.sanctions(self.visible(Sanction), cadre) if can(self.user, "view_sanction", cadre) else None,
            "kin": self._kin(cadre) if can(self.user, "view_kinship", cadre) else None,
            "decisions": self.visible(Decision).filter(**own),
            "unit_seen": self.visible(Unit).filter(pk=cadre.unit_id).exists(),
            **self._form(cadre),
        }

    def _form(self, cadre):
        """What the appointment form tells: the photo, and the few facts that one looks for first."""
        if not can(self.user, "view_profile", cadre):
            return {}
        kept = self.visible(Profile).filter(cadre=cadre).first() or Profile()
        told = [(Profile._meta.get_field(name).verbose_name, getattr(kept, name)) for name in FORM_FACTS]
        return {
            "form_seen": True,
            "form_facts": [(label, text) for label, text in told if text],
            "photo": self.visible(Photo).filter(cadre=cadre).exists(),
        }

    def _kin(self, cadre):
        return queries.kin(self.visible(Kinship), cadre, seen=self.visible(Cadre))

    def _deeds(self):
        cadre, pk = self.object, self.object.pk
        duty = f"{reverse('duty_add')}?{urlencode({'cadre': cadre.code, 'unit': cadre.unit.code})}"
        deeds = {
            "duty": offer(self.user, "save_duty", _("Add duty"), duty, cadre),
            "sanction": offer(self.user, "save_sanction", _("Add sanction"), reverse("sanction_add", args=[pk]), cadre),
            "kinship": offer(self.user, "save_kinship", _("Add kin"), reverse("kinship_add", args=[pk]), cadre),
        }
        reveal = can(self.user, "reveal", cadre).ok and bool(cadre.id_number or cadre.phone)
        return {"reveal": reveal, **{name: deed for name, deed in deeds.items() if offers(deed)}}


class CadreReveal(CadreDetail):
    """The same page with ID number and phone in full, for a reason that goes into the ledger. Nothing of it is kept."""

    verb = "reveal"

    def get(self, request, *args, **kwargs):
        return self.redirect(reverse("cadre_detail", args=[self.object.pk]))

    def post(self, request, *args, **kwargs):
        demand(self.user, "view_cadre", self.object)
        form, confirmed = RevealForm(request.POST), self.is_confirmed()
        if not form.is_valid() or not confirmed:
            return self._show(form=form, asked=True)
        told = {name: getattr(self.object, name) for name in CadreForm.SECRETS if getattr(self.object, name)}
        ledger.note(
            by=self.user, verb="reveal", obj=self.object, facts={"fields": sorted(told)}, reason=form.cleaned_data["reason"]
        )
        return self._show(revealed=told)

    def _show(self, **context):
        return self.render(sub=self.sub(), facts=self.facts(), buttons=self.buttons(), **context)


class CadreAdd(FormPage):
    model, form_class, verb, crumbs = Cadre, NewCadreForm, "save_cadre", CRUMBS
    template_name = "generic/sections.html"
    title = _("Add cadre")

    def initial(self):
        return {"unit": self.request.GET.get("unit", ""), "status": Cadre.Status.IN_POST}

    def form_kwargs(self):
        return {"user": self.user}

    def get_form(self, data=None, files=None):
        self.form = super().get_form(data, files)
        return self.form

    def perform(self, data):
        return cadres.save(by=self.user, rows=[self.form.row()])[0]


class CadreEdit(CadreAdd):
    form_class = CadreForm

    def rows(self, queryset):
        return queryset.select_related("unit")

    def get_title(self):
        return _("Edit %(name)s") % {"name": self.object}

    def initial(self):
        shown = [name for name in CadreForm.Meta.fields if name not in CadreForm.SECRETS]
        return {name: getattr(self.object, name) for name in shown}

    def form_kwargs(self):
        return {"user": self.user, "recorded": [name for name in CadreForm.SECRETS if getattr(self.object, name)]}

    def perform(self, data):
        return cadres.save(by=self.user, rows=[{"code": self.object.code, **self.form.row()}])[0]


class CadreOptions(Options):
    model, verb, search_fields = Cadre, "view_cadre", ("code", "name", "pinyin", "initials")

    def rows(self, queryset):
        return queryset.select_related("unit")

    def note(self, record):
        return record.unit.name
