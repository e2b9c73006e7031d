"""What a file is, told by its content alone: a JPEG, a PNG or a PDF, or nothing that is taken.

Of a picture the coded image stays as it was handed in, bit for bit, with which way is up and when it was taken. All
else that a phone writes into it is left behind: where, with what device, small copies, hidden film, and whatever
stands after its end. A PDF stays as it is. Needs nothing but Python; with Pillow a JPEG is decoded as well.
"""

import re
import struct
import zlib
from io import BytesIO

from people.photos import Unfit

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
EXTENSIONS = {JPEG: (".jpg", ".jpeg"), PNG: (".png",), PDF: (".pdf",)}
PIXELS = 50_000_000  # what a phone takes; more of them would be a bomb
SCANS = 32  # of a JPEG: a progressive one has about ten, and each goes over the whole picture
#: A PDF may do nothing and carry nothing. Names inside packed objects are not seen.
ACTIVE = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)\b")
_WRITTEN_OUT = re.compile(rb"#([0-9A-Fa-f]{2})")  # a sign of a name may be written as its number
_END_OF_PDF = re.compile(rb"startxref\s+([0-9]{1,10})\s+%%EOF[\s\0]*\Z")
_BROKEN = (IndexError, struct.error, zlib.error, ValueError)


def examine(content):
    """(media type, content as it is kept) of a file's bytes; raises `Unfit`."""
    if not content:
        raise Unfit("attachment_empty")
    for start, kind, read in ((b"\xff\xd8\xff", JPEG, jpeg), (b"\x89PNG\r\n\x1a\n", PNG, png), (b"%PDF-", PDF, pdf)):
        if content.startswith(start):
            try:
                return kind, read(content)
            except _BROKEN:
                raise Unfit("attachment_damaged") from None
    raise Unfit("attachment_type")


def _bounded(width, height):
    if not width or not height:
        raise ValueError
    if width * height > PIXELS:
        raise Unfit("attachment_too_wide", limit=PIXELS // 1_000_000)


# --- JPEG

_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_CODED = _FRAMES | {0xC4, 0xCC, 0xDA, 0xDB, 0xDC, 0xDD}  # tables, frames, scans
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7]")


def jpeg(content):
    """The picture with what is needed to show it, and nothing after its end."""
    kept, at, frame, scans = [b"\xff\xd8"], 2, False, 0
    while True:
        if content[at] != 0xFF:
            raise ValueError
        while content[at] == 0xFF:
            at += 1
        marker, at = content[at], at + 1
        if marker == 0xD9:
            break
        (length,) = struct.unpack_from(">H", content, at)
        part, at = content[at + 2 : at + length], at + length
        if length < 2 or len(part) != length - 2:
            raise ValueError
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", part, 1)
            _bounded(width, height)
            frame = True
        if part := _needed(marker, part):
            kept += [bytes((0xFF, marker)), struct.pack(">H", len(part) + 2), part]
        if marker == 0xDA:
            scan, scans = at, scans + 1
            at = _AFTER_SCAN.search(content, at).start() if _AFTER_SCAN.search(content, at) else len(content)
            kept.append(content[scan:at])
    if not frame or not 0 < scans <= SCANS:
        raise ValueError
    picture = b"".join([*kept, b"\xff\xd9"])
    _decode(picture)
    return picture


def _needed(marker, part):
    """What stays of a segment; b"" for none of it."""
    if marker in _CODED:
        return part
    if marker == 0xE0 and part.startswith(b"JFIF\0"):
        return part[:12] + b"\0\0"  # without its thumbnail
    if marker == 0xE1 and part.startswith(b"Exif\0\0"):
        few = exif(part[6:])
        return few and b"Exif\0\0" + few
    if marker == 0xEE and part.startswith(b"Adobe"):  # how the colours are coded
        return part
    return part if marker == 0xE2 and part.startswith(b"ICC_PROFILE\0") else b""


