"""Faults of a verification in words: of which record or entry, and when it was last known good."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from assessment.queries import history
from assessment.wording import fault_sentence, verb_name
from people.access import visible_to
from people.models import LedgerEntry

#: Facts of faults that name a record by its key alone.
ABOUT = {
    "opinion": "assessment.signedopinion", "evaluation": "assessment.evaluation", "photo": "people.photo",
    "attachment": "assessment.attachment",
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A fault as a page shows it. entry, record: where its page stands, if the reader may see it; good: of the entry that
    is known to have been good, with `good_seen` if it may be seen."""

    sentence: str
    entry: int | None
    record: tuple | None
    good: dict | None
    good_seen: bool


def record_of(fault):
    """(type, key) of the record that a fault is about, or None."""
    if "record" in fault.facts:
        return fault.facts["record"], fault.facts["id"]
    return next(((label, fault.facts[name]) for name, label in ABOUT.items() if name in fault.facts), None)


def told(user, faults):
    """[Told]: names of records only where the reader may see the entries that name them."""
    numbers = {fault.facts.get("entry") for fault in faults} | {(fault.good or {}).get("entry") for fault in faults}
    seen = set(visible_to(user, LedgerEntry).filter(pk__in=numbers - {None}).values_list("pk", flat=True))
    found = []
    for fault in faults:
        record, entry = record_of(fault), fault.facts.get("entry")
        good_seen = bool(fault.good) and fault.good["entry"] in seen
        shown = replace(fault, facts=_in_words(fault, record, good_seen))
        linked = record if good_seen else None
        found.append(Told(fault_sentence(shown), entry if entry in seen else None, linked, fault.good, good_seen))
    return found


def _in_words(fault, record, named):
    facts = dict(fault.facts)
    if "entry" in facts:
        facts["which"] = f"{facts['entry']}–{facts['to']}" if "to" in facts else facts["entry"]
    if "verb" in facts:
        facts["verb"] = verb_name(facts["verb"])
    if record is None:
        return facts
    model = history.model_of(record[0])
    if "fields" in facts and model:
        keys = facts["fields"].split()
        words = history.Words([(model, {key: {} for key in keys if "." in key})])
        labels = (_("scores of the dimensions") if key == "dimensions" else words.label(model, key) for key in keys)
        facts["fields"] = _(", ").join(dict.fromkeys(labels))
    if "record" in facts:
        parts = [history.type_name(record[0]), history.record_name(record[0], fault.name) if named else "", f"({record[1]})"]
        facts["record"] = " ".join(filter(None, parts))
    return facts
