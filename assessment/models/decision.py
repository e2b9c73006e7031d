"""Decisions: what an evaluation leads to, always on the basis of a signed opinion."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from assessment.models.evaluation import SignedOpinion
from people.models import Cadre, Part, RecordedModel, Unit, User
from people.models.known import choices_held


@choices_held
class Decision(RecordedModel):
    """A use of results 结果运用: selection and appointment, tracked training, or commendation."""

    class Kind(models.TextChoices):
        SELECTION = "selection", _("Selection and appointment")
        TRAINING = "training", _("Tracked training")
        COMMENDATION = "commendation", _("Commendation")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        NOTICE = "notice", _("On public notice")
        CONFIRMED = "confirmed", _("Confirmed")
        REVOKED = "revoked", _("Revoked")

    code = models.CharField(_("Decision number"), max_length=32, unique=True)
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind)
    cadre = models.ForeignKey(Cadre, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("Cadre"))
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("Leading group")
    )
    outcome = models.CharField(_("Outcome"), max_length=200)
    document_number = models.CharField(_("Document number"), max_length=60, blank=True)
    state = models.CharField(_("State"), max_length=9, choices=State, default=State.PROPOSED)
    proposed_on = models.DateField(_("Proposed on"))
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("Proposed by"))
    notice_from = models.DateField(_("Public notice from"), null=True, blank=True)
    notice_until = models.DateField(_("Public notice until"), null=True, blank=True)
    confirmed_on = models.DateField(_("Confirmed on"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("Confirmed by")
    )
    revoked_on = models.DateField(_("Revoked on"), null=True, blank=True)
    revoked_why = models.TextField(_("Revoked because"), blank=True)
    mentor = models.ForeignKey(Cadre, null=True, blank=True, on_delete=models.PROTECT, related_name="mentored", verbose_name=_("Mentor"))

    ledger_about = "cadre"
    ledger_name = ("code", "cadre__name", "unit__name")
    ledger_unit = ("cadre__unit_id", "unit_id")

    class Meta(RecordedModel.Meta):
        verbose_name = _("Decision")
        verbose_name_plural = _("Decisions")
        ordering = ["-proposed_on", "code"]
        constraints = [
            CheckConstraint(condition=~Q(code="") & ~Q(outcome=""), name="decision_named"),
            CheckConstraint(
                condition=Q(cadre=None, unit__isnull=False) | Q(cadre__isnull=False, unit=None),
                name="decision_cadre_or_group",
            ),
            CheckConstraint(condition=~Q(kind="selection") | Q(cadre__isnull=False), name="decision_selects_a_cadre"),
            CheckConstraint(condition=Q(mentor=None) | Q(kind="training"), name="decision_mentor_of_training"),
            CheckConstraint(
                condition=Q(notice_from=None, notice_until=None) | Q(notice_until__gte=F("notice_from")),
                name="decision_notice_period",
            ),
            CheckConstraint(condition=~Q(state="notice") | Q(notice_from__isnull=False), name="decision_on_notice_since"),
            CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_on__isnull=False, confirmed_by__isnull=False),
                name="decision_confirmed_by_somebody",
            ),
            CheckConstraint(condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")), name="decision_confirmed_by_another"),
            CheckConstraint(
                condition=~Q(state="revoked") | (Q(revoked_on__isnull=False) & ~Q(revoked_why="")),
                name="decision_revoked_with_reason",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.outcome}"

    @property
    def assessee(self):
        """The cadre, or the unit whose leading group it is about."""
        return self.cadre if self.cadre_id else self.unit

    @property
    def scope_unit_id(self):
        return self.cadre.unit_id if self.cadre_id else self.unit_id

    @property
    def about_cadre_id(self):
        return self.cadre_id


class Basis(RecordedModel):
    """The signed opinion that a decision rests on 依据. Protected: an opinion that is cited cannot go."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="bases")
    opinion = models.ForeignKey(SignedOpinion, on_delete=models.PROTECT, related_name="bases")

    ledger_part = Part("decision", "opinion_id")

    class Meta(RecordedModel.Meta):
        verbose_name = _("Basis")
        constraints = [UniqueConstraint(fields=["decision", "opinion"], name="basis_once")]

    def __str__(self):
        return str(self.opinion)


class FollowUp(RecordedModel):
    """A look at how a tracked training goes."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="follow_ups")
    due_on = models.DateField(_("Due on"))
    done_on = models.DateField(_("Done on"), null=True, blank=True)
    result = models.TextField(_("Result"), blank=True)

    ledger_about = "decision__cadre"
    ledger_name = ("decision__code", "due_on")
    ledger_unit = ("decision__cadre__unit_id", "decision__unit_id")

    class Meta(RecordedModel.Meta):
        verbose_name = _("Follow-up")
        verbose_name_plural = _("Follow-ups")
        ordering = ["due_on", "pk"]
        constraints = [
            CheckConstraint(condition=Q(done_on=None) | ~Q(result=""), name="follow_up_done_with_result"),
        ]

    def __str__(self):
        return f"{self.decision} {self.due_on}"

    @property
    def scope_unit_id(self):
        return self.decision.scope_unit_id

    @property
    def about_cadre_id(self):
        return self.decision.cadre_id


@choices_held
class Publication(RecordedModel):
    """How a commendation was made known 宣传."""

    class Channel(models.TextChoices):
        NOTICE = "notice", _("Circular")
        BRIEFING = "briefing", _("Briefing")
        VIDEO = "video", _("Video")

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="publications")
    channel = models.CharField(_("Channel"), max_length=8, choices=Channel)
    title = models.CharField(_("Title"), max_length=200)
    published_on = models.DateField(_("Published on"))

    ledger_about = "decision__cadre"
    ledger_name = ("decision__code", "title")
    ledger_unit = ("decision__cadre__unit_id", "decision__unit_id")

    class Meta(RecordedModel.Meta):
        verbose_name = _("Publication")
        verbose_name_plural = _("Publications")
        ordering = ["-published_on", "pk"]
        constraints = [CheckConstraint(condition=~Q(title=""), name="publication_titled")]

    def __str__(self):
        return self.title

    @property
    def scope_unit_id(self):
        return self.decision.scope_unit_id
