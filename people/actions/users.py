"""Accounts: one person each, never shared, never deleted, only switched off.

by=None is the installation itself: somebody who may run commands on the server.
"""

import secrets

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from people import access
from people.actions.inputs import half_width, plain_text
from people.ledger import note, recorded
from people.models import User
from people.refusals import Refusal, refuse

#: Without look-alikes (0 O, 1 l I), for a password that is read from a screen.
ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
GIVEN = ("name", "email", "cadre", "is_active")


def made_up_password():
    """A password of about 93 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(16))


def add(*, by, username, password, name="", email="", cadre=None):
    """Make an account. It may do nothing until it is granted a role."""
    _demand(by)
    user = User(username=half_width(username))
    given = {"name": name or (cadre.name if cadre else ""), "email": email, "cadre": cadre}
    refusals = [*_name_problems(user), *_set(user, given), *password_problems(password, user, by)]
    refuse(*refusals)
    user.set_password(password)
    with recorded(by=by, verb="save_user"):
        user.save()
    return user


def change(*, by, user, **given):
    """Change name, email, cadre or is_active of an account."""
    _demand(by)
    if unknown := set(given) - set(GIVEN):
        raise TypeError(f"unknown fields: {sorted(unknown)}")
    with recorded(by=by, verb="save_user"):
        user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        refusals = list(_set(user, given))
        if by == user and not user.is_active:
            refusals.append(Refusal("not_oneself", {}, "is_active"))
        refuse(*refusals)
        user.save()
    return user


def set_password(*, by, user, password):
    """Give a new password: a person to himself, or the system administrator."""
    if by != user:
        _demand(by)
    refuse(*password_problems(password, user, by))
    with recorded(by=by, verb="password_changed"):
        user.set_password(password)
        user.save(update_fields=["password"])
        note(by=by, verb="password_changed", obj=user)


def password_problems(password, user, by, field="password"):
    """Refusals of a weak password. The installation itself may set one while the site is open to this machine alone."""
    if not password:
        return [Refusal("required", {}, field)]
    if by is None and not settings.PRODUCTION:
        return []
    return [Refusal("weak_password", {"why": why}, field) for why in weaknesses(password, user)]


def weaknesses(password, user):
    """Sentences on what makes a password weak."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return list(error.messages)
    return []


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
