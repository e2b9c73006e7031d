"""What the processes of `killing` do."""

import json
from collections import Counter
from io import StringIO

import waitress
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from assessment import files
from assessment.actions import jobs
from assessment.models import Contact, Evaluation, Finding, Job, Rating
from assessment.wsgi import application
from people.models import Cadre, LedgerEntry, Unit, User
from tests import cast
from tests.sheets.books import USERS, generated, written

COUNTED = (Unit, Cadre, Evaluation, Contact, Finding, Rating, Job)


def prepare():
    """A database with accounts and a check that waits: of a right workbook and, by another, of one with errors."""
    call_command("migrate", verbosity=0)
    one, other = [cast.add_user(name, "assessor") for name in USERS][:2]
    sheets, _ = generated(7, units=8, cadres=40, contacts=40)
    ask_check(one, sheets)
    sheets["干部"][3]["性别"] = "甲"
    ask_check(other, sheets)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(one)
    return {"session": client.cookies["sessionid"].value}


def ask_check(by, sheets):
    name, digest = files.keep(ContentFile(written(sheets).getvalue()))
    how = {"verb": "import_workbook", "upload": name, "upload_name": "名单.xlsx", "upload_sha256": digest}
    jobs.start(by=by, kind=Job.Kind.CHECK, **how)


def confirm():
    """What `prepare` had checked is to be taken in; where one asks for that."""
    checked = Job.objects.get(by__username=USERS[0])
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(checked.by)
    address = reverse("job_take", args=[checked.pk])
    assert client.post(address).status_code == 302
    return {"address": address}


def serve(steps, threads=1):
    """The web server on a free port; that of one thread says with each answer how many steps there were so far."""
    if threads > 1:
        return waitress.create_server(application, listen="127.0.0.1:0", threads=threads)

    def counted(environ, start_response):
        def start(status, headers, *rest):
            return start_response(status, [*headers, ("X-Steps", json.dumps(steps))], *rest)

        return application(environ, start)

    return waitress.create_server(counted, listen="127.0.0.1:0", threads=1)


def work():
    """The worker does all that waits, as on the command line."""
    call_command("worker", batch=True)


def look():
    """All that tells whether something is there once, twice, by halves or not at all."""
    proof = StringIO()
    try:
        call_command("verify_ledger", stdout=proof)
    except CommandError as error:
        proof.write(f"FAULT {error}")
    rows = Job.objects.order_by("pk")
    named = {name for job in rows for name in (job.upload, job.result) if name}
    return {
        "proof": proof.getvalue(),
        "rows": {model.__name__: model.objects.count() for model in COUNTED},
        "entries": list(LedgerEntry.objects.order_by("seq").values_list("verb", "object_type", "object_name")),
        "jobs": [[job.kind, job.state, job.attempt] for job in rows],
        "outcomes": [job.outcome for job in rows],
        "ready": DBTaskResult.objects.filter(status="READY").count(),
        "missing": sorted(named - {path.name for path in files.folder().iterdir()}),
        "users": User.objects.count(),
    }


# --- people who write all the time


def stage(writers):
    """A campaign with a roster of two, and people who record contacts of it: their sessions, and what a form needs."""
    call_command("migrate", verbosity=0)
    w = cast.make_campaigns(cast.make_people())
    sessions = []
    for n in range(writers):
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(cast.add_user(f"writer{n}", "assessor", w.county))
        sessions.append(client.cookies["sessionid"].value)
    dimensions = [dimension.pk for dimension in w.front.scheme.dimensions.all()]
    level = w.front.scheme.levels.get(name="较好").pk
    return {"sessions": sessions, "campaign": w.front.pk, "dimensions": dimensions, "level": level}


def written_there():
    """Each contact, by its place, with all that belongs to it, how often the ledger tells of it, and whether all proves right."""
    told = Counter(LedgerEntry.objects.filter(object_type="assessment.contact", verb="record_contact").values_list("object_id", flat=True))
    rows = {}
    for contact in Contact.objects.prefetch_related("findings__ratings", "team"):
        found = contact.findings.all()
        rows[contact.place] = [len(found), sum(len(one.ratings.all()) for one in found), len(contact.team.all()), told[contact.pk]]
    proof = StringIO()
    try:
        call_command("verify_ledger", stdout=proof)
    except CommandError as error:
        proof.write(f"FAULT {error}")
    return {"rows": rows, "proof": proof.getvalue()}
