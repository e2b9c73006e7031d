"""What a form or a workbook says of contacts, before it is checked.

Values may be raw: whatever `people.actions.inputs` can read. UNSET means "not said": a new record gets nothing there,
an existing one keeps what it has.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from assessment.models import Campaign, Contact, Evaluation
from people.actions import inputs
from people.models import Cadre, Unit

_BETWEEN = re.compile(r"[、,,;;\s]+")
UNSET = type("Unset", (), {"__repr__": lambda self: "UNSET", "__bool__": lambda self: False})()


@dataclass
class FindingDraft:
    """What one contact showed of one assessee.

    assessee: an evaluation, a cadre, a unit (its leading group), or a pair ("cadre" or "unit", code).
    ratings: level (itself or its name; blank for none) by dimension (itself, its name or code); a dimension that is not
    there is left as it is.
    row: where refusals of this finding say that they come from.
    """

    assessee: object
    narrative: object = UNSET
    example: object = UNSET
    ratings: Mapping = field(default_factory=dict)
    withdrawn_on: object = UNSET
    withdrawn_why: object = UNSET
    row: int | None = None


@dataclass
class ContactDraft:
    """One act of finding out, with its findings.

    campaign: itself or its code. number: blank for the next free one. team: users or user names, lead first; or one
    text of user names. contact: the existing contact that is changed. client_uuid: the same one sent twice counts once.
    """

    campaign: Campaign | str
    method: object = UNSET
    held_at: object = UNSET
    team: Sequence | str = UNSET
    findings: Sequence[FindingDraft] = ()
    number: object = ""
    place: object = UNSET
    source_name: object = UNSET
    source_post: object = UNSET
    relation: object = UNSET
    client_uuid: UUID | None = None
    contact: Contact | None = None
    row: int | None = None


def code_of(record):
    """The code of a record that may be given as its code."""
    return inputs.half_width(getattr(record, "code", record))


def team_names(team):
    """User names of a team given as users, names or one text."""
    if isinstance(team, str):
        team = [name for name in _BETWEEN.split(inputs.half_width(team)) if name]
    return [inputs.half_width(getattr(member, "username", member)) for member in team]


def assessee_key(assessee, campaign):
    """Key of a roster row in `Known`, or None if nobody is named."""
    if isinstance(assessee, Evaluation):
        assessee = assessee.assessee
    if isinstance(assessee, Cadre | Unit):
        return campaign.code, "cadre" if isinstance(assessee, Cadre) else "unit", assessee.code
    kind, code = assessee or ("", "")
    code = code_of(code)
    return (campaign.code, kind, code) if code else None
