"""What a password has to be: one of two profiles, for the two rule books contradict each other.

asvs: length, no common word, no rule of composition, no change without a reason (OWASP ASVS 5.0, 6.2).
dengbao: three kinds of signs and a change every 90 days (GB/T 22239-2019, 8.1.4.1 a).
"""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

LONGEST = 128
#: Without look-alikes (0 O, 1 l I), for a password that is read from a screen.
ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
#: What anybody here tries first; a password has to be long enough without them, and without its owner's names.
LOCAL_WORDS = "cadreassessment assessment cadre ganbukaohe ganbu kaohe zuzhibu zuzhi password mima admin 干部考核 干部 考核 组织部 密码".split()
WITHOUT_LOCAL_WORDS = 6  # signs that are left at least


@dataclass(frozen=True)
class Profile:
    """min: signs; kinds: how many of lower, upper, digit and other; days: until it has to be changed (0: never)."""

    min: int
    kinds: int = 1
    days: int = 0


PROFILES = {"asvs": Profile(12), "dengbao": Profile(10, kinds=3, days=90)}


def profile():
    """The profile of this installation."""
    return PROFILES[settings.PASSWORD_PROFILE]


def rules():
    """The rules of the profile as sentences, for the page where a password is chosen."""
    it = profile()
    found = [_("%(min)s to %(max)s characters; a sentence of several words is good.") % {"min": it.min, "max": LONGEST}]
    if it.kinds > 1:
        found.append(_("At least %(kinds)s of these: small letters, capital letters, digits, other signs.") % {"kinds": it.kinds})
    found.append(_("No common password, no word that anybody here would try, and nothing like your name or user name."))
    if it.days:
        found.append(_("It has to be changed every %(days)s days.") % {"days": it.days})
    return found


class Rules:
    """The profile as a validator of Django's."""

    def validate(self, password, user=None):
        it, problems = profile(), []
        if len(password) < it.min:
            problems.append(_("It has %(length)s characters; at least %(min)s are needed.") % {"length": len(password), "min": it.min})
        if len(password) > LONGEST:
            problems.append(_("It has %(length)s characters; %(max)s are the most.") % {"length": len(password), "max": LONGEST})
        if kinds(password) < it.kinds:
            words = _("It needs %(kinds)s of these: small letters, capital letters, digits, other signs.")
            problems.append(words % {"kinds": it.kinds})
        rest = password.lower()
        own = [word.lower() for word in (user.username, user.name) if word] if user else []
        for word in [*own, *LOCAL_WORDS]:
            rest = rest.replace(word, "")
        if rest != password.lower() and len(rest) < WITHOUT_LOCAL_WORDS:
            problems.append(_("It is made of a word that anybody here would try."))
        if problems:
            raise ValidationError(problems)

    def get_help_text(self):
        return " ".join(rules())


def kinds(password):
    """How many kinds of signs a password has: small letters, capitals, digits, others."""
    names = {"Ll": "lower", "Lu": "upper", "Nd": "digit"}
    return len({names.get(unicodedata.category(sign), "other") for sign in password})


def weaknesses(password, user):
    """Sentences on what makes a password weak."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return list(error.messages)
    return []


def made_up():
    """A password of about 93 bits that fits the profile."""
    while True:
        password = "".join(secrets.choice(ALPHABET) for _sign in range(16))
        if kinds(password) >= profile().kinds:
            return password


def why_change(user):
    """Why a user has to choose a new password before anything else: "given", "old" or ""."""
    if user.must_change_password:
        return "given"
    days = profile().days
    if days and (user.password_set_at is None or user.password_set_at <= timezone.now() - timedelta(days=days)):
        return "old"
    return ""
