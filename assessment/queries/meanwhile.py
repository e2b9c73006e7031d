"""What others changed of a record while somebody had its form open: for him, who sees the record, not only for auditors."""

from dataclasses import dataclass, field
from functools import partial

from assessment.models import Contact, Evaluation, Finding
from assessment.queries import blind
from assessment.queries.history import Words, part_of
from assessment.queries.named import model_of
from assessment.wording import verb_name
from people import ledger
from people.access import can

SOURCE = frozenset({"source_name", "source_post", "relation"})


@dataclass
class Field:
    """A field that others changed. of: (model, id of the record, key in its state); field, old, new: what stands in a form,
    of a part with one field the value of that. yours: what the sender typed instead; taken: he had left it alone, so it
    stands in his form."""

    label: str
    was: str
    now: str
    of: tuple
    field: object = None
    old: object = None
    new: object = None
    words: object = str
    yours: str | None = None
    taken: bool = False


@dataclass
class Told:
    """One entry: who did what when. hidden: he may not see its fields."""

    who: str
    at: object
    verb: str
    record: str
    fields: list[Field] = field(default_factory=list)
    hidden: bool = False


def changes(user, records, seen):
    """[Told] of all that changed these records, (type, id) each, after entry number `seen`."""
    found = [(entry, model_of(entry.object_type)) for entry in ledger.changed_since(records, seen)]
    words = Words((model, state) for entry, model in found for state in (entry.before, entry.after))
    return [_told(user, entry, model, words) for entry, model in found]


def fields(told):
    """Each field once, with what it was at first and what it is in the end; what is said of it stands at the last change."""
    first, last = {}, {}
    for change in (change for each in told for change in each.fields if change.field):
        first.setdefault(change.of, change.old)
        last[change.of] = change
    for of, change in last.items():
        change.old = first[of]
    return list(last.values())


def _told(user, entry, model, words):
    told = Told(entry.actor_name, entry.at, verb_name(entry.verb), entry.object_name)
    hidden = _hidden(user, model, entry.object_id)
    told.hidden = hidden is ALL
    old, new = entry.before or {}, entry.after or {}
    place = {f.attname: (n, f) for n, f in enumerate(model.ledger_fields())}
    for key in sorted({*old, *new}, key=lambda key: (place[key][0] if key in place else len(place), key)):
        if hidden is ALL or key in hidden:
            continue
        shown = partial(_value, words, model, key)
        found = Field(words.label(model, key), shown(old.get(key)), shown(new.get(key)), (model, entry.object_id, key), words=shown)
        only = _only_field(part_of(model, key)[0])
        if only:
            found.field, found.words = only, partial(_part_value, shown, only.attname)
            found.old, found.new = ((state.get(key) or {}).get(only.attname) for state in (old, new))
        elif key in place:
            found.field, found.old, found.new = place[key][1], old.get(key), new.get(key)
        told.fields.append(found)
    return told


ALL = object()


def _hidden(user, model, pk):
    """Fields that this person may not see though he sees the record; ALL of them of marks that are sealed for him."""
    if model is Contact:
        contact = Contact.objects.select_related("campaign").filter(pk=pk).first()
        return frozenset() if contact and can(user, "view_source", contact) else SOURCE
    if model in (Finding, Evaluation):
        about = {"findings": pk} if model is Finding else {"pk": pk}
        return ALL if blind.sealed(user, Evaluation.objects.select_related("campaign").filter(**about)) else frozenset()
    return frozenset()


def _only_field(part):
    """The one field that a part says something in, or None."""
    fields = part.ledger_fields() if part else ()
    return fields[0] if len(fields) == 1 else None


def _part_value(shown, name, value):
    return shown(None if value is None else {name: value})


def _value(words, model, key, value):
    return "" if value is None else words.value(model, key, value)
