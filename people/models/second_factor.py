"""The second factor: an authenticator app (TOTP, RFC 6238) and the codes that help when it is lost."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, DeviceManager, ThrottlingMixin

from people.models.ledger import Part, RecordedModel, RecordedQuerySet
from people.models.user import User


class AuthenticatorQuerySet(RecordedQuerySet):
    """Seen with the users that they belong to."""

    def within(self, scope):
        return self.filter(user__in=User.objects.within(scope))


class Authenticator(RecordedModel, ThrottlingMixin, Device):
    """An authenticator app of a user.

    The database holds a salt only: the secret is derived from it with the key of the installation, so that a stolen
    database or back-up signs nobody in. See `people.second_factor`.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="authenticators", verbose_name=_("User"))
    salt = models.CharField(max_length=64)
    added_at = models.DateTimeField(_("Added at"), default=timezone.now)
    drift = models.SmallIntegerField(default=0)
    last_t = models.BigIntegerField(default=-1)  # a token is taken once

    ledger_skip = frozenset({"drift", "last_t", "throttling_failure_timestamp", "throttling_failure_count"})
    ledger_name = ("user__username", "name")
    objects = DeviceManager.from_queryset(AuthenticatorQuerySet)()

    class Meta(RecordedModel.Meta):
        verbose_name = _("Authenticator")
        verbose_name_plural = _("Authenticators")
        constraints = [
            UniqueConstraint(fields=["user"], condition=Q(confirmed=True), name="authenticator_one_in_use"),
            CheckConstraint(condition=~Q(salt=""), name="authenticator_salted"),
        ]

    def __str__(self):
        return f"{self.user} {self.name}"

    @property
    def scope_unit_id(self):
        return None


class RecoveryCode(RecordedModel):
    """A code that stands in for the authenticator once. Only its keyed digest is kept."""

    authenticator = models.ForeignKey(Authenticator, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)

    ledger_part = Part("authenticator", "digest")

    class Meta(RecordedModel.Meta):
        constraints = [UniqueConstraint(fields=["authenticator", "digest"], name="recovery_code_once")]

    def __str__(self):
        return str(self.authenticator)
