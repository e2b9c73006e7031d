from assessment.models.scheme import Dimension, Grade, Level, Scheme
from assessment.models.campaign import Campaign  # noqa: I001  (order of dependence)
from assessment.models.evaluation import Appeal, DimensionScore, Evaluation, Notice, SignedOpinion
from assessment.models.contact import Contact, Finding, Rating, TeamMember
from assessment.models.decision import Basis, Decision, FollowUp, Publication
from assessment.models.job import Job

__all__ = [
    "Appeal",
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
    "Scheme",
    "SignedOpinion",
    "TeamMember",
]
