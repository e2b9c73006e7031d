"""Where the passphrase of a back-up comes from: a file, the environment, or a person; never the command line, which others can see."""

import os
import sys
from getpass import getpass

from django.core.management.base import CommandError


def given(path):
    """The first line of the file, else BACKUP_PASSPHRASE, else ""."""
    if path is None:
        return os.environ.get("BACKUP_PASSPHRASE", "")
    try:
        with path.open(encoding="utf-8") as file:
            passphrase = file.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"The passphrase cannot be read from {path}: {getattr(error, 'strerror', None) or 'it is no text'}.") from error
    if not passphrase:
        raise CommandError(f"The first line of {path} is empty: it has to be the passphrase.")
    return passphrase


def asked(twice=False):
    """What a person types."""
    if not sys.stdin.isatty():
        raise CommandError("A passphrase is needed: give --passphrase-file F, or set BACKUP_PASSPHRASE.")
    passphrase = getpass("Passphrase: ")
    if twice and getpass("Once more: ") != passphrase:
        raise CommandError("The two are not the same; nothing was written.")
    if not passphrase:
        raise CommandError("Nothing was typed; nothing was done.")
    return passphrase
