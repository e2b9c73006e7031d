"""Users, and the roles that they are granted on units."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models.cadre import Cadre
from people.models.known import choices_held
from people.models.ledger import RecordedModel, RecordedQuerySet
from people.models.unit import Unit


def today():
    """The day in the time zone of the field (Asia/Shanghai)."""
    return timezone.localdate()


class UserQuerySet(RecordedQuerySet):
    """Users are seen with the units that they hold grants on."""

    def within(self, scope):
        if not scope:
            return self.none()
        return self if scope.everything else self.filter(grants__unit_id__in=scope.units).distinct()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    """Accounts are made by `people.actions.users`."""

    def get_by_natural_key(self, username):
        return self.get(username=username)


class User(RecordedModel, AbstractBaseUser):
    """An account: one person, never shared, never deleted (the ledger names it), only switched off."""

    username = models.CharField(
        _("User name"),
        max_length=60,
        unique=True,
        # no separators: workbooks list several user names in one cell
        validators=[RegexValidator(r"^[\w.@+-]+\Z", _("Letters, digits and . @ + - _ only."))],
    )
    name = models.CharField(_("Name"), max_length=60, blank=True)
    email = models.EmailField(_("Email"), blank=True)
    cadre = models.OneToOneField(
        Cadre, null=True, blank=True, on_delete=models.PROTECT, related_name="user", verbose_name=_("Is the cadre")
    )
    is_active = models.BooleanField(_("Active"), default=True)
    must_change_password = models.BooleanField(_("Has to choose a password"), default=False)  # others know the one he has
    password_set_at = models.DateTimeField(_("Password set at"), null=True, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = []
    ledger_skip = frozenset({"password_set_at", "last_login"})
    ledger_digest = frozenset({"password"})
    ledger_name = ("username",)
    objects = UserManager()

    class Meta(RecordedModel.Meta):
        verbose_name = _("User")
        verbose_name_plural = _("Users")
        ordering = ["username"]
        constraints = [CheckConstraint(condition=~Q(username=""), name="user_named")]

    def __str__(self):
        return self.name or self.username

    def check_password(self, raw_password):
        """Is this the password? Without Django's renewal of the hash by the way: see `people.actions.users.renew_hash`."""
        return check_password(raw_password, self.password)

    @property
    def scope_unit_id(self):
        return None


class GrantQuerySet(RecordedQuerySet):
    """Grants in force."""

    def valid(self, day=None):
        """Grants in force on a day."""
        day = day or today()
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)


@choices_held
class Grant(RecordedModel):
    """A role of a user on a unit and all below it; no unit means everything."""

    class Role(models.TextChoices):
        ASSESSOR = "assessor", _("Assessor")
        REVIEWER = "reviewer", _("Reviewer")
        MANAGER = "manager", _("Manager")
        AUDITOR = "auditor", _("Auditor")
        SECURITY = "security", _("Security administrator")
        SYSTEM = "system", _("System administrator")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants", verbose_name=_("User"))
    role = models.CharField(_("Role"), max_length=12, choices=Role)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="grants", verbose_name=_("Unit"))
    valid_from = models.DateField(_("Valid from"), default=today)
    valid_until = models.DateField(_("Valid until"), null=True, blank=True)
    granted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("Granted by"))

    ledger_name = ("user__username", "role")
    ledger_unit = ("unit_id",)
    objects = GrantQuerySet.as_manager()

    class Meta(RecordedModel.Meta):
        verbose_name = _("Grant")
        verbose_name_plural = _("Grants")
        ordering = ["user__username", "role", "pk"]
        constraints = [
            CheckConstraint(condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="grant_valid_period"),
            CheckConstraint(condition=Q(granted_by=None) | ~Q(granted_by=F("user")), name="grant_not_to_oneself"),
        ]

    def __str__(self):
        return f"{self.user} {self.get_role_display()}"

    @property
    def scope_unit_id(self):
        return self.unit_id
