"""What is known of a cadre beside assessment: duties, sanctions, kin. Rows hold `id` for a change, none for a new one."""

from people import codes, words
from people.actions import inputs
from people.actions.plan import Gate, Item, Known, Plan, look_up, read_row, set_values, write
from people.ledger import recorded
from people.models import Cadre, Duty, Kinship, Sanction
from people.refusals import Refusal, refuse

DUTY = {
    "id": inputs.Number(high=2**62, places=0),
    "unit": inputs.Reference(required=True),
    "kind": inputs.Word(words.DUTY_KIND, required=True),
    "place": inputs.Text(100),
    "starts_on": inputs.Day(required=True),
    "ends_on": inputs.Day(),
    "cadre": inputs.Reference(),
    "trained_on": inputs.Day(past=True),
    "headcount": inputs.Number(low=1, high=1_000_000, places=0),
}
SANCTION = {
    "id": inputs.Number(high=2**62, places=0),
    "cadre": inputs.Reference(required=True),
    "kind": inputs.Word(codes.SANCTION, required=True),
    "decided_on": inputs.Day(required=True, past=True),
    "effect_until": inputs.Day(),
}
KINSHIP = {
    "id": inputs.Number(high=2**62, places=0),
    "cadre": inputs.Reference(required=True),
    "relative": inputs.Reference(required=True),
    "relation": inputs.Word(words.KIN_RELATION, required=True),
}


def save(*, by, rows):
    """Make or change duties. unit, cadre: records or codes; either a cadre or a headcount of people who are no cadres."""
    with recorded(by=by, verb="save_duty"):
        return _save(by, "save_duty", Duty, DUTY, rows, _check_duty)


def save_sanctions(*, by, rows):
    """Make or change sanctions."""
    with recorded(by=by, verb="save_sanction"):
        return _save(by, "save_sanction", Sanction, SANCTION, rows, _check_sanction)


def save_kinships(*, by, rows):
    """Make or change kinships; one holds both ways, so it is recorded once (公务员法 74)."""
    with recorded(by=by, verb="save_kinship"):
        return _save(by, "save_kinship", Kinship, KINSHIP, rows, _check_kinship)


def remove(*, by, record, reason=""):
    """Take back a duty, sanction or kinship that was entered by mistake; the ledger keeps it."""
    verb = f"save_{record._meta.model_name}"
    with recorded(by=by, verb=verb, reason=reason):
        gate = Gate(by, verb)
        refusals = (gate.refusal(unit, about=about) for unit, about in _places(record))
        refuse(*[refusal for refusal in refusals if refusal][:1])
        record.delete()


def _save(by, verb, model, kinds, rows, check):
    work, known, gate = Plan(), Known(), Gate(by, verb)
    standing = model.objects.select_related("cadre__unit").in_bulk(
        [row["id"] for row in rows if isinstance(row.get("id"), int)]
    )
    for number, row in enumerate(rows):
        values = read_row(work, kinds, number, row)
        record = standing.get(values.pop("id", None)) or model()
        if record.pk is None:
            for name, kind in kinds.items():
                if kind.required and name not in row:
                    work.refuse("required", number, name)
        work.items.append(Item(number, record, values))
    for name, shelf in (("unit", known.units), ("cadre", known.cadres), ("relative", known.cadres)):
        shelf.load(item.values.get(name) for item in work.items)
    for item in work.items:
        present = _places(item.record) if item.record.pk else []
        for name, shelf, code in (
            ("unit", known.units, "unknown_unit"),
            ("cadre", known.cadres, "unknown_cadre"),
            ("relative", known.cadres, "unknown_cadre"),
        ):
            look_up(work, item, name, shelf, code)
        set_values(item)
        if any(refusal.row == item.row for refusal in work.refusals):
            continue
        for unit, about in [*present, *_places(item.record)]:
            if refusal := gate.refusal(unit, about=about):
                work.refusals.append(refusal.at(item.row))
                break
        work.refusals += (refusal.at(item.row) for refusal in check(item.record))
    refuse(*work.refusals)
    work.sort()
    write(work, model)
    return work.records


def _places(record):
    """(unit, cadre whose file it is) of a row, for the question whether one may."""
    if isinstance(record, Duty):
        return [(record.unit, record.cadre_id)]
    others = [(record.cadre.unit, record.relative_id)] if isinstance(record, Kinship) else []
    return [(record.cadre.unit, record.cadre_id), *others]


def _check_duty(duty):
    if bool(duty.cadre) == bool(duty.headcount):
        yield Refusal("cadre_or_headcount", {}, "headcount")
    if duty.trained_on and not duty.cadre:
        yield Refusal("training_of_cadre", {}, "trained_on")
    if duty.ends_on and duty.ends_on < duty.starts_on:
        yield Refusal("ends_before_start", {"start": duty.starts_on, "end": duty.ends_on}, "ends_on")


def _check_sanction(sanction):
    if sanction.effect_until and sanction.effect_until < sanction.decided_on:
        yield Refusal("ends_before_start", {"start": sanction.decided_on, "end": sanction.effect_until}, "effect_until")


def _check_kinship(kinship):
    if kinship.cadre == kinship.relative:
        yield Refusal("kin_of_himself", {}, "relative")
    pair = {kinship.cadre_id, kinship.relative_id}
    Cadre.ledger_lock(pair)  # two who record it at once, one from each side, wait for each other
    if Kinship.objects.filter(cadre__in=pair, relative__in=pair).exclude(pk=kinship.pk).exists():
        yield Refusal("kinship_known", {}, "relative")
