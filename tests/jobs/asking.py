"""Jobs as views ask for them and as workers leave them."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assessment import files
from assessment.actions import jobs, running
from assessment.models import Job
from people.actions import units
from people.ledger import recorded
from tests.sheets.books import written


def asked(by, kind=Job.Kind.PAPERS, **more):
    return jobs.start(by=by, kind=kind, **more)


def uploaded(content=b"x"):
    """An upload as a view hands it to `start`."""
    name, digest = files.keep(ContentFile(content))
    return {"upload": name, "upload_sha256": digest}


def asked_before(job, **ago):
    """As if it had been asked for earlier."""
    with recorded(by=job.by, verb="start_job"):
        Job.objects.filter(pk=job.pk).update(asked_at=timezone.now() - timedelta(**ago))


def stored():
    return {path.name for path in files.folder().iterdir()}


def again(job):
    return Job.objects.get(pk=job.pk)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def told(job):
    return [each["code"] for each in again(job).outcome.get("refusals", ())]


def claimed(job, worker, lease=running.LEASE):
    """As a worker leaves it that was killed under it."""
    DBTaskResult.objects.update(status="RUNNING", started_at=timezone.now())
    job = running._claim(job.pk)
    Job.objects.filter(pk=job.pk).update(worker=worker, lease_until=timezone.now() + lease)
    return job


def save_unit(by, code="A"):
    units.save(by=by, rows=[{"code": code, "name": f"单位{code}"}])


# --- imports


def check(by, sheets, name="一线干部.xlsx"):
    content = written(sheets).getvalue() if isinstance(sheets, dict) else sheets
    return jobs.start(by=by, kind=Job.Kind.CHECK, verb="import_workbook", upload_name=name, **uploaded(content))


def take(by, checked, **parameters):
    return jobs.start(by=by, kind=Job.Kind.IMPORT, verb="import_workbook", follows=checked, parameters=parameters)
