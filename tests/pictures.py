"""Small pictures and papers for tests, drawn here."""

from io import BytesIO

from PIL import Image


def picture(size=(90, 120), mode="RGB", colour=(40, 90, 140), kind="JPEG", **options):
    """The bytes of a picture of one colour with a lighter band, so that it is not all the same."""
    image = Image.new(mode, size, colour)
    image.paste(tuple(min(255, c + 80) for c in colour), (0, 0, size[0], size[1] // 3))
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(**options):
    return picture(kind="JPEG", **options)


def many_scans(content, count):
    """A progressive JPEG whose last scan comes again and again: a small file over which a decoder sits for hours."""
    scan = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + scan * count + content[-2:]


def png(**options):
    return picture(kind="PNG", **options)


def pdf(words=""):
    """A PDF of one empty page, with these words as a comment in it."""
    parts = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"]
    content, starts = b"%PDF-1.4\n%" + words.encode() + b"\n", []
    for number, part in enumerate(parts, 1):
        starts.append(len(content))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % at for at in starts)
    return content + b"xref\n0 4\n0000000000 65535 f \n%btrailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (table, len(content))
