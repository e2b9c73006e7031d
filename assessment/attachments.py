"""Files of evidence on disk, under their SHA-256, in a folder that no web server serves (ATTACHMENT_DIR).

A file is whole on disk before a row names it, and nothing is ever written over: the same digest is the same file.
Files without a row (the upload was refused late, the server was killed) are swept after a day.
"""

import hashlib
import os
import re
import secrets
import time
from pathlib import Path

from django.conf import settings

ASIDE = ".gone"
_DIGEST = re.compile(r"[0-9a-f]{64}")


def folder():
    return Path(settings.ATTACHMENT_DIR)


def path(sha256):
    """Where the file with this digest lies."""
    if not _DIGEST.fullmatch(sha256):
        raise ValueError("no digest")
    return folder() / sha256[:2] / sha256[2:4] / sha256


def digest(content):
    return hashlib.sha256(content).hexdigest()


def keep(content):
    """Store a file, for the owner of the process alone; returns its SHA-256. Raises OSError when it cannot be stored."""
    sha256 = digest(content)
    there = path(sha256)
    for each in (folder(), *reversed(there.parents[:2])):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = there.with_name(f"{secrets.token_hex(8)}.new")
    try:
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, there)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    for each in there.parents[:3]:  # their entries, too, have to outlast a loss of power
        _sync(each)
    return sha256


def _sync(place):
    if hasattr(os, "O_DIRECTORY"):
        opened = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def read(sha256):
    """The content, or None when the file is gone or is not what it was."""
    try:
        content = path(sha256).read_bytes()
    except OSError:
        return None
    return content if digest(content) == sha256 else None


def state(sha256):
    """"" when the file is there and unaltered, else "missing" or "altered"; reads it in blocks."""
    try:
        with path(sha256).open("rb") as file:
            return "" if hashlib.file_digest(file, "sha256").hexdigest() == sha256 else "altered"
    except OSError:
        return "missing"


def sweep(named, older):
    """Remove what has lain for so many seconds and is none of `named(digests)`, a function that answers those with a row."""
    limit = time.time() - older
    for place in folder().glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]"):
        found = {each: each.name.partition(".")[0] for each in place.iterdir()}
        rows = named([name for name in found.values() if _DIGEST.fullmatch(name)])
        for each, name in found.items():
            try:
                if name not in rows:
                    _remove(each, limit)
                elif each.suffix == ASIDE:  # a sweep was killed just then
                    os.replace(each, each.with_suffix(""))
            except FileNotFoundError:  # another worker was quicker
                continue


def _remove(found, limit):
    """Take the file aside first: were it stored anew this very moment, it is put back."""
    if found.stat().st_mtime >= limit:
        return
    aside = found if found.suffix == ASIDE else found.with_suffix(ASIDE)
    os.rename(found, aside)
    if aside.stat().st_mtime >= limit:
        os.replace(aside, found)
    else:
        aside.unlink()
