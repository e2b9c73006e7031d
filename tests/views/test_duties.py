"""Duties, and the forms of what hangs on a cadre: sanctions and kin."""

from datetime import date

import pytest
from django.urls import reverse

from people.actions import duties
from people.models import Duty, Kinship, LedgerEntry, Sanction
from tests import cast
from tests.views.helpers import english, errors, many_cadres, same_cost, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def lin(client, world):
    return english(client, world.lin)


@pytest.fixture
def board(world):
    """A zone of dawa who was trained too late, one of karma who was not, and a grid of 120 people in a village."""
    common = {"starts_on": "2022-04-02"}
    return duties.save(
        by=world.lin,
        rows=[
            {"unit": "E", "kind": "zone", "place": "三片区", "cadre": "G001", "trained_on": "2022-04-05", **common},
            {"unit": "W", "kind": "zone", "place": "西片区", "cadre": "G005", "trained_on": "2022-03-25", **common},
            {"unit": "E1", "kind": "grid", "place": "一号网格", "headcount": 120, "ends_on": "2022-06-01", **common},
        ],
    )


NEW = {"unit": "E", "kind": "zone", "place": "四片区", "cadre": "G002 尼玛", "starts_on": "2022-04-02", "trained_on": "2022-04-01"}


def places(response):
    return [row.record.place for row in response.context["table"].rows]


def test_the_list_marks_who_was_not_trained_first(lin, board):
    listed = reverse("duty_list")
    assert places(lin.get(listed)) == ["三片区", "一号网格", "西片区"]
    assert places(lin.get(listed, {"untrained": "yes"})) == ["三片区"]
    assert places(lin.get(listed, {"untrained": "no"})) == ["一号网格", "西片区"]
    assert places(lin.get(listed, {"q": "dawa"}, follow=True)) == ["三片区"]
    assert places(lin.get(listed, {"today": "no"})) == ["一号网格"]


def test_totals_follow_the_filter(lin, world, board):
    text = texts(lin.get(reverse("duty_list")))
    assert "122 people on duty (2 cadres, 120 others) in 3 units" in text
    assert "121 people on duty" in texts(lin.get(reverse("duty_list"), {"unit": world.east_unit.pk}))
    broken = texts(lin.get(reverse("duty_list"), {"unit": "x"}))
    assert "people on duty" not in broken and "cannot be applied" in broken


def test_the_board_adds_up_to_the_top(lin, client, world, board):
    response = lin.get(reverse("duty_board"))
    rows = {row["unit"].code: row["total"] for row in response.context["board"]}
    assert rows == {"C": 122, "E": 121, "E1": 120, "W": 1} and response.context["whole"] == 122
    east = english(client, world.east).get(reverse("duty_board"))
    assert {row["unit"].code for row in east.context["board"]} == {"E", "E1"} and east.context["whole"] == 121


def test_a_duty_page(lin, board):
    assert "On duty before training" in texts(lin.get(reverse("duty_detail", args=[board[0].pk])))
    assert "120" in texts(lin.get(reverse("duty_detail", args=[board[2].pk])))


def test_a_duty_is_added_and_changed(lin, world):
    response = lin.post(reverse("duty_add"), NEW)
    made = Duty.objects.get()
    assert response.url == reverse("duty_detail", args=[made.pk]) and made.cadre == world.nima
    edit = reverse("duty_edit", args=[made.pk])
    assert lin.get(edit).context["form"]["cadre"].value() == "G002 尼玛"
    lin.post(edit, {**NEW, "ends_on": "2022-05-01"})
    made.refresh_from_db()
    assert made.ends_on.isoformat() == "2022-05-01"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"headcount": "5"}, "headcount"),  # a cadre and a headcount
        ({"cadre": "", "trained_on": ""}, "headcount"),  # neither
        ({"cadre": "nobody"}, "cadre"),
        ({"ends_on": "2022-04-01"}, "ends_on"),
        ({"starts_on": "soon"}, "starts_on"),
    ],
)
def test_wrong_input_is_kept_and_named(lin, world, typed, field):
    response = lin.post(reverse("duty_add"), {**NEW, **typed})
    assert list(errors(response)) == [field] and 'value="四片区"' in texts(response)
    assert not Duty.objects.exists()


