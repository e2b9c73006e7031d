"""Long work, done by a worker exactly once, whatever is killed or started again meanwhile.

A job is claimed by one attempt at a time, and the number of the attempt is its fence: what an attempt changes it changes
in one transaction with `Running.finish`, which fails when another attempt has taken over. So a kill at any step leaves
nothing of an attempt, or all of it. A job whose worker died waits again (`recover`) and is given up after three attempts.
"""

import logging
import os
import socket
import threading
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import F
from django.utils import timezone, translation
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from assessment import files
from assessment.models import Job
from people import access, ledger
from people.ledger import recorded
from people.refusals import Refusal, Refused, refuse

LEASE = timedelta(minutes=2)
ATTEMPTS = 3
WAITING_MOST = 20  # jobs of one person that are not over
BEAT = 0.5  # seconds between looks at progress and cancellation
State = Job.State
log = logging.getLogger(__name__)

#: kind -> function of a `Running` that does the work; filled by `assessment.jobs`.
RUNNERS = {}


class Cancelled(Exception):
    """The owner wants the job no more."""


class Lost(Exception):
    """Another attempt has taken the job over: this one may not write."""


def runner(kind):
    """Decorator: this function does the jobs of a kind."""

    def register(function):
        RUNNERS[kind] = function
        return function

    return register


# --- what its owner does


def start(*, by, kind, verb="view_job", reason="", parameters=None, upload="", upload_name="", upload_sha256="", follows=None):
    """Ask for long work; `verb` is what one must be allowed. upload: name in `files`; it is the job's from now on."""
    access.demand(by, verb)
    if Job.objects.filter(by=by, state__in=(State.WAITING, State.RUNNING)).count() >= WAITING_MOST:
        refuse(Refusal("too_many_jobs", {"limit": WAITING_MOST}))
    with recorded(by=by, verb="start_job", reason=reason):
        if follows:
            Job.objects.select_for_update().get(pk=follows.pk)
            if Job.objects.filter(follows=follows, state__in=(State.WAITING, State.RUNNING, State.DONE)).exists():
                refuse(Refusal("job_followed"))
        source = ledger.origin.get()
        parameters = {**(parameters or {}), "request_id": source.request_id, "address": source.address}
        job = Job.objects.create(
            by=by, kind=kind, reason=reason, parameters=parameters, follows=follows, upload=upload,
            upload_name=upload_name[:200], upload_sha256=upload_sha256, language=translation.get_language() or "",
        )  # fmt: skip
        _enqueue(job)
    return job


def cancel(*, by, job):
    """End a job that waits; ask the worker to stop one that runs."""
    if Job.objects.filter(pk=job.pk, state=State.WAITING).update(state=State.CANCELLED, **_ending()):
        _clear(Job.objects.filter(pk=job.pk))
    elif not Job.objects.filter(pk=job.pk, state=State.RUNNING).update(cancel_asked=True):
        refuse(Refusal("job_over"))
    ledger.note(by=by, verb="cancel_job", obj=job)


# --- what the worker does


