"""A database that is busy or away for a moment is our affair, not the user's: his request is tried again, and if that does
not help he gets a page that keeps all that he typed.

Trying again is safe: a request changes records in one transaction, and one that was broken off left nothing. Should it break
off after that, the form's key tells that it is done (`people.sending`), and it leads on.
"""

import errno
import logging
import random
import sqlite3
import sys
import time

from django.db import Error, connections
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.defaults import server_error

TRIES = 4
PATIENCE = 25  # seconds after which no other try begins: the browser waits, and so do others for the thread
PAUSE = 0.05  # seconds before the second try; longer before each further one
SOON = 5  # seconds after which a program may ask again
SECRET = ("password", "passphrase", "token", "otp", "confirm-code")
OWN = ("csrfmiddlewaretoken",)

#: RACE: somebody came between check and writing; the next try says it properly, and if not it is a fault of ours.
BUSY, FULL, RACE = "busy", "full", "race"
#: A write that fails otherwise comes from a quota, which SQLite does not tell from a broken disk.
SQLITE = {sqlite3.SQLITE_BUSY: BUSY, sqlite3.SQLITE_LOCKED: BUSY, sqlite3.SQLITE_FULL: FULL, sqlite3.SQLITE_IOERR_WRITE: FULL}
#: SQLSTATE, or its class: deadlock, serialization, timeouts, connections, shutdown; disk full; unique, foreign key, triggers.
POSTGRES = {
    "40P01": BUSY, "40001": BUSY, "55P03": BUSY, "57014": BUSY, "08": BUSY, "57P": BUSY, "53300": BUSY,
    "53100": FULL,
    "23505": RACE, "23503": RACE, "P0001": RACE,
}  # fmt: skip
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)

log = logging.getLogger(__name__)


def cause(error):
    """BUSY, FULL or RACE if that is what an exception comes from, else "": by the codes of the databases, not by their words."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            return FULL
        if isinstance(error, sqlite3.Error):
            code = getattr(error, "sqlite_errorcode", None) or 0
            return SQLITE.get(code) or SQLITE.get(code & 0xFF, "")
        if type(error).__module__.startswith("psycopg"):
            return _postgres(error)
        if isinstance(error, Error) and error.__cause__ is None:
            return BUSY if str(error).startswith("database is locked") else ""  # ours: one's turn did not come
        error = error.__cause__
    return ""


def _postgres(error):
    state = error.sqlstate
    if state is None:  # the server said nothing: it is away, or the connection is
        return BUSY if type(error).__name__ in ("OperationalError", "InterfaceError", "ConnectionTimeout") else ""
    return next((POSTGRES[key] for key in (state, state[:3], state[:2]) if key in POSTGRES), "")


class Broken(HttpResponse):
    """Stands for a request that was broken off by the database, until it is tried again; nobody ever sees it."""

    def __init__(self, error):
        super().__init__(status=500)  # of which the session is not kept
        self.error = error
        self._has_been_logged = True  # it is told once, by us


def failed(request, template_name="500.html"):
    """The handler of 500: what breaks off outside the views (session, user) comes here."""
    error = sys.exc_info()[1]
    return Broken(error) if cause(error) else server_error(request, template_name=template_name)


class BusyMiddleware:
    """Tries a request again that the database broke off."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        began = time.monotonic()
        for number in range(1, TRIES + 1):
            response = self.get_response(request)
            if not isinstance(response, Broken):
                return response
            why = cause(response.error)
            if why == FULL or number == TRIES or time.monotonic() - began > PATIENCE:
                break
            self._again(request, number)
        if why == RACE:
            log.error("%s %s failed", request.method, request.path, exc_info=response.error)
            return server_error(request)
        log.error("%s %s broken off after %s tries: %s", request.method, request.path, number, response.error)
        with translation.override(translation.get_language_from_request(request)):
            return answer(request, why)

    def process_exception(self, request, error):
        return Broken(error) if cause(error) else None

    @staticmethod
    def _again(request, number):
        """Make ready for the next try: another connection if this one is lost, uploads from their beginning."""
        for connection in connections.all(initialized_only=True):
            connection.close_if_unusable_or_obsolete()
        for _name, uploads in request.FILES.lists() if request.method == "POST" else ():
            for upload in uploads:
                upload.seek(0)
        time.sleep(PAUSE * number * (1 + random.random()))


class _Token(CsrfViewMiddleware):
    """Answers why a form is not taken for one of ours, instead of a page that says so."""

    def _reject(self, request, reason):
        return reason


def _of_ours(request):
    """Was this sent from a page of ours? What breaks off early was not asked yet, and is not given back with a new token."""
    return request.method == "POST" and _Token(answer).process_view(request, answer, (), {}) is None


def answer(request, why):
    """The page, fragment or object that says so. A form that was sent comes back with all that stood in it."""
    status = 507 if why == FULL else 503
    words = _words(request, why)
    if request.headers.get("HX-Request"):  # the page that asked stays as it is, and asks again
        response = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    elif "application/json" in request.headers.get("Accept", ""):
        response = JsonResponse({"error": words}, status=status)
    else:
        response = HttpResponse(render_to_string("busy.html", _context(request, why, words)), status=status)
    response._has_been_logged = True
    response["Cache-Control"] = "no-store, private"
    if why == BUSY:
        response["Retry-After"] = str(SOON)
    return response


def _words(request, why):
    if why == FULL:
        return _("The disk of the server is full. Nothing was saved. Tell the system administrator.")
    if request.method != "POST":
        return _("The system is busy. Nothing is wrong with what you did: try again.")
    return _("The system is busy. Nothing was lost: send it again.")


def _context(request, why, words):
    context = {"words": words, "full": why == FULL, "address": request.get_full_path(), "language": translation.get_language()}
    if not _of_ours(request):
        return context
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    kept = [(name, value) for name, value in fields if name not in OWN and not any(secret in name for secret in SECRET)]
    return {
        **context,
        "sending": True,
        "fields": kept,
        "secrets": any(secret in name for name, _value in fields for secret in SECRET if name not in OWN),
        "files": [upload.name for name, uploads in request.FILES.lists() for upload in uploads],
        "multipart": bool(request.FILES),
        "csrf_token": get_token(request),
    }
