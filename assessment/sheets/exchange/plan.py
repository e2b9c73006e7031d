"""The exchange workbook on its way in, second half: check everything outside a transaction, then write it in a short one.

    work = prepare(by=user, file=path, name="front_line.xlsx")
    if not work.faults:
        carry_out(work)

Every check is that of the actions; here is only which sheet, row and column a refusal is about.
"""

import gc
import hashlib
import re
from contextlib import contextmanager
from functools import partial

from django.db import IntegrityError, connection

from assessment import columns
from assessment.actions import campaigns, schemes
from assessment.actions.known import Known
from assessment.models import Campaign, Evaluation, Job, SavedView
from assessment.sheets.exchange.changes import of_records
from assessment.sheets.exchange.contacts import plan_contacts
from assessment.sheets.exchange.read import read_source
from assessment.sheets.exchange.rest import take_good_rows
from assessment.sheets.exchange.work import Change, Count, Work, fault_at, own_rows
from people import access, ledger
from people.actions import cadres, inputs, units
from people.models import LedgerEntry
from people.refusals import Refusal, Refused

#: Number of the lock that imports take one after another on PostgreSQL.
IMPORTS = 0x1312
_PART = re.compile(r"(dimensions|levels|grades)(?:-(\d+)-(\w+))?")


def prepare(*, by, file, name, progress=None, good_rows=False):
    """Read and check a workbook. Raises `Refused` if he may not import or it is no workbook; other errors are `faults`.

    progress: called now and then with (done, total or 0, "read" or "check"), rows counted; raising there ends it. While it checks,
    this connection only reads: whoever keeps the progress in the database needs a connection of his own (a thread has one).
    good_rows: leave out the rows with faults, and those that need them, until the rest has none; they are in `left_out`.
    """
    access.demand(by, "import_workbook")
    tell = progress or _silent
    tell(0, 0, "read")
    digest, source = _digest(file), read_source(file, lambda done: tell(done, 0, "read"))
    with ledger.still(), _uncollected():
        work = Work(by, name, digest, source, head=ledger.head()[0])
        _plan(work, tell)
        if good_rows:
            take_good_rows(work, partial(_plan, tell=tell))
    return work


def carry_out(work, progress=None, finish=None):
    """Write a checked import in one transaction; if records have changed since it was checked, it is checked again.

    progress: called with (0, rows, "write") before the transaction; raising there, nothing is written. finish: called inside it just
    before its end, so that what it writes is there exactly if the import is.
    """
    if work.faults:
        raise ValueError("an import with faults is not written")
    if progress:
        progress(0, work.rows, "write")
    try:
        with _uncollected(), ledger.recorded(by=work.by, verb="import_workbook", reason=work.name):
            if not work.empty:
                _write(work)
            if finish:
                finish()
    except IntegrityError as error:  # somebody wrote the same at the same time, in a form: nothing of ours is there
        if not _changed_since(work):
            raise
        raise Refused(Refusal("changed_meanwhile", {"count": 1})) from error
    access.forget(work.by)


def _write(work):
    _lock(work)
    if _changed_since(work):
        _plan(work)
        if work.faults:
            raise Refused(Refusal("changed_meanwhile", {"count": len(work.faults)}))
        if work.empty:
            return
    for step in work.steps:
        step()
    written = {title: {"new": c.new, "changed": c.changed} for title, c in work.counts.items() if c.new or c.changed}
    facts = {"sha256": work.digest, "rows": written}
    ledger.note(by=work.by, verb="import_file", object_type="workbook", object_name=work.name, facts=facts)


def _changed_since(work):
    """Has anything been written since the check that an import could mean? Jobs and views are none of it."""
    written = LedgerEntry.objects.filter(seq__gt=work.head).exclude(verb__in=ledger.EVENTS)
    return written.exclude(object_type__in=(Job._meta.label_lower, SavedView._meta.label_lower)).exists()


def _silent(done, total, phase):
    """Progress that nobody wants to know."""


