"""Is this file one that the system issued, and unchanged? Its digest tells; of a changed workbook the About sheet tells which it was.

The answer is about the file alone: whether the ledger itself was altered is for `manage.py verify_ledger`.
"""

import re
from dataclasses import dataclass

from assessment import files
from assessment.actions import exports
from assessment.columns import ABOUT, fold
from assessment.sheets.allowance import Allowance
from assessment.sheets.book import Book
from assessment.sheets.cells import Cells
from assessment.sheets.package import open_package
from people.models import LedgerEntry
from people.refusals import Refused

_HEAD = re.compile(r"([0-9]{1,18}) ([0-9a-f]{64})")
_TITLES = {fold(ABOUT.zh), fold(ABOUT.en)}
MOST = 200  # cells of an About sheet that are looked at
NEAR = 50  # exports after the head that a file names among which its own is sought


@dataclass(frozen=True)
class Answer:
    """entry: the export that gave out just this file. Else head: the ledger head (number, digest) that it names; known:
    that head was ours; claimed: the export that it says it comes from, or those next after that head."""

    sha256: str
    entry: LedgerEntry | None = None
    head: tuple = ()
    known: bool = False
    claimed: tuple = ()


def examine(file):
    """The `Answer` about an open binary file."""
    digest = files.digest(file)
    if entry := exports.issue_of(digest):
        return Answer(digest, entry)
    return Answer(digest, None, *_claim(_about(file)))


def _about(file):
    """The texts on the About sheet of a workbook; none if it is no workbook, or has none."""
    try:
        with open_package(file) as package:
            allowance = Allowance()
            book = Book(package, allowance)
            rows = [
                row for title, part, _ in book.sheets if part and fold(title) in _TITLES for row in Cells(book, title, part, allowance).rows
            ]
    except Refused:
        return []
    return [value for _number, values in rows for value in values if isinstance(value, str)][:MOST]


def _claim(texts):
    """(head, is it ours, exports) that these texts name: who, why, and the head before the export's entry."""
    head = next(((int(found[1]), found[2]) for text in texts if (found := _HEAD.fullmatch(text))), ())
    known = bool(head) and LedgerEntry.objects.filter(seq=head[0], digest=head[1]).exists()
    rows = LedgerEntry.objects.filter(verb="export").select_related("actor").order_by("seq")
    if known:
        rows = rows.filter(seq__gt=head[0])[:NEAR]
    else:
        rows = rows.filter(reason__in=texts)
    rows = list(rows)
    fit = [row for row in rows if row.reason in texts and any(row.actor_name in text for text in texts)]
    if known:
        return head, known, tuple(fit[:1] or rows[:3])
    return head, known, tuple(fit[-1:])
