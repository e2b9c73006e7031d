"""manage.py verify_export FILE: exit 0 and what the ledger says of the file; or exit 1 and what is known against it.

Never translated, as `verify_ledger`.
"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessment.sheets.issued import examine


class Command(BaseCommand):
    help = "Tell whether a file is one that this system issued, unchanged, and to whom, when and why."

    def add_arguments(self, parser):
        parser.add_argument("file")

    def handle(self, *, file, **options):
        try:
            with Path(file).open("rb") as opened:
                answer = examine(opened)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        for entry in answer.entries:
            self.stdout.write(f"issued by this system and unchanged: {origin(entry)}")
            for name, value in told(entry):
                self.stdout.write(f"{name}: {value}")
        if answer.entries:
            return
        lines = [f"no export has this digest: sha256 {answer.sha256}"]
        if answer.head:
            lines.append(f"it names ledger head {answer.head[0]} {answer.head[1]}, {'which is ours' if answer.known else 'which was never ours'}")
        for entry in answer.claimed:
            lines.append(f"it seems to come from this export, changed since or taken out of a package: {origin(entry)}")
            lines += [f"{name}: {value}" for name, value in told(entry)]
        raise CommandError("\n".join(lines))


def origin(entry):
    """Which export it was."""
    name = f"{entry.actor_name} ({entry.actor.username})" if entry.actor else entry.actor_name
    return f"entry {entry.seq}, to {name}, {timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S}"


def told(entry):
    """(name, value) of what the ledger says was in the file, and why it left."""
    yield "reason", entry.reason
    for name, value in (entry.after or {}).items():
        if isinstance(value, dict):
            value = "; ".join(f"{key}={one}" for key, one in value.items())
        elif isinstance(value, list):
            value = " ".join(map(str, value))
        yield name, "none" if value in ("", None) else value
