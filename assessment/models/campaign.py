"""Campaigns: one assessment exercise."""

from django.db import models
from django.db.models import CheckConstraint, Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from assessment.models.scheme import Scheme
from people.models import RecordedModel, RecordedQuerySet, Unit
from people.models.known import choices_held


class CampaignQuerySet(RecordedQuerySet):
    """Seen if its unit or any of its evaluations is."""

    def within(self, scope):
        if not scope:
            return self.none()
        if scope.everything:
            return self
        from assessment.models.evaluation import Evaluation  # evaluations hang on campaigns

        theirs = Evaluation.objects.filter(campaign=OuterRef("pk"), unit_id__in=scope.units)
        return self.filter(Q(unit_id__in=scope.units) | Exists(theirs))


@choices_held
class Campaign(RecordedModel):
    """An assessment campaign 考核任务."""

    class Kind(models.TextChoices):
        ROUTINE = "routine", _("Routine")
        ANNUAL = "annual", _("Annual")
        SPECIAL = "special", _("Special")
        TERM = "term", _("Term of office")

    class State(models.TextChoices):
        DRAFT = "draft", _("In preparation")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    code = models.CharField(_("Campaign code"), max_length=32, unique=True)
    title = models.CharField(_("Title"), max_length=100)
    kind = models.CharField(_("Kind"), max_length=8, choices=Kind)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("Scheme"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("Unit"))
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("Until"))
    planned_on_site = models.PositiveIntegerField(_("Planned on-site findings"), default=0)
    planned_phone = models.PositiveIntegerField(_("Planned phone findings"), default=0)
    planned_talk = models.PositiveIntegerField(_("Planned talk findings"), default=0)
    blind = models.BooleanField(_("Assessors see others' marks only after their own"), default=False)
    state = models.CharField(_("State"), max_length=6, choices=State, default=State.DRAFT)

    ledger_name = ("title",)
    ledger_unit = ("unit_id",)
    objects = CampaignQuerySet.as_manager()

    class Meta(RecordedModel.Meta):
        verbose_name = _("Campaign")
        verbose_name_plural = _("Campaigns")
        ordering = ["-starts_on", "code"]
        constraints = [
            CheckConstraint(condition=~Q(code="") & ~Q(title=""), name="campaign_named"),
            CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_start"),
        ]

    def __str__(self):
        return self.title

    @property
    def scope_unit_id(self):
        return self.unit_id
