"""Units and cadres: what is checked when they are saved, all at once, and who may save which."""

from datetime import date

import pytest

from people import proof
from people.actions import cadres, units
from people.models import Cadre, LedgerEntry, Unit
from people.refusals import Refused
from tests.cast import again

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
ID_ONE, ID_TWO = "000000199001010018", "000000199003070022"  # the division 000000 belongs to nobody


def refusals(action, **options):
    """(code, row, field) of every refusal; nothing may be written."""
    before = LedgerEntry.objects.count()
    with pytest.raises(Refused) as refused:
        action(**options)
    assert LedgerEntry.objects.count() == before
    return [(r.code, r.row, r.field) for r in refused.value.refusals]


# --- units


def test_units_in_any_order_become_a_tree(people):
    village, town = units.save(by=people.lin, rows=[{"code": "N1", "name": "村", "parent": "N"}, {"code": "N", "name": "镇", "parent": people.county}])
    assert village.parent == town and town.parent == people.county and village.kind == "other"
    assert list(Unit.objects.descendants(people.county).filter(code__startswith="N").order_by("code")) == [town, village]


def test_only_what_is_given_changes(people):
    units.save(by=people.lin, rows=[{"code": "E", "formed_on": "2020-01-01"}])
    (unit,) = units.save(by=people.lin, rows=[{"code": "E", "name": "新名"}])
    assert (unit.name, unit.kind, unit.parent, unit.formed_on) == ("新名", "township", people.county, date(2020, 1, 1))
    (unit,) = units.save(by=people.lin, rows=[{"code": "E", "formed_on": None, "kind": ""}])
    assert (unit.formed_on, unit.kind) == (None, "other")


def test_nothing_changed_is_no_entry(people):
    before = LedgerEntry.objects.count()
    units.save(by=people.lin, rows=[{"code": "E", "name": "东滩镇", "kind": "乡镇", "parent": "C"}])
    assert LedgerEntry.objects.count() == before


def test_all_that_is_wrong_with_units_at_once(people):
    rows = [
        {"code": "C", "parent": "W1"},
        {"code": "", "name": "x"},
        {"code": "X", "kind": "foo"},
        {"code": "X", "name": "twice"},
        {"code": "Y", "name": "y" * 101, "parent": "none"},
        {"code": "E", "formed_on": "2022-05-02", "disbanded_on": "2022-05-01"},
        {"code": "E1", "parent": "E1"},
    ]
    assert set(refusals(units.save, by=people.lin, rows=rows)) == {
        ("parent_cycle", 0, "parent"),
        ("required", 1, "code"), ("unknown_word", 2, "kind"), ("required", 2, "name"), ("duplicate_key", 3, "code"),
        ("too_long", 4, "name"), ("unknown_unit", 4, "parent"), ("ends_before_start", 5, "disbanded_on"), ("parent_cycle", 6, "parent"),
        ("outside_scope", 2, "parent"),
    }  # fmt: skip


def test_a_unit_moves_only_within_ones_reach(people):
    east = people.east_assessor
    assert units.save(by=east, rows=[{"code": "E", "name": "改名"}])[0].name == "改名"
    assert refusals(units.save, by=east, rows=[{"code": "E1", "parent": "W"}]) == [("outside_scope", 0, "parent")]
    assert refusals(units.save, by=east, rows=[{"code": "E", "parent": None}]) == [("outside_scope", 0, "parent")]
    assert refusals(units.save, by=east, rows=[{"code": "W1", "parent": "E"}]) == [("outside_scope", 0, "")]
    assert refusals(units.save, by=east, rows=[{"code": "R", "name": "根"}]) == [("outside_scope", 0, "parent")]
    assert units.save(by=people.sys, rows=[{"code": "R", "name": "根"}])[0].parent is None
    assert refusals(units.save, by=people.man, rows=[{"code": "E", "name": "x"}]) == [("role_missing", 0, "")]


def test_a_new_unit_is_within_reach_at_once(people):
    units.save(by=people.east_assessor, rows=[{"code": "E2", "name": "新村", "parent": "E"}])
    assert cadres.save(by=people.east_assessor, rows=[{"code": "G100", "name": "新人", "unit": "E2"}])[0].unit.code == "E2"


# --- cadres


