"""The proof of the ledger: the chain of its entries, the rows that it tells of, the triggers that keep both."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps

from people import triggers
from people.ledger import START, fold, head, seal
from people.models import LedgerEntry, RecordedModel


@dataclass(frozen=True)
class Fault:
    """Something that `verify` found: a code, and the facts that name the entry or row."""

    code: str
    facts: dict

    def __str__(self):
        return f"{self.code}: " + ", ".join(f"{k} {v}" for k, v in self.facts.items())


def verify() -> Iterator[Fault]:
    """Every fault of the ledger: of the chain, of live rows, of the triggers that should keep both."""
    yield from verify_told()
    yield from verify_triggers()


def verify_told() -> Iterator[Fault]:
    """Walk the chain, then compare live rows with what the ledger last said of them."""
    yield from chain()
    for model in recorded_models():
        yield from rows(model)


def verify_triggers() -> Iterator[Fault]:
    """The triggers that are missing or altered: told last, for what was done without them says more."""
    for what, name in triggers.faults():
        yield Fault(f"trigger {what}", {"trigger": name})


def recorded_models():
    """Roots of the recorded aggregates, in a fixed order."""
    return sorted(
        (m for m in apps.get_models() if issubclass(m, RecordedModel) and not m.ledger_part),
        key=lambda m: m._meta.label_lower,
    )


def chain():
    seq, digest = 0, START
    for entry in LedgerEntry.objects.order_by("seq").iterator(chunk_size=2000):
        if entry.seq != seq + 1:
            yield Fault("entry missing", {"entry": seq + 1})
        elif entry.previous != digest:
            yield Fault("chain broken", {"entry": entry.seq})
        if seal(entry) != entry.digest:
            yield Fault("entry altered", {"entry": entry.seq})
        seq, digest = entry.seq, entry.digest
    if head() != (seq, digest):
        yield Fault("head does not match the last entry", {"entry": seq})


def spans(model, chunk):
    """Look-ups that divide ids, with at most `chunk` live rows in each: by the rows there are, whatever their numbers."""
    low = {}
    while True:
        pks = list(model._base_manager.filter(**{f"pk{k}": v for k, v in low.items()}).order_by("pk").values_list("pk", flat=True)[:chunk])
        high = {"__lte": pks[-1]} if len(pks) == chunk else {}
        yield {**low, **high}
        if not high:
            return
        low = {"__gt": pks[-1]}


def rows(model, chunk=2000):
    label = model._meta.label_lower
    entries = LedgerEntry.objects.filter(object_type=label).exclude(object_id=None)
    for span in spans(model, chunk):
        there = model._base_manager.filter(**{f"pk{k}": v for k, v in span.items()})
        live = model.ledger_states(there.values_list("pk", flat=True))
        told = {}
        last = entries.filter(**{f"object_id{k}": v for k, v in span.items()}).order_by("object_id", "seq")
        for pk, *entry in last.values_list("object_id", "verb", "before", "after"):
            told.setdefault(pk, []).append(entry)
        for pk in sorted({*live, *told}):
            state, was = live.get(pk), fold(told.get(pk, ()))
            if state == was:
                continue
            if state is None or was is None:
                yield Fault("row missing" if state is None else "row never recorded", {"record": label, "id": pk})
            else:
                fields = sorted(k for k in {*state, *was} if state.get(k) != was.get(k))
                yield Fault("row differs from the ledger", {"record": label, "id": pk, "fields": " ".join(fields)})
