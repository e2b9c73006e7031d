"""The proof that nothing was altered, and whether a file was issued here."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessment.actions import proof
from assessment.queries import history as queries
from assessment.sheets.issued import examine
from assessment.views.base import Page
from assessment.views.history import CRUMBS
from assessment.wording import fault_sentence
from people import ledger
from people.access import visible_to
from people.models import LedgerEntry


class LedgerEntryVerify(Page):
    """Asked back on GET; on POST everything is verified, and that it was is an entry itself."""

    verb, crumbs = "verify_ledger", CRUMBS
    template_name = "assessment/ledgerentry_verify.html"
    title = _("Verify the history")

    def get(self, request, *args, **kwargs):
        return self._show()

    def post(self, request, *args, **kwargs):
        result = proof.verify(by=self.user)
        numbers = {fault.facts.get("entry") for fault in result.faults} - {None}
        seen = set(visible_to(self.user, LedgerEntry).filter(pk__in=numbers).values_list("pk", flat=True))
        return self._show(result=result, faults=[(fault_sentence(fault), self._where(fault, seen)) for fault in result.faults])

    def _show(self, **context):
        entries, head = ledger.head()
        last = visible_to(self.user, LedgerEntry).filter(verb="verify").order_by("-seq")[:5]
        return self.render(entries=entries, head=head, last=list(last), **context)

    def _where(self, fault, seen):
        """The page of what a fault is about, or ""."""
        facts = fault.facts
        if facts.get("entry") in seen:
            return reverse("ledgerentry_detail", args=[facts["entry"]])
        return reverse("ledgerentry_record", args=[facts["record"], facts["id"]]) if "record" in facts else ""


class LedgerEntryVerifyFile(LedgerEntryVerify):
    """Tells of a chosen file whether it was issued here and is unchanged. The file is not kept."""

    def post(self, request, *args, **kwargs):
        file = request.FILES.get("file")
        if file is None:
            return self._show(file_missing=True)
        answer = examine(file)
        numbers = [entry.pk for entry in (*answer.entries, *answer.claimed)]
        seen = visible_to(self.user, LedgerEntry).filter(pk__in=numbers).select_related("actor").order_by("seq")
        return self._show(answer=answer, file_name=file.name, exports=queries.told(seen))
