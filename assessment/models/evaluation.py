"""Evaluations: the working file of one assessee in one campaign, and what was signed of it."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from assessment.models.campaign import Campaign
from assessment.models.scheme import Dimension
from people.models import Cadre, RecordedModel, Unit, User
from people.models.known import choices_held

#: What the live numbers are called; they are derived, so the ledger leaves them out and `verify` computes them again.
NUMBERS = ("score", "proposed_grade", "count_on_site", "count_phone", "count_talk", "relations", "leads", "contested")


@choices_held
class Evaluation(RecordedModel):
    """An evaluation 评价; its row is the roster's row too.

    `grade` and `proposed_grade` hold a name of the scheme's grades, or "" for 不确定等次. `unit` is copied when the
    roster is set and gives the evaluation its scope.
    """

    class State(models.TextChoices):
        GATHERING = "gathering", _("Gathering evidence")
        SUBMITTED = "submitted", _("Submitted")
        SIGNED = "signed", _("Signed")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="evaluations", verbose_name=_("Campaign"))
    cadre = models.ForeignKey(Cadre, null=True, blank=True, on_delete=models.PROTECT, related_name="evaluations", verbose_name=_("Cadre"))
    group = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="group_evaluations", verbose_name=_("Leading group")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="evaluations", verbose_name=_("Unit"))
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.GATHERING)

    score = models.DecimalField(_("Score"), max_digits=5, decimal_places=2, null=True, editable=False)
    proposed_grade = models.CharField(_("Proposed grade"), max_length=20, blank=True, editable=False)
    count_on_site = models.PositiveIntegerField(_("On site"), default=0, editable=False)
    count_phone = models.PositiveIntegerField(_("By phone"), default=0, editable=False)
    count_talk = models.PositiveIntegerField(_("Talks"), default=0, editable=False)
    relations = models.PositiveSmallIntegerField(_("Source relations"), default=0, editable=False)
    leads = models.PositiveIntegerField(_("Leads"), default=0, editable=False)
    contested = models.BooleanField(_("Contested"), default=False, editable=False)

    grade = models.CharField(_("Grade"), max_length=20, blank=True)
    grade_reason = models.TextField(_("Reason for another grade than the proposed one"), blank=True)
    performance = models.TextField(_("Main performance"), blank=True)
    strengths = models.TextField(_("Strengths"), blank=True)
    shortcomings = models.TextField(_("Shortcomings"), blank=True)
    conclusion = models.TextField(_("Conclusion"), blank=True)
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="authored", verbose_name=_("Author"))
    submitted_at = models.DateTimeField(_("Submitted at"), null=True, blank=True)
    returned_why = models.TextField(_("Returned because"), blank=True)
    version = models.PositiveSmallIntegerField(_("Version"), default=0)

    ledger_skip = frozenset(NUMBERS)
    ledger_about = "cadre"
    ledger_name = ("cadre__name", "group__name", "campaign__title")
    ledger_unit = ("unit_id",)

    class Meta(RecordedModel.Meta):
        verbose_name = _("Evaluation")
        verbose_name_plural = _("Evaluations")
        ordering = ["campaign", "pk"]
        indexes = [
            models.Index(fields=["campaign", "unit"]),
            models.Index(fields=["unit", "state"]),
            models.Index(fields=["campaign", "score"]),
            models.Index(fields=["state", "submitted_at"]),
        ]
        constraints = [
            CheckConstraint(
                condition=Q(cadre=None, group__isnull=False) | Q(cadre__isnull=False, group=None),
                name="evaluation_cadre_or_group",
            ),
            UniqueConstraint(fields=["campaign", "cadre"], name="evaluation_cadre_once"),
            UniqueConstraint(fields=["campaign", "group"], name="evaluation_group_once"),
            CheckConstraint(
                condition=Q(state="gathering") | Q(author__isnull=False, submitted_at__isnull=False),
                name="evaluation_submitted_by_author",
            ),
            CheckConstraint(condition=~Q(state="signed") | Q(version__gte=1), name="evaluation_signed_has_version"),
        ]

    def __str__(self):
        return str(self.assessee)

    @property
    def assessee(self):
        """The cadre, or the unit whose leading group is assessed."""
        return self.cadre if self.cadre_id else self.group

    @property
    def scope_unit_id(self):
        return self.unit_id

    @property
    def about_cadre_id(self):
        return self.cadre_id


class DimensionScore(models.Model):
    """Live numbers of one dimension of an evaluation; derived from its ratings, never recorded."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="dimension_scores")
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="+")
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    count = models.PositiveIntegerField()
    spread = models.DecimalField(max_digits=5, decimal_places=2, null=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["evaluation", "dimension"], name="dimension_score_once")]

    def __str__(self):
        return f"{self.dimension_id}: {self.score}"


