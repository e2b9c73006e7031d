"""The verification of the history."""

from django.utils.translation import gettext_lazy as _

from assessment.actions import proof
from assessment.actions.jobs import runner
from assessment.models import Job
from people.ledger import recorded

PHASES = {
    proof.ENTRIES: _("Walking along the entries"),
    proof.RECORDS: _("Comparing the records with the entries"),
    proof.FILES: _("Computing digests and scores again"),
}


@runner(Job.Kind.VERIFY)
def verify(running):
    """Verify everything; what was found is recorded, and stands on the page of the job."""
    found = proof.verify(by=running.by, tell=lambda stage, done, total: running.progress(done, total, PHASES[stage]))
    with recorded(by=running.by, verb="verify"):
        proof.record(by=running.by, proof=found)
        running.finish(**proof.as_json(found))
