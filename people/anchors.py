"""Anchors: heads of the ledger that were noted elsewhere. Who rewrites the whole chain cannot rewrite those as well.

A file of anchors has a line of JSON for each: {"seq": number, "digest": ..., "at": ..., "installation": ...}.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from people.faults import Fault, standing
from people.ledger import START, head
from people.models import LedgerEntry

SHORT = 12  # signs of a digest that are enough to tell entries apart
CHUNK = 500
LONGEST = 1000  # signs of a line


@dataclass(frozen=True)
class Anchor:
    """A line of a file of anchors; without digest it could not be read."""

    line: int
    seq: int = 0
    digest: str = ""
    at: str = ""


def read(file):
    """Every anchor of an open binary file, blank lines left out."""
    return [_anchor(number, text) for number, text in enumerate(file, 1) if text.strip()]


def _anchor(number, text):
    try:
        row = json.loads(text[:LONGEST])
        seq, digest = row["seq"], row["digest"]
        datetime.fromisoformat(row["at"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return Anchor(number)
    if type(seq) is not int or not 0 <= seq < 2**63 or not _is_digest(digest):
        return Anchor(number)
    return Anchor(number, seq, digest, row["at"])


def _is_digest(text):
    return isinstance(text, str) and len(text) == 64 and set(text) <= set("0123456789abcdef")


def check(lines):
    """([Fault], what is known to have been good: the entry of the newest anchor that fits, or None)."""
    unreadable = [anchor.line for anchor in lines if not anchor.digest]
    found = [Fault("anchor unreadable", {"line": unreadable[0], "count": len(unreadable)})] if unreadable else []
    readable, missing, differing, fits = sorted((a for a in lines if a.digest), key=lambda a: a.seq), [], [], None
    for start in range(0, len(readable), CHUNK):
        some = readable[start : start + CHUNK]
        rows = LedgerEntry.objects.filter(seq__in={anchor.seq for anchor in some}).values_list("seq", "digest", "at", "actor_name")
        ours = {seq: rest for seq, *rest in rows} | {0: [START, None, ""]}
        for anchor in some:
            digest, at, who = ours.get(anchor.seq, (None, None, ""))
            if digest is None:
                missing.append(anchor)
            elif digest != anchor.digest:
                differing.append(anchor)
            else:
                fits = standing(anchor.seq, at, who) or fits
    for code, wrong in (("anchor differs", differing), ("anchor missing", missing)):
        if wrong:
            found.append(Fault(code, {"entry": wrong[0].seq, "line": wrong[0].line, "count": len(wrong)}, good=fits))
    return found, fits


def stands(seq, digest):
    """Is this the digest, or the beginning of the digest, of that entry?"""
    told = LedgerEntry.objects.filter(seq=seq).values_list("digest", flat=True).first() if seq else None
    return bool(told) and bool(digest) and told.startswith(digest)


def line(installation):
    """The newest entry as a line for a file of anchors."""
    seq, digest = head()
    at = LedgerEntry.objects.values_list("at", flat=True).get(pk=seq)
    return json.dumps({"seq": seq, "digest": digest, "at": at.isoformat(), "installation": installation}, ensure_ascii=False) + "\n"
