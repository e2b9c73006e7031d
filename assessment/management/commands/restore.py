"""manage.py restore FILE [--passphrase-file F] [--accept-faults]"""

from pathlib import Path

from django.core.management.base import BaseCommand

from assessment.backup import load
from assessment.management.base import refusals_told
from assessment.management.passphrase import asked, given
from assessment.management.telling import telling


class Command(BaseCommand):
    help = "Take a back-up into an empty, migrated database: all of it, or nothing. It proves itself as verify_ledger does."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--passphrase-file", type=Path, metavar="F", help="the passphrase is the first line of F (or BACKUP_PASSPHRASE)")
        parser.add_argument("--accept-faults", action="store_true", help="take it although the proof finds faults; the ledger tells of it")

    def handle(self, *, file, passphrase_file, accept_faults, **options):
        with refusals_told(), telling(self.stderr) as tell:
            done = load.restore(file, passphrase=lambda: given(passphrase_file) or asked(), accept_faults=accept_faults, tell=tell)
        for fault in done.faults:
            self.stderr.write(str(fault))
        manifest = done.manifest
        self.stdout.write(f"{manifest.rows} rows, head {manifest.entries} {manifest.head}, sha256 {done.sha256}")
