"""Imports at the same time: the second finds what the first wrote. One that meets a form is refused with a sentence."""

import pytest

from assessment.actions.numbers import verify_numbers
from assessment.models import Contact, Finding
from assessment.sheets import exchange
from people import proof
from people.actions import units
from people.models import LedgerEntry, Unit
from people.refusals import Refused
from tests.cast import add_user, again
from tests.sheets.books import USERS, small, written
from tests.threads import together

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def checked(transactional_db):
    """Function that checks a workbook as one of the assessors."""
    users = {name: add_user(name, "assessor") for name in USERS}

    def checked(sheets, by):
        work = exchange.prepare(by=again(users[by]), file=written(sheets), name=f"{by}.xlsx")
        assert work.faults == []
        return work

    return checked


def more():
    """`small`, and another contact in the same campaign."""
    sheets = small()
    sheets["了解记录"] += [{**row, "记录编号": "3"} for row in sheets["了解记录"][:2]]
    return sheets


def holds():
    assert list(proof.verify()) == [] and list(verify_numbers()) == []


@pytest.mark.parametrize("turn", range(3))
def test_the_same_workbook_by_three_at_once(checked, turn):
    works = [checked(small(), by) for by in USERS]
    assert together(*(lambda work=work: exchange.carry_out(work) for work in works)) == [None] * 3
    assert LedgerEntry.objects.filter(verb="import_file").count() == 1
    assert Contact.objects.count() == 2 and Finding.objects.count() == 3
    holds()


@pytest.mark.parametrize("turn", range(3))
def test_overlapping_workbooks_at_once(checked, turn):
    works = [checked(small(), "kcy1"), checked(more(), "kcy2")]
    assert together(*(lambda work=work: exchange.carry_out(work) for work in works)) == [None] * 2
    assert Contact.objects.count() == 3 and Finding.objects.count() == 5
    holds()


def test_workbooks_that_contradict_each_other(checked):
    other = small()
    other["单位"][0]["上级编码"], other["单位"][1]["上级编码"] = "B", None
    works = [checked(small(), "kcy1"), checked(other, "kcy2")]
    got = together(*(lambda work=work: exchange.carry_out(work) for work in works))
    assert Contact.objects.count() == 2
    for error in filter(None, got):
        assert isinstance(error, Refused) and [r.code for r in error.refusals] == ["changed_meanwhile"]
    holds()


@pytest.mark.parametrize("turn", range(3))
def test_an_import_and_forms_at_once(checked, turn):
    """A form that saves the same unit knows no lock of imports: whoever comes second is told, and leaves nothing."""
    work = checked(small(), "kcy1")
    by = again(work.by)
    got, *_ = together(
        lambda: exchange.carry_out(work), *(lambda code=code: units.save(by=again(by), rows=[{"code": code, "name": "他"}]) for code in "BA")
    )
    if isinstance(got, Exception):
        assert isinstance(got, Refused) and [r.code for r in got.refusals] == ["changed_meanwhile"]
        assert not Contact.objects.exists()
    else:
        assert Contact.objects.count() == 2
    assert Unit.objects.count() == 2 or not Contact.objects.exists()
    holds()
