"""An import under way: what it would change, what is wrong with it, and where each of these stands in the workbook."""

from dataclasses import dataclass, field

from assessment.sheets.exchange.read import Fault, Source, shown
from people.actions import inputs

ROWLESS = {"no_known_sheet", "sheet_twice", "heading_twice", "column_missing"}


@dataclass(frozen=True)
class Change:
    """A value that the import changes, for the preview."""

    sheet: str
    row: int
    key: str
    column: str
    old: object
    new: object


@dataclass
class Count:
    new: int = 0
    changed: int = 0
    same: int = 0


@dataclass
class Work:
    """An import that is read and checked. counts: by Chinese sheet title; notes: (code, facts).

    shared: (fault, rows) of faults that several rows of the contacts have in common. left_out: (sheet title, row, faults) of rows that
    are not taken.
    """

    by: object
    name: str
    digest: str
    source: Source
    head: int
    faults: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    counts: dict = field(default_factory=dict)
    changes: list = field(default_factory=list)
    steps: list = field(default_factory=list)
    shared: list = field(default_factory=list)
    left_out: list = field(default_factory=list)

    @property
    def rows(self):
        """How many rows the workbook has."""
        return sum(len(sheet.rows) for sheet in self.source.sheets.values())

    @property
    def rowless(self):
        """Is there a fault that leaving out rows does not help?"""
        return any(fault.code in ROWLESS for fault in self.faults)

    @property
    def empty(self):
        """Would it change nothing?"""
        return not any(count.new or count.changed for count in self.counts.values())


def worded(kind, value):
    """A value as a person reads it in the preview."""
    if value is None:
        return ""
    if isinstance(kind, inputs.Word):
        return kind.words.name(value)
    return getattr(value, "code", value) if isinstance(kind, inputs.Reference) else value


def fault_at(sheet, refusal, name):
    row = sheet.numbers[refusal.row] if refusal.row is not None else 0
    value = sheet.value(refusal.row, name) or shown(refusal.facts.get("value"))
    return Fault(sheet.title, row, sheet.heading(name), value, refusal.code, refusal.facts)


def own_rows(rows):
    """Rows without the columns that are none of their sheet."""
    return [{name: value for name, value in row.items() if isinstance(name, str)} for row in rows]
