"""What an installation beyond this machine has to fulfil: `manage.py check --deploy` tells it, and the server does not start without.

A bad key and DEBUG are refused by the settings already: with them nothing at all runs.
"""

import stat
from pathlib import Path

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.db import connection, transaction

from people import ledger, recording, triggers

OTHERS_READ, OTHERS_ENTER = stat.S_IROTH, stat.S_IXOTH


@register(Tags.security, deploy=True)
def cookies_travel_in_tls(app_configs, **options):
    """Whoever reads a session cookie on the way is signed in with it."""
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT")
    if missing := [name for name in names if not getattr(settings, name)]:
        yield Error(f"Cookies would travel in plain HTTP ({', '.join(missing)} is off). Set ALLOWED_HOSTS to the name of this site.", id="assessment.E001")


@register(Tags.security, deploy=True)
def second_factor_is_asked_for(app_configs, **options):
    """A warning: an installation may have its reasons, such as phones that may not be brought in."""
    if settings.SECOND_FACTOR != "required":
        yield Warning("A password alone signs in. Leave SECOND_FACTOR unset, unless something else is the second factor.", id="assessment.W001")


@register(Tags.security, deploy=True)
def files_are_private(app_configs, **options):
    """Files of jobs, attachments and the database itself are for the account of the server alone."""
    public = Path(settings.STATIC_ROOT).resolve()
    for name in ("JOB_DIR", "ATTACHMENT_DIR"):
        place = Path(getattr(settings, name)).resolve()
        if place.is_relative_to(public):
            yield Error(f"{name} ({place}) lies in STATIC_ROOT, which is served to everybody. Choose another folder.", id="assessment.E002")
        if place.exists() and place.stat().st_mode & (OTHERS_READ | OTHERS_ENTER):
            yield Error(f"{name} ({place}) is open to every account of this machine. Run: chmod o-rwx '{place}'", id="assessment.E003")
    if connection.vendor == "sqlite":
        place = Path(connection.settings_dict["NAME"])
        if place.exists() and place.stat().st_mode & OTHERS_READ and place.resolve().parent.stat().st_mode & OTHERS_ENTER:
            yield Error(f"Every account of this machine can read the database ({place}). Run: chmod o-rwx '{place.parent}'", id="assessment.E004")


@register(Tags.security, deploy=True)
def ledger_can_be_written(app_configs, **options):
    """Tried, not guessed: an entry is written and taken back. And the rules of the database stand."""
    try:
        _try_an_entry()
        faults = sorted(f"{name} ({what})" for what, name in triggers.faults())
    except DatabaseError as error:
        yield Error(f"The ledger cannot be written, so nothing can be done here ({error}). Run: manage.py migrate", id="assessment.E005")
        return
    if faults:
        yield Error(f"Rules of the database that keep its rows from being altered are not as installed: {', '.join(faults)}. Run: manage.py verify_ledger", id="assessment.E006")


def _try_an_entry():
    trial = recording.Recording(by=None, verb="verify")
    nothing = {"reason": "", "after": None, "unit_id": None, "object_id": None}
    trial.events.append((None, {"verb": "verify", "object_type": "people.ledgerentry", "object_name": "", **nothing}))
    with transaction.atomic():
        ledger._append(trial)
        transaction.set_rollback(True)


def demand_ready():
    """Raise unless this installation may be served: beyond this machine only what passes every check."""
    if not settings.PRODUCTION:
        return
    found = run_checks(tags=[Tags.security], include_deployment_checks=True)
    if faults := [fault for fault in found if fault.is_serious()]:
        raise ImproperlyConfigured("This installation is not fit to be served:\n" + "\n".join(f"- {fault.msg} ({fault.id})" for fault in faults))
