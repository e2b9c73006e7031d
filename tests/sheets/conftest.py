import pytest

from assessment.sheets import exchange
from assessment.sheets.exchange.write import export
from tests.cast import add_user
from tests.sheets.books import USERS, written


@pytest.fixture
def assessors(db):
    """Three assessors of everything, in an empty database: {user name: user}."""
    return {name: add_user(name, "assessor") for name in USERS}


@pytest.fixture
def take(assessors):
    """Function that takes a workbook in as kcy1: sheets as rows, or a file. Returns the work; asks for no faults."""

    def take(sheets, by="kcy1"):
        file = written(sheets) if isinstance(sheets, dict) else sheets
        work = exchange.prepare(by=assessors[by], file=file, name="test.xlsx")
        assert work.faults == []
        exchange.carry_out(work)
        return work

    return take


@pytest.fixture
def give_out(assessors, tmp_path):
    """Function that exports to a path."""

    def give_out(by="kcy1", name="out.xlsx", campaign=""):
        path = tmp_path / name
        with path.open("w+b") as file:
            export(by=assessors.get(by, by), file=file, reason="测试", campaign=campaign)
        return path

    return give_out
