"""Contacts: acts of finding out, and what each showed."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, Exists, OuterRef, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessment.models.campaign import Campaign
from assessment.models.evaluation import Evaluation
from assessment.models.scheme import Dimension, Level
from people.models import Part, RecordedModel, RecordedQuerySet, User
from people.models.known import choices_held


class Method(models.TextChoices):
    """The three methods of finding out."""

    ON_SITE = "on_site", _("On-site observation")
    PHONE = "phone", _("Phone inquiry")
    TALK = "talk", _("Heart-to-heart talk")


class ContactQuerySet(RecordedQuerySet):
    """Seen through the visible findings only."""

    def within(self, scope):
        if not scope:
            return self.none()
        if scope.everything and not scope.recused:
            return self
        return self.filter(Exists(Finding.objects.within(scope).filter(contact=OuterRef("pk"))))


@choices_held
class Contact(RecordedModel):
    """One act of finding out 了解. Who said it is for assessors and reviewers of the campaign's unit and auditors."""

    class Relation(models.TextChoices):
        SUPERIOR = "superior", _("Superior")
        PEER = "peer", _("Peer")
        SUBORDINATE = "subordinate", _("Subordinate")
        SERVED = "served", _("Person served")
        PUBLIC = "public", _("Member of the public")
        SELF = "self", _("The cadre himself")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="contacts", verbose_name=_("Campaign"))
    number = models.CharField(_("Record number"), max_length=32)
    method = models.CharField(_("Method"), max_length=7, choices=Method)
    held_at = models.DateTimeField(_("When"))
    place = models.CharField(_("Place"), max_length=100, blank=True)
    source_name = models.CharField(_("Source"), max_length=60, blank=True)
    source_post = models.CharField(_("Post of the source"), max_length=100, blank=True)
    relation = models.CharField(_("Relation to the assessee"), max_length=11, choices=Relation, blank=True)
    recorder = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("Recorded by"))
    client_uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    received_at = models.DateTimeField(_("Received at"), default=timezone.now, editable=False)

    ledger_about = "findings__evaluation__cadre"
    ledger_name = ("campaign__title", "number")
    ledger_unit = ("campaign__unit_id",)
    objects = ContactQuerySet.as_manager()

    class Meta(RecordedModel.Meta):
        verbose_name = _("Contact")
        verbose_name_plural = _("Contacts")
        ordering = ["-held_at", "-pk"]
        indexes = [models.Index(fields=["campaign", "held_at"]), models.Index(fields=["held_at", "id"])]
        constraints = [
            UniqueConstraint(fields=["campaign", "number"], name="contact_number_once"),
            CheckConstraint(condition=~Q(number=""), name="contact_numbered"),
            CheckConstraint(condition=~Q(method="on_site") | ~Q(place=""), name="contact_on_site_has_place"),
            CheckConstraint(condition=Q(method="on_site") | ~Q(source_name=""), name="contact_heard_has_source"),
        ]

    def __str__(self):
        return self.number

    @property
    def scope_unit_id(self):
        return self.campaign.unit_id

    @property
    def about_cadre_ids(self):
        """Everybody of whom this contact tells: none of them learns who spoke."""
        return set(self.findings.order_by().values_list("evaluation__cadre", flat=True)) - {None}


class TeamMember(RecordedModel):
    """A member of the team that made a contact; position 0 is the lead."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="team")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    ledger_part = Part("contact", "position")

    class Meta(RecordedModel.Meta):
        ordering = ["contact", "position"]
        constraints = [
            UniqueConstraint(fields=["contact", "position"], name="team_position_once"),
            UniqueConstraint(fields=["contact", "user"], name="team_member_once"),
        ]

    def __str__(self):
        return str(self.user)


class FindingQuerySet(RecordedQuerySet):
    """Findings; those withdrawn stay as evidence but no longer count."""

    def standing(self):
        return self.filter(withdrawn_on=None)


class Finding(RecordedModel):
    """What one contact showed of one assessee 了解情况. Person-times (人次) are findings not withdrawn."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="findings", verbose_name=_("Contact"))
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="findings", verbose_name=_("Evaluation"))
    narrative = models.TextField(_("What was seen or heard"))
    example = models.TextField(_("Concrete example"), blank=True)
    withdrawn_on = models.DateField(_("Withdrawn on"), null=True, blank=True)
    withdrawn_why = models.TextField(_("Withdrawn because"), blank=True)

    ledger_about = "evaluation__cadre"
    ledger_name = ("contact__number", "evaluation__cadre__name", "evaluation__group__name")
    ledger_unit = ("evaluation__unit_id",)
    objects = FindingQuerySet.as_manager()

    class Meta(RecordedModel.Meta):
        verbose_name = _("Finding")
        verbose_name_plural = _("Findings")
        ordering = ["contact", "pk"]
        constraints = [
            UniqueConstraint(fields=["contact", "evaluation"], name="finding_once"),
            CheckConstraint(condition=~Q(narrative=""), name="finding_tells"),
            CheckConstraint(
                condition=Q(withdrawn_on=None, withdrawn_why="") | (Q(withdrawn_on__isnull=False) & ~Q(withdrawn_why="")),
                name="finding_withdrawn_with_reason",
            ),
        ]

    def __str__(self):
        return f"{self.contact} {self.evaluation}"

    @property
    def scope_unit_id(self):
        return self.evaluation.unit_id

    @property
    def about_cadre_id(self):
        return self.evaluation.cadre_id


class Rating(RecordedModel):
    """The level that a finding shows on one dimension."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="ratings")
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="ratings")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="ratings")

    ledger_part = Part("finding", "dimension_id")

    class Meta(RecordedModel.Meta):
        constraints = [UniqueConstraint(fields=["finding", "dimension"], name="rating_once")]

    def __str__(self):
        return f"{self.dimension}: {self.level}"
