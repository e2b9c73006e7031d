"""Sign-off on screen: opinion, submission, return, signature, notice, review and appeal, reopening, versions, the form."""


import pytest
from django.urls import reverse
from django.utils import timezone

from assessment.actions import appeals, evaluations
from assessment.models import Appeal, Notice, SignedOpinion
from people import ledger
from people.actions import grants
from people.models import LedgerEntry
from tests.cast import OPINION, add_user, days_ago, drafted, give, give_evidence, signed, submitted
from tests.views.helpers import english, errors, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(world):
    """The evaluation of dawa with enough evidence: 85.00, 称职."""
    row = world.of(world.dawa)
    give_evidence(world, row)
    return row


def url(deed, row):
    return reverse(f"evaluation_{deed}", args=[row.pk])


def send(client, user, deed, row, **data):
    return english(client, user).post(url(deed, row), data)


def refused(response):
    assert response.status_code == 403, response.status_code
    return response.content.decode()


# --- the opinion


def test_draft_is_saved_and_shows_the_evidence_beside_it(client, world, row):
    body = texts(english(client, world.lin).get(url("draft", row)))
    assert "Proposed from the evidence: 称职" in body and "on_site所见" in body and "<option value=\"称职\" selected>" in body
    response = send(client, world.lin, "draft", row, performance="坚守岗位", grade="")
    assert response.status_code == 302 and response.url == reverse("evaluation_detail", args=[row.pk])
    row.refresh_from_db()
    assert (row.performance, row.state, row.grade) == ("坚守岗位", "gathering", "")


def test_save_and_submit(client, world, row):
    assert send(client, world.lin, "draft", row, **OPINION, grade="称职", then="submit").status_code == 302
    row.refresh_from_db()
    assert row.state == "submitted" and row.author == world.lin


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"strengths": ""}, "strengths", "Strengths is empty"),
        ({"grade": "优秀"}, "grade_reason", "The proposed grade is 称职"),
        ({"grade": ""}, "grade_reason", "say why you conclude Not determined"),
    ],
)
def test_what_cannot_be_submitted_stays_in_the_form_and_as_a_draft(client, world, row, change, field, words):
    response = send(client, world.lin, "draft", row, **{**OPINION, "grade": "称职", **change}, then="submit")
    found = errors(response)
    assert words in found[field][0] and "The draft is saved" in found["__all__"][0]
    assert OPINION["performance"] in texts(response)
    row.refresh_from_db()
    assert row.state == "gathering" and row.performance == OPINION["performance"]


def test_grade_below_the_minimum_evidence_is_refused(client, world):
    row = world.of(world.nima)
    give(world, {row: "好"})
    response = send(client, world.lin, "draft", row, **OPINION, grade="优秀", then="submit")
    assert "only “not determined” can be concluded" in errors(response)["grade"][0]
    assert send(client, world.lin, "draft", row, **OPINION, grade="", then="submit").status_code == 302


def test_submitted_opinion_is_locked(client, world, row):
    submitted(world, row)
    assert "are locked" in refused(english(client, world.lin).get(url("draft", row)))
    assert "are locked" in texts(send(client, world.lin, "draft", row, performance="x"))
    assert "are locked" in refused(send(client, world.lin, "submit", row))


def test_submit_from_the_page(client, world, row):
    assert "Please complete the opinion" in refused(send(client, world.lin, "submit", row))
    drafted(world, row)
    assert "locked" in texts(english(client, world.lin).get(url("submit", row)))
    assert send(client, world.lin, "submit", row).status_code == 302


# --- return and signature


def test_return_needs_a_reason(client, world, row):
    submitted(world, row)
    assert errors(send(client, world.rui, "return", row, reason="  "))["reason"]
    assert send(client, world.rui, "return", row, reason="请补充").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.returned_why) == ("gathering", "请补充")


def test_sign(client, world, row):
    submitted(world, row)
    body = texts(english(client, world.rui).get(url("sign", row)))
    assert "称职" in body and "85.00" in body and "taken: 0" in body
    assert send(client, world.rui, "sign", row).status_code == 302
    opinion = SignedOpinion.objects.get()
    assert (opinion.number, opinion.signer, opinion.author) == (1, world.rui, world.lin)


