"""What a form that was sent says of itself: the key by which it is carried out once, and up to which entry of the ledger its
sender had seen the records that it is about.

A view says it around its action; the ledger asks at the end of the recorded transaction, under the lock of its head, where
nobody can come between. So it holds for every action, and no action knows of it.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from people.models import SentForm
from people.refusals import Refusal, Refused


class AlreadyDone(Exception):
    """The form was carried out already; `entry` is the number of the first entry that it made."""

    def __init__(self, entry):
        self.entry = entry
        super().__init__(entry)


@dataclass
class Sent:
    """A form on its way through. done: the entry that it made, once that is certain; _made: while it is not."""

    key: UUID | None = None
    done: int | None = None
    _made: int | None = None

    def earlier(self, user):
        """The entry that this form made when it was sent before, or None; refuses the key of somebody else."""
        row = SentForm.objects.filter(pk=self.key).first() if self.key else None
        if row is None:
            return None
        if row.user_id != user.pk:
            raise Refused(Refusal("form_of_another"))
        return row.entry

    def make(self, by, entry):
        """Take the key; under the lock of the head."""
        if self.done is not None or by is None:
            return
        if (there := self.earlier(by)) is not None:
            raise AlreadyDone(there)
        if self.key:
            SentForm.objects.create(key=self.key, user=by, entry=entry)
        self._made = entry


_sent: ContextVar[Sent | None] = ContextVar("sent", default=None)


@dataclass(frozen=True)
class Expected:
    """What the sender had seen. records: (type, id) each; seen: the last entry by then; new: the type of which he adds a record."""

    records: tuple = ()
    seen: int = 0
    new: str = ""


_expected: ContextVar[Expected] = ContextVar("expected", default=Expected())  # noqa: B039  it is frozen


def current():
    """The form under way, or None."""
    return _sent.get()


def expected():
    """What the sender of the form under way had seen."""
    return _expected.get()


@contextmanager
def until_certain():
    """Around a transaction: when it stands, what the form made is done; else it is not."""
    sent = _sent.get()
    try:
        yield
        if sent and sent.done is None:
            sent.done = sent._made
    finally:
        if sent:
            sent._made = None


@contextmanager
def under_way(sent):
    """What is recorded inside is what this form does; None: it is no part of it (what may well be done twice)."""
    token = _sent.set(sent)
    try:
        yield
    finally:
        _sent.reset(token)


@contextmanager
def expecting(records, seen, new=""):
    """Inside, nothing is recorded if one of these records was changed by an entry after `seen`, or what was to be new is there."""
    token = _expected.set(Expected(tuple(records), seen, new))
    try:
        yield
    finally:
        _expected.reset(token)
