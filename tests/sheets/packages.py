"""Workbooks made by hand, part by part, so that any of them can be wrong."""

import struct
import zipfile
from io import BytesIO

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
SHEET = "xl/worksheets/sheet1.xml"
LINKS = "xl/_rels/workbook.xml.rels"
#: Fields of an entry of a zip's directory: place and format.
FIELDS = {"flags": (8, "<H"), "method": (10, "<H"), "crc": (16, "<I"), "packed": (20, "<I"), "size": (24, "<I"), "offset": (42, "<I")}


def cell(place, text):
    return f"<c r='{place}' t='inlineStr'><is><t>{text}</t></is></c>"


def row(number, *texts):
    """A row of texts; None is no cell."""
    cells = (cell(f"{chr(65 + n)}{number}", text) for n, text in enumerate(texts) if text is not None)
    return f"<row r='{number}'>{''.join(cells)}</row>"


HEAD = row(1, "单位编码", "单位名称")


def sheet(*rows, head=HEAD, before="", after=""):
    """The XML of a sheet with these rows below the headings."""
    return f"<worksheet xmlns='{MAIN}'>{before}<sheetData>{head}{''.join(rows)}</sheetData>{after}</worksheet>"


def relations(*links):
    """A part of relationships. links: (kind, target), or (kind, target, "External")."""
    lines = [
        f"<Relationship Id='rId{n}' Type='{OFFICE}/{kind}' Target='{target}' TargetMode='{mode}'/>"
        for n, (kind, target, mode, *_) in enumerate(((*link, "Internal") for link in links), 1)
    ]
    return f"<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>{''.join(lines)}</Relationships>"


def content_types(main=SHEET_TYPE, **more):
    """more: extension -> content type."""
    kinds = {"xml": "application/xml", "rels": "application/vnd.openxmlformats-package.relationships+xml", **more}
    lines = [f"<Default Extension='{name}' ContentType='{kind}'/>" for name, kind in kinds.items()]
    lines.append(f"<Override PartName='/xl/workbook.xml' ContentType='{main}'/>")
    return f"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>{''.join(lines)}</Types>"


def parts(content=None, *, title="单位", properties="", links=()):
    """{name of a part: content} of a sound workbook with one sheet; other links are rId2 and on."""
    sheets = f"<sheets><sheet name='{title}' sheetId='1' r:id='rId1'/></sheets>"
    return {
        "[Content_Types].xml": content_types(),
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f"<workbook xmlns='{MAIN}' xmlns:r='{OFFICE}'>{properties}{sheets}</workbook>",
        LINKS: relations(("worksheet", "worksheets/sheet1.xml"), *links),
        SHEET: sheet(row(2, "A", "某县")) if content is None else content,
    }


def with_strings(strings, content=None):
    """A workbook with shared texts."""
    return {**parts(content, links=[("sharedStrings", "sharedStrings.xml")]), "xl/sharedStrings.xml": strings}


def with_styles(styles, content, **options):
    """A workbook with formats."""
    return {**parts(content, links=[("styles", "styles.xml")], **options), "xl/styles.xml": styles}


def formats(*codes):
    """The XML of styles: style n + 1 has the n-th format; a number is one of Excel's own."""
    custom = "".join(f"<numFmt numFmtId='{200 + n}' formatCode='{code}'/>" for n, code in enumerate(codes))
    used = "".join(f"<xf numFmtId='{code if isinstance(code, int) else 200 + n}'/>" for n, code in enumerate(codes))
    return f"<styleSheet xmlns='{MAIN}'><numFmts>{custom}</numFmts><cellXfs><xf numFmtId='0'/>{used}</cellXfs></styleSheet>"


def zipped(members, compression=zipfile.ZIP_DEFLATED):
    """A zip of {name: content} or of pairs; a content is a text, bytes, or an iterable of bytes."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", compression, compresslevel=1) as package:
        for name, content in members.items() if isinstance(members, dict) else members:
            content = content.encode() if isinstance(content, str) else content
            with package.open(name, "w") as member:
                for piece in [content] if isinstance(content, bytes) else content:
                    member.write(piece)
    return file.getvalue()


def directory(content, name, **fields):
    """The zip with other values in the entry of its directory for `name`."""
    content, place = bytearray(content), content.rindex(b"PK\x01\x02")
    while content[place + 46 : place + 46 + len(name)] != name.encode():
        place = content.rindex(b"PK\x01\x02", 0, place)
    for field, value in fields.items():
        offset, form = FIELDS[field]
        struct.pack_into(form, content, place + offset, value)
    return bytes(content)


def many(piece, size):
    """About `size` bytes of a piece again and again, in blocks."""
    block = piece * max(1, (1 << 20) // len(piece))
    for _ in range(max(1, size // len(block))):
        yield block


def long_sheet(*pieces, after=()):
    """A sheet as blocks of bytes: iterables of blocks below the headings; after: what follows the rows."""
    start, end = sheet().encode().split(b"</sheetData>")
    yield start
    for piece in pieces:
        yield from piece
    yield b"</sheetData>"
    yield from after
    yield end
