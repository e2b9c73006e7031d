"""Rules that no table constraint can express, held by triggers on SQLite and PostgreSQL alike.

A `Trigger` is written once, as a condition in SQL that both engines read. They are taken off before a migration
(SQLite rebuilds tables, and a rebuild fails on or silently drops triggers) and put on again after it.
Each app keeps its own list in `<app>.rules_in_database.TRIGGERS`.
"""

from dataclasses import dataclass
from importlib import import_module

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.utils.module_loading import module_has_submodule


@dataclass(frozen=True)
class Trigger:
    """Refuse `event` ("INSERT", "UPDATE" or "DELETE") on a row of `table` where `condition` (NEW, OLD) is true."""

    name: str
    table: str
    event: str
    message: str
    condition: str = ""

    def statements(self, vendor):
        """SQL that installs the trigger."""
        message = self.message.replace("'", "''")
        if vendor == "sqlite":
            when = f"WHEN {self.condition}" if self.condition else ""
            return [
                f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} FOR EACH ROW {when} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            ]
        result = "OLD" if self.event == "DELETE" else "NEW"
        statements = [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {self.condition or 'true'} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END IF; "
            f"RETURN {result}; END $$",
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} FOR EACH ROW EXECUTE FUNCTION {self.name}()",
        ]
        if self.event == "DELETE" and not self.condition:
            statements += [
                f"CREATE OR REPLACE FUNCTION {self.name}_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END $$",
                f"CREATE TRIGGER {self.name}_all BEFORE TRUNCATE ON {self.table} FOR EACH STATEMENT EXECUTE FUNCTION {self.name}_all()",
            ]
        return statements


def declared():
    """Every trigger of every app."""
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "rules_in_database"):
            yield from import_module(f"{config.name}.rules_in_database").TRIGGERS


def present(on=connection):
    """{trigger name: table} of what the database holds."""
    with on.cursor() as cursor:
        if on.vendor == "sqlite":
            cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'")
        return dict(cursor.fetchall())


def missing(on=connection):
    """Names of declared triggers that the database does not hold, or holds switched off."""
    there = present(on)
    return [t.name for t in declared() if t.name not in there]


def drop(on=connection):
    """Take all declared triggers off."""
    there = present(on)
    with on.cursor() as cursor:
        for trigger in declared():
            for name in (trigger.name, f"{trigger.name}_all"):
                if name in there:
                    suffix = f" ON {trigger.table}" if on.vendor == "postgresql" else ""
                    cursor.execute(f"DROP TRIGGER {name}{suffix}")


def install(on=connection):
    """Put all declared triggers on; those already there are made anew, so that a changed rule takes effect."""
    drop(on)
    tables = set(on.introspection.table_names())
    with on.cursor() as cursor:
        for trigger in declared():
            if trigger.table in tables:
                for statement in trigger.statements(on.vendor):
                    cursor.execute(statement)


def before_migrate(app_config, using=DEFAULT_DB_ALIAS, **kwargs):
    """Signal receiver: off before the first app migrates."""
    if app_config.name == "people":
        drop(connections[using])


def after_migrate(app_config, using=DEFAULT_DB_ALIAS, **kwargs):
    """Signal receiver: on again when the tables stand."""
    if app_config.name == "people":
        install(connections[using])
