"""Files of the appointment form beside our records: upload, differences field by field, and what is taken over of them."""

import base64
from dataclasses import dataclass, field, replace

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assessment import files
from assessment.actions import jobs
from assessment.forms.profiles import CompareForm, NewcomerForm
from assessment.jobs.profiles import compared_files
from assessment.models import Job
from assessment.sheets.appointment import form as appointment
from assessment.sheets.appointment.comparison import compare
from assessment.sheets.appointment.files import open_people
from assessment.sheets.appointment.lrmx import PHOTO
from assessment.tables.columns import mask
from assessment.views.base import FormPage, Page, whole
from assessment.views.cadres import CRUMBS
from assessment.views.jobs import SHOWN
from assessment.wording import sentence
from people import photos
from people.access import can, scope, visible_to
from people.ledger import note, recorded
from people.models import Cadre, LedgerEntry
from people.refusals import Refusal, Refused

PER_PAGE = 20
THUMBNAIL = (120, 160)
#: State of a person in a comparison: word and tone, in the order of the page.
STATES = {
    "differs": (_("differs"), "wait"),
    "asked": (_("whose file?"), "info"),
    "unknown": (_("not found"), "info"),
    "error": (_("cannot be read"), "stop"),
    "same": (_("the same"), "ok"),
}
BY = {"id_number": _("by ID number"), "code": _("by code and name"), "name": _("by name and birth month")}


class Compare(FormPage):
    """Choose the files; nothing of our records changes by it."""

    form_class, verb, crumbs, title, submit, done = CompareForm, "view_profile", CRUMBS, _("Compare .lrmx files"), _("Compare"), ""
    sub = _("Differences between the files and our records are shown field by field. Nothing is changed by comparing.")

    def perform(self, data):
        upload = data["file"]
        name, digest = files.keep(upload)
        try:
            return jobs.start(
                by=self.user, kind=Job.Kind.COMPARE, verb=self.verb, upload=name, upload_name=upload.name, upload_sha256=digest
            )
        except BaseException:
            files.remove(name)
            raise

    def back_url(self):
        return reverse("cadre_list")


# --- the page of a comparison


@dataclass
class Side:
    """A cadre beside a file: what differs, each with whether it is ticked at first."""

    cadre: Cadre
    differences: list
    verdict: object


@dataclass
class Shown:
    """A person of the upload on the page."""

    number: int
    file: str
    name: str
    state: str
    by: str = ""
    side: Side = None
    candidates: list = field(default_factory=list)
    refusal: str = ""
    notes: list = field(default_factory=list)
    picture: str = ""

    @property
    def word(self):
        return STATES[self.state][0]

    @property
    def tone(self):
        return STATES[self.state][1]


def shown_comparison(view, job):
    """What the page of a comparison shows: twenty people at a time, their differences as they are now."""
    lines, counts = list(enumerate(job.outcome["people"])), job.outcome["counts"]
    state = view.request.GET.get("state", "")
    chosen = sorted(
        (line for line in lines if state not in STATES or line[1]["state"] == state), key=lambda line: (list(STATES).index(line[1]["state"]), line[0])
    )
    page = Paginator(chosen, PER_PAGE).get_page(view.request.GET.get("page"))
    try:
        people = _people(view.user, job, page.object_list)
    except Refused as refused:
        people = []
        messages.warning(view.request, sentence(refused.refusals[0]))
    return {
        "people": people,
        "states": [(key, word, tone, counts[key]) for key, (word, tone) in STATES.items() if key in counts],
        "state": state if state in STATES else "",
        "count": len(lines),
        "passed_over": job.outcome["passed_over"],
        "passed_count": job.outcome["passed_count"],
        "page_obj": page,
        "page_range": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "may_save": bool(scope(view.user, "save_profile")),
        "may_take": any(p.candidates or (p.side and p.side.differences) for p in people),
        "may_add": bool(scope(view.user, "save_cadre")) and bool(scope(view.user, "save_profile")),
        "all_count": counts.get("differs", 0),
    }


SHOWN[Job.Kind.COMPARE] = shown_comparison


def _people(user, job, lines):
    job = compared_files(user, job.pk)
    wanted = {pk for _number, line in lines for pk in (line.get("cadre"), *line.get("candidates", ())) if pk}
    cadres = visible_to(user, Cadre, verb="view_profile").select_related("unit").in_bulk(wanted)
    ours = appointment.open_files(user, cadres.values())
    _write_down(user, [cadres[pk] for pk in ours])
    with files.path(job.upload).open("rb") as file, open_people(file, job.upload_name) as people:
        return [_shown(user, number, line, people.read(number)[0], cadres, ours) for number, line in lines]