def test_self_sign_is_refused_with_a_sentence(client, world, row):
    grants.give(by=None, user=world.lin, role="reviewer", unit=world.county)
    submitted(world, row)
    for response in (english(client, world.lin).get(url("sign", row)), send(client, world.lin, "sign", row)):
        assert "Whoever wrote an evaluation does not sign or return it" in refused(response)
    assert not SignedOpinion.objects.exists()
    assert LedgerEntry.objects.filter(verb="refused", actor=world.lin, object_id=row.pk).count() == 2


def test_forbidden_verbs_give_their_reason_and_strangers_404(client, world, row):
    submitted(world, row)
    wrong = [(world.lin, "sign", "Reviewer"), (world.man, "return", "Reviewer"), (world.rui, "draft", "Assessor"), (world.aud, "sign", "Reviewer")]
    for user, name, role in wrong:
        assert f"This needs the role {role}" in refused(send(client, user, name, row))
    outside = world.of(world.karma)
    for name in ("draft", "submit", "return", "sign", "notice", "answer", "reopen", "appeal"):
        assert send(client, world.east_reviewer, name, outside).status_code == 404
    assert send(client, world.hai, "draft", outside).status_code == 404  # his kin


def test_quota_is_told_before_one_tries(client, world):
    rows = [world.of(world.dawa), world.of(world.nima)]
    give_evidence(world, *rows, level="好")
    for each in rows:
        submitted(world, each)
    evaluations.sign(by=world.rui, evaluation=rows[0])
    assert "The top grade is used up: 20.00 % of 8 are 1 places" in refused(english(client, world.rui).get(url("sign", rows[1])))


# --- notice, review, appeal


def test_notice_and_answer(client, world, row):
    opinion = signed(world, row)
    assert "on or after the day of signing" in errors(send(client, world.lin, "notice", row, given_on="2020-01-01", means="written"))["given_on"][0]
    assert send(client, world.lin, "notice", row, given_on=str(timezone.localdate()), means="talk", answer="").status_code == 302
    assert "given already" in refused(send(client, world.lin, "notice", row, given_on=str(timezone.localdate()), means="talk"))
    assert errors(send(client, world.lin, "answer", row, answer=" "))["answer"]
    assert send(client, world.lin, "answer", row, answer="无异议").status_code == 302
    assert Notice.objects.get(opinion=opinion).answer == "无异议"


def test_what_is_not_signed_has_no_notice(client, world, row):
    assert send(client, world.lin, "notice", row, given_on=str(timezone.localdate()), means="written").status_code == 404


def test_review_is_filed_and_decided(client, world, row):
    opinion = signed(world, row)
    today = str(timezone.localdate())
    assert "has not been told" in refused(send(client, world.lin, "appeal", row, kind="review", filed_on=today, ground="有异议"))
    evaluations.give_notice(by=world.lin, opinion=opinion)
    response = send(client, world.lin, "appeal", row, kind="review", filed_on=str(days_ago(400)), ground="有异议")
    assert "lies between the notice" in errors(response)["filed_on"][0] and "有异议" in texts(response)
    assert errors(send(client, world.lin, "appeal", row, kind="review", filed_on=today, ground=""))["ground"]
    assert send(client, world.lin, "appeal", row, kind="review", filed_on=today, ground="有异议").status_code == 302
    appeal = Appeal.objects.get()
    assert "有异议" in texts(english(client, world.rui).get(reverse("appeal_decide", args=[appeal.pk])))
    decide = {"outcome": "upheld", "finding": "", "decided_on": today}
    assert errors(english(client, world.rui).post(reverse("appeal_decide", args=[appeal.pk]), decide))["finding"]
    assert refused(english(client, world.lin).post(reverse("appeal_decide", args=[appeal.pk]), decide))
    response = english(client, world.rui).post(reverse("appeal_decide", args=[appeal.pk]), {**decide, "finding": "属实"})
    assert response.status_code == 302 and Appeal.objects.get().outcome == "upheld"
    assert english(client, world.east_reviewer).get(reverse("appeal_decide", args=[appeal.pk])).status_code == 200