def test_a_duty_entered_by_mistake_goes_with_a_reason(lin, board):
    url = reverse("duty_remove", args=[board[0].pk])
    assert "reason" in errors(lin.post(url, {"reason": " "}))
    assert lin.post(url, {"reason": "录错了"}).status_code == 302
    assert not Duty.objects.filter(pk=board[0].pk).exists()
    assert LedgerEntry.objects.filter(object_type="people.duty", reason="录错了").exists()


def test_who_may(client, world, board):
    east = english(client, world.east)
    assert east.get(reverse("duty_detail", args=[board[1].pk])).status_code == 404
    refused = east.post(reverse("duty_edit", args=[board[0].pk]), NEW)
    assert refused.status_code == 403 and "This needs the role Assessor." in refused.content.decode()
    client.force_login(world.sec)
    assert client.get(reverse("duty_detail", args=[board[0].pk])).status_code == 404
    assert client.get(reverse("duty_list")).status_code == 403


def test_sanctions_from_the_cadres_page(lin, world):
    add = reverse("sanction_add", args=[world.dawa.pk])
    wrong = lin.post(add, {"kind": "10", "decided_on": "2022-05-01", "effect_until": "2022-04-01"})
    assert list(errors(wrong)) == ["effect_until"]
    assert lin.post(add, {"kind": "10", "decided_on": "2022-05-01"}).url == reverse("cadre_detail", args=[world.dawa.pk])
    made = Sanction.objects.get()
    assert made.effect_until == date(2022, 11, 1)  # a warning: six months (公务员法 64)
    lin.post(reverse("sanction_edit", args=[made.pk]), {"kind": "10", "decided_on": "2022-05-01", "effect_until": "2022-10-01"})
    made.refresh_from_db()
    assert made.effect_until == date(2022, 10, 1)
    lin.post(reverse("sanction_remove", args=[made.pk]), {"reason": "不是他"})
    assert not Sanction.objects.exists()


def test_a_reminder_has_no_end_by_law(lin, world):
    lin.post(reverse("sanction_add", args=[world.dawa.pk]), {"kind": "M1", "decided_on": "2022-05-01"})
    assert Sanction.objects.get().effect_until is None


def test_kin_from_the_cadres_page(lin, client, world):
    add = reverse("kinship_add", args=[world.dawa.pk])
    himself = lin.post(add, {"relative": "G001", "relation": "spouse"})
    assert list(errors(himself)) == ["relative"]
    assert lin.post(add, {"relative": "白玛", "relation": "spouse"}).status_code == 302
    again = lin.post(reverse("kinship_add", args=[world.pema.pk]), {"relative": "G001", "relation": "spouse"})
    assert list(errors(again)) == ["relative"]
    made = Kinship.objects.get(cadre=world.dawa)
    lin.post(reverse("kinship_remove", args=[made.pk]), {"reason": "不实"})
    assert not Kinship.objects.filter(pk=made.pk).exists()


def test_managers_may_not_even_know_of_sanctions(client, world):
    sanction = duties.save_sanctions(by=world.lin, rows=[{"cadre": "G001", "kind": "警告", "decided_on": "2021-01-05"}])[0]
    man = english(client, world.man)
    for what in ("edit", "remove"):
        assert man.get(reverse(f"sanction_{what}", args=[sanction.pk])).status_code == 404
    assert man.get(reverse("sanction_add", args=[world.dawa.pk])).status_code == 403
    assert man.get(reverse("kinship_add", args=[world.dawa.pk])).status_code == 403


def test_nobody_handles_his_own_file(client, world):
    cast.add_kin(world, world.tashi, world.lhamo)
    response = english(client, world.hai).post(reverse("sanction_add", args=[world.karma.pk]), {"kind": "10", "decided_on": "2022-05-01"})
    assert response.status_code == 403 and "Nobody handles the file of a relative" in response.content.decode()


def grow_duties(w, number):
    cadres = many_cadres(w, number)
    there = set(Duty.objects.values_list("cadre__code", flat=True))
    row = {"kind": "zone", "starts_on": "2022-04-02", "unit": "E"}
    duties.save(by=w.lin, rows=[{**row, "cadre": cadre.code} for cadre in cadres if cadre.code not in there])


def test_pages_cost_the_same_with_many(lin, world):
    same_cost(lin, reverse("duty_list"), lambda n: grow_duties(world, n))


def test_the_board_costs_the_same_with_many(lin, world):
    same_cost(lin, reverse("duty_board"), lambda n: grow_duties(world, n))
