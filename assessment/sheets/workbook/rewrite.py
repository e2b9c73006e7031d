"""XML copied as it stands, but for the tags that a handler replaces or inserts: nothing else of somebody's file changes.

    class Part(Rewriter):
        def start(self, name, attributes):  # may call insert(), replace(), drop()
            ...
    Part(write).run(blocks)

Only what is not copied yet is held, so a part of any size passes through. Names are those of the file, prefix included.
"""

import codecs
import re
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

BLOCK = 1 << 16
_TAG = re.compile(rb"""<[^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*>""")
_ENCODING = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")


class Rewriter:
    """One part on its way through. NAMES: of the elements that matter. prefix: what stands before them in this part."""

    NAMES = ()

    def __init__(self, write=lambda piece: None):
        self._write, self._out = write, bytearray()
        self._buffer, self._first = bytearray(), 0  # what was read and is not copied yet, and where in the part it begins
        self._dropping = self._empty = False
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._root

    def run(self, blocks):
        for block in as_utf8(blocks):
            self._buffer += block
            self._parser.Parse(block, False)
            self._copy(self._parser.CurrentByteIndex)
        self._parser.Parse(b"", True)
        self._copy(self._first + len(self._buffer))
        self._write(bytes(self._out))

    def _root(self, name, attributes):
        self.prefix = name[: name.index(":") + 1] if ":" in name else ""
        self.own = {self.prefix + each: each for each in self.NAMES}
        self.listen(self.start)
        self.start(name, attributes)

    def start(self, name, attributes):
        """Hook: an element begins."""

    def listen(self, start, end=None, text=None):
        """Call these from now on. Ends and texts cost as much as starts: they are asked for where they matter."""
        parser = self._parser
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text

    def tag(self):
        """The tag of the present event, as it stands."""
        return _TAG.match(self._buffer, self._parser.CurrentByteIndex - self._first)[0]

    def _copy(self, upto):
        size = upto - self._first
        if size and not self._dropping:
            self._out += self._buffer[:size]
        del self._buffer[:size]
        self._first = upto
        if len(self._out) >= BLOCK:
            self._write(bytes(self._out))
            self._out.clear()

    def insert(self, text):
        """Put text before the present tag."""
        self._copy(self._parser.CurrentByteIndex)
        self._out += text.encode()

    def replace(self, text):
        """Put text in place of the present start tag."""
        self.insert(text)
        size = len(self.tag())
        del self._buffer[:size]
        self._first += size

    def drop(self):
        """Leave out the present element, until `keep` is called at its end."""
        self._copy(self._parser.CurrentByteIndex)
        self._dropping, self._empty = True, self.tag().endswith(b"/>")

    def keep(self):
        """At the end of what is left out. (The end of an empty element is told behind its tag.)"""
        self._copy(self._parser.CurrentByteIndex + (0 if self._empty else len(self.tag())))
        self._dropping = False


def as_utf8(blocks):
    """The same XML in UTF-8: nearly every workbook is."""
    blocks = iter(blocks)
    head = next(blocks, b"")
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    found = _ENCODING.match(head)
    encoding = "utf-16" if wide else found[1].decode() if found else "utf-8"
    if codecs.lookup(encoding).name in ("utf-8", "ascii"):
        yield head
        yield from blocks
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    yield _DECLARATION.sub("", decoder.decode(head), count=1).encode()
    for block in blocks:
        yield decoder.decode(block).encode()


def number(text, default=0):
    """An attribute as a whole number; what is none, or beyond all reason, counts as not there."""
    return int(text) if text and text.isdecimal() and len(text) < 11 else default


def tag(name, attributes, end="/>"):
    """A tag; attributes that are None are left out."""
    pairs = "".join(f" {key}={quoteattr(str(value))}" for key, value in attributes.items() if value is not None)
    return f"<{name}{pairs}{end}"
