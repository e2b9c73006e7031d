"""The home page of each role: what waits, how a campaign stands, and nothing that is not for this person."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment.actions import campaigns, decisions, evaluations
from people.actions import cadres, duties, units
from tests.cast import FIRST_DAY, LAST_DAY, campaign, give, give_evidence, scheme, signed, submitted

pytestmark = pytest.mark.django_db


def home(client, user, **query):
    client.force_login(user)
    answer = client.get(reverse("home"), query)
    assert answer.status_code == 200
    return answer


def front(client, world, user):
    return home(client, user, campaign=world.front.pk).context


# --- each role has one


@pytest.mark.parametrize("who", ["lin", "rui", "man", "east", "aud", "sec", "sys", "nobody"])
def test_every_role_has_a_home(client, world, who):
    answer = home(client, getattr(world, who))
    assert bool(answer.context["roles"]) == (who != "nobody")
    assert bool(answer.context.get("campaign")) == (who in ("lin", "rui", "man", "east", "aud"))
    assert bool(answer.context.get("newest")) == (who == "aud")
    assert bool(answer.context.get("accounts")) == (who in ("sec", "sys"))


def test_a_stranger_is_sent_to_sign_in(client):
    assert client.get(reverse("home")).status_code == 302


def test_administrators_see_no_business(client, world):
    give_evidence(world, world.of(world.dawa))
    for user in (world.sec, world.sys, world.nobody):
        page = home(client, user).content.decode()
        for secret in (world.front.title, "达瓦", "某某", "所见"):
            assert secret not in page, (user, secret)


def test_managers_see_figures_without_sources(client, world):
    give_evidence(world, world.of(world.dawa))
    page = home(client, world.east, campaign=world.front.pk)
    assert page.context["covered"].done == {"on_site": 1, "phone": 1, "talk": 1}
    assert "某某" not in page.content.decode() and page.context["tasks"] == []


def test_who_may_nothing_is_told_whom_to_ask(client, world):
    assert not home(client, world.nobody).context["may_wait"]


# --- the links lead where the figures come from


@pytest.mark.parametrize("who", ["lin", "rui", "man", "aud", "sec", "sys"])
def test_every_link_leads_to_a_page_that_this_person_may_open(client, world, who):
    opinion = signed(world, world.of(world.dawa))
    evaluation = world.of(world.nima)
    give_evidence(world, evaluation)
    submitted(world, evaluation)
    evaluations.send_back(by=world.rui, evaluation=evaluation, why="补充")
    decisions.propose(by=world.lin, kind="training", assessee=world.dawa, outcome="跟踪", opinions=[opinion])
    decisions.propose(by=world.lin, kind="commendation", assessee=world.dawa, outcome="嘉奖", opinions=[opinion])
    page = home(client, getattr(world, who)).content.decode()
    links = {unescape(link) for link in re.findall(r'<a [^>]*href="([^"#]+)"', page)}
    assert len(links) > 5
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200, link
        if "listing" in (answer.context or {}):
            assert not answer.context["listing"].problems, link


@pytest.mark.parametrize("who", ["lin", "rui", "east_assessor"])
def test_a_list_shows_as_many_as_the_task_counts(client, world, who):
    opinion = signed(world, world.of(world.dawa))
    give_evidence(world, world.of(world.nima), world.of(world.karma))
    submitted(world, world.of(world.karma))
    decisions.propose(by=world.lin, kind="training", assessee=world.dawa, outcome="跟踪", opinions=[opinion])
    found = home(client, getattr(world, who)).context["tasks"]
    assert found
    for task in found:
        assert client.get(task["url"]).context["page_obj"].paginator.count == task["number"], task["label"]


def test_a_kind_of_task_that_is_not_ones_own_is_no_filter(client, world):
    client.force_login(world.man)
    answer = client.get(reverse("evaluation_list"), {"waiting": "sign"})
    assert answer.context["listing"].problems
    assert client.post(f"{reverse('evaluation_export')}?waiting=sign", {"reason": "x y"}).status_code == 400


# --- the campaign


def test_the_largest_open_campaign_comes_first_and_another_can_be_picked(client, world):
    scheme(world)
    later = campaign(world, "Z", "small", cadres=[world.dawa], starts_on="2022-05-01")
    assert home(client, world.lin).context["campaign"] == world.front
    assert home(client, world.lin, campaign=later.pk).context["campaign"] == later
    campaigns.close(by=world.lin, campaign=world.front)
    campaigns.close(by=world.lin, campaign=world.groups)
    assert home(client, world.lin).context["campaign"] == later


@pytest.mark.parametrize("asked", ["999999", "x", "", "1 OR 1=1"])
def test_a_campaign_that_one_does_not_see_is_not_found(client, world, asked):
    client.force_login(world.lin)
    assert client.get(reverse("home"), {"campaign": asked}).status_code == 404


def test_a_campaign_of_other_units_is_not_found(client, world):
    scheme(world)
    west = campaign(world, "W", "small", cadres=[world.karma], unit="W")
    client.force_login(world.east)
    assert client.get(reverse("home"), {"campaign": west.pk}).status_code == 404
    assert west.title not in [c.title for c in home(client, world.east).context["campaigns"]]


def test_without_any_campaign_it_says_so(client, people):
    answer = home(client, people.lin)
    assert answer.context["campaigns"] == [] and answer.context.get("campaign") is None


def test_coverage_rolls_villages_up_and_stays_inside_the_scope(client, world):
    give(world, {world.of(world.dawa): "好", world.of(world.pema): "好", world.of(world.karma): "好"})
    places = {p.name: (p.assessed, p.done["on_site"]) for p in front(client, world, world.lin)["covered"].places}
    assert places == {"东滩镇": (4, 2), "西岭乡": (4, 1)}
    mine = front(client, world, world.east)["covered"]
    assert {p.name for p in mine.places} == {"东滩镇"} and mine.done["on_site"] == 2
    assert "西岭" not in home(client, world.east, campaign=world.front.pk).content.decode()


def test_the_plan_is_the_campaigns_in_proportion_to_what_is_seen(client, world):
    assert front(client, world, world.lin)["covered"].plan == {"on_site": 8, "phone": 8, "talk": 8}  # the least evidence
    campaigns.save(by=world.lin, rows=[{"code": "F", "planned_on_site": 60, "planned_phone": 41}])
    assert front(client, world, world.lin)["covered"].plan == {"on_site": 60, "phone": 41, "talk": 8}
    assert front(client, world, world.east)["covered"].plan == {"on_site": 30, "phone": 21, "talk": 4}  # 4 of 8, half up


def test_grades_are_counted_as_shown(client, world):
    give_evidence(world, world.of(world.dawa), level="好")
    signed(world, world.of(world.karma))
    page = front(client, world, world.lin)
    drawn = page["grades"]
    assert re.findall(r'<td class="num">(\d+)</td>', drawn) == ["1", "1", "0", "0", "6"] and not page["hidden"]


def test_quality_names_what_to_look_at(client, world):
    give(world, {world.of(world.dawa): "好"})
    give(world, {world.of(world.dawa): "较差"}, lead=world.mei)
    found = {url.partition("&")[2]: number for number, _, _, url in front(client, world, world.lin)["doubts"]}
    assert found == {"contested=yes": 1, "one_sided=method": 1, "one_sided=relation": 1}
    agreed = front(client, world, world.lin)["agreements"]
    assert len(agreed) == 4 and all(number == 2 for _, _, number in agreed)


def test_a_blind_campaign_keeps_its_marks(client, world):
    campaigns.save(by=world.lin, rows=[{"code": "F", "blind": True}])
    give_evidence(world, world.of(world.dawa), level="较差")
    stranger = front(client, world, world.east_assessor)
    assert stranger["hidden"] == 4 and not stranger["judged"] and not stranger["agreements"] and not stranger["doubts"]
    assert not stranger["grades"]
    assert front(client, world, world.man)["hidden"] == 8
    own = front(client, world, world.lin)
    assert own["hidden"] == 7 and not own["judged"]  # his own marks are in on one
    reviewer = front(client, world, world.rui)
    assert reviewer["hidden"] == 0 and reviewer["judged"] == 8
    campaigns.close(by=world.lin, campaign=world.front)
    assert front(client, world, world.east_assessor)["hidden"] == 0


def test_the_brief_counts_what_came_of_it(client, world):
    opinion = signed(world, world.of(world.dawa))
    for kind in ("training", "commendation"):
        made = decisions.propose(by=world.lin, kind=kind, assessee=world.dawa, outcome="x", opinions=[opinion])
    decisions.add_publications(
        by=world.lin, rows=[(made, channel, "t", LAST_DAY) for channel in ("notice", "briefing", "briefing", "video")]
    )
    revoked = decisions.propose(by=world.lin, kind="selection", assessee=world.dawa, outcome="x", opinions=[opinion])
    decisions.revoke(by=world.rui, decision=revoked, why="不当")
    units.save(by=world.lin, rows=[{"code": "T", "name": "临时党支部", "kind": "temporary_branch", "parent": "E"}])
    duties.save(
        by=world.lin,
        rows=[
            {"unit": world.east_unit, "kind": "zone", "cadre": world.dawa, "starts_on": FIRST_DAY},
            {"unit": world.west_village, "kind": "zone", "cadre": world.karma, "starts_on": FIRST_DAY},
            {"unit": world.east_unit, "kind": "grid", "headcount": 5000, "starts_on": FIRST_DAY},
            {"unit": world.east_unit, "kind": "grid", "headcount": 7, "starts_on": "2021-01-01", "ends_on": "2021-12-31"},
        ],
    )
    brief = front(client, world, world.lin)["brief"]
    assert brief["times"] == {"on_site": 1, "phone": 1, "talk": 1} and brief["opinions"] == 1 and brief["assessed"] == 8
    assert brief["decided"] == {"selection": 0, "training": 1, "commendation": 1}
    assert brief["published"] == {"notice": 1, "briefing": 2, "video": 1}
    assert (brief["branches"], brief["temporary"]) == (1, 1)
    assert brief["zones"] == {"township": 1, "village": 1} and brief["duties"]["grid"] == 5000
    mine = front(client, world, world.east)["brief"]
    assert mine["zones"] == {"township": 1}
    other = front(client, world, world.east_aud)["brief"]
    assert other["decided"]["training"] == 1


def test_ones_own_file_does_not_count(client, world):
    """karma is kin of hai: hai sees 7 of 8, and nothing of what was found of karma."""
    give(world, {world.of(world.karma): "好"})
    page = front(client, world, world.hai)
    assert page["covered"].assessed == 7 and page["covered"].done["on_site"] == 0


# --- auditors


def test_auditors_see_what_asks_for_a_look(client, world):
    client.force_login(world.man)
    client.get(reverse("ledgerentry_list"))  # refused
    page = home(client, world.aud)
    watched = {url.partition("verb=")[2].partition("&")[0]: number for number, _, _, url in page.context["watched"]}
    assert watched["refused"] == 1 and watched["export"] == 0
    assert page.context["newest"][0][0].verb == "refused"
    assert not home(client, world.man).context.get("newest")


# --- how much it asks of the database


@pytest.mark.parametrize("who", ["lin", "rui", "man", "aud", "sec"])
def test_queries_do_not_grow(client, world, who):
    counts = []
    for number in (2, 3, 50):
        made = cadres.save(
            by=world.lin,
            rows=[
                {"code": f"{number}-{n}", "name": "某", "unit": [world.east_unit, world.west_village, world.office][n % 3]}
                for n in range(number)
            ],
        )
        campaigns.set_roster(by=world.lin, campaign=world.front, cadres=made)
        give(world, {world.of(cadre): "好" for cadre in made}, number=f"n{number}")
        for cadre in made[:5]:
            opinion = signed(world, world.of(cadre), grade="", grade_reason="证据不足")
            decisions.propose(by=world.lin, kind="training", assessee=cadre, outcome="x", opinions=[opinion])
        client.force_login(getattr(world, who))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("home"), {"campaign": world.front.pk} if who != "sec" else {}).status_code == 200
        counts.append(len(captured))
    assert len(set(counts)) == 1 and counts[0] < 45, counts
