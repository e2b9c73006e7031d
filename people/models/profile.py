"""What the appointment-and-removal approval form (干部任免审批表, .lrmx) tells of a cadre beyond his row in the roster."""

from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from people.models.cadre import Cadre
from people.models.known import choices_held
from people.models.ledger import RecordedModel


class Profile(RecordedModel):
    """The profile 任免审批表信息 of a cadre, in the order of the form; texts as they stand in it.

    family: rows of {"relation", "name", "born", "political_status", "post"}, "born" as yyyyMM or as it was written.
    unknown: elements of a .lrmx that are none of the 34, kept for the way out: rows of {"after", "xml"}.
    """

    cadre = models.OneToOneField(Cadre, on_delete=models.PROTECT, related_name="profile", verbose_name=_("Cadre"))
    birth_place = models.CharField(_("Birth place"), max_length=100, blank=True)
    joined_party_note = models.CharField(_("Joined the Party, as written"), max_length=100, blank=True)
    health = models.CharField(_("Health"), max_length=60, blank=True)
    technical_post = models.CharField(_("Professional and technical post"), max_length=200, blank=True)
    speciality = models.TextField(_("Speciality"), blank=True)
    full_time_education = models.CharField(_("Full-time education"), max_length=100, blank=True)
    full_time_degree = models.CharField(_("Full-time degree"), max_length=100, blank=True)
    full_time_school = models.CharField(_("School and major (full-time)"), max_length=300, blank=True)
    full_time_degree_school = models.CharField(_("School and major of the degree (full-time)"), max_length=300, blank=True)
    in_service_education = models.CharField(_("In-service education"), max_length=100, blank=True)
    in_service_degree = models.CharField(_("In-service degree"), max_length=100, blank=True)
    in_service_school = models.CharField(_("School and major (in-service)"), max_length=300, blank=True)
    in_service_degree_school = models.CharField(_("School and major of the degree (in-service)"), max_length=300, blank=True)
    proposed_post = models.CharField(_("Proposed post"), max_length=300, blank=True)
    removed_post = models.CharField(_("Post to be removed from"), max_length=300, blank=True)
    resume = models.TextField(_("Resume"), blank=True)
    rewards = models.TextField(_("Rewards and sanctions"), blank=True)
    annual_results = models.TextField(_("Annual assessment results"), blank=True)
    appointment_reason = models.TextField(_("Reason of the appointment or removal"), blank=True)
    family = models.JSONField(_("Family and important social relations"), default=list, blank=True)
    reporting_unit = models.CharField(_("Reporting unit"), max_length=200, blank=True)
    age_on = models.DateField(_("Age reckoned on"), null=True, blank=True)
    filled_on = models.DateField(_("Filled in on"), null=True, blank=True)
    filled_by = models.CharField(_("Filled in by"), max_length=60, blank=True)
    form_version = models.CharField(_("Version of the form tool"), max_length=20, blank=True)
    unknown = models.JSONField(default=list, blank=True)

    ledger_name = ("cadre__name",)
    ledger_unit = ("cadre__unit_id",)
    ledger_about = "cadre"

    class Meta(RecordedModel.Meta):
        verbose_name = _("Appointment form data")
        verbose_name_plural = _("Appointment form data")
        ordering = ["cadre__code"]

    def __str__(self):
        return str(self.cadre)

    @property
    def scope_unit_id(self):
        return self.cadre.unit_id

    @property
    def about_cadre_id(self):
        return self.cadre_id


@choices_held
class Photo(RecordedModel):
    """The portrait of a cadre. The ledger holds its digest, not its bytes."""

    class Kind(models.TextChoices):
        JPEG = "image/jpeg", "JPEG"
        PNG = "image/png", "PNG"

    cadre = models.OneToOneField(Cadre, on_delete=models.PROTECT, related_name="photo", verbose_name=_("Cadre"))
    kind = models.CharField(max_length=10, choices=Kind)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()

    ledger_skip = frozenset({"content"})
    ledger_name = ("cadre__name",)
    ledger_unit = ("cadre__unit_id",)
    ledger_about = "cadre"

    class Meta(RecordedModel.Meta):
        verbose_name = _("Photo")
        verbose_name_plural = _("Photos")
        ordering = ["cadre__code"]
        constraints = [CheckConstraint(condition=~Q(sha256=""), name="photo_digest")]

    def __str__(self):
        return str(self.cadre)

    @property
    def scope_unit_id(self):
        return self.cadre.unit_id

    @property
    def about_cadre_id(self):
        return self.cadre_id
