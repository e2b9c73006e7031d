"""Jobs: long work that a person started."""

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import RecordedModel, RecordedQuerySet, User
from people.models.known import choices_held


class JobQuerySet(RecordedQuerySet):
    """A job is its owner's alone."""

    def within(self, scope):
        return self.filter(by_id=scope.user_id) if scope else self.none()


@choices_held
class Job(RecordedModel):
    """Long work: who, why, how far, and its result."""

    class Kind(models.TextChoices):
        IMPORT = "import", _("Import")
        EXPORT = "export", _("Export")
        RECOMBINE = "recombine", _("Recombination")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(_("Kind"), max_length=10, choices=Kind)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="jobs", verbose_name=_("Started by"))
    reason = models.TextField(_("Reason"), blank=True)
    started_at = models.DateTimeField(_("Started at"), default=timezone.now)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    result = models.CharField(_("Result file"), max_length=200, blank=True)
    state = models.CharField(_("State"), max_length=9, choices=State, default=State.WAITING)

    ledger_skip = frozenset({"done", "message"})
    ledger_name = ("kind",)
    objects = JobQuerySet.as_manager()

    class Meta(RecordedModel.Meta):
        verbose_name = _("Job")
        verbose_name_plural = _("Jobs")
        ordering = ["-started_at"]
        constraints = [CheckConstraint(condition=Q(done__lte=F("total")), name="job_not_overdone")]

    def __str__(self):
        return self.get_kind_display()

    @property
    def scope_unit_id(self):
        return None
