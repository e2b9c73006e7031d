"""What is known of long work beyond one job: whether anybody does it."""

from datetime import timedelta

from django.utils import timezone

from assessment.models import Job

QUIET = timedelta(seconds=30)  # a worker that has nothing to do takes a job within a second


def stalled(job):
    """Does no worker seem to run: the job's own is silent, or it waits and none is busy with another one?"""
    now = timezone.now()
    if job.state == Job.State.RUNNING:
        return job.lease_until < now
    busy = Job.objects.filter(state=Job.State.RUNNING, lease_until__gte=now)
    return job.state == Job.State.WAITING and not busy.exists() and job.asked_at < now - QUIET
