"""Is this file one that the system issued, and unchanged? Its digest tells; of a changed workbook its own words tell which it was.

The answer is about the file alone: whether the ledger itself was altered is for `manage.py verify_ledger`.
"""

import re
from dataclasses import dataclass

from assessment import files
from assessment.actions import exports
from assessment.columns import ABOUT, fold
from assessment.sheets.workbook.allowance import Allowance
from assessment.sheets.workbook.book import Book
from assessment.sheets.workbook.cells import Cells
from assessment.sheets.workbook.package import open_package
from people.models import LedgerEntry
from people.refusals import Refused

_HEAD = re.compile(r"([0-9]{1,18})\D{1,12}([0-9a-f]{64})")  # on the About sheet, and in the foot of a form
_TITLES = {fold(ABOUT.zh), fold(ABOUT.en)}
MOST = 500  # cells that are looked at
NEAR = 50  # heads looked up, and exports after the one found among which the file's own is sought


@dataclass(frozen=True)
class Answer:
    """entries: the exports that gave out just this file. Else head: the ledger head (number, digest) that it names; known:
    that head was ours; claimed: the export that it says it comes from, or those next after that head."""

    sha256: str
    entries: tuple = ()
    head: tuple = ()
    known: bool = False
    claimed: tuple = ()


def examine(file):
    """The `Answer` about an open binary file."""
    digest = files.digest(file)
    if entries := tuple(exports.issues_of(digest)):
        return Answer(digest, entries)
    return Answer(digest, (), *_claim(_words(file)))


def _words(file):
    """The texts on the About sheet of a workbook, or on the last sheet of one without; none if it is no workbook."""
    try:
        with open_package(file) as package:
            allowance = Allowance()
            book = Book(package, allowance)
            sheets = [(title, part) for title, part, _hidden in book.sheets if part]
            sheets = [sheet for sheet in sheets if fold(sheet[0]) in _TITLES] or sheets[-1:]
            rows = [row for title, part in sheets for _number, row in Cells(book, title, part, allowance).rows]
    except Refused:
        return []
    return [value for row in rows for value in row if isinstance(value, str)][-MOST:]


def _claim(texts):
    """(head, is it ours, exports) that these texts name: who, why, and the head before the export's entry."""
    heads = [(int(found[1]), found[2]) for text in texts for found in _HEAD.finditer(text)][:NEAR]
    ours = LedgerEntry.objects.filter(digest__in=[digest for _, digest in heads], seq__in=[seq for seq, _ in heads])
    ours = set(ours.values_list("seq", "digest"))
    known = next((head for head in heads if head in ours), None)
    rows = LedgerEntry.objects.filter(verb="export").select_related("actor").order_by("seq")
    if known:
        rows = list(rows.filter(seq__gt=known[0])[:NEAR])
    else:
        rows = list(rows.filter(reason__in=texts))[::-1]
    by_whom = [row for row in rows if any(row.actor_name in text for text in texts)]
    why = [row for row in by_whom if row.reason in texts]
    claimed = why[:1] or ((by_whom or rows)[:3] if known else [])
    return known or (heads or [()])[0], known is not None, tuple(claimed)
