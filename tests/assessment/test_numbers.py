"""The live numbers through the database: the worked example of DESIGN section 4, recombination, and their proof."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.actions import campaigns, contacts, evaluations
from assessment.actions.numbers import recombine_rows
from assessment.models import DimensionScore, Evaluation
from people import ledger, proof
from people.ledger import recorded
from people.models import LedgerEntry
from tests import cast
from tests.cast import give, give_evidence, signed
from tests.database.raw import run, update
from tests.refusing import refused

pytestmark = pytest.mark.both_engines


def numbers(row):
    row.refresh_from_db()
    return (row.score, row.proposed_grade, row.count_on_site, row.count_phone, row.count_talk, row.relations, row.leads, row.contested)


def dimensions(row):
    """{code: (score, count, spread)}"""
    return {d.dimension.code: (d.score, d.count, d.spread) for d in row.dimension_scores.select_related("dimension")}


@pytest.fixture
def example(world):
    """The scheme of the worked example, dawa on its roster."""
    code = cast.scheme(world, "example", min_on_site=1, min_phone=1, min_talk=1, contested_gap=25).code
    return cast.evaluation_of(world.dawa, cast.campaign(world, "example", code, cadres=[world.dawa, world.nima]))


def test_the_worked_example(world, example):
    give(world, {example: {"A": "好", "B": "一般"}})
    give(world, {example: {"A": "较好"}})
    give(world, {example: {"A": "好"}}, "phone")
    assert numbers(example) == (Decimal("83.00"), "", 2, 1, 0, 1, 1, False)
    # spread of 95, 85, 95: mean 91 2/3, sum of squares 66 2/3, over 2, root: 5.77
    assert dimensions(example) == {"A": (Decimal("91.67"), 3, Decimal("5.77")), "B": (Decimal("70.00"), 1, None)}
    give(world, {example: None}, "talk")  # a talk without any mark is evidence as well
    assert numbers(example) == (Decimal("83.00"), "称职", 2, 1, 1, 1, 1, False)


def test_a_method_of_weight_zero_is_evidence_without_a_say(world):
    code = cast.scheme(world, "no phone", on_site_weight=50, phone_weight=0, talk_weight=50, contested_gap=25).code
    row = cast.evaluation_of(world.dawa, cast.campaign(world, "no phone", code, cadres=[world.dawa]))
    give(world, {row: "较差"}, "phone")
    assert numbers(row) == (None, "", 0, 1, 0, 1, 1, False)
    assert dimensions(row) == {"A": (None, 1, None), "B": (None, 1, None)}
    give(world, {row: "好"})
    assert numbers(row) == (Decimal("95.00"), "优秀", 1, 1, 0, 1, 1, True)  # 95 and 50 lie apart, methods pooled
    assert dimensions(row)["A"] == (Decimal("95.00"), 2, Decimal("31.82"))


def test_contested_from_the_gap_on(world):
    for gap, contested in ((10, True), ("10.01", False), (None, False)):
        code = cast.scheme(world, f"gap {gap}", contested_gap=gap).code
        row = cast.evaluation_of(world.dawa, cast.campaign(world, f"gap {gap}", code, cadres=[world.dawa]))
        give(world, {row: {"A": "好"}})
        give(world, {row: {"A": "较好"}}, "talk")
        assert numbers(row)[-1] is contested


def test_the_size_of_a_team_counts_nobody_twice(world, example):
    give(world, {example: "好"}, team=[world.lin, world.mei, world.hai])
    assert numbers(example)[2:7] == (1, 0, 0, 1, 1)
    assert dimensions(example)["A"] == (Decimal("95.00"), 1, None)
    give(world, {example: "好"}, lead=world.mei, team=[world.mei, world.lin])
    assert numbers(example)[6] == 2  # leads, not members


def test_one_contact_counts_for_each_whom_it_covers(world, example):
    other = cast.evaluation_of(world.nima, example.campaign)
    give(world, {example: "好", other: "较差"}, relation="")
    assert numbers(example)[:3] == (Decimal("95.00"), "", 1) and numbers(other)[:3] == (Decimal("50.00"), "", 1)
    assert numbers(example)[5] == 0  # a blank relation is none


def test_withdrawn_findings_do_not_count(world, example):
    give(world, {example: "好"})
    wrong = give(world, {example: {"A": "较差"}}, "phone", relation="served").findings.get()
    assert numbers(example)[-1] is True
    contacts.withdraw(by=world.lin, finding=wrong, why="记错了人")
    assert numbers(example) == (Decimal("95.00"), "", 1, 0, 0, 1, 1, False)
    assert dimensions(example)["A"] == (Decimal("95.00"), 1, None)
    assert list(evaluations.verify_numbers()) == []


def test_with_the_last_finding_withdrawn_nothing_is_left(world, example):
    only = give(world, {example: "好"}).findings.get()
    contacts.withdraw(by=world.lin, finding=only, why="记错了人")
    assert numbers(example) == (None, "", 0, 0, 0, 0, 0, False)
    assert dimensions(example) == {}
    assert list(evaluations.verify_numbers()) == []


# --- the whole campaign


def everything():
    rows = Evaluation.objects.order_by("pk").values_list(*["pk", *Evaluation.ledger_skip])
    scores = DimensionScore.objects.order_by("evaluation", "dimension")
    return list(rows), list(scores.values_list("evaluation", "dimension", "score", "count", "spread"))


def spoil():
    """Put nonsense in place of the numbers, as an old version of the program might have."""
    run(("UPDATE assessment_evaluation SET score = 1, leads = 7, contested = (1 = 1), proposed_grade = 'x' WHERE leads > 0", []))
    run(("UPDATE assessment_dimensionscore SET spread = NULL, count = 9", []))


def test_a_whole_campaign_equals_one_by_one(world):
    w = world
    rows = [w.of(cadre) for cadre in (w.dawa, w.nima, w.karma)]
    give_evidence(w, *rows)
    give(w, {rows[0]: {"analysis": "好", "control": "较差"}, rows[2]: None}, "talk", relation="public")
    give_evidence(w, w.of(w.east_unit), level="好")
    single = everything()
    both = w.front, w.groups
    assert [evaluations.recombine(by=w.lin, campaign=campaign) for campaign in both] == [0, 0]
    spoil()
    assert everything() != single
    assert [evaluations.recombine(by=w.lin, campaign=campaign) for campaign in both] == [3, 1]
    assert everything() == single
    with recorded(by=w.lin, verb="recombine"):
        for row in rows:
            assert recombine_rows([row.pk]) == 0
    assert everything() == single


def test_what_was_given_too_much_goes(world):
    row = world.of(world.nima)
    dimension = world.front.scheme.dimensions.first()
    DimensionScore.objects.create(evaluation=row, dimension=dimension, score=50, count=1)
    assert [str(fault) for fault in evaluations.verify_numbers()] == [
        f"numbers do not follow from the findings: evaluation {row.pk}, fields dimensions"
    ]
    assert evaluations.recombine(by=world.lin, campaign=world.front) == 1
    assert list(evaluations.verify_numbers()) == []


def test_a_recombination_is_one_event(world):
    give_evidence(world, world.of(world.dawa))
    spoil()
    seq, _ = ledger.head()
    evaluations.recombine(by=world.rui, campaign=world.front)
    [entry] = LedgerEntry.objects.filter(seq__gt=seq)
    assert (entry.verb, entry.object_id, entry.after, entry.before) == ("recombine", world.front.pk, {"changed": 1}, None)
    assert list(proof.verify()) == []


def test_who_may_recombine(world):
    for who in (world.man, world.aud, world.sys):
        with refused("role_missing"):
            evaluations.recombine(by=who, campaign=world.front)
    with refused("outside_scope"):
        evaluations.recombine(by=world.east_assessor, campaign=world.front)
    assert evaluations.recombine(by=None, campaign=world.front) == 0  # the installation itself


def test_the_number_of_queries_does_not_grow(world):
    def queries():
        spoil()
        with CaptureQueriesContext(connection) as captured:
            assert evaluations.recombine(by=world.lin, campaign=world.front)
        return len(captured)

    give_evidence(world, world.of(world.dawa))
    few = queries()
    give_evidence(world, *[world.of(cadre) for cadre in (world.nima, world.sonam, world.pema, world.karma, world.tashi)])
    assert queries() == few


# --- the proof


@pytest.mark.parametrize(
    ("field", "value"),
    [("score", "85.01"), ("score", None), ("proposed_grade", "优秀"), ("count_talk", 2), ("relations", 9), ("leads", 0), ("contested", True)],
)
def test_a_number_that_was_changed_is_found(world, field, value):
    row = world.of(world.dawa)
    give_evidence(world, row)
    assert list(evaluations.verify_numbers()) == []
    run(update(row, **{field: value}))
    expected = f"numbers do not follow from the findings: evaluation {row.pk}, fields {field}"
    assert [str(fault) for fault in evaluations.verify_numbers()] == [expected]


@pytest.mark.parametrize(("field", "value"), [("score", "84.99"), ("count", 2), ("spread", "1.00")])
def test_a_number_of_a_dimension_that_was_changed_is_found(world, field, value):
    row = world.of(world.dawa)
    give_evidence(world, row)
    run(update(row.dimension_scores.first(), **{field: value}))
    assert [fault.facts for fault in evaluations.verify_numbers()] == [{"evaluation": row.pk, "fields": "dimensions"}]


def test_signed_numbers_stand_in_the_opinion_and_are_verified_too(world):
    opinion = signed(world, world.of(world.dawa))
    campaigns.close(by=world.rui, campaign=world.front)
    run(update(opinion.evaluation, score="99.00"))
    assert [fault.facts["fields"] for fault in evaluations.verify_numbers()] == ["score"]
    assert evaluations.recombine(by=world.lin, campaign=world.front) == 1  # signed or closed: numbers only ever follow
    assert list(evaluations.verify_numbers()) == []
