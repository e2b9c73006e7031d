"""The proof that nothing was altered: verify now, anchors kept elsewhere, and whether a file was issued here."""

from django.utils.translation import gettext_lazy as _

from assessment.actions import jobs, proof
from assessment.forms.anchors import AnchorForm
from assessment.models import Job
from assessment.queries import history as queries
from assessment.queries.proof import told
from assessment.sheets.issued import examine
from assessment.views.base import Page
from assessment.views.checks import OPEN, address
from assessment.views.history import CRUMBS
from assessment.views.jobs import SHOWN
from people import anchors, ledger
from people.access import demand, visible_to
from people.models import LedgerEntry

RECENT = 5
LARGEST = 4 * 1024 * 1024  # bytes of a file of anchors: 20,000 of them


class LedgerEntryVerify(Page):
    """Everything that tells whether the history is whole. POST asks for a verification, which is long work."""

    verb, crumbs = "verify_ledger", CRUMBS
    template_name = "assessment/ledgerentry_verify.html"
    title = _("Verify the history")

    def get(self, request, *args, **kwargs):
        return self._show()

    def post(self, request, *args, **kwargs):
        demand(self.user, self.verb)
        under_way = self.visible(Job).filter(kind=Job.Kind.VERIFY, state__in=OPEN).first()
        return self.redirect(address(under_way or jobs.start(by=self.user, kind=Job.Kind.VERIFY, verb=self.verb)))

    def _show(self, **context):
        entries, head = ledger.head()
        events = visible_to(self.user, LedgerEntry).filter(purged_by=None).order_by("-seq")
        return self.render(
            entries=entries,
            head=head,
            last=list(events.filter(verb="verify")[:RECENT]),
            anchored=list(events.filter(verb="anchor")[:RECENT]),
            **{"anchor_form": AnchorForm(), **context},
        )


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


class LedgerEntryAnchor(LedgerEntryVerify):
    """Does the head that stands on a paper fit the history?"""

    def post(self, request, *args, **kwargs):
        form = AnchorForm(request.POST)
        if not form.is_valid():
            return self._show(anchor_form=form)
        number, digest = form.cleaned_data["number"], form.cleaned_data["digest"]
        at = LedgerEntry.objects.filter(seq=number).values_list("at", flat=True).first()
        fits = at is not None and anchors.stands(number, digest)
        return self._show(anchor_form=form, anchor={"number": number, "at": at, "fits": fits})


class LedgerEntryAnchorFile(LedgerEntryVerify):
    """Compares a file of anchors, kept on another machine, with the history. The file is not kept."""

    def post(self, request, *args, **kwargs):
        file = request.FILES.get("file")
        if file is None or not file.size or file.size > LARGEST:
            return self._show(anchors_missing=True)
        found, fits, count = proof.verify_anchors(by=self.user, file=file)
        return self._show(anchors={"count": count, "fits": fits, "faults": told(self.user, found), "name": file.name})


def shown_verify(view, job):
    """What the page of a verification shows."""
    outcome = job.outcome
    return {
        "entries": outcome["entries"],
        "head": outcome["head"],
        "more": outcome["more"],
        "faults": told(view.user, proof.faults_of(outcome)),
        "last_clean": proof.known_of(outcome["last_clean"]),
    }


SHOWN |= {Job.Kind.VERIFY: shown_verify}
