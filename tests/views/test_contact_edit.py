"""Changing a contact on screen: what one may change, what is locked, and that nobody wipes what he cannot see."""

import re

import pytest
from django.urls import reverse

from assessment.actions import campaigns, contacts
from assessment.models import Contact
from people.models import LedgerEntry
from tests.cast import campaign, give, give_evidence, scheme, submitted
from tests.refusing import refused

pytestmark = pytest.mark.django_db
SOURCE = "柯西姆老人"


def url(contact):
    return reverse("contact_edit", args=[contact.pk])


def get(client, user, contact):
    client.force_login(user)
    return client.get(url(contact), headers={"accept-language": "en"})


def filled(response):
    """What a browser would send back of a form that nobody touched, the hidden fields included."""
    form = response.context["form"]
    body = response.content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', body))
    return {**{k: v for k, v in hidden.items() if k != "csrfmiddlewaretoken"}, **{name: form[name].value() or "" for name in form.fields}}


def post(client, user, contact, typed=None, **data):
    """Open the form, change some of it, and send it."""
    before = filled(get(client, user, contact)) if typed is None else typed
    return client.post(url(contact), {**before, **data}, headers={"accept-language": "en"})


def errors(response):
    assert response.status_code == 200
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def entries(since):
    return list(LedgerEntry.objects.filter(seq__gt=since).exclude(verb="view").order_by("seq"))


def last():
    return LedgerEntry.objects.latest("seq").seq


@pytest.fixture
def told(world):
    """A phone call by lin and mei about dawa (east) and karma (west)."""
    return give(world, {world.of(world.dawa): "好", world.of(world.karma): "较差"}, "phone", relation="served", source=SOURCE)


def finding(contact, cadre):
    return contact.findings.get(evaluation__cadre=cadre)


# --- changing


def test_what_is_left_alone_changes_nothing(client, world, told):
    since = last()
    response = post(client, world.lin, told)
    assert response.status_code == 302 and response.url == reverse("contact_detail", args=[told.pk])
    assert entries(since) == []


def test_seconds_that_a_form_does_not_show_are_not_lost(client, world):
    row = world.of(world.dawa)
    found = contacts.FindingDraft(row, "所见", "", {})
    draft = contacts.ContactDraft(row.campaign, "on_site", "2022-05-06 13:30:45", [world.lin, world.mei], [found], place="村口")
    contact = contacts.record(by=world.lin, drafts=[draft])[0]
    post(client, world.lin, contact, place="卡点")
    contact.refresh_from_db()
    assert (contact.place, contact.held_at.second) == ("卡点", 45)


def test_every_field_can_be_changed_and_the_ledger_tells_old_and_new(client, world, told):
    one = finding(told, world.dawa)
    dimension = world.front.scheme.dimensions.first()
    worse = world.front.scheme.levels.get(name="较差")
    since = last()
    data = {
        "method": "talk", "held_at": "2022-05-07T08:15", "place": "办公室", "source_name": "另一人", "source_post": "村长", "relation": "peer",
        "team": "mei、lin", f"findings-{one.pk}-narrative": "改了的所见", f"findings-{one.pk}-example": "",
        f"findings-{one.pk}-rating-{dimension.pk}": str(worse.pk),
    }  # fmt: skip
    response = post(client, world.lin, told, **data)
    assert response.status_code == 302, errors(response)
    told = Contact.objects.get(pk=told.pk)
    assert (told.method, told.place, told.source_name, told.source_post, told.relation) == ("talk", "办公室", "另一人", "村长", "peer")
    assert told.held_at.isoformat() == "2022-05-07T00:15:00+00:00" and told.recorder == world.lin
    assert [member.user.username for member in told.team.order_by("position")] == ["mei", "lin"]
    made = entries(since)
    assert {(e.object_type, e.verb) for e in made} == {("assessment.contact", "record_contact"), ("assessment.finding", "record_contact")}
    by_type = {e.object_type: e for e in made}
    assert len(made) == 2  # the other finding is as it was
    contact, changed = by_type["assessment.contact"], by_type["assessment.finding"]
    assert (contact.before["source_name"], contact.after["source_name"]) == (SOURCE, "另一人")
    assert (changed.before["narrative"], changed.after["narrative"]) == (one.narrative, "改了的所见") and changed.object_id == one.pk
    assert "example" in changed.before and changed.after["example"] is None
    body = client.get(response.url, headers={"accept-language": "en"}).content.decode()
    assert f"Contact {told.number} is saved" in body and "达瓦: score" in body and "噶玛: score" not in body
    assert world.of(world.dawa).score < 95


