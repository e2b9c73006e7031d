"""What is taken back is what was there, row by row, from either engine to either; work goes on with it, and went on meanwhile."""

import re
import sqlite3
from pathlib import Path

import pytest

from tests.backup.remade import sets

LINE = re.compile(r"(\d+) rows, head (\d+) ([0-9a-f]{64}), sha256 ([0-9a-f]{64})\n")


class Trip:
    """A database that was restored from a file, with its folder of attachments."""

    def __init__(self, ground, file):
        self.ground, self.file, self.database = ground, file, ground.copy()
        self.attachments = ground.folder / f"attachments of {self.database}"
        self.code, self.out, self.err = self.run("restore", file)

    def run(self, *command):
        return self.ground.run(self.database, command, attachments=str(self.attachments))


@pytest.fixture(scope="module")
def trips(county, postgres):
    """SQLite -> SQLite, SQLite -> PostgreSQL, and from there -> SQLite."""
    there = Trip(postgres, county.whole)
    file = county.folder / "postgres.backup"
    assert there.run("backup", file)[0] == 0
    return {"to sqlite": Trip(county, county.whole), "to postgresql": there, "and back": Trip(county, file)}


every_trip = pytest.mark.parametrize("trip", ["to sqlite", "to postgresql", "and back"])


@every_trip
def test_every_row_is_there_as_it_was(county, trips, trip):
    trip = trips[trip]
    assert (trip.code, trip.err) == (0, "") and LINE.fullmatch(trip.out)
    upto = int(LINE.fullmatch(county.said)[2])
    old, new = county("rows", "full", upto=upto), trip.ground("rows", trip.database, upto=upto)
    assert {name: rows for name, rows in old["rows"].items() if not rows} == {}, "the source has something of everything"
    assert [name for name in old["rows"] if old["rows"][name] != new["rows"].get(name)] == [] and len(new["rows"]) == len(old["rows"])


@every_trip
def test_every_attachment_is_there(county, trips, trip):
    def found(folder):
        return {path.relative_to(folder): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}

    assert found(trips[trip].attachments) == found(county.attachments) != {}


@every_trip
def test_work_goes_on(county, trips, trip):
    trip = trips[trip]
    copy = trip.ground.copy(trip.database)
    found = trip.ground("live_on", copy, attachments=str(trip.attachments), session=county.session, view=county.view)
    assert found["sessions"] == 0 and found["old session"] == 302, "who was signed in has to do so again"
    assert (found["signed in"], found["home"]) == (302, 200)
    assert found["cadre"] == "NEW" and found["reused"] == []
    assert found["view"], "the key of a row that was deleted is not given out again"
    assert {job[0] for job in found["jobs behind"]} == {"failed"} and {tuple(job[2:]) for job in found["jobs behind"]} == {("", "")}
    assert {job[1]["refusals"][0]["code"] for job in found["jobs behind"]} == {"job_left_behind"}
    rows, entries, head, sha256 = LINE.fullmatch(trip.out).groups()
    told = {"file": trip.file.name, "sha256": sha256, "rows": int(rows), "entries": int(entries), "head": head}
    assert found["restore"].items() >= told.items()
    (verified,) = found["answers"]
    assert verified[0] == 0 and verified[2] == ""


def test_a_back_up_stands_in_the_ledger_after_its_picture(county):
    rows, entries, head, sha256 = LINE.fullmatch(county.said).groups()
    with sqlite3.connect(county.name("full")) as connection:
        query = "SELECT seq, previous, after, actor_name FROM people_ledgerentry WHERE verb = 'backup' ORDER BY seq DESC LIMIT 1"
        seq, previous, after, actor = connection.execute(query).fetchone()
    assert (seq, previous, actor) == (int(entries) + 1, head, "")
    assert sha256 in after and rows in after and '"whole.backup"' in after


def test_a_file_is_checked_without_a_database(county):
    code, out, err = county.run("no such database", ["backup", "--check", county.whole])
    assert (code, out, err) == (0, county.said, "")


def test_under_a_passphrase(lite, tmp_path):
    word = tmp_path / "passphrase"
    word.write_text("一句只有我们知道的长长的话\n", "utf-8")
    file, database = tmp_path / "b", lite.copy("small")
    code, said, _ = lite.run(database, ["backup", file, "--passphrase-file", word], attachments=str(lite.attachments))
    assert code == 0 and b"front-line" not in file.read_bytes() and file.stat().st_mode & 0o777 == 0o600
    new = lite.copy()
    code, restored, _ = lite.run(new, ["restore", file, "--passphrase-file", word], attachments=str(tmp_path / "a"))
    assert (code, restored) == (0, said)
    assert lite.run(new, ["verify_ledger"], attachments=str(tmp_path / "a"))[0] == 0


# --- what is particular to PostgreSQL


def test_data_on_postgresql_are_left_alone(postgres, lite, restore):
    code, err = restore(postgres, "small", lite.file)
    assert code == 1 and err.startswith("This database holds data: nothing was changed.")


def test_on_postgresql_as_well(postgres, change, restore):
    code, err = restore(postgres, "blank", change(sets("people_grant", "role", "manager")))
    assert code == 1 and "The proof finds: " in err


@pytest.mark.parametrize(("table", "name", "value"), [("people_unit", "id", 1 << 70), ("people_kinship", "cadre_id", 99999)])
def test_nor_does_postgresql_take_rows_that_cannot_be(postgres, change, table, name, value, restore):
    code, err = restore(postgres, "blank", change(sets(table, name, value)))
    assert code == 1 and err.startswith("The data could not be put into the database, so nothing was changed: ")


def test_a_sign_that_postgresql_cannot_hold_is_told(postgres, change, restore):
    code, err = restore(postgres, "blank", change(sets("people_unit", "name", "a\0b")))
    assert code == 1 and err.startswith("The data could not be put into the database, so nothing was changed: ")


def test_others_write_meanwhile(lite, postgres, tmp_path):
    """Nobody is held up, and the back-up is of one moment: it proves itself."""
    for ground in (lite, postgres):
        file, database = tmp_path / type(ground).__name__, ground.copy("small")
        told = ground("write_meanwhile", database, file=str(file))
        assert told["units"] > told["saved"] > 4 and told["head"] > told["seen"]
        new = lite.copy()
        code, _, err = lite.run(new, ["restore", file], attachments=str(lite.attachments))
        assert (code, err) == (0, "")
        assert len(lite("rows", new)["rows"]["Unit"]) == told["saved"]
