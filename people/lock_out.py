"""Names that wrong passwords have locked: django-axes counts, here it is asked and told."""

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils import timezone


@receiver(pre_save, sender=AccessAttempt)
def without_what_was_typed(instance, **_options):
    """django-axes keeps the whole form beside a failure, the password of a confirmation and what is confirmed in it."""
    instance.get_data = instance.post_data = ""


def locked_until(username):
    """When the name may sign in again, or None if it may now."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    found = AccessAttempt.objects.filter(username=username, attempt_time__gt=since)
    told = found.aggregate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
    return told["last"] + settings.AXES_COOLOFF_TIME if (told["failures"] or 0) >= settings.AXES_FAILURE_LIMIT else None


def unlock(username):
    """Forget the wrong passwords of a name; was there anything to forget?"""
    gone, _ = AccessAttempt.objects.filter(username=username).delete()
    return bool(gone)


def sweep():
    """Forget wrong passwords that no longer count."""
    AccessAttempt.objects.filter(attempt_time__lte=timezone.now() - settings.AXES_COOLOFF_TIME).delete()
