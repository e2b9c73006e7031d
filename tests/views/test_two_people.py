"""Two people with one record open: the second is shown what the first changed, and loses nothing that he typed."""

import re
from html import unescape

import pytest
from django.test import Client

from assessment.models import Evaluation
from people import ledger
from people.models import Cadre, LedgerEntry
from tests.cast import drafted, give, give_evidence
from tests.views.forms import forms_of
from tests.views.helpers import english, many_cadres

pytestmark = pytest.mark.django_db
CHANGED = "Somebody changed this while you had it open"


def reader(user):
    return english(Client(), user)


def opened(client, url, **typed):
    """What the browser would send from this page: the form with its own address, with what was typed."""
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    (form,) = [form for form in forms_of(response) if form.action in ("", url) and "once" in form.fields]
    return {**form.fields, **typed}


def told(response):
    """The part of the page that tells what was changed, as text in one line."""
    assert response.status_code == 409, response.status_code
    found = re.search(r'<section class="sheet meanwhile".*?</section>', response.content.decode(), re.S)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", found[0])).split())


def again(response):
    """What the browser sends when the form of a page that came back is sent as it is."""
    (form,) = [form for form in forms_of(response) if "once" in form.fields and "seen" in form.fields]
    return form.fields


def test_a_cadre(world):
    url = f"/cadres/{world.dawa.pk}/edit"
    lin, mei = reader(world.lin), reader(world.mei)
    mine = opened(lin, url, birth_month="1980-05", post="我写的职务")
    assert mei.post(url, opened(mei, url, post="新职务", native_place="远方")).status_code == 302
    head = ledger.head()
    page = lin.post(url, mine)
    words = told(page)
    assert CHANGED in words and str(world.mei) in words
    assert "Was 达瓦的职务 Is now 新职务 In your form 我写的职务" in words
    assert "Is now 远方 In your form as it is now" in words  # what he had left alone
    assert "1980-05" in page.content.decode() and ledger.head() == head
    cadre = Cadre.objects.get(pk=world.dawa.pk)
    assert (cadre.post, cadre.birth_month) == ("新职务", "")
    # now he knows, and sends it again: what he typed holds, and what the other did beside it stays
    assert lin.post(url, again(page)).status_code == 302
    cadre.refresh_from_db()
    assert (cadre.post, cadre.native_place, cadre.birth_month) == ("我写的职务", "远方", "1980-05")


def test_an_opinion(world):
    row = world.of(world.dawa)
    give_evidence(world, row)
    url = f"/evaluations/{row.pk}/opinion"
    lin, mei = reader(world.lin), reader(world.mei)
    mine = opened(lin, url, strengths="我看到的长处", then="")
    assert mei.post(url, opened(mei, url, performance="先写的表现", then="")).status_code == 302
    page = lin.post(url, mine)
    assert "先写的表现" in told(page) and "我看到的长处" in page.content.decode()
    assert lin.post(url, {**again(page), "then": ""}).status_code == 302
    row.refresh_from_db()
    assert (row.performance, row.strengths) == ("先写的表现", "我看到的长处")


def test_a_contact_and_what_it_says_of_somebody(world):
    row = world.of(world.dawa)
    contact = give(world, {row: "好"})
    finding = row.findings.get()
    narrative, (mark, other) = f"findings-{finding.pk}-narrative", finding.ratings.order_by("dimension__position")[:2]
    marked, marked_too = (f"findings-{finding.pk}-rating-{each.dimension_id}" for each in (mark, other))
    level = {each.name: str(each.pk) for each in mark.dimension.scheme.levels.all()}
    url = f"/contacts/{contact.pk}/edit"
    lin, mei = reader(world.lin), reader(world.mei)
    mine = opened(lin, url, **{narrative: "我听到的", marked: level["较差"]})
    theirs = opened(mei, url, **{narrative: "另一种说法", marked: level["一般"], marked_too: level["较好"]}, place="县城")
    assert mei.post(url, theirs).status_code == 302
    page = lin.post(url, mine)
    words = told(page)
    assert "Is now 另一种说法 In your form 我听到的" in words
    assert "Was 好 Is now 一般 In your form 较差" in words
    assert "Was 好 Is now 较好 In your form as it is now" in words and "Is now 县城 In your form as it is now" in words
    sent = again(page)
    assert (sent[narrative], sent[marked], sent[marked_too]) == ("我听到的", level["较差"], level["较好"])
    assert lin.post(url, sent).status_code == 302
    finding.refresh_from_db()
    marks = dict(finding.ratings.values_list("dimension_id", "level__name"))
    assert finding.narrative == "我听到的" and contact.__class__.objects.get(pk=contact.pk).place == "县城"
    assert (marks[mark.dimension_id], marks[other.dimension_id]) == ("较差", "较好")


