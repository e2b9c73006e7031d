"""What a restore refuses, and that it then leaves everything as it was; kills and full disks."""

import hashlib

import pytest

from tests.backup.conftest import here
from tests.backup.remade import drops, sets

# --- what is there already


def test_a_database_that_holds_data_is_left_alone(lite, restore):
    database = lite.copy()
    lite("add_somebody", database)
    for each in (database, "small"):
        code, err = restore(lite, each, lite.file)
        assert code == 1 and err.startswith("This database holds data: nothing was changed.")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO people_unit (code, name, kind) VALUES ('X', 'X', 'township')",
        "UPDATE assessment_scheme SET code = 'mine' WHERE code = 'routine'",
        "UPDATE people_ledgerentry SET verb = 'sign_in_failed' WHERE seq = 2",
        "DELETE FROM people_ledgerentry",
    ],
)
def test_whatever_is_not_from_migrate_is_data(lite, statement, restore):
    """But for what `migrate` itself did: entries that are gone are no data, and nothing that could be lost."""
    database = lite.copy()
    lite("tamper", database, statements=[statement])
    assert restore(lite, database, lite.file)[0] == (0 if statement.startswith("DELETE") else 1)


def test_another_state_of_the_tables_says_what_to_do(lite, change, restore):
    def says(statement):
        database = lite.copy()
        lite("tamper", database, statements=[statement])
        code, err = restore(lite, database, lite.file)
        assert code == 1
        return err

    named = "(app, name, applied) VALUES ('people', '9999_later', '2022-01-01')"
    assert "made by an earlier version" in says(f"INSERT INTO django_migrations {named}")
    assert says("DELETE FROM django_migrations WHERE app = 'assessment'").endswith("run manage.py migrate first.")
    later = change(lambda members, manifest: manifest["migrations"].append(["people", "9999_later"]))
    code, err = restore(lite, "blank", later)
    assert code == 1 and "made by a later version" in err
    other = change(lambda members, manifest: manifest["tables"][0]["columns"].reverse())
    code, err = restore(lite, "blank", other)
    assert code == 1 and "other tables or columns" in err
    (lite.folder / "without tables.sqlite3").write_bytes(b"")
    assert lite.run("without tables", ["restore", lite.file])[2].endswith("run manage.py migrate first.")


# --- rows that somebody altered under a right seal


ALTERED = {
    "a grade": (sets("assessment_signedopinion", "grade", "优秀"), "signed opinion"),
    "a right": (sets("people_grant", "role", "manager"), "people.grant"),
    "an entry": (sets("people_ledgerentry", "reason", "another", row=30), "entry"),
    "the last entry gone": (drops("people_ledgerentry", -1), ""),
    "a rating gone": (drops("assessment_rating", 0), ""),
}


@pytest.mark.parametrize("what", ALTERED)
def test_what_does_not_prove_itself_is_not_taken(lite, change, what, restore):
    how, said = ALTERED[what]
    code, err = restore(lite, "blank", change(how))
    assert code == 1 and err.startswith("The proof finds: ") and said.lower() in err.lower()
    assert "The back-up does not prove itself, so nothing was changed." in err


def test_faults_can_be_accepted_and_stand_in_the_ledger(lite, change, restore):
    database = lite.copy()
    code, err = restore(lite, database, change(ALTERED["a right"][0]), "--accept-faults")
    assert code == 0 and "people.grant" in err
    entry = lite("entry", database, verb="restore")
    assert entry["after"]["faults"] == 1 and "people.grant" in entry["after"]["first"]


NOT_TAKEN = {
    "a number too large": sets("people_unit", "id", 1 << 70),
    "a key twice": sets("people_unit", "id", 2),
    "a reference to nothing": sets("people_kinship", "cadre_id", 99999),
    "a choice that is none": sets("people_unit", "kind", "none"),
    "nothing where something has to be": sets("people_unit", "name", None),
    "no row": sets("people_unit", "name", []),
}


@pytest.mark.parametrize("what", NOT_TAKEN)
def test_rows_that_cannot_be_are_not_taken(lite, change, what, restore):
    code, err = restore(lite, "blank", change(NOT_TAKEN[what]))
    assert code == 1 and err.startswith(("Rows of people_unit are not ", "The data could not be put into the database, so nothing was changed: "))


# --- attachments


def test_an_altered_attachment_is_refused(lite, change, restore):
    def alter(members, manifest):
        name = next(name for name in members if name.startswith("attachments/"))
        members[name] = b"another picture"

    code, err = restore(lite, "blank", change(alter, tell=False))
    assert code == 1 and err.startswith("This is no whole, unaltered back-up")
    code, err = restore(lite, "blank", change(alter))
    assert code == 1 and err.startswith("This is no whole, unaltered back-up")


def test_files_that_are_there_stay_or_are_refused(lite, change):
    """By the way: libraries may be of another version than where the back-up was made."""
    file = change(lambda members, manifest: manifest["migrations"].append(["axes", "9999_later"]))
    folder, database = lite.folder / "there already", lite.copy()
    some = here(lite.attachments)[0]
    there = folder / some.relative_to(lite.attachments)
    there.parent.mkdir(parents=True)
    there.write_bytes(b"another file")
    code, _, err = lite.run(database, ["restore", file], attachments=str(folder))
    assert code == 1 and str(there) in err and here(folder) == [there]
    there.write_bytes(some.read_bytes())
    before = there.stat().st_mtime_ns
    assert lite.run(database, ["restore", file], attachments=str(folder))[0] == 0
    assert there.stat().st_mtime_ns == before and len(here(folder)) > 1


