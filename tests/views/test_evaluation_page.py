"""The page about one evaluation: evidence, what to mind, what can be done, what came of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment.actions import appeals, campaigns, contacts, decisions, evaluations
from assessment.actions.contacts import ContactDraft, FindingDraft, record
from assessment.models import Appeal
from people.actions import cadres, duties, grants
from people.models import LedgerEntry
from tests.cast import FIRST_DAY, campaign, drafted, give, give_evidence, scheme, signed, submitted
from tests.views.helpers import english, same_cost, texts

pytestmark = pytest.mark.django_db


def url_of(row, **data):
    query = "&".join(f"{name}={value}" for name, value in data.items())
    return reverse("evaluation_detail", args=[row.pk]) + (f"?{query}" if query else "")


def page(client, user, row, **data):
    """The page, as one line of words."""
    return " ".join(texts(english(client, user).get(url_of(row, **data))).split())


# --- evidence


def test_matrix_shows_means_counts_scores_and_what_is_missing(client, world):
    row = world.of(world.dawa)
    give(world, {row: {0: "好", 1: "一般"}}, relation="peer")
    give(world, {row: {0: "较好"}}, relation="peer")
    give(world, {row: {0: "好"}}, "phone", relation="peer")
    response = english(client, world.lin).get(url_of(row))
    evidence = response.context["evidence"]
    first, second, third, _ = evidence.rows
    assert [(cell.mean, cell.count) for cell in first.cells] == [(90, 2), (95, 1), (None, 0)]
    assert [float(r.score) for r in (first, second)] == pytest.approx([91.6667, 70], abs=1e-3) and third.score is None
    body = " ".join(texts(response).split())
    assert "91.67" in body and "90.0<small>2 marks" in body and "3 person-times · 2 methods · 1 source relation · 1 lead" in body
    assert "Still missing for a grade:" in body and "talk findings 0 of 1" in body and "different leads 1 of 2" in body
    assert "not looked into<small>add one" in body and f"{reverse('contact_add')}?campaign={row.campaign_id}&amp;assessee={row.pk}" in body
    assert "style=" not in body and "One-sided" in body


def test_heat_and_clash(client, world):
    row = world.of(world.dawa)
    give(world, {row: {0: "好", 1: "一般", 2: "好"}})
    give(world, {row: {0: "较差", 2: "一般"}}, "phone", lead=world.mei)
    give(world, {row: {1: "较差"}})
    rows = english(client, world.lin).get(url_of(row)).context["evidence"].rows
    assert [cell.clash for cell in rows[0].cells] == [True, True, False] and rows[0].gap == 45  # between the methods
    assert [cell.clash for cell in rows[1].cells] == [False, False, False] and rows[1].gap is None
    assert rows[2].gap == 25 and [cell.heat for cell in rows[2].cells] == ["heat-5", "heat-2", ""]
    assert "综合分析研判: the marks lie 45 points apart" in page(client, world.lin, row)


def test_a_cell_opens_its_findings(client, world):
    row = world.of(world.dawa)
    give(world, {row: {0: "好"}})
    give(world, {row: {0: "好"}}, "phone")
    give(world, {row: {1: "好"}}, "phone", place="")
    withdrawn = give(world, {row: {0: "好"}}, "phone").findings.get()
    contacts.withdraw(by=world.lin, finding=withdrawn, why="记错")
    dimension = row.campaign.scheme.dimensions.first()
    client.force_login(world.lin)
    opened = client.get(url_of(row, dimension=dimension.pk, method="phone")).context
    assert [finding.contact.number for finding in opened["findings"]] == ["0002"]
    assert opened["opened"].startswith(dimension.name)
    assert len(client.get(url_of(row)).context["findings"]) == 4
    assert len(client.get(url_of(row, dimension="x", method="telepathy")).context["findings"]) == 4


def test_citations_lead_to_findings(client, world):
    row = world.of(world.dawa)
    give_evidence(world, row)
    drafted(world, row, performance="入户排查[0001]，值守〔0003〕；<b>[9999]")
    body = page(client, world.lin, row)
    finding = row.findings.get(contact__number="0003")
    assert f'<sup class="fn"><a href="#finding-{finding.pk}">0003</a></sup>' in body and f'id="finding-{finding.pk}"' in body
    assert "&lt;b&gt;[9999]" in body


def test_manager_sees_marks_but_not_who_said_it_nor_who_asked(client, world):
    row = world.of(world.dawa)
    give(world, {row: "好"}, "phone", source="柯西姆老人", relation="served")
    body = page(client, world.man, row)
    assert "phone所见" in body and "好" in body and "95.0" in body
    for secret in ("柯西姆老人", "村民", "Person served", "lead lin"):
        assert secret not in body
    assert "lead lin" in page(client, world.rui, row) and "柯西姆老人" in page(client, world.aud, row)


def test_place_among_those_whom_he_may_see(client, world):
    for cadre, level in ((world.dawa, "较好"), (world.nima, "好"), (world.tashi, "好")):
        give(world, {world.of(cadre): level})
    assert "3 of 3" in page(client, world.lin, world.of(world.dawa))
    body = page(client, world.east, world.of(world.dawa))
    assert "2 of 2" in body and "<svg" in body and "<title" in body
    assert "<svg" not in page(client, world.lin, world.of(world.sonam))


def test_groups_have_the_same_page(client, world):
    row = world.of(world.east_unit)
    give_evidence(world, row)
    body = page(client, world.lin, row)
    assert "Leading group" in body and "政治思想建设" in body and "85.00" in body and "良好" in body


# --- what to mind


def test_sanction_kin_and_status_are_told_to_those_who_may_know(client, world):
    row = world.of(world.karma)
    duties.save_sanctions(by=world.lin, rows=[{"cadre": "G005", "kind": "10", "decided_on": FIRST_DAY}])
    cadres.save(by=world.lin, rows=[{"code": "G005", "status": "on_leave"}])
    body = page(client, world.lin, row)
    assert "警告" in body or "Warning" in body
    assert "海青 (Spouse) may not handle this file" in body and "On long leave" in body
    told = page(client, world.man, row)
    assert "警告" not in told and "Warning" not in told and "海青" not in told
    assert "no sanction in effect" not in told
    assert "no sanction in effect" in page(client, world.lin, world.of(world.dawa))


# --- sign-off


def test_each_role_is_offered_its_deeds(client, world):
    row = world.of(world.dawa)
    give_evidence(world, row)

    def offered(user):
        deeds = english(client, user).get(url_of(row)).context["deeds"]
        return {deed.url.rsplit("/", 1)[1]: bool(deed.verdict) for deed in deeds if deed.url.startswith("/evaluations/")}

    assert offered(world.lin) == {"opinion": True, "submit": False} and offered(world.rui) == offered(world.man) == {}
    drafted(world, row)
    assert offered(world.lin) == {"opinion": True, "submit": True}
    evaluations.submit(by=world.lin, evaluation=row)
    assert offered(world.lin) == {} and offered(world.rui) == {"sign": True, "return": True}
    opinion = evaluations.sign(by=world.rui, evaluation=row)
    assert offered(world.lin) == {"notice": True} and offered(world.rui) == {"reopen": True} and offered(world.aud) == {}
    evaluations.give_notice(by=world.lin, opinion=opinion)
    assert offered(world.lin) == {"answer": True, "appeal": True}
    appeals.file_appeal(by=world.lin, opinion=opinion, kind="review", ground="有异议")
    assert offered(world.lin) == {"answer": True, "appeal": False}


def test_disabled_deeds_carry_their_reason(client, world):
    row = world.of(world.dawa)
    give_evidence(world, row, level="好")
    assert "Please complete the opinion" in page(client, world.lin, row)
    for cadre in (world.nima, world.dawa):  # one place for eight
        give_evidence(world, world.of(cadre), level="好") if cadre != world.dawa else None
        submitted(world, world.of(cadre))
    evaluations.sign(by=world.rui, evaluation=world.of(world.nima))
    body = page(client, world.rui, row)
    assert "The top grade is used up" in body and "Places for the top grade: 1, taken: 1" in body


def test_who_wrote_it_cannot_sign(client, world):
    grants.give(by=None, user=world.lin, role="reviewer", unit=world.county)
    row = world.of(world.dawa)
    give_evidence(world, row)
    submitted(world, row)
    assert "Whoever wrote an evaluation does not sign or return it" in page(client, world.lin, row)


def test_steps_notice_appeal_versions_and_decisions(client, world):
    row = world.of(world.dawa)
    opinion = signed(world, row)
    evaluations.give_notice(by=world.lin, opinion=opinion, answer="无异议")
    appeal = appeals.file_appeal(by=world.lin, opinion=opinion, kind="review", ground="夜间有登记")
    decision = decisions.propose(by=world.lin, kind="training", assessee=world.dawa, outcome="跟班学习", opinions=[opinion])
    body = page(client, world.man, row)
    for words in ("无异议", "夜间有登记", "跟班学习", "on version 1", opinion.digest[:8], "Version 1", '<li class="now" aria-current="step">Decisions'):
        assert words in body, words
    assert reverse("appeal_decide", args=[appeal.pk]) in page(client, world.rui, row)
    appeals.decide_appeal(by=world.rui, appeal=appeal, outcome=Appeal.Outcome.UPHELD, finding="属实")
    evaluations.reopen(by=world.rui, evaluation=row, appeal=Appeal.objects.get())
    body = page(client, world.lin, row)
    assert "look again: the basis changed" in body and '<li class="now" aria-current="step">Gathering evidence' in body
    decisions.revoke(by=world.rui, decision=decision, why="依据已变")
    assert "look again" not in page(client, world.lin, row)


def test_returned_evaluation_shows_the_reason(client, world):
    row = world.of(world.dawa)
    give_evidence(world, row)
    submitted(world, row)
    evaluations.send_back(by=world.rui, evaluation=row, why="请补充夜间情况")
    assert "请补充夜间情况" in page(client, world.lin, row)


# --- who may


def test_stranger_and_own_file_get_404(client, world):
    row = world.of(world.karma)
    for user in (world.east, world.sec, world.sys, world.nobody, world.hai):  # hai is kin
        client.force_login(user)
        assert client.get(url_of(row)).status_code == 404


def test_a_look_is_in_the_ledger_once_an_hour(client, world):
    row = world.of(world.dawa)
    page(client, world.man, row), page(client, world.man, row), page(client, world.lin, row)
    seen = LedgerEntry.objects.filter(verb="view", object_type="assessment.evaluation", object_id=row.pk)
    assert sorted(entry.actor.username for entry in seen) == ["lin", "man"]


# --- speed


def test_page_costs_the_same_whatever_its_findings(client, world):
    client.force_login(world.lin)
    scheme(world)
    made = campaign(world, "S", "small", cadres=[world.dawa])
    row = world.of(world.dawa, made)

    def grow(number):
        drafts = [
            ContactDraft(made, "phone", f"2022-05-06 10:{n:02d}", [world.lin], [FindingDraft(row, "准时", "", {"A": "好"})], source_name="某")
            for n in range(row.findings.count(), number)
        ]
        record(by=world.lin, drafts=drafts)

    same_cost(client, url_of(row), grow)


def test_page_costs_the_same_whatever_its_versions(client, world):
    row = world.of(world.dawa)
    signed(world, row)
    costs = []
    client.force_login(world.aud)
    for _ in range(2):
        client.get(url_of(row))
        with CaptureQueriesContext(connection) as captured:
            texts(client.get(url_of(row)))
        costs.append(len(captured))
        evaluations.reopen(by=world.rui, evaluation=row, evidence="新证据")
        evaluations.submit(by=world.lin, evaluation=row)
        evaluations.sign(by=world.rui, evaluation=row)
    assert costs[0] == costs[1]


def test_closed_campaign_takes_no_more_evidence(client, world):
    campaigns.close(by=world.lin, campaign=world.front)
    assert reverse("contact_add") not in page(client, world.lin, world.of(world.dawa))