def _decode(picture):
    try:
        from PIL import Image
    except ImportError:
        return
    try:
        with Image.open(BytesIO(picture), formats=("JPEG",)) as image:
            image.draft("RGB", (image.width // 8, image.height // 8))  # reads all of it into little memory
            image.load()
    except Exception as error:  # decoders raise anything on a broken picture
        raise ValueError from error


# --- EXIF

ORIENTATION, DETAILS, TAKEN, OFFSET = 0x0112, 0x8769, 0x9003, 0x9011
_TEXTS = {TAKEN: re.compile(rb"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d\0"), OFFSET: re.compile(rb"[+-]\d\d:\d\d\0")}


def exif(tiff):
    """Which way is up and when it was taken, as a TIFF block of its own; b"" if that cannot be read."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        main = _directory(tiff, order, struct.unpack_from(order + "I", tiff, 4)[0])
        details = main.get(DETAILS)
        found = _directory(tiff, order, struct.unpack(order + "I", details)[0]) if details else {}
        way = struct.unpack(order + "H", main.get(ORIENTATION, b"\0\0\0\0")[:2])[0]
    except (KeyError, *_BROKEN):
        return b""
    texts = [(tag, found[tag]) for tag, form in _TEXTS.items() if form.fullmatch(found.get(tag, b""))]
    entries = [struct.pack("<HHIHH", ORIENTATION, 3, 1, way, 0)] if 1 <= way <= 8 else []
    below = 8 + 2 + 12 * (len(entries) + bool(texts)) + 4
    if texts:
        entries.append(struct.pack("<HHII", DETAILS, 4, 1, below))
    if not entries:
        return b""
    end = below + 2 + 12 * len(texts) + 4
    second = b"".join(
        struct.pack("<HHII", tag, 2, len(text), end + sum(len(before) for _tag, before in texts[:n])) for n, (tag, text) in enumerate(texts)
    )
    block = b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)
    return block + (struct.pack("<H", len(texts)) + second + bytes(4) + b"".join(text for _tag, text in texts) if texts else b"")


def _directory(tiff, order, at):
    """{tag: bytes} of the short values of a TIFF directory."""
    (count,) = struct.unpack_from(order + "H", tiff, at)
    found = {}
    for n in range(min(count, 500)):
        tag, kind, number = struct.unpack_from(order + "HHI", tiff, at + 2 + 12 * n)
        size = {2: 1, 3: 2, 4: 4}.get(kind, 100) * number
        start = at + 10 + 12 * n
        if 4 < size <= 40:
            (start,) = struct.unpack_from(order + "I", tiff, start)
        found[tag] = tiff[start : start + max(size, 4)] if size <= 40 else b""
    return found


# --- PNG

_SHOWN = {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"IDAT", b"IEND"}
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def png(content):
    """The picture without texts, times and further pictures, and nothing after its end."""
    kept, at, packed, head = [content[:8]], 8, [], None
    while True:
        length, kind = struct.unpack_from(">I4s", content, at)
        part = content[at : at + 12 + length]
        if len(part) != 12 + length or zlib.crc32(part[4:-4]) != struct.unpack(">I", part[-4:])[0] or (head is None) != (kind == b"IHDR"):
            raise ValueError
        if kind == b"IHDR":
            head = struct.unpack(">IIBBBBB", part[8:-4])
            _bounded(*head[:2])
        elif kind == b"IDAT":
            packed.append(part[8:-4])
        if kind in _SHOWN:
            kept.append(part)
        elif not kind[0] & 0x20:  # a critical part that is not known
            raise ValueError
        at += len(part)
        if kind == b"IEND":
            break
    if _unpacked(packed, limit := _size(*head)) != limit:
        raise ValueError
    return b"".join(kept)


def _size(width, height, depth, colour, _packing, _filter, interlaced):
    """Bytes that the picture unpacks to."""
    bits, size = depth * _SAMPLES.get(colour, 100), 0
    for left, top, across, down in _PASSES if interlaced else ((0, 0, 1, 1),):
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            size += rows * (1 + (columns * bits + 7) // 8)
    return size


def _unpacked(parts, limit):
    """How many bytes these unpack to, as far as the limit; holds few of them at a time."""
    unpack, size = zlib.decompressobj(), 0
    for part in parts:
        while part and size <= limit:
            size += len(unpack.decompress(part, 1 << 20))
            part = unpack.unconsumed_tail
    return size + len(unpack.flush()) if unpack.eof else -1


# --- PDF


def pdf(content):
    """A PDF from its first byte to its last, which does nothing by itself."""
    end = _END_OF_PDF.search(content, max(0, len(content) - 1200))
    if not re.match(rb"%PDF-[12]\.\d", content) or not end or not 0 < int(end[1]) < len(content):
        raise ValueError
    if ACTIVE.search(_WRITTEN_OUT.sub(lambda number: bytes([int(number[1], 16)]), content)):
        raise Unfit("attachment_active")
    return content
