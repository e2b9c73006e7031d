from people.models.cadre import Cadre, Duty, Kinship, Sanction  # noqa: I001  (needs Unit)
from people.models.ledger import LedgerEntry, LedgerHead, Part, RecordedModel, RecordedQuerySet
from people.models.profile import Photo, Profile
from people.models.unit import Unit
from people.models.user import Grant, User

__all__ = [
    "Cadre",
    "Duty",
    "Grant",
    "Kinship",
    "LedgerEntry",
    "LedgerHead",
    "Part",
    "Photo",
    "Profile",
    "RecordedModel",
    "RecordedQuerySet",
    "Sanction",
    "Unit",
    "User",
]
