"""The exchange workbook on its way out."""

from django.utils.translation import gettext as _

from assessment import files
from assessment.actions.jobs import runner
from assessment.models import Job
from assessment.sheets.exchange.write import Export
from people.ledger import recorded


@runner(Job.Kind.EXCHANGE)
def export(running):
    """Write the workbook of what its owner may see now."""
    asked = running.parameters
    made = Export(running.by, running.job.reason, asked["campaign"], asked["name"])
    with running.writing(made.name, ".xlsx") as file:
        made.write(file, lambda done, total: running.progress(done, total, _("Writing the rows")))
    digest = files.digest(files.path(running.result))
    with recorded(by=running.by, verb="export", reason=made.reason):
        made.issue(digest)
        running.finish(counts=made.counts)
