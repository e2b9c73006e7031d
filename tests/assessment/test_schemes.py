"""Schemes: the shipped ones, what hangs together, and freezing."""

import pytest
from django.core.management import call_command

from assessment.actions import campaigns, schemes
from assessment.actions.shipped import SHIPPED
from assessment.models import Scheme
from people import proof
from people.models import LedgerEntry
from people.refusals import Refused
from tests.cast import scheme

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]


def refusals(**options):
    with pytest.raises(Refused) as refused:
        schemes.save(**options)
    return [(r.code, r.field) for r in refused.value.refusals]


def facts(code):
    s = Scheme.objects.get(code=code)
    return (
        s.title, s.assessee, [s.on_site_weight, s.phone_weight, s.talk_weight],
        [(d.name, d.weight) for d in s.dimensions.order_by("position")], [(x.name, x.points) for x in s.levels.order_by("-points")],
        [(g.name, g.minimum) for g in s.grades.order_by("-minimum")],
        [s.min_on_site, s.min_phone, s.min_talk, s.min_relations, s.min_leads], s.team_size, s.quota, s.contested_gap,
    )  # fmt: skip


LEVELS = [("好", 95), ("较好", 85), ("一般", 70), ("较差", 50)]
CADRE_GRADES = [("优秀", 90), ("称职", 75), ("基本称职", 60), ("不称职", 0)]


def test_the_four_shipped_schemes_are_those_of_the_design(db):
    full = [1, 1, 1, 2, 2]
    assert facts("front-line") == (
        "一线考核", "cadre", [40, 20, 40],
        [("综合分析研判", 25), ("落实联防联控措施", 25), ("严密监控疫情", 25), ("构筑抵御防线", 25)], LEVELS, CADRE_GRADES, full, 2, 20, 25,
    )  # fmt: skip
    five = [("德", 25), ("能", 20), ("勤", 15), ("绩", 30), ("廉", 10)]
    assert facts("cadre-five") == ("德能勤绩廉", "cadre", [40, 20, 40], five, LEVELS, CADRE_GRADES, full, 2, 20, 25)
    group = [("政治思想建设", 20), ("领导能力", 20), ("工作实绩", 30), ("党风廉政建设", 15), ("作风建设", 15)]
    grades = [("优秀", 90), ("良好", 75), ("一般", 60), ("较差", 0)]
    assert facts("group-five") == ("领导班子", "group", [40, 20, 40], group, LEVELS, grades, full, 2, 30, 25)
    routine = [(name, 20) for name, _ in five]
    grades = [("好", 90), ("较好", 80), ("一般", 60), ("较差", 0)]
    assert facts("routine") == ("平时考核", "cadre", [40, 20, 40], routine, LEVELS, grades, [0, 0, 0, 0, 1], 2, 40, 25)


def test_they_are_installed_once_and_what_was_changed_stays(people):
    schemes.save(by=people.lin, rows=[{"code": "routine", "title": "我县平时考核"}])
    before = LedgerEntry.objects.count()
    call_command("migrate", verbosity=0)
    assert Scheme.objects.get(code="routine").title == "我县平时考核" and LedgerEntry.objects.count() == before
    assert {e.actor for e in LedgerEntry.objects.filter(object_type="assessment.scheme", verb="save_scheme").exclude(actor=people.lin)} == {None}


def test_the_shipped_rows_again_change_nothing(people):
    before = LedgerEntry.objects.count()
    schemes.save(by=people.lin, rows=list(SHIPPED.values()))
    assert LedgerEntry.objects.count() == before


