"""Files of the appointment form: compared with our records, taken over into them, and made of them."""

import zipfile
from dataclasses import replace
from datetime import date

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from assessment import files
from assessment.actions import exports
from assessment.actions.jobs import runner
from assessment.models import Job
from assessment.queries.matching import Asked, match
from assessment.rules import appointment as rules
from assessment.rules.ranges import Ranges
from assessment.sheets.appointment import form as appointment
from assessment.sheets.appointment import lrmx
from assessment.sheets.appointment.comparison import compare
from assessment.sheets.appointment.files import PEOPLE, open_people
from assessment.views.cadres import CadreList
from people import access
from people.access import visible_to
from people.actions import profiles
from people.codes import id_number_problem, tidy_id_number
from people.ledger import recorded
from people.models import Cadre
from people.refusals import Refusal, refuse

SHOWN = 500  # lines of an outcome
CHUNK = 50  # people whose forms are in memory at once


# --- compared


@runner(Job.Kind.COMPARE)
def compare_files(running):
    """Match each person of the upload, and count what his file tells otherwise."""
    access.demand(running.by, "view_profile")
    with running.upload.open("rb") as file, open_people(file, running.job.upload_name) as people:
        lines, asked = [], {}
        for number, name in enumerate(people.names):
            running.progress(number, 2 * len(people.names), _("Reading the files"))
            person, refusal = people.read(number)
            lines.append({"file": name[-200:], "name": person.name[:60] if person else ""})
            if refusal:
                lines[-1] |= {"state": "error", "refusal": _told(refusal)}
            else:
                asked[number] = who(person, name)
        _match(running.by, lines, asked)
        _compare(running, people, lines)
        passed = [name[-200:] for name in people.passed_over]
    counts = {}
    for line in lines:
        counts[line["state"]] = counts.get(line["state"], 0) + 1
    running.finish(people=lines, counts=counts, passed_over=passed[:50], passed_count=len(passed))


def who(person, file):
    """What a file knows of the person for finding him; its name may begin with his code, as our own exports do."""
    number = tidy_id_number(person.values.get("ShenFenZheng", ""))
    month = rules.month(person.values.get("ChuShengNianYue", ""))
    stem = file.rpartition("/")[2].rpartition(".")[0]
    return Asked(
        person.name,
        f"{month[:4]}-{month[4:]}" if month else "",
        "" if id_number_problem(number) else number,
        rules.plain(stem.partition("_")[0])[:32],
    )


def _match(by, lines, asked):
    """Find the cadres; the one whom two files tell of is nobody's to guess."""
    recused, holders = access.recused(by), {}
    cadres = visible_to(by, Cadre, verb="view_profile").select_related("unit")
    found = match(cadres, list(asked.values()), access.scope(by, "reveal"))
    for number, one in zip(asked, found, strict=True):
        line = lines[number]
        if one.cadre is not None:
            line |= {"cadre": one.cadre.pk, "by": one.by, "state": "same"}
            holders.setdefault(one.cadre.pk, []).append(number)
            if one.cadre.pk in recused:
                line |= {"state": "error", "refusal": _told(access.can(by, "view_profile", one.cadre).refusal)}
        else:
            line["candidates"] = [cadre.pk for cadre in one.candidates[:8]]
            line["state"] = "asked" if one.candidates else "unknown"
    for numbers in holders.values():
        for number in numbers[1:]:
            other = lines[numbers[0]]["file"]
            lines[number] |= {"state": "error", "refusal": _told(Refusal("person_twice", {"other": other}))}


def _compare(running, people, lines):
    ready = [number for number, line in enumerate(lines) if line["state"] == "same"]
    for start in range(0, len(ready), CHUNK):
        some = ready[start : start + CHUNK]
        cadres = Cadre.objects.filter(pk__in=[lines[number]["cadre"] for number in some])
        ours = appointment.open_files(running.by, cadres)
        for place, number in enumerate(some):
            running.progress(len(lines) + start + place, 2 * len(lines), _("Comparing"))
            form, reveal = ours[lines[number]["cadre"]]
            differences = compare(form, people.read(number)[0], reveal=reveal)
            lines[number] |= {"state": "differs" if differences else "same", "differences": len(differences)}


def _told(refusal):
    facts = {name: str(value) if isinstance(value, date) else value for name, value in refusal.facts.items()}
    return {"code": refusal.code, "facts": facts, "field": refusal.field}


# --- taken over


@runner(Job.Kind.PROFILES)
def take_over(running):
    """Write what was ticked on the page of a comparison; see `views.profiles` for the parameters."""
    by, asked = running.by, running.parameters
    access.demand(by, "save_profile")
    compared = compared_files(by, asked["compare"])
    wanted = asked.get("take") if "take" in asked else _all_differences(by, compared)
    with files.path(compared.upload).open("rb") as file, open_people(file, compared.upload_name) as people:
        found = [*_entries(running, people, wanted), *_new_entries(people, asked.get("new", ()))]
        names = [people.names[number] for number, _entry in found]
    if not found:
        refuse(Refusal("nothing_ticked"))
    running.progress(0, 0, _("Writing"))
    entries = [entry for _number, entry in found]
    profiles.take_over(
        by=by, entries=entries, name=compared.upload_name, sha256=compared.upload_sha256,
        finish=lambda taken: running.finish(**_outcome(taken, entries, names)),
    )  # fmt: skip


