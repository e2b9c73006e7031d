"""Units: make and change. DESIGN section 3, and section 9 for the rows of a workbook."""

from people import access
from people.actions import inputs
from people.actions.plan import Gate, Known, Plan, look_up, read_rows, set_values, write
from people.ledger import recorded
from people.models import Unit
from people.refusals import refuse
from people.words import UNIT_KIND

INPUTS = {
    "code": inputs.Key(),
    "name": inputs.Text(100, required=True),
    "kind": inputs.Word(UNIT_KIND, empty=Unit.Kind.OTHER.value),
    "parent": inputs.Reference(),
    "formed_on": inputs.Day(),
    "disbanded_on": inputs.Day(),
}


def save(*, by, rows):
    """Make or change units by code; a row holds `code` and the fields given. Returns the units, row by row.

    parent: a unit or its code, also that of another row.
    """
    with recorded(by=by, verb="save_unit"):
        work = plan(by, rows, Known())
        refuse(*work.refusals)
        carry_out(work)
    access.forget(by)
    return work.records


def plan(by, rows, known):
    """What saving these rows would do."""
    work, gate = Plan(), Gate(by, "save_unit")
    read_rows(work, INPUTS, rows, known.units, lambda code: Unit(code=code))
    known.units.load(item.values.get("parent") for item in work.items)
    lost = {item.row for item in work.items if not look_up(work, item, "parent", known.units, "unknown_unit")}
    for item in work.items:
        set_values(item)
    for item in work.items:  # only now does every new unit know what it hangs on
        if item.row not in lost:
            _check(work, gate, item)
    _check_tree(work)
    work.sort()
    return work


def carry_out(work):
    """Write a plan: parents before their children."""
    later = list(work.new)
    while later:
        ready = [item for item in later if item.record.parent is None or item.record.parent.pk]
        write(Plan(new=ready), Unit)
        later = [item for item in later if item.new]
    write(Plan(changed=work.changed), Unit)


def _check(work, gate, item):
    unit = item.record
    if unit.formed_on and unit.disbanded_on and unit.disbanded_on < unit.formed_on:
        work.refuse("ends_before_start", item.row, "disbanded_on", start=unit.formed_on, end=unit.disbanded_on)
    if not item.changes and not item.new:
        return
    if not item.new and (refusal := gate.refusal(unit)):
        work.refusals.append(refusal.at(item.row))
    elif (item.new or "parent" in item.changes) and (refusal := gate.refusal(unit.parent, field="parent")):
        work.refusals.append(refusal.at(item.row))


def _check_tree(work):
    """No unit is below itself. Only a move of a unit can close a circle with what stands already."""
    by_code = {item.record.code: item for item in work.items}
    moved = [item for item in work.items if "parent" in item.changes and item.record.parent is not None]
    standing = {}
    if any(not item.new for item in moved):
        standing = dict(Unit.objects.order_by().values_list("code", "parent__code"))
    for item in moved:
        seen, code = {item.record.code}, item.record.parent.code
        while code and code not in seen:
            seen.add(code)
            above = by_code[code].record.parent if code in by_code else None
            code = (above.code if above else None) if code in by_code else standing.get(code)
        if code == item.record.code:
            work.refuse("parent_cycle", item.row, "parent", value=item.record.parent.code)
