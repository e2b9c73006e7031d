"""`makemessages` that also finds strings marked by the short names of this project."""

from django.core.management.commands import makemessages

#: N marks a string for later (`wording.SENTENCES`), _t is `gettext` where `_` is lazy.
MARKS = ("N", "_t")


class Command(makemessages.Command):
    xgettext_options = [*makemessages.Command.xgettext_options, *(f"--keyword={mark}" for mark in MARKS)]
