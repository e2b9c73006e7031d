"""Checking a back-up, and taking it back: into an empty database, all of it or nothing, and only if it proves itself."""

from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from django.core.exceptions import ValidationError
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Q

from assessment import attachments, files
from assessment.actions import proof, running
from assessment.actions.shipped import SHIPPED
from assessment.backup import container, keys
from assessment.backup.save import migrations
from assessment.backup.tables import APPS, CHUNK, tables
from assessment.models import Scheme
from people import bulk, ledger, triggers
from people.models import LedgerEntry, Session
from people.refusals import Refusal, Refused

#: Filled by `migrate` itself: the shipped schemes and what the ledger tells of them.
INSTALLED = {
    "people_ledgerentry", "people_ledgerhead", "assessment_scheme", "assessment_dimension", "assessment_level", "assessment_grade",
}  # fmt: skip


@dataclass(frozen=True)
class Restored:
    """What was taken back: the manifest, the SHA-256 of the file, and the faults that were accepted with it."""

    manifest: container.Manifest
    sha256: str
    faults: list


def check(path, *, passphrase=None, tell=lambda *_: None):
    """(manifest, SHA-256 of the file) of a back-up in which every digest and number is right. Needs no database."""
    with container.opened(path, passphrase) as backup:
        _check(backup, tell)
        return backup.manifest, files.digest(path)


def restore(path, *, passphrase=None, accept_faults=False, tell=lambda *_: None):
    """Take a back-up into this database, which holds nothing yet. Refused with every reason, it leaves nothing behind."""
    with container.opened(path, passphrase) as backup:
        _demand_fit(backup.manifest)
        _demand_empty()
        _check(backup, tell)
        digest = files.digest(path)
        try:
            with _attachments_put(backup, tell), ledger.recorded(by=None, verb="restore"):
                faults = _load(backup, tell, accept_faults)
                facts = {"file": path.name, "sha256": digest, "rows": backup.manifest.rows, "made_at": backup.manifest.made_at}
                facts |= {"entries": backup.manifest.entries, "head": backup.manifest.head}
                if faults:
                    facts |= {"faults": len(faults), "first": str(faults[0])}
                ledger.note(by=None, verb="restore", object_type="backup", object_name=path.name, facts=facts)
        except Error as error:
            raise Refused(Refusal("restore_not_taken", {"why": str(error).strip()})) from error
    return Restored(backup.manifest, digest, faults)


def _check(backup, tell):
    for member in backup.manifest.tables:
        tell(member.name, 0)
        for _ in backup.lines(member):
            pass
    for number, member in enumerate(backup.manifest.attachments, 1):
        tell("attachments", number)
        for _ in backup.blocks(member):
            pass


def _demand_fit(manifest):
    """Of the same migrations as this database, table for table and column for column."""
    theirs, ours = ({each for each in some if each[0] in APPS} for some in (manifest.migrations, migrations()))
    version = {"version": manifest.program}
    if theirs - ours:
        known = set(MigrationLoader(None).disk_migrations)
        raise Refused(Refusal("restore_later_version", version) if theirs - known else Refusal("restore_migrate_first"))
    if ours - theirs:
        raise Refused(Refusal("restore_earlier_version", version) if theirs else Refusal("backup_damaged"))
    if {_member(table): table.columns for table in tables()} != {member.name: member.columns for member in manifest.tables}:
        raise Refused(Refusal("restore_other_tables", version))


def _member(table):
    return f"tables/{table.name}.jsonl"


def _demand_empty():
    """Nothing is recorded here beyond what `migrate` installs."""
    installed = Q(verb="save_scheme", object_type="assessment.scheme", actor=None, before__isnull=True)
    there = [
        LedgerEntry.objects.exclude(installed),
        Scheme.objects.exclude(code__in=SHIPPED),
        *(table.model._base_manager.all() for table in tables() if table.name not in INSTALLED),
    ]
    if any(rows.exists() for rows in there):
        raise Refused(Refusal("restore_not_empty"))


def _load(backup, tell, accept_faults):
    """All rows into their tables, in the transaction under way; the faults that are there afterwards."""
    ours = tables()
    _lock(ours)
    _demand_empty()
    triggers.drop()
    with connection.cursor() as cursor:
        for table in ours:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table.name)}")
    members = {member.name: member for member in backup.manifest.tables}
    for table in ours:
        _load_table(backup, table, members[_member(table)], tell)
    Session.objects.all().delete()
    connection.check_constraints()  # keys to other rows were not looked at so far
    triggers.install()
    faults = list(islice(proof.faults(lambda stage, done, total: tell(stage, done)), proof.MOST))
    if faults and not accept_faults:
        raise Refused(*(Refusal("restore_fault", {"fault": str(fault)}) for fault in faults), Refusal("restore_unproven"))
    running.left_behind()
    return faults


def _lock(ours):
    """Nobody else writes until all is there. SQLite let nobody else from the start."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            names = ", ".join(connection.ops.quote_name(table.name) for table in ours)
            cursor.execute(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")


def _load_table(backup, table, member, tell):
    lines, done = backup.lines(member), 0
    while some := list(islice(lines, CHUNK)):
        rows = table.rows(some)
        try:
            bulk.insert(table.model, table.attributes, rows)
        except (ValidationError, ArithmeticError, TypeError, ValueError) as error:  # a number beyond what its column holds
            raise Refused(Refusal("backup_rows", {"table": table.name})) from error
        done += len(some)
        tell(table.name, done)
    keys.go_on_after(table.model, member.highest_key)


@contextmanager
def _attachments_put(backup, tell):
    """The files of evidence at their places; those that were not there before are taken away when the block fails."""
    new = []
    try:
        for number, member in enumerate(backup.manifest.attachments, 1):
            tell("attachments", number)
            state = attachments.state(member.sha256)
            if state == "altered":
                raise Refused(Refusal("restore_attachment_differs", {"path": str(attachments.path(member.sha256))}))
            if state == "missing":
                content = b"".join(backup.blocks(member))
                new.append(attachments.path(member.sha256))
                attachments.keep(content)
        yield
    except BaseException as error:
        for path in new:
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise Refused(Refusal("restore_not_taken", {"why": str(error)})) from error
        raise
