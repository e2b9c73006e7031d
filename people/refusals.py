"""What a check answers when it says no: a code and its facts. Words are put to it in one place, `assessment.wording`."""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Refusal:
    """One reason why something cannot be done.

    code: names the sentence; facts: what stands in it; field: the input that it is about ("" = the whole);
    row: index of the input row for work on many rows.
    """

    code: str
    facts: dict = field(default_factory=dict)
    field: str = ""
    row: int | None = None

    def at(self, row):
        """The same refusal, of the given input row."""
        return replace(self, row=row)


class Refused(Exception):
    """Raised by actions; carries every refusal found, not only the first."""

    def __init__(self, *refusals):
        self.refusals = list(refusals)
        super().__init__("; ".join(f"{r.code} {r.field} {r.facts}" for r in self.refusals))


def refuse(*refusals):
    """Raise `Refused` if there is any refusal; plain (code, facts) tuples from the rules are taken too."""
    found = [r if isinstance(r, Refusal) else Refusal(*r) for r in refusals]
    if found:
        raise Refused(*found)
