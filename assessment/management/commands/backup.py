"""manage.py backup FILE [--passphrase-file F] [--encrypt] [--force] [--check]"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from assessment.backup import load, save
from assessment.management.base import refusals_told
from assessment.management.passphrase import asked, given
from assessment.management.telling import telling


class Command(BaseCommand):
    help = "Write everything that is recorded, with the attachments, into one file; others go on working meanwhile."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--passphrase-file", type=Path, metavar="F", help="encrypt with the first line of F (or set BACKUP_PASSPHRASE)")
        parser.add_argument("--encrypt", action="store_true", help="ask for a passphrase on the terminal")
        parser.add_argument("--force", action="store_true", help="replace the back-up that has this name")
        parser.add_argument("--check", action="store_true", help="check the back-up FILE instead: needs no database and writes nothing")

    def handle(self, *, file, passphrase_file, encrypt, force, check, **options):
        with refusals_told(), telling(self.stderr) as tell:
            if check:
                manifest, sha256 = load.check(file, passphrase=lambda: given(passphrase_file) or asked(), tell=tell)
            else:
                passphrase = given(passphrase_file) or (asked(twice=True) if encrypt else "")
                saved = save.save(file, passphrase=passphrase, force=force, tell=tell)
                manifest, sha256 = saved.manifest, saved.sha256
        self.stdout.write(f"{manifest.rows} rows, head {manifest.entries} {manifest.head}, sha256 {sha256}")
        if manifest.missing:
            files = "\n".join(manifest.missing)
            raise CommandError(f"The back-up stands, but lacks attachments that are missing or altered:\n{files}", returncode=2)
