"""A name that wrong passwords have locked: the page that says so, and the entry in the history.

It is the same page whether the name exists or not.
"""

from axes.signals import user_locked_out
from django.conf import settings
from django.dispatch import receiver
from django.shortcuts import render

from people import ledger
from people.models import User


def address(request):
    """The client's address, as the ledger has it: no header is believed."""
    return request.META.get("REMOTE_ADDR", "")


def locked(request, response=None, credentials=None):
    """429 with what to do. What was typed is not repeated."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "registration/locked.html", {"minutes": minutes, "limit": settings.AXES_FAILURE_LIMIT}, status=429)


@receiver(user_locked_out)
def told(request, username, **_options):
    """One entry for each lock: attempts during it are failed sign-ins like others."""
    if request.axes_failures_since_start is None:
        return
    user = User.objects.filter(username=username).first()
    about = {"obj": user} if user else {"object_type": User._meta.label_lower, "object_name": username}
    ledger.note(by=None, verb="sign_in_locked", facts={"name": username}, **about)