def test_new_evidence_is_no_conflict_of_an_opinion(world):
    row = world.of(world.dawa)
    give_evidence(world, row)
    url = f"/evaluations/{row.pk}/opinion"
    lin = reader(world.lin)
    mine = opened(lin, url, strengths="踏实", then="")
    give_evidence(world, row)
    assert lin.post(url, mine).status_code == 302


def test_an_opinion_that_cannot_be_submitted_yet_is_his_own_change(world):
    """The draft is saved; sending the form again is no conflict with himself."""
    row = world.of(world.dawa)
    url = f"/evaluations/{row.pk}/opinion"
    lin = reader(world.lin)
    page = lin.post(url, opened(lin, url, performance="坚守", then="submit"))
    assert page.status_code == 200 and "The draft is saved" in page.content.decode()
    page = lin.post(url, {**again(page), "strengths": "踏实", "then": "submit"})
    assert page.status_code == 200 and "The draft is saved" in page.content.decode()
    assert Evaluation.objects.get(pk=row.pk).strengths == "踏实"


def test_the_signer_is_told_of_another_text(world):
    """Returned and submitted again with other words since he opened the page: he does not sign what he has not read."""
    row = world.of(world.dawa)
    give_evidence(world, row)
    drafted(world, row)
    lin, rui, rong = reader(world.lin), reader(world.rui), reader(world.rong)
    submit, sign, back = (f"/evaluations/{row.pk}/{what}" for what in ("submit", "sign", "return"))
    lin.post(submit, opened(lin, submit))
    signing = opened(rui, sign)
    assert rong.post(back, opened(rong, back, reason="补充")).status_code == 302
    draft = f"/evaluations/{row.pk}/opinion"
    assert lin.post(draft, opened(lin, draft, conclusion="改过的结论", then="submit")).status_code == 302
    page = rui.post(sign, signing)
    assert "改过的结论" in told(page)
    row.refresh_from_db()
    assert row.state == "submitted"
    assert rui.post(sign, again(page)).status_code == 302
    row.refresh_from_db()
    assert row.state == "signed"


def test_two_reviewers_sign(world):
    row = world.of(world.dawa)
    give_evidence(world, row)
    drafted(world, row)
    lin, rui, rong = reader(world.lin), reader(world.rui), reader(world.rong)
    submit, sign = f"/evaluations/{row.pk}/submit", f"/evaluations/{row.pk}/sign"
    lin.post(submit, opened(lin, submit))
    one, other = opened(rui, sign), opened(rong, sign)
    assert rui.post(sign, one).status_code == 302
    page = rong.post(sign, other)
    assert str(world.rui) in told(page) and "Only a submitted evaluation can be signed or returned." in page.content.decode()


def test_a_masked_number_stays_masked(world):
    url = f"/cadres/{world.dawa.pk}/edit"
    lin, mei = reader(world.lin), reader(world.mei)
    mine = opened(lin, url, native_place="远方")
    assert mei.post(url, opened(mei, url, phone="13987654321")).status_code == 302
    page = lin.post(url, mine)
    assert "139****4321" in told(page) and "13987654321" not in page.content.decode()
    assert lin.post(url, again(page)).status_code == 302
    assert Cadre.objects.get(pk=world.dawa.pk).phone == "13987654321"  # left blank, it stays


def test_a_reason_that_was_typed_is_kept(world):
    """A deed that came too late: why it was to be done stands there still."""
    many_cadres(world, 1)
    duty = "/duties/add"
    lin, mei = reader(world.lin), reader(world.mei)
    answer = lin.post(duty, opened(lin, duty, unit="E", kind="zone", cadre="G001", starts_on="2022-05-01"))
    assert answer.status_code == 302
    pk = LedgerEntry.objects.filter(object_type="people.duty").latest("seq").object_id
    remove, edit = f"/duties/{pk}/remove", f"/duties/{pk}/edit"
    mine = opened(lin, remove, reason="输入有误，原因很长")
    assert mei.post(edit, opened(mei, edit, place="北片区")).status_code == 302
    page = lin.post(remove, mine)
    assert "北片区" in told(page) and "输入有误，原因很长" in page.content.decode()


def test_a_forged_number_is_refused(world):
    """With it one could ask for history that is for auditors."""
    url = f"/cadres/{world.dawa.pk}/edit"
    lin = reader(world.lin)
    mine = opened(lin, url, native_place="远方")
    foreign = opened(reader(world.mei), url)["seen"]
    for seen in ("0", "x", "", f"0:{mine['seen'].partition(':')[2]}", foreign):
        assert lin.post(url, {**mine, "seen": seen}).status_code == 403, seen
    assert Cadre.objects.get(pk=world.dawa.pk).native_place == ""
