"""Which tables a back-up holds, and their rows as JSON that both engines take back."""

import json
from base64 import b64decode, b64encode
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from uuid import UUID

from django.apps import apps
from django.db import models

from people.refusals import Refusal, Refused

APPS = ("people", "assessment")
#: Of one running installation: who is signed in at the moment, forms on their way. Rows of other apps are such as well
#: (tasks under way, sign-ins that failed lately) or made by `migrate` (content types, permissions).
LEFT_OUT = frozenset({"people.session", "people.sentform"})
CHUNK = 2000
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _moment(value):
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _to_moment(text):
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return value


def _to_number(text):
    value = Decimal(text)
    if not value.is_finite():
        raise ValueError("no number")
    return value


#: (kind of field, its type in JSON, value -> JSON, JSON -> value); the first that fits. None: as it is.
KINDS = (
    (models.BooleanField, bool, None, None),
    (models.IntegerField, int, None, None),
    (models.DecimalField, str, lambda value: f"{value:f}", _to_number),
    (models.DateTimeField, str, _moment, _to_moment),
    (models.DateField, str, date.isoformat, date.fromisoformat),
    (models.UUIDField, str, str, UUID),
    (models.BinaryField, str, lambda value: b64encode(value).decode(), lambda text: b64decode(text, validate=True)),
    ((models.CharField, models.TextField), str, None, None),
    (models.JSONField, object, None, None),
)


def _kind(field):
    field = field.target_field if field.is_relation else field
    return next(rest for kind, *rest in KINDS if isinstance(field, kind))


class Table:
    """One table of ours."""

    def __init__(self, model):
        self.model, self.name, self.fields = model, model._meta.db_table, model._meta.concrete_fields
        self.columns = [field.column for field in self.fields]
        self.attributes = [field.attname for field in self.fields]
        self.kinds = [_kind(field) for field in self.fields]

    def blocks(self):
        """Its rows as (how many, lines of JSON), in the order of their keys; never many at once."""
        rows = self.model._base_manager.order_by("pk").values_list(*self.attributes).iterator(chunk_size=CHUNK)
        while some := list(islice(rows, CHUNK)):
            columns = [
                column if out is None else [None if value is None else out(value) for value in column]
                for (_, out, _), column in zip(self.kinds, zip(*some, strict=True), strict=True)
            ]
            lines = "".join(f"{_ENCODER.encode(row)}\n" for row in zip(*columns, strict=True))
            yield len(some), lines.encode("utf-8", "surrogatepass")

    def rows(self, lines):
        """Rows of values from lines of JSON; what is no row of this table is refused."""
        try:
            parsed = [json.loads(line.decode("utf-8", "surrogatepass")) for line in lines]
            if any(type(row) is not list for row in parsed):
                raise ValueError("a line that is no row")
            columns = [self._values(*kind, column) for kind, column in zip(self.kinds, zip(*parsed, strict=True), strict=True)]
        except (ValueError, TypeError, ArithmeticError, RecursionError):
            raise Refused(Refusal("backup_rows", {"table": self.name})) from None
        return list(zip(*columns, strict=True))

    @staticmethod
    def _values(kind, _out, back, column):
        if kind is not object and not {kind, type(None)}.issuperset(map(type, column)):
            raise TypeError("a value of another kind")
        return column if back is None else [None if value is None else back(value) for value in column]


def tables():
    """Every table that a back-up holds, in the order of their names."""
    found = (model for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True))
    return sorted((Table(model) for model in found if model._meta.label_lower not in LEFT_OUT), key=lambda table: table.name)
