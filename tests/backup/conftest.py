"""Databases to back up and to restore into, each trial on copies of its own."""

import shutil
from itertools import count

import pytest

from tests.backup.remade import remade
from tests.jobs import killing


class Ground:
    """Databases of one engine, by name; what is done with them is done by processes of their own."""

    def __init__(self, url, folder):
        self.url, self.folder, self.numbers = url, folder, count()

    def __enter__(self):
        self.around = killing.ground(self.url, "tests.backup.commands")
        self.forked = self.around.__enter__()
        self.make("blank")
        self("empty", "blank")
        return self

    def __exit__(self, *error):
        return self.around.__exit__(*error)

    def __call__(self, do, database, at=0, **more):
        jobs = self.folder / "jobs"
        jobs.mkdir(exist_ok=True)
        return self.forked(do, {"database": self.name(database), "jobs": str(jobs)}, at, **more)

    def run(self, database, *commands, **more):
        """(exit code, standard output, standard error) of the last of these commands."""
        return self("run", database, calls=[list(map(str, command)) for command in commands], **more)["answers"][-1]

    def copy(self, database="blank"):
        """Name of a new copy of a database."""
        new = f"copy{next(self.numbers)}"
        self.copy_to(database, new)
        return new

    def name(self, database):
        return str(self.folder / f"{database}.sqlite3")

    def make(self, database):
        pass

    def copy_to(self, database, new):
        shutil.copy(self.name(database), self.name(new))


class PostgresGround(Ground):
    def name(self, database):
        return f"backup_{database}"

    def make(self, database):
        self.sql(f"CREATE DATABASE {self.name(database)}")

    def copy_to(self, database, new):
        self.sql(f"CREATE DATABASE {self.name(new)} TEMPLATE {self.name(database)} STRATEGY FILE_COPY")

    def sql(self, statement):
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def lite(tmp_path_factory):
    """SQLite: `blank`, and `small` with something of everything; file: its back-up; view: the key of a view that is gone."""
    folder = tmp_path_factory.mktemp("backup")
    with Ground(f"sqlite:///{folder}/blank.sqlite3", folder) as ground:
        ground.attachments, ground.file = folder / "attachments", folder / "small.backup"
        ground.copy_to("blank", "small")
        ground.view = ground("fill", "small", attachments=str(ground.attachments))["view"]
        assert ground.run("small", ["backup", ground.file], attachments=str(ground.attachments))[0] == 0
        yield ground


@pytest.fixture(scope="session")
def county(lite):
    """`lite` with `full`, which has the demo county as well; whole: its back-up, said: what making that said; session: of somebody there."""
    lite.copy_to("small", "full")
    lite.whole, lite.session = lite.folder / "whole.backup", lite("fill_county", "full")["session"]
    code, lite.said, err = lite.run("full", ["backup", lite.whole], attachments=str(lite.attachments))
    assert (code, err) == (0, "")
    return lite


@pytest.fixture(scope="session")
def postgres(postgres_url, lite, tmp_path_factory):
    """PostgreSQL: `blank`, and `small`, restored from the file of SQLite's."""
    with PostgresGround(postgres_url, tmp_path_factory.mktemp("postgres")) as ground:
        ground.copy_to("blank", "small")
        assert ground.run("small", ["restore", lite.file], attachments=str(lite.attachments))[0] == 0
        yield ground


@pytest.fixture
def change(lite, tmp_path):
    """Function: the path of the smaller back-up after `change(members, manifest)`, sealed again as if nothing had been."""

    def changed(change, **options):
        return remade(lite.file, tmp_path / "changed.backup", change, **options)

    return changed


def here(folder):
    """Every file below a folder."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


@pytest.fixture
def restore():
    """Function: (exit code, what it says on standard error) of a restore; unless the code is 0, the database is what it was."""

    def restore(ground, database, file, *options, **more):
        folder = ground.folder / f"of {database}"
        before, files = ground("rows", database), here(folder)
        code, _, err = ground.run(database, ["restore", file, *options], attachments=str(folder), **more)
        if code:
            assert ground("rows", database) == before and here(folder) == files
        return code, err

    return restore