def compared_files(by, pk):
    """The comparison of this person, while its files are kept and are what was compared."""
    job = Job.objects.filter(pk=pk, by=by, kind=Job.Kind.COMPARE, state=Job.State.DONE).first()
    path = files.path(job.upload) if job and job.upload and not job.expired else None
    if path is None or not path.is_file() or files.digest(path) != job.upload_sha256:
        refuse(Refusal("upload_gone"))
    return job


def _all_differences(by, compared):
    """[[number, cadre, None]]: all that the files tell otherwise, of everybody who was found."""
    return [[number, line["cadre"], None] for number, line in enumerate(compared.outcome["people"]) if line["state"] == "differs"]


def _entries(running, people, wanted):
    """(number, entry) for cadres who are there. Whoever is out of sight by now is refused with everybody: the page is stale."""
    cadres = visible_to(running.by, Cadre, verb="view_profile").select_related("unit").in_bulk([pk for _number, pk, _elements in wanted])
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        ours = appointment.open_files(running.by, [cadres[pk] for _number, pk, _elements in some if pk in cadres])
        for place, (number, pk, elements) in enumerate(some):
            running.progress(start + place, len(wanted), _("Reading the files"))
            person = _person(people, number)
            if pk not in ours:
                refuse(Refusal("outside_scope"))
            form, reveal = ours[pk]
            differences = [d for d in compare(form, person, reveal=reveal) if not d.refusal]
            chosen = [d.element for d in differences if (d.told if elements is None else d.element in elements)]
            yield number, _entry(cadres[pk].code, person, chosen, cadres[pk])


def _new_entries(people, new):
    """(number, entry) for cadres who are to be made: all that their files tell and that can be read."""
    for number, code, unit in new:
        person = _person(people, number)
        chosen = [element for element in appointment.elements_of(person) if not appointment.problem(person, element)]
        entry = _entry(code, person, chosen)
        yield number, replace(entry, cadre={"name": person.name, **entry.cadre, "unit": unit}, new=True)


def _person(people, number):
    person = people.read(number)[0] if 0 <= number < len(people.names) else None
    if person is None:
        refuse(Refusal("upload_gone"))
    return person


def _entry(code, person, elements, cadre=None):
    of_cadre, of_profile = appointment.rows(person, elements, cadre)
    if of_profile.get("photo"):  # made small here, not while everybody else waits to write
        of_profile["photo"] = profiles.INPUTS["photo"].read(of_profile["photo"])
    return profiles.Entry(code, of_cadre, of_profile)


def _outcome(taken, entries, names):
    def lines(found):
        return [{"cadre": cadre.pk, "name": cadre.name, "code": cadre.code} for _place, cadre in found[:SHOWN]]

    left = [{"file": names[place], "code": entries[place].code, "refusals": [_told(r) for r in each]} for place, each in taken.left.items()]
    counts = {"changed": len(taken.changed), "new": len(taken.new), "left": len(left)}
    counts["same"] = len(entries) - sum(counts.values())
    return {"changed": lines(taken.changed), "new": lines(taken.new), "left": left[:SHOWN], "counts": counts}


# --- made


@runner(Job.Kind.LRMX)
def export(running):
    """A zip with the file of everybody whom a list shows, as far as one may see their forms."""
    by, reason = running.by, running.job.reason
    access.demand(by, "view_profile")
    listing = CadreList.opened(by, {}).listing(QueryDict(running.parameters["query"]))
    if listing.strict_problems():
        refuse(Refusal("list_changed"))
    listed = list(listing.queryset.values_list("pk", flat=True)[: PEOPLE + 1])
    if len(listed) > PEOPLE:
        refuse(Refusal("too_many_people", {"count": listing.queryset.count(), "limit": PEOPLE}))
    count = revealed = 0
    held, names, title = Ranges(), set(), f"{_('Appointment forms')} {timezone.localdate():%Y-%m-%d}.zip"
    with running.writing(title, ".zip") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for start in range(0, len(listed), CHUNK):
            some = Cadre.objects.in_bulk(listed[start : start + CHUNK])
            cadres = [some[pk] for pk in listed[start : start + CHUNK] if pk in some]
            for pk, (form, _shown) in appointment.open_files(by, cadres).items():
                running.progress(count, len(listed), _("Writing the files"))
                package.writestr(_unique(names, form.name, some[pk].code), lrmx.write(form))
                held.add(pk)
                count, revealed = count + 1, revealed + bool(form.values["ShenFenZheng"])
    if not count:
        refuse(Refusal("nobody_to_export"))
    digest = files.digest(files.path(running.result))
    with recorded(by=by, verb="export", reason=reason):
        exports.issued(
            by=by, sha256=digest, kind=Cadre._meta.label_lower, name=running.result_name, reason=reason,
            facts={"list": "cadre_lrmx", "rows": count, "filters": {name: text for name, _label, text in listing.filterset.words()}},
            revealed={"list": "cadre_lrmx", "values": revealed} if revealed else None, held={Cadre._meta.label_lower: held},
        )  # fmt: skip
        running.finish(count=count, passed_over=len(listed) - count, sha256=digest)


def _unique(names, name, code):
    """The file name of a form; a second one of the name bears the cadre's code before it."""
    found = lrmx.file_name(name, timezone.localdate())
    if found in names:
        found = lrmx.file_name(name, timezone.localdate(), code)
    names.add(found)
    return found