class SignedOpinion(RecordedModel):
    """An evaluation opinion 评价意见 as it was signed. Never changes; a newer one supersedes it.

    body: canonical JSON of the opinion, the scores, the evidence, the scheme and the assessee on that day.
    """

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="opinions")
    number = models.PositiveSmallIntegerField(_("Version"))
    body = models.TextField()
    digest = models.CharField(_("Digest"), max_length=64)
    grade = models.CharField(_("Grade"), max_length=20, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("Author"))
    signer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("Signed by"))
    submitted_at = models.DateTimeField(_("Submitted at"))
    signed_at = models.DateTimeField(_("Signed at"))
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by", verbose_name=_("Supersedes")
    )

    ledger_about = "evaluation__cadre"
    ledger_name = ("evaluation__cadre__name", "evaluation__group__name", "number")
    ledger_unit = ("evaluation__unit_id",)

    class Meta(RecordedModel.Meta):
        verbose_name = _("Signed opinion")
        verbose_name_plural = _("Signed opinions")
        ordering = ["evaluation", "number"]
        constraints = [
            UniqueConstraint(fields=["evaluation", "number"], name="opinion_number_once"),
            CheckConstraint(condition=~Q(signer=F("author")), name="opinion_signer_is_not_author"),
            CheckConstraint(condition=Q(number__gte=1), name="opinion_number_from_one"),
            CheckConstraint(
                condition=Q(number=1, supersedes=None) | Q(number__gt=1, supersedes__isnull=False),
                name="opinion_supersedes_the_one_before",
            ),
        ]

    def __str__(self):
        return f"{self.evaluation} v{self.number}"

    @property
    def scope_unit_id(self):
        return self.evaluation.unit_id

    @property
    def about_cadre_id(self):
        return self.evaluation.cadre_id


@choices_held
class Notice(RecordedModel):
    """The written notice of a signed opinion to the cadre, and his answer (公务员法 38)."""

    class Means(models.TextChoices):
        WRITTEN = "written", _("In writing")
        TALK = "talk", _("By talk, with a written notice")

    opinion = models.OneToOneField(SignedOpinion, on_delete=models.PROTECT, related_name="notice")
    given_on = models.DateField(_("Given on"))
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("Given by"))
    means = models.CharField(_("How"), max_length=8, choices=Means, default=Means.WRITTEN)
    answer = models.TextField(_("His answer"), blank=True)

    ledger_about = "opinion__evaluation__cadre"
    ledger_name = ("opinion__evaluation__cadre__name", "opinion__evaluation__group__name", "opinion__number")
    ledger_unit = ("opinion__evaluation__unit_id",)

    class Meta(RecordedModel.Meta):
        verbose_name = _("Notice")
        verbose_name_plural = _("Notices")

    def __str__(self):
        return str(self.opinion)

    @property
    def scope_unit_id(self):
        return self.opinion.evaluation.unit_id


@choices_held
class Appeal(RecordedModel):
    """A review 复核 or appeal 申诉 against a signed opinion, with its deadline (公务员法 95, 96)."""

    class Kind(models.TextChoices):
        REVIEW = "review", _("Review")
        APPEAL = "appeal", _("Appeal")

    class Outcome(models.TextChoices):
        PENDING = "pending", _("Pending")
        UPHELD = "upheld", _("Upheld")
        REJECTED = "rejected", _("Rejected")

    opinion = models.ForeignKey(SignedOpinion, on_delete=models.PROTECT, related_name="appeals")
    kind = models.CharField(_("Kind"), max_length=6, choices=Kind, default=Kind.REVIEW)
    ground = models.TextField(_("Grounds"))
    filed_on = models.DateField(_("Filed on"))
    due_on = models.DateField(_("To be decided by"))
    outcome = models.CharField(_("Outcome"), max_length=8, choices=Outcome, default=Outcome.PENDING)
    decided_on = models.DateField(_("Decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("Decided by"))
    finding = models.TextField(_("What was found"), blank=True)

    ledger_about = "opinion__evaluation__cadre"
    ledger_name = ("opinion__evaluation__cadre__name", "opinion__evaluation__group__name", "opinion__number")
    ledger_unit = ("opinion__evaluation__unit_id",)

    class Meta(RecordedModel.Meta):
        verbose_name = _("Review or appeal")
        verbose_name_plural = _("Reviews and appeals")
        ordering = ["-filed_on", "pk"]
        constraints = [
            CheckConstraint(condition=Q(due_on__gte=F("filed_on")), name="appeal_due_after_filed"),
            CheckConstraint(
                condition=Q(outcome="pending", decided_on=None, decided_by=None)
                | (~Q(outcome="pending") & Q(decided_on__isnull=False, decided_by__isnull=False)),
                name="appeal_decided_by_somebody",
            ),
            UniqueConstraint(fields=["opinion", "kind"], condition=Q(outcome="pending"), name="appeal_one_pending"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.opinion}"

    @property
    def scope_unit_id(self):
        return self.opinion.evaluation.unit_id

    @property
    def about_cadre_id(self):
        return self.opinion.evaluation.cadre_id
