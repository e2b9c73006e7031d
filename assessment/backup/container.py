"""The file of a back-up: a ZIP whose comment, its last 64 bytes, is the SHA-256 of all bytes before them.

    tables/NAME.jsonl   one row to a line, an array of its values
    attachments/DIGEST  a file that belongs to evidence
    manifest.json       what all this is: written last, read first

Any tool unpacks a plain one. Here nothing is unpacked that the manifest does not announce, with its size and digest.
"""

import hashlib
import io
import json
import re
import struct
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

from assessment.backup import cipher
from people.refusals import Refusal, Refused

FORMAT, VERSION = "cadre-assessment backup", 1
MANIFEST = "manifest.json"
SEAL = 64
BLOCK = 1 << 20
LINE = 64 << 20  # bytes of the longest row: a portrait has 2 MB
LARGEST_MANIFEST = 64 << 20
LARGEST_NUMBER = 1 << 62  # keys after it have room as well
RATIO = 200  # unpacked by packed; rows of text come to about ten
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError, LookupError,
    TypeError, AttributeError,
)  # fmt: skip


def damaged():
    return Refused(Refusal("backup_damaged"))


@dataclass
class Member:
    """A member as the manifest announces it; rows and the highest key ever given out (0: none are) for a table."""

    name: str
    size: int
    sha256: str
    columns: list = field(default_factory=list)
    rows: int = 0
    highest_key: int = 0


@dataclass
class Manifest:
    """What a back-up is. missing: digests of attachments that were not there, or not as they should be, when it was made."""

    made_at: str
    program: str
    engine: str
    migrations: list
    entries: int
    head: str
    tables: list
    attachments: list
    missing: list
    format: str = FORMAT
    version: int = VERSION

    @property
    def rows(self):
        return sum(table.rows for table in self.tables)

    @classmethod
    def read(cls, text):
        """From JSON; what is no manifest, or one of another version, is refused."""
        facts = json.loads(text)
        if facts["format"] != FORMAT:
            raise damaged()
        if facts["version"] != VERSION:
            raise Refused(Refusal("backup_version", {"version": str(facts["version"])[:20], "known": VERSION}))
        manifest = cls(**facts)
        manifest.tables, manifest.attachments = ([Member(**each) for each in some] for some in (manifest.tables, manifest.attachments))
        manifest.migrations = [tuple(map(str, each)) for each in manifest.migrations]
        for member in manifest.tables + manifest.attachments:
            numbers = (manifest.entries, member.size, member.rows, member.highest_key)
            if not re.fullmatch("[0-9a-f]{64}", member.sha256) or any(type(n) is not int or not 0 <= n < LARGEST_NUMBER for n in numbers):
                raise damaged()
        if any(member.name != f"attachments/{member.sha256}" for member in manifest.attachments):
            raise damaged()
        return manifest


# --- writing


class _Sealing:
    """Passes on what is written, but for the last 64 bytes: `close` puts the digest of all before in their place."""

    def __init__(self, file):
        self._file, self._digest, self._held = file, hashlib.sha256(), b""

    def write(self, data):
        data, size = self._held + data, len(data)
        self._held = data[-SEAL:]
        self._digest.update(data[:-SEAL])
        self._file.write(data[:-SEAL])
        return size

    def flush(self):
        pass

    def close(self):
        self._file.write(self._digest.hexdigest().encode())


class Writer:
    """Writes members one after the other into a file that is only ever appended to."""

    def __init__(self, file):
        self._sealing = _Sealing(file)
        self._zip = zipfile.ZipFile(self._sealing, "w", zipfile.ZIP_DEFLATED, compresslevel=5)
        self._zip.comment = b"0" * SEAL

    def member(self, name, blocks, packed=True):
        """Write a member; returns what the manifest says of it. packed=False: pictures are packed already."""
        digest, size = hashlib.sha256(), 0
        info = name if packed else zipfile.ZipInfo(name)
        with self._zip.open(info, "w", force_zip64=True) as file:
            for block in blocks:
                digest.update(block)
                size += len(block)
                file.write(block)
        return Member(name, size, digest.hexdigest())

    def close(self, manifest):
        self._zip.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
        self._zip.close()
        self._sealing.close()


# --- reading


def looks_like_one(path):
    """Is this, at the first glance, a back-up?"""
    with open(path, "rb") as file:
        return cipher.is_encrypted(file) or (file.read(4) == b"PK\x03\x04" and file.seek(-SEAL, io.SEEK_END) and file.read().isalnum())


@contextmanager
def opened(path, passphrase=None):
    """A `Reader` of a back-up whose seal holds. passphrase: function that gives it, asked only for an encrypted one."""
    with _open(path) as file:
        plain = cipher.decrypting(file, passphrase()) if cipher.is_encrypted(file) else file
        _check_seal(plain)
        try:
            reader = Reader(zipfile.ZipFile(plain), plain.seek(0, io.SEEK_END))
        except _BROKEN:
            raise damaged() from None
        yield reader


def _open(path):
    try:
        return open(path, "rb")
    except OSError as error:
        raise Refused(Refusal("backup_not_read", {"path": str(path), "why": error.strerror})) from error


def _check_seal(file):
    left, digest = file.seek(0, io.SEEK_END) - SEAL, hashlib.sha256()
    file.seek(0)
    while left > 0:
        block = file.read(min(BLOCK, left))
        if not block:
            raise damaged()
        digest.update(block)
        left -= len(block)
    if file.read(SEAL + 1) != digest.hexdigest().encode():
        raise damaged()


class Reader:
    """The members of a back-up, each checked as it is read."""

    def __init__(self, package, size):
        self._zip = package
        info = package.getinfo(MANIFEST)
        with package.open(info) as file:
            text = file.read(LARGEST_MANIFEST + 1)
        if len(text) > LARGEST_MANIFEST:
            raise damaged()
        self.manifest = Manifest.read(text)
        members = self.manifest.tables + self.manifest.attachments
        self._check_names({member.name: member.size for member in members} | {MANIFEST: len(text)}, len(members) + 1)
        if sum(member.size for member in members) > RATIO * size:
            raise Refused(Refusal("packed_too_tightly", {"limit": RATIO}))

    def _check_names(self, announced, count):
        found = self._zip.infolist()
        sizes = {info.filename: info.file_size for info in found}
        if sizes != announced or not len(found) == len(announced) == count:
            raise damaged()

    def blocks(self, member):
        """The content of a member; refused at its end if it is not what the manifest says."""
        digest, size = hashlib.sha256(), 0
        try:
            with self._zip.open(member.name) as file:
                while block := file.read(BLOCK):
                    size += len(block)
                    if size > member.size:
                        raise damaged()
                    digest.update(block)
                    yield block
        except _BROKEN:
            raise damaged() from None
        if size != member.size or digest.hexdigest() != member.sha256:
            raise damaged()

    def lines(self, member):
        """The lines of a member; refused at its end if they are not as many as the manifest says."""
        rest, rows = b"", 0
        for block in self.blocks(member):
            *lines, rest = (rest + block).split(b"\n")
            rows += len(lines)
            yield from lines
            if len(rest) > LINE:
                raise damaged()
        if rest or rows != member.rows:
            raise damaged()
