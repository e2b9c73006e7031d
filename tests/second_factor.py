"""People with a second factor, and what their app would show: for tests."""

import time

from django_otp.oath import TOTP

from people import second_factor
from people.actions import second_factor as actions
from people.models import Authenticator


def shown(device):
    """A code of the app that is right and was not taken yet, also if half a minute ends before it is looked at."""
    device.refresh_from_db()
    return shown_for(device.salt, max(0, device.last_t + 1 - _step(device.drift)) + device.drift)


def shown_for(salt, later=0):
    """The six digits that the app shows now, or some steps of 30 seconds later."""
    clock = TOTP(second_factor.keys(salt)[0], drift=later)
    clock.time = time.time()
    return f"{clock.token():06}"


def _step(drift):
    return int(time.time()) // 30 + drift


def equip(user):
    """Give a user a second factor; (authenticator, recovery codes). The code of now is not taken yet."""
    salt = second_factor.new_salt()
    device, codes = actions.set_up(by=user, salt=salt, typed=shown_for(salt), replace=True)
    Authenticator.objects.filter(pk=device.pk).update(last_t=-1, drift=0)
    device.refresh_from_db()
    return device, codes
