"""Making a back-up: one unchanging picture of all tables, in one file that takes its name when it is whole."""

import fcntl
import os
import tomllib
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from assessment import attachments, files
from assessment.backup import cipher, container, keys
from assessment.backup.tables import tables
from assessment.models import Attachment
from people import ledger
from people.refusals import Refusal, Refused


@dataclass(frozen=True)
class Saved:
    """A back-up that was made: its manifest, and the SHA-256 of the file."""

    manifest: container.Manifest
    sha256: str


def save(path, *, passphrase="", force=False, tell=lambda *_: None):
    """Write a back-up to this path, under a passphrase if there is one. tell: function of a table's name and its rows so far."""
    path = Path(path)
    with _part(path, force) as file:
        top = cipher.Encrypting(file, passphrase) if passphrase else file
        writer = container.Writer(top)
        with ledger.still():
            manifest = _picture(writer, tell)
        writer.close(manifest)
        if passphrase:
            top.close()
        file.flush()
        os.fsync(file.fileno())
        digest = files.digest(file)
        # Nothing leaves before it stands in the ledger: the file takes its name last.
        facts = {"file": path.name, "sha256": digest, "tables": len(manifest.tables), "rows": manifest.rows}
        facts |= {"entries": manifest.entries, "head": manifest.head}
        ledger.note(by=None, verb="backup", object_type="backup", object_name=path.name, facts=facts)
    return Saved(manifest, digest)


@contextmanager
def _part(path, force):
    """PATH.part, open for writing; it becomes PATH when the block ends well, and is gone if it does not.

    One that a killed process left behind is written over; the lock tells it from one that is being written.
    """
    if not path.parent.is_dir():
        raise Refused(Refusal("backup_no_directory", {"path": str(path.parent)}))
    _may_replace(path, force)
    part = path.with_name(f"{path.name}.part")
    try:
        file = os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+b")
    except OSError as error:
        raise Refused(Refusal("backup_not_written", {"path": str(path), "why": error.strerror})) from error
    with _closing(file):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused(Refusal("backup_under_way", {"path": str(path)})) from None
        try:
            os.fchmod(file.fileno(), 0o600)
            file.truncate()
            yield file
            _may_replace(path, force)
            os.replace(part, path)
            _make_last(path.parent)
        except (OSError, Error) as error:  # the database may lie on the disk that is full
            part.unlink(missing_ok=True)
            place, why = (getattr(error, name, None) for name in ("filename", "strerror"))
            raise Refused(Refusal("backup_not_written", {"path": str(place or path), "why": why or str(error).strip()})) from error
        except BaseException:
            part.unlink(missing_ok=True)
            raise


@contextmanager
def _closing(file):
    """Close it in the end; a block that ended well has left nothing to write, and of one that failed the disk may refuse the rest."""
    try:
        yield
    finally:
        with suppress(OSError):
            file.close()


def _make_last(folder):
    """The new name outlives a power cut as well."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _may_replace(path, force):
    """Nothing is written over unless asked for, and then only another back-up."""
    if not os.path.lexists(path):
        return
    if not force:
        raise Refused(Refusal("backup_exists", {"path": str(path)}))
    if not path.is_file() or not container.looks_like_one(path):
        raise Refused(Refusal("backup_replaces_another", {"path": str(path)}))


def _picture(writer, tell):
    """Write all members; what the manifest says of them."""
    entries, head = ledger.head()
    saved = [_table(writer, table, tell) for table in tables()]
    there, missing = _attachments(writer, tell)
    return container.Manifest(
        made_at=timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"), program=program(), engine=connection.vendor, migrations=migrations(),
        entries=entries, head=head, tables=saved, attachments=there, missing=missing,
    )  # fmt: skip


def _table(writer, table, tell):
    rows = 0

    def lines():
        nonlocal rows
        for count, block in table.blocks():
            rows += count
            tell(table.name, rows)
            yield block

    member = writer.member(f"tables/{table.name}.jsonl", lines())
    member.columns, member.rows, member.highest_key = table.columns, rows, keys.highest(table.model)
    return member


def _attachments(writer, tell):
    """Members of the files that rows name, and the digests of those that are not there as they should be."""
    members, missing = [], []
    digests = Attachment.objects.order_by("sha256").values_list("sha256", flat=True).distinct()
    for number, digest in enumerate(list(digests), 1):
        tell("attachments", number)
        content = attachments.read(digest)
        if content is None:
            missing.append(digest)
        else:
            members.append(writer.member(f"attachments/{digest}", [content], packed=False))
    return members, missing


def program():
    """The version of this program."""
    return tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def migrations():
    """(app, name) of all that were applied to this database."""
    return sorted(MigrationRecorder(connection).applied_migrations())
