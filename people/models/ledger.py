"""The ledger's rows, and the base of every model whose changes it records."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import reduce
from operator import or_

from django.apps import apps
from django.db import connection, models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from people import bulk, recording
from people.canonical import sha256_hex


def plain(field, value):
    """A field's value as it stands in the ledger: JSON without floats, the same on every database."""
    if type(value) in (str, int):  # nearly all of them
        return value
    if isinstance(value, Decimal):
        return f"{value:.{field.decimal_places}f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | bool | list | dict):
        return value
    return str(value)


class RecordedQuerySet(models.QuerySet):
    """A queryset that writes only inside a recorded transaction and tells it what it touches.

    `within(scope)` says which rows a scope lets through; see `people.access.visible_to`.
    """

    def within(self, scope):
        """Rows whose unit (`ledger_unit`) is within reach, without the files (`ledger_about`) of oneself and one's kin.

        Rows of a model without unit are seen by whoever has any reach. Few models know better and say so.
        """
        if not scope:
            return self.none()
        seen, about = self, self.model.ledger_about
        if self.model.ledger_unit and not scope.everything:
            reached = (Q(**{f"{path}__in": scope.units}) for path in self.model.ledger_unit)
            seen = seen.filter(reduce(or_, reached))
        if about and scope.recused:
            seen = seen.filter(Q(**{about: None}) | ~Q(**{f"{about}__in": scope.recused}))
        return seen

    def bulk_create(self, objs, batch_size=None, **options):
        if options.get("ignore_conflicts") or options.get("update_conflicts"):
            raise ValueError("A recorded row is created or changed, never both in one statement.")
        record = recording.require(self.model)
        objs = list(objs)
        part = self.model.ledger_part
        if part:
            record.touching(part.root(self.model), {getattr(obj, part.key_to_root(self.model)) for obj in objs})
        if any(obj.pk is not None for obj in objs):  # keys from elsewhere
            super().bulk_create(objs, batch_size=batch_size, **options)
        else:
            bulk.create(self.model, objs)
        if not part:
            record.created(self.model, [obj.pk for obj in objs])
        return objs

    def bulk_insert(self, names, rows):
        """Insert rows of a part, given as values of these attribute names: an object for each would cost more than the row."""
        record, part = recording.require(self.model), self.model.ledger_part
        to_root = names.index(part.key_to_root(self.model))
        record.touching(part.root(self.model), {row[to_root] for row in rows})
        bulk.insert(self.model, names, rows)

    bulk_insert.alters_data = True

    def _touch(self, record, fields=None):
        model = self.model
        if fields is not None and set(fields) <= model.ledger_skip:
            return
        part = model.ledger_part
        if part and fields is not None and {part.foreign_key, part.key_to_root(model)} & set(fields):
            raise ValueError(f"A {model.__name__} stays with its {part.foreign_key}.")
        column = part.key_to_root(model) if part else "pk"
        record.touching(part.root(model) if part else model, set(self.order_by().values_list(column, flat=True)))

    def _going(self, record):
        """The rows are about to be deleted: keep their names, too."""
        self._touch(record)
        if not self.model.ledger_part:
            record.going(self.model, self.order_by().values_list("pk", flat=True))

    def update(self, **values):
        if not set(values) <= self.model.ledger_skip:
            self._touch(recording.require(self.model), values)
        return super().update(**values)

    update.alters_data = True

    def bulk_update(self, objs, fields, batch_size=None):
        record, objs = recording.require(self.model), list(objs)
        pks = [obj.pk for obj in objs]
        for start in range(0, len(pks), 5000):
            self.model._base_manager.filter(pk__in=pks[start : start + 5000])._touch(record, fields)
        bulk.update(self.model, objs, fields)
        return len(objs)

    bulk_update.alters_data = True

    def delete(self):
        self._going(recording.require(self.model))
        return super().delete()

    delete.alters_data = True
    delete.queryset_only = True


