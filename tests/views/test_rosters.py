"""The roster: added by filter or by tick, cadres or leading groups; taken off only while nothing is known."""

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from assessment.actions import campaigns
from assessment.models import Evaluation
from people.models import LedgerEntry
from tests import cast
from tests.views.helpers import english, errors, many_cadres, same_cost, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def lin(client, world):
    return english(client, world.lin)


@pytest.fixture
def draft(world):
    return cast.campaign(world, "D", "front-line", state="draft")


def page(campaign, what):
    return reverse(f"campaign_{what}", args=[campaign.pk])


def on_roster(campaign):
    return sorted(str(row) for row in Evaluation.objects.filter(campaign=campaign))


def offered(response):
    return {row.record.name for row in response.context["table"].rows}


def test_all_that_match_a_filter_are_added(lin, world, draft):
    url = f"{page(draft, 'pick')}?unit={world.east_unit.pk}"
    assert offered(lin.get(url)) == {"达瓦", "尼玛", "索南", "白玛"}
    response = lin.post(url, {"all": "1", "pick": str(world.dawa.pk)}, follow=True)
    assert "4 were put on the roster." in texts(response)
    assert on_roster(draft) == sorted(["达瓦", "尼玛", "索南", "白玛"])
    assert LedgerEntry.objects.filter(verb="set_roster").exists()


def test_only_the_ticked_are_added(lin, world, draft):
    lin.post(page(draft, "pick"), {"pick": [world.dawa.pk, world.karma.pk, "x", "999999"]})
    assert on_roster(draft) == sorted(["达瓦", "噶玛"])
    assert "达瓦" not in offered(lin.get(page(draft, "pick")))


def test_nothing_chosen_adds_nothing(lin, draft):
    assert "Nobody was chosen." in texts(lin.post(page(draft, "pick"), {}, follow=True))
    broken = lin.post(page(draft, "pick") + "?unit=x", {"all": "1"}, follow=True)
    assert "Nobody was chosen." in texts(broken) and on_roster(draft) == []


def test_leading_groups_are_units(lin, world):
    made = cast.campaign(world, "G", "group-five", groups=[world.east_unit])
    assert offered(lin.get(page(made, "pick") + "?kind=township")) == {"西岭乡"}
    lin.post(page(made, "pick") + "?kind=township", {"all": "1"})
    assert on_roster(made) == sorted(["东滩镇", "西岭乡"])


def test_one_chooses_only_among_those_whom_one_may_assess(client, world):
    made = cast.campaign(world, "E", "front-line", unit="E")
    east = english(client, world.east_assessor)
    assert "噶玛" not in offered(east.get(page(made, "pick")))
    east.post(page(made, "pick"), {"pick": [world.karma.pk, world.dawa.pk]})
    assert on_roster(made) == ["达瓦"]


def test_who_may(client, world, draft):
    man = english(client, world.man)
    assert man.post(page(world.front, "pick"), {"all": "1"}).status_code == 403
    assert "Add to roster" not in texts(man.get(page(world.front, "roster")))
    row = world.of(world.dawa)
    refused = man.post(reverse("campaign_remove", args=[row.pk]), {"reason": "x"})
    assert refused.status_code == 403 and "This needs the role" in refused.content.decode()
    client.force_login(world.east_assessor)
    assert client.get(page(draft, "pick")).status_code == 404
    assert client.get(reverse("campaign_remove", args=[world.of(world.karma).pk])).status_code == 404


def test_the_roster_shows_states_and_what_is_missing(lin, world):
    cast.signed(world, world.of(world.dawa))
    cast.give(world, {world.of(world.nima): "好"}, "phone")
    response = lin.get(page(world.front, "roster"), {"state": "signed"})
    assert [str(row.record) for row in response.context["table"].rows] == ["达瓦"]
    response = lin.get(page(world.front, "roster"), {"missing": "on_site", "unit": world.east_unit.pk})
    assert {str(row.record) for row in response.context["table"].rows} == {"尼玛", "索南", "白玛"}


def test_the_roster_of_a_part(client, world):
    east = english(client, world.east).get(page(world.front, "roster"))
    assert {row.record.unit_id for row in east.context["table"].rows} <= {world.east_unit.pk, world.east_village.pk}
    assert east.context["page_obj"].paginator.count == 4


def test_leaving_the_roster_while_nothing_is_known(lin, world):
    cast.give(world, {world.of(world.dawa): "好"})
    page_text = texts(lin.get(page(world.front, "roster"), {"q": "达瓦"}, follow=True))
    assert "/remove" not in page_text
    assert "/remove" in texts(lin.get(page(world.front, "roster"), {"q": "尼玛"}, follow=True))

    nima, dawa = (reverse("campaign_remove", args=[world.of(cadre).pk]) for cadre in (world.nima, world.dawa))
    assert "reason" in errors(lin.post(nima, {"reason": ""}))
    assert lin.post(nima, {"reason": "已调离"}).url == page(world.front, "roster")
    assert "尼玛" not in on_roster(world.front)
    refused = lin.post(dawa, {"reason": "已调离"})
    assert refused.status_code == 403 and "There is evidence about 达瓦" in refused.content.decode()


def test_a_closed_campaign_keeps_its_roster(lin, world):
    campaigns.close(by=world.lin, campaign=world.front)
    assert lin.post(page(world.front, "pick"), {"all": "1"}).status_code == 403
    assert "/remove" not in texts(lin.get(page(world.front, "roster")))


def test_the_export_of_a_roster_asks_for_a_reason(lin, world):
    url = page(world.front, "roster_export")
    assert lin.post(url, {"reason": ""}).status_code == 400
    sent = lin.post(url + "?columns=name&columns=state&columns=remove", {"reason": "会议"})
    sheet = load_workbook(BytesIO(b"".join(sent.streaming_content))).worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["Assessee", "State"]  # a link is nothing for Excel
    assert lin.post(url + "?unit=x", {"reason": "会议"}).status_code == 400


def test_choosing_costs_the_same_with_many(lin, world, draft):
    same_cost(lin, page(draft, "pick") + "?q=Z0", lambda n: many_cadres(world, n))
