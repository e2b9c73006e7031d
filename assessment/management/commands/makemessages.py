"""`makemessages` that also finds strings marked by `N`, as in `wording.SENTENCES`."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=N"]
