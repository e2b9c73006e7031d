"""Cadres: make and change. DESIGN section 3; words of the national code sets (`people.codes`)."""

from collections import defaultdict

from people import codes
from people.actions import inputs
from people.actions.plan import CHUNK, Gate, Known, Plan, look_up, read_rows, set_values, write
from people.ledger import recorded
from people.models import Cadre
from people.names import pinyin_of
from people.refusals import refuse
from people.words import CADRE_STATUS

INPUTS = {
    "code": inputs.Key(),
    "name": inputs.Name(60, required=True),
    "sex": inputs.Word(codes.SEX),
    "ethnicity": inputs.Word(codes.ETHNICITY),
    "birth_month": inputs.Month(),
    "native_place": inputs.Text(60),
    "political_status": inputs.Word(codes.POLITICAL_STATUS),
    "joined_party_on": inputs.Day(past=True),
    "started_work_on": inputs.Day(past=True),
    "education": inputs.Word(codes.EDUCATION),
    "degree": inputs.Word(codes.DEGREE),
    "id_number": inputs.IdNumber(),
    "phone": inputs.Phone(),
    "unit": inputs.Reference(required=True),
    "post": inputs.Text(100),
    "post_level": inputs.Word(codes.POST_LEVEL),
    "rank": inputs.Word(codes.RANK),
    "in_post_since": inputs.Day(past=True),
    "status": inputs.Word(CADRE_STATUS, empty=Cadre.Status.IN_POST.value),
}
SECRETS = ("id_number", "phone")
HIDDEN = "***"
AFTER_BIRTH = ("joined_party_on", "started_work_on", "in_post_since")


def save(*, by, rows):
    """Make or change cadres by code; a row holds `code` and the fields given. Returns the cadres, row by row.

    unit: a unit or its code. Words of the code sets may be names or codes.
    """
    with recorded(by=by, verb="save_cadre"):
        work = plan(by, rows, Known())
        refuse(*work.refusals)
        carry_out(work)
    return work.records


def plan(by, rows, known):
    """What saving these rows would do; units that `known` will add count."""
    work, gate, view, reveal = Plan(), Gate(by, "save_cadre"), Gate(by, "view_cadre"), Gate(by, "reveal")
    read_rows(work, INPUTS, rows, known.cadres, lambda code: Cadre(code=code))
    known.units.load(item.values.get("unit") for item in work.items)
    for item in work.items:
        before = None if item.new else item.record.unit
        if before is not None and not reveal.reaches(before):
            # He cannot see them, so a blank is not his wish to clear them.
            for name in SECRETS:
                if not item.values.get(name):
                    item.values.pop(name, None)
        found = look_up(work, item, "unit", known.units, "unknown_unit")
        set_values(item)
        if "name" in item.changes:
            item.record.pinyin, item.record.initials = pinyin_of(item.record.name)
        if item.new:
            refusal = gate.refusal(item.record.unit, field="unit") if found and "unit" in item.values else None
        elif item.changes:
            refusal = gate.refusal(before, about=item.record.pk)
            if refusal is None and "unit" in item.changes:
                refusal = gate.refusal(item.record.unit, field="unit")
        else:
            refusal = view.refusal(before)
        if refusal:
            work.refusals.append(refusal.at(item.row))
        else:  # of somebody who is none of his business nothing is told, his birth month neither
            _check_days(work, item)
    _check_id_numbers(work, view)
    work.sort()
    return work


def carry_out(work):
    """Write a plan."""
    changed = [item for item in work.changed if "name" in item.changes]
    for item in changed:
        item.changes |= {"pinyin": None, "initials": None}
    passed_on = [item.record.pk for item in work.changed if "id_number" in item.changes]
    if passed_on:  # two who were mixed up change numbers with each other: for a moment both have none
        Cadre.objects.filter(pk__in=passed_on).update(id_number="")
    write(work, Cadre)


def _check_days(work, item):
    born = item.record.birth_month
    for name in AFTER_BIRTH:
        day = getattr(item.record, name)
        if day and born and f"{day:%Y-%m}" < born and {name, "birth_month"} & set(item.changes):
            work.refuse("before_birth", item.row, name, value=day, birth_month=born)


def _check_id_numbers(work, view):
    """An ID number belongs to one cadre; two may change numbers with each other. Whose it is, is told within sight of `view`."""
    claims = defaultdict(list)
    for item in work.items:
        if "id_number" in item.changes and item.record.id_number:
            claims[item.record.id_number].append(item)
    leaving = {item.record.pk for item in work.items if "id_number" in item.changes}
    holders, numbers = {}, list(claims)
    for start in range(0, len(numbers), CHUNK):
        rows = Cadre.objects.filter(id_number__in=numbers[start : start + CHUNK]).values_list("id_number", "code", "pk", "unit")
        holders |= {number: code if view.reaches(unit) else HIDDEN for number, code, pk, unit in rows if pk not in leaving}
    for number, items in claims.items():
        holder = holders.get(number, items[0].record.code)
        for item in items:
            if item.record.code != holder:
                work.refuse("id_number_taken", item.row, "id_number", value=number, cadre=holder)
