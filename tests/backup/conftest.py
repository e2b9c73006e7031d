"""Databases to back up and to restore into, each trial on copies of its own."""

import shutil
from itertools import count

import pytest

from tests.backup import remade
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
    """SQLite: `blank`; `small`, with something of everything; `full`, with the demo county as well.

    file, whole: their back-ups; said: what making the whole one said; view, session: of `fill` and `fill_county`.
    """
    folder = tmp_path_factory.mktemp("backup")
    with Ground(f"sqlite:///{folder}/blank.sqlite3", folder) as ground:
        ground.attachments, ground.file, ground.whole = folder / "attachments", folder / "small.backup", folder / "whole.backup"
        ground.copy_to("blank", "small")
        ground.view = ground("fill", "small", attachments=str(ground.attachments))["view"]
        ground.copy_to("small", "full")
        ground.session = ground("fill_county", "full")["session"]
        for database, file in (("small", ground.file), ("full", ground.whole)):
            code, ground.said, err = ground.run(database, ["backup", file], attachments=str(ground.attachments))
            assert (code, err) == (0, "")
        yield ground


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
        return remade.remade(lite.file, tmp_path / "changed.backup", change, **options)

    return changed