class Part:
    """Says that a model is a part of another's aggregate: its rows stand in the root's ledger entries.

    root: name of the foreign key to the root; key: attribute names that tell parts of one root apart.
    """

    def __init__(self, root, *key):
        self.foreign_key, self.key = root, key

    def root(self, model):
        return model._meta.get_field(self.foreign_key).related_model

    def key_to_root(self, model):
        return model._meta.get_field(self.foreign_key).attname


class RecordedModel(models.Model):
    """Base of every model that the ledger records.

    ledger_skip: attribute names left out (derived numbers). ledger_digest: secrets, told by their SHA-256. ledger_name: look-ups whose values, joined, name
    the row in an entry. ledger_unit: look-ups of the unit that gives the entry its scope; the first that is set.
    ledger_about: look-up of the cadre whose file it is; he and his kin do not see its entries.
    ledger_part: a `Part` where the row belongs to another's aggregate.
    """

    ledger_skip = frozenset()
    ledger_digest = frozenset()
    ledger_name = ("pk",)
    ledger_unit = ()
    ledger_about = ""
    ledger_part = None

    objects = RecordedQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args, **options):
        fields = options.get("update_fields")
        if fields is not None and set(fields) <= self.ledger_skip and not self._state.adding:
            return super().save(*args, **options)
        record = recording.require(type(self))
        part, adding = self.ledger_part, self._state.adding
        if part:
            if not adding:  # the root that it had, should it get another
                type(self)._base_manager.filter(pk=self.pk)._touch(record)
            record.touching(part.root(type(self)), [getattr(self, part.key_to_root(type(self)))])
        elif self.pk is not None:  # with a key given, even what calls itself new may be a row that is there
            record.touching(type(self), [self.pk])
        super().save(*args, **options)
        if adding and not part:
            record.created(type(self), [self.pk])

    save.alters_data = True

    def delete(self, *args, **options):
        type(self)._base_manager.filter(pk=self.pk)._going(recording.require(type(self)))
        return super().delete(*args, **options)

    delete.alters_data = True

    @classmethod
    def ledger_fields(cls):
        """The concrete fields that are recorded."""
        left_out = {cls._meta.pk.attname} | set(cls.ledger_skip)
        if cls.ledger_part:
            left_out |= {cls.ledger_part.key_to_root(cls), *cls.ledger_part.key}
        return [f for f in cls._meta.concrete_fields if f.attname not in left_out]

    @classmethod
    def ledger_parts(cls):
        """Models that are parts of this one."""
        return [
            relation.related_model
            for relation in cls._meta.related_objects
            if (part := getattr(relation.related_model, "ledger_part", None))
            and part.root(relation.related_model) is cls
            and relation.field.name == part.foreign_key
        ]

    @classmethod
    def ledger_lock(cls, pks, chunk=5000):
        """Lock rows, in one order; SQLite, where one writes at a time, needs none."""
        pks = sorted(pks) if connection.features.has_select_for_update else ()
        for start in range(0, len(pks), chunk):
            rows = cls._base_manager.select_for_update(no_key=True).filter(pk__in=pks[start : start + chunk]).order_by("pk")
            list(rows.values_list("pk"))

    @classmethod
    def ledger_states(cls, pks, chunk=5000):
        """State of the given rows with their parts: {pk: {field or "part.key": value}}; empty values left out."""
        pks, states = list(pks), {}
        for start in range(0, len(pks), chunk):
            some = pks[start : start + chunk]
            fields = cls.ledger_fields()
            rows = cls._base_manager.filter(pk__in=some).order_by()
            for row in rows.values_list("pk", *(f.attname for f in fields)):
                named = zip(fields, row[1:], strict=True)
                state = states[row[0]] = {f.attname: plain(f, v) for f, v in named if v is not None and v != ""}
                state.update((name, sha256_hex(state[name])) for name in cls.ledger_digest & state.keys())
            for model in cls.ledger_parts():
                part, fields = model.ledger_part, model.ledger_fields()
                to_root, name = part.key_to_root(model), model._meta.model_name
                rows = model._base_manager.filter(**{f"{to_root}__in": some}).order_by()
                told = {}  # parts repeat each other: each is held once
                for root, *row in rows.values_list(to_root, *part.key, *(f.attname for f in fields)):
                    if (row := tuple(row)) not in told:
                        key = ".".join([name, *map(str, row[: len(part.key)])])
                        named = zip(fields, row[len(part.key) :], strict=True)
                        told[row] = key, {f.attname: plain(f, v) for f, v in named if v is not None and v != ""}
                    key, state = told[row]
                    states[root][key] = state
        return states

    @classmethod
    def ledger_labels(cls, pks, chunk=5000):
        """Name and scope unit of the given rows: {pk: (name, unit id or None)}."""
        pks, labels = list(pks), {}
        named = len(cls.ledger_name)
        for start in range(0, len(pks), chunk):
            rows = cls._base_manager.filter(pk__in=pks[start : start + chunk]).order_by()
            for pk, *values in rows.values_list("pk", *cls.ledger_name, *cls.ledger_unit):
                name = " ".join(str(v) for v in values[:named] if v not in (None, ""))[:200]
                labels[pk] = (name, next((unit for unit in values[named:] if unit is not None), None))
        return labels


