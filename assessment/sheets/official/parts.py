"""What the forms share: their cells, the line to sign on, Chinese dates, and the foot of every paper.

The words of official forms are Chinese whatever the language of the reader, so nothing here is translated.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from assessment.sheets.official.layout import Cell, Row

BLANK_DAY = "　　　　年　　月　　日"
SIGNATURE = f"签名：　　　　　　{BLANK_DAY}"
SEAL = f"（盖章）　　　　{BLANK_DAY}"


@dataclass(frozen=True)
class Stamp:
    """Who printed it and when, and the head of the ledger at that moment."""

    by: object
    at: datetime
    seq: int
    digest: str

    def foot(self, version, digest, *more):
        """The small lines at the end of a paper, which tie it to the records."""
        printed = f"打印：{self.by}（{self.by.get_username()}）　{moment(self.at)}"
        return [f"{version}　摘要值：{digest}", f"历史：第 {self.seq} 条　摘要值：{self.digest}", *more, printed]


def label(text, columns=1, rows=1, **more):
    return Cell(text, columns, rows, label=True, **more)


def value(text="", columns=1, rows=1, **more):
    return Cell(text or "", columns, rows, **more)


def signed(name, text, columns, height, *, sign=SIGNATURE, graded="", grow=1, upright=False):
    """Two rows: what is said, which may grow, and the line to sign it on below, after the grade; one label for both."""
    told = value(text, columns, bare="b", middle=False, name=name.replace("\n", ""))
    return [
        Row([label(name, rows=2, upright=upright), told], height, grow),
        Row([value(f"{graded}　　　{sign}" if graded else sign, columns, bare="t", align="right")], 8),
    ]


def post_in(unit, post):
    """Unit and post as one says them; many posts name the unit already."""
    return post if post.startswith(unit) else f"{unit}{post}"


def day(date):
    """2022年5月6日 of a day or moment; nothing for none."""
    if isinstance(date, datetime):
        date = timezone.localdate(date)
    return f"{date.year}年{date.month}月{date.day}日" if date else ""


def month(date):
    """2022.05, of a day or of the text 2022-05 or 2022-05-06."""
    text = date.isoformat() if hasattr(date, "isoformat") else date or ""
    return text[:7].replace("-", ".")


def moment(at):
    """2022年5月6日 09:30 as the clock of the installation had it."""
    return f"{day(at)} {timezone.localtime(at):%H:%M}"


def period(start, end):
    return f"{day(start)}至{day(end)}"


def numeral(number):
    """一, 十, 十一, 二十 ... 九十九."""
    tens, ones = divmod(number, 10)
    signs = "零一二三四五六七八九"
    return f"{signs[tens] if tens > 1 else ''}{'十' if tens else ''}{signs[ones] if ones or not tens else ''}"
