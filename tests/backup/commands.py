"""What the processes of `tests.jobs.killing` do with databases of their own here."""

import hashlib
import json
import os
import resource
import sys
import threading
from io import StringIO
from itertools import count

from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from assessment.backup import cipher, keys, save
from assessment.demo import build
from assessment.demo.units import COUNTY
from assessment.models import Attachment, Job, SavedView
from people.actions import cadres, units
from people.ledger import head, recorded
from people.models import Authenticator, Cadre, LedgerEntry, Photo, RecoveryCode, Session, Unit, User
from tests import cast, sides

PASSWORD = "demo-pass-1"
cipher.COST["n"] = 2**10  # what a key costs is tried elsewhere
ENDED = frozenset({"people.session", "people.sentform"})


def empty():
    """A database as `migrate` leaves it."""
    call_command("migrate", verbosity=0)


def fill(attachments):
    """Something of everything, and the key of a saved view that is gone."""
    settings.ATTACHMENT_DIR = attachments
    w = sides.two_sides()
    with recorded(by=w.lin, verb="save_profile"):
        for photo in Photo.objects.all():
            photo.sha256 = hashlib.sha256(photo.content).hexdigest()
            photo.save()
    with recorded(by=None, verb="second_factor_on"):
        RecoveryCode.objects.create(authenticator=Authenticator.objects.first(), digest="0" * 64)
    with recorded(by=w.lin, verb="save_view"):
        made = [SavedView.objects.create(owner=w.lin, list="duty", title=f"{n}", query="q=x") for n in range(3)]
        key = made[-1].pk
        made[-1].delete()
    return {"view": key}


def fill_county():
    """The demo county, and somebody who is signed in."""
    build.fill(PASSWORD)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username="assessor1"))
    return {"session": client.cookies["sessionid"].value}


def run(calls, attachments="", largest_file=0, environment=None, without=""):
    """[exit code, standard output, standard error] of each management command.

    largest_file: bytes that a file may have; without: a package that cannot be imported.
    """
    os.environ.update(environment or {})
    if without:
        sys.modules[without] = None
    if attachments:
        settings.ATTACHMENT_DIR = attachments
    if largest_file:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, resource.RLIM_INFINITY))
    answers = []
    for name, *arguments in calls:
        out, err, code = StringIO(), StringIO(), 0
        try:
            with translation.override("en"):
                call_command(name, *arguments, stdout=out, stderr=err)
        except CommandError as error:
            code = error.returncode
            err.write(str(error))
        answers.append((code, out.getvalue(), err.getvalue()))
    return {"answers": answers}


def rows(upto=None):
    """A digest of every row of ours, by table; of the ledger those up to a number, of jobs what it records."""
    found = {}
    for app in ("people", "assessment"):
        for model in apps.get_app_config(app).get_models():
            if model._meta.label_lower in ENDED:
                continue
            some = model._base_manager.order_by("pk")
            if upto is not None and model is LedgerEntry:
                some = some.filter(seq__lte=upto)
            names = [field.attname for field in (model.ledger_fields() if model is Job else model._meta.concrete_fields)]
            found[model.__name__] = [_digest(values) for values in some.values_list(*names)]
    if upto is not None:
        del found["LedgerHead"]
    return {"rows": found, "head": head(), "vendor": connection.vendor}


def _digest(values):
    plain = [value.tobytes().hex() if isinstance(value, memoryview) else value for value in values]
    return hashlib.sha256(json.dumps(plain, default=str, sort_keys=True).encode()).hexdigest()[:16]


def live_on(attachments, session, view):
    """Work on a database that was restored: sign in, write new records, see old files."""
    settings.ATTACHMENT_DIR = attachments
    behind = [[job.state, job.outcome, job.upload, job.result] for job in Job.objects.exclude(state="done")]
    sessions, client = Session.objects.count(), Client(SERVER_NAME="127.0.0.1")
    client.cookies["sessionid"] = session
    before = client.get(reverse("home")).status_code
    client = Client(SERVER_NAME="127.0.0.1")
    signed_in = client.post(reverse("login"), {"username": "assessor1", "password": PASSWORD}).status_code
    home = client.get(reverse("home")).status_code
    by = User.objects.get(username="assessor1")
    unit = units.save(by=by, rows=[{"code": "NEW", "name": "新设单位", "parent": COUNTY, "kind": "township"}])[0]
    cadres.save(by=by, rows=[{"code": "NEW1", "name": "新人", "unit": unit}])
    with recorded(by=by, verb="save_view"):
        new = SavedView.objects.create(owner=by, list="cadre", title="新", query="q=x").pk
    used = {model: model._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0 for model in apps.get_models()}
    reused = [model.__name__ for model, key in used.items() if model._meta.app_label == "assessment" and keys.highest(model) < key]
    entry = LedgerEntry.objects.filter(verb="restore").first()
    return {
        "sessions": sessions, "old session": before, "signed in": signed_in, "home": home, "jobs behind": behind, "reused": reused,
        "view": new > view, "restore": entry.after, "cadre": Cadre.objects.get(code="NEW1").unit.code,
        "attachments": Attachment.objects.count(), **run([["verify_ledger"]]),
    }  # fmt: skip


def write_meanwhile(file):
    """A back-up while somebody writes all the time: after each table it waits for a write that was begun and done since."""
    over, done = threading.Event(), threading.Semaphore(0)
    user = User.objects.get(username="lin")

    def write():
        for number in count():
            if over.is_set():
                break
            units.save(by=user, rows=[{"code": f"M{number}", "name": f"单位{number}", "parent": "C", "kind": "township"}])
            done.release()
        connection.close()

    def another_write(what="people_ledgerentry", rows=0):
        if what not in ("people_ledgerentry", "assessment_contact"):
            return
        while done.acquire(blocking=False):
            pass
        for _ in range(2):  # the first may have been under way
            assert done.acquire(timeout=60), "the writer is held up"

    thread = threading.Thread(target=write)
    thread.start()
    try:
        another_write()
        saved = save.save(file, tell=another_write)
    finally:
        over.set()
        thread.join()
    told = {member.name: member for member in saved.manifest.tables}
    return {"units": Unit.objects.count(), "saved": told["tables/people_unit.jsonl"].rows, "head": head()[0], "seen": saved.manifest.entries}


def tamper(statements):
    """Raw SQL behind the program's back, triggers off."""
    from people import triggers

    triggers.drop()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    triggers.install()


def add_somebody():
    """Real data in a database, by the shortest way."""
    cast.add_user("somebody")


def entry(verb):
    """The newest entry of a verb."""
    return {"after": LedgerEntry.objects.filter(verb=verb).first().after}
