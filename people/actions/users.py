"""Accounts: one person each, never shared, never deleted, only switched off.

by=None is the installation itself: somebody who may run commands on the server.
"""

from django.conf import settings
from django.contrib.auth.hashers import get_hasher, identify_hasher
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from people import access, lock_out, sessions
from people.actions.inputs import half_width, plain_text
from people.ledger import note, recorded
from people.models import User
from people.passwords import weaknesses
from people.refusals import Refusal, refuse

GIVEN = ("name", "email", "cadre", "is_active")


def add(*, by, username, password, name="", email="", cadre=None):
    """Make an account. It may do nothing until it is granted a role."""
    _demand(by)
    user = User(username=half_width(username))
    given = {"name": name or (cadre.name if cadre else ""), "email": email, "cadre": cadre}
    refusals = [*_name_problems(user), *_set(user, given), *password_problems(password, user, by)]
    refuse(*refusals)
    _give(user, password, by)
    with recorded(by=by, verb="save_user"):
        user.save()
    return user


def change(*, by, user, **given):
    """Change name, email, cadre or is_active of an account."""
    _demand(by)
    if unknown := set(given) - set(GIVEN):
        raise TypeError(f"unknown fields: {sorted(unknown)}")
    with recorded(by=by, verb="save_user"):
        user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        refusals = list(_set(user, given))
        if by == user and not user.is_active:
            refusals.append(Refusal("not_oneself", {}, "is_active"))
        refuse(*refusals)
        user.save()
        if not user.is_active:
            sessions.end_all(user, why="switched_off", by=by)
    return user


def set_password(*, by, user, password, session=None):
    """Give a new password: a person to himself, or the system administrator. It ends all sessions of the account.

    session: key of the one in which a person changes his own; it goes on.
    """
    if by != user:
        _demand(by)
    refuse(*password_problems(password, user, by), *(_same(password, user) if by == user else ()))
    with recorded(by=by, verb="save_user"):
        user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        _give(user, password, by)
        user.save(update_fields=["password", "password_set_at", "must_change_password"])
        note(by=by, verb="password_changed", obj=user)
        sessions.end_all(user, but=session, why="password_changed", by=by)
    return user


def renew_hash(*, user, password):
    """Keep a password that was just found right by a stronger hash, where the installation has come to ask for one."""
    wanted = get_hasher()
    if identify_hasher(user.password).algorithm != wanted.algorithm or wanted.must_update(user.password):
        with recorded(by=None, verb="renew_hash"):
            user.set_password(password)
            user.save(update_fields=["password"])


def unlock(*, by, user):
    """Let a user sign in again whose name is locked after wrong passwords."""
    _demand(by)
    with recorded(by=by, verb="sign_in_unlocked"):
        if lock_out.unlock(user.username):
            note(by=by, verb="sign_in_unlocked", obj=user)


def _give(user, password, by):
    """Who gets a password from somebody else has to choose one of his own; what the installation gives out may stay."""
    user.set_password(password)
    user.password_set_at = timezone.now()
    user.must_change_password = by is not None and by != user


def _same(password, user):
    if user.check_password(password or ""):
        yield Refusal("same_password", {}, "password")


def password_problems(password, user, by, field="password"):
    """Refusals of a weak password. The installation itself may set one while the site is open to this machine alone."""
    if not password:
        return [Refusal("required", {}, field)]
    if by is None and not settings.PRODUCTION:
        return []
    return [Refusal("weak_password", {"why": why}, field) for why in weaknesses(password, user)]


def _demand(by):
    if by is not None:
        access.demand(by, "save_user")


def _name_problems(user):
    field = User._meta.get_field("username")
    if not user.username:
        yield Refusal("required", {}, "username")
        return
    try:
        field.run_validators(user.username)
    except ValidationError:
        yield Refusal("bad_username", {"value": user.username, "limit": field.max_length}, "username")
    if User.objects.filter(username__iexact=user.username).exists():
        yield Refusal("username_taken", {"value": user.username}, "username")


def _set(user, given):
    for field, value in given.items():
        if field in ("name", "email"):
            value, limit = plain_text(value), User._meta.get_field(field).max_length
            if len(value) > limit:
                yield Refusal("too_long", {"limit": limit, "length": len(value)}, field)
        setattr(user, field, value)
    if user.email:
        try:
            validate_email(user.email)
        except ValidationError:
            yield Refusal("bad_email", {"value": user.email}, "email")
    if user.cadre and User.objects.filter(cadre=user.cadre).exclude(pk=user.pk).exists():
        yield Refusal("cadre_has_account", {"cadre": user.cadre.name}, "cadre")