class Running:
    """An attempt at a job, as its runner sees it."""

    def __init__(self, job):
        self.job, self.by, self.parameters = job, job.by, job.parameters
        self.finished = False
        self.outcome, self.result, self.result_name = {}, "", ""
        self._told, self._stop, self._raise = (0, 0, ""), threading.Event(), None

    @property
    def upload(self):
        """Path of the uploaded file."""
        return files.path(self.job.upload)

    def progress(self, done, total=0, phase=""):
        """Tell how far the work is; raises when it was cancelled or taken over. Cheap: a thread writes it down."""
        self._told = (done, max(total, done) if total else 0, phase)
        if self._raise:
            raise self._raise

    @contextmanager
    def writing(self, name, suffix):
        """An open file that becomes the result under this name for its owner; gone again if the work fails."""
        stored = files.new(suffix)
        try:
            with files.path(stored).open("x+b") as file:
                yield file
        except BaseException:
            files.remove(stored)
            raise
        files.remove(self.result)
        self.result, self.result_name = stored, name[:200]

    def finish(self, **outcome):
        """Mark the job done: in the transaction of what it changes. Raises `Lost` when that must not be."""
        self.outcome |= outcome
        fields = {"outcome": self.outcome, "result": self.result, "result_name": self.result_name}
        if not _mine(self.job).update(state=State.DONE, **fields, **_ending()):
            raise Lost
        self.finished = True

    @contextmanager
    def beating(self):
        """Keep the lease, write progress down and look for cancellation, on a connection of its own."""
        thread = threading.Thread(target=self._beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _beat(self):
        written, looked = (0, 0, ""), timezone.now()
        try:
            while not self._stop.wait(BEAT):
                now, told = timezone.now(), self._told
                if told == written and now - looked < LEASE / 8:
                    if Job.objects.filter(pk=self.job.pk, cancel_asked=True).exists():
                        self._raise = Cancelled()
                    continue
                done, total, phase = told
                fields = {"done": done, "total": total, "phase": phase, "lease_until": now + LEASE}
                if phase != written[2]:
                    fields["phase_began_at"] = now
                try:
                    if not _mine(self.job).update(**fields):
                        self._raise = Lost()
                    written, looked = told, now
                except DatabaseError:
                    log.info("job %s: progress not written, the database is busy", self.job.pk)
        finally:
            connection.close()


def _mine(job):
    return Job.objects.filter(pk=job.pk, state=State.RUNNING, attempt=job.attempt)


def _ending():
    now = timezone.now()
    return {"ended_at": now, "expires_at": now + timedelta(days=settings.JOB_DAYS), "phase": ""}


def _enqueue(job):
    result = run.enqueue(job.pk)
    Job.objects.filter(pk=job.pk).update(task=result.id)


def _name_of_worker():
    return f"{socket.gethostname()}:{os.getpid()}"[:100]


def _claim(pk):
    fields = {"state": State.RUNNING, "worker": _name_of_worker(), "lease_until": timezone.now() + LEASE}
    begun = {"done": 0, "total": 0, "phase": "", "phase_began_at": timezone.now()}
    if Job.objects.filter(pk=pk, state=State.WAITING).update(attempt=F("attempt") + 1, **fields, **begun):
        return Job.objects.select_related("by").get(pk=pk)
    return None


@task()
def run(pk):
    """Do a job, if it still waits."""
    job = _claim(pk)
    if job is None:
        return
    running = Running(job)
    origin = ledger.origin.set(ledger.Origin(request_id=job.parameters.get("request_id", ""), address=job.parameters.get("address", "")))
    try:
        with translation.override(job.language or settings.LANGUAGE_CODE), running.beating():
            RUNNERS[job.kind](running)
            if not running.finished:
                running.finish()
    except Lost:
        files.remove(running.result)
    except Cancelled:
        _end(running, State.CANCELLED, [])
    except Refused as refused:
        _end(running, State.FAILED, refused.refusals)
    except Exception:
        log.exception("job %s failed", pk)
        _end(running, State.FAILED, [Refusal("job_failed", {"job": pk})])
    finally:
        ledger.origin.reset(origin)


def _end(running, state, refusals):
    """The attempt came to nothing: keep why, and no file."""
    files.remove(running.result)
    told = [{"code": r.code, "facts": {k: _plain(v) for k, v in r.facts.items()}} for r in refusals]
    if _mine(running.job).update(state=state, outcome={"refusals": told}, **_ending()):
        files.remove(running.job.upload)
        Job.objects.filter(pk=running.job.pk).update(upload="")


def _plain(value):
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


# --- what keeps the work going


def recover():
    """Let jobs wait again whose worker is gone; give those up that keep killing theirs. Returns how many it moved."""
    moved = 0
    for job in Job.objects.filter(state=State.RUNNING):
        if job.lease_until > timezone.now() and not _dead(job.worker):
            continue
        if job.attempt >= ATTEMPTS:
            told = {"refusals": [{"code": "job_gave_up", "facts": {"attempts": job.attempt}}]}
            moved += _mine(job).update(state=State.FAILED, outcome=told, **_ending())
        elif _mine(job).update(state=State.WAITING, worker=""):
            moved += 1
            _enqueue(job)
    ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY).values("pk")
    for job in Job.objects.filter(state=State.WAITING, asked_at__lt=timezone.now() - timedelta(seconds=5)).exclude(task__in=ready):
        moved += 1
        _enqueue(job)  # should it be on its way after all, the claim lets only one through
    return moved


def _dead(worker):
    """Is it a process of this machine that is no more?"""
    host, _, pid = worker.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def sweep():
    """Remove files and outcomes of jobs that have expired, files that no job names, and tasks long done."""
    _clear(Job.objects.filter(expires_at__lte=timezone.now()))
    named = set(Job.objects.exclude(upload="").values_list("upload", flat=True))
    named |= set(Job.objects.exclude(result="").values_list("result", flat=True))
    yesterday = timezone.now().timestamp() - 24 * 60 * 60
    for path in files.folder().iterdir():
        if path.name not in named and path.is_file() and path.stat().st_mtime < yesterday:
            path.unlink(missing_ok=True)
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - timedelta(days=settings.JOB_DAYS)).delete()


def _clear(jobs):
    for job in jobs.exclude(upload="", result="", outcome={}):
        files.remove(job.upload, job.result)
        Job.objects.filter(pk=job.pk).update(upload="", result="", outcome={})
