"""Long work, asked for by a person and done by a worker exactly once, whatever is killed or started again meanwhile.

A job is claimed by one attempt at a time, and the number of the attempt is its fence: what an attempt changes it changes
in one transaction with `Running.finish`, which fails when another attempt has taken over. So a kill at any step leaves
nothing of an attempt, or all of it. A job whose worker died waits again (`recover`) and is given up after three attempts.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone, translation
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from assessment import attachments, files
from assessment.actions.attachments import with_rows
from assessment.actions.running import EVERYTHING, Running, again, dead, end, plain, queue, runner, stop, verb_of
from assessment.models import Job
from assessment.rules.ranges import numbers
from people import access, ledger, lock_out, sessions
from people.ledger import recorded
from people.models import SentForm
from people.refusals import Refusal, refuse

__all__ = ["Running", "cancel", "held_back", "plain", "recover", "runner", "start", "stop", "sweep"]

WAITING_MOST = 20  # jobs of one person that are not over
SOON = timedelta(seconds=5)  # a worker that took a task has claimed its job by then
ORPHAN = 24 * 60 * 60  # seconds after which a file that no job names is nobody's
State = Job.State
OPEN = (State.WAITING, State.RUNNING)


# --- what its owner does


def start(*, by, kind, verb="view_job", reason="", parameters=None, upload="", upload_name="", upload_sha256="", follows=None):
    """Ask for long work; `verb` is what one must be allowed, now and when it is done. upload: name in `files`; it is the
    job's from now on, and gone if there will be no job."""
    try:
        access.demand(by, verb)
        if Job.objects.filter(by=by, state__in=OPEN).count() >= WAITING_MOST:
            refuse(Refusal("too_many_jobs", {"limit": WAITING_MOST}))
        with recorded(by=by, verb="start_job", reason=reason):
            if follows:
                _may_follow(by, follows)
            source = ledger.origin.get()
            asked = {"verb": verb, "request_id": source.request_id, "address": source.address}
            job = Job.objects.create(
                by=by, kind=kind, reason=reason, parameters={**(parameters or {}), "asked": asked}, follows=follows, upload=upload,
                upload_name=upload_name[:200], upload_sha256=upload_sha256, language=translation.get_language() or "",
            )  # fmt: skip
            queue(job)
    except BaseException:
        files.remove(upload)
        raise
    return job


def held_back(by, job):
    """Why its owner does not get what came of a job any more: he may not do what made it, or sees less than when it was made."""
    verb = verb_of(job)
    if refusal := access.can(by, verb).refusal:
        return refusal
    then, now = job.outcome.get("reach"), access.scope(by, verb)
    if then is None:  # no file was made
        return None
    narrower = not now.everything and (then["units"] == EVERYTHING or not now.units.issuperset(numbers(then["units"])))
    if narrower or not now.recused <= set(numbers(then["recused"])):
        return Refusal("reach_narrowed")
    return None


def _may_follow(by, follows):
    """One job takes up what another one checked: his own, once, while its file is kept."""
    checked = access.visible_to(by, Job).select_for_update().get(pk=follows.pk)
    if checked.followed_by.filter(state__in=(*OPEN, State.DONE)).exists():
        refuse(Refusal("job_followed"))
    if checked.state != State.DONE or not checked.upload or checked.expired:
        refuse(Refusal("upload_gone"))


def cancel(*, by, job):
    """End a job that waits; ask the worker to stop one that runs."""
    with recorded(by=by, verb="cancel_job"):
        job = access.visible_to(by, Job).select_for_update().get(pk=job.pk)
        if job.over:
            refuse(Refusal("job_over"))
        if job.cancel_asked:
            return
        if job.state == State.WAITING:
            end(job, State.CANCELLED)
        else:
            Job.objects.filter(pk=job.pk).update(cancel_asked=True)
        ledger.note(by=by, verb="cancel_job", obj=job)


# --- what keeps the work going


def recover():
    """Let jobs wait again whose worker is gone; give those up that keep killing theirs. Returns how many it moved."""
    moved = 0
    late = set(Job.objects.filter(state=State.RUNNING, lease_until__lt=Now()).values_list("pk", flat=True))
    for job in Job.objects.filter(state=State.RUNNING):
        if job.pk in late or dead(job.worker):
            moved += again(job)
    ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY).values("pk")
    for job in Job.objects.filter(state=State.WAITING).exclude(task__in=ready):
        if job.asked_at < timezone.now() - SOON or _taken_by_the_dead(job.task):
            with transaction.atomic():
                queue(job)  # should it be on its way after all, the claim lets only one through
            moved += 1
    return moved


def _taken_by_the_dead(task):
    """Did a worker take this task that died before it claimed the job?"""
    workers = DBTaskResult.objects.filter(pk=task).values_list("worker_ids", flat=True).first()
    return bool(workers) and dead(workers[-1])


def sweep():
    """Remove files and outcomes of jobs that have expired, files that no job or attachment names, and tasks long done."""
    expired = Job.objects.filter(expires_at__lte=timezone.now())
    for job in expired.exclude(upload="", result="", outcome={}).exclude(followed_by__state__in=OPEN):
        files.remove(job.upload, job.result)
        Job.objects.filter(pk=job.pk).update(upload="", result="", outcome={})
    named = {name for names in Job.objects.exclude(upload="", result="").values_list("upload", "result") for name in names}
    files.remove_others(named, older=ORPHAN)
    attachments.sweep(with_rows, older=ORPHAN)
    long_ago = timezone.now() - timedelta(days=settings.JOB_DAYS)
    SentForm.objects.filter(at__lt=long_ago).delete()
    DBTaskResult.objects.exclude(status=TaskResultStatus.READY).filter(enqueued_at__lt=long_ago).delete()
    sessions.sweep()
    lock_out.sweep()
