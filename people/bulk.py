"""Many rows in few statements: Django's bulk_create and bulk_update without what they spend on every single value.

The inserts of an import of 20,000 findings (130,000 rows) took longer than all of its checks. Values still go through
`pre_save` and `get_db_prep_save` of their fields. Not for expressions as values, nor for models of several tables.
All of it goes on inside a transaction.
"""

from itertools import chain

from django.db import connections, models, router

ROWS = 1000  # in one statement, where the number of parameters is not limited
#: Values of this kind are nothing else in the database, and most are of one of these.
AS_IT_IS = {models.BigAutoField: int, models.CharField: str, models.TextField: str}


def create(model, objs):
    """Insert objects that have no key yet; the database gives them one."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    for obj in objs:
        obj._prepare_related_fields_for_save(operation_name="bulk_create")
    columns = [[field.pre_save(obj, True) for obj in objs] for field in fields]
    alias, meta = router.db_for_write(model), model._meta
    keys = _insert(connections[alias], meta, fields, list(zip(*columns, strict=True)), returning=True)
    for obj, key in zip(objs, keys, strict=True):
        obj.pk, obj._state.adding, obj._state.db = key, False, alias


def insert(model, names, rows):
    """Insert rows of values, in the order of these attribute names."""
    connection, meta = connections[router.db_for_write(model)], model._meta
    fields = [meta.get_field(name) for name in names]
    if connection.vendor != "postgresql":
        _insert(connection, meta, fields, rows)
        return
    table, columns = _quoted(connection, meta, fields)
    # triggers and constraints hold for COPY as well, at half the price; its errors are not made Django's by the cursor
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in _ready(connection, fields, rows):
            copy.write_row(row)


def update(model, objs, names):
    """Write some fields of rows that are there."""
    connection, meta = connections[router.db_for_write(model)], model._meta
    fields, quoted = [meta.get_field(name) for name in names], connection.ops.quote_name
    for obj in objs:
        obj._prepare_related_fields_for_save(operation_name="bulk_update", fields=fields)
    rows = [[*(field.pre_save(obj, False) for field in fields), obj.pk] for obj in objs]
    columns = ", ".join(f"{quoted(field.column)} = %s" for field in fields)
    statement = f"UPDATE {quoted(meta.db_table)} SET {columns} WHERE {quoted(meta.pk.column)} = %s"
    with connection.cursor() as cursor:
        cursor.executemany(statement, _ready(connection, [*fields, meta.pk], rows))


def _insert(connection, meta, fields, rows, returning=False):
    """INSERT statements with as many rows as one may have; answers the keys that the database gave, if asked."""
    table, columns = _quoted(connection, meta, fields)
    place, keys = f"({', '.join(['%s'] * len(fields))})", []
    tail = f" RETURNING {connection.ops.quote_name(meta.pk.column)}" if returning else ""
    size = (connection.features.max_query_params or ROWS * len(fields)) // len(fields)
    with connection.cursor() as cursor:
        for start in range(0, len(rows), size):
            some = rows[start : start + size]
            values = list(chain.from_iterable(_ready(connection, fields, some)))
            cursor.execute(f"INSERT INTO {table} ({columns}) VALUES {', '.join([place] * len(some))}{tail}", values)
            if returning:
                keys += [key for (key,) in cursor.fetchall()]
    return keys


def _quoted(connection, meta, fields):
    quoted = connection.ops.quote_name
    return quoted(meta.db_table), ", ".join(quoted(field.column) for field in fields)


def _ready(connection, fields, rows):
    """The same rows as the database takes them; by columns, which is the quickest way through them."""
    columns = zip(fields, zip(*rows, strict=True), strict=bool(rows))
    return zip(*(_ready_column(connection, field, values) for field, values in columns), strict=True)


def _ready_column(connection, field, values):
    kind = AS_IT_IS.get(type(field.target_field if field.is_relation else field))
    if kind and {kind, type(None)}.issuperset(map(type, values)):
        return values
    return [field.get_db_prep_save(value, connection) for value in values]