# --- reopening and versions


def test_reopen_needs_its_ground(client, world, row):
    opinion = signed(world, row)
    assert "Name the new evidence" in errors(send(client, world.rui, "reopen", row, evidence=" "))["evidence"][0]
    assert "upheld" not in texts(english(client, world.rui).get(url("reopen", row))).split("<form")[2]
    assert send(client, world.rui, "reopen", row, evidence="群众来信").status_code == 302
    row.refresh_from_db()
    assert row.state == "gathering" and opinion.number == row.version


def test_reopen_on_an_upheld_review(client, world, row):
    opinion = signed(world, row)
    evaluations.give_notice(by=world.lin, opinion=opinion)
    appeal = appeals.file_appeal(by=world.lin, opinion=opinion, kind="review", ground="有异议")
    assert errors(send(client, world.rui, "reopen", row, appeal=appeal.pk))
    appeals.decide_appeal(by=world.rui, appeal=appeal, outcome="upheld", finding="属实")
    assert send(client, world.rui, "reopen", row, appeal=appeal.pk).status_code == 302
    row.refresh_from_db()
    assert row.state == "gathering"


@pytest.fixture
def versions(world, row):
    """Two signed versions of dawa's evaluation."""
    first = signed(world, row)
    evaluations.reopen(by=world.rui, evaluation=row, evidence="群众来信")
    give(world, {row: {0: "一般"}}, "phone", source="柯西姆老人", relation="public")
    second = signed(world, row, conclusion="总体良好", shortcomings="夜间交接不全")
    return first, second


def test_version_page_shows_what_was_signed(client, world, versions):
    first, second = versions
    body = " ".join(texts(english(client, world.man).get(reverse("signedopinion_detail", args=[first.pk]))).split())
    for words in ("superseded this one: version 2", "表现良好", "digest is right", first.digest, "85.00", "weighted-methods/1", "达瓦的职务"):
        assert words in body, words
    assert "总体良好" not in body and "某某" not in body


def test_differences_in_words(client, world, versions):
    response = english(client, world.lin).get(reverse("signedopinion_detail", args=[versions[1].pk]))
    changes = {what: (was, now) for what, was, now in response.context["changes"]}
    followed = {what: (was, now) for what, was, now in response.context["followed"]}
    assert changes["Conclusion"] == ("表现良好", "总体良好")
    assert changes["Score"][0] == "85.00" and changes["Phone inquiry"] == ("1", "2")
    assert changes["Finding 0004"] == ("", "phone所见达瓦 (综合分析研判 一般)")
    assert followed["综合分析研判, Phone inquiry, mean"] == ("85.00", "77.50") and list(changes)[0] == "Conclusion"
    assert not any("signatures" in what or "version" in what for what in changes)
    assert "柯西姆老人" not in texts(response) and "<ins>总体良好</ins>" in texts(response)


def test_version_of_a_stranger_is_404(client, world, versions):
    stranger = add_user("stranger", "reviewer", world.west_unit)
    for name in ("signedopinion_detail", "signedopinion_print"):
        assert english(client, stranger).get(reverse(name, args=[versions[0].pk])).status_code == 404


def test_form_on_paper_anchors_the_history(client, world, versions):
    """The words on paper are Chinese whatever the reader's language; all of the forms is in tests/sheets/test_official.py."""
    second = versions[1]
    english(client, world.lin).get(reverse("signedopinion_print", args=[second.pk]))  # the look itself is an entry
    seq, digest = ledger.head()
    body = " ".join(texts(client.get(reverse("signedopinion_print", args=[second.pk]))).split())
    assert second.digest in body and digest in body and f"历史：第 {seq} 条" in body
    for words in ("达瓦同志考察材料", "总体良好", "撰写：lin", "签批：rui", "打印：lin"):
        assert words in body
    assert "style=" not in body and "柯西姆老人" not in body


def test_form_of_a_group(client, world):
    opinion = signed(world, world.of(world.east_unit))
    body = texts(english(client, world.lin).get(reverse("signedopinion_print", args=[opinion.pk])))
    assert "东滩镇领导班子考察材料" in body