def test_a_mark_can_be_taken_back(client, world, told):
    one = finding(told, world.dawa)
    marks = one.ratings.count()
    dimension = world.front.scheme.dimensions.first()
    assert post(client, world.lin, told, **{f"findings-{one.pk}-rating-{dimension.pk}": ""}).status_code == 302
    assert one.ratings.count() == marks - 1


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"source_name": ""}, "source_name", "needs its source"),
        ({"method": "on_site"}, "place", "needs its place"),
        ({"held_at": "yesterday"}, "held_at", "cannot be read as a date"),
        ({"held_at": "2021-05-06T10:00"}, "held_at", "outside the campaign"),
        ({"team": "lin"}, "team", "at least 2"),
        ({"team": "lin、ghost"}, "team", "ghost"),
        ({"team": "lin、hai"}, "team", "relative"),
        ({"method": "letter"}, "method", ""),
        ({"narrative": ""}, "narrative", "Please fill this in"),
    ],
)
def test_errors_stand_beside_the_field_and_all_typed_is_kept(client, world, told, change, field, words):
    one, since = finding(told, world.dawa), last()
    prefix = f"findings-{one.pk}-"
    change = {prefix + k if k == "narrative" else k: v for k, v in change.items()}
    field = prefix + field if field == "narrative" else field
    response = post(client, world.lin, told, **{prefix + "example": "打了很久的字", **change})
    found = errors(response)
    assert words in " ".join(found[field]) and "打了很久的字" in response.content.decode()
    assert entries(since) == []


def test_no_page_without_a_way_to_it(client, world, told):
    client.force_login(world.lin)
    assert url(told) in client.get(reverse("contact_detail", args=[told.pk])).content.decode()
    for user in (world.man, world.rui, world.aud):
        client.force_login(user)
        assert url(told) not in client.get(reverse("contact_detail", args=[told.pk])).content.decode()
        assert get(client, user, told).status_code == 403 and client.post(url(told), {"method": "talk"}).status_code == 403
    for user in (world.sys, world.sec):
        assert get(client, user, told).status_code == 404


# --- locked


def test_what_is_locked_is_read_only_and_says_why(client, world):
    row, other = world.of(world.dawa), world.of(world.nima)
    first = give(world, {row: "好", other: "好"})
    give_evidence(world, row)
    before = filled(get(client, world.lin, first))
    submitted(world, row)
    response = get(client, world.lin, first)
    form, body = response.context["form"], response.content.decode()
    mine, theirs = finding(first, world.nima), finding(first, world.dawa)
    assert "method" not in form.fields and f"findings-{mine.pk}-narrative" in form.fields and f"findings-{theirs.pk}-narrative" not in form.fields
    assert "its evidence is locked" in body
    assert post(client, world.lin, first, **{f"findings-{mine.pk}-narrative": "尼玛的事"}).status_code == 302
    mine.refresh_from_db()
    assert mine.narrative == "尼玛的事"
    # a form that was open before is refused, and what was typed in it stands there
    since = last()
    typed = {**before, "place": "另一个地方", f"findings-{theirs.pk}-narrative": "晚了的话"}
    del typed["seen"]  # another test is about changes by others
    response = post(client, world.lin, first, typed)
    body = response.content.decode()
    assert "locked" in str(errors(response)) and "另一个地方" in body and "晚了的话" in body
    assert [e for e in entries(since) if e.verb != "refused"] == []


