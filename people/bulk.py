"""Many rows in few statements: Django's bulk_create and bulk_update without what they spend on every single value.

The inserts of an import of 20,000 findings (130,000 rows) took longer than all of its checks. Values still go through
`pre_save` and `get_db_prep_save` of their fields. Not for expressions as values, nor for models of several tables.
"""

from itertools import chain

from django.db import connections, router

ROWS = 1000  # in one statement, where the number of parameters is not limited


def create(model, objs):
    """Insert objects that have no key yet; the database gives them one. Inside a transaction."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    for obj in objs:
        obj._prepare_related_fields_for_save(operation_name="bulk_create")
    columns = [[field.pre_save(obj, True) for obj in objs] for field in fields]
    keys = insert(model, [field.attname for field in fields], list(zip(*columns, strict=True)))
    for obj, key in zip(objs, keys, strict=True):
        obj.pk, obj._state.adding, obj._state.db = key, False, router.db_for_write(model)


def insert(model, names, rows):
    """Insert rows of values, in the order of these attribute names, and return their keys. Inside a transaction."""
    meta, connection = model._meta, connections[router.db_for_write(model)]
    fields, quoted, keys = [meta.get_field(name) for name in names], connection.ops.quote_name, []
    head = f"INSERT INTO {quoted(meta.db_table)} ({', '.join(quoted(field.column) for field in fields)}) VALUES "
    place, tail = f"({', '.join(['%s'] * len(fields))})", f" RETURNING {quoted(meta.pk.column)}"
    size = (connection.features.max_query_params or ROWS * len(fields)) // len(fields)
    with connection.cursor() as cursor:
        for start in range(0, len(rows), size):
            some = rows[start : start + size]
            values = list(chain.from_iterable(_ready(connection, fields, some)))
            cursor.execute(f"{head}{', '.join([place] * len(some))}{tail}", values)
            keys += [key for (key,) in cursor.fetchall()]
    return keys


def update(model, objs, names):
    """Write some fields of rows that are there. Inside a transaction."""
    meta, connection = model._meta, connections[router.db_for_write(model)]
    fields, quoted = [meta.get_field(name) for name in names], connection.ops.quote_name
    for obj in objs:
        obj._prepare_related_fields_for_save(operation_name="bulk_update", fields=fields)
    rows = [[*(field.pre_save(obj, False) for field in fields), obj.pk] for obj in objs]
    columns = ", ".join(f"{quoted(field.column)} = %s" for field in fields)
    statement = f"UPDATE {quoted(meta.db_table)} SET {columns} WHERE {quoted(meta.pk.column)} = %s"
    with connection.cursor() as cursor:
        cursor.executemany(statement, _ready(connection, [*fields, meta.pk], rows))


def _ready(connection, fields, rows):
    """The same rows as the database takes them; by columns, which is the quickest way through them."""
    columns = zip(fields, zip(*rows, strict=True), strict=bool(rows))
    return zip(*([field.get_db_prep_save(value, connection) for value in column] for field, column in columns), strict=True)
