"""SQL as somebody would write it who goes round the program, and what the database answers."""

from django.db import DatabaseError, connection, transaction


def columns(model):
    return [field.column for field in model._meta.concrete_fields if not field.primary_key]


def update(row, **values):
    """Change columns of one row."""
    sets = ", ".join(f"{name} = %s" for name in values)
    return f"UPDATE {row._meta.db_table} SET {sets} WHERE {row._meta.pk.column} = %s", [*values.values(), row.pk]


def delete(row):
    """Delete one row."""
    return f"DELETE FROM {row._meta.db_table} WHERE {row._meta.pk.column} = %s", [row.pk]


def copy(row, **values):
    """Insert a row like this one but for the columns given."""
    names = columns(type(row))
    assert set(values) <= {*names, row._meta.pk.column}, f"no such column: {set(values) - set(names)}"
    names += [row._meta.pk.column] * (row._meta.pk.column in values)
    picked = ", ".join("%s" if name in values else name for name in names)
    params = [values[name] for name in names if name in values]
    sql = f"INSERT INTO {row._meta.db_table} ({', '.join(names)}) SELECT {picked} FROM {row._meta.db_table}"
    return f"{sql} WHERE {row._meta.pk.column} = %s", [*params, row.pk]


def run(statement):
    """Run one statement; it must have met a row."""
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        assert cursor.rowcount != 0, f"met no row: {statement}"


def answer(statement):
    """What the database says to a statement: the text of its error, or "" when it did it (which is then undone)."""
    try:
        with transaction.atomic():
            run(statement)
            raise Undone
    except Undone:
        return ""
    except DatabaseError as error:
        return str(error)


class Undone(Exception):
    """Rolls a trial back."""
