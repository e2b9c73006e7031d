from assessment.models.attachment import Attachment
from assessment.models.campaign import Campaign
from assessment.models.contact import Contact, Finding, Rating, TeamMember
from assessment.models.decision import Basis, Decision, FollowUp, Publication
from assessment.models.evaluation import Appeal, DimensionScore, Evaluation, Notice, SignedOpinion
from assessment.models.job import Job
from assessment.models.saved_view import SavedView
from assessment.models.scheme import Dimension, Grade, Level, Scheme

__all__ = [
    "Appeal",
    "Attachment",
    "Basis",
    "Campaign",
    "Contact",
    "Decision",
    "Dimension",
    "DimensionScore",
    "Evaluation",
    "Finding",
    "FollowUp",
    "Grade",
    "Job",
    "Level",
    "Notice",
    "Publication",
    "Rating",
    "SavedView",
    "Scheme",
    "SignedOpinion",
    "TeamMember",
]
