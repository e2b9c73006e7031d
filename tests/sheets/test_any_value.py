"""Arbitrary texts, days and numbers go out and come back: through a workbook alone, and through the exchange workbook."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from assessment import columns
from assessment.actions import contacts
from assessment.models import Contact, Finding
from assessment.sheets import exchange
from assessment.sheets.exchange.write import export
from assessment.sheets.workbook.read import read_tables
from assessment.sheets.workbook.values import TEXT_LIMIT, ZONE, clean
from assessment.sheets.workbook.write import Sheet, write_workbook
from people.actions import cadres
from people.models import Cadre
from tests.cast import again

#: Pieces of which a careless writer or reader makes something else, alone or side by side.
PIECES = [
    "_x0041_", "_x005F_", "_x000D_", "_", "x", "=", "+", "-", "@", " ", "\u3000", "\t", "\n", "\r", "\r\n", "\x00", "\x1f", "\ufffe", "\ud800",
    "😀", "𠮷", "字", "a", "1", "0", ".", "%", "&", "&amp;", "<", ">", "]]>", "|", "'", '"', "#N/A", "TRUE", "例：", "e5", "\u2028", "\x85", "\u200b",
]  # fmt: skip
TEXTS = st.one_of(st.text(max_size=50), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
DAYS = st.dates(date(1900, 3, 1))
MOMENTS = st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 30))
NUMBERS = st.one_of(
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(-(10**9), 10**9, places=2),
)


# --- a workbook alone


def there_and_back(rows, kinds):
    """Rows as our reader and as calamine read them."""
    file = BytesIO()
    headings = [column.zh for column in columns.UNITS.columns][: 1 + len(kinds)]
    numbered = ([f"k{number}", *row] for number, row in enumerate(rows))
    write_workbook(file, [Sheet("单位", headings, numbered, ["id", *kinds])])
    (table,), _titles = read_tables(file, {columns.fold("单位"): columns.UNITS})
    assert table.faulty == [] and table.notes == []
    ours = [values[1:] + [None] * (len(headings) - len(values)) for _number, values in table.rows]
    file.seek(0)
    theirs = [row[1:] for row in CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()[1:]]
    return ours, theirs


@given(rows=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=12))
@example(rows=[("字" * TEXT_LIMIT, "😀" * TEXT_LIMIT), ("a" * (TEXT_LIMIT + 1), "\n" * 40_000)])
@example(rows=[("_x0041_" * 5000, "&" * TEXT_LIMIT)])
def test_texts(rows):
    ours, theirs = there_and_back(rows, ["text", "id"])
    cleaned = [[clean(text) for text in row] for row in rows]
    assert theirs == cleaned
    assert ours == [[text or None for text in row] for row in cleaned]


@given(rows=st.lists(st.tuples(DAYS, MOMENTS), min_size=1, max_size=12))
@example(rows=[(date(9999, 12, 31), datetime(9999, 12, 31, 23, 59, 59)), (date(1900, 3, 1), datetime(1900, 3, 1))])
def test_days_and_moments(rows):
    ours, theirs = there_and_back(rows, ["date", "datetime"])
    wanted = [[datetime.combine(day, time()), moment.replace(microsecond=0)] for day, moment in rows]
    assert ours == wanted
    assert [[datetime.combine(value, time()) if type(value) is date else value for value in row] for row in theirs] == wanted


@given(moments=st.lists(MOMENTS, min_size=1, max_size=12))
def test_moments_of_the_database(moments):
    ours, _ = there_and_back([[moment.replace(tzinfo=UTC)] for moment in moments], ["datetime"])
    assert ours == [[moment.replace(tzinfo=UTC, microsecond=0).astimezone(ZONE).replace(tzinfo=None)] for moment in moments]


@given(rows=st.lists(st.tuples(NUMBERS, st.decimals(0, 100, places=2)), min_size=1, max_size=12))
@example(rows=[(0, Decimal("100.00")), (5e-324, Decimal("0.00")), (1.7976931348623157e308, Decimal("0.01")), (0.1 + 0.2, Decimal("62.50"))])
def test_numbers(rows):
    ours, theirs = there_and_back(rows, ["number", "score"])
    assert ours == theirs == [[float(value) for value in row] for row in rows]


# --- the exchange workbook

SOME = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
LINES = st.one_of(TEXTS, st.builds(lambda text, times: (text * times)[:10_000], TEXTS, st.integers(1, 500)))
PAST = st.none() | st.dates(date(2000, 1, 1), date(2020, 12, 31))
CADRE = st.fixed_dictionaries(
    {
        "name": TEXTS.map(lambda text: f"甲{text}"[:60]), "post": TEXTS.map(lambda text: text[:100]), "native_place": TEXTS.map(lambda text: text[:60]),
        "birth_month": st.dates(date(1950, 1, 1), date(1985, 12, 31)).map("{:%Y-%m}".format), "joined_party_on": PAST, "started_work_on": PAST,
        "in_post_since": PAST, "sex": st.sampled_from(["", "1", "2"]), "phone": st.integers(0, 10**8 - 1).map("139{:08d}".format),
    }
)  # fmt: skip
EVIDENCE = st.fixed_dictionaries(
    {
        "narrative": LINES.map(lambda text: f"见{text}"[:10_000]), "example": LINES, "place": TEXTS.map(lambda text: f"村口{text}"[:100]),
        "source_name": TEXTS.map(lambda text: text[:60]), "held_at": st.datetimes(datetime(2022, 4, 1), datetime(2022, 6, 30)),
    }
)  # fmt: skip


@contextmanager
def undone():
    """What happens within has not happened afterwards."""
    around = transaction.atomic()
    around._from_testcase = True  # so that recorded() may open its own inside, as in a TestCase
    with around:
        yield
        transaction.set_rollback(True)


def given_out(user):
    file = BytesIO()
    export(by=again(user), file=file, reason="测试")
    return file


def taken(user, file):
    """Take a workbook in; returns how much of it was new or changed."""
    file.seek(0)
    work = exchange.prepare(by=again(user), file=file, name="x.xlsx")
    assert work.faults == []
    exchange.carry_out(work)
    return sum(count.new + count.changed for count in work.counts.values())


def known_cadres():
    return list(Cadre.objects.order_by("code").values("code", "status", *CADRE.wrapped_strategy.mapping))


def known_evidence():
    fields = ("contact__number", "contact__place", "contact__source_name", "contact__held_at", "narrative", "example")
    return list(Finding.objects.order_by("contact__number").values(*fields))


@pytest.mark.django_db
@SOME
@given(rows=st.lists(CADRE, min_size=4, max_size=4))
def test_cadres(world, rows):
    with undone():
        before = known_cadres()
        with undone():
            cadres.save(by=world.lin, rows=[{**row, "code": f"G{n:03d}"} for n, row in enumerate(rows, 1)])
            wanted, file = known_cadres(), given_out(world.lin)
            assert taken(world.lin, file) == 0  # nothing that was not there
        assert known_cadres() == before != wanted
        assert taken(world.lin, file) == 4
        assert known_cadres() == wanted


@pytest.mark.django_db
@SOME
@given(rows=st.lists(EVIDENCE, min_size=1, max_size=4))
def test_evidence(world, rows):
    with undone():
        with undone():
            contacts.record(by=world.lin, drafts=[drafted(world, f"N{n}", **row) for n, row in enumerate(rows)])
            wanted, file = known_evidence(), given_out(world.lin)
            assert taken(world.lin, file) == 0
        assert not Contact.objects.exists()
        assert taken(world.lin, file) == len(rows)
        assert known_evidence() == wanted and len(wanted) == len(rows)


def drafted(world, number, narrative, example, place, source_name, held_at):
    evaluation = world.of(world.dawa)
    finding = contacts.FindingDraft(evaluation, narrative, example, dict.fromkeys(evaluation.campaign.scheme.dimensions.all(), "好"))
    team = [world.lin, world.mei]
    return contacts.ContactDraft(evaluation.campaign, "on_site", held_at, team, [finding], number, place, source_name, "", "peer")