class LedgerEntryQuerySet(models.QuerySet):
    """Read by everybody through `visible_to`; written by `people.ledger` alone."""

    def within(self, scope):
        if not scope:
            return self.none()
        seen = self if scope.everything else self.filter(unit_id__in=scope.units)
        return seen.exclude(_of_files(scope.recused)) if scope.recused else seen


def _of_files(cadres):
    """Entries about these cadres, and about their evaluation, evidence and decisions."""
    found = Q(object_type="people.cadre", object_id__in=cadres)
    for model in apps.get_models():
        if about := getattr(model, "ledger_about", ""):
            rows = model._base_manager.filter(**{f"{about}__in": cadres}).order_by().values("pk")
            found |= Q(object_type=model._meta.label_lower, object_id__in=rows)
    return found


class LedgerEntry(models.Model):
    """One thing that happened. Append-only: triggers refuse every change, and each entry seals the one before."""

    seq = models.BigIntegerField(primary_key=True, verbose_name=_("No."))
    at = models.DateTimeField(db_index=True, verbose_name=_("When"))
    actor = models.ForeignKey(
        "people.User", null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name=_("Who")
    )
    actor_name = models.CharField(max_length=200, blank=True, verbose_name=_("Who"))
    verb = models.CharField(max_length=40, verbose_name=_("Did"))
    object_type = models.CharField(max_length=60, verbose_name=_("Record type"))
    object_id = models.BigIntegerField(null=True)
    object_name = models.CharField(max_length=200, blank=True, verbose_name=_("Record"))
    unit = models.ForeignKey(
        "people.Unit", null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name=_("Unit")
    )
    before = models.JSONField(null=True, verbose_name=_("Before"))
    after = models.JSONField(null=True, verbose_name=_("After"))
    reason = models.TextField(blank=True, verbose_name=_("Reason"))
    request_id = models.CharField(max_length=36, blank=True, verbose_name=_("Request"))
    address = models.CharField(max_length=45, blank=True, verbose_name=_("Address"))
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, verbose_name=_("Digest"))
    #: Number of the entry that tells of the purge of this one; its content is gone then, its place in the chain is not.
    purged_by = models.BigIntegerField(null=True)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("Ledger entry")
        verbose_name_plural = _("History")
        indexes = [
            models.Index(fields=["object_type", "object_id", "seq"]),
            models.Index(fields=["actor", "seq"]),
            models.Index(fields=["unit", "seq"]),
            models.Index(fields=["verb", "seq"]),
            models.Index(fields=["request_id", "seq"]),
        ]
        ordering = ["-seq"]

    def __str__(self):
        return f"{self.seq} {self.verb} {self.object_name}"

    @property
    def scope_unit_id(self):
        return self.unit_id


class LedgerHead(models.Model):
    """The one row that writers lock: number and digest of the newest entry."""

    seq = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [CheckConstraint(condition=Q(pk=1), name="ledger_one_head")]

    def __str__(self):
        return f"{self.seq} {self.digest}"
