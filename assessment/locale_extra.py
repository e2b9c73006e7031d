"""Sentences of Django that our pages can show and whose own Chinese is missing or reads badly.

Never imported: it only brings them into our catalogue, which goes before Django's. Their English stays Django's.
"""

from django.utils.translation import gettext_noop as N
from django.utils.translation import ngettext_lazy

SENTENCES = (
    N("This field is required."),
    N("Enter a valid date."),
    N("Enter a valid date/time."),
    N("Enter a whole number."),
    N("Enter a number."),
    N("Enter a valid email address."),
    N("Null characters are not allowed."),
    N("Select a valid choice. %(value)s is not one of the available choices."),
    N("Select a valid choice. That choice is not one of the available choices."),
    N("Ensure this value is less than or equal to %(limit_value)s."),
    N("Ensure this value is greater than or equal to %(limit_value)s."),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    ngettext_lazy(
        "Ensure that there are no more than %(max)s digit in total.", "Ensure that there are no more than %(max)s digits in total.", "max"
    ),
    ngettext_lazy(
        "Ensure that there are no more than %(max)s decimal place.", "Ensure that there are no more than %(max)s decimal places.", "max"
    ),
    # signing in, and passwords
    N("Please enter a correct %(username)s and password. Note that both fields may be case-sensitive."),
    N("This account is inactive."),
    N("This password is too common."),
    N("The password is too similar to the %(verbose_name)s."),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
)