def test_what_does_not_hang_together_all_at_once(people):
    row = {
        "code": "bad", "title": "", "assessee": "员工", "on_site_weight": 50, "phone_weight": "30.5", "talk_weight": 20, "team_size": 0,
        "quota": -1, "min_leads": "many",
        "dimensions": [{"code": "a", "name": "总分", "weight": 60}, {"code": "A", "name": "总 分", "weight": 30}],
        "levels": [{"name": "好", "points": 90}, {"name": "好 ", "points": 80}],
        "grades": [{"name": "不确定等次", "minimum": 5}, {"name": "b", "minimum": 5}],
    }  # fmt: skip
    assert set(refusals(by=people.lin, rows=[row])) == {
        ("required", "title"), ("unknown_word", "assessee"), ("weights_not_100", "on_site_weight"), ("out_of_range", "team_size"),
        ("out_of_range", "quota"), ("not_a_number", "min_leads"), ("twice_in_scheme", "dimensions-1-code"),
        ("twice_in_scheme", "dimensions-1-name"), ("dimension_weights_not_100", "dimensions-1-weight"),
        ("reserved_heading", "dimensions-0-name"), ("reserved_heading", "dimensions-1-name"), ("twice_in_scheme", "levels-1-name"),
        ("reserved_grade", "grades-0-name"), ("twice_in_scheme", "grades-1-minimum"), ("no_grade_from_0", "grades-0-minimum"),
    }  # fmt: skip
    assert refusals(by=people.lin, rows=[{"code": "bare", "title": "x", "assessee": "cadre", **dict.fromkeys(schemes.WEIGHTS, "")}]) == [
        ("required", name) for name in schemes.WEIGHTS
    ] + [("no_dimensions", "dimensions"), ("no_levels", "levels"), ("no_grades", "grades")]


def test_thirds_sum_to_100(people):
    made = scheme(
        people, "thirds", on_site_weight="33.33", phone_weight="33.33", talk_weight="33.34",
        dimensions=[{"code": n, "name": n, "weight": w} for n, w in (("甲", "33.33"), ("乙", "33.33"), ("丙", "33.34"))],
    )  # fmt: skip
    from people.ledger import recorded

    with recorded(by=people.lin, verb="save_campaign"):
        schemes.freeze(made)
    assert Scheme.objects.get(code="thirds").frozen


def test_parts_are_given_as_whole_lists(people):
    made = scheme(people)
    schemes.save(by=people.lin, rows=[{"code": "small", "dimensions": [{"code": "B", "name": "B", "weight": 100}]}])
    assert [(d.code, d.weight, d.position) for d in made.dimensions.all()] == [("B", 100, 0)]
    assert made.levels.count() == 4
    entry = LedgerEntry.objects.first()
    assert entry.object_type == "assessment.scheme" and entry.after["dimension.A"] is None
    assert list(proof.verify()) == []


def test_a_campaign_freezes_what_it_takes(people):
    made = scheme(people)
    sealed = schemes.digest(made)
    row = {"code": "C1", "title": "t", "kind": "routine", "scheme": "small", "unit": "C", "starts_on": "2022-05-01", "ends_on": "2022-05-31"}
    (campaign,) = campaigns.save(by=people.lin, rows=[row])
    made.refresh_from_db()
    assert made.digest == campaign.scheme.digest == sealed and len(sealed) == 64
    assert refusals(by=people.lin, rows=[{"code": "small", "title": "anders"}]) == [("scheme_frozen", "code")]
    assert refusals(by=people.lin, rows=[{"code": "small", "grades": [{"name": "x", "minimum": 0}]}]) == [("scheme_frozen", "code")]
    assert schemes.save(by=people.lin, rows=[{"code": "small", "title": "small"}]) == [made]  # nothing differs
    assert list(proof.verify()) == []


def test_the_digest_tells_every_part(people):
    scheme(people)
    seen = {schemes.digest(Scheme.objects.get(code="small"))}
    for change in (
        {"title": "x"}, {"quota": 10}, {"min_leads": 1}, {"contested_gap": 5}, {"on_site_weight": 30, "phone_weight": 30},
        {"dimensions": [{"code": "B", "name": "B", "weight": 40}, {"code": "A", "name": "A", "weight": 60}]},
        {"levels": [{"name": "好", "points": 90}]}, {"grades": [{"name": "合格", "minimum": 0}]},
    ):  # fmt: skip
        schemes.save(by=people.lin, rows=[{"code": "small", **change}])
        seen.add(schemes.digest(Scheme.objects.get(code="small")))
    assert len(seen) == 9


def test_who_may(people):
    row = {"code": "routine", "title": "x"}
    for user in (people.man, people.aud, people.sec, people.sys, people.nobody):
        with pytest.raises(Refused) as refused:
            schemes.save(by=user, rows=[row])
        assert [r.code for r in refused.value.refusals] == ["role_missing"]
    schemes.save(by=people.rui, rows=[row])
