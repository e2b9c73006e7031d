"""What the check of a workbook found, and what may follow: take it in, take the good rows, check it again."""

from django.core.files import File
from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessment import columns, files
from assessment.actions import jobs
from assessment.actions.running import stored
from assessment.models import Job
from assessment.sheets.exchange.read import Fault, format_of
from assessment.sheets.exchange.write import SECRETS
from assessment.sheets.workbook.read import field_of, heading_fields
from assessment.tables.columns import mask
from assessment.views.base import Button, Page
from assessment.views.jobs import DEEDS, SHOWN
from assessment.wording import note_line, sentence
from people.access import can, demand, visible_to
from people.refusals import Refusal, Refused, refuse

OPEN = (Job.State.WAITING, Job.State.RUNNING)
RANGES, VALUES = 8, 3  # told of what is wrong alike
#: sheet -> the list that shows what it held.
LISTS = {
    "units": "unit_list", "cadres": "cadre_list", "schemes": "scheme_list", "campaigns": "campaign_list", "contacts": "contact_list",
    "assessees": "evaluation_list",
}  # fmt: skip


def check(user, upload, name):
    """The job that checks an upload; the one that waits or runs already if it is the same file."""
    kept, digest = files.keep(upload)
    same = visible_to(user, Job).filter(kind=Job.Kind.CHECK, state__in=OPEN, upload_sha256=digest).first()
    if same:
        files.remove(kept)
        return same
    return jobs.start(by=user, kind=Job.Kind.CHECK, verb="import_workbook", upload=kept, upload_name=name, upload_sha256=digest)


def follower(job):
    """The job that took in what this one checked, or is about to; None if there is none."""
    return job.followed_by.filter(state__in=(*OPEN, Job.State.DONE)).first()


def address(job):
    return reverse("job_detail", args=[job.pk])


class JobTake(Page):
    """Take in what was checked: all of it, or the good rows. Pressed twice, it is one job."""

    model = Job

    def post(self, request, *args, **kwargs):
        demand(self.user, "import_workbook")
        job = self.object
        if job.kind != Job.Kind.CHECK:
            raise Http404
        faults, good_rows = job.outcome.get("fault_count"), "good_rows" in request.POST
        if faults and (not good_rows or job.outcome.get("rowless")):
            refuse(Refusal("faults_left"))
        try:
            taken = jobs.start(
                by=self.user, kind=Job.Kind.IMPORT, verb="import_workbook", parameters={"good_rows": bool(faults)}, follows=job,
                upload_name=job.upload_name, upload_sha256=job.upload_sha256,
            )  # fmt: skip
        except Refused as refused:
            taken = follower(job)
            if taken is None or refused.refusals[0].code != "job_followed":
                raise
        return self.redirect(address(taken))


class JobRecheck(Page):
    """Check the same workbook again, because records have changed since."""

    model = Job

    def post(self, request, *args, **kwargs):
        demand(self.user, "import_workbook")
        job = self.object.follows or self.object
        if job.kind != Job.Kind.CHECK:
            raise Http404
        with stored(job).open("rb") as file:
            return self.redirect(address(check(self.user, File(file), job.upload_name)))


# --- the pages of these jobs


def shown_check(view, job):
    """What the page of a check shows."""
    outcome = job.outcome
    return {
        "counts": _counts(outcome["counts"]),
        "notes": [note_line((each["code"], each["facts"])) for each in outcome["notes"]],
        "faults": _alike(outcome["faults"]),
        "faults_shown": len(outcome["faults"]),
        "fault_count": outcome["fault_count"],
        "changes": [_masked(each) for each in outcome["changes"]],
        "change_count": outcome["change_count"],
        "nothing_new": outcome["empty"],
        "rowless": outcome["rowless"],
        "taken": follower(job),
        "may_import": can(view.user, "import_workbook"),
    }


def shown_import(view, job):
    """What the page of an import shows."""
    return {"counts": _counts(job.outcome["counts"]), "left_out": job.outcome["left_out"], "checked": job.follows_id}


def _alike(faults):
    """[(fault, its sentence, its rows, what stands there)]: what is wrong in the same way in many rows is told once."""
    found = {}
    for each in faults:
        fault = Fault(**each)
        words = sentence(Refusal(fault.code, fault.facts))
        found.setdefault((fault.sheet, fault.column, words), []).append(fault)
    return [
        (alike[0], words, _ranges(fault.row for fault in alike if fault.row), _some(fault.value for fault in alike))
        for (*_place, words), alike in found.items()
    ]


def _some(values):
    """The first of many values."""
    values = [value if len(value) <= 60 else value[:59] + "…" for value in dict.fromkeys(values) if value]
    return "; ".join([*values[:VALUES], *["…"][: len(values) > VALUES]])


def _ranges(rows):
    """Numbers as one writes them: 3, 5–9, 12; of many ranges the first, and how many rows there are."""
    ranges, rows = [], sorted(set(rows))
    for row in rows:
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    told = [str(first) if first == last else f"{first}–{last}" for first, last in ranges[:RANGES]]
    if len(ranges) > RANGES:
        told.append(_("… %(count)s rows") % {"count": len(rows)})
    return ", ".join(told)


def _counts(counts):
    """[(sheet, its list, new, changed, the same)] of the sheets that hold anything."""
    english = (get_language() or "").startswith("en")
    held = {format_of(title): numbers for title, numbers in counts.items() if any(numbers)}
    return [
        (sheet.en if english else sheet.zh, LISTS.get(sheet.name, "scheme_list"), *held[sheet]) for sheet in columns.FORMATS if sheet in held
    ]


def _masked(change):
    """ID numbers and phones are not shown in passing: revealing them is a deed of its own."""
    if format_of(change["sheet"]) is columns.CADRES and field_of(change["column"], heading_fields(columns.CADRES)) in SECRETS:
        return {**change, "old": mask(change["old"]), "new": mask(change["new"])}
    return change


def check_deeds(view, job):
    """A check can be done again as long as its workbook is kept and was not taken in."""
    if not job.upload or job.expired or follower(job) or not can(view.user, "import_workbook"):
        return []
    return [Button(_("Check again"), reverse("job_recheck", args=[job.pk]), post=True)]


def import_deeds(view, job):
    """An import that came to nothing leaves the workbook to be checked again."""
    if job.result and not job.expired:
        return [Button(_("Download the rest"), reverse("job_result", args=[job.pk]), tone="main")]
    checked = job.follows
    if job.state in (Job.State.FAILED, Job.State.CANCELLED) and checked.upload and not checked.expired and can(view.user, "import_workbook"):
        return [Button(_("Check again"), reverse("job_recheck", args=[job.pk]), tone="main", post=True)]
    return []


SHOWN |= {Job.Kind.CHECK: shown_check, Job.Kind.IMPORT: shown_import}
DEEDS |= {Job.Kind.CHECK: check_deeds, Job.Kind.IMPORT: import_deeds}
