"""Portraits: whatever picture comes in, one small JPEG goes on record, with nothing in it but the picture.

Needs Pillow (extra `word`); without it photos are refused, and everything else works.
"""

import hashlib
from dataclasses import dataclass
from io import BytesIO

BOX = (480, 640)  # twice what the form prints at 300 dpi would be waste; programs of this format cut 376 x 460
PIXELS = 13_000_000  # of a picture that is opened at all: what a phone takes
SCANS = 100  # marks of a scan in a JPEG, small copies in it included: each scan goes over the whole picture
BYTES = 2 << 20
KIND = "image/jpeg"


class Unfit(Exception):
    """A picture that is not taken; `code` and facts of a refusal."""

    def __init__(self, code, **facts):
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True)
class Portrait:
    """A picture that went through `portrait`."""

    content: bytes

    @property
    def sha256(self):
        return hashlib.sha256(self.content).hexdigest()


def portrait(content, box=BOX):
    """A JPEG or PNG, told by its content, upright, on white, without EXIF, at most as large as `box`."""
    try:
        from PIL import Image, ImageOps
    except ImportError:
        raise Unfit("photo_needs_pillow") from None
    if len(content) > BYTES:
        raise Unfit("photo_too_large", limit=BYTES >> 20)
    if content.startswith(b"\xff\xd8") and content.count(b"\xff\xda") > SCANS:
        raise Unfit("photo_not_image")
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > PIXELS:
                raise Unfit("photo_too_wide", limit=PIXELS // 1_000_000)
            picture.draft("RGB", (2 * box[0], 2 * box[1]))
            picture = ImageOps.exif_transpose(picture)
            picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
            picture.thumbnail(box)
            if picture.mode == "RGBA":
                picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
            out = BytesIO()
            picture.save(out, "JPEG", quality=88)
    except Unfit:
        raise
    except Exception as error:  # decoders raise anything on a broken picture
        raise Unfit("photo_not_image") from error
    return Portrait(out.getvalue())
