"""The only writer of `LedgerEntry`: recorded transactions, events and the chain. Its proof is `people.proof`.

What is promised: nothing recorded changes without an entry, and a change of the ledger or of the rows behind the
program's back is found by `people.proof.verify`. It is tamper-evident, not tamper-proof.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from people import bulk, recording, sending, turns
from people.canonical import canonical, sha256_hex
from people.models import LedgerEntry, LedgerHead, RecordedModel
from people.refusals import Refusal, Refused

#: Verbs that tell of something that happened without changing a record.
EVENTS = frozenset(
    "view export reveal refused sign_in sign_in_failed sign_in_locked sign_in_unlocked sign_out session_ended password_changed confirm_failed "
    "verify recombine import_file cancel_job backup restore anchor purge".split()
)

START = "0" * 64
CHUNK = 2000  # entries sealed and written at a time


@dataclass(frozen=True)
class Origin:
    """Where a request came from."""

    request_id: str = ""
    address: str = ""


NOWHERE = Origin()
origin: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


@contextmanager
def recorded(*, by, verb, reason=""):
    """The transaction in which recorded models may be written; its entries are written at its end.

    by: the user who acts, None for the installation itself. Inside another one it joins that one: one click, one
    verb. The head of the chain is locked last, so that writers queue as briefly as can be.
    """
    outer = recording.current()
    if outer is not None:
        yield outer
        return
    record = recording.Recording(by=by, verb=verb, reason=reason)
    with sending.until_certain(), turns.turn(), transaction.atomic(durable=True):
        token = recording._current.set(record)
        try:
            yield record
            _append(record)
        finally:
            recording._current.reset(token)


def note(*, by, verb, obj=None, object_type="", object_name="", facts=None, reason="", unit_id=None):
    """Record an event. Inside a recorded transaction it is written with that, else at once in its own.

    obj: the record that it is about; for an event that has none, `object_type` and `object_name` say what.
    """
    if verb not in EVENTS:
        raise ValueError(f"{verb} is no event; add it to EVENTS or use recorded().")
    event = {"verb": verb, "reason": reason, "after": facts, "unit_id": unit_id, "object_id": None}
    event |= {"object_type": object_type, "object_name": object_name[:200]}
    if obj is not None:
        event |= {"object_type": obj._meta.label_lower, "object_id": obj.pk, "object_name": str(obj)[:200]}
        if unit_id is None and isinstance(obj, RecordedModel):
            event["unit_id"] = obj.ledger_labels([obj.pk]).get(obj.pk, ("", None))[1]
    with recorded(by=by, verb=verb) as record:
        record.events.append((by, event))


def viewed(*, by, obj):
    """Record that a person saw a record: once per user, record and hour."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    seen = LedgerEntry.objects.filter(object_type=obj._meta.label_lower, object_id=obj.pk, verb="view", actor=by)
    if not seen.filter(at__gte=hour).exists():
        note(by=by, verb="view", obj=obj)


def head():
    """(number, digest) of the newest entry."""
    return LedgerHead.objects.values_list("seq", "digest").filter(pk=1).first() or (0, START)


SEALED = [field.attname for field in LedgerEntry._meta.concrete_fields if field.attname not in ("digest", "purged_by")]


def seal(entry):
    """Digest of an entry: SHA-256 over the canonical JSON of all of it, the digest before included."""
    return _digest({name: getattr(entry, name) for name in SEALED})


def _digest(facts):
    return sha256_hex(canonical(facts))


def changes(before, after):
    """(before, after) of the changed fields only; (None, state) for a new row, (state, None) for a deleted one."""
    if before is None or after is None:
        return before, after
    keys = [k for k in {**before, **after} if before.get(k) != after.get(k)]
    return {k: before.get(k) for k in keys}, {k: after.get(k) for k in keys}


def _entries(record):
    """Unsealed entries of a recording, in the order of its work."""
    for model, rows in record.before.items():
        states, labels = model.ledger_states(rows), {**record.labels.get(model, {}), **model.ledger_labels(rows)}
        for pk, state in rows.items():
            before, after = changes(state, states.get(pk))
            if before == after:
                continue
            if record.verb in EVENTS:
                raise ValueError(f"{record.verb} is an event; it changes no record.")
            name, unit_id = labels.get(pk, (str(pk), None))
            entry = {"verb": record.verb, "object_type": model._meta.label_lower, "object_id": pk, "object_name": name}
            yield record.by, {**entry, "unit_id": unit_id, "before": before, "after": after, "reason": record.reason}
    for by, event in record.events:
        yield by, {**event, "before": None}


def _append(record):
    entries = list(_entries(record))
    if not entries:
        return
    locked, _ = LedgerHead.objects.select_for_update().get_or_create(pk=1)
    if any(entry["verb"] not in EVENTS for _, entry in entries):
        _of_the_form(record.by, entries, locked.seq + 1)
    source = origin.get()
    common = {"at": timezone.now(), "request_id": source.request_id, "address": source.address}
    for start in range(0, len(entries), CHUNK):
        rows = []
        for by, entry in entries[start : start + CHUNK]:
            who = {"actor_id": by and by.pk, "actor_name": str(by or "")[:200]}
            entry = {**entry, **common, **who, "seq": locked.seq + 1, "previous": locked.digest}
            locked.seq, locked.digest = entry["seq"], _digest(entry)
            rows.append([*(entry[name] for name in SEALED), locked.digest])
        bulk.insert(LedgerEntry, [*SEALED, "digest"], rows)
    locked.save()


def _of_the_form(by, entries, number):
    """A form is carried out once, and not over the head of somebody who changed or made its record meanwhile."""
    if sent := sending.current():
        sent.make(by, number)
    expected = sending.expected()
    if other := changed_since(expected.records, expected.seen).first():
        raise Refused(Refusal("record_changed", {"who": other.actor_name, "at": other.at, "record": other.object_name}))
    standing = (entry["object_name"] for _, entry in entries if entry["object_type"] == expected.new and entry["before"] is not None)
    if (name := next(standing, None)) is not None:
        raise Refused(Refusal("code_taken", {"value": name}, field="code"))


def changed_since(records, seen):
    """Entries after number `seen` that changed these records, (type, id) each; not those of this very request."""
    if not records:
        return LedgerEntry.objects.none()
    which = reduce(or_, (Q(object_type=kind, object_id=pk) for kind, pk in records))
    found = LedgerEntry.objects.filter(which, seq__gt=seen).exclude(verb__in=EVENTS).order_by("seq")
    mine = origin.get().request_id
    return found.exclude(request_id=mine) if mine else found


def fold(entries):
    """State that a record's entries, oldest first, amount to; None when it is not there or was deleted."""
    state = None
    for verb, _before, after in entries:
        if verb in EVENTS:
            continue
        if after is None:
            state = None
        else:
            state = {k: v for k, v in {**(state or {}), **after}.items() if v is not None and v != ""}
    return state


def as_of(model, pk, when):
    """State of a record at a moment, rebuilt from the ledger: {field: value}, or None if it was not there."""
    entries = LedgerEntry.objects.filter(object_type=model._meta.label_lower, object_id=pk, at__lte=when)
    return fold(entries.order_by("seq").values_list("verb", "before", "after"))


@contextmanager
def still():
    """One unchanging picture of the database for many reads: nobody waits, and nobody's work looks like tampering."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:  # not atomic(): its BEGIN IMMEDIATE would keep writers out
        connection.cursor().execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            connection.cursor().execute("ROLLBACK")
