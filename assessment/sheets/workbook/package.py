"""A zip package from outside: a workbook, or a zip of many files. Nothing that it says of itself is believed.

    with open_package(file) as package:
        for name in package.names:
            content = package.read(name)

What is too large, is encrypted, or is built to deceive is refused before anything is unpacked; while unpacking, no member
gives more than was counted before, and nothing is ever written to disk.
"""

import zipfile
import zlib
from dataclasses import dataclass

from people.refusals import Refusal, Refused

BLOCK = 1 << 16
RATIO_FREE = 10 << 20  # below this size a high ratio only means a small, repetitive file
_ENTRY = b"PK\x01\x02"  # starts each entry of the directory
_HEADER = 30  # bytes that stand before the name and content of a member, at least
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError, LookupError, OSError)


@dataclass(frozen=True)
class Limits:
    """Of an uploaded file, in bytes and members; ratio: unpacked by packed."""

    size: int = 20 << 20
    unpacked: int = 200 << 20
    members: int = 200
    ratio: int = 100


LIMITS = Limits()


def refused(code, **facts):
    return Refused(Refusal(code, facts))


def blocks(file):
    """The content of an open file, from its start."""
    file.seek(0)
    while block := file.read(BLOCK):
        yield block
    file.seek(0)


def check_size(file, limits=LIMITS):
    """Refuse an open file that is empty or too large."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if not size:
        raise refused("file_empty")
    if size > limits.size:
        raise refused("file_too_large", limit=limits.size >> 20)


def open_package(file, *, limits=LIMITS):
    """A `Package` of an open binary file, checked; raises `Refused`."""
    check_size(file, limits)
    _check_directory(file, limits)
    try:
        package = zipfile.ZipFile(file)
    except _BROKEN as error:
        raise refused("file_damaged") from error
    try:
        _check(package, limits)
    except Refused:
        package.close()
        raise
    return Package(package)


def _check_directory(file, limits):
    """Each entry becomes an object: a directory of half a million is refused before it is read."""
    count, rest = 0, b""
    for block in blocks(file):
        block = rest + block
        count += block.count(_ENTRY)
        rest = block[-3:]
    if count > 4 * limits.members:  # a stored workbook within the workbook brings some of its own
        raise refused("too_many_members", count=count, limit=limits.members)


def _check(package, limits):
    members = package.infolist()
    if len(members) > limits.members:
        raise refused("too_many_members", count=len(members), limit=limits.members)
    unpacked, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if unpacked > limits.unpacked:
        raise refused("unpacks_too_large", size=unpacked >> 20, limit=limits.unpacked >> 20)
    if unpacked > RATIO_FREE and unpacked > packed * limits.ratio:
        raise refused("packed_too_tightly", limit=limits.ratio)
    if any(m.flag_bits & 0x2041 for m in members):
        raise refused("file_password")
    if any(m.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for m in members):
        raise refused("packed_unusually")
    names = [plain_name(m.filename).casefold() for m in members]
    if len(set(names)) < len(names):
        raise refused("member_twice", name=next(n for n in names if names.count(n) > 1)[:100])
    for name in names:
        if name.startswith("/") or ":" in name or ".." in name.split("/"):
            raise refused("member_outside", name=name[:100])
    end = 0
    for member in sorted(members, key=lambda m: m.header_offset):
        if member.header_offset < end:
            raise refused("members_overlap")
        end = member.header_offset + _HEADER + member.compress_size
    if end > package.start_dir:
        raise refused("members_overlap")


def plain_name(name):
    """A member's name with / between folders, also from programs that write \\."""
    return name.replace("\\", "/")


class Package:
    """A checked package. names: of its members, without folders."""

    def __init__(self, package):
        self._zip = package
        self._members = {plain_name(m.filename): m for m in package.infolist() if not m.is_dir()}
        self.names = list(self._members)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._zip.close()

    def blocks(self, name):
        """A member's content, unpacked as it is taken.

        zipfile ends a member at the size that the directory declares, which was counted; if more was packed, the
        checksum does not fit.
        """
        try:
            with self._zip.open(self._members[name]) as stream:
                while block := stream.read(BLOCK):
                    yield block
        except _BROKEN as error:
            raise refused("file_damaged") from error

    def read(self, name):
        """The whole content of a member; for those that are small by nature."""
        return b"".join(self.blocks(name))

    def shown_name(self, name):
        """A member's name as the person who packed it saw it: Windows packs Chinese names in GBK without saying so."""
        if not self._members[name].flag_bits & 0x800:
            try:
                return name.encode("cp437").decode("gb18030")
            except UnicodeError:
                pass
        return name
