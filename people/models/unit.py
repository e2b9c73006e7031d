"""Units: the tree of Party committees, departments, townships, villages, branches and teams."""

from django.db import connections, models
from django.db.models import CheckConstraint, F, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _
from tree_queries.fields import TreeNodeForeignKey
from tree_queries.query import TreeQuerySet

from people.models.known import choices_held
from people.models.ledger import RecordedModel, RecordedQuerySet


class UnitQuerySet(RecordedQuerySet, TreeQuerySet):
    """Units and the branches of their tree."""

    def standing(self, day):
        """Units that exist on a day: formed, and not yet disbanded."""
        formed = Q(formed_on=None) | Q(formed_on__lte=day)
        return self.filter(formed, Q(disbanded_on=None) | Q(disbanded_on__gt=day))

    def branches(self, roots):
        """{root: ids of it and of all below it} for ids of units, in one query however many roots."""
        roots = sorted(set(roots))
        found = {root: set() for root in roots}
        if roots:
            table, marks = self.model._meta.db_table, ", ".join(["%s"] * len(roots))
            with connections[self.db].cursor() as cursor:
                cursor.execute(
                    f"WITH RECURSIVE branch(root, id) AS (SELECT id, id FROM {table} WHERE id IN ({marks}) UNION "
                    f"SELECT b.root, u.id FROM {table} u JOIN branch b ON u.parent_id = b.id) SELECT root, id FROM branch",
                    roots,
                )
                for root, unit in cursor.fetchall():
                    found[root].add(unit)
        return found

    def above(self, units):
        """Everything above the given units (ids), whatever the height; for a look-up within another query."""
        units = sorted(units)
        if not units:
            return self.none()
        table, marks = self.model._meta.db_table, ", ".join(["%s"] * len(units))
        climb = (
            f"WITH RECURSIVE climb(id) AS (SELECT parent_id FROM {table} WHERE id IN ({marks}) UNION "
            f"SELECT u.parent_id FROM {table} u JOIN climb c ON u.id = c.id) SELECT id FROM climb WHERE id IS NOT NULL"
        )
        return self.filter(pk__in=RawSQL(climb, units))

    def below(self, roots):
        """The given units and everything below them, whatever the depth."""
        return self.filter(pk__in=set().union(*self.branches(getattr(root, "pk", root) for root in roots).values()))


@choices_held
class Unit(RecordedModel):
    """A unit 单位."""

    class Kind(models.TextChoices):
        PARTY_COMMITTEE = "party_committee", _("Party committee")
        DEPARTMENT = "department", _("Government department")
        TOWNSHIP = "township", _("Township")
        VILLAGE = "village", _("Village or community")
        BRANCH = "branch", _("Party branch")
        TEMPORARY_BRANCH = "temporary_branch", _("Temporary Party branch")
        VANGUARD_TEAM = "vanguard_team", _("Vanguard team")
        OTHER = "other", _("Other unit")

    code = models.CharField(_("Unit code"), max_length=32, unique=True)
    name = models.CharField(_("Unit name"), max_length=100)
    kind = models.CharField(_("Kind"), max_length=20, choices=Kind, default=Kind.OTHER)
    parent = TreeNodeForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name=_("Parent unit")
    )
    formed_on = models.DateField(_("Formed on"), null=True, blank=True)
    disbanded_on = models.DateField(_("Disbanded on"), null=True, blank=True)

    ledger_name = ("name",)
    ledger_unit = ("pk",)
    objects = UnitQuerySet.as_manager()

    class Meta(RecordedModel.Meta):
        verbose_name = _("Unit")
        verbose_name_plural = _("Units")
        ordering = ["code"]
        constraints = [
            CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="unit_named"),
            CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="unit_not_its_own_parent"),
            CheckConstraint(
                condition=Q(disbanded_on=None) | Q(formed_on=None) | Q(disbanded_on__gte=F("formed_on")),
                name="unit_disbanded_after_formed",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def scope_unit_id(self):
        return self.pk
