"""manage.py import_workbook FILE --as USER [--check]"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from assessment.management.base import acting_user, refusals_told
from assessment.sheets import exchange
from assessment.wording import fault_line, note_line
from people import access, ledger


class Command(BaseCommand):
    help = "Take in an exchange workbook: all of it, or nothing and every error on standard error."

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--as", dest="user", required=True, metavar="USER", help="the user who imports, with his rights")
        parser.add_argument("--check", action="store_true", help="say what it would do and write nothing")

    def handle(self, *, file, user, check, **options):
        by, path = acting_user(user), Path(file)
        try:
            if path.is_dir():
                raise CommandError(f"{file} is a directory: name the workbook in it.")
            if not path.is_file():
                raise CommandError(f"There is no file {file}.")
            path.open("rb").close()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        verdict = access.can(by, "import_workbook")
        if not verdict:
            ledger.note(by=by, verb="refused", object_type="workbook", object_name=path.name, facts={"verb": "import_workbook"})
        with refusals_told():
            work = exchange.prepare(by=by, file=path, name=path.name)
            if work.faults:
                for fault in work.faults:
                    self.stderr.write(fault_line(fault))
                raise CommandError(f"{len(work.faults)} errors; nothing was written.")
            if not check:
                exchange.carry_out(work)
        for note in work.notes:
            self.stdout.write(note_line(note))
        for change in work.changes if check else ():
            self.stdout.write(f"{change.sheet} {change.row} {change.key} {change.column}: {change.old} → {change.new}")
        for title, count in work.counts.items():
            if count.new or count.changed or count.same:
                self.stdout.write(f"{title}: {count.new} new, {count.changed} changed, {count.same} unchanged")
        if check:
            self.stdout.write("Checked only: nothing was written.")
