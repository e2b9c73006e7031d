"""One order on both engines: empty values last whichever way one sorts, equal values by key, text byte by byte."""

from django.db.models import CharField, F, Func, OrderBy, TextField, Value
from django.db.models.constants import LOOKUP_SEP
from django.db.models.functions import NullIf


class Bytewise(Func):
    """Text compared as SQLite compares it. PostgreSQL would follow the locale of the machine it was set up on."""

    template = "%(expressions)s"
    arity = 1

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template='(%(expressions)s) COLLATE "C"', **context)


def arranged(queryset, paths):
    """The queryset ordered by field paths ("unit__code", "-score"), empty last, then by key.

    A path that is never empty gets no NULLS LAST and no NULLIF, so that an index can serve it.
    """
    order = []
    for path in paths:
        name = path.removeprefix("-")
        text, may_be_null, may_be_blank = _nature(queryset, name)
        value = F(name)
        if may_be_blank:
            value = NullIf(value, Value(""))
        if text:
            value = Bytewise(value)
        order.append(OrderBy(value, descending=path.startswith("-"), nulls_last=may_be_null or may_be_blank or None))
    return queryset.order_by(*order, "pk")


def _nature(queryset, path):
    """(is it text, may it be NULL, may it be blank text) of a path from a queryset's model or its annotations."""
    annotation = queryset.query.annotations.get(path)
    if annotation is not None:
        text = isinstance(annotation.output_field, CharField | TextField)
        return text, True, text
    model, null, field = queryset.model, False, None
    for name in path.split(LOOKUP_SEP):
        field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        # A reverse relation may lead nowhere; only concrete fields say so themselves.
        null = null or getattr(field, "null", True) or not field.concrete
        model = field.related_model if field.is_relation else model
    text = isinstance(field, CharField | TextField)
    return text, null, text and field.blank
