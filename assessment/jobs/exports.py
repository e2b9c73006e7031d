"""Large exports of lists."""

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from assessment import files
from assessment.actions.jobs import runner
from assessment.models import Job
from assessment.views.exports import Export
from assessment.views.lists import find
from people.ledger import recorded
from people.refusals import Refusal, refuse


@runner(Job.Kind.EXPORT)
def export(running):
    """Write what the list shows now, to whoever asked, with the rights that he has now."""
    asked = running.parameters
    try:
        page = find(asked["list"], asked["at"]).opened(running.by, asked["at"])
    except Http404:
        refuse(Refusal("outside_scope"))
    listing = page.listing(QueryDict(asked["query"]))
    if listing.strict_problems():
        refuse(Refusal("list_changed"))
    made = Export(listing, running.job.reason, asked["format"])
    with running.writing(made.name, f".{made.format}") as file:
        made.write(file, lambda done, total: running.progress(done, total, _("Writing the rows")))
    digest = files.digest(files.path(running.result))
    with recorded(by=running.by, verb="export", reason=running.job.reason):
        made.issue(digest)
        running.finish(rows=made.rows, sha256=digest)
