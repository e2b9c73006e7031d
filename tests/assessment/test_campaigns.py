"""Campaigns and their rosters."""

from datetime import date

import pytest

from assessment.actions import campaigns, contacts
from assessment.models import Campaign, Evaluation
from people import proof
from people.actions import cadres
from people.models import LedgerEntry
from people.refusals import Refused
from tests.cast import again, campaign, give, give_evidence, scheme

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
ROW = {"code": "N", "title": "新任务", "kind": "专项", "scheme": "front-line", "unit": "C", "starts_on": "2022-05-01", "ends_on": "2022-06-01"}


def refusals(action, **options):
    with pytest.raises(Refused) as refused:
        action(**options)
    return [(r.code, r.row, r.field) for r in refused.value.refusals]


def test_a_new_campaign_is_a_draft_until_it_is_opened(world):
    (made,) = campaigns.save(by=world.lin, rows=[{**ROW, "planned_phone": "39", "blind": True}])
    assert (made.state, made.kind, made.planned_phone, made.blind, made.ends_on) == ("draft", "special", 39, True, date(2022, 6, 1))
    assert campaigns.open(by=world.rui, campaign=made).state == "open"
    assert campaigns.close(by=world.lin, campaign=made).state == "closed"
    assert campaigns.open(by=world.lin, campaign=made).state == "open"
    verbs = LedgerEntry.objects.filter(object_type="assessment.campaign", object_id=made.pk).order_by("seq")
    assert list(verbs.values_list("verb", flat=True)) == ["save_campaign", "open_campaign", "close_campaign", "open_campaign"]


def test_what_is_wrong_with_a_campaign(world):
    rows = [
        {**ROW, "kind": "x", "scheme": "none", "unit": "none"},
        {**ROW, "code": "N2", "ends_on": "2022-04-01"},
        {"code": "N3"},
        {**ROW, "code": "N4", "unit": "X1", "planned_talk": -1},
        {"code": "F", "state": "draft"},
    ]
    assert set(refusals(campaigns.save, by=world.lin, rows=rows)) == {
        ("unknown_word", 0, "kind"), ("unknown_scheme", 0, "scheme"), ("unknown_unit", 0, "unit"), ("ends_before_start", 1, "ends_on"),
        *(("required", 2, name) for name in ("title", "kind", "scheme", "unit", "starts_on", "ends_on")),
        ("unknown_unit", 3, "unit"), ("out_of_range", 3, "planned_talk"), ("campaign_is_open", 4, "state"),
    }  # fmt: skip


def test_what_a_campaign_holds_limits_its_changes(world):
    give(world, {world.of(world.dawa): "好"})
    scheme(world)
    save = {"by": world.lin}
    assert refusals(campaigns.save, **save, rows=[{"code": "F", "scheme": "small"}]) == [("scheme_of_roster", 0, "scheme")]
    assert refusals(campaigns.save, **save, rows=[{"code": "F", "starts_on": "2022-05-02"}]) == [("contacts_outside_period", 0, "starts_on")]
    assert refusals(campaigns.save, **save, rows=[{"code": "F", "ends_on": "2022-04-30"}]) == [("contacts_outside_period", 0, "ends_on")]
    outside = [{"code": "F", "starts_on": "2022-05-02"}]  # is all that somebody else hears of them
    assert refusals(campaigns.save, by=world.east_assessor, rows=outside) == [("outside_scope", 0, "")]
    campaigns.save(**save, rows=[{"code": "F", "starts_on": "2022-05-01", "ends_on": "2022-05-01"}])
    campaigns.save(**save, rows=[{"code": "F", "state": "closed", "title": "改名"}])  # the last change with which it closes
    world.front.refresh_from_db()
    assert (world.front.state, world.front.title) == ("closed", "改名")
    assert refusals(campaigns.save, **save, rows=[{"code": "F", "title": "x"}]) == [("campaign_closed", 0, "title")]
    assert refusals(campaigns.save, **save, rows=[{"code": "F", "state": "open"}]) == [("campaign_closed", 0, "state")]


def test_a_draft_is_not_closed(world):
    (made,) = campaigns.save(by=world.lin, rows=[ROW])
    assert refusals(campaigns.close, by=world.lin, campaign=made) == [("campaign_not_open", None, "state")]


