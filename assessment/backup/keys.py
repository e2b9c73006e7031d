"""The highest key that a table ever gave out: the numbers of deleted rows, of which the ledger still tells, never come again."""

from django.core.management.color import no_style
from django.db import connection, models


def highest(model):
    """0 where keys are not numbers that the database gives."""
    if not _gives_keys(model):
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        else:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [_quoted(model), model._meta.pk.column])
            (sequence,) = cursor.fetchone()
            cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")
        found = cursor.fetchone()
    return found[0] if found else 0


def go_on_after(model, key):
    """Let the next row have a higher key than this one, and than all that are there."""
    if not _gives_keys(model):
        return
    with connection.cursor() as cursor:
        table, pk = model._meta.db_table, connection.ops.quote_name(model._meta.pk.column)
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            insert = f"INSERT INTO sqlite_sequence (name, seq) SELECT %s, max(%s, coalesce(max({pk}), 0)) FROM {_quoted(model)}"
            cursor.execute(insert, [table, key])
            return
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)
        if key > highest(model):
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [_quoted(model), model._meta.pk.column, key])


def _gives_keys(model):
    return isinstance(model._meta.pk, models.AutoField | models.BigAutoField)


def _quoted(model):
    return connection.ops.quote_name(model._meta.db_table)
