"""People with a second factor, and what their app would show: for tests."""

import time

from django_otp.oath import TOTP

from people import second_factor
from people.actions import second_factor as actions
from people.models import Authenticator


def shown(device, later=0):
    """The six digits that the app shows now, or some steps of 30 seconds later."""
    return shown_for(device.salt, later)


def shown_for(salt, later=0):
    clock = TOTP(second_factor.keys(salt)[0])
    clock.time = time.time() + 30 * later
    return f"{clock.token():06}"


def equip(user):
    """Give a user a second factor; (authenticator, recovery codes). The code of now is not taken yet."""
    salt = second_factor.new_salt()
    device, codes = actions.set_up(by=user, salt=salt, typed=shown_for(salt), replace=True)
    Authenticator.objects.filter(pk=device.pk).update(last_t=-1, drift=0)
    device.refresh_from_db()
    return device, codes