def test_words_and_forms_of_a_cadre(people):
    row = {
        "code": "Ｇ１００", "name": "  单增 ", "unit": people.east_unit, "sex": "女", "ethnicity": "藏", "birth_month": "1990.1", "education": "大学本科",
        "political_status": "党员", "joined_party_on": "2010/7/1", "id_number": ID_ONE, "phone": "+86 139-0000-0001", "post_level": "正科级",
        "rank": "一级科员", "status": "",
    }  # fmt: skip
    (cadre,) = cadres.save(by=people.lin, rows=[row])
    cadre.refresh_from_db()
    assert (cadre.code, cadre.name, cadre.pinyin, cadre.initials) == ("G100", "单增", "danzeng", "dz")
    assert (cadre.sex, cadre.ethnicity, cadre.birth_month, cadre.education) == ("2", "04", "1990-01", "20")
    assert (cadre.political_status, cadre.joined_party_on, cadre.phone) == ("01", date(2010, 7, 1), "13900000001")
    assert (cadre.post_level, cadre.rank, cadre.status) == ("09", "11", "in_post")


def test_all_that_is_wrong_with_cadres_at_once(people):
    rows = [
        {"code": "G001", "birth_month": "1990-13", "phone": "12", "id_number": "000000199001010019"},
        {"code": "G200", "name": "", "unit": "none"},
        {"code": "G201", "name": "x"},
        {"code": "G202", "name": "x", "unit": "E", "birth_month": "1990-05", "started_work_on": "1989-01-01"},
        {"code": "G002", "in_post_since": "2098-01-01", "unit": ""},
    ]
    assert refusals(cadres.save, by=people.lin, rows=rows) == [
        ("not_a_month", 0, "birth_month"), ("phone_form", 0, "phone"), ("id_checksum", 0, "id_number"), ("required", 1, "name"),
        ("in_future", 4, "in_post_since"), ("required", 4, "unit"), ("required", 2, "unit"), ("unknown_unit", 1, "unit"),
        ("before_birth", 3, "started_work_on"),
    ]  # fmt: skip


def test_an_id_number_belongs_to_one(people):
    cadres.save(by=people.lin, rows=[{"code": "G001", "id_number": ID_ONE}, {"code": "G002", "id_number": ID_TWO}])
    assert refusals(cadres.save, by=people.lin, rows=[{"code": "G003", "id_number": ID_ONE}]) == [("id_number_taken", 0, "id_number")]
    twice = [{"code": "G003", "id_number": "000000198503070043"}, {"code": "G004", "id_number": "000000198503070043"}]
    from people import codes

    number = next(n for d in "0123456789X" if codes.id_number_problem(n := f"00000019850307004{d}") is None)
    twice = [{**row, "id_number": number} for row in twice]
    assert refusals(cadres.save, by=people.lin, rows=twice) == [("id_number_taken", 1, "id_number")]
    cadres.save(by=people.lin, rows=[{"code": "G001", "id_number": ID_TWO}, {"code": "G002", "id_number": ID_ONE}])  # they were mixed up
    assert dict(Cadre.objects.exclude(id_number="").values_list("code", "id_number")) == {"G001": ID_TWO, "G002": ID_ONE}
    assert list(proof.verify()) == []


def test_errors_tell_nothing_of_those_out_of_sight(people):
    cadres.save(by=people.lin, rows=[{"code": "G005", "birth_month": "1985-03", "id_number": ID_ONE}])
    assert people.karma.code == "G005"
    rows = [{"code": "G005", "started_work_on": "1900-01-01"}]
    assert refusals(cadres.save, by=people.east_assessor, rows=rows) == [("outside_scope", 0, "")]
    with pytest.raises(Refused) as caught:
        cadres.save(by=people.east_assessor, rows=[{"code": "G001", "id_number": ID_ONE}])
    (refusal,) = caught.value.refusals
    assert (refusal.code, refusal.facts["cadre"]) == ("id_number_taken", "***")


def test_a_cadre_is_saved_where_he_is_and_where_he_goes(people):
    east = people.east_assessor
    assert refusals(cadres.save, by=east, rows=[{"code": "G005", "unit": "E"}]) == [("outside_scope", 0, "")]
    assert refusals(cadres.save, by=east, rows=[{"code": "G001", "unit": "W"}]) == [("outside_scope", 0, "unit")]
    assert refusals(cadres.save, by=east, rows=[{"code": "G005"}]) == [("outside_scope", 0, "")]  # not even to learn that nothing differs
    assert refusals(cadres.save, by=people.hai, rows=[{"code": "G009", "post": "x"}, {"code": "G005", "post": "x"}]) == [
        ("own_file", 0, ""), ("file_of_kin", 1, ""),
    ]  # fmt: skip
    for user in (people.man, people.rui, people.aud, people.sec, people.sys):
        assert refusals(cadres.save, by=again(user), rows=[{"code": "G001", "post": "x"}]) == [("role_missing", 0, "")]


def test_many_rows_cost_few_queries(people, django_assert_max_num_queries):
    rows = [{"code": f"M{n}", "name": f"某{n}", "unit": "E"} for n in range(300)]
    with django_assert_max_num_queries(40):
        cadres.save(by=people.lin, rows=rows)
