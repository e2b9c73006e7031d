"""Pages of the appointment form's data: what is on record, its form, the photo, and the file of the exchange format."""

import hashlib

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assessment.actions import exports, jobs
from assessment.forms.profiles import KEPT, ProfileForm
from assessment.models import Job
from assessment.rules import appointment as rules
from assessment.sheets.appointment import form as appointment
from assessment.sheets.appointment import lrmx
from assessment.views.base import ActionPage, DetailPage, FormPage, Page, offer, offers
from assessment.views.cadres import CRUMBS, CadreList
from assessment.views.exports import ExportPage
from people.actions import profiles
from people.models import Cadre, Photo, Profile
from people.refusals import Refused

#: Elements of the form as the page shows them: heading -> names.
PARTS = (
    (
        _("Person"),
        "XingMing XingBie ChuShengNianYue MinZu JiGuan ChuShengDi RuDangShiJian CanJiaGongZuoShiJian JianKangZhuangKuang "
        "ZhuanYeJiShuZhiWu ShuXiZhuanYeYouHeZhuanChang",
    ),
    (
        _("Education and degrees"),
        "QuanRiZhiJiaoYu_XueLi QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi QuanRiZhiJiaoYu_XueWei QuanRiZhiJiaoYu_XueWei_BiYeYuanXiaoXi "
        "ZaiZhiJiaoYu_XueLi ZaiZhiJiaoYu_XueLi_BiYeYuanXiaoXi ZaiZhiJiaoYu_XueWei ZaiZhiJiaoYu_XueWei_BiYeYuanXiaoXi",
    ),
    (_("Posts"), "XianRenZhiWu NiRenZhiWu NiMianZhiWu"),
)
LATER = (
    (_("Assessment and appointment"), "JiangChengQingKuang NianDuKaoHeJieGuo RenMianLiYou"),
    (_("The form"), "ChengBaoDanWei TianBiaoRen TianBiaoShiJian JiSuanNianLingShiJian"),
)


class OfCadre:
    """What the pages share that are about the form of the cadre in the address."""

    model, verb, crumbs = Cadre, "view_profile", CRUMBS

    def rows(self, queryset):
        return queryset.select_related("unit")

    def sub(self):
        return " · ".join(filter(None, (self.object.unit.name, self.object.post)))

    def back_url(self):
        return reverse("cadre_profile", args=[self.object.pk])


class ProfileDetail(OfCadre, DetailPage):
    template_name, viewed = "people/profile.html", True

    def get_title(self):
        return _t("Appointment form data: %(name)s") % {"name": self.object}

    def buttons(self):
        cadre, pk = self.object, self.object.pk
        return offers(
            offer(self.user, "save_profile", _("Edit"), reverse("cadre_profile_edit", args=[pk]), cadre),
            offer(self.user, "view_profile", _("Export as .lrmx"), reverse("cadre_lrmx", args=[pk]), cadre),
        )

    def history(self):
        kept = self.visible(Profile).filter(cadre=self.object).first()
        if kept is None:
            return []
        url = reverse("ledgerentry_record", args=[kept._meta.label_lower, kept.pk])
        return offers(offer(self.user, "view_ledgerentry", _("History"), url, kept))

    def context(self):
        form, _shown = appointment.open_files(self.user, [self.object])[self.object.pk]
        on = rules.reckoned_on(form.values["TianBiaoShiJian"], form.values["JiSuanNianLingShiJian"], timezone.localdate())
        return {
            "parts": [(heading, _told(form, names, on)) for heading, names in PARTS],
            "later": [(heading, _told(form, names, on)) for heading, names in LATER],
            "resume": rules.resume(form.values["JianLi"]),
            "family": [(row, rules.shown_month(row["born"]), rules.age_of_relative(row, on)) for row in form.family],
            "unknown": appointment.unknown_text(form),
            "photo": self.visible(Photo).filter(cadre=self.object).values_list("sha256", flat=True).first(),
            "reckoned_on": on,
        }


