"""How far an import is, ending it on the way, and what is done in the transaction that writes it."""

import pytest

from assessment.actions import campaigns
from assessment.models import Campaign, Contact, Finding
from assessment.sheets import exchange
from people import ledger, proof
from people.actions import units
from people.models import LedgerEntry, Unit
from people.refusals import Refused
from tests.sheets.books import generated, small, written

pytestmark = pytest.mark.django_db
ROWS = sum(map(len, small().values()))


class Cancelled(Exception):
    """The owner wants it no more."""


def prepared(assessors, sheets=None, **options):
    return exchange.prepare(by=assessors["kcy1"], file=written(sheets or small()), name="x.xlsx", **options)


def test_progress_goes_through_the_phases(assessors):
    told = []
    work = prepared(assessors, generated(2)[0], progress=lambda *now: told.append(now))
    exchange.carry_out(work, progress=lambda *now: told.append(now))
    assert list(dict.fromkeys(phase for *_, phase in told)) == ["read", "check", "write"]
    checked = [(done, total) for done, total, phase in told if phase == "check"]
    assert checked == sorted(checked) and checked[0] == (0, work.rows) and checked[-1] == (work.rows, work.rows) and len(checked) > 3
    assert told[-1] == (0, work.rows, "write")


@pytest.mark.parametrize("phase", ["read", "check", "write"])
def test_ending_it_anywhere_leaves_nothing(assessors, phase):
    def progress(done, total, now):
        if now == phase and (done or now != "check"):
            raise Cancelled

    before = LedgerEntry.objects.count()
    with pytest.raises(Cancelled):
        exchange.carry_out(prepared(assessors, progress=progress), progress=progress)
    assert LedgerEntry.objects.count() == before and not Unit.objects.exists()
    exchange.carry_out(prepared(assessors))
    assert Contact.objects.count() == 2


def test_finish_is_part_of_the_same_transaction(assessors):
    def mark():
        assert Contact.objects.count() == 2
        units.save(by=assessors["kcy1"], rows=[{"code": "Z", "name": "末"}])

    exchange.carry_out(prepared(assessors), finish=mark)
    assert set(LedgerEntry.objects.filter(object_type="people.unit").values_list("verb", flat=True)) == {"import_workbook"}
    assert Unit.objects.filter(code="Z").exists() and list(proof.verify()) == []

    def fail():
        Unit.objects.filter(code="Z").update(name="改")
        raise Cancelled

    head, changed = ledger.head(), small()
    changed["单位"][1]["单位名称"] = "另一名"
    with pytest.raises(Cancelled):
        exchange.carry_out(prepared(assessors, changed), finish=fail)
    assert ledger.head() == head and set(Unit.objects.values_list("name", flat=True)) == {"某县", "某镇", "末"}


def test_finish_is_called_when_there_is_nothing_to_write(assessors, take):
    take(small())
    work, called, head = prepared(assessors), [], ledger.head()
    assert work.empty
    exchange.carry_out(work, finish=lambda: called.append(True))
    assert called == [True] and ledger.head() == head


def test_what_somebody_else_took_in_meanwhile_is_not_written_again(assessors):
    first, second = prepared(assessors), prepared(assessors)
    exchange.carry_out(first)
    head, called = ledger.head(), []
    exchange.carry_out(second, finish=lambda: called.append(True))
    assert ledger.head() == head and called == [True] and second.empty


def test_what_no_longer_fits_is_refused(assessors, take):
    take(small())
    changed = small()
    changed["了解记录"][0]["了解情况"] = "另一种说法"
    work = prepared(assessors, changed)
    campaigns.close(by=assessors["kcy2"], campaign=Campaign.objects.get())
    head = ledger.head()
    with pytest.raises(Refused) as refused:
        exchange.carry_out(work)
    assert [r.code for r in refused.value.refusals] == ["changed_meanwhile"]
    assert ledger.head() == head and not Finding.objects.filter(narrative="另一种说法").exists()
