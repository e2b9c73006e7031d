"""Grants: which role a user has, on which unit and all below it, from when until when.

Administrator roles (auditor, security, system) exclude one another and every business role (三员分立; GB/T 22239-2019
8.1.5, from memory); a trigger holds that too. by=None is the installation itself.
"""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from people import access
from people.ledger import recorded
from people.models import Grant, User
from people.refusals import Refusal, refuse


def give(*, by, user, role, unit=None, valid_from=None, valid_until=None, reason=""):
    """Give a role on a unit and all below it; no unit means everything. Nobody grants to himself."""
    role = Grant.Role(role).value
    valid_from = valid_from or timezone.localdate()
    with recorded(by=by, verb="save_grant", reason=reason):
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)  # two at once must see each other
        refuse(*_reach(by, unit), *_problems(by, user, role, unit, valid_from, valid_until))
        grant = Grant.objects.create(
            user=user, role=role, unit=unit, valid_from=valid_from, valid_until=valid_until, granted_by=by
        )
    access.forget(user)
    return grant


def end(*, by, grant, reason=""):
    """End a grant at once. One that began today goes altogether; the ledger keeps it."""
    with recorded(by=by, verb="save_grant", reason=reason):
        grant = Grant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
        refuse(*_reach(by, grant.unit))
        yesterday = timezone.localdate() - timedelta(1)
        if grant.valid_from > yesterday:
            grant.delete()
        elif grant.valid_until is None or grant.valid_until > yesterday:
            grant.valid_until = yesterday
            grant.save()
    access.forget(grant.user)
    return grant


def holding(user, role, unit=None):
    """The grant in force that gives this user this role on just this unit, or None."""
    return Grant.objects.filter(user=user, role=role, unit=unit).valid().first()


def _reach(by, unit):
    if by is None:
        return
    reach = access.scope(by, "save_grant")
    if not reach:
        yield Refusal("role_missing", {"roles": sorted(access.PERMISSIONS["save_grant"])})
    elif not (reach.everything or (unit is not None and unit.pk in reach.units)):
        yield Refusal("outside_scope", {"roles": sorted(access.PERMISSIONS["save_grant"])}, "unit")


def _problems(by, user, role, unit, valid_from, valid_until):
    if by == user:
        yield Refusal("grant_to_oneself", {}, "user")
    if valid_until and valid_until < valid_from:
        yield Refusal("ends_before_start", {"start": valid_from, "end": valid_until}, "valid_until")
    same_time = Grant.objects.filter(Q(valid_until=None) | Q(valid_until__gte=valid_from), user=user)
    if valid_until:
        same_time = same_time.filter(valid_from__lte=valid_until)
    others = sorted(set(same_time.exclude(role=role).order_by().values_list("role", flat=True)))
    against = others if role in access.ADMINISTRATORS else sorted(access.ADMINISTRATORS & set(others))
    if against:
        yield Refusal("roles_exclusive", {"role": role, "roles": against}, "role")
    if same_time.filter(role=role, unit=unit).exists():
        yield Refusal("grant_exists", {"role": role}, "role")
