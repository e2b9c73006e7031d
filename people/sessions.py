"""The session engine: sessions in the database, each with its user, so that they can be listed and ended (ASVS 7.3 to 7.5).

A session of a person ends after a time without use and a while after the sign-in, whatever he does; by sign-out; by
himself from another browser; and, all of them, when his password changes or his account is switched off.
"""

import logging
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import OperationalError, connection
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from people.ledger import note, recorded
from people.models import Session

SEEN_EVERY = timedelta(minutes=1)  # how exactly the last use is written down
KEPT = ("started_at", "seen_at", "address", "agent")
log = logging.getLogger(__name__)


def idle():
    """How long a session lasts without use."""
    return timedelta(minutes=settings.SESSION_IDLE_MINUTES)


def longest():
    """How long a session lasts after the sign-in."""
    return timedelta(hours=settings.SESSION_HOURS)


def past(row, now=None):
    """The limit that a session has passed, "idle" or "absolute", or ""."""
    now = now or timezone.now()
    if now >= min(row.expire_date, row.started_at + longest()):
        return "absolute"
    return "idle" if now >= row.seen_at + idle() else ""


class SessionStore(DatabaseStore):
    """Django's sessions in the database, with columns for whose it is, since when, last used and from where.

    ended: the limit that the session had passed when it was asked for, "gone" if it was ended before. address, agent: told by the middleware.
    """

    row, ended, address, agent = None, "", "", ""

    @classmethod
    def get_model_class(cls):
        return Session

    def load(self):
        row = Session.objects.filter(pk=self.session_key).first()
        why = row and past(row)
        if why:
            end([row], why)
            self.ended = why if row.user_id else ""
        elif row is None and self.session_key:  # ended while he was away
            self.ended = "gone"
        if why or row is None:
            self._session_key = None  # its cookie is taken back; what is stored from now on gets a key of its own
            return {}
        self.row = row
        return self.decode(row.session_data)

    def create_model_instance(self, data):
        """A new key for the same person is still the same session: the clock of the sign-in goes on."""
        row, known = super().create_model_instance(data), self.row
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        if known is not None and known.user_id == row.user_id:
            for name in KEPT:
                setattr(row, name, getattr(known, name))
        else:
            row.address, row.agent = self.address[:45], self.agent[:200]
        row.expire_date = min(row.expire_date, row.started_at + longest())
        self.row = row
        return row


def touch(session):
    """Write down that a session is in use, at most once a minute; not at all if that would have to wait for a writer."""
    row, now = session.row, timezone.now()
    if row is None or row.user_id is None or now - row.seen_at < SEEN_EVERY:
        return
    try:
        with _not_waiting():
            Session.objects.filter(pk=row.pk).update(seen_at=now)
        row.seen_at = now
    except OperationalError:
        log.info("The last use of a session was not written: the database is busy.")


@contextmanager
def _not_waiting():
    """SQLite has one writer at a time: a page that only reads does not queue for it."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (patience,) = cursor.fetchone()
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience:d}")


def end(rows, why, by=None):
    """End sessions, each with its event. why: idle, absolute, by_owner, password_changed, switched_off, second_factor_on or _reset."""
    with recorded(by=by, verb="session_ended"):
        for row in rows:
            unchanged = {"seen_at": row.seen_at} if why == "idle" else {}  # it may be in use again just now
            gone, _ = Session.objects.filter(pk=row.pk, **unchanged).delete()
            if gone and row.user_id:
                facts = {"why": why, "signed_in_at": row.started_at.isoformat(timespec="seconds"), "signed_in_from": row.address}
                note(by=by, verb="session_ended", obj=row.user, facts=facts)


def end_all(user, but=None, *, why="second_factor_reset", by=None):
    """End all sessions of a user, but the one with this key."""
    end(list(Session.objects.filter(user=user).exclude(pk=but).select_related("user")), why, by)


def living(user):
    """The sessions of a user that have not passed a limit, the one last used first."""
    return [row for row in Session.objects.filter(user=user).order_by("-seen_at", "-started_at") if not past(row)]


def handle(row):
    """What names a session on a page: its key is a secret."""
    return salted_hmac("people.sessions.handle", row.pk).hexdigest()[:32]


def find(user, named):
    """The living session of a user that a handle names, or None."""
    return next((row for row in living(user) if constant_time_compare(handle(row), named)), None)


def sweep():
    """End the sessions that have passed a limit and were not asked for again."""
    now = timezone.now()
    over = Q(expire_date__lte=now) | Q(started_at__lte=now - longest()) | Q(seen_at__lte=now - idle())
    for row in list(Session.objects.filter(over).select_related("user").defer("session_data")):
        end([row], past(row, now))
