"""Jobs: long work that a person started and a worker does."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import RecordedModel, RecordedQuerySet, User
from people.models.known import choices_held


class JobQuerySet(RecordedQuerySet):
    """A job, its progress and its files are its owner's alone."""

    def within(self, scope):
        return self.filter(by_id=scope.user_id) if scope else self.none()


@choices_held
class Job(RecordedModel):
    """Long work: who asked for what and why, how far it is, and what came of it.

    The ledger records what was asked for; what came of it (a file issued, records changed) makes entries of its own.
    `attempt` numbers the claims of workers: only the last one may end the job (see `assessment.actions.jobs`).
    """

    class Kind(models.TextChoices):
        CHECK = "check", _("Check of a workbook")
        IMPORT = "import", _("Import of a workbook")
        EXPORT = "export", _("Export of a list")
        EXCHANGE = "exchange", _("Exchange workbook")
        COMPARE = "compare", _("Comparison of .lrmx files")
        PROFILES = "profiles", _("Import of .lrmx files")
        LRMX = "lrmx", _("Export of .lrmx files")
        PAPERS = "papers", _("Official forms")
        VERIFY = "verify", _("Verification of the history")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(_("Kind"), max_length=10, choices=Kind)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="jobs", verbose_name=_("Started by"))
    reason = models.TextField(_("Reason"), blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by")
    upload_name = models.CharField(_("File"), max_length=200, blank=True)
    upload_sha256 = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField(_("Asked for at"), default=timezone.now)
    language = models.CharField(max_length=10, blank=True)

    state = models.CharField(_("State"), max_length=9, choices=State, default=State.WAITING)
    task = models.UUIDField(null=True, editable=False)
    attempt = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)
    cancel_asked = models.BooleanField(default=False)
    phase = models.CharField(max_length=60, blank=True)
    phase_began_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)  # 0: not known
    upload = models.CharField(max_length=100, blank=True)  # names in `assessment.files`
    result = models.CharField(max_length=100, blank=True)
    result_name = models.CharField(_("Result file"), max_length=200, blank=True)
    outcome = models.JSONField(default=dict, blank=True)
    ended_at = models.DateTimeField(_("Ended at"), null=True)
    expires_at = models.DateTimeField(_("Kept until"), null=True)

    ledger_skip = frozenset(
        "state task task_id attempt worker lease_until cancel_asked phase phase_began_at done total upload result result_name "
        "outcome ended_at expires_at".split()
    )
    ledger_name = ("kind", "upload_name")
    objects = JobQuerySet.as_manager()

    class Meta(RecordedModel.Meta):
        verbose_name = _("Job")
        verbose_name_plural = _("Jobs")
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["by", "asked_at"]), models.Index(fields=["state"])]
        constraints = [
            CheckConstraint(condition=Q(total=0) | Q(done__lte=F("total")), name="job_not_overdone"),
            # What was checked is taken in once, however often the button is pressed.
            UniqueConstraint(fields=["follows"], condition=Q(state__in=("waiting", "running", "done")), name="job_followed_once"),
            CheckConstraint(condition=Q(ended_at=None) | Q(state__in=("done", "failed", "cancelled")), name="job_ended"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.upload_name}".strip()

    @property
    def scope_unit_id(self):
        return None

    @property
    def over(self):
        """Has it ended, one way or another?"""
        return self.state not in (self.State.WAITING, self.State.RUNNING)

    @property
    def expired(self):
        """Are its files gone?"""
        return self.expires_at is not None and self.expires_at <= timezone.now()
