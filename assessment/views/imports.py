"""The exchange of workbooks: upload, templates, and the whole workbook on its way out. What a check found: `checks`."""

import tempfile

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assessment import files
from assessment.actions import exports, jobs
from assessment.forms.imports import ExchangeForm, UploadForm
from assessment.models import Campaign, Evaluation, Job
from assessment.queries.contacts import campaigns_open_to
from assessment.sheets.exchange import blank
from assessment.sheets.workbook.allowance import ROW_LIMIT
from assessment.sheets.workbook.package import LIMITS
from assessment.tables.jobs import TONES
from assessment.views.base import Page, whole
from assessment.views.checks import OPEN, address, check
from assessment.views.confirming import Confirming
from assessment.views.exports import FORMATS
from assessment.wording import sentence
from people.access import can, demand
from people.refusals import Refused

EXCHANGE_KINDS = (Job.Kind.CHECK, Job.Kind.IMPORT, Job.Kind.EXCHANGE)
RECENT = 8
#: kind of a template -> what it is for; in the order of the work.
TEMPLATES = {
    "units": _("Units"),
    "cadres": _("Cadres"),
    "campaign": _("Scheme, campaign and roster"),
    "contacts": _("Contacts of a campaign"),
}


class Exchange(Confirming, Page):
    """One page for both directions. POST is an upload."""

    verb, title, template_name = "export_workbook", _("Exchange"), "assessment/import.html"

    @property
    def confirm_identity(self):
        """For the export: it holds ID numbers and phones for whoever may reveal them."""
        return can(self.user, "reveal").ok

    def get(self, request, *args, **kwargs):
        return self.show()

    def post(self, request, *args, **kwargs):
        demand(self.user, "import_workbook")
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                return self.redirect(address(check(self.user, upload, upload.name)))
            except Refused as refused:
                form.add_error("file", [sentence(refusal) for refusal in refused.refusals])
        return self.show(upload=form)

    def show(self, **forms):
        may_import = can(self.user, "import_workbook")
        recent = self.visible(Job).filter(kind__in=EXCHANGE_KINDS).defer("parameters", "outcome")
        return self.render(
            may_import=may_import,
            upload=forms.get("upload") or UploadForm(),
            export=forms.get("export") or ExchangeForm(campaigns=self.visible(Campaign)),
            templates=[(kind, label) for kind, label in TEMPLATES.items() if kind != "contacts"],
            open_campaigns=campaigns_open_to(self.user).order_by("-starts_on", "pk") if may_import else (),
            recent=[(job, TONES.get(job.state, "")) for job in recent[:RECENT]],
            megabytes=LIMITS.size >> 20,
            row_limit=f"{ROW_LIMIT:,}",
        )


class ExchangeExport(Exchange):
    """POST asks for the workbook."""

    def post(self, request, *args, **kwargs):
        form = ExchangeForm(request.POST, campaigns=self.visible(Campaign))
        confirmed = self.is_confirmed()
        if form.is_valid() and confirmed:
            campaign, reason = form.cleaned_data["campaign"], form.cleaned_data["reason"]
            what = f" {campaign.code}" if campaign else ""
            asked = {"campaign": campaign.code if campaign else "", "name": f"{_t('Exchange workbook')}{what} {timezone.localdate()}.xlsx"}
            try:
                reason = exports.check_reason(reason)
                same = self.visible(Job).filter(kind=Job.Kind.EXCHANGE, state__in=OPEN, reason=reason, parameters__campaign=asked["campaign"])
                job = same.first() or jobs.start(
                    by=self.user, kind=Job.Kind.EXCHANGE, verb="export_workbook", reason=reason, parameters=asked
                )
                return self.redirect(address(job))
            except Refused as refused:
                form.add_error("reason", [sentence(refusal) for refusal in refused.refusals])
        return self.show(export=form)


class Template(Page):
    """A template to fill in. One that names persons is a file that leaves, and is noted."""

    verb = "import_workbook"

    def get(self, request, *args, **kwargs):
        kind, campaign = request.GET.get("kind"), None
        if kind not in TEMPLATES:
            raise Http404
        if kind == "contacts":
            campaign = get_object_or_404(campaigns_open_to(self.user).select_related("scheme"), pk=whole(request.GET.get("campaign")))
        name = " ".join(filter(None, [_t("Template"), str(TEMPLATES[kind]), campaign and campaign.code])) + ".xlsx"
        file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
        try:
            persons, held = blank.write(file, kind, self.user, campaign)
            if persons:
                facts = {"template": kind, "campaign": campaign.code, "persons": persons}
                exports.issued(
                    by=self.user, sha256=files.digest(file), kind="workbook", name=name, reason=_t("Template to fill in"), facts=facts,
                    held={Evaluation._meta.label_lower: held},
                )  # fmt: skip
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return FileResponse(file, as_attachment=True, filename=name, content_type=FORMATS["xlsx"])
