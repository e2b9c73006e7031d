"""Small pictures for the tests of photos, drawn here."""

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


def png(**options):
    return picture(kind="PNG", **options)
