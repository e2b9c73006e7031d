"""Campaigns: set up, followed, judged, opened and closed; and what a blind one keeps to itself."""

from datetime import date

import pytest
from django.urls import reverse

from assessment.actions import campaigns
from assessment.models import Campaign, Scheme
from people.models import LedgerEntry
from tests import cast
from tests.views.helpers import english, errors, many_cadres, same_cost, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def lin(client, world):
    return english(client, world.lin)


def page(campaign, what="detail"):
    return reverse(f"campaign_{what}", args=[campaign.pk])


def new(**changes):
    typed = {
        "code": "N", "title": "防汛考核", "kind": "special", "scheme": None, "unit": "C 河源县", "starts_on": "2022-07-01",
        "ends_on": "2022-08-31", "planned_on_site": "60", "planned_phone": "40", "planned_talk": "24",
    }  # fmt: skip
    typed["scheme"] = Scheme.objects.get(code="front-line").pk
    return {**typed, **changes}


def test_a_campaign_is_set_up_as_a_draft(lin, world):
    response = lin.post(reverse("campaign_add"), new(blind="on"))
    made = Campaign.objects.get(code="N")
    assert response.url == page(made)
    assert (made.state, made.planned_on_site, made.blind, made.unit) == ("draft", 60, True, world.county)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "F"}, "code"),
        ({"title": ""}, "title"),
        ({"unit": "nowhere"}, "unit"),
        ({"scheme": "0"}, "scheme"),
        ({"ends_on": "2022-06-01"}, "ends_on"),
        ({"planned_talk": "-1"}, "planned_talk"),
    ],
)
def test_wrong_input_is_kept_and_named(lin, changes, field):
    response = lin.post(reverse("campaign_add"), new(**changes))
    assert list(errors(response)) == [field] and 'value="2022-07-01"' in texts(response)
    assert not Campaign.objects.filter(code="N").exists()


def test_progress_counts_person_times_and_contacts_beside(lin, world):
    cast.give_evidence(world, world.of(world.dawa), world.of(world.nima))
    campaigns.save(by=world.lin, rows=[{"code": "F", "planned_on_site": 4}])
    response = lin.get(page(world.front))
    rows = {row["method"]: (row["done"], row["plan"], row["contacts"]) for row in response.context["progress"]}
    assert rows == {"on_site": (2, 4, 1), "phone": (2, 0, 1), "talk": (2, 0, 1)}
    assert response.context["whole"] == {"done": 6, "plan": 4, "contacts": 3}
    assert response.context["roster"] == 8
    assert "东滩村" in texts(response)


def test_who_sees_a_part_sees_the_figures_of_that_part(client, world):
    cast.give_evidence(world, world.of(world.dawa), world.of(world.karma))
    response = english(client, world.east).get(page(world.front))
    assert "You see a part of this campaign" in texts(response)
    assert response.context["whole"]["done"] == 3 and response.context["roster"] == 4
    assert "西岭" not in texts(response)
    assert "You see a part" not in texts(english(client, world.man).get(page(world.front)))


def test_strangers_find_nothing(client, world):
    west = cast.campaign(world, "西", "front-line", cadres=[world.karma])
    client.force_login(world.east)
    for what in ("detail", "quality", "roster", "edit", "close", "pick"):
        assert client.get(page(west, what)).status_code == 404
    for user in (world.sec, world.sys, world.nobody):
        client.force_login(user)
        assert client.get(page(world.front)).status_code == 404


def test_deeds_are_for_the_department(client, world):
    man = english(client, world.man)
    for what in ("edit", "close", "open", "recombine", "pick"):
        response = man.get(page(world.front, what))
        assert response.status_code == 403 and "This needs the role" in response.content.decode()
    assert "Recombine" not in texts(man.get(page(world.front)))
    assert LedgerEntry.objects.filter(verb="refused", actor=world.man).count() == 5
    east = english(client, world.east_assessor).get(page(world.front, "close"))
    assert east.status_code == 403 and "outside the units" in east.content.decode()


def test_the_next_step_is_the_main_one(lin, world):
    made = campaigns.save(by=world.lin, rows=[new(unit="C", scheme="front-line")])[0]

    def main():
        return [str(deed.label) for deed in lin.get(page(made)).context["buttons"] if deed.tone == "main"]

    assert main() == ["Add to roster"]
    campaigns.set_roster(by=world.lin, campaign=made, cadres=[world.dawa])
    assert main() == ["Open it"]
    lin.post(page(made, "open"))
    assert main() == []


def test_closing_tells_what_is_left_and_locks(lin, world):
    cast.signed(world, world.of(world.dawa))
    assert "7 evaluations are not signed yet" in texts(lin.get(page(world.front, "close")))
    assert lin.post(page(world.front, "close")).url == page(world.front)
    world.front.refresh_from_db()
    assert world.front.state == "closed"
    for what in ("edit", "pick"):
        response = lin.get(page(world.front, what))
        assert response.status_code == 403 and "closed" in response.content.decode()
    lin.post(page(world.front, "open"))
    world.front.refresh_from_db()
    assert world.front.state == "open"


def test_editing(lin, world):
    form = lin.get(page(world.front, "edit")).context["form"]
    assert form["unit"].value() == "C 河源县" and "code" not in form.fields
    typed = new(title="改名", starts_on="2022-04-01", ends_on="2022-06-30", scheme=world.front.scheme_id)
    lin.post(page(world.front, "edit"), typed)
    world.front.refresh_from_db()
    assert (world.front.title, world.front.planned_phone, world.front.state) == ("改名", 40, "open")
    other = cast.scheme(world)
    assert list(errors(lin.post(page(world.front, "edit"), {**typed, "scheme": other.pk}))) == ["scheme"]