def _told(form, names, on):
    """[(label, text)] of elements as a person reads them."""
    found = []
    for name in names.split():
        text = form.values[name]
        if name in appointment.DAYS:
            day = rules.day(text)
            text = day.isoformat() if day else text
        elif name in appointment.MONTHS or name == appointment.PARTY:
            month, rest = rules.party(text)
            text = "；".join(filter(None, (rules.shown_month(month), rest)))
        if name == "ChuShengNianYue" and (years := rules.age(form.values[name], on)) is not None:
            text = _t("%(month)s (%(years)s years old)") % {"month": text, "years": years}
        found.append((appointment.label(name), text))
    return found


class ProfileEdit(OfCadre, FormPage):
    form_class, verb, template_name = ProfileForm, "save_profile", "people/profile_form.html"

    def get_title(self):
        return _t("Edit appointment form data: %(name)s") % {"name": self.object}

    def about(self):
        return [*self.visible(Profile).filter(cadre=self.object), *self.visible(Photo).filter(cadre=self.object).defer("content")]

    def initial(self):
        kept = self.visible(Profile).filter(cadre=self.object).first() or Profile()
        names = [field.name for field in Profile._meta.concrete_fields if not field.primary_key and field.name not in KEPT]
        return {**{name: getattr(kept, name) for name in names}, "family": kept.family}

    def form_kwargs(self):
        return {"user": self.user, "has_photo": self.visible(Photo).filter(cadre=self.object).exists()}

    def get_form(self, data=None, files=None):
        self.form = super().get_form(data, files)
        return self.form

    def perform(self, data):
        profiles.save(by=self.user, rows=[{"cadre": self.object, **self.form.row()}])

    def next_url(self, result):
        return self.back_url()


class CadrePhoto(Page):
    """The portrait itself; seen by whoever may see the form, and kept by nobody on the way."""

    model, verb = Cadre, "view_photo"

    def get(self, request, *args, **kwargs):
        photo = self.visible(Photo).filter(cadre=self.object).first()
        if photo is None:
            raise Http404
        headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff", "Content-Disposition": "inline"}
        return HttpResponse(bytes(photo.content), content_type=photo.kind, headers=headers)


class CadreLrmx(OfCadre, ActionPage):
    """The file of one cadre, for a reason."""

    reason, submit = "required", _("Export")
    confirm_identity = True  # it holds the ID number
    explain = _(
        "A file of the exchange format that every program for the appointment form reads. "
        "Your name, the time and this reason are written into the history."
    )

    def get_title(self):
        return _t("Export as .lrmx: %(name)s") % {"name": self.object}

    def post(self, request, *args, **kwargs):
        form, confirmed = self.get_form(request.POST), self.is_confirmed()
        if not form.is_valid() or not confirmed:
            return self.render(form=form)
        try:
            return self._send(exports.check_reason(form.cleaned_data["reason"]))
        except Refused as refused:
            return self.refused(form, refused.refusals)

    def _send(self, reason):
        form, _shown = appointment.open_files(self.user, [self.object])[self.object.pk]
        content, name = lrmx.write(form), lrmx.file_name(form.name, timezone.localdate())
        exports.issued(
            by=self.user, sha256=hashlib.sha256(content).hexdigest(), kind=Cadre._meta.label_lower, name=name, reason=reason,
            facts={"list": "cadre_lrmx", "rows": 1}, obj=self.object,
            revealed={"fields": ["id_number"]} if form.values[appointment.ID_NUMBER] else None,
        )  # fmt: skip
        headers = {"Content-Disposition": content_disposition_header(True, name)}
        return HttpResponse(content, content_type="text/xml; charset=UTF-8", headers=headers)


class CadresLrmx(ExportPage):
    """A zip of the files of all cadres that a list shows: made by a job."""

    of, template_name = CadreList, "people/cadres_lrmx.html"
    confirm_identity = True  # they hold the ID numbers

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.verb = "view_profile"

    def get_title(self):
        return _t("Export as .lrmx")

    def post(self, request, *args, **kwargs):
        listing = self._listing()
        if listing.strict_problems():
            return self._ask(listing, status=400)
        if not self.is_confirmed():
            return self._ask(listing)
        try:
            reason = exports.check_reason(request.POST.get("reason"))
            asked = {"query": listing.full_query}
            job = jobs.start(by=self.user, kind=Job.Kind.LRMX, verb=self.verb, reason=reason, parameters=asked)
        except Refused as refused:
            return self._ask(listing, status=400, refusals=refused.refusals)
        return self.redirect(reverse("job_detail", args=[job.pk]))
