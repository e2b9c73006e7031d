"""Cadres, and what is known of them beside assessment: duties, sanctions, kin."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from people.models.code_field import CodeField
from people.models.known import choices_held
from people.models.ledger import RecordedModel, RecordedQuerySet
from people.models.unit import Unit


@choices_held
class Cadre(RecordedModel):
    """A cadre 干部. Code sets are stored as codes of the national standards (`people.codes`)."""

    class Status(models.TextChoices):
        IN_POST = "in_post", _("In post")
        ON_LEAVE = "on_leave", _("On long leave")
        INVESTIGATED = "investigated", _("Under investigation")
        LEFT = "left", _("Left or retired")

    code = models.CharField(_("Cadre code"), max_length=32, unique=True)
    name = models.CharField(_("Name"), max_length=60)
    pinyin = models.CharField(max_length=200, blank=True, editable=False)
    initials = models.CharField(max_length=40, blank=True, editable=False)
    sex = CodeField(_("Sex"), max_length=1, blank=True, code_set="SEX")
    ethnicity = CodeField(_("Ethnicity"), max_length=2, blank=True, code_set="ETHNICITY")
    birth_month = models.CharField(_("Birth month"), max_length=7, blank=True)
    native_place = models.CharField(_("Native place"), max_length=60, blank=True)
    political_status = CodeField(_("Political status"), max_length=2, blank=True, code_set="POLITICAL_STATUS")
    joined_party_on = models.DateField(_("Joined the Party"), null=True, blank=True)
    started_work_on = models.DateField(_("Started work"), null=True, blank=True)
    education = CodeField(_("Education"), max_length=2, blank=True, code_set="EDUCATION")
    degree = CodeField(_("Degree"), max_length=2, blank=True, code_set="DEGREE")
    id_number = models.CharField(_("ID number"), max_length=18, blank=True)
    phone = models.CharField(_("Phone"), max_length=20, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="cadres", verbose_name=_("Unit"))
    post = models.CharField(_("Post"), max_length=100, blank=True)
    post_level = CodeField(_("Post level"), max_length=8, blank=True, code_set="POST_LEVEL")
    rank = CodeField(_("Rank"), max_length=8, blank=True, code_set="RANK")
    in_post_since = models.DateField(_("In post since"), null=True, blank=True)
    status = models.CharField(_("Status"), max_length=12, choices=Status, default=Status.IN_POST)

    ledger_skip = frozenset({"pinyin", "initials"})
    ledger_name = ("name",)
    ledger_unit = ("unit_id",)

    class Meta(RecordedModel.Meta):
        verbose_name = _("Cadre")
        verbose_name_plural = _("Cadres")
        ordering = ["code"]
        indexes = [
            models.Index(fields=["name"]),
            models.Index(fields=["pinyin", "id"]),
            models.Index(fields=["unit", "code"]),
        ]
        constraints = [
            CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="cadre_named"),
            CheckConstraint(
                condition=Q(birth_month="") | Q(birth_month__regex=r"^(19|20)[0-9][0-9]-(0[1-9]|1[0-2])$"),
                name="cadre_birth_month",
            ),
            UniqueConstraint(fields=["id_number"], condition=~Q(id_number=""), name="cadre_one_id_number"),
        ]

    def __str__(self):
        return self.name

    @property
    def scope_unit_id(self):
        return self.unit_id

    @property
    def about_cadre_id(self):
        """The cadre whose file this is; see recusal in `people.access`."""
        return self.pk


class DutyQuerySet(RecordedQuerySet):
    """Duties in the words of the field."""

    def before_training(self):
        """On duty before the training that has to come first (先培训后上岗)."""
        return self.filter(~Q(cadre=None), Q(trained_on=None) | Q(trained_on__gt=F("starts_on")))


@choices_held
class Duty(RecordedModel):
    """A front-line duty 一线任务: of one cadre, or of a number of people who are no cadres."""

    class Kind(models.TextChoices):
        ZONE = "zone", _("Responsibility zone")
        TEMPORARY_BRANCH = "temporary_branch", _("Temporary branch work")
        VANGUARD_TEAM = "vanguard_team", _("Vanguard team work")
        MODEL_POST = "model_post", _("Model post")
        GRID = "grid", _("Grid")
        SAMPLING_POINT = "sampling_point", _("Sampling point")
        LECTURE_TEAM = "lecture_team", _("Lecture team")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="duties", verbose_name=_("Unit"))
    kind = models.CharField(_("Kind"), max_length=20, choices=Kind)
    place = models.CharField(_("Place"), max_length=100, blank=True)
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("Until"), null=True, blank=True)
    cadre = models.ForeignKey(Cadre, null=True, blank=True, on_delete=models.PROTECT, related_name="duties", verbose_name=_("Cadre"))
    trained_on = models.DateField(_("Trained on"), null=True, blank=True)
    headcount = models.PositiveIntegerField(_("Headcount"), null=True, blank=True)

    ledger_name = ("unit__name", "place")
    ledger_unit = ("unit_id",)
    objects = DutyQuerySet.as_manager()

    class Meta(RecordedModel.Meta):
        verbose_name = _("Duty")
        verbose_name_plural = _("Duties")
        ordering = ["unit__code", "kind", "pk"]
        constraints = [
            CheckConstraint(
                condition=Q(cadre=None, headcount__gt=0, trained_on=None) | Q(cadre__isnull=False, headcount=None),
                name="duty_cadre_or_headcount",
            ),
            CheckConstraint(condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="duty_ends_after_start"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.place}".strip()

    @property
    def scope_unit_id(self):
        return self.unit_id

    @property
    def about_cadre_id(self):
        return self.cadre_id


class Sanction(RecordedModel):
    """A sanction or accountability action 处分、问责 and how long it takes effect (公务员法 62, 64, 65)."""

    cadre = models.ForeignKey(Cadre, on_delete=models.PROTECT, related_name="sanctions", verbose_name=_("Cadre"))
    kind = CodeField(_("Kind"), max_length=8, code_set="SANCTION")
    decided_on = models.DateField(_("Decided on"))
    effect_until = models.DateField(_("In effect until"), null=True, blank=True)

    ledger_name = ("cadre__name", "kind")
    ledger_unit = ("cadre__unit_id",)

    class Meta(RecordedModel.Meta):
        verbose_name = _("Sanction")
        verbose_name_plural = _("Sanctions")
        ordering = ["-decided_on", "pk"]
        constraints = [
            CheckConstraint(condition=Q(effect_until=None) | Q(effect_until__gte=F("decided_on")), name="sanction_effect_after_decision")
        ]

    def __str__(self):
        return f"{self.cadre} {self.get_kind_display()}"

    @property
    def scope_unit_id(self):
        return self.cadre.unit_id

    @property
    def about_cadre_id(self):
        return self.cadre_id


@choices_held
class Kinship(RecordedModel):
    """Two cadres who may not handle each other's files 回避关系 (公务员法 74 to 77). Holds both ways."""

    class Relation(models.TextChoices):
        SPOUSE = "spouse", _("Spouse")
        LINEAL = "lineal", _("Lineal relative by blood")
        COLLATERAL = "collateral", _("Collateral relative within three generations")
        IN_LAW = "in_law", _("Close relative by marriage")

    cadre = models.ForeignKey(Cadre, on_delete=models.PROTECT, related_name="kin", verbose_name=_("Cadre"))
    relative = models.ForeignKey(Cadre, on_delete=models.PROTECT, related_name="kin_of", verbose_name=_("Relative"))
    relation = models.CharField(_("Relation"), max_length=12, choices=Relation)

    ledger_name = ("cadre__name", "relative__name")
    ledger_unit = ("cadre__unit_id",)

    class Meta(RecordedModel.Meta):
        verbose_name = _("Kinship")
        verbose_name_plural = _("Kinships")
        ordering = ["pk"]
        constraints = [
            CheckConstraint(condition=~Q(cadre=F("relative")), name="kinship_of_two"),
            UniqueConstraint(fields=["cadre", "relative"], name="kinship_once"),
        ]

    def __str__(self):
        return f"{self.cadre} {self.relative}"

    @property
    def scope_unit_id(self):
        return self.cadre.unit_id

    @property
    def about_cadre_id(self):
        return self.cadre_id


    @property
    def about_both(self):
        """It is on the file of either: whoever could strike it out would no longer be kept from the other's."""
        return {self.cadre_id, self.relative_id}