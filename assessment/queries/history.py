"""Entries of the ledger in words: fields by their labels, references by today's names, codes and choices by their words.

Names are looked up in one query per model referred to, however many entries are shown.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from assessment.models import SavedView
from assessment.queries.named import list_name, model_of, record_name, type_name, types
from assessment.wording import WHY_ENDED, refused_because, verb_name
from people import codes
from people.ledger import EVENTS
from people.models import Cadre, User
from people.models.code_field import CodeField

#: Shown masked here as everywhere: revealing them is a deed of its own, and not the auditor's.
SECRETS = {("people.cadre", "id_number"), ("people.cadre", "phone")}
#: Facts of events, in words; what is not here stands as it is.
FACTS = {
    "list": lambda: _("List"),
    "rows": lambda: _("Rows"),
    "ids": lambda: _("Numbers of the records in it"),
    "template": lambda: _("Template"),
    "campaign": lambda: _("Campaign"),
    "persons": lambda: _("Persons named"),
    "cadres": lambda: _("Cadres"),
    "form": lambda: _("Form"),
    "papers": lambda: _("Forms in the package"),
    "columns": lambda: _("Columns"),
    "filters": lambda: _("Filters"),
    "sort": lambda: _("Sorted by"),
    "file": lambda: _("File"),
    "sha256": lambda: _("SHA-256 of the file"),
    "of": lambda: _("SHA-256 of the upload it comes from"),
    "values": lambda: _("Values shown in full"),
    "fields": lambda: _("Fields"),
    "verb": lambda: _("What was tried"),
    "codes": lambda: _("Refused because"),
    "path": lambda: _("Page"),
    "name": lambda: _("Name that was typed"),
    "why": lambda: _("Why"),
    "signed_in_at": lambda: _("Signed in at"),
    "signed_in_from": lambda: _("Signed in from"),
    "factor": lambda: _("Second factor"),
    "step": lambda: _("Failed at"),
    "changed": lambda: _("Evaluations changed"),
    "entries": lambda: _("Entries"),
    "head": lambda: _("Ledger head"),
    "faults": lambda: _("Faults"),
    "anchors": lambda: _("Anchors compared"),
    "until": lambda: _("Until"),
    "count": lambda: _("Number"),
    "first": lambda: _("First fault"),
    "tables": lambda: _("Tables"),
    "made_at": lambda: _("Made at"),
}
#: Those of them that are moments.
MOMENTS = frozenset({"signed_in_at", "made_at"})
#: Labels of what the models leave without one.
LABELS = {
    "client_uuid": lambda: _("Number given by the device"),
    "position": lambda: _("Place in the order"),
    "body": lambda: _("Signed text"),
    "parameters": lambda: _("What was asked for"),
    "query": lambda: _("Filters, columns and order"),
    "language": lambda: _("Language"),
    "total": lambda: _("Total"),
    "TeamMember": lambda: _("Team member"),
    "RecoveryCode": lambda: _("Recovery code"),
    "salt": lambda: _("What its secret is derived from"),
    "confirmed": lambda: _("Taken into use"),
    "name": lambda: _("Name"),
    "Rating": lambda: _("Rating"),
}
__all__ = ["Change", "Words", "changed_fields", "in_one_line", "model_of", "part_of", "record_name", "told", "type_name", "types"]

#: Facts that are for the page of the entry alone: in a row of many they say little.
QUIET = frozenset({"list", "ids", "columns", "sha256", "of", "head", "sort", "file", "first"})
#: Values that say nothing there.
NOTHING = ("", "none", [], {})
STEPS = {"password": lambda: _("Password"), "code": lambda: _("code of the app or recovery code")}
FACTORS = {"none": lambda: _("none"), "app": lambda: _("code of the app"), "recovery_code": lambda: _("recovery code")}
#: Fields likewise: of a job its name and reason say what was asked for; of an authenticator the verb says it all; a query is for machines.
QUIET_FIELDS = {
    "assessment.job": frozenset({"kind", "by_id", "reason", "parameters", "asked_at", "language", "upload_sha256"}),
    "people.authenticator": frozenset({"name", "salt", "confirmed", "user_id", "added_at", "recoverycode"}),
    "assessment.savedview": frozenset({"query"}),
}
LONG = 300  # signs; longer text is folded on the page
BODY = 4000  # signs of a text that are shown at all


@dataclass(frozen=True)
class Change:
    """One field: its label, what it was and what it became, in words. differs: for a record beside itself.

    For an event a fact of it: its label, and its value as `new`."""

    label: str
    old: str
    new: str
    differs: bool = True
    quiet: bool = False  # only shown where the entry stands alone

    @property
    def long(self):
        return len(self.old) > LONG or len(self.new) > LONG


def changed_fields(entry):
    """Labels of the fields that an entry changed, each once; "" for events, new and deleted records."""
    model = model_of(entry.object_type)
    if model is None or entry.verb in EVENTS or entry.before is None or entry.after is None:
        return ""
    found = dict.fromkeys(_label(model, key) for key in entry.after)
    return _(", ").join(found)


def words_for(entries):
    """The `Words` of some entries."""
    return Words((model_of(e.object_type), state) for e in entries if e.verb not in EVENTS for state in (e.before, e.after))


def in_one_line(entry, words, most=30_000):
    """What an entry tells, as one text: of a change "field: old → new", of a new or deleted record and an event its values."""
    if entry.purged_by:
        return _("Its content was purged; entry %(number)s tells by whom.") % {"number": entry.purged_by}
    changed = entry.before is not None and entry.after is not None
    found = []
    for change in words.of(entry):
        if not change.quiet:
            old, new = (text if len(text) <= LONG else f"{text[:LONG]}…" for text in (change.old, change.new))
            found.append(f"{change.label}{_(': ')}{old or '—'} → {new or '—'}" if changed else f"{change.label}{_(': ')}{new or old}")
    text = _("; ").join(found)
    return text if len(text) <= most else f"{text[:most]}…"


def told(entries):
    """[(entry, verb in words, kind of change, [Change])]."""
    entries = list(entries)
    words = words_for(entries)
    return [(entry, verb_name(entry.verb), _kind(entry), words.of(entry)) for entry in entries]


def _kind(entry):
    if entry.purged_by:
        return _("Purged")
    if entry.verb in EVENTS:
        return _("Event")
    if entry.before is None:
        return _("New")
    return _("Deleted") if entry.after is None else _("Changed")


class Words:
    """Labels and values of recorded states in words. pairs: (model, state) of all that will be asked."""

    def __init__(self, pairs):
        wanted = {}
        for model, state in pairs:
            if model is not None and state:
                for field, value in _references(model, state):
                    wanted.setdefault(field.related_model, set()).add(value)
        self.names = {model: _names(model, pks) for model, pks in wanted.items()}

    def of(self, entry):
        """[Change] of an entry; for an event its facts; of a purged one nothing."""
        if entry.purged_by:
            return []
        if entry.verb in EVENTS:
            told = (entry.after or {}).items()
            return [Change(FACTS.get(key, lambda key=key: key)(), "", _fact(key, value), quiet=key in QUIET or value in NOTHING) for key, value in told]
        model = model_of(entry.object_type)
        if model is None:
            keys = [*(entry.before or {}), *(k for k in entry.after or {} if k not in (entry.before or {}))]
            return [Change(k, _plain((entry.before or {}).get(k)), _plain((entry.after or {}).get(k))) for k in keys]
        return self.beside(model, entry.before, entry.after)

    def beside(self, model, old, new):
        """[Change] of two states of a record, in the order of the model's fields, parts last."""
        old, new = old or {}, new or {}
        place = {field.attname: n for n, field in enumerate(model.ledger_fields())}
        keys = sorted({*old, *new}, key=lambda key: (place.get(key, len(place)), *_order(key, new.get(key) or old.get(key))))
        return [
            Change(
                self.label(model, key),
                self.value(model, key, old[key]) if old.get(key) is not None else "",
                self.value(model, key, new[key]) if new.get(key) is not None else "",
                old.get(key) != new.get(key),
                key.partition(".")[0] in QUIET_FIELDS.get(model._meta.label_lower, ()),
            )
            for key in keys
        ]

    def label(self, model, key):
        """The label of a field; of a part with what tells it from its like: "Rating: 综合分析研判"."""
        part, rest = part_of(model, key)
        if part is None:
            return _label(model, key)
        field = _field(part, part.ledger_part.key[0])
        shown = self._value(part, field, _typed(field, rest)) if field else rest
        if field is not None and field.name == "digest":  # enough to tell one from another
            shown = f"{shown[:12]}…"
        return f"{_part_name(part)} {shown}"

    def value(self, model, key, value):
        """A recorded value in words; of a part that of its one field, or all its fields with their labels."""
        part, _rest = part_of(model, key)
        if part is None:
            return self._value(model, _field(model, key), value)
        if not value:
            return _("Yes")
        if len(value) == 1:
            ((name, only),) = value.items()
            return self._value(part, _field(part, name), only)
        return _("; ").join(f"{_label(part, name)} {self._value(part, _field(part, name), one)}" for name, one in value.items())

    def _value(self, model, field, value):
        if field is None or value is None:
            return _plain(value)
        if (model._meta.label_lower, field.name) in SECRETS:
            return _masked(value)
        if field.attname in model.ledger_digest:
            return _("SHA-256 %(start)s…") % {"start": value[:12]}
        if field.is_relation:
            return self.names.get(field.related_model, {}).get(value) or f"#{value}"
        if isinstance(field, CodeField):
            return str(getattr(codes, field.code_set).name(value) or value)
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(field, models.BooleanField):
            return _("Yes") if value else _("No")
        if model is SavedView and field.name == "list":
            return list_name(value)
        if field.name == "position":
            return str(value + 1)  # people count from one
        if field.name == "family":
            return _("; ").join(" ".join(filter(None, row.values())) for row in value)
        if field.name == "body":  # it stands, readable, on the page of the evaluation
            return _("canonical JSON, %(length)s signs") % {"length": len(value)}
        if isinstance(field, models.DateTimeField):
            return timezone.localtime(datetime.fromisoformat(value)).strftime("%Y-%m-%d %H:%M:%S")
        return _plain(value)