@contextmanager
def _uncollected():
    """Without the collector of reference cycles: it would go through hundreds of thousands of rows again and again, and they have none."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _digest(file):
    digest = hashlib.sha256()
    if hasattr(file, "read"):
        file.seek(0)
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
        file.seek(0)
    else:
        with open(file, "rb") as opened:
            return _digest(opened)
    return digest.hexdigest()


def _lock(work):
    """One import at a time, so that the second finds what the first wrote. Then campaigns, evaluations by id, ledger head last."""
    if connection.vendor == "postgresql":  # on SQLite every writer has the database to himself
        connection.cursor().execute("SELECT pg_advisory_xact_lock(%s)", [IMPORTS])
    codes = {inputs.half_width(row.get("code")) for row in work.source.sheets["campaigns"].rows}
    for name in ("assessees", "contacts"):
        codes |= {inputs.half_width(row.get("campaign")) for row in work.source.sheets[name].rows}
    locked = [c.pk for c in Campaign.objects.filter(code__in=codes).select_for_update(of=("self",)).order_by("pk")]
    list(Evaluation.objects.filter(campaign__in=locked).select_for_update().order_by("pk").values_list("pk", flat=True))


def _plan(work, tell=_silent):
    """Plan sheet by sheet; what a later one speaks of may stand in an earlier one."""
    known = Known()
    work.faults, work.notes = list(work.source.faults), list(work.source.notes)
    work.counts, work.changes, work.steps, work.shared = {}, [], [], []
    sheets, by = work.source.sheets, work.by
    done = 0

    def checked(*names):
        nonlocal done
        done += sum(len(sheets[name].rows) for name in names)
        tell(done, work.rows, "check")

    checked()
    unit_plan = units.plan(by, own_rows(sheets["units"].rows), known)
    _take(work, sheets["units"], unit_plan, partial(units.carry_out, unit_plan), units.INPUTS)

    checked("units")
    cadre_plan = cadres.plan(by, own_rows(sheets["cadres"].rows), known)
    _take(work, sheets["cadres"], cadre_plan, partial(cadres.carry_out, cadre_plan), cadres.INPUTS)

    checked("cadres")
    _plan_schemes(work, known)

    checked("schemes", *schemes.PARTS)
    rows = _campaign_rows(sheets["campaigns"].rows, known)
    campaign_plan = campaigns.plan(by, rows, known)
    _take(work, sheets["campaigns"], campaign_plan, partial(campaigns.carry_out, campaign_plan), campaigns.INPUTS)

    checked("campaigns")
    renamed = {"cadre_code": "cadre", "unit_code": "unit"}
    rows = [{renamed.get(name, name): value for name, value in row.items()} for row in own_rows(sheets["assessees"].rows)]
    roster = campaigns.plan_roster(by, rows, known)
    step = partial(campaigns.carry_out_roster, roster)
    _take(work, sheets["assessees"], roster, step, campaigns.ROSTER, cadre="cadre_code", unit="unit_code")

    checked("assessees")
    plan_contacts(work, known, lambda rows: tell(done + rows, work.rows, "check"))
    checked("contacts")
    work.steps.append(partial(campaigns.carry_out_closing, campaign_plan))
    # that a column is missing is told once, not for every row; an unreadable cell is no blank one
    lacking = {(sheet.title, heading) for sheet in sheets.values() for heading in sheet.missing}
    told = {(f.sheet, f.row, f.column) for f in work.source.faults}
    work.faults = [
        f for f in work.faults
        if f.code != "required" or ((f.sheet, f.column) not in lacking and (f.sheet, f.row, f.column) not in told)
    ]  # fmt: skip
    order = {sheet.title: place for place, sheet in enumerate(sheets.values())}
    work.faults.sort(key=lambda fault: (order.get(fault.sheet, -1), fault.row))


def _take(work, sheet, plan, step, kinds, **renamed):
    """Take a sheet's plan over into the work: its refusals, counts, changes and the step that writes it."""
    for refusal in plan.refusals:
        name = renamed.get(refusal.field, refusal.field) or sheet.format.columns[0].field
        work.faults.append(fault_at(sheet, refusal, name))
    work.counts[sheet.format.zh] = Count(len(plan.new), len(plan.changed), plan.same)
    work.changes += of_records(sheet, plan, kinds)
    work.steps.append(step)


def _campaign_rows(rows, known):
    """A blank state means open for a new campaign, and no change for one that stands."""
    known.campaigns.load(inputs.half_width(row.get("code")) for row in rows)
    rows = own_rows(rows)
    for row in rows:
        if not inputs.plain_text(row.get("state")):
            row.pop("state", None)
            if known.campaigns.get(inputs.half_width(row.get("code"))) is None:
                row["state"] = Campaign.State.OPEN.value
    return rows


# --- schemes: four sheets, one record


def _plan_schemes(work, known):
    sheets = work.source.sheets
    rows = own_rows(sheets["schemes"].rows)
    index = {}
    for number, row in enumerate(rows):
        index.setdefault(inputs.half_width(row.get("code")), number)
    origin = {}  # (row of the plan, part) -> rows of the part's sheet
    known.schemes.load(inputs.half_width(row.get("scheme")) for part in schemes.PARTS for row in sheets[part].rows)
    for part in schemes.PARTS:
        for number, row in enumerate(own_rows(sheets[part].rows)):
            code = inputs.half_width(row.pop("scheme", None))
            if not code:
                work.faults.append(fault_at(sheets[part], Refusal("required", {}, row=number), "scheme"))
                continue
            if code not in index:
                if known.schemes.get(code) is None:
                    refusal = Refusal("unknown_scheme", {"value": code}, row=number)
                    work.faults.append(fault_at(sheets[part], refusal, "scheme"))
                    continue
                index[code] = len(rows)
                rows.append({"code": code})
            rows[index[code]].setdefault(part, []).append(row)
            origin.setdefault((index[code], part), []).append(number)
    plan = schemes.plan(work.by, rows, known)
    for refusal in plan.refusals:
        work.faults.append(_scheme_fault(sheets, refusal, origin))
    work.counts[columns.SCHEMES.zh] = Count(len(plan.new), len(plan.changed), plan.same)
    for item in plan.changed:
        for name, (old, new) in item.changes.items():
            sheet = sheets[name] if name in schemes.PARTS else sheets["schemes"]
            lines = origin.get((item.row, name)) or ([item.row] if item.row < len(sheets["schemes"].rows) else [0])
            heading = sheet.format.zh if name in schemes.PARTS else sheet.heading(name)
            work.changes.append(Change(sheet.title, sheet.numbers[lines[0]], item.record.code, heading, old, new))
    work.steps.append(partial(schemes.carry_out, plan))


def _scheme_fault(sheets, refusal, origin):
    """A refusal about a part belongs to the part's sheet; one about all parts to the scheme's own row."""
    found = _PART.fullmatch(refusal.field)
    if found and found[2] is not None:
        lines = origin.get((refusal.row, found[1]))
        if lines:
            return fault_at(sheets[found[1]], Refusal(refusal.code, refusal.facts, row=lines[int(found[2])]), found[3])
    if refusal.row < len(sheets["schemes"].rows):
        return fault_at(sheets["schemes"], refusal, "code" if found else refusal.field or "code")
    for part in schemes.PARTS:  # the scheme stands in the database, only its parts stand in the workbook
        if lines := origin.get((refusal.row, part)):
            return fault_at(sheets[part], Refusal(refusal.code, refusal.facts, row=lines[0]), "scheme")
    raise AssertionError("a scheme comes from some row")