def test_closing_leaves_evaluations_to_be_signed(world):
    give_evidence(world, world.of(world.dawa))
    assert campaigns.still_open(world.front) == {"gathering": 8}
    campaigns.close(by=world.lin, campaign=world.front)
    assert refusals(campaigns.set_roster, by=world.lin, campaign=world.front, cadres=[world.hai_cadre]) == [("campaign_closed", 0, "campaign")]


def test_who_sets_up_a_campaign_where(world):
    east = {**ROW, "unit": "E"}
    (made,) = campaigns.save(by=world.east_assessor, rows=[east])
    assert refusals(campaigns.save, by=world.east_assessor, rows=[ROW | {"code": "N2"}]) == [("outside_scope", 0, "unit")]
    assert refusals(campaigns.save, by=world.east_assessor, rows=[{"code": "N", "unit": "W"}]) == [("outside_scope", 0, "unit")]
    assert refusals(campaigns.save, by=world.east_assessor, rows=[{"code": "F", "title": "x"}]) == [("outside_scope", 0, "")]
    assert refusals(campaigns.save, by=world.man, rows=[{"code": "F", "title": "x"}]) == [("role_missing", 0, "")]
    assert campaigns.set_roster(by=world.east_assessor, campaign=made, cadres=[world.dawa])[0].unit == world.east_unit
    assert refusals(campaigns.set_roster, by=world.east_assessor, campaign=made, cadres=[world.karma]) == [("outside_scope", 0, "cadre")]
    assert refusals(campaigns.close, by=world.east_assessor, campaign=world.front) == [("outside_scope", None, "")]


# --- the roster


def test_the_roster_takes_the_unit_of_the_day(world):
    made = campaign(world, "N", "front-line", cadres=[world.dawa])
    cadres.save(by=world.lin, rows=[{"code": "G001", "unit": "W"}])
    assert Evaluation.objects.get(campaign=made).unit == world.east_unit
    assert campaigns.set_roster(by=world.lin, campaign=made, cadres=[world.dawa, world.nima])[0].cadre == world.nima
    assert Evaluation.objects.filter(campaign=made).count() == 2


def test_the_kind_of_assessee_fits_the_scheme(world):
    assert refusals(campaigns.set_roster, by=world.lin, campaign=world.front, groups=[world.east_unit]) == [("scheme_for_cadres", 0, "unit")]
    assert refusals(campaigns.set_roster, by=world.lin, campaign=world.groups, cadres=[world.dawa]) == [("scheme_for_groups", 0, "cadre")]
    assert refusals(campaigns.set_roster, by=world.lin, campaign=world.front, cadres=[world.hai_cadre] * 2) == [("duplicate_key", 1, "cadre")]


def test_only_somebody_without_evidence_leaves_the_roster(world):
    give(world, {world.of(world.dawa): "好"})
    finding = world.of(world.dawa).findings.get()
    contacts.withdraw(by=world.lin, finding=finding, why="错")
    assert refusals(campaigns.remove_assessee, by=world.lin, evaluation=world.of(world.dawa)) == [("assessee_has_evidence", None, "")]
    campaigns.remove_assessee(by=world.lin, evaluation=world.of(world.nima), reason="调离")
    assert not Evaluation.objects.filter(campaign=world.front, cadre=world.nima).exists()
    assert refusals(campaigns.remove_assessee, by=world.man, evaluation=world.of(world.pema)) == [("role_missing", None, "")]
    campaigns.close(by=world.lin, campaign=world.front)
    assert refusals(campaigns.remove_assessee, by=world.lin, evaluation=world.of(world.pema)) == [("campaign_closed", None, "")]
    assert list(proof.verify()) == []


def test_a_large_roster_costs_few_queries(world, django_assert_max_num_queries):
    many = cadres.save(by=world.lin, rows=[{"code": f"M{n}", "name": f"某{n}", "unit": "E"} for n in range(300)])
    lin = again(world.lin)
    with django_assert_max_num_queries(40):
        campaigns.set_roster(by=lin, campaign=world.front, cadres=many)
    assert Campaign.objects.get(code="F").evaluations.count() == 308
