"""An attempt of the worker at a job, as its runner sees it, and how it ends. What a job promises stands in `jobs`."""

import logging
import os
import socket
import threading
import uuid
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone, translation
from django_tasks import task

from assessment import files
from assessment.models import Job
from assessment.rules.ranges import Ranges
from people import access, ledger
from people.refusals import Refusal, Refused

LEASE = timedelta(minutes=2)  # a worker that is silent for so long has lost its job to the next
ATTEMPTS = 3
BEAT = 0.5  # seconds between looks at progress and cancellation
PASSING = (OperationalError, InterfaceError)  # the database was busy or away: worth another attempt
State = Job.State
EVERYTHING = "*"  # units of a reach without bounds
log = logging.getLogger(__name__)

#: kind -> function of a `Running` that does the work; filled by `assessment.jobs`.
RUNNERS = {}
_under_way = None  # the attempt of this process


class Cancelled(Exception):
    """The owner wants the job no more."""


class Lost(Exception):
    """Another attempt has taken the job over: this one may not write."""


class Stopped(Exception):
    """The worker is being stopped: the job waits for the next one."""


def runner(kind):
    """Decorator: this function does the jobs of a kind."""

    def register(function):
        RUNNERS[kind] = function
        return function

    return register


def stop():
    """Let what is under way in this process break off at its next step."""
    if _under_way:
        _under_way.halt = Stopped()


