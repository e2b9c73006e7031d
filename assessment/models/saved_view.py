"""Saved views: a list's filters, columns and order under a name."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from people.models import RecordedModel, RecordedQuerySet, Unit, User


class SavedViewQuerySet(RecordedQuerySet):
    """One's own views, and those shared with a unit that one works in, above or below."""

    def within(self, scope):
        if not scope:
            return self.none()
        own = Q(owner_id=scope.user_id)
        if scope.everything:
            return self.filter(own | ~Q(unit=None))
        above = Unit.objects.above(scope.units).order_by().values("pk")
        return self.filter(own | Q(unit__in=scope.units) | Q(unit__in=above))


class SavedView(RecordedModel):
    """A saved view 常用视图: what a list showed, as its query string. Its owner alone changes it; `unit`: shared with it."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="views", verbose_name=_("Owner"))
    list = models.CharField(_("List"), max_length=40)  # noun of the list's URL names
    title = models.CharField(_("Name of the view"), max_length=60)
    query = models.TextField(blank=True)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="views", verbose_name=_("Shared with")
    )

    ledger_name = ("title",)
    ledger_unit = ("unit_id",)
    objects = SavedViewQuerySet.as_manager()

    class Meta(RecordedModel.Meta):
        verbose_name = _("Saved view")
        verbose_name_plural = _("Saved views")
        ordering = ["title", "pk"]
        constraints = [
            UniqueConstraint(fields=["owner", "list", "title"], name="saved_view_once"),
            CheckConstraint(condition=~Q(title="") & ~Q(list=""), name="saved_view_named"),
        ]

    def __str__(self):
        return self.title

    @property
    def scope_unit_id(self):
        return self.unit_id
