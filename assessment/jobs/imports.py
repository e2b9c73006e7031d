"""Exchange workbooks on their way in: checked, then taken in. Both read the same upload, which belongs to the check."""

from pathlib import PurePath

from django.utils.translation import gettext as _

from assessment import files
from assessment.actions import exports
from assessment.actions.jobs import plain, runner
from assessment.actions.running import stored
from assessment.models import Job
from assessment.sheets import exchange
from assessment.sheets.exchange import left_out, marked
from assessment.sheets.exchange.read import shown
from people.ledger import recorded
from people.refusals import Refusal, refuse

SHOWN = 500  # faults and changes that the page shows; all of them stand in the marked copy


@runner(Job.Kind.CHECK)
def check(running):
    """What the import would do, and what is wrong with the workbook: the latter as a marked-up copy, too."""
    job = running.job
    work = exchange.prepare(by=running.by, file=running.upload, name=job.upload_name, progress=_telling(running))
    outcome = {
        "counts": _counts(work),
        "notes": [{"code": code, "facts": plain(facts)} for code, facts in work.notes],
        "faults": [_fault(fault) for fault in work.faults[:SHOWN]],
        "fault_count": len(work.faults),
        "changes": [_change(change) for change in work.changes[:SHOWN]],
        "change_count": len(work.changes),
        "empty": work.empty,
        "rowless": work.rowless,
    }
    if not work.faults:
        running.finish(**outcome)
        return
    running.progress(0, 0, _("Marking the errors in a copy"))
    with running.writing(_renamed(job.upload_name, _("marked")), ".xlsx") as file:
        marked.write(file, running.upload, work.faults)
    _finish_with_file(running, {"faults": len(work.faults)}, outcome)


@runner(Job.Kind.IMPORT)
def take(running):
    """Take in what was checked: all of it or, if so asked, the good rows; the rest goes back with reasons."""
    checked = running.job.follows
    path = stored(checked)
    if files.digest(path) != checked.upload_sha256:
        refuse(Refusal("upload_gone"))
    tell, good_rows = _telling(running), bool(running.parameters.get("good_rows"))
    work = exchange.prepare(by=running.by, file=path, name=checked.upload_name, progress=tell, good_rows=good_rows)
    if work.faults:
        refuse(Refusal("changed_meanwhile", {"count": len(work.faults)}))
    rest = work.left_out
    if rest:
        with running.writing(_renamed(checked.upload_name, _("not taken")), ".xlsx") as file:
            left_out.write(file, path, rest)
    outcome = {"counts": _counts(work), "left_out": len(rest)}

    def finish():
        if rest:
            _finish_with_file(running, {"rows": len(rest)}, outcome)
        else:
            running.finish(**outcome)

    exchange.carry_out(work, progress=tell, finish=finish)


def _finish_with_file(running, facts, outcome):
    """The user's own rows go back to him: that is a file that leaves, too."""
    job, name = running.job, running.result_name
    digest = files.digest(files.path(running.result))
    facts |= {"of": (job.follows or job).upload_sha256}
    with recorded(by=running.by, verb="export"):
        exports.issued(by=running.by, sha256=digest, kind="workbook", name=name, reason=job.reason, facts=facts)
        running.finish(**outcome)


def _telling(running):
    """The progress of the exchange, with its phases in words."""
    words = {"read": _("Reading the workbook"), "check": _("Checking the rows"), "write": _("Writing the rows")}

    def tell(done, total, phase):
        running.progress(done, total, words[phase])

    return tell


def _renamed(name, what):
    path = PurePath(name)
    return f"{path.stem[:150]}（{what}）.xlsx"


def _counts(work):
    return {title: [count.new, count.changed, count.same] for title, count in work.counts.items()}


def _fault(fault):
    place = {"sheet": fault.sheet, "row": fault.row, "column": fault.column, "value": fault.value}
    return {**place, "code": fault.code, "facts": plain(fault.facts)}


def _change(change):
    place = {"sheet": change.sheet, "row": change.row, "key": change.key, "column": change.column}
    return {**place, "old": shown(change.old), "new": shown(change.new)}
