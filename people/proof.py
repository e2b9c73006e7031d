"""The proof of the ledger: the chain of its entries, the rows that it tells of, the triggers that keep both."""

from collections.abc import Iterator
from itertools import groupby

from django.apps import apps

from people import triggers
from people.chain import walk
from people.faults import Fault, standing
from people.ledger import EVENTS, fold
from people.models import LedgerEntry, RecordedModel

__all__ = ["Fault", "last_told", "recorded_models", "rows", "spans", "verify", "verify_told", "verify_triggers", "walk"]


def verify() -> Iterator[Fault]:
    """Every fault of the ledger: of the chain, of live rows, of the triggers that should keep both."""
    yield from verify_told()
    yield from verify_triggers()


def verify_told() -> Iterator[Fault]:
    """Walk the chain, then compare live rows with what the ledger last said of them."""
    yield from walk()
    yield from all_rows()


def all_rows(step=lambda count: None) -> Iterator[Fault]:
    """Compare the rows of every recorded model; `step` is told how many were."""
    for model in recorded_models():
        yield from rows(model, step=step)


def verify_triggers() -> Iterator[Fault]:
    """The triggers that are missing, and those that are altered: told last, for what was done without them says more."""
    found = list(triggers.faults())
    for what in ("missing", "altered"):
        if names := [name for each, name in found if each == what]:
            yield Fault(f"trigger {what}", {"trigger": " ".join(names)})


def recorded_models():
    """Roots of the recorded aggregates, in a fixed order."""
    return sorted(
        (m for m in apps.get_models() if issubclass(m, RecordedModel) and not m.ledger_part),
        key=lambda m: m._meta.label_lower,
    )


def last_told(label, pk):
    """(name of a record, what is known to have been good of it): by the entry that last told of it."""
    entries = LedgerEntry.objects.filter(object_type=label, object_id=pk).exclude(verb__in=EVENTS).order_by("-seq")
    name, *told = entries.values_list("object_name", "seq", "at", "actor_name").first() or ("", 0, None, "")
    return name, standing(*told)


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


def rows(model, chunk=2000, step=lambda count: None):
    """Compare the rows of a model with what the ledger last said of them, some at a time."""
    label = model._meta.label_lower
    entries = LedgerEntry.objects.filter(object_type=label).exclude(object_id=None).exclude(verb__in=EVENTS)
    for span in spans(model, chunk):
        there = model._base_manager.filter(**{f"pk{k}": v for k, v in span.items()})
        live = model.ledger_states(there.values_list("pk", flat=True))
        of_span = entries.filter(**{f"object_id{k}": v for k, v in span.items()}).order_by("object_id", "seq")
        found = of_span.values_list("object_id", "verb", "before", "after").iterator(chunk_size=chunk)
        told = {pk: fold(entry[1:] for entry in of_one) for pk, of_one in groupby(found, lambda entry: entry[0])}
        for pk in sorted({*live, *told}):
            state, was = live.get(pk), told.get(pk)
            if state != was:
                yield _row_fault(model, pk, state, was)
        step(len(live))


def _row_fault(model, pk, state, was):
    label = model._meta.label_lower
    name, good = last_told(label, pk)
    facts = {"record": label, "id": pk}
    if state is None:
        return Fault("row missing", facts, name, good)
    if was is None:
        return Fault("row never recorded", facts, name or model.ledger_labels([pk])[pk][0], good)
    fields = sorted(k for k in {*state, *was} if state.get(k) != was.get(k))
    return Fault("row differs from the ledger", {**facts, "fields": " ".join(fields)}, name, good)
