"""Long work on screen: how far it is, what came of it, its file; all of it for its owner alone."""

import mimetypes

from django.http import FileResponse, Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessment import files
from assessment.actions import jobs
from assessment.filters.jobs import JobFilter
from assessment.models import Job
from assessment.queries.jobs import stalled
from assessment.tables.jobs import TONES, JobTable
from assessment.views.base import ActionPage, Button, DetailPage, ListPage
from assessment.views.common import Page
from assessment.wording import sentence
from people.access import Verdict
from people.refusals import Refusal, refuse

#: kind -> function of a view and its job: what the page of a job that is done shows beside its file, for
#: `templates/assessment/job_<kind>.html`.
SHOWN = {}
#: kind -> function of a view and its job that is over: its buttons, where a download is not all that can be done.
DEEDS = {}
SOONEST = 3  # seconds of a phase before its pace tells anything


class JobList(ListPage):
    model, table_class, filterset_class = Job, JobTable, JobFilter
    title = gettext_lazy("Jobs")
    hint = gettext_lazy("Imports and large exports that you start appear here.")

    def rows(self, queryset):
        return queryset.defer("parameters", "outcome")


class JobDetail(DetailPage):
    """One job: progress while it runs, then what came of it."""

    model, template_name = Job, "assessment/job_detail.html"
    crumbs = ((gettext_lazy("Jobs"), "job_list"),)

    def sub(self):
        return self.object.reason

    def context(self):
        job = self.object
        told = job.state == Job.State.DONE and not job.expired and not jobs.held_back(self.user, job)
        shown = SHOWN.get(job.kind) if told else None
        return {
            **state(job),
            "shown": f"assessment/job_{job.kind}.html" if shown else "",
            **(shown(self, job) if shown else {}),
        }

    def buttons(self):
        job = self.object
        if not job.over:
            return [Button(_("Cancel"), reverse("job_cancel", args=[job.pk]), post=True)]
        if job.kind in DEEDS:
            return DEEDS[job.kind](self, job)
        if job.result and not job.expired:
            verdict = Verdict(not (refusal := jobs.held_back(self.user, job)), refusal)
            return [Button(_("Download"), reverse("job_result", args=[job.pk]), verdict, tone="main")]
        return []


def state(job):
    """How far a job is and what came of it, in words and numbers."""
    return {
        "job": job,
        "percent": 100 * job.done // job.total if job.total and job.done else None,  # what writes all at once tells nothing
        "left": time_left(job),
        "stalled": stalled(job),
        "gone": job.expired,
        "tone": TONES.get(job.state, ""),
        "sentences": [sentence(Refusal(each["code"], each["facts"])) for each in job.outcome.get("refusals", ())],
    }


def time_left(job):
    """How long it will take at the pace so far, in round words; nothing while that is a guess."""
    spent = (timezone.now() - job.phase_began_at).total_seconds() if job.phase_began_at else 0
    if job.over or not job.total or not job.done or spent < SOONEST:
        return ""
    seconds = spent * (job.total - job.done) / job.done
    if seconds < 10:
        return _("a few seconds left")
    if seconds < 55:
        return _("about %(count)s seconds left") % {"count": round(seconds / 10) * 10}
    if seconds < 55 * 60:
        minutes = round(seconds / 60)
        return ngettext("about %(count)s minute left", "about %(count)s minutes left", minutes) % {"count": minutes}
    hours = round(seconds / 3600)
    return ngettext("about %(count)s hour left", "about %(count)s hours left", hours) % {"count": hours}


class JobProgress(Page):
    """The part of the page that renews itself; when the job is over, the whole page does."""

    model = Job
    asks_by_itself = True  # so nobody sits there: it does not keep a session alive

    def get(self, request, *args, **kwargs):
        response = render(request, "assessment/_job_progress.html", state(self.object))
        if self.object.over:
            response["HX-Refresh"] = "true"
        return response


class JobCancel(ActionPage):
    model = Job
    title = gettext_lazy("Cancel the job")
    explain = gettext_lazy("Nothing of it is kept.")
    done = ""  # the job's page says it

    def perform(self, data):
        if not self.object.over:  # a second click finds it cancelled
            jobs.cancel(by=self.user, job=self.object)


class JobResult(Page):
    """The file that the job made, for its owner while he may still do what made it."""

    model = Job

    def get(self, request, *args, **kwargs):
        job = self.object
        if refusal := jobs.held_back(self.user, job):
            refuse(refusal)
        path = files.path(job.result) if job.result and not job.expired else None
        if path is None or not path.is_file():
            raise Http404
        kind = mimetypes.guess_type(job.result_name)[0] or "application/octet-stream"
        return FileResponse(path.open("rb"), as_attachment=True, filename=job.result_name, content_type=kind)
