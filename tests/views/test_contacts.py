"""Pages of contacts: the list and one contact, and who may know who said it."""

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from assessment.actions import campaigns
from assessment.actions.contacts import ContactDraft, FindingDraft, record
from assessment.models import Contact, Finding
from people.models import LedgerEntry
from tests.cast import give, give_evidence, submitted
from tests.views.helpers import many_cadres, same_cost

pytestmark = pytest.mark.django_db
SOURCE, POST = "柯西姆老人", "牧委会主任"


@pytest.fixture
def told(world):
    """A phone call about dawa (east) and karma (west), whose source has a name to be kept."""
    contact = give(world, {world.of(world.dawa): "好", world.of(world.karma): "较差"}, "phone", relation="served", source=SOURCE)
    give(world, {world.of(world.nima): "好"}, "on_site", relation="superior", source="另一位", place="三号卡点")
    return contact


def page(client, user, url, **data):
    client.force_login(user)
    return client.get(url, data, headers={"accept-language": "en"}, follow=url == reverse("contact_list"))


def text(response):
    return response.content.decode()


def exported(client, user, **data):
    client.force_login(user)
    query = "&".join(f"{k}={v}" for k, values in data.items() for v in (values if isinstance(values, list) else [values]))
    return client.post(f"{reverse('contact_export')}?{query}", {"reason": "a test"}, headers={"accept-language": "en"})


def rows_of(response):
    assert response.status_code == 200
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


# --- the list


def test_list_shows_team_assessees_and_source(client, world, told):
    body = text(page(client, world.lin, reverse("contact_list")))
    for word in ("0001", "lin、mei", "达瓦", "噶玛", SOURCE, "Person served", "三号卡点"):
        assert word in body
    assert reverse("contact_add") in body


@pytest.mark.parametrize(
    ("word", "hits"),
    [("0001", 1), ("三号卡点", 1), ("达瓦", 1), ("dawa", 1), ("G002", 1), ("所见", 2), (SOURCE, 1), ("村民", 2), ("nothing", 0)],
)
def test_search_looks_in_number_place_assessee_narrative_and_source(client, world, told, word, hits):
    assert page(client, world.lin, reverse("contact_list"), q=word).context["page_obj"].paginator.count == hits


def test_filters(client, world, told):
    def count(**data):
        return page(client, world.lin, reverse("contact_list"), **data).context["page_obj"].paginator.count

    assert (count(method="phone"), count(relation="superior"), count(member="mei"), count(unit=world.west_unit.pk)) == (1, 1, 2, 1)
    assert (count(since="2022-05-02"), count(until="2022-05-01"), count(withdrawn="yes"), count(campaign=world.groups.pk)) == (0, 2, 0, 0)
    assert page(client, world.lin, reverse("contact_list"), sort="team").status_code == 200


# --- who said it


def test_manager_sees_no_source_anywhere(client, world, told):
    """Neither in the list, nor by choosing the column, nor on the page, nor in the export."""
    asked = [("contact_list", {}), ("contact_list", {"columns": ["number", "source", "source_post", "relation"]})]
    bodies = [text(page(client, world.man, reverse(name), **data)) for name, data in asked]
    bodies.append(text(page(client, world.man, reverse("contact_detail", args=[told.pk]))))
    bodies.append(text(page(client, world.man, reverse("evaluation_detail", args=[world.of(world.dawa).pk]))))
    bodies += [str(rows_of(exported(client, world.man, columns=["number", "team", "assessees"])))]
    for body in bodies:
        assert SOURCE not in body and "村民" not in body and "Person served" not in body.replace('<option value="served">', "")


def test_manager_cannot_search_sort_or_filter_by_source(client, world, told):
    assert page(client, world.man, reverse("contact_list"), q=SOURCE).context["page_obj"].paginator.count == 0
    listing = page(client, world.man, reverse("contact_list"), relation="served").context["listing"]
    assert listing.problems and not listing.queryset.exists()
    for data in ({"sort": "source"}, {"columns": "relation"}, {"relation": "served"}):
        assert exported(client, world.man, **data).status_code == 400


def test_department_of_another_unit_sees_no_source(client, world, told):
    """The campaign is the county's: an assessor of the township sees the contact, not who said it."""
    body = text(page(client, world.east_assessor, reverse("contact_list")))
    assert "达瓦" in body and SOURCE not in body and "噶玛" not in body
    assert page(client, world.east_assessor, reverse("contact_list"), q=SOURCE).context["page_obj"].paginator.count == 0
    assert page(client, world.east_assessor, reverse("contact_list"), q="噶玛").context["page_obj"].paginator.count == 0
    assert page(client, world.east_assessor, reverse("contact_list"), relation="served").context["page_obj"].paginator.count == 0
    assert SOURCE not in text(page(client, world.east_assessor, reverse("contact_detail", args=[told.pk])))


def test_nobody_learns_who_spoke_about_his_kin(client, world, told):
    """karma is kin of hai: hai sees the contact through dawa, without its source."""
    body = text(page(client, world.hai, reverse("contact_detail", args=[told.pk])))
    assert "达瓦" in body and "噶玛" not in body and SOURCE not in body
    assert "另一位" in text(page(client, world.hai, reverse("contact_list")))


