"""The recorded transaction that is under way, and what it has touched so far.

Models know only this module; `people.ledger` opens the transaction and turns what was touched into entries.
"""

from contextvars import ContextVar
from dataclasses import dataclass, field

_current: ContextVar["Recording | None"] = ContextVar("recording", default=None)


class Unrecorded(RuntimeError):
    """A recorded row was about to be written outside a recorded transaction."""


@dataclass
class Recording:
    """One verb of one person: for every aggregate touched, its state before (None: it is new)."""

    by: object
    verb: str
    reason: str = ""
    before: dict = field(default_factory=dict)  # {root model: {pk: state | None}}
    labels: dict = field(default_factory=dict)  # {root model: {pk: (name, unit id)}} of what is deleted
    events: list = field(default_factory=list)

    def created(self, model, pks):
        """Remember roots that came into being."""
        rows = self.before.setdefault(model, {})
        for pk in pks:
            rows.setdefault(pk, None)

    def touching(self, model, pks):
        """Remember the state of existing roots before they change; only the first time counts.

        They are locked first: else somebody else's change could come between, and stand in this one's entry.
        """
        rows = self.before.setdefault(model, {})
        unknown = [pk for pk in pks if pk not in rows]
        if unknown:
            model.ledger_lock(unknown)
            rows.update(model.ledger_states(unknown))

    def going(self, model, pks):
        """Remember what rows are called, before they are deleted."""
        self.labels.setdefault(model, {}).update(model.ledger_labels(pks))


def current():
    """The recording under way, or None."""
    return _current.get()


def require(model):
    """The recording under way; raises `Unrecorded` if there is none."""
    recording = _current.get()
    if recording is None:
        raise Unrecorded(f"{model.__name__} is written only inside people.ledger.recorded().")
    return recording
