"""The sheet of contacts on its way in: rows of one campaign and number are one contact covering several assessees."""

import re
from functools import partial

from assessment.actions import contacts, evidence
from assessment.actions.drafts import UNSET, ContactDraft, FindingDraft, team_names
from assessment.columns import fold
from assessment.sheets.exchange.changes import of_contacts
from assessment.sheets.exchange.read import shown
from assessment.sheets.exchange.work import Count, fault_at
from people.actions import inputs
from people.refusals import Refusal

_FINDING = re.compile(r"findings(?:-\d+-)?")
COMMON = ("method", "held_at", "place", "team", "source_name", "relation")


def plan_contacts(work, known, tell):
    """tell: called now and then with the number of rows planned."""
    sheet = work.source.sheets["contacts"]
    codes = {inputs.half_width(row.get("campaign")) for row in sheet.rows}
    known.campaigns.load(codes)
    dimensions = _dimension_columns(work, sheet, codes, known)
    drafts = _drafts(work, sheet, dimensions)
    plan = contacts.plan(work.by, drafts, known, upsert=True, tell=tell)
    _take_refusals(work, sheet, plan, drafts)
    touched = {item.row: item for item in plan.findings}
    new = sum(item.new for item in touched.values())
    changed = {row for row, item in touched.items() if not item.new} | {item.row for item in plan.changed} - set(touched)
    work.counts[sheet.format.zh] = Count(new, len(changed), len(sheet.rows) - new - len(changed))
    work.changes += of_contacts(work.by, sheet, plan, {fault.row for fault in work.faults if fault.sheet == sheet.title})
    work.steps.append(partial(contacts.carry_out, plan))


def _dimension_columns(work, sheet, codes, known):
    """Headings that are a dimension of some campaign in the sheet; others are reported and passed over."""
    used = [scheme for code in codes if (scheme := getattr(known.campaigns.get(code), "scheme", None))]
    known.load_yards(used)
    names = {fold(dimension.name) for scheme in used for dimension in known.yard(scheme).dimensions}
    for text in sheet.extra:
        if fold(text) not in names:
            work.notes.append(("column_unknown", {"sheet": sheet.title, "column": text}))
    return [text for text in sheet.extra if fold(text) in names]


def _drafts(work, sheet, dimensions):
    drafts, first = [], {}
    for number, row in enumerate(sheet.rows):
        campaign, key = inputs.half_width(row.get("campaign")), inputs.half_width(row.get("number"))
        if not key:
            work.faults.append(fault_at(sheet, Refusal("required", {}, row=number), "number"))
        draft = first.get((campaign, key)) if key else None
        if draft is None:
            given = {name: row[name] for name in COMMON if name in row}
            if "team" in given:
                given["team"] = inputs.plain_text(given["team"])
            draft = ContactDraft(campaign=campaign, number=key, findings=[], row=number, **given)
            drafts.append(draft)
            first[campaign, key] = draft
        else:
            _compare(work, sheet, draft.row, number)
        draft.findings.append(_finding(row, number, dimensions))
    return drafts


def _finding(row, number, dimensions):
    cadre, unit = inputs.half_width(row.get("cadre_code")), inputs.half_width(row.get("unit_code"))
    assessee = None if bool(cadre) == bool(unit) else ("cadre", cadre) if cadre else ("unit", unit)
    given = {name: row.get(name, UNSET) for name in ("narrative", "example", "withdrawn_on", "withdrawn_why")}
    ratings = {text: row.get(("extra", text)) for text in dimensions}
    return FindingDraft(assessee=assessee, ratings=ratings, row=number, **given)


def _compare(work, sheet, first, number):
    """Rows of one contact agree in what they have in common."""
    for name in COMMON:
        one, other = sheet.rows[first].get(name), sheet.rows[number].get(name)
        if one != other and _meaning(name, one) != _meaning(name, other):
            facts = {"value": shown(other), "first": sheet.numbers[first], "expected": shown(one)}
            work.faults.append(fault_at(sheet, Refusal("rows_disagree", facts, row=number), name))


def _meaning(name, value):
    if name == "team":
        return team_names(inputs.plain_text(value))
    try:
        return evidence.CONTACT[name].read(value)
    except inputs.Unreadable:
        return inputs.half_width(value)


def _take_refusals(work, sheet, plan, drafts):
    rows = {draft.row: [finding.row for finding in draft.findings] for draft in drafts} if plan.refusals else {}
    for refusal in plan.refusals:
        fault = _contact_fault(sheet, refusal)
        work.faults.append(fault)
        if not refusal.field.startswith("findings-"):
            work.shared.append((fault, [sheet.numbers[row] for row in rows[refusal.row]]))


def _contact_fault(sheet, refusal):
    name = _FINDING.sub("", refusal.field, count=1)
    if name.startswith("rating-"):
        name = name.removeprefix("rating-")
    elif name in ("assessee", ""):
        name = "unit_code" if sheet.value(refusal.row, "unit_code") and not sheet.value(refusal.row, "cadre_code") else "cadre_code"
    return fault_at(sheet, refusal, name)
