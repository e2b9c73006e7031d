"""Work on many rows at once: read what is there in bulk, check everything, then write in bulk.

A form is one row, an import is many; both go the same way. `plan` functions read and check and never write, so an
import can plan outside a transaction; `carry_out` functions write what was planned.
"""

from dataclasses import dataclass, field

from django.db import models

from people import access
from people.actions.inputs import Unreadable
from people.models import Cadre, Unit, User
from people.refusals import Refusal

CHUNK = 5000  # keys in one query


class Shelf:
    """Records of one model by a key: read in bulk, and joined by those that the work at hand will add."""

    def __init__(self, model, key="code", related=(), lock=False):
        self.model, self.key, self.related, self.lock = model, key, related, lock
        self.rows, self.asked = {}, set()

    def load(self, keys):
        """Read the records of these keys that are not here yet, in as few queries as can be."""
        asked = sorted({key for key in keys if key} - self.asked - set(self.rows))
        self.asked.update(asked)
        for start in range(0, len(asked), CHUNK):
            found = self.model._base_manager.filter(**{f"{self.key}__in": asked[start : start + CHUNK]}).order_by("pk")
            if self.lock:
                found = found.select_for_update(of=("self",))
            for record in found.select_related(*self.related) if self.related else found:
                self.rows[getattr(record, self.key)] = record

    def add(self, record):
        self.rows.setdefault(getattr(record, self.key), record)

    def get(self, key):
        return self.rows.get(key)


class Known:
    """The records that a piece of work speaks of, those it will add included. Used for one plan only."""

    def __init__(self):
        self.units = Shelf(Unit, related=("parent",))
        self.cadres = Shelf(Cadre, related=("unit",))
        self.users = Shelf(User, "username")


class Gate:
    """May a person do a verb on the records of a unit? Asks `access` once for many rows."""

    def __init__(self, by, verb):
        self.by, self.verb, self.reach = by, verb, access.scope(by, verb)

    def reaches(self, unit):
        """Is this unit (or id) within reach? One that is still to be added is where its nearest standing ancestor is."""
        if isinstance(unit, int):
            return self.reach.covers(unit)
        seen = set()
        while not self.reach.everything and unit is not None and unit.pk is None and unit.code not in seen:
            seen.add(unit.code)  # new units may stand in a circle, which is refused elsewhere
            unit = unit.parent
        return self.reach.everything or (unit is not None and unit.pk in self.reach.units)

    def refusal(self, *units, about=None, field=""):
        """The refusal if one of these units is out of reach or the file is his own or his kin's; else None."""
        if not self.reach:
            return Refusal("role_missing", {"roles": sorted(access.PERMISSIONS[self.verb])}, field)
        if not all(map(self.reaches, units)):
            return Refusal("outside_scope", {"roles": sorted(access.PERMISSIONS[self.verb])}, field)
        if self.verb in access.HANDLING and about and about in self.reach.recused:
            return Refusal("own_file" if about == self.by.cadre_id else "file_of_kin", {}, field)
        return None


@dataclass
class Item:
    """One row of the work: the record that it makes or changes, and what it changes: {field: (old, new)}."""

    row: int
    record: models.Model
    values: dict
    changes: dict = field(default_factory=dict)

    @property
    def new(self):
        return self.record.pk is None


@dataclass
class Plan:
    """What is to be done, or why not. `items` are in the order of the rows; an unchanged row is one without changes."""

    items: list = field(default_factory=list)
    refusals: list = field(default_factory=list)
    new: list = field(default_factory=list)
    changed: list = field(default_factory=list)

    def refuse(self, code, row=None, field="", **facts):
        self.refusals.append(Refusal(code, facts, field, row))

    def sort(self):
        """Divide the items into new and changed ones; call when all values are set, before anything is written."""
        self.new = [item for item in self.items if item.new]
        self.changed = [item for item in self.items if not item.new and item.changes]

    @property
    def records(self):
        return [item.record for item in self.items]

    @property
    def same(self):
        return len(self.items) - len(self.new) - len(self.changed)


def read_row(plan, inputs, number, row, prefix=""):
    """The readable values of a row; what cannot be read becomes a refusal. Fields not given stay away.

    prefix: what the names of its fields start with in refusals.
    """
    values = {}
    if unknown := row.keys() - inputs.keys():
        raise TypeError(f"unknown fields: {sorted(unknown)}")
    for name, value in row.items():
        kind = inputs[name]
        try:
            values[name] = kind.read(value)
        except Unreadable as problem:
            plan.refuse(problem.code, number, prefix + name, **problem.facts)
            continue
        if kind.required and values[name] in ("", None):
            plan.refuse("required", number, prefix + name)
            del values[name]
    return values


def read_rows(plan, inputs, rows, shelf, make):
    """Read rows that are told apart by the shelf's key into items: existing records, or new ones from `make`.

    Refuses a key that is blank or comes twice, and a new record that lacks what is required. Sets nothing yet.
    """
    read, first = [], {}
    for number, row in enumerate(rows):
        values = read_row(plan, inputs, number, row)
        if shelf.key not in row:
            plan.refuse("required", number, shelf.key)
        key = values.pop(shelf.key, None)
        if not key:
            continue
        if key in first:
            plan.refuse("duplicate_key", number, shelf.key, value=key, first=first[key])
            continue
        first[key] = number
        read.append((number, key, values))
    shelf.load(first)
    for number, key, values in read:
        record = shelf.get(key)
        if record is None:
            record = make(key)
            lacking = [name for name, kind in inputs.items() if kind.required and name != shelf.key and name not in rows[number]]
            for name in lacking:
                plan.refuse("required", number, name)
            shelf.add(record)
        plan.items.append(Item(number, record, values))


def look_up(plan, item, name, shelf, code):
    """Replace the key in a value by the record it names; refuses one that is not known. False if it is refused."""
    key = item.values.get(name)
    if not key:
        if key is not None:
            item.values[name] = None
        return True
    record = shelf.get(key)
    if record is None:
        plan.refuse(code, item.row, name, value=key)
        del item.values[name]
        return False
    item.values[name] = record
    return True


def set_values(item):
    """Put the values into the record and remember what that changes. Relations are compared by key."""
    for name, value in item.values.items():
        attname = item.record._meta.get_field(name).attname
        if item.new:
            old = None
        else:
            old = getattr(item.record, attname)
            new = value.pk if isinstance(value, models.Model) else value
            if old == new and not (isinstance(value, models.Model) and new is None):
                continue
            if attname != name:
                old = getattr(item.record, name)
        setattr(item.record, name, value)
        item.changes[name] = (old, value)


def write(plan, model, batch=1000):
    """Write the new and the changed records of a plan. Changes that are no fields of the model are left to the caller."""
    if plan.new:
        model.objects.bulk_create([item.record for item in plan.new], batch_size=batch)
    own = {field.name for field in model._meta.concrete_fields}
    changed = [item.record for item in plan.changed if own & set(item.changes)]
    if changed:
        fields = sorted(own & {name for item in plan.changed for name in item.changes})
        model.objects.bulk_update(changed, fields, batch_size=batch)
