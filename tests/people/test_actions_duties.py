"""Duties, sanctions and kinships."""

from datetime import date

import pytest

from people import proof
from people.actions import duties
from people.models import Duty, Kinship, Sanction
from people.refusals import Refused

pytestmark = pytest.mark.django_db


def refusals(action, **options):
    with pytest.raises(Refused) as refused:
        action(**options)
    return [(r.code, r.row, r.field) for r in refused.value.refusals]


def test_a_duty_of_a_cadre_and_one_of_many(people):
    one, many = duties.save(
        by=people.lin,
        rows=[
            {"unit": "E1", "kind": "责任片区", "place": "一组", "starts_on": "2022-05-06", "cadre": people.dawa, "trained_on": "2022-05-05"},
            {"unit": people.east_unit, "kind": "grid", "starts_on": date(2022, 5, 6), "headcount": 5000},
        ],
    )
    assert (one.kind, one.cadre, one.trained_on, many.headcount) == ("zone", people.dawa, date(2022, 5, 5), 5000)
    (one,) = duties.save(by=people.lin, rows=[{"id": one.pk, "ends_on": "2022-06-01"}])
    assert one.place == "一组" and Duty.objects.count() == 2
    duties.remove(by=people.lin, record=one, reason="误录")
    assert Duty.objects.count() == 1 and list(proof.verify()) == []


def test_what_is_wrong_with_a_duty(people):
    row = {"unit": "E", "kind": "zone", "starts_on": "2022-05-06"}
    rows = [
        row, {**row, "cadre": "G001", "headcount": 3}, {**row, "headcount": 3, "trained_on": "2022-05-05"},
        {**row, "cadre": "G001", "ends_on": "2022-05-05"}, {"unit": "none", "kind": "x", "cadre": "none"},
    ]  # fmt: skip
    assert sorted(refusals(duties.save, by=people.lin, rows=rows)) == sorted([
        ("cadre_or_headcount", 0, "headcount"), ("cadre_or_headcount", 1, "headcount"), ("training_of_cadre", 2, "trained_on"),
        ("ends_before_start", 3, "ends_on"), ("unknown_word", 4, "kind"), ("required", 4, "starts_on"), ("unknown_unit", 4, "unit"),
        ("unknown_cadre", 4, "cadre"),
    ])  # fmt: skip


def test_scope_own_file_and_kin(people):
    row = {"unit": "E", "kind": "zone", "starts_on": "2022-05-06"}
    assert refusals(duties.save, by=people.east_assessor, rows=[{**row, "unit": "W", "headcount": 1}]) == [("outside_scope", 0, "")]
    assert refusals(duties.save, by=people.hai, rows=[{**row, "cadre": "G009"}]) == [("own_file", 0, "")]
    sanction = {"cadre": "G005", "kind": "警告", "decided_on": "2022-01-01"}
    assert refusals(duties.save_sanctions, by=people.hai, rows=[sanction]) == [("file_of_kin", 0, "")]
    assert refusals(duties.save_sanctions, by=people.man, rows=[sanction]) == [("role_missing", 0, "")]
    (made,) = duties.save_sanctions(by=people.lin, rows=[{**sanction, "effect_until": "2022-07-01"}])
    assert made.kind == "10"
    assert refusals(duties.save_sanctions, by=people.lin, rows=[{"id": made.pk, "effect_until": "2021-12-31"}]) == [("ends_before_start", 0, "effect_until")]
    assert refusals(duties.remove, by=people.hai, record=Sanction.objects.get()) == [("file_of_kin", None, "")]


def test_kinship_holds_both_ways_and_is_recorded_once(people):
    assert Kinship.objects.count() == 1  # hai and karma
    for pair in (("G009", "G005"), ("G005", "G009")):
        rows = [{"cadre": pair[0], "relative": pair[1], "relation": "spouse"}]
        assert refusals(duties.save_kinships, by=people.lin, rows=rows) == [("kinship_known", 0, "relative")]
    rows = [{"cadre": "G001", "relative": "G001", "relation": "夫妻"}]
    assert ("kin_of_himself", 0, "relative") in refusals(duties.save_kinships, by=people.lin, rows=rows)
    (made,) = duties.save_kinships(by=people.lin, rows=[{"cadre": "G001", "relative": "G002", "relation": "直系血亲"}])
    duties.save_kinships(by=people.lin, rows=[{"id": made.pk, "relation": "in_law"}])
    assert Kinship.objects.get(pk=made.pk).relation == "in_law"
