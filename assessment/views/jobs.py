"""Long work on screen: how far it is, what came of it, its file; all of it for its owner alone."""

import mimetypes

from django.http import FileResponse, Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessment import files
from assessment.actions import jobs
from assessment.filters.jobs import JobFilter
from assessment.models import Job
from assessment.tables.jobs import JobTable
from assessment.views.base import ActionPage, Button, DetailPage, ListPage
from assessment.views.common import Page
from assessment.wording import sentence
from people.refusals import Refusal

#: kind -> function of a view and its job: what the page of a job that is done shows beside its file, for
#: `templates/assessment/job_<kind>.html`.
SHOWN = {}


class JobList(ListPage):
    model, table_class, filterset_class = Job, JobTable, JobFilter
    title = _("Jobs")
    hint = _("Imports and large exports that you start appear here.")


class JobDetail(DetailPage):
    """One job: progress while it runs, then what came of it."""

    model, template_name = Job, "assessment/job_detail.html"
    crumbs = ((_("Jobs"), "job_list"),)

    def sub(self):
        return self.object.reason

    def context(self):
        job = self.object
        shown = SHOWN.get(job.kind) if job.state == Job.State.DONE and not job.expired else None
        return {
            **state(job),
            "shown": f"assessment/job_{job.kind}.html" if shown else "",
            **(shown(self, job) if shown else {}),
        }

    def buttons(self):
        job = self.object
        if not job.over:
            return [Button(_("Cancel"), reverse("job_cancel", args=[job.pk]), post=True)]
        if job.result and not job.expired:
            return [Button(_("Download"), reverse("job_result", args=[job.pk]), tone="main")]
        return []


def state(job):
    """How far a job is, in words and numbers: done of total, percent, seconds left (None: not known)."""
    left = None
    if job.total and job.done and job.phase_began_at:
        spent = (timezone.now() - job.phase_began_at).total_seconds()
        left = round(spent * (job.total - job.done) / job.done)
    told = job.outcome.get("refusals", ()) if job.outcome else ()
    return {
        "job": job,
        "percent": 100 * job.done // job.total if job.total else None,
        "left": left,
        "sentences": [sentence(Refusal(each["code"], each["facts"])) for each in told],
    }


class JobProgress(Page):
    """The part of the page that renews itself; when the job is over, the whole page does."""

    model = Job

    def get(self, request, *args, **kwargs):
        response = render(request, "assessment/_job_progress.html", state(self.object))
        if self.object.over:
            response["HX-Refresh"] = "true"
        return response


class JobCancel(ActionPage):
    model = Job
    title = _("Cancel the job")
    explain = _("Nothing of it is kept.")
    done = _("The job is being cancelled.")

    def perform(self, data):
        jobs.cancel(by=self.user, job=self.object)


class JobResult(Page):
    """The file that the job made."""

    model = Job

    def get(self, request, *args, **kwargs):
        job = self.object
        path = files.path(job.result) if job.result and not job.expired else None
        if path is None or not path.is_file():
            raise Http404
        kind = mimetypes.guess_type(job.result_name)[0] or "application/octet-stream"
        return FileResponse(path.open("rb"), as_attachment=True, filename=job.result_name, content_type=kind)