def test_a_missing_attachment_is_told_and_the_rest_saved(lite, tmp_path, restore):
    folder, file, database = tmp_path / "some", tmp_path / "b", lite.copy("small")
    found = here(lite.attachments)
    for path in found[1:]:
        (folder / path.relative_to(lite.attachments)).parent.mkdir(parents=True, exist_ok=True)
        (folder / path.relative_to(lite.attachments)).write_bytes(path.read_bytes() if path != found[1] else b"altered")
    code, out, err = lite.run(database, ["backup", file], attachments=str(folder))
    assert code == 2 and found[0].name in err and found[1].name in err and len(err.splitlines()) == 3
    assert lite.run("none", ["backup", "--check", file])[:2] == [2, out]
    code, err = restore(lite, lite.copy(), file)
    assert code == 1 and "The proof finds: " in err


# --- kills, full disks, writers


def test_a_killed_restore_leaves_an_empty_database(lite):
    steps = lite("run", lite.copy(), calls=[["restore", str(lite.file)]], attachments=str(lite.folder / "steps"))["steps"]
    insert = next(n for n, name in enumerate(steps, 1) if name.startswith('INSERT INTO "people_user"'))
    commit = max(n for n, name in enumerate(steps, 1) if name == "commit")
    database = lite.copy()
    before = lite("rows", database)
    for at in (insert, len(steps) // 2, commit):
        folder = str(lite.folder / f"killed {at}")
        assert lite("run", database, at, calls=[["restore", str(lite.file)]], attachments=folder) == {"killed": True}
        assert lite("rows", database) == before
    assert lite.run(database, ["restore", lite.file], attachments=folder)[0] == 0  # and it can be tried again


def test_a_killed_back_up_leaves_no_file(lite, tmp_path):
    database, file = lite.copy("small"), tmp_path / "b"
    steps = lite("run", database, calls=[["backup", str(tmp_path / "a")]], attachments=str(lite.attachments))["steps"]
    for at in (len(steps) // 3, max(n for n, name in enumerate(steps, 1) if name == "commit")):
        assert lite("run", database, at, calls=[["backup", str(file)]], attachments=str(lite.attachments)) == {"killed": True}
        assert not file.exists()
    assert lite.run(database, ["backup", file], attachments=str(lite.attachments))[0] == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


@pytest.mark.parametrize("room", [20_000, 50_000, 60_000])
def test_a_full_disk_leaves_nothing_and_says_so(lite, tmp_path, room):
    """Too little for the back-up, or even for the database that it is made of."""
    database, file = lite.copy("small"), tmp_path / "b"
    before = lite("rows", database)["head"]
    code, out, err = lite.run(database, ["backup", file], attachments=str(lite.attachments), largest_file=room)
    assert (code, out) == (1, "") and err.startswith(f"{file} cannot be written: ") and err.endswith("No back-up was made.")
    assert list(tmp_path.iterdir()) == [] and lite("rows", database)["head"] == before


def test_a_full_disk_while_restoring_changes_nothing(lite, restore):
    code, err = restore(lite, "blank", lite.file, largest_file=200_000)
    assert code == 1 and err.startswith("The data could not be put into the database, so nothing was changed: ")


# --- passphrases


def test_where_the_passphrase_comes_from(lite, tmp_path, monkeypatch, restore):
    word, empty, file = tmp_path / "word", tmp_path / "empty", tmp_path / "b"
    word.write_text("twelve signs and more\nsecond line\n")
    empty.write_text("\n")
    place = {"attachments": str(lite.attachments)}
    database = lite.copy("small")
    code, _, err = lite.run(database, ["backup", file, "--passphrase-file", empty], **place)
    assert code == 1 and err == f"The first line of {empty} is empty: it has to be the passphrase."
    code, _, err = lite.run(database, ["backup", file, "--passphrase-file", tmp_path / "none"], **place)
    assert code == 1 and "cannot be read" in err and not file.exists()
    code, _, err = lite.run(database, ["backup", file, "--encrypt"], **place)
    assert code == 1 and "--passphrase-file" in err and not file.exists()
    assert lite.run(database, ["backup", file], environment={"BACKUP_PASSPHRASE": "twelve signs and more"}, **place)[0] == 0
    assert lite.run("none", ["backup", "--check", file, "--passphrase-file", word])[0] == 0
    code, _, err = lite.run("none", ["backup", "--check", file])
    assert code == 1 and "A passphrase is needed" in err
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    code, err = restore(lite, "blank", file, environment={"BACKUP_PASSPHRASE": "twelve other signs"})
    assert code == 1 and err.startswith("The passphrase is not the one of this back-up")
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before


def test_without_the_package_a_sentence_says_what_to_install(lite, tmp_path):
    place = {"attachments": str(lite.attachments), "environment": {"BACKUP_PASSPHRASE": "twelve signs and more"}}
    code, _, err = lite.run(lite.copy("small"), ["backup", tmp_path / "b"], without="cryptography", **place)
    assert code == 1 and "extra “encryption”" in err and list(tmp_path.iterdir()) == []