def _names(model, pks):
    """{id: name} as the ledger names records; parts, which have no entries of their own, by their field `name`."""
    if model.ledger_part:
        return dict(model._base_manager.filter(pk__in=pks).values_list("pk", "name"))
    if model is User:  # people by their names, as whoever did it is named
        return {user.pk: str(user) for user in User.objects.filter(pk__in=pks)}
    return {pk: name for pk, (name, _unit) in model.ledger_labels(pks).items()}


def _masked(value):
    """An ID number or phone with its middle hidden."""
    value = str(value)
    return f"{value[:3]}{'*' * (len(value) - 7)}{value[-4:]}" if len(value) > 7 else "*" * len(value)


def _references(model, state):
    """(foreign key, id) pairs in a state, those of its parts included."""
    for key, value in state.items():
        part, rest = part_of(model, key)
        if part is None:
            field = _field(model, key)
            if field is not None and field.is_relation and value is not None:
                yield field, value
            continue
        field = _field(part, part.ledger_part.key[0])
        if field is not None and field.is_relation:
            yield field, _typed(field, rest)
        if isinstance(value, dict):
            yield from _references(part, value)


def part_of(model, key):
    """(the model of the part, what tells it from its like) of a key like "rating.12"; (None, "") for a field."""
    name, dot, rest = key.partition(".")
    part = next((p for p in model.ledger_parts() if p._meta.model_name == name), None) if dot else None
    return part, rest if part else ""


