"""What the commands share: who acts, and refusals as sentences."""

from contextlib import contextmanager

from django.core.management.base import CommandError

from assessment.wording import sentence
from people.models import User
from people.refusals import Refused


def acting_user(name):
    """The account that a command acts as; its rights are those that it has on screen."""
    user = User.objects.filter(username=name).first()
    if user is None:
        raise CommandError(f"There is no user {name}. Make one: manage.py adduser {name} --role assessor")
    if not user.is_active:
        raise CommandError(f"The account {name} is switched off.")
    return user


@contextmanager
def refusals_told():
    """Turn `Refused` into the end of the command, with every reason on a line."""
    try:
        yield
    except Refused as error:
        raise CommandError("\n".join(told(refusal) for refusal in error.refusals)) from error


def told(refusal):
    return f"{refusal.field}: {sentence(refusal)}" if refusal.field else sentence(refusal)
