"""Units: the tree as a list, what hangs on a unit, and changes to it."""

import pytest
from django.urls import reverse

from people.actions import duties, units
from people.models import LedgerEntry, Unit
from tests import cast
from tests.views.helpers import english, errors, many_cadres, same_cost, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def lin(client, world):
    return english(client, world.lin)


def page(unit, what="detail"):
    return reverse(f"unit_{what}", args=[unit.pk])


def listed(response):
    return [row.record.code for row in response.context["table"].rows]


def test_the_list_stands_in_the_order_of_the_tree(lin, world):
    response = lin.get(reverse("unit_list"))
    assert listed(response) == ["C", "E", "E1", "O", "W", "W1"]
    assert 'class="depth-2">东滩村' in texts(response)
    assert listed(lin.get(reverse("unit_list"), {"sort": "-cadre_count"}))[:2] == ["E", "W"]
    assert listed(lin.get(reverse("unit_list"), {"unit": world.east_unit.pk})) == ["E", "E1"]
    assert listed(lin.get(reverse("unit_list"), {"q": "西岭", "kind": "village"}, follow=True)) == ["W1"]


def test_counts_are_of_what_one_sees(client, world):
    east = english(client, world.east).get(reverse("unit_list"))
    assert [(row.record.code, row.record.cadre_count, row.record.evaluation_count) for row in east.context["table"].rows] == [
        ("E", 3, 4),
        ("E1", 1, 1),
    ]
    sys = english(client, world.sys).get(reverse("unit_list"))
    assert {row.record.cadre_count for row in sys.context["table"].rows} == {None}


def test_a_unit_that_was_disbanded_can_be_left_out(lin, world):
    units.save(by=world.lin, rows=[{"code": "T", "name": "临时党支部", "parent": "E", "disbanded_on": cast.days_ago(3)}])
    assert "T" not in listed(lin.get(reverse("unit_list"), {"standing": "yes"}))
    assert listed(lin.get(reverse("unit_list"), {"standing": "no"})) == ["T"]


def test_the_page_shows_what_hangs_on_a_unit(lin, world):
    duties.save(by=world.lin, rows=[{"unit": "E", "kind": "grid", "place": "一号网格", "starts_on": "2022-04-02", "headcount": 120}])
    text = texts(lin.get(page(world.east_unit)))
    for words in ("东滩村", "达瓦", "班子考核", "一号网格", "120 people", "3 in this unit, 4 with the units below", "河源县"):
        assert words in text, words
    assert "拉姆" not in text


def test_the_parent_is_a_link_only_for_who_sees_it(client, world):
    assert "河源县" not in texts(english(client, world.east).get(page(world.east_unit)))


def test_administrators_see_the_unit_but_no_business(client, world):
    text = texts(english(client, world.sys).get(page(world.east_unit)))
    assert "东滩村" in text
    for words in ("达瓦", "班子考核", "Cadres", "Duties"):
        assert words not in text, words


def test_strangers_find_nothing(client, world):
    client.force_login(world.nobody)
    assert client.get(page(world.east_unit)).status_code == 404
    client.force_login(world.east_assessor)
    for what in ("detail", "edit"):
        assert client.get(page(world.west_unit, what)).status_code == 404


def test_a_unit_is_added_below_another(lin, world):
    form = lin.get(reverse("unit_add"), {"parent": "E"}).context["form"]
    assert form["parent"].value() == "E"
    response = lin.post(reverse("unit_add"), {"code": "E2", "name": "东岸村", "kind": "village", "parent": "E 东滩镇"})
    made = Unit.objects.get(code="E2")
    assert made.parent == world.east_unit and response.url == page(made)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"code": "E"}, "code"),
        ({"name": ""}, "name"),
        ({"parent": "西岭"}, "parent"),
        ({"formed_on": "2022-05-01", "disbanded_on": "2022-04-01"}, "disbanded_on"),
    ],
)
def test_wrong_input_is_kept_and_named(lin, world, typed, field):
    response = lin.post(reverse("unit_add"), {"code": "E2", "name": "东岸村", "kind": "village", "parent": "E", **typed})
    assert list(errors(response)) == [field]
    assert not Unit.objects.filter(code="E2").exists() and 'selected>Village' in texts(response)


def test_no_unit_is_put_below_itself(lin, world):
    response = lin.post(page(world.east_unit, "edit"), {"name": "东滩镇", "kind": "township", "parent": "E1"})
    assert "parent" in errors(response)


def test_changing_is_for_assessors_and_the_system_administrator(client, world):
    typed = {"name": "东滩镇政府", "kind": "township", "parent": "C"}
    for user in (world.man, world.rui, world.aud):
        response = english(client, user).post(page(world.east_unit, "edit"), typed)
        assert response.status_code == 403 and "This needs the role" in response.content.decode()
    assert LedgerEntry.objects.filter(verb="refused").count() == 3
    assert english(client, world.sys).post(page(world.east_unit, "edit"), typed).status_code == 302
    world.east_unit.refresh_from_db()
    assert world.east_unit.name == "东滩镇政府"


def test_the_top_unit_of_ones_scope_keeps_its_parent_out_of_sight(client, world):
    """The parent is none of his choices, so he is not asked and it stays."""
    client = english(client, world.east_assessor)
    assert "parent" not in client.get(page(world.east_unit, "edit")).context["form"].fields
    typed = {"name": "东滩镇新", "kind": "township"}
    assert client.post(page(world.east_unit, "edit"), typed).status_code == 302
    world.east_unit.refresh_from_db()
    assert (world.east_unit.name, world.east_unit.parent) == ("东滩镇新", world.county)


def test_suggestions(client, world):
    east = english(client, world.east_assessor)
    assert texts(east.post(reverse("unit_options") + "?field=unit", {"unit": "滩"})).count("<option") == 2
    assert texts(east.post(reverse("unit_options") + "?field=unit", {"unit": "W"})) == ""


def many_units(w, number):
    return units.save(by=w.lin, rows=[{"code": f"Z{n:02d}", "name": f"村{n}", "parent": "E", "kind": "village"} for n in range(number)])


def test_the_list_costs_the_same_with_many(lin, world):
    same_cost(lin, reverse("unit_list") + "?q=Z", lambda n: many_units(world, n))


def test_the_page_costs_the_same_with_many(lin, world):
    def grow(number):
        many_units(world, number)
        many_cadres(world, number)
        there = world.east_unit.duties.count()
        row = {"unit": "E", "kind": "zone", "starts_on": "2022-04-02"}
        duties.save(by=world.lin, rows=[{**row, "cadre": f"Z{n:03d}"} for n in range(there + 1, number + 1)])

    same_cost(lin, page(world.east_unit), grow)
