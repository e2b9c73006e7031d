"""manage.py demo: fills an empty database with the demo county (DESIGN section 10)."""

from unicodedata import east_asian_width

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from assessment import wording
from assessment.demo import build
from people import passwords
from people.models import Grant
from people.refusals import Refused


class Command(BaseCommand):
    help = "Fills an empty database with an invented county; a database that holds data is left as it is."

    def add_arguments(self, parser):
        parser.add_argument("--password", help="the password of all demo accounts; without it one is made up and printed")

    def handle(self, **options):
        if build.is_complete():
            self.stdout.write(_("The demo county is there already: nothing was changed."))
            return
        if build.is_begun():
            raise CommandError(_("An earlier run was broken off: the demo county is incomplete. Start again with an empty database."))
        if not build.is_empty():
            self.stdout.write(_("This database holds data: nothing was changed. The demo county needs an empty one."))
            return
        password = options["password"] or passwords.made_up()
        try:
            accounts = build.fill(password)
        except Refused as refused:
            raise CommandError("\n".join(map(wording.sentence, refused.refusals))) from None
        self.stdout.write(_("The demo county is filled in. Everybody and everything in it is invented. Accounts:"))
        head = (_("User name"), _("Name"), _("Role"), _("Unit"), _("Password"))
        rows = [(user, name, str(Grant.Role(role).label), unit or _("everything"), password) for user, name, role, unit in accounts]
        widths = [max(map(width, column)) for column in zip(head, *rows, strict=True)]
        for row in (head, *rows):
            cells = (text + " " * (size - width(text)) for text, size in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())


def width(text):
    """Columns that a text takes on a terminal: Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
