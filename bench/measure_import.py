"""Import of a workbook of 20,000 findings, against openpyxl's reading of it and a bare insert of the same rows.

Ours is the whole way: the file is checked and read, every row is planned and checked against the rights of the user, then
all is written in one recorded transaction, with 25,000 ledger entries and the numbers of 1,000 evaluations.

Bare is what nobody can do without: openpyxl reads all cells (read-only, values only), and the same contacts, teams, findings
and ratings go by INSERT statements of many rows (four times as quick as `executemany` where a table has triggers), in one
transaction, into the same tables with their constraints and triggers on. Ids are counted here, so nothing is read back. No
check, no ledger, no numbers.

Cadres, campaigns and rosters are there before either.
"""

import os
import shutil
from pathlib import Path
from time import process_time
from uuid import uuid4

from openpyxl import load_workbook

from bench import findings
from bench.database import scratch, use
from bench.measures import Against, Memory, Times, line

WHAT, TARGET, MEMORY = "import 20,000 findings", 3, 300
BOOK, BEFORE, USED = "findings.xlsx", "before.sqlite3", "db.sqlite3"
METHODS = {"现场了解": "on_site", "电话了解": "phone", "谈心谈话": "talk"}
RELATIONS = dict(zip(findings.RELATIONS, ("superior", "peer", "subordinate", "served", "public"), strict=True))


def measures():
    with scratch() as place:
        os.environ["BENCH_PLACE"] = str(place)
        _prepare(place)
        yield Times(WHAT, ours, [Against("openpyxl and a bare insert", bare, TARGET)], rounds=3)
        yield Processor()
        yield Memory(WHAT, "bench.measure_import:ours", MEMORY)


class Processor:
    """The same in time of the processor, which other programs on the machine disturb less."""

    def measure(self):
        mine, plain = _processor_time(ours), _processor_time(bare)
        return line(f"{WHAT} / the same, processor", f"{mine:.1f} ms", f"{plain:.1f} ms", mine / plain, TARGET)


def _processor_time(function):
    start = process_time()
    function()
    return (process_time() - start) * 1000


def _prepare(place):
    """Users, cadres, campaigns and rosters, and the workbook of the evidence."""
    from people import passwords
    from people.actions import grants, users

    for name in findings.USERS:
        user = users.add(by=None, username=name, name=name, password=passwords.made_up())
        grants.give(by=None, user=user, role="assessor", reason="bench")
    sheets = findings.county()
    findings.write({"了解记录": sheets.pop("了解记录")}, place / BOOK)
    findings.write(sheets, place / "rosters.xlsx")
    _import(place / "rosters.xlsx")
    _close()
    shutil.copy(place / USED, place / BEFORE)


def _close():
    """Leave the database's file whole, without a log beside it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _anew():
    """The database as before; returns the workbook."""
    use()
    _close()
    place = Path(os.environ["BENCH_PLACE"])
    shutil.copy(place / BEFORE, place / USED)
    return place / BOOK


def ours():
    _import(_anew())


def _import(book):
    from assessment.sheets import exchange
    from people.models import User

    work = exchange.prepare(by=User.objects.get(username=findings.USERS[0]), file=book, name=book.name)
    assert not work.faults, work.faults[:3]
    exchange.carry_out(work)


def bare():
    from django.db import connection, transaction

    book = load_workbook(_anew(), read_only=True)
    rows = list(book["了解记录"].iter_rows(min_row=2, values_only=True))
    with transaction.atomic(), connection.cursor() as cursor:
        for table, columns, values in _tables(cursor, rows):
            place, size = f"({', '.join(['%s'] * len(columns))})", 999 // len(columns)
            for start in range(0, len(values), size):
                some = values[start : start + size]
                statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([place] * len(some))}"
                cursor.execute(statement, [value for row in some for value in row])


def _tables(cursor, rows):
    """(table, columns, rows) of what the workbook says, in the order of their references."""

    def ids(query, *values):
        cursor.execute(query, values)
        return {row[0] if len(row) == 2 else row[:-1]: row[-1] for row in map(tuple, cursor.fetchall())}

    users = ids("SELECT username, id FROM people_user")
    campaigns = ids("SELECT code, id FROM assessment_campaign")
    evaluations = ids("SELECT campaign_id, c.code, e.id FROM assessment_evaluation e JOIN people_cadre c ON c.id = cadre_id")
    marks = ids("SELECT d.name, d.id FROM assessment_dimension d JOIN assessment_scheme s ON s.id = scheme_id WHERE s.code = 'front-line'")
    levels = ids("SELECT l.name, l.id FROM assessment_level l JOIN assessment_scheme s ON s.id = scheme_id WHERE s.code = 'front-line'")
    dimensions = [marks[name] for name in findings.DIMENSIONS]
    contacts, teams, told, ratings, known = [], [], [], [], {}
    for number, (campaign, key, method, held, place, team, source, relation, cadre, narrative, example, *given) in enumerate(rows, 1):
        code = campaigns[campaign]
        contact = known.get((code, key))
        if contact is None:
            contact = known[code, key] = len(known) + 1
            who = (source, "", RELATIONS[relation], users[findings.USERS[0]])
            contacts.append((contact, code, key, METHODS[method], str(held), place, *who, uuid4().hex, str(held)))
            teams += [(contact, users[name], position) for position, name in enumerate(team.split("、"))]
        told.append((number, contact, evaluations[code, cadre], narrative, example or "", ""))
        ratings += [(number, dimension, levels[level]) for dimension, level in zip(dimensions, given, strict=True) if level]
    names = "campaign_id number method held_at place source_name source_post relation recorder_id client_uuid received_at"
    yield "assessment_contact", ["id", *names.split()], contacts
    yield "assessment_teammember", ["contact_id", "user_id", "position"], teams
    yield "assessment_finding", ["id", "contact_id", "evaluation_id", "narrative", "example", "withdrawn_why"], told
    yield "assessment_rating", ["finding_id", "dimension_id", "level_id"], ratings
