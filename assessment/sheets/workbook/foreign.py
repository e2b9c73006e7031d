"""What people upload instead of a workbook, told from its first bytes: each gets the sentence that helps."""

import codecs

from assessment.sheets.workbook.package import refused

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STARTS = {
    "file_picture": (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM"),
    "file_pdf": (b"%PDF",),
    "file_archive": (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b"),
    "file_word": (b"{\\rtf",),
}
_WEB = tuple(f"<{tag}" for tag in ("html", "!doctype html", "table", "head", "meta", "style", "body"))


#: Names of streams in an OLE file, which old Office programs and WPS write (.xls, .et, .doc), and new ones for a password.
_STREAMS = (("EncryptedPackage", "file_password"), ("WordDocument", "file_word"))


def refuse_foreign(file):
    """Refuse an open file that is no zip package."""
    head = file.read(4096)
    file.seek(0)
    if head.startswith(_OLE):
        content = file.read()
        file.seek(0)
        raise refused(next((code for name, code in _STREAMS if name.encode("utf-16-le") in content), "file_old_excel"))
    if not head.startswith(b"PK"):
        raise refused(_kind(head))


def _kind(head):
    text = _text(head)
    for code, starts in _STARTS.items():
        if head.startswith(starts) and (text is None or code != "file_picture"):
            return code
    if text is None:
        return "not_a_workbook"
    text = text.lstrip("\ufeff \r\n\t").casefold()
    if "urn:schemas-microsoft-com:office:spreadsheet" in text:
        return "file_old_excel"  # the XML of Excel 2003
    if "urn:oasis:names:tc:opendocument" in text:
        return "file_opendocument"
    return "file_web_page" if any(mark in text[:1000] for mark in _WEB) else "file_text"


def _text(head):
    """The beginning of a text file, or None."""
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeError:
            continue
        if not any(c < " " and c not in "\t\r\n\f" for c in text):
            return text
    return None
