"""Schemes: shown, made as tables of rows, copied, and left alone once in use."""

import pytest
from django.urls import reverse

from assessment.actions import schemes
from assessment.models import Scheme
from tests import cast
from tests.views.helpers import english, same_cost, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def lin(client, world):
    return english(client, world.lin)


def page(scheme, what="detail"):
    return reverse(f"scheme_{what}", args=[scheme.pk])


def typed(**changes):
    """A form filled in: A 60 and B 40, as many blank rows below as the page offers."""
    data = {
        "code": "N", "title": "新方案", "assessee": "cadre", "on_site_weight": "40", "phone_weight": "20", "talk_weight": "40",
        "min_on_site": "1", "min_phone": "0", "min_talk": "0", "min_relations": "0", "min_leads": "0", "team_size": "1",
        "quota": "20", "contested_gap": "",
    }  # fmt: skip
    rows = {
        "dimensions": [{"code": "A", "name": "甲", "weight": "60"}, {}, {"code": "B", "name": "乙", "weight": "40"}],
        "levels": [{"name": "好", "points": "95"}, {"name": "差", "points": "50"}],
        "grades": [{"name": "优秀", "minimum": "90"}, {"name": "合格", "minimum": "0"}],
    }
    for name, parts in rows.items():
        data |= {f"{name}-TOTAL_FORMS": str(len(parts) + 2), f"{name}-INITIAL_FORMS": "0"}
        cells = {"dimensions": ("code", "name", "weight"), "levels": ("name", "points"), "grades": ("name", "minimum")}[name]
        for index in range(len(parts) + 2):
            row = parts[index] if index < len(parts) else {}
            data |= {f"{name}-{index}-{cell}": row.get(cell, "") for cell in cells}
    return {**data, **changes}


def test_a_scheme_is_made_from_its_rows(lin, world):
    response = lin.post(reverse("scheme_add"), typed())
    made = Scheme.objects.get(code="N")
    assert response.url == page(made)
    assert list(made.dimensions.values_list("code", "name", "position")) == [("A", "甲", 0), ("B", "乙", 1)]
    assert (made.quota, made.contested_gap, made.min_on_site, made.frozen) == (20, None, 1, False)
    text = texts(lin.get(page(made)))
    assert "甲" in text and "from 90.00" in text and "Not used yet" in text


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"dimensions-2-weight": "30"}, ("dimensions", 2, "weight"), "sum to 90"),
        ({"dimensions-2-name": "甲"}, ("dimensions", 2, "name"), "stands in this scheme twice"),
        ({"dimensions-2-name": ""}, ("dimensions", 2, "name"), "required"),
        ({"dimensions-2-name": "总分"}, ("dimensions", 2, "name"), "heading"),
        ({"grades-1-minimum": "10"}, ("grades", 1, "minimum"), "0"),
        ({"levels-1-points": "101"}, ("levels", 1, "points"), "100"),
        ({"phone_weight": "30"}, "on_site_weight", "sum to 110"),
        ({"code": "front-line"}, "code", "taken"),
        ({"team_size": "0"}, "team_size", "1"),
        ({"quota": "120"}, "quota", "100"),
    ],
)
def test_wrong_input_is_kept_and_named_in_its_cell(lin, changes, place, words):
    response = lin.post(reverse("scheme_add"), typed(**changes))
    text = texts(response)
    form = response.context["form"]
    found = form.parts[place[0]].forms[place[1]].errors[place[2]] if isinstance(place, tuple) else form.errors[place]
    assert words in " ".join(found)
    assert 'value="甲"' in text and all(f'value="{value}"' in text for value in changes.values() if value)
    assert not Scheme.objects.filter(code="N").exists()


def test_a_scheme_without_rows_is_refused(lin):
    blank = {name: "" for name in typed() if name.startswith("levels-") and not name.endswith("FORMS")}
    response = lin.post(reverse("scheme_add"), typed(**blank))
    assert "A scheme needs at least one level." in texts(response)


def test_copying_fills_the_form_but_the_code(lin):
    old = Scheme.objects.get(code="front-line")
    form = lin.get(reverse("scheme_add"), {"copy": old.pk}).context["form"]
    assert form["code"].value() is None and form["title"].value() == "一线考核"
    assert [row["name"].value() for row in form.parts["dimensions"]][:4] == [d.name for d in old.dimensions.all()]
    assert sum(not row["name"].value() for row in form.parts["dimensions"]) >= 3  # rows to add


def test_a_new_one_starts_with_what_is_usual(lin):
    form = lin.get(reverse("scheme_add")).context["form"]
    assert form["team_size"].value() == 2 and form["title"].value() is None
    assert [row["name"].value() for row in form.parts["levels"]][:4] == ["好", "较好", "一般", "较差"]


def test_editing_changes_rows_and_emptying_one_takes_it_away(lin, world):
    made = cast.scheme(world, "N")
    assert [row["name"].value() for row in lin.get(page(made, "edit")).context["form"].parts["grades"]][:2] == ["优秀", "称职"]
    lin.post(page(made, "edit"), typed(title="改过"))
    made.refresh_from_db()
    assert made.title == "改过" and list(made.grades.values_list("name", flat=True)) == ["优秀", "合格"]


def test_one_in_use_is_frozen(lin, world):
    used = world.front.scheme
    text = texts(lin.get(page(used)))
    used.refresh_from_db()
    assert used.digest in text and "一线考核" in text and "make a new scheme with another code" in text
    for answer, status in ((lin.get(page(used, "edit")), 403), (lin.post(page(used, "edit"), typed()), 200)):  # what was typed is kept
        assert answer.status_code == status and "make a new scheme" in answer.content.decode()


def test_who_may(client, world):
    used = world.front.scheme
    east = english(client, world.man)
    assert "综合分析研判" in texts(east.get(page(used)))
    assert east.get(reverse("scheme_add")).status_code == 403
    assert "Copy as new scheme" not in texts(east.get(page(used)))
    for user in (world.sec, world.sys, world.nobody):
        client.force_login(user)
        assert client.get(page(used)).status_code == 404


def test_campaigns_out_of_sight_are_not_named(client, world):
    cast.campaign(world, "西", "front-line", cadres=[world.karma])
    text = texts(english(client, world.east).get(page(world.front.scheme)))
    assert "一线考核" in text and ">西<" not in text


def test_the_list(lin, world):
    response = lin.get(reverse("scheme_list"), {"frozen": "yes"})
    rows = {row.record.code: (row.record.dimension_count, row.record.campaign_count) for row in response.context["table"].rows}
    assert rows == {"front-line": (4, 1), "group-five": (5, 1)}


def test_the_list_costs_the_same_with_many(lin, world):
    def grow(number):
        for n in range(Scheme.objects.filter(code__startswith="Z").count(), number):
            cast.scheme(world, f"Z{n}")

    same_cost(lin, reverse("scheme_list") + "?q=Z", grow)


def test_the_page_costs_the_same_with_many(lin, world):
    made = cast.scheme(world, "N")

    def grow(number):
        rows = [{"code": f"D{n}", "name": f"D{n}", "weight": 2 if number == 50 else 100 if number == 1 else "33.33"} for n in range(number)]
        if number == 3:
            rows[0]["weight"] = "33.34"
        schemes.save(by=world.lin, rows=[{"code": "N", "dimensions": rows}])

    same_cost(lin, page(made), grow)
    same_cost(lin, page(made, "edit"), lambda n: None)
