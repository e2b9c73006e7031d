"""Quick entry of a contact: it works with and without scripts, keeps what was typed, and does a thing once."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment.actions import campaigns
from assessment.models import Contact, Finding
from people.actions import users
from tests.cast import campaign, give_evidence, scheme, submitted
from tests.views.helpers import many_cadres

pytestmark = pytest.mark.django_db
URL = "/contacts/add"


def text(response):
    return response.content.decode()


def get(client, user, **data):
    client.force_login(user)
    return client.get(URL, data, headers={"accept-language": "en"})


def post(client, user, data):
    client.force_login(user)
    return client.post(URL, data, headers={"accept-language": "en"})


@pytest.fixture
def filled(world):
    """What one types for a visit about dawa."""
    dimensions = list(world.front.scheme.dimensions.all())
    levels = {level.name: level.pk for level in world.front.scheme.levels.all()}
    return {
        "campaign": world.front.pk,
        "client_uuid": str(uuid.uuid4()),
        "blocks": "1",
        "method": "on_site",
        "held_at": "2022-05-06T13:30",
        "place": "第3卡点",
        "source_name": "老牧民",
        "source_post": "",
        "relation": "served",
        "team": "lin、mei",
        "findings-0-assessee": "G001",
        "findings-0-narrative": "查验双码严格",
        "findings-0-example": "夜间两人值守",
        f"findings-0-rating-{dimensions[0].pk}": levels["好"],
        f"findings-0-rating-{dimensions[1].pk}": levels["较好"],
    }


def second(data, code="G002"):
    """The same with a second block about another."""
    more = {k.replace("findings-0-", "findings-1-"): v for k, v in data.items() if k.startswith("findings-0-")}
    return {**data, **more, "blocks": "2", "findings-1-assessee": code, "findings-1-narrative": "准时"}


# --- the form


def test_form_starts_with_the_only_campaign_now_and_himself(client, world):
    campaigns.close(by=world.lin, campaign=world.groups)
    response = get(client, world.lin)
    form = response.context["form"]
    assert response.status_code == 200 and form.campaign == world.front
    assert form["team"].value() == "lin" and re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d$", form["held_at"].value())
    body = text(response)
    assert all(dimension.name in body for dimension in world.front.scheme.dimensions.all())
    assert '<optgroup label="东滩镇">' in body and "达瓦的职务" in body and 'name="campaign"' in body
    assert "style=" not in body and "<script>" not in body


def test_form_takes_the_campaign_of_the_last_contact(client, world):
    give_evidence(world, world.of(world.dawa))
    assert get(client, world.lin).context["form"].campaign == world.front
    assert get(client, world.lin, campaign=world.groups.pk).context["form"].campaign == world.groups


def test_form_comes_filled_from_the_evaluation_page(client, world):
    row = world.of(world.west_unit)
    form = get(client, world.lin, assessee=row.pk, campaign=row.campaign_id, method="talk").context["form"]
    assert form.campaign == world.groups and form["method"].value() == "talk"
    assert '<option value="W" selected>' in text(get(client, world.lin, assessee=row.pk))


def test_another_like_this(client, world, filled):
    post(client, world.lin, filled)
    form = get(client, world.lin, like=Contact.objects.get().pk).context["form"]
    assert (form["place"].value(), form["team"].value(), form["method"].value()) == ("第3卡点", "lin、mei", "on_site")
    assert form["source_name"].value() is None


def test_long_roster_is_typed_with_suggestions(client, world, monkeypatch):
    monkeypatch.setattr("assessment.forms.contacts.SHORT", 2)
    body = text(get(client, world.lin, campaign=world.front.pk))
    assert 'hx-post="/contacts/assessees?campaign=' in body and "<optgroup" not in body
    found = client.post(f"/contacts/assessees?campaign={world.front.pk}&field=a", {"a": "dw"})
    assert "G001 达瓦" in text(found) and "尼玛" not in text(found)
    assert "达瓦" not in text(client.post(f"/contacts/assessees?campaign={world.groups.pk}&field=a", {"a": "dw"}))
    client.force_login(world.east_assessor)
    assert text(client.post(f"/contacts/assessees?campaign={world.front.pk}&field=a", {"a": "噶玛"})) == ""


def test_who_does_not_record_is_refused(client, world):
    response = get(client, world.man)
    assert response.status_code == 403 and "needs the role Assessor" in text(response)
    assert post(client, world.rui, {}).status_code == 403


def test_without_an_open_campaign_it_says_so(client, people):
    response = get(client, people.lin)
    assert response.status_code == 200 and "No campaign is open" in text(response)
    assert post(client, people.lin, {"blocks": "1"}).status_code == 200


# --- saving


def test_saving_leads_to_the_contact_and_tells_what_changed(client, world, filled):
    response = post(client, world.lin, filled)
    contact = Contact.objects.get()
    assert response.status_code == 302 and response.url == reverse("contact_detail", args=[contact.pk])
    body = text(client.get(response.url, headers={"accept-language": "en"}))
    assert "Contact 0001 is recorded" in body and "达瓦: score — → 90.00" in body
    assert (contact.method, contact.place, contact.relation, contact.recorder) == ("on_site", "第3卡点", "served", world.lin)
    assert [member.user for member in contact.team.all()] == [world.lin, world.mei]
    assert contact.held_at.isoformat() == "2022-05-06T05:30:00+00:00"  # typed in Asia/Shanghai
    finding = contact.findings.get()
    assert (finding.narrative, finding.ratings.count(), world.of(world.dawa).score) == ("查验双码严格", 2, 90)


def test_two_assessees_and_a_blank_block(client, world, filled):
    assert post(client, world.lin, {**second(filled), "blocks": "3"}).status_code == 302
    assert {f.evaluation.cadre for f in Finding.objects.all()} == {world.dawa, world.nima}


def test_sent_twice_counts_once(client, world, filled):
    first, again = post(client, world.lin, filled), post(client, world.lin, filled)
    assert first.url == again.url and Contact.objects.count() == 1


def test_names_are_taken_for_user_names(client, world, filled):
    users.change(by=None, user=world.lin, name="林一")
    users.change(by=None, user=world.mei, name="周三")
    assert post(client, world.lin, {**filled, "team": "周三、林一"}).status_code == 302
    assert [member.user for member in Contact.objects.get().team.all()] == [world.mei, world.lin]


def test_leading_group_is_recorded_too(client, world, filled):
    data = {k: v for k, v in filled.items() if "rating" not in k}
    assert post(client, world.lin, {**data, "campaign": world.groups.pk, "findings-0-assessee": "E"}).status_code == 302
    assert Finding.objects.get().evaluation.group == world.east_unit


# --- wrong input


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"place": ""}, "place", "needs its place"),
        ({"method": "phone", "source_name": ""}, "source_name", "needs its source"),
        ({"method": ""}, "method", "Please fill this in"),
        ({"held_at": "yesterday"}, "held_at", "cannot be read as a date"),
        ({"held_at": "2021-05-06T10:00"}, "held_at", "outside the campaign"),
        ({"team": "lin"}, "team", "at least 2 assessors"),
        ({"team": "lin、ghost"}, "team", "no user with the name ghost"),
        ({"findings-0-narrative": ""}, "findings-0-narrative", "Please fill this in"),
        ({"findings-0-assessee": "G999"}, "findings-0-assessee", "not on the roster"),
        ({"findings-0-assessee": ""}, "findings-0-assessee", ""),
    ],
)
def test_errors_stand_beside_the_field_and_all_typed_is_kept(client, world, filled, change, field, words):
    response = post(client, world.lin, {**filled, **change})
    form = response.context["form"]
    assert response.status_code == 200 and field in form.errors and words in form.errors[field][0]
    body = text(response)
    for value in ("lin", "夜间两人值守", filled["client_uuid"]):
        assert value in body
    assert body.count("checked") >= 2 and not Contact.objects.exists()


def test_error_of_a_later_block_stands_in_that_block(client, world, filled):
    data = second(filled)
    data = {k.replace("findings-1-", "findings-2-"): v for k, v in data.items()}  # the block between is blank
    data |= {"blocks": "3", "findings-2-narrative": ""}
    form = post(client, world.lin, data).context["form"]
    assert list(form.errors) == ["findings-2-narrative"]
    assert "twice" in post(client, world.lin, second(filled, "G001")).context["form"].errors["findings-1-assessee"][0]


def test_nobody_assesses_his_kin(client, world, filled):
    data = {**filled, "team": "mei、hai", "findings-0-assessee": "G005"}
    errors = post(client, world.mei, data).context["form"].errors["findings-0-assessee"]
    assert "relative" in errors[0]


def test_locked_evaluation_is_not_offered(client, world, filled):
    row = world.of(world.dawa)
    give_evidence(world, row)
    submitted(world, row)
    response = post(client, world.lin, filled)
    assert "submitted already" in response.context["form"].errors["findings-0-assessee"][0]


def test_out_of_reach_is_not_offered(client, world, filled):
    client.force_login(world.east_assessor)
    response = post(client, world.east_assessor, {**filled, "team": "east_assessor、mei", "findings-0-assessee": "G005"})
    assert "findings-0-assessee" in response.context["form"].errors and "噶玛" not in text(response)


# --- blocks and campaigns


def test_another_block_keeps_everything_and_checks_nothing(client, world, filled):
    response = post(client, world.lin, {**filled, "place": "", "team": "nobody at all", "do": "add"})
    form, body = response.context["form"], text(response)
    assert form.size == 2 and not form.errors and not Contact.objects.exists()
    assert 'name="blocks" value="2"' in body and "查验双码严格" in body and 'value="nobody at all"' in body
    assert "findings-1-narrative" in body and filled["client_uuid"] in body and '<option value="G001" selected>' in body
    level = filled[next(k for k in filled if "rating" in k)]
    assert re.search(rf'value="{level}" id="[^"]+" checked', body)


def test_a_block_can_be_taken_out_again(client, world, filled):
    response = post(client, world.lin, {**second(filled), "do": "remove-1"})
    form = response.context["form"]
    assert form.size == 1 and form["findings-0-assessee"].value() == "G002" and form["findings-0-narrative"].value() == "准时"


def test_another_campaign_brings_its_dimensions(client, world, filled):
    response = post(client, world.lin, {**filled, "campaign": world.groups.pk, "do": "campaign"})
    body = text(response)
    assert "政治思想建设" in body and "查验双码严格" in body and "综合分析研判" not in body


@pytest.mark.parametrize("blocks", ["0", "-3", "x", "", "999999"])
def test_nonsense_in_hidden_fields_does_no_harm(client, world, filled, blocks):
    assert post(client, world.lin, {**filled, "blocks": blocks, "do": "remove-77"}).status_code == 200
    assert post(client, world.lin, {**filled, "client_uuid": "x"}).status_code == 200


def test_form_costs_the_same_whatever_the_roster(client, world):
    client.force_login(world.lin)
    cadres = many_cadres(world, 50)
    scheme(world)
    rosters = {n: campaign(world, f"S{n}", "small", cadres=cadres[:n]) for n in (1, 3, 50)}
    counts = {}
    for number, chosen in rosters.items():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{URL}?campaign={chosen.pk}").status_code == 200
        counts[number] = len(captured)
    assert len(set(counts.values())) == 1, counts
