"""The second factor of an account: set up, shown, replaced, removed by its owner, reset by the security administrator.

The system administrator, who sets passwords, cannot reset it: nobody alone takes over an account. by=None is the
installation itself: somebody who may run commands on the server.
"""

import math

from django.conf import settings
from django.utils import timezone

from people import access, second_factor, sessions
from people.actions.inputs import half_width
from people.ledger import recorded
from people.models import Authenticator, RecoveryCode, User
from people.refusals import Refusal, refuse

APP, RECOVERY_CODE = "app", "recovery_code"


def tidy(typed):
    """A code as people type it: with blanks, in full width, in capitals."""
    return half_width(typed).replace(" ", "").lower()


def set_up(*, by, salt, typed, replace=False, but=None):
    """Take an app into use that shows the code of this salt; (authenticator, recovery codes). Other sessions end.

    replace: the owner has shown the one that it replaces. but: key of the session that goes on.
    """
    new = Authenticator(user=by, salt=salt, name=APP)
    if not new.fits(tidy(typed)):
        refuse(Refusal("code_wrong", {}, "code"))
    with recorded(by=by, verb="second_factor_on"):
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)  # two at once must see each other
        old = Authenticator.objects.filter(user=by)
        if not replace and old.filter(confirmed=True).exists():
            refuse(Refusal("second_factor_there"))
        old.delete()
        new.save()
        codes = _give_codes(new)
        sessions.end_all(by, but, why="second_factor_on", by=by)
    return new, codes


def prove(*, by, typed):
    """Take a code of the user's app or one of his recovery codes, which is gone then; says which it was. A wrong one counts."""
    typed, device = tidy(typed), Authenticator.objects.of(by)
    if device is None:
        refuse(Refusal("no_second_factor", {}, "code"))
    allowed, why = device.verify_is_allowed()
    if not allowed:
        refuse(Refusal("code_wait", {"seconds": _seconds_until(why["locked_until"])}, "code"))
    factor = APP if len(typed) == 6 else RECOVERY_CODE
    if not (device.verify_token(typed) if factor == APP else _spend(by, device, typed)):
        refuse(Refusal("code_wrong", {}, "code"))
    return factor


def new_codes(*, by):
    """Ten new recovery codes; the old ones are worth nothing."""
    with recorded(by=by, verb="second_factor_codes"):
        device = _locked(by)
        device.recovery_codes.all().delete()
        return _give_codes(device)


def remove_refusals(*, by):
    """Why somebody cannot do without his second factor."""
    if settings.SECOND_FACTOR == "required":
        return [Refusal("second_factor_required")]
    return [] if Authenticator.objects.of(by) else [Refusal("no_second_factor")]


def remove(*, by):
    """Do without a second factor, where it is not required."""
    refuse(*remove_refusals(by=by))
    with recorded(by=by, verb="second_factor_off"):
        _locked(by)
        Authenticator.objects.filter(user=by).delete()


def reset_refusals(*, by, user):
    """Why somebody's second factor cannot be reset by this person."""
    if by == user:
        return [Refusal("not_own_second_factor")]
    return [] if Authenticator.objects.of(user) else [Refusal("no_second_factor")]


def reset(*, by, user, reason):
    """Take away the second factor of somebody who lost it; all his sessions end."""
    if by is not None:
        access.demand(by, "reset_second_factor", user)
        if not access.visible_to(by, User, "reset_second_factor").filter(pk=user.pk).exists():
            refuse(Refusal("outside_scope", {"roles": sorted(access.PERMISSIONS["reset_second_factor"])}))
    with recorded(by=by, verb="reset_second_factor", reason=reason):
        user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        refuse(*reset_refusals(by=by, user=user))
        Authenticator.objects.filter(user=user).delete()
        sessions.end_all(user, why="second_factor_reset", by=by)


def _locked(by):
    device = Authenticator.objects.select_for_update().filter(user=by, confirmed=True).first()
    if device is None:
        refuse(Refusal("no_second_factor"))
    return device


def _give_codes(device):
    codes = second_factor.new_codes()
    digests = [second_factor.code_digests(device.salt, code)[0] for code in codes]
    RecoveryCode.objects.bulk_create([RecoveryCode(authenticator=device, digest=digest) for digest in digests])
    return codes


def _spend(by, device, code):
    digests = second_factor.code_digests(device.salt, code)
    with recorded(by=by, verb="recovery_code_used"):
        # by the row found under the lock: the one read before may be spent
        return device.attempt(lambda row: bool(row.recovery_codes.filter(digest__in=digests).delete()[0]))


def _seconds_until(moment):
    return max(1, math.ceil((moment - timezone.now()).total_seconds()))