class Running:
    """An attempt at a job, as its runner sees it."""

    def __init__(self, job):
        self.job, self.by, self.parameters = job, job.by, job.parameters
        self.finished, self.halt = False, None  # halt: what the next step raises
        self.outcome, self.result, self.result_name = {}, "", ""
        self._told = self._noted = (0, 0, "")
        self._renewed, self._thread = monotonic(), None
        self._over, self._wake, self._seen = threading.Event(), threading.Event(), threading.Event()

    @property
    def upload(self):
        """Path of the uploaded file."""
        return stored(self.job)

    def progress(self, done, total=0, phase=""):
        """Tell how far the work is; raises when it was cancelled, stopped or taken over. Cheap: a thread writes it down."""
        phase = str(phase)[:60]
        new, self._told = phase != self._told[2], (done, max(total, done) if total else 0, phase)
        if new and self._thread:  # at once: while a transaction writes, SQLite lets nobody else write
            self._seen.clear()
            self._wake.set()
            self._seen.wait(2)
        if self.halt and not self.finished:
            raise self.halt

    @contextmanager
    def writing(self, name, suffix):
        """An open file that becomes the result under this name for its owner; gone again if the work fails."""
        stored = files.new(suffix)
        try:
            with files.path(stored).open("x+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            files.remove(stored)
            raise
        files.remove(self.result)
        self.result, self.result_name = stored, name[:200]

    def finish(self, **outcome):
        """Mark the job done: in the transaction of what it changes. Raises when it was cancelled or taken over."""
        self.outcome |= outcome
        if self.result:
            self.outcome["reach"] = _reach(self.by, verb_of(self.job))
        fields = {"outcome": self.outcome, "result": self.result, "result_name": self.result_name}
        if not _still(self.job).filter(cancel_asked=False).update(state=State.DONE, **fields, **_ending()):
            raise Cancelled if _still(self.job).exists() else Lost
        self.finished = True

    @contextmanager
    def beating(self):
        """Keep the lease, write progress down and look for cancellation, on a connection of its own."""
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._thread.start()
        try:
            yield
        finally:
            self._over.set()
            self._wake.set()
            self._thread.join()

    def _beat(self):
        try:
            while not self._over.is_set():
                self._wake.wait(BEAT)
                self._wake.clear()
                try:
                    self._look(self._told)
                except Error:
                    log.info("job %s: progress not written, the database is busy", self.job.pk)
                    connection.close_if_unusable_or_obsolete()
                finally:
                    self._seen.set()
        finally:
            connection.close()

    def _look(self, told):
        cancel_asked = _still(self.job).values_list("cancel_asked", flat=True).first()
        if cancel_asked:
            self.halt = Cancelled()
        if told != self._noted or monotonic() - self._renewed > LEASE.total_seconds() / 8:
            done, total, phase = told
            fields = {"done": done, "total": total, "phase": phase, "lease_until": Now() + LEASE}
            if phase != self._noted[2]:
                fields["phase_began_at"] = timezone.now()
            if not _still(self.job).update(**fields):
                cancel_asked = None
            self._noted, self._renewed = told, monotonic()
        if cancel_asked is None:
            self.halt = Lost()


def stored(job):
    """Path of a job's uploaded file; refuses when it is no longer kept."""
    path = files.path(job.upload) if job.upload else None
    if path is None or not path.is_file():
        raise Refused(Refusal("upload_gone"))
    return path


def queue(job):
    """Hand a waiting job to the workers: inside the transaction that lets it wait."""
    result = run.enqueue(job.pk)
    Job.objects.filter(pk=job.pk).update(task=result.id)


@task()
def run(pk):
    """Do a job, if it still waits."""
    global _under_way
    job = _claim(pk)
    if job is None:
        return
    asked = job.parameters.get("asked", {})
    running = _under_way = Running(job)
    origin = ledger.origin.set(ledger.Origin(asked.get("request_id", ""), asked.get("address", "")))
    try:
        with translation.override(job.language or settings.LANGUAGE_CODE), running.beating():
            _demand(job, verb_of(job))
            RUNNERS[job.kind](running)
            if not running.finished:
                running.finish()
    except Lost:
        log.info("job %s: another attempt has taken over", pk)
    except Cancelled:
        end(job, State.CANCELLED)
    except Refused as refused:
        end(job, State.FAILED, refused.refusals)
    except Stopped:
        again(job, counts=False)
    except PASSING:
        log.warning("job %s broke off, the database was busy or away", pk, exc_info=True)
        again(job)
    except Exception:
        log.exception("job %s failed", pk)
        end(job, State.FAILED, [Refusal("job_failed", {"job": pk})])
    except BaseException:  # the worker was told twice to stop
        again(job, counts=False)
        raise
    finally:
        _under_way = None
        ledger.origin.reset(origin)
        if running.result and not Job.objects.filter(pk=pk, result=running.result).exists():
            files.remove(running.result)


def _claim(pk):
    with transaction.atomic():
        waiting = Job.objects.filter(pk=pk, state=State.WAITING, kind__in=RUNNERS)
        job = waiting.select_related("by").select_for_update(of=("self",)).first()
        if job is None:
            return None
        job.state, job.attempt = State.RUNNING, job.attempt + 1
        fields = {"worker": here(), "lease_until": Now() + LEASE, "phase_began_at": timezone.now()}
        waiting.update(state=job.state, attempt=job.attempt, done=0, total=0, phase="", **fields)
    return job


def verb_of(job):
    """What its owner was allowed when he asked for it, and has to be still to have it done and to see what came of it."""
    return job.parameters.get("asked", {}).get("verb", "view_job")


def _reach(by, verb):
    """How far somebody's rights went when a file was made for him, in few signs."""
    reach = access.scope(by, verb)
    units = EVERYTHING if reach.everything else str(Ranges(sorted(reach.units)))
    return {"units": units, "recused": str(Ranges(sorted(reach.recused)))}


def _demand(job, verb):
    """He may have been switched off, or his role may have ended, since he asked."""
    verdict = access.can(job.by, verb)
    if not verdict:
        ledger.note(by=job.by, verb="refused", obj=job, facts={"verb": verb, "codes": [verdict.refusal.code]})
        raise Refused(verdict.refusal)


def _still(job):
    """The row of a job, if nobody has taken it on since it was read."""
    return Job.objects.filter(pk=job.pk, state=job.state, attempt=job.attempt)


def _ending():
    now = timezone.now()
    return {"ended_at": now, "expires_at": now + timedelta(days=settings.JOB_DAYS), "phase": ""}


def end(job, state, refusals=()):
    """A job came to nothing: keep why, and no file. Answers whether it was still there to be ended."""
    told = [{"code": r.code, "facts": plain(r.facts)} for r in refusals]
    fields = {"outcome": {"refusals": told} if told else {}, "upload": "", **_ending()}
    ended = _still(job).update(state=state, **fields)
    if ended:
        transaction.on_commit(partial(files.remove, job.upload))
    return bool(ended)


def again(job, counts=True):
    """An attempt broke off: the job waits for the next one; after three that were not simply stopped it is given up."""
    if counts and job.attempt >= ATTEMPTS:
        return end(job, State.FAILED, [Refusal("job_gave_up", {"attempts": job.attempt})])
    with transaction.atomic():
        waits = {"state": State.WAITING, "worker": "", "lease_until": None, "phase": ""}
        if _still(job).filter(cancel_asked=False).update(**waits):
            queue(job)
            return True
    return end(job, State.CANCELLED)


def left_behind():
    """The database is a back-up's: tasks and files of its jobs stayed where it was made."""
    for job in Job.objects.filter(state__in=(State.WAITING, State.RUNNING)):
        end(job, State.FAILED, [Refusal("job_left_behind")])
    Job.objects.exclude(upload="", result="").update(upload="", result="", expires_at=timezone.now())


def plain(value):
    """Facts as JSON holds them."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


# --- which process does it


def here():
    """This process, by a name that tells also whether another process could look for it."""
    return f"{_machine()}:{os.getpid()}"


def _machine():
    """Where process numbers are ours: this machine, or this container on it. Host names alone are often the same."""
    try:
        inside = os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        inside = 0
    return f"{socket.gethostname()[:60]}-{uuid.getnode():x}-{inside}"


def dead(worker):
    """Is it a process of this machine that is no more? If one cannot tell, it lives until its lease is over."""
    machine, _, pid = worker.rpartition(":")
    if machine != _machine() or not pid.isdigit() or os.name != "posix":
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