def test_auditor_sees_the_source(client, world, told):
    assert SOURCE in text(page(client, world.aud, reverse("contact_detail", args=[told.pk])))


# --- one contact


def test_detail_shows_only_visible_findings(client, world, told):
    body = text(page(client, world.east, reverse("contact_detail", args=[told.pk])))
    assert "达瓦" in body and "噶玛" not in body


def test_a_look_at_who_spoke_is_told(client, world, told):
    page(client, world.lin, reverse("contact_detail", args=[told.pk]))
    looks = LedgerEntry.objects.filter(verb="view", object_type="assessment.contact", object_id=told.pk)
    assert list(looks.values_list("actor", "unit")) == [(world.lin.pk, told.campaign.unit_id)]


def test_stranger_gets_404_and_no_role_403(client, world, told):
    unseen = give(world, {world.of(world.tashi): "好"})
    assert page(client, world.east, reverse("contact_detail", args=[unseen.pk])).status_code == 404
    assert page(client, world.sec, reverse("contact_list")).status_code == 403
    assert page(client, world.sys, reverse("contact_detail", args=[told.pk])).status_code == 404


def test_withdrawing_needs_a_reason_and_moves_the_score(client, world, told):
    finding = Finding.objects.get(contact=told, evaluation__cadre=world.dawa)
    url = reverse("finding_withdraw", args=[finding.pk])
    assert page(client, world.lin, url).status_code == 200
    response = client.post(url, {"reason": " "}, headers={"accept-language": "en"})
    assert response.status_code == 200 and "errorlist" in text(response)
    assert client.post(url, {"reason": "记错了人"}).status_code == 302
    assert world.of(world.dawa).score is None
    body = text(page(client, world.lin, reverse("contact_detail", args=[told.pk])))
    assert "记错了人" in body and "Withdrawn" in body and url not in body
    assert page(client, world.lin, reverse("contact_list"), withdrawn="yes").context["page_obj"].paginator.count == 1


def test_withdrawing_is_refused_with_its_reason(client, world, told):
    finding = Finding.objects.get(contact=told, evaluation__cadre=world.dawa)
    url = reverse("finding_withdraw", args=[finding.pk])
    response = page(client, world.man, url)
    assert response.status_code == 403 and "needs the role Assessor" in text(response)
    assert LedgerEntry.objects.filter(verb="refused", actor=world.man).exists()
    give_evidence(world, finding.evaluation)
    submitted(world, finding.evaluation)
    response = page(client, world.lin, url)
    assert response.status_code == 403 and "its evidence is locked" in text(response)
    assert "its evidence is locked" in text(page(client, world.lin, reverse("contact_detail", args=[told.pk])))


def test_in_a_closed_campaign_no_more_is_offered(client, world, told):
    campaigns.close(by=world.lin, campaign=world.front)
    body = text(page(client, world.lin, reverse("contact_detail", args=[told.pk])))
    assert "is closed" in body and reverse("contact_add") + "?" not in body


# --- blind campaigns


def test_blind_contact_hides_words_and_marks_of_others(client, world):
    campaigns.save(by=world.lin, rows=[{"code": "F", "blind": True}])
    row = world.of(world.nima)
    theirs = give(world, {row: {0: "好"}}, lead=world.lin, team=[world.lin, world.mei])
    client.force_login(world.hai)
    body = text(page(client, world.hai, reverse("contact_detail", args=[theirs.pk])))
    assert "on_site所见" not in body and "Example" not in body and "blind" in body
    assert page(client, world.hai, reverse("contact_list"), q="on_site所见").context["page_obj"].paginator.count == 0
    give(world, {row: {0: "较好"}}, "phone", lead=world.hai, team=[world.hai, world.mei], relation="served")
    assert "on_site所见" in text(page(client, world.hai, reverse("contact_detail", args=[theirs.pk])))
    assert page(client, world.hai, reverse("contact_list"), q="on_site所见").context["page_obj"].paginator.count == 1


# --- speed


def test_list_costs_the_same_whatever_its_rows(client, world):
    rows = [world.of(cadre) for cadre in (world.dawa, world.nima, world.sonam)]
    client.force_login(world.lin)

    def grow(number):
        for n in range(Contact.objects.count(), number):
            give(world, dict.fromkeys(rows[: 1 + n % 3], "好"), "phone")

    same_cost(client, reverse("contact_list"), grow)


def test_contact_costs_the_same_whatever_it_tells_of(client, world):
    client.force_login(world.lin)
    cadres = many_cadres(world, 50)
    campaigns.set_roster(by=world.lin, campaign=world.front, cadres=cadres)
    contact = give(world, {world.of(cadres[0]): "好"})

    def grow(number):
        findings = [FindingDraft(world.of(cadre), "准时", ratings={"综合分析研判": "好"}) for cadre in cadres[1:number]]
        record(by=world.lin, drafts=[ContactDraft(world.front, findings=findings, contact=contact)])

    same_cost(client, reverse("contact_detail", args=[contact.pk]), grow)
