"""Files of jobs: uploads and results, under random names in one folder that no web server serves.

Several hosts of one installation share this folder (JOB_DIR). What no job names any more is removed by `jobs.sweep`.
"""

import hashlib
import os
import secrets
import time
from pathlib import Path

from django.conf import settings

BLOCK = 1 << 20


def folder():
    """The folder, made on first use, for the owner of the process alone."""
    path = Path(settings.JOB_DIR)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def new(suffix=""):
    """A name that nobody can guess and no file bears yet."""
    return secrets.token_hex(16) + suffix


def path(name):
    """Path of a stored file; names are ours, never a user's."""
    if not name or Path(name).name != name:
        raise ValueError("no name of a stored file")
    return folder() / name


def keep(upload):
    """Store an uploaded file; returns (name, SHA-256)."""
    name, digest = new(), hashlib.sha256()
    try:
        with path(name).open("xb") as file:
            for block in upload.chunks(BLOCK):
                digest.update(block)
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        remove(name)
        raise
    return name, digest.hexdigest()


def remove(*names):
    """Remove stored files; those that are gone already are no matter."""
    for name in filter(None, names):
        path(name).unlink(missing_ok=True)


def remove_others(named, older):
    """Remove what is none of the names given, once it has lain for so many seconds: a name may be about to be given."""
    limit = time.time() - older
    for found in folder().iterdir():
        try:
            if found.name not in named and found.is_file() and found.stat().st_mtime < limit:
                found.unlink()
        except FileNotFoundError:  # another worker was quicker
            continue


def digest(file):
    """SHA-256 of a path or of an open binary file, which is left at its beginning."""
    if not hasattr(file, "read"):
        with open(file, "rb") as opened:
            return digest(opened)
    file.seek(0)
    found = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return found
