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

LONG_AGO = {"sqlite": "datetime('now', '-180 days')", "postgresql": "(now() - interval '180 days')"}


@dataclass(frozen=True)
class Trigger:
    """Refuse `event` ("INSERT", "UPDATE" or "DELETE") on a row of `table` where `condition` (NEW, OLD) is true.

    Engines call one thing differently: LONG_AGO in a condition is the moment 180 days ago.
    """

    name: str
    table: str
    event: str
    message: str
    condition: str = ""

    def parts(self, vendor):
        """What makes up the trigger: {trigger name: (its own SQL, body of the function it calls on PostgreSQL)}."""
        message, condition = self.message.replace("'", "''"), self.condition.replace("LONG_AGO", LONG_AGO[vendor])
        if vendor == "sqlite":
            when = f"WHEN {condition}" if condition else ""
            sql = f"BEFORE {self.event} ON {self.table} FOR EACH ROW {when} BEGIN SELECT RAISE(ABORT, '{message}'); END"
            return {self.name: (f"CREATE TRIGGER {self.name} {sql}", "")}
        refuse = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation';"
        result = "OLD" if self.event == "DELETE" else "NEW"
        body = f" BEGIN IF {condition or 'true'} THEN {refuse} END IF; RETURN {result}; END "
        sql = f"BEFORE {self.event} ON {self.table} FOR EACH ROW EXECUTE FUNCTION {self.name}()"
        found = {self.name: (f"CREATE TRIGGER {self.name} {sql}", body)}
        if self.event == "DELETE" and not self.condition:
            name = f"{self.name}_all"
            sql = f"BEFORE TRUNCATE ON {self.table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            found[name] = (f"CREATE TRIGGER {name} {sql}", f" BEGIN {refuse} END ")
        return found

    def statements(self, vendor):
        """SQL that installs the trigger."""
        for name, (sql, body) in self.parts(vendor).items():
            if body:
                yield f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
            yield sql


def declared():
    """Every trigger of every app."""
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "rules_in_database"):
            yield from import_module(f"{config.name}.rules_in_database").TRIGGERS


def present(on=connection):
    """{trigger name: (its SQL, body of its function)} of what the database holds and has switched on."""
    with on.cursor() as cursor:
        if on.vendor == "sqlite":
            cursor.execute("SELECT name, sql, '' FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT t.tgname, pg_get_triggerdef(t.oid, true), p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
                "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
            )
        return {name: rest for name, *rest in cursor.fetchall()}


def faults(on=connection):
    """Yield ("missing" or "altered", name) for each declared trigger that the database does not hold as declared."""
    there = present(on)
    for trigger in declared():
        for name, parts in trigger.parts(on.vendor).items():
            if name not in there:
                yield "missing", name
            elif list(parts) != there[name]:
                yield "altered", name


def drop(on=connection):
    """Take all declared triggers off."""
    there = present(on)
    with on.cursor() as cursor:
        for trigger in declared():
            for name in trigger.parts(on.vendor):
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