def test_recombining_says_how_many_changed(lin, world):
    cast.give_evidence(world, world.of(world.dawa))
    response = lin.post(page(world.front, "recombine"), follow=True)
    assert "0 evaluations changed." in texts(response)
    assert LedgerEntry.objects.filter(verb="recombine", actor=world.lin).exists()


# --- quality


@pytest.fixture
def judged(world):
    """Dawa marked by two leads who differ, nima by one alone, karma by two alike."""
    cast.give(world, {world.of(world.dawa): "好"}, "on_site", lead=world.lin)
    cast.give(world, {world.of(world.dawa): "一般"}, "phone", lead=world.mei, relation="superior")
    cast.give(world, {world.of(world.nima): "好"}, "phone", lead=world.mei)
    cast.give(world, {world.of(world.karma): "较好"}, "on_site", lead=world.lin)
    cast.give(world, {world.of(world.karma): "较好"}, "talk", lead=world.mei, relation="served")
    return world


def test_quality_stands_with_its_n_and_leads_to_the_evaluations(client, judged):
    response = english(client, judged.rui).get(page(judged.front, "quality"))
    first = response.context["dimensions"][0]
    assert (first["evaluations"], first["cells"]) == (2, 4) and first["alpha"] is not None
    assert [(str(row), str(gap)) for row, gap in first["apart"]] == [("达瓦", "25.00")]
    leads = {username: (str(mean), cells) for username, _name, mean, cells in response.context["leads"]}
    assert leads == {"lin": ("12.50", 8), "mei": ("-12.50", 8)}
    assert [(str(row), row.sides) for row in response.context["one_sided"]] == [("尼玛", ("method", "relation", "lead"))]
    assert [str(row) for row in response.context["contested"]] == ["达瓦"]
    assert reverse("evaluation_detail", args=[judged.of(judged.dawa).pk]) in texts(response)


def test_managers_see_no_lead_by_name(client, judged):
    response = english(client, judged.man).get(page(judged.front, "quality"))
    assert response.context["leads"] is None and "mei" not in texts(response)


def test_the_quality_of_a_part_is_of_that_part(client, judged):
    response = english(client, judged.east_reviewer).get(page(judged.front, "quality"))
    assert response.context["dimensions"][0]["evaluations"] == 1
    assert "噶玛" not in texts(response)


def test_a_blind_campaign_keeps_its_marks_from_those_who_give_them(client, judged):
    campaigns.save(by=judged.lin, rows=[{"code": "F", "blind": True}])
    url = page(judged.front, "quality")
    for user in (judged.lin, judged.mei, judged.man, judged.east):
        response = english(client, user).get(url)
        text = texts(response)
        assert response.context["sealed"] and "Agreement" not in text and "Contested" not in text
        assert "尼玛" in text  # that he was seen from one side only tells no mark
    for user in (judged.rui, judged.aud):
        response = english(client, user).get(url)
        assert not response.context["sealed"] and response.context["leads"]
    campaigns.close(by=judged.lin, campaign=judged.front)
    assert not english(client, judged.lin).get(url).context["sealed"]


def test_a_reviewer_who_also_assesses_is_an_assessor_here(client, judged):
    cast.grants.give(by=None, user=judged.rui, role="assessor", unit=judged.county)
    campaigns.save(by=judged.lin, rows=[{"code": "F", "blind": True}])
    assert english(client, judged.rui).get(page(judged.front, "quality")).context["sealed"]


# --- the list, and what pages cost


def test_the_list(client, world):
    cast.signed(world, world.of(world.dawa))
    response = english(client, world.east).get(reverse("campaign_list"))
    rows = {row.record.code: (row.record.roster, row.record.signed, row.record.person_times) for row in response.context["table"].rows}
    assert rows == {"F": (4, 1, 3), "L": (1, 0, 0)}
    found = english(client, world.lin).get(reverse("campaign_list"), {"state": "open", "since": "2022-06-30", "q": "一线"}, follow=True)
    assert [row.record.code for row in found.context["table"].rows] == ["F"]


def test_the_list_costs_the_same_with_many(lin, world):
    def grow(number):
        for n in range(Campaign.objects.filter(code__startswith="Z").count(), number):
            cast.campaign(world, f"Z{n}", "front-line", cadres=[world.dawa], starts_on=date(2022, 4, 1))

    same_cost(lin, reverse("campaign_list") + "?q=Z", grow)


def test_pages_cost_the_same_with_many(lin, world):
    made = cast.campaign(world, "N", "front-line", cadres=[world.pema])
    for lead in (world.lin, world.mei):
        cast.give(world, {cast.evaluation_of(world.pema, made): "好"}, lead=lead)

    def grow(number):
        """That many assessees in their own villages, each marked by two leads who differ."""
        there = set(made.evaluations.values_list("cadre_id", flat=True))
        for n, cadre in enumerate(many_cadres(world, number)):
            if cadre.pk not in there:
                campaigns.set_roster(by=world.lin, campaign=made, cadres=[cadre])
                row = cast.evaluation_of(cadre, made)
                cast.give(world, {row: "好"}, "on_site", lead=world.lin)
                cast.give(world, {row: "一般" if n % 2 else "好"}, "on_site", lead=world.mei)

    same_cost(lin, page(made), grow)
    same_cost(lin, page(made, "quality"), lambda n: None)
    same_cost(lin, page(made, "roster"), lambda n: None)
