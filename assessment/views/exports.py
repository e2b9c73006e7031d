"""Lists on their way out: all pages of exactly what is listed, as .xlsx or .csv, for a reason that goes into the ledger.

What takes long is done by a job (`assessment.jobs.exports`), which has no request: `Export` needs none.
"""

import re
import tempfile
from dataclasses import dataclass

from django.http import FileResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from assessment import files
from assessment.actions import exports, jobs
from assessment.models import Job
from assessment.rules.ranges import Ranges
from assessment.sheets.workbook import write
from assessment.views.common import Page
from assessment.views.confirming import ConfirmForm, Confirming
from assessment.views.searches import Searches
from assessment.wording import sentence
from people import ledger
from people.actions.inputs import plain_text
from people.refusals import Refusal, Refused, refuse

#: What a list can be exported as, and the media type of it.
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
AT_ONCE = 5_000  # rows that one waits for; more of them become a job
CHUNK = 500  # rows held at once: memory of an export stays flat


def takes_long(rows):
    """Are these more rows than one waits for?"""
    return rows > AT_ONCE


@dataclass
class Export:
    """One file of what is listed: `write` it, then `issue` it in the transaction that lets it leave."""

    listing: object
    reason: str
    format: str = "xlsx"

    @cached_property
    def title(self):
        return str(self.listing.page.get_title())

    @cached_property
    def name(self):
        """Of the file: no longer and with no other signs than every system takes."""
        title = re.sub(r'[\x00-\x1f\\/:*?"<>|]+', " ", self.title).strip()[:80]
        return f"{title} {timezone.localdate():%Y-%m-%d}.{self.format}"

    @cached_property
    def table(self):
        return self.listing.table(self.listing.queryset)

    def check(self, rows):
        """Refuse what does not fit a sheet; a plain table has no such limit."""
        if self.format == "xlsx" and rows > write.ROW_LIMIT:
            refuse(Refusal("sheet_full", {"rows": rows, "limit": write.ROW_LIMIT}))

    def write(self, file, progress=None):
        """Write the file; its rows and the ledger head that it names belong to one picture of the database."""
        with ledger.still():
            head, total, self.held = ledger.head(), self.listing.queryset.count(), Ranges()
            self.check(total)
            if progress:
                progress(0, total)  # the first row may take long to find
            rows = self._rows(total, progress)
            headings, kinds = self.table.headings(), self.table.kinds()
            if self.format == "csv":
                self.rows = write.write_csv(file, headings, rows, kinds)
            else:
                sheet, by = write.Sheet(self.title, headings, rows, kinds), str(self.listing.page.user)
                counts = write.write_workbook(
                    file, [sheet], lambda counts: self._about(head, sum(counts.values())), about_title=_("About"), author=by
                )
                self.rows = sum(counts.values())

    def _rows(self, total, progress):
        records = self.listing.queryset.iterator(chunk_size=CHUNK)
        for number, row in enumerate(self.table.typed_rows(self._kept(records)), 1):
            if progress and number % 200 == 0:
                progress(number, total)
            yield row

    def _kept(self, records):
        """The same records; which they are stands in the entry."""
        for record in records:
            self.held.add(record.pk)
            yield record

    def issue(self, sha256):
        """Make the entry without which nothing leaves; it tells in words what was listed, as About does."""
        page, listing, revealed = self.listing.page, self.listing, self.table.revealed
        facts = {
            "list": page.get_noun(),
            "rows": self.rows,
            "columns": self.table.headings(),
            "filters": {label: text for _name, label, text in listing.filterset.words()},
            "sort": listing.sort_words(),
        }
        exports.issued(
            by=page.user,
            sha256=sha256,
            kind=page.model._meta.label_lower,
            name=self.name,
            reason=self.reason,
            facts=facts,
            revealed={"list": facts["list"], "values": revealed} if revealed else None,
            held={listing.queryset.model._meta.label_lower: self.held},
        )

    def _about(self, head, rows):
        """Who, when, why, what: so that a copy on somebody's desk can be traced back."""
        listing, user = self.listing, self.listing.page.user
        filters = [(_("Filter: %s") % label, text) for _name, label, text in listing.filterset.words()]
        return [
            (_("List"), self.title),
            (_("Exported by"), f"{user} ({user.get_username()})"),
            (_("Exported at"), timezone.now()),
            (_("Reason"), self.reason),
            *(filters or [(_("Filters"), _("none: all that the exporter may see"))]),
            (_("Sorted by"), listing.sort_words()),
            (_("Columns"), _(", ").join(self.table.headings())),
            (_("Rows"), rows),
            (_("Ledger head"), f"{head[0]} {head[1]}"),
            (_("To verify"), _("The page “History, Verify” or manage.py verify_export FILE tells whether this file is as it was issued.")),
        ]


class ExportPage(Confirming, Page):
    """Asks for the reason; sends a file of few rows at once and lets a job make one of many."""

    of = None
    template_name = "generic/export.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.model, self.verb = self.of.model, self.of.get_verb()

    def get_object(self):
        self.list_page = self.of.opened(self.user, self.kwargs, Searches(self.request.session))
        return self.list_page.object

    def get_title(self):
        return _("Export: %s") % self.list_page.get_title()

    def _listing(self):
        """Filters may come in the address or in the body; never twice. The password typed beside them is none."""
        data = self.request.GET.copy()
        for name, values in self.request.POST.lists():
            if not name.startswith(f"{ConfirmForm.prefix}-"):
                data.setlist(name, values)
        return self.list_page.listing(data)

    @cached_property
    def confirm_identity(self):
        """ID numbers and phones in full leave only with whoever sits there."""
        listing = self._listing()
        return not listing.strict_problems() and listing.table([]).reveals()

    def get(self, request, *args, **kwargs):
        if (query := self.list_page.tokened(request.GET)) is not None:
            return self.redirect(f"{request.path}?{query}")
        return self._ask(self._listing())

    def post(self, request, *args, **kwargs):
        listing, format = self._listing(), request.POST.get("format", "xlsx")
        if listing.strict_problems() or format not in FORMATS:
            return self._ask(listing, status=400)
        if not self.is_confirmed():
            return self._ask(listing)
        try:
            export = Export(listing, exports.check_reason(request.POST.get("reason")), format)
            rows = listing.queryset.count()
            export.check(rows)
            return self._later(export) if takes_long(rows) else self._send(export)
        except Refused as refused:
            return self._ask(listing, status=400, refusals=refused.refusals)

    def _ask(self, listing, status=200, refusals=()):
        problems = listing.strict_problems()
        count = 0 if problems else listing.queryset.count()
        return self.render(
            status,
            listing=listing,
            problems=problems,
            count=count,
            takes_long=takes_long(count),
            refusals=[sentence(refusal) for refusal in refusals if refusal.field != "reason"],
            error=next((sentence(refusal) for refusal in refusals if refusal.field == "reason"), ""),
            reason=plain_text(self.request.POST.get("reason")),
        )

    def _send(self, export):
        file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
        try:
            export.write(file)
            export.issue(files.digest(file))  # before the file leaves: without this entry there is no export
        except BaseException:
            file.close()
            raise
        return FileResponse(file, as_attachment=True, filename=export.name, content_type=FORMATS[export.format])

    def _later(self, export):
        page = self.list_page
        asked = {"list": page.get_noun(), "at": page.kwargs, "query": export.listing.full_query, "format": export.format}
        job = jobs.start(by=self.user, kind=Job.Kind.EXPORT, verb=page.get_verb(), reason=export.reason, parameters=asked)
        return self.redirect(reverse("job_detail", args=[job.pk]))