def test_all_locked_is_refused_with_the_reason(client, world):
    row = world.of(world.dawa)
    contact, *_ = give_evidence(world, row)
    submitted(world, row)
    client.force_login(world.lin)
    page = client.get(reverse("contact_detail", args=[contact.pk]), headers={"accept-language": "en"}).content.decode()
    assert url(contact) not in page and re.search(r'disabled>Change…</button><span class="why">The evaluation of 达瓦', page)
    response = get(client, world.lin, contact)
    assert response.status_code == 403 and "its evidence is locked" in response.content.decode()


def test_a_closed_campaign_is_closed(client, world, told):
    typed = filled(get(client, world.lin, told))
    campaigns.close(by=world.lin, campaign=world.front)
    response = get(client, world.lin, told)
    assert response.status_code == 403 and "is closed" in response.content.decode()
    since = last()
    assert "is closed" in str(errors(post(client, world.lin, told, {k: v for k, v in typed.items() if k != "seen"}, place="x")))
    assert entries(since) == []


def test_a_withdrawn_finding_stays_as_it_is(client, world, told):
    gone = contacts.withdraw(by=world.lin, finding=finding(told, world.dawa), why="记错了人")
    form = get(client, world.lin, told).context["form"]
    assert f"findings-{gone.pk}-narrative" not in form.fields
    since = last()
    response = post(client, world.lin, told, **{f"findings-{gone.pk}-narrative": "又改"})
    assert response.status_code == 200 and "was withdrawn" in str(errors(response)) and entries(since) == []


# --- what one does not see


def test_who_handles_only_some_neither_sees_nor_touches_the_rest(client, world, told):
    """A township's assessor: his cadre's finding alone; the other's, and who said it, are neither shown nor wiped."""
    mine, theirs = finding(told, world.dawa), finding(told, world.karma)
    response = get(client, world.east_assessor, told)
    form, body = response.context["form"], response.content.decode()
    assert {name.split("-")[1] for name in form.fields} == {str(mine.pk)}
    assert SOURCE not in body and "噶玛" not in body and theirs.narrative not in body and "served" not in body.lower().replace("reserved", "")
    since, held = last(), Contact.objects.get(pk=told.pk)
    assert post(client, world.east_assessor, told, **{f"findings-{mine.pk}-narrative": "东滩改的"}).status_code == 302
    mine.refresh_from_db()
    assert mine.narrative == "东滩改的" and [e.object_id for e in entries(since)] == [mine.pk]
    # whatever he sends besides
    theirs_before, since = finding(told, world.karma), last()
    forged = {
        "source_name": "", "source_post": "", "relation": "", "place": "别处", "method": "talk", "team": "east_assessor、mei", "held_at": "2022-05-08T08:00",
        f"findings-{theirs.pk}-narrative": "伪造", f"findings-{theirs.pk}-example": "",
    }  # fmt: skip
    response = post(client, world.east_assessor, told, **forged)
    assert response.status_code == 200 and "outside the units" in str(errors(response))
    assert SOURCE not in response.content.decode() and theirs.narrative not in response.content.decode()
    for name in ("source_name", "source_post", "relation", "place", "method", "held_at"):
        assert getattr(Contact.objects.get(pk=told.pk), name) == getattr(held, name)
    theirs.refresh_from_db()
    assert theirs.narrative == theirs_before.narrative
    assert [e.verb for e in entries(since)] == ["refused"]


def test_who_may_not_know_the_source_leaves_it_as_it_is(client, world):
    """All whom the contact is about are of the east, but the campaign is the county's."""
    contact = give(world, {world.of(world.dawa): "好"}, "phone", relation="served", source=SOURCE)
    response = get(client, world.east_assessor, contact)
    form, body = response.context["form"], response.content.decode()
    assert "method" in form.fields and not {"source_name", "source_post", "relation"} & set(form.fields)
    assert SOURCE not in body and "村民" not in body
    forged = {"place": "东滩", "source_name": "伪造", "source_post": "", "relation": ""}
    assert post(client, world.east_assessor, contact, **forged).status_code == 302
    contact = Contact.objects.get(pk=contact.pk)
    assert (contact.place, contact.source_name, contact.source_post, contact.relation) == ("东滩", SOURCE, "村民", "served")


