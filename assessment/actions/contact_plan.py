"""A plan of contacts: what `evidence` answers and `contacts` carries out."""

from dataclasses import dataclass, field

from assessment.models import Contact, Finding
from people.actions.plan import Plan


@dataclass(slots=True)
class FindingItem:
    """One finding of the plan. changes: {field: (old, new)} unless it is new.

    ratings: (dimension, old level, new level) of those that change; a level may be None.
    """

    row: int
    finding: Finding
    new: bool
    changes: dict = field(default_factory=dict)
    ratings: list = field(default_factory=list)


@dataclass(slots=True)
class ContactItem:
    """One contact of the plan. changes: {field: (old, new)} unless it is new; team: the new team if it changes, else None.

    sent: it was here already (same uuid).
    """

    row: int
    contact: Contact
    new: bool
    changes: dict = field(default_factory=dict)
    team: list | None = None
    team_was: list = field(default_factory=list)
    findings: list = field(default_factory=list)
    sent: bool = False


@dataclass
class ContactPlan(Plan):
    """`items` are ContactItems, one for each draft."""

    def sort(self):
        self.new = [item for item in self.items if item.new]
        self.changed = [item for item in self.items if not item.new and (item.changes or item.team)]

    @property
    def contacts(self):
        return [item.contact for item in self.items]

    @property
    def findings(self):
        return [finding for item in self.items for finding in item.findings]
