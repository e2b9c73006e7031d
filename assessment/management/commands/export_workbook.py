"""manage.py export_workbook FILE --as USER --reason TEXT [--campaign CODE]"""

import os
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from assessment.management.base import acting_user, refusals_told
from assessment.sheets.exchange.write import export
from people import access, ledger


class Command(BaseCommand):
    help = "Write the exchange workbook of all that a user may see; the export stands in the ledger."

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--as", dest="user", required=True, metavar="USER", help="the user who exports, with his rights")
        parser.add_argument("--reason", required=True, metavar="TEXT", help="why; it stands in the ledger and in the workbook")
        parser.add_argument("--campaign", default="", metavar="CODE", help="only what belongs to this campaign")

    def handle(self, *, file, user, reason, campaign, **options):
        by, path = acting_user(user), Path(file)
        try:
            if path.is_dir():
                raise CommandError(f"{path} is a directory: name the file to write.")
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        if not path.parent.is_dir():
            raise CommandError(f"There is no directory {path.parent}.")
        if not access.can(by, "export_workbook"):
            ledger.note(by=by, verb="refused", object_type="workbook", object_name=path.name, facts={"verb": "export_workbook"})
        # Nothing is given out before it stands in the ledger: the file takes its name last.
        try:
            handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        except OSError as error:
            raise CommandError(f"Nothing can be written to {path.parent}: {error.strerror}.") from error
        try:
            with os.fdopen(handle, "w+b") as opened, refusals_told():
                counts = export(by=by, file=opened, reason=reason, campaign=campaign)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
        for title, count in counts.items():
            self.stdout.write(f"{title}: {count}")
