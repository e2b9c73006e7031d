"""manage.py anchor [FILE]: append the head of the ledger to a file that another machine keeps."""

import socket
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from people.actions import anchors


class Command(BaseCommand):
    help = "Append number and digest of the newest entry to a file (default: var/anchors.jsonl): copy it to another machine."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", default=str(settings.VAR_DIR / "anchors.jsonl"))

    def handle(self, *, file, **options):
        installation = settings.ALLOWED_HOSTS[0] if settings.PRODUCTION else socket.gethostname()
        try:
            line = anchors.append(by=None, path=Path(file), installation=installation)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        self.stdout.write(line, ending="")
