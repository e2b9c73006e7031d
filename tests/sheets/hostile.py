"""Files that are refused, each with the sentence that it gets: {name: (function that makes it, sentence)}."""

import random
import zipfile

from tests.sheets.packages import (
    MAIN,
    SHEET,
    SHEET_TYPE,
    content_types,
    directory,
    formats,
    long_sheet,
    many,
    parts,
    relations,
    row,
    sheet,
    with_strings,
    with_styles,
    zipped,
)  # fmt: skip

MB = 1 << 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
STRINGS = f"<sst xmlns='{MAIN}' count='3' uniqueCount='3'>"
#: A picture that cannot be packed: so much of something else may be packed well.
PICTURE = {"xl/media/image1.png": random.Random(1).randbytes(2 * MB + MB // 2)}

EMPTY = "The file is empty: choose the right one."
OLD = "This is a workbook of an old format (.xls, .et): open it in Excel or WPS, save it as .xlsx and take that."
PASSWORD = "The file is protected by a password: open it, take the password off and save it again."
WORD = "This is a document of Word, no workbook: copy its table into the template and save that as .xlsx."
TEXT = "This is a text file (such as .csv), no workbook: open it in Excel or WPS, save it as .xlsx and take that."
WEB = "This is a web page under the name of a workbook: open it in Excel or WPS, save it as .xlsx and take that."
PICTURED = "This is a picture, no workbook: type its rows into the template."
ARCHIVE = "This is an archive, no workbook: unpack it and take the workbook in it."
NONE = "This file cannot be read as an Excel workbook: save it as .xlsx and try again."
DAMAGED = "The file is incomplete or damaged: copy it once more, or open it in Excel or WPS and save it anew."
MACROS = "The workbook holds macros: save it as .xlsx, which has none, and take that."
DTD = "The file holds instructions to its reader (a DTD), which no workbook needs: copy its rows into a new workbook."
OVERLAP = "Parts of the file overlap: copy the rows into a new file and save it."
UNUSUAL = "The file is packed in a way that is not known here: open it in Excel or WPS and save it anew."
TOO_MUCH = "The workbook holds more than can be read at once: divide it."
LONG_TEXT = "A cell holds more than 32767 characters, which is more than Excel can: shorten it."


def links(what):
    return f"The workbook draws on other files or data ({what}): copy its rows as values into a new workbook and take that."


def outside(name):
    return f"The file holds a part that would lie outside of it ({name}): copy the rows into a new file and save it."


def lost(title):
    return f"The sheet {title} is named in the workbook but is not there: open it in Excel or WPS and save it anew."


def good(**more):
    return zipped(parts() | more)


def also(name, content="", **options):
    """A sound workbook with one more part, or with one replaced."""
    return zipped(parts(**options) | {name: content})


def main_type(kind):
    return also("[Content_Types].xml", content_types(kind))


def sheet_links(*some):
    return also("xl/worksheets/_rels/sheet1.xml.rels", relations(*some))


def utf16(xml):
    return f"<?xml version='1.0' encoding='UTF-16'?>{xml}".encode("utf-16")


def half(content):
    return content[: len(content) // 2]


def flipped(content, name):
    """A byte of a member's content altered."""
    place = content.index(name.encode()) + len(name) + 30
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def half_a_million_entries():
    entry = b"PK\x01\x02" + bytes(42)
    entries = entry * (19 * MB // len(entry))
    return b"PK\x05\x06" + entries + b"PK\x05\x06" + b"\0\0\0\0\xff\xff\xff\xff" + len(entries).to_bytes(4, "little") + b"\4\0\0\0\0\0"


def filled(*pieces):
    """A sheet of very many bytes, in a package that is not packed too tightly."""
    return zipped(parts(long_sheet(*pieces)) | PICTURE)


HOSTILE = {
    # no workbook at all
    "empty": (lambda: b"", EMPTY),
    "over 20 MB": (lambda: bytes(20 * MB + 1), "The file is larger than 20 MB: divide it."),
    "noise": (lambda: random.Random(2).randbytes(5000), NONE),
    "old workbook": (lambda: OLE + "Workbook".encode("utf-16-le"), OLD),
    "workbook of WPS": (lambda: OLE + "ETExtData".encode("utf-16-le"), OLD),
    "XML of Excel 2003": (lambda: b"<?xml version='1.0'?>\n<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>", OLD),
    "password": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), PASSWORD),
    "old document": (lambda: OLE + "WordDocument".encode("utf-16-le"), WORD),
    "document in RTF": (lambda: rb"{\rtf1\ansi}", WORD),
    "document": (lambda: main_type("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"), WORD),
    "slides": (lambda: main_type("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"), NONE),
    "binary workbook": (
        lambda: main_type("application/vnd.ms-excel.sheet.binary.macroEnabled.main"),
        "This is a binary workbook (.xlsb): open it in Excel or WPS, save it as .xlsx and take that.",
    ),
    "OpenDocument": (
        lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}),
        "This is an OpenDocument file (.ods): open it in LibreOffice or WPS, save it as .xlsx and take that.",
    ),
    "OpenDocument in one piece": (
        lambda: b"<?xml version='1.0'?><office:document xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'/>",
        "This is an OpenDocument file (.ods): open it in LibreOffice or WPS, save it as .xlsx and take that.",
    ),
    "csv": (lambda: "单位编码,单位名称\nA,某县\n".encode(), TEXT),
    "csv in GBK": (lambda: "单位编码,单位名称\r\nA,某县\r\n".encode("gb18030"), TEXT),
    "csv in UTF-16": (lambda: "单位编码\t单位名称\n".encode("utf-16"), TEXT),
    "web page": (lambda: "\ufeff<html><body><table><tr><td>单位编码</td></tr></table></body></html>".encode(), WEB),
    "table of an old system": (lambda: "<meta charset=gbk>\n<table><tr><td>单位编码</td></tr></table>".encode("gbk"), WEB),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), PICTURED),
    "photo": (lambda: b"\xff\xd8\xff\xe0" + bytes(100), PICTURED),
    "PDF": (lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "This is a PDF, no workbook: type its rows into the template."),
    "rar": (lambda: b"Rar!\x1a\x07\x01\x00" + bytes(50), ARCHIVE),
    "zip of workbooks": (lambda: zipped({"一.xlsx": good(), "二.xlsx": good()}), ARCHIVE),
    "zip of something": (lambda: zipped({"a.txt": "a"}), NONE),
    "no workbook in it": (lambda: zipped({"[Content_Types].xml": content_types(), "_rels/.rels": relations()}), NONE),
    # broken packages
    "cut off": (lambda: half(good()), DAMAGED),
    "a byte altered": (lambda: flipped(good(), SHEET), DAMAGED),
    "size too small in the directory": (lambda: directory(good(), SHEET, size=100), DAMAGED),
    "encrypted member": (lambda: directory(good(), SHEET, flags=1), PASSWORD),
    "LZMA": (lambda: zipped(parts(), zipfile.ZIP_LZMA), UNUSUAL),
    "bzip2": (lambda: zipped(parts(), zipfile.ZIP_BZIP2), UNUSUAL),
    "members overlap": (lambda: directory(good(), "xl/workbook.xml", offset=0), OVERLAP),
    "member into the directory": (lambda: directory(good(), SHEET, packed=900_000), OVERLAP),
    "a part twice": (
        lambda: zipped([*parts().items(), ("XL/Workbook.xml", "<x/>")]),
        "The file holds the part xl/workbook.xml twice: copy the rows into a new file and save it.",
    ),
    "out of the folder": (lambda: also("../../x.xml", "<x/>"), outside("../../x.xml")),
    "to the root": (lambda: also("/etc/x.xml", "<x/>"), outside("/etc/x.xml")),
    "to a drive": (lambda: also("C:\\x.xml", "<x/>"), outside("c:/x.xml")),
    # bombs
    "packed too tightly": (
        lambda: also("xl/media/a.bin", many(bytes(1000), 60 * MB)),
        "The file unpacks to more than 100 times its size: copy the rows into a new file and save it.",
    ),
    "unpacks to 250 MB": (
        lambda: zipped(parts() | PICTURE | {"xl/media/a.bin": many(bytes(1000), 250 * MB)}),
        "The file unpacks to 252 MB; 200 MB are the most: divide it.",
    ),
    "says that it unpacks to 4 GB": (
        lambda: directory(good(), SHEET, size=0xFFFFFFF0), "The file unpacks to 4096 MB; 200 MB are the most: divide it."
    ),
    "300 parts": (
        lambda: zipped(parts() | {f"xl/media/{n}.bin": b"" for n in range(295)}),
        "The file is a package of 300 parts; 200 are the most: divide it.",
    ),
    "half a million entries": (
        half_a_million_entries, "The file is a package of 433107 parts; 200 are the most: divide it."
    ),
    "million entities": (lambda: zipped(parts(BOMB + sheet(row(2, "&b;", "某县")))), DTD),
    "entity from outside": (lambda: zipped(with_strings(OUTSIDE + STRINGS + "<si><t>&a;</t></si></sst>")), DTD),
    "entities in UTF-16": (lambda: zipped(parts(utf16(BOMB + sheet(row(2, "&b;", "某县"))))), DTD),
    "DTD in a part that nobody reads": (lambda: also("docProps/app.xml", "<?xml version='1.0'?><!-- x --><!DOCTYPE x><x/>"), DTD),
    "DTD under the name of a picture": (lambda: also("xl/media/image1.png", OUTSIDE + "<x/>"), DTD),
    "elements within elements": (lambda: filled(many(b"<row>", 100 * MB)), DAMAGED),
    "a tag without end": (lambda: filled([b"<row r='"], many(b"1", 100 * MB), [b"'/>"]), DAMAGED),
    "a comment without end": (lambda: filled([b"<!--"], many(b" ", 100 * MB), [b"-->"]), DAMAGED),
    "a start without end": (lambda: also("docProps/app.xml", many(b"<!-- x -->", 5 * MB)), DAMAGED),
    "a text of 100 MB": (
        lambda: zipped(with_strings([STRINGS.encode(), b"<si><t>", *many(b"x", 100 * MB), b"</t></si></sst>"]) | PICTURE), LONG_TEXT
    ),
    "a text in a million pieces": (
        lambda: filled([b"<row><c t='inlineStr'><is>"], many(b"<r><t>ab</t></r>", 50 * MB), [b"</is></c></row>"]), LONG_TEXT
    ),
    "millions of texts": (
        lambda: zipped(with_strings([STRINGS.encode(), *many(b"<si><t>ab</t></si>", 60 * MB), b"</sst>"]) | PICTURE), TOO_MUCH
    ),
    "millions of merged cells": (
        lambda: zipped(parts(long_sheet(after=[b"<mergeCells>", *many(b"<mergeCell ref='A2:A3'/>", 100 * MB), b"</mergeCells>"])) | PICTURE),
        TOO_MUCH,
    ),
    "millions of formats": (
        lambda: zipped(with_styles([formats().encode().split(b"</cellXfs>")[0], *many(b"<xf numFmtId='1'/>", 50 * MB), b"</cellXfs></styleSheet>"], None) | PICTURE),
        TOO_MUCH,
    ),
    "more rows than a sheet has": (lambda: filled(many(b"<row/>", 8 * MB)), DAMAGED),
    "millions of cells in a row": (lambda: filled([b"<row>"], many(b"<c/>", 50 * MB), [b"</row>"]), DAMAGED),
    # too much
    "200,001 rows": (lambda: filled([b"<row><c><v>1</v></c></row>" * 200_000]), "The workbook has more than 200000 rows: divide it."),
    "60 columns filled in 50,000 rows": (lambda: filled([b"<row>" + b"<c><v>1</v></c>" * 60 + b"</row>"] * 50_000), TOO_MUCH),
    "61 columns": (
        lambda: zipped(parts(sheet("<row r='2'><c r='A2'><v>1</v></c><c r='BI2'><v>1</v></c></row>"))),
        "Sheet 单位: there is a value in BI2; 60 columns are the most. Delete what stands to the right.",
    ),
    # active content
    "macros": (lambda: also("xl/vbaProject.bin", b"x"), MACROS),
    "kind with macros": (lambda: main_type("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), MACROS),
    "macros of Excel 4": (lambda: also("xl/macrosheets/sheet1.xml", "<x/>"), MACROS),
    "dialog": (
        lambda: also("[Content_Types].xml", content_types(bin=SHEET_TYPE.replace("sheet.main", "dialogsheet"))), MACROS
    ),
    "link to another workbook": (
        lambda: zipped(parts(links=[("externalLink", "externalLinks/externalLink1.xml")])), links("externalLinks/externalLink1.xml")
    ),
    "path of another workbook": (
        lambda: also("xl/externalLinks/_rels/externalLink1.xml.rels", relations(("externalLinkPath", "file:///D:/a.xlsx", "External"))),
        links("file:///D:/a.xlsx"),
    ),
    "object from outside": (lambda: sheet_links(("oleObject", "file:///D:/a.docx", "External")), links("file:///D:/a.docx")),
    "data connection": (lambda: zipped(parts(links=[("connections", "connections.xml")])), links("connections.xml")),
    "web query": (lambda: sheet_links(("queryTable", "../queryTables/queryTable1.xml")), links("../queryTables/queryTable1.xml")),
    # broken workbooks
    "broken sheet": (lambda: zipped(parts(half(sheet(row(2, "A", "某县"))))), DAMAGED),
    "broken formats": (lambda: zipped(with_styles("<styleSheet", None)), DAMAGED),
    "an encoding that is none": (lambda: zipped(parts(f"<?xml version='1.0' encoding='x-none'?>{sheet()}")), DAMAGED),
    "a cell without a column": (lambda: zipped(parts(sheet("<row r='2'><c r='22'><v>1</v></c></row>"))), DAMAGED),
    "a row below the last": (lambda: zipped(parts(sheet("<row r='1048577'><c><v>1</v></c></row>"))), DAMAGED),
    "a row that is no number": (lambda: zipped(parts(sheet("<row r='-2'><c><v>1</v></c></row>"))), DAMAGED),
    "a sheet without its part": (lambda: zipped({n: c for n, c in parts().items() if n != SHEET}), lost("单位")),
    "two sheets of one part": (
        lambda: also("xl/workbook.xml", parts()["xl/workbook.xml"].replace("</sheets>", "<sheet name='Units' sheetId='2' r:id='rId1'/></sheets>")),
        lost("Units"),
    ),
}  # fmt: skip
