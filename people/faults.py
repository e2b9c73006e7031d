"""What a verification finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was written: a code, and the facts that name the entry or row.

    name: what the record is called. good: {"entry": number, "at": time, "who": name} of the last entry before it that
    stands, for a row of the entry that last told of it; None where nothing is known to have been good.
    """

    code: str
    facts: dict
    name: str = ""
    good: dict | None = None

    def __str__(self):
        return f"{self.code}: " + ", ".join(f"{k} {v}" for k, v in self.facts.items())


def stretch(first, last):
    """Facts that name one entry, or the first and last of several."""
    return {"entry": first, "to": last} if last > first else {"entry": first}


def standing(seq, at, who):
    """What is known to have been good, as `Fault.good` holds it."""
    return {"entry": seq, "at": at, "who": who} if seq else None
