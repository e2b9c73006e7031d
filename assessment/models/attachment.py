"""Files that belong to evidence: photos of a visit, a signed talk record."""

from django.db import models
from django.db.models import CheckConstraint, Exists, OuterRef, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessment.models.contact import Contact, Finding
from people.models import RecordedModel, RecordedQuerySet, User
from people.models.known import choices_held


class AttachmentQuerySet(RecordedQuerySet):
    """Seen by those who see the contact and, as who said it, reach its campaign's unit: none of a contact that tells of
    one's own file or that of kin, whomever else it tells of."""

    def within(self, scope):
        if not scope:
            return self.none()
        findings, seen = Finding.objects.filter(contact=OuterRef("contact")), self
        if not scope.everything:
            seen = seen.filter(Exists(findings.within(scope)), contact__campaign__unit__in=scope.units)
        if scope.recused:
            seen = seen.exclude(Exists(findings.filter(evaluation__cadre__in=scope.recused)))
        return seen

    def standing(self):
        return self.filter(withdrawn_on=None)


@choices_held
class Attachment(RecordedModel):
    """A file of a contact 附件. It may show or name who spoke, so it is for those who may see sources.

    The file itself lies in ATTACHMENT_DIR under its digest; like all evidence it is withdrawn, never deleted.
    """

    class Kind(models.TextChoices):
        PHOTO = "photo", _("Photo of the visit")
        RECORD = "record", _("Signed record of the talk")
        OTHER = "other", _("Other document")

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="attachments", verbose_name=_("Contact"))
    kind = models.CharField(_("Kind"), max_length=6, choices=Kind)
    name = models.CharField(_("File name"), max_length=120)
    media_type = models.CharField(_("Type"), max_length=20)
    size = models.PositiveIntegerField(_("Size"))  # bytes
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("Added by"))
    added_at = models.DateTimeField(_("Added at"), default=timezone.now, editable=False)
    withdrawn_on = models.DateField(_("Withdrawn on"), null=True, blank=True)
    withdrawn_why = models.TextField(_("Withdrawn because"), blank=True)

    ledger_about = "contact__findings__evaluation__cadre"
    ledger_name = ("contact__number", "name")
    ledger_unit = ("contact__campaign__unit_id",)
    objects = AttachmentQuerySet.as_manager()

    class Meta(RecordedModel.Meta):
        verbose_name = _("Attachment")
        verbose_name_plural = _("Attachments")
        ordering = ["contact", "pk"]
        constraints = [
            UniqueConstraint(fields=["contact", "sha256"], name="attachment_once"),
            CheckConstraint(condition=~Q(name=""), name="attachment_named"),
            CheckConstraint(condition=Q(media_type__in=("image/jpeg", "image/png", "application/pdf")), name="attachment_of_known_type"),
            CheckConstraint(
                condition=Q(withdrawn_on=None, withdrawn_why="") | (Q(withdrawn_on__isnull=False) & ~Q(withdrawn_why="")),
                name="attachment_withdrawn_with_reason",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def scope_unit_id(self):
        return self.contact.campaign.unit_id

    @property
    def about_cadre_ids(self):
        return self.contact.about_cadre_ids