def _field(model, attname):
    return next((f for f in model._meta.concrete_fields if f.attname == attname), None)


def _typed(field, text):
    """A key of a part as the database knows it."""
    return int(text) if text.isdigit() and not isinstance(field, models.CharField) else text


def _label(model, key):
    part, _rest = part_of(model, key)
    if part is not None:
        return _part_name(part)
    field = _field(model, key)
    if field is None:
        return key
    if field._verbose_name is not None:
        return str(field.verbose_name)
    return str(field.related_model._meta.verbose_name) if field.is_relation else LABELS.get(field.name, lambda: key)()


def _order(key, value):
    """Parts of a kind by their place in the order where they have one."""
    return (key.partition(".")[0], value.get("position", 0) if isinstance(value, dict) else 0, key)


def _part_name(part):
    return LABELS.get(part.__name__, lambda: str(part._meta.verbose_name))()


def _plain(value):
    if value is None or value == "":
        return ""
    if isinstance(value, list | tuple):
        return _(", ").join(map(_plain, value))
    if isinstance(value, dict):
        return _("; ").join(f"{key}: {_plain(one)}" for key, one in value.items())
    text = str(value)
    return text if len(text) <= BODY else f"{text[:BODY]} … ({len(text)})"


def _fact(key, value):
    """A fact of an event in words."""
    if key == "why" and value in WHY_ENDED:
        return _(WHY_ENDED[value])
    if key == "verb" and value:
        return verb_name(value)
    if key in MOMENTS and value:
        return timezone.localtime(datetime.fromisoformat(value)).strftime("%Y-%m-%d %H:%M:%S")
    if key == "factor":
        return FACTORS[value]() if value in FACTORS else str(value)
    if key == "step":
        return STEPS[value]() if value in STEPS else str(value)
    if key == "list":
        return list_name(str(value))
    if key == "codes" and isinstance(value, list):
        return _("; ").join(refused_because(str(code)) for code in value)
    if key == "fields" and isinstance(value, list):
        return _(", ").join(_label(Cadre, name) for name in value)
    if key == "ids" and isinstance(value, dict):
        return _("; ").join(f"{type_name(kind)} {_plain(numbers)}" for kind, numbers in value.items())
    return _plain(value)
