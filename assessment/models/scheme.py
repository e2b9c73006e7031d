"""Schemes: the yardstick of an assessment. Frozen by its digest as soon as a campaign uses it."""

from decimal import Decimal

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from people.models import Part, RecordedModel
from people.models.known import choices_held


def hundredths(name, **options):
    """A decimal of at most 100 with two places: weights and points."""
    return models.DecimalField(name, max_digits=5, decimal_places=2, **options)


@choices_held
class Scheme(RecordedModel):
    """An assessment scheme 考核方案. `digest` is blank until a campaign uses it; then nothing of it changes."""

    class Assessee(models.TextChoices):
        CADRE = "cadre", _("Cadre")
        GROUP = "group", _("Leading group")

    code = models.CharField(_("Scheme code"), max_length=32, unique=True)
    title = models.CharField(_("Title"), max_length=100)
    assessee = models.CharField(_("Assessee"), max_length=8, choices=Assessee, default=Assessee.CADRE)
    on_site_weight = hundredths(_("Weight of on-site observation"))
    phone_weight = hundredths(_("Weight of phone inquiry"))
    talk_weight = hundredths(_("Weight of heart-to-heart talk"))
    min_on_site = models.PositiveSmallIntegerField(_("Least on-site findings"), default=0)
    min_phone = models.PositiveSmallIntegerField(_("Least phone findings"), default=0)
    min_talk = models.PositiveSmallIntegerField(_("Least talk findings"), default=0)
    min_relations = models.PositiveSmallIntegerField(_("Least different source relations"), default=0)
    min_leads = models.PositiveSmallIntegerField(_("Least different leads"), default=0)
    team_size = models.PositiveSmallIntegerField(_("Assessors in the team"), default=1)
    quota = hundredths(_("Quota of the top grade, %"), null=True, blank=True)
    contested_gap = hundredths(_("Contested from a gap of"), null=True, blank=True)
    digest = models.CharField(_("Digest"), max_length=64, blank=True, editable=False)

    ledger_name = ("title",)

    class Meta(RecordedModel.Meta):
        verbose_name = _("Scheme")
        verbose_name_plural = _("Schemes")
        ordering = ["code"]
        constraints = [
            CheckConstraint(condition=~Q(code="") & ~Q(title=""), name="scheme_named"),
            CheckConstraint(
                condition=Q(on_site_weight__gte=0, phone_weight__gte=0, talk_weight__gte=0),
                name="scheme_method_weights_not_negative",
            ),
            CheckConstraint(
                # SQLite counts in binary fractions: 33.33 + 33.33 + 33.34 is not quite 100 there
                condition=Q(on_site_weight__gt=Decimal("99.995") - F("phone_weight") - F("talk_weight"))
                & Q(on_site_weight__lt=Decimal("100.005") - F("phone_weight") - F("talk_weight")),
                name="scheme_method_weights_100",
            ),
            CheckConstraint(condition=Q(team_size__gte=1), name="scheme_team_of_one_at_least"),
            CheckConstraint(condition=Q(quota=None) | Q(quota__range=(0, 100)), name="scheme_quota_percent"),
        ]

    def __str__(self):
        return self.title

    @property
    def scope_unit_id(self):
        return None

    @property
    def frozen(self):
        return bool(self.digest)


class Dimension(RecordedModel):
    """A dimension 考核内容 with its weight."""

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="dimensions")
    code = models.CharField(_("Dimension code"), max_length=32)
    name = models.CharField(_("Dimension"), max_length=60)
    weight = hundredths(_("Weight"))
    position = models.PositiveSmallIntegerField()

    ledger_part = Part("scheme", "code")

    class Meta(RecordedModel.Meta):
        verbose_name = _("Dimension")
        ordering = ["scheme", "position"]
        constraints = [
            CheckConstraint(condition=Q(weight__gt=0, weight__lte=100), name="dimension_weight"),
            CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="dimension_named"),
            UniqueConstraint(fields=["scheme", "code"], name="dimension_code_once"),
            UniqueConstraint(fields=["scheme", "name"], name="dimension_name_once"),
        ]

    def __str__(self):
        return self.name


class Level(RecordedModel):
    """A level 档次 that a finding may show, with its points."""

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="levels")
    name = models.CharField(_("Level"), max_length=20)
    points = hundredths(_("Points"))

    ledger_part = Part("scheme", "name")

    class Meta(RecordedModel.Meta):
        verbose_name = _("Level")
        ordering = ["scheme", "-points", "pk"]
        constraints = [
            CheckConstraint(condition=Q(points__range=(0, 100)) & ~Q(name=""), name="level_points"),
            UniqueConstraint(fields=["scheme", "name"], name="level_name_once"),
        ]

    def __str__(self):
        return self.name


class Grade(RecordedModel):
    """A grade 等次: a band of scores from its minimum up."""

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="grades")
    name = models.CharField(_("Grade"), max_length=20)
    minimum = hundredths(_("Minimum score"))

    ledger_part = Part("scheme", "name")

    class Meta(RecordedModel.Meta):
        verbose_name = _("Grade")
        ordering = ["scheme", "-minimum"]
        constraints = [
            CheckConstraint(condition=Q(minimum__range=(0, 100)) & ~Q(name=""), name="grade_minimum"),
            UniqueConstraint(fields=["scheme", "name"], name="grade_name_once"),
            UniqueConstraint(fields=["scheme", "minimum"], name="grade_minimum_once"),
        ]

    def __str__(self):
        return self.name
