"""Schemes: make, change, freeze; and the four that are shipped. DESIGN sections 3, 4 and 9."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db import DEFAULT_DB_ALIAS, connections

from assessment.actions.known import Known, Yard
from assessment.actions.shipped import SHIPPED
from assessment.columns import RESERVED, fold
from assessment.models import Dimension, Grade, Level, Scheme
from assessment.words import ASSESSEE, UNGRADED
from people.actions import inputs
from people.actions.plan import Gate, Plan, read_row, read_rows, set_values, write
from people.canonical import canonical, sha256_hex
from people.ledger import recorded
from people.refusals import refuse

WEIGHTS = ("on_site_weight", "phone_weight", "talk_weight")
MINIMA = ("min_on_site", "min_phone", "min_talk", "min_relations", "min_leads")
INPUTS = {
    "code": inputs.Key(),
    "title": inputs.Text(100, required=True),
    "assessee": inputs.Word(ASSESSEE, required=True),
    **{name: inputs.Number(required=True) for name in WEIGHTS},
    **{name: inputs.Number(high=1000, places=0, empty=0) for name in MINIMA},
    "team_size": inputs.Number(low=1, high=20, places=0, empty=1),
    "quota": inputs.Number(),
    "contested_gap": inputs.Number(),
}
PARTS = {
    "dimensions": (
        Dimension,
        {"code": inputs.Key(), "name": inputs.Text(60, required=True), "weight": inputs.Number(above=True, required=True)},
    ),
    "levels": (Level, {"name": inputs.Text(20, required=True), "points": inputs.Number(required=True)}),
    "grades": (Grade, {"name": inputs.Text(20, required=True), "minimum": inputs.Number(required=True)}),
}


def save(*, by, rows):
    """Make or change schemes by code; a row may hold `dimensions`, `levels` and `grades` as lists of rows, each list whole.

    A refusal about a part has a field like `dimensions-0-weight`. A frozen scheme takes no change.
    """
    with recorded(by=by, verb="save_scheme"):
        work = plan(by, rows, Known())
        refuse(*work.refusals)
        carry_out(work)
    return work.records


def freeze(scheme):
    """Seal a scheme by the SHA-256 of its canonical JSON; inside a recorded transaction, when a campaign takes it."""
    locked = Scheme.objects.select_for_update(of=("self",)).get(pk=scheme.pk)
    if not locked.frozen:
        locked.digest = digest(locked)
        locked.save(update_fields=["digest"])
    scheme.digest = locked.digest


def digest(scheme):
    """The digest that this scheme has, or will have once it is frozen."""
    return sha256_hex(canonical(body(scheme)))


def body(scheme):
    """A scheme as plain data: everything that a result depends on."""
    yard = Known().yard(scheme)
    dimensions = sorted(yard.dimensions, key=lambda d: d.position)
    return {
        **{name: getattr(scheme, name) for name in INPUTS},
        "dimensions": [{"code": d.code, "name": d.name, "weight": d.weight} for d in dimensions],
        "levels": sorted(({"name": x.name, "points": x.points} for x in yard.levels), key=lambda x: (-x["points"], x["name"])),
        "grades": sorted(({"name": x.name, "minimum": x.minimum} for x in yard.grades), key=lambda x: -x["minimum"]),
    }


def install_shipped(using=DEFAULT_DB_ALIAS, **kwargs):
    """Signal receiver: put in the shipped schemes that are not there. One that is there, changed or not, stays."""
    tables = connections[using].introspection.table_names()
    if using != DEFAULT_DB_ALIAS or Grade._meta.db_table not in tables or "people_ledgerentry" not in tables:
        return
    missing = set(SHIPPED) - set(Scheme.objects.filter(code__in=SHIPPED).values_list("code", flat=True))
    if missing:
        with recorded(by=None, verb="save_scheme"):
            work = plan(None, [row for code, row in SHIPPED.items() if code in missing], Known(), gate=False)
            refuse(*work.refusals)
            carry_out(work)


def plan(by, rows, known, gate=True):
    """What saving these rows would do. gate=False: the installation itself."""
    work, gate = SchemePlan(), Gate(by, "save_scheme") if gate else None
    plain = [{name: value for name, value in row.items() if name not in PARTS} for row in rows]
    read_rows(work, INPUTS, plain, known.schemes, lambda code: Scheme(code=code))
    known.load_yards(item.record for item in work.items)
    for item in work.items:
        set_values(item)
        whole = _plan_parts(work, item, rows[item.row], known)
        if not (item.new or item.changes):
            continue
        if gate and not gate.reach:
            work.refusals.append(gate.refusal().at(item.row))
        elif item.record.frozen:
            work.refuse("scheme_frozen", item.row, "code", value=item.record.code)
        elif whole:
            _check(work, item, known.yards[item.record.code])
    work.sort()
    return work


def carry_out(work):
    """Write a plan. Nothing hangs on the parts of a scheme that is not frozen, so changed lists are written anew."""
    write(work, Scheme)
    for name, (model, _) in PARTS.items():
        anew = [(item, parts) for item, of, parts in work.parts if of == name]
        model.objects.filter(scheme__in=[item.record.pk for item, _ in anew]).delete()
        for item, parts in anew:
            for part in parts:
                part.scheme = item.record  # it has its key by now
        model.objects.bulk_create([part for _, parts in anew for part in parts], batch_size=500)


@dataclass
class SchemePlan(Plan):
    """`parts`: (item, kind of part, its new list) for every list that changes."""

    parts: list = field(default_factory=list)


def _plan_parts(work, item, row, known):
    """Read the lists of parts and compare them with what stands. False if any part could not be read."""
    standing = known.yards.get(item.record.code) or Yard([], [], [])
    yard, whole = {}, True
    for name in PARTS:
        yard[name] = getattr(standing, name)
        if name not in row:
            continue
        parts, readable = _read_parts(work, item, name, row[name])
        whole = whole and readable
        old, new = [_value(name, part) for part in yard[name]], [_value(name, part) for part in parts]
        if name != "dimensions":  # their order is that of their points
            old, new = sorted(old), sorted(new)
        if old != new:
            item.changes[name] = tuple("；".join(" ".join(map(str, value)) for value in values) for values in (old, new))
            work.parts.append((item, name, parts))
            yard[name] = parts
    known.yards[item.record.code] = Yard(**yard)
    return whole


def _value(name, part):
    return tuple(getattr(part, each) for each in PARTS[name][1])


def _read_parts(work, item, name, rows):
    """(parts as rows of the model still to be written, whether all could be read)."""
    model, kinds = PARTS[name]
    parts, own = [], Plan()
    for index, row in enumerate(rows):
        values = read_row(own, {f"{name}-{index}-{each}": kind for each, kind in kinds.items()},
                          item.row, {f"{name}-{index}-{each}": row.get(each) for each in kinds})
        values = {key.rpartition("-")[2]: value for key, value in values.items()}
        if len(values) == len(kinds):
            if model is Dimension:
                values["position"] = index
            part = model(scheme=item.record, **values)
            part.index = index  # where it came from, for refusals
            parts.append(part)
    work.refusals += own.refusals
    return parts, not own.refusals


def _check(work, item, yard):
    """Does the scheme hang together? Sums in exact decimals."""
    scheme, row = item.record, item.row
    if all(getattr(scheme, name) is not None for name in WEIGHTS):
        total = sum(Decimal(getattr(scheme, name)) for name in WEIGHTS)
        if total != 100:
            work.refuse("weights_not_100", row, WEIGHTS[0], total=total)
    for name in PARTS:
        parts = getattr(yard, name)
        if not parts:
            work.refuse(f"no_{name}", row, name)
        for what in {"dimensions": ("code", "name"), "levels": ("name",), "grades": ("name", "minimum")}[name]:
            _refuse_twice(work, row, name, what, parts)
    total = sum(Decimal(d.weight) for d in yard.dimensions)
    if yard.dimensions and total != 100:
        work.refuse("dimension_weights_not_100", row, _field("dimensions", yard.dimensions[-1], "weight"), total=total)
    for dimension in yard.dimensions:
        if fold(dimension.name) in RESERVED:
            work.refuse("reserved_heading", row, _field("dimensions", dimension, "name"), value=dimension.name)
    for grade in yard.grades:
        if fold(grade.name) == UNGRADED:
            work.refuse("reserved_grade", row, _field("grades", grade, "name"), value=grade.name)
    if yard.grades and not any(grade.minimum == 0 for grade in yard.grades):
        lowest = min(yard.grades, key=lambda grade: grade.minimum)
        work.refuse("no_grade_from_0", row, _field("grades", lowest, "minimum"), value=lowest.minimum)


def _refuse_twice(work, row, name, what, parts):
    seen = set()
    for part in parts:
        value = getattr(part, what)
        key = fold(value) if isinstance(value, str) else value
        if key in seen:
            work.refuse("twice_in_scheme", row, _field(name, part, what), value=value)
        seen.add(key)


def _field(name, part, what):
    return f"{name}-{getattr(part, 'index', 0)}-{what}"