def test_out_of_reach_is_not_there(client, world):
    contact = give(world, {world.of(world.karma): "好"})
    assert get(client, world.east_assessor, contact).status_code == 404
    assert client.post(url(contact), {"method": "talk"}).status_code == 404


def test_nobody_changes_what_is_said_of_his_kin(client, world, told):
    """hai is kin of karma: of this contact he handles dawa alone, and what concerns both stays."""
    mine, theirs = finding(told, world.dawa), finding(told, world.karma)
    response = get(client, world.hai, told)
    form, body = response.context["form"], response.content.decode()
    assert set(form.fields) and {name.split("-")[1] for name in form.fields} == {str(mine.pk)}
    assert "relative" in body and SOURCE not in body and theirs.narrative not in body
    since = last()
    response = post(client, world.hai, told, place="别处", method="talk", **{f"findings-{theirs.pk}-narrative": "好话"})
    assert response.status_code == 200 and [e.verb for e in entries(since)] == ["refused"]
    only = give(world, {world.of(world.karma): "好"})
    assert get(client, world.hai, only).status_code == 404


def test_blind_marks_of_others_are_not_shown(client, world):
    made = campaign(world, "B", scheme(world).code, cadres=[world.dawa], blind=True)
    contact = give(world, {world.of(world.dawa, made): "好"}, team=[world.lin, world.hai])
    assert get(client, world.lin, contact).context["form"].grouped()
    response = get(client, world.mei, contact)
    assert response.status_code == 200 and response.context["form"].grouped() == []
    assert finding(contact, world.dawa).narrative not in response.content.decode()
    since = last()
    post(client, world.mei, contact, **{f"findings-{finding(contact, world.dawa).pk}-narrative": "改别人的"})
    assert entries(since) == []


# --- two people


def test_two_people_on_one_contact_are_told_apart(client, world, told):
    one = finding(told, world.dawa)
    mine = filled(get(client, world.lin, told))
    assert post(client, world.mei, told, place="梅去过的地方").status_code == 302
    client.force_login(world.lin)
    response = client.post(url(told), {**mine, "place": "林去过的地方", f"findings-{one.pk}-narrative": "林写的话"}, headers={"accept-language": "en"})
    body = response.content.decode()
    assert response.status_code == 409 and "梅去过的地方" in body and "林去过的地方" in body and "林写的话" in body
    assert Contact.objects.get(pk=told.pk).place == "梅去过的地方"
    again = {**filled(response), "place": "林去过的地方", f"findings-{one.pk}-narrative": "林写的话"}
    assert client.post(url(told), again).status_code == 302
    assert Contact.objects.get(pk=told.pk).place == "林去过的地方"


def test_sent_twice_counts_once(client, world, told):
    data = {**filled(get(client, world.lin, told)), "place": "新地方"}
    since = last()
    assert [client.post(url(told), data).status_code for _ in range(2)] == [302, 302]
    assert len(entries(since)) == 1


@pytest.mark.parametrize("name", ["findings-x-narrative", "findings-²-narrative", "findings-999999-narrative", "findings--narrative", "blocks", "do"])
def test_nonsense_does_no_harm(client, world, told, name):
    since = last()
    assert post(client, world.lin, told, **{name: "add"}).status_code == 302 and entries(since) == []


def test_the_action_itself_lets_nobody_wipe(world, told):
    """The same rule under the form: a draft that says nothing of a field leaves it."""
    with refused("outside_scope"):
        contacts.record(by=world.east_assessor, drafts=[contacts.ContactDraft(world.front, contact=told, source_name="x")])
