"""The second factor: an authenticator app (TOTP, RFC 6238) and the codes that help when it is lost."""

import time

from django.db import models, transaction
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, DeviceManager, ThrottlingMixin
from django_otp.oath import TOTP

from people import second_factor
from people.models.ledger import Part, RecordedModel, RecordedQuerySet
from people.models.user import User


class AuthenticatorQuerySet(RecordedQuerySet):
    """Seen with the users that they belong to."""

    def within(self, scope):
        return self.filter(user__in=User.objects.within(scope))

    def of(self, user):
        """The one that a user has in use, or None."""
        return self.filter(user=user, confirmed=True).first()


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
    ledger_name = ("user__username",)
    objects = DeviceManager.from_queryset(AuthenticatorQuerySet)()

    class Meta(RecordedModel.Meta):
        verbose_name = _("Authenticator")
        verbose_name_plural = _("Authenticators")
        constraints = [
            UniqueConstraint(fields=["user"], condition=Q(confirmed=True), name="authenticator_one_in_use"),
            CheckConstraint(condition=~Q(salt=""), name="authenticator_salted"),
        ]

    LONGEST_WAIT = 10  # failures that count: nobody who knows the password can lock the owner out for more than nine minutes

    def __str__(self):
        return str(self.user)

    def fits(self, token):
        """Is this the code that the app shows now, or did a moment ago, and was it not taken yet? Remembers it, unsaved."""
        if not (token.isascii() and token.isdigit() and len(token) == 6):
            return False
        for key in second_factor.keys(self.salt):
            clock = TOTP(key, drift=self.drift)
            clock.time = time.time()  # still, or the step could change between the two lines below
            if clock.verify(int(token), tolerance=1, min_t=self.last_t + 1):
                self.drift, self.last_t = clock.drift, clock.t()
                return True
        return False

    def attempt(self, check):
        """One attempt after another: `check(row)` says whether it is right; one that fails makes the next one wait."""
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=self.pk).first()
            if row is None or not row.verify_is_allowed()[0]:
                return False
            right = check(row)
            row.throttle_reset(commit=False) if right else row.throttle_increment(commit=False)
            row.throttling_failure_count = min(row.throttling_failure_count, self.LONGEST_WAIT)
            row.save(update_fields=sorted(self.ledger_skip))
            return right

    def verify_token(self, token):
        """Take a code of the app, as django-otp asks for it."""
        return self.attempt(lambda row: row.fits(token))

    def get_throttle_factor(self):
        return 1

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
