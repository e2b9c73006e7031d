from people.models.cadre import Cadre, Duty, Kinship, Sanction  # noqa: I001  (needs Unit)
from people.models.ledger import LedgerEntry, LedgerHead, Part, RecordedModel, RecordedQuerySet
from people.models.profile import Photo, Profile
from people.models.unit import Unit
from people.models.user import Grant, User
from people.models.second_factor import Authenticator, RecoveryCode
from people.models.sent_form import SentForm
from people.models.session import Session

__all__ = [
    "Authenticator",
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
    "RecoveryCode",
    "Sanction",
    "SentForm",
    "Session",
    "Unit",
    "User",
]
