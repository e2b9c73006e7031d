"""Many rows at once store what row by row would, and fail as that would, on both engines."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, models, transaction

from assessment.models import Contact, DimensionScore, Evaluation, Rating, TeamMember
from people import bulk, ledger, proof
from people.ledger import recorded
from people.models import Cadre, LedgerEntry, Unit
from people.recording import Unrecorded
from tests.cast import give, give_evidence, submitted

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db]
AWKWARD = ["", "\\N", "\\", "a\tb", "一\n二\r三", '引"号\'', "%s {} %%", "NULL", "\\.", "👍𠮷", " 空 "]


def test_texts_arrive_as_they_are(people):
    with recorded(by=people.lin, verb="trial"):
        rows = Cadre.objects.bulk_create(Cadre(code=f"T{n}", name="某", unit=people.east_unit, post=text) for n, text in enumerate(AWKWARD))
    assert [Cadre.objects.get(pk=row.pk).post for row in rows] == AWKWARD
    assert [row.code for row in rows] == [Cadre.objects.get(pk=row.pk).code for row in rows]
    assert all(row._state.db and not row._state.adding for row in rows)
    told = LedgerEntry.objects.filter(verb="trial").order_by("seq")
    assert [entry.after.get("post", "") for entry in told] == AWKWARD and list(proof.verify()) == []


def test_what_an_event_tells_arrives_as_it_is(people):
    facts = {"texts": AWKWARD, "number": 3, "none": None, "deep": {"一": [True, {"b": "\\N"}]}}
    ledger.note(by=people.lin, verb="view", object_type="x", object_name="\\N\t", facts=facts, reason="\\")
    entry = LedgerEntry.objects.first()
    assert (entry.after, entry.before, entry.object_name, entry.reason) == (facts, None, "\\N\t", "\\")
    assert entry.digest == ledger.seal(entry) and list(proof.verify()) == []


def contacts(world, start):
    """Contacts with moments, ids and choices of all kinds."""
    moment = datetime(2022, 5, 6, 9, 30, 7, 123456, tzinfo=timezone(timedelta(hours=8)))
    for n, method in enumerate(("on_site", "phone", "talk")):
        yield Contact(
            campaign=world.front, number=f"{start}{n}", method=method, held_at=moment + timedelta(days=n), place=AWKWARD[n + 3],
            source_name="某", relation="", recorder=world.lin, client_uuid=UUID(int=start * 10 + n), received_at=moment,
        )  # fmt: skip


def scores(world, start):
    """Decimals, with and without a value."""
    evaluations = [world.of(cadre) for cadre in (world.dawa, world.nima, world.sonam)]
    for evaluation, score, spread in zip(evaluations, ("7.50", None, "100"), ("0.01", "3", None), strict=True):
        dimension = world.front.scheme.dimensions.order_by("pk")[start % 2]
        values = {"score": score and Decimal(score), "spread": spread and Decimal(spread)}
        yield DimensionScore(evaluation=evaluation, dimension=dimension, count=start, **values)


@pytest.mark.parametrize(("made", "own"), [(contacts, {"id", "number", "client_uuid"}), (scores, {"id", "dimension_id", "count"})])
def test_every_kind_of_value_is_stored_as_django_stores_it(world, made, own):
    ours, others = list(made(world, 1)), list(made(world, 2))
    model = type(ours[0])
    names = [field.attname for field in model._meta.concrete_fields if field.attname not in own]
    with transaction.atomic():
        bulk.create(model, ours)
        models.QuerySet(model).bulk_create(others)
        rows = model._base_manager.order_by("pk")
        assert [row.pk for row in ours + others] == list(rows.values_list("pk", flat=True))
        stored = list(rows.values_list(*names))
        assert stored[:3] == stored[3:] and len(stored) == 6
        transaction.set_rollback(True)


def test_changes_are_written_to_their_rows_alone(world):
    rows = [world.of(cadre) for cadre in (world.dawa, world.nima)]
    for row, score in zip(rows, ("88.25", None), strict=True):
        row.score, row.contested, row.leads, row.proposed_grade = score and Decimal(score), score is not None, 3, "不写"
    with recorded(by=world.lin, verb="trial"):
        Evaluation.objects.bulk_update(rows, ["score", "contested", "leads"])
        assert Evaluation.objects.bulk_update([], ["score"]) == 0
    found = Evaluation.objects.order_by("pk").values_list("score", "contested", "leads", "proposed_grade")
    assert {row[:2] for row in found[2:]} == {(None, False)} and {row[3] for row in found} == {""}
    assert list(found[:2]) == [(Decimal("88.25"), True, 3, ""), (None, False, 3, "")]


def test_more_rows_than_one_statement_takes(people):
    with recorded(by=people.lin, verb="trial"):
        units = Unit.objects.bulk_create(Unit(code=f"N{n:04d}", name="新", parent=people.east_unit) for n in range(2500))
    assert Unit.objects.filter(code__startswith="N").count() == 2500
    assert all(Unit.objects.filter(pk=unit.pk, code=unit.code).exists() for unit in units[::499])
    assert LedgerEntry.objects.filter(verb="trial").count() == 2500 and list(proof.verify()) == []


def test_no_rows_are_no_statement(people, django_assert_num_queries):
    with recorded(by=people.lin, verb="trial"), django_assert_num_queries(0):
        assert Unit.objects.bulk_create([]) == []
    assert not LedgerEntry.objects.filter(verb="trial").exists()


FAULTY = {
    "no such user": lambda contact: [(contact.pk, 999_999, 5)],
    "twice": lambda contact: [(contact.pk, contact.recorder_id, 5), (contact.pk, contact.recorder_id, 6)],
    "below nought": lambda contact: [(contact.pk, contact.recorder_id, -1)],
}


@pytest.mark.parametrize("rows", FAULTY.values(), ids=FAULTY)
def test_what_the_database_refuses_is_djangos_error_and_leaves_nothing(world, rows):
    contact = give(world, {world.of(world.dawa): "好"}, team=[world.mei, world.hai])
    before = ledger.head(), TeamMember.objects.count()
    with pytest.raises(IntegrityError), recorded(by=world.lin, verb="trial"):
        TeamMember.objects.bulk_insert(["contact_id", "user_id", "position"], rows(contact))
        connection.check_constraints()
    assert (ledger.head(), TeamMember.objects.count()) == before


def test_triggers_hold(world):
    """A part of a locked contact does not come in this way either."""
    give_evidence(world, dawa := world.of(world.dawa))
    submitted(world, dawa)
    rating = Rating.objects.filter(finding__evaluation=dawa).first()
    row = (rating.finding_id, rating.dimension_id, rating.level_id)
    with pytest.raises(IntegrityError, match="locked"), recorded(by=world.lin, verb="trial"):
        Rating.objects.bulk_insert(["finding_id", "dimension_id", "level_id"], [row])


def test_parts_are_recorded_with_their_root_or_not_at_all(world):
    contact = give(world, {world.of(world.dawa): "好"})
    rows = [(contact.pk, world.rui.pk, 5)]
    with pytest.raises(Unrecorded):
        TeamMember.objects.bulk_insert(["contact_id", "user_id", "position"], rows)
    with recorded(by=world.lin, verb="trial"):
        TeamMember.objects.bulk_insert(["contact_id", "user_id", "position"], rows)
    entry = LedgerEntry.objects.get(verb="trial")
    assert (entry.object_id, entry.after) == (contact.pk, {"teammember.5": {"user_id": world.rui.pk}})
    assert list(proof.verify()) == []
