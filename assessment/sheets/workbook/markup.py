"""XML from outside, read as it comes and never held whole: no DTD, so no entities; no depth and no token without end.

Own handlers on expat instead of a tree: openpyxl keeps an element for every row and text that a file holds, which a
hostile 2 MB make into gigabytes.
"""

from xml.parsers import expat

from assessment.sheets.workbook.package import refused

DEEPEST = 100  # elements within each other; a workbook has about ten
LONGEST = 1 << 20  # bytes of one tag or comment, and of what stands before the first element
TEXT_LIMIT = 32_767  # characters of a cell in Excel
_MAIN = "openxmlformats.org/spreadsheetml/2006/main", "purl.oclc.org/ooxml/spreadsheetml/main"  # the latter: strict
_SPACES = {"", *(f"http://{space}" for space in ("schemas." + _MAIN[0], _MAIN[1]))} | {
    f"http://schemas.openxmlformats.org/package/2006/{name}" for name in ("relationships", "content-types")
}


class _Handlers(dict):
    """Handlers by "namespace name", filled as names come up; names of other namespaces have none."""

    def __init__(self, handlers):
        super().__init__()
        self._handlers = handlers

    def __missing__(self, name):
        space, _, own = name.rpartition(" ")
        self[name] = self._handlers.get(own) if space in _SPACES else None
        return self[name]


def parse(blocks, starts, ends=None):
    """Parse blocks of bytes; refuses what is no sound XML.

    starts: {name of an element: function of its attributes}; ends: {name: function of the text since the last tag}.
    """
    starts, ends, text, depth, fed = _Handlers(starts), _Handlers(ends or {}), [], 0, 0

    def opened(name, attributes):
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise refused("file_damaged")
        text.clear()
        if handler := starts[name]:
            handler(attributes)

    def closed(name):
        nonlocal depth
        depth -= 1
        if handler := ends[name]:
            handler("".join(text))
        text.clear()

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text, parser.buffer_size = True, 1 << 16
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = opened, closed, text.append
    try:
        for block in blocks:
            parser.Parse(block, False)
            fed += len(block)
            if fed - parser.CurrentByteIndex > LONGEST:
                raise refused("file_damaged")
            if sum(map(len, text)) > 4 * TEXT_LIMIT:
                raise refused("text_too_long", limit=TEXT_LIMIT)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise refused("file_damaged") from error


def whole(text):
    """An attribute as a whole number."""
    if not text.isdecimal() or len(text) > 10:
        raise refused("file_damaged")
    return int(text)


def local(name):
    """The name of an attribute without its namespace, which strict workbooks have otherwise."""
    return name.rpartition(" ")[2]


def check_prolog(blocks):
    """Refuse a DTD, also in a part that is not read: it stands before the first element, in whatever encoding."""
    parser, fed = expat.ParserCreate(), 0
    parser.StartDoctypeDeclHandler, parser.StartElementHandler = _no_doctype, _stop
    try:
        for block in blocks:
            parser.Parse(block, False)
            fed += len(block)
            if fed > LONGEST:
                raise refused("file_damaged")
    except (_Begun, expat.ExpatError):
        pass  # no XML, or whether it is sound is found when it is read
    except (ValueError, LookupError) as error:  # an encoding that is none
        raise refused("file_damaged") from error


class _Begun(Exception):
    pass


def _stop(*_):
    raise _Begun


def _no_doctype(*_):
    raise refused("file_doctype")