def _write_down(user, cadres):
    """Whoever sees these forms has looked at these cadres: once an hour, as on their own pages."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    entries = LedgerEntry.objects.filter(object_type=Cadre._meta.label_lower, verb="view", actor=user, at__gte=hour)
    seen = set(entries.filter(object_id__in=[cadre.pk for cadre in cadres]).values_list("object_id", flat=True))
    with recorded(by=user, verb="view"):
        for cadre in cadres:
            if cadre.pk not in seen:
                note(by=user, verb="view", obj=cadre, unit_id=cadre.unit_id)


def _shown(user, number, line, person, cadres, ours):
    found = Shown(number, line["file"], line["name"], line["state"], BY.get(line.get("by"), ""))
    if "refusal" in line:
        found.refusal = sentence(Refusal(line["refusal"]["code"], line["refusal"]["facts"]))
    if person is None or line["state"] == "error":
        return found
    found.notes = [sentence(Refusal(code, facts)) for code, facts in person.notes]
    sides = [_side(user, person, cadres[pk], ours[pk]) for pk in (line.get("cadre"), *line.get("candidates", ())) if pk in ours]
    if line.get("cadre"):
        if not sides:
            found.state, found.refusal = "error", sentence(Refusal("outside_scope"))
            return found
        found.side = sides[0]
        found.state = "differs" if sides[0].differences else "same"
    else:
        found.candidates = sides
    if any(difference.element == PHOTO and not difference.refusal for side in sides for difference in side.differences):
        found.picture = _picture(person.photo)
    return found


def _side(user, person, cadre, ours):
    form, reveal = ours
    found = compare(form, person, reveal=reveal)
    # An ID number stands in full only on the page that asks why.
    found = [replace(d, ours=mask(d.ours), theirs=mask(d.theirs)) if d.element == appointment.ID_NUMBER else d for d in found]
    return Side(cadre, found, can(user, "save_profile", cadre))


def _picture(content):
    """The file's photo as a small picture within the page, or ""."""
    try:
        small = photos.portrait(content, THUMBNAIL).content if content else b""
    except photos.Unfit:
        return ""
    return f"data:{photos.KIND};base64,{base64.b64encode(small).decode()}" if small else ""


# --- taking over


class OfComparison:
    """What the deeds share that follow from a comparison."""

    model, verb = Job, "save_profile"

    def get_object(self):
        job = super().get_object()
        if job.kind != Job.Kind.COMPARE or job.state != Job.State.DONE or job.expired:
            raise Http404
        return job

    def start(self, **asked):
        job = self.object
        asked = {"compare": job.pk, **asked}
        return jobs.start(by=self.user, kind=Job.Kind.PROFILES, verb=self.verb, reason=job.upload_name, parameters=asked)


class ComparisonTake(OfComparison, Page):
    """Take over what was ticked on a page of a comparison, or all that the files tell of everybody who was found."""

    def get(self, request, *args, **kwargs):
        return self.redirect(reverse("job_detail", args=[self.object.pk]))

    def post(self, request, *args, **kwargs):
        if "all" in request.POST:
            job = self.start()
        else:
            take = self._ticked(request.POST)
            if not take:
                messages.warning(request, sentence(Refusal("nothing_ticked")))
                return self.get(request)
            job = self.start(take=take)
        return self.redirect(reverse("job_detail", args=[job.pk]))

    def _ticked(self, data):
        """[[number, cadre, elements]]: ticks are `number:cadre:element`, whose file an asked one is says `who-number`."""
        ticked = {}
        for value in data.getlist("take"):
            number, cadre, element = (value.split(":", 2) + ["", ""])[:3]
            ticked.setdefault((whole(number), whole(cadre)), []).append(element)
        found = []
        for number, line in enumerate(self.object.outcome["people"]):
            cadre = line.get("cadre") if line["state"] in ("differs", "same") else whole(data.get(f"who-{number}"))
            known = cadre and (cadre == line.get("cadre") or cadre in line.get("candidates", ()))
            if known and (elements := ticked.get((number, cadre))):
                found.append([number, cadre, elements])
        return found


class ComparisonNewcomer(OfComparison, FormPage):
    """Make a cadre of somebody who was not found: his unit and code are named here, the file tells the rest."""

    form_class, done, submit = NewcomerForm, "", _("Add cadre")

    def get_object(self):
        job, number = super().get_object(), whole(self.request.GET.get("person"))
        lines = job.outcome["people"]
        if number is None or number >= len(lines) or lines[number]["state"] not in ("unknown", "asked"):
            raise Http404
        self.number, self.line = number, lines[number]
        return job

    def get_title(self):
        return _t("Add %(name)s as a new cadre") % {"name": self.line["name"] or self.line["file"]}

    @property
    def sub(self):
        return self.line["file"]

    def form_kwargs(self):
        return {"user": self.user}

    def perform(self, data):
        return self.start(take=[], new=[[self.number, data["code"], data["unit"].code]])


def shown_taken(view, job):
    """What came of taking over."""
    seen = visible_to(view.user, Cadre)
    outcome = job.outcome
    pks = [line["cadre"] for line in (*outcome["changed"], *outcome["new"])]
    linked = set(seen.filter(pk__in=pks).values_list("pk", flat=True))
    left = [{**line, "sentences": [sentence(Refusal(r["code"], r["facts"])) for r in line["refusals"]]} for line in outcome["left"]]
    return {**outcome, "left": left, "linked": linked, "compared": job.parameters["compare"]}


def shown_export(view, job):
    return {"made": job.outcome}


SHOWN[Job.Kind.PROFILES] = shown_taken
SHOWN[Job.Kind.LRMX] = shown_export
