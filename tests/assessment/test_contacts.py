"""Contacts: what is checked, what changes, withdrawal, numbers, and sending twice."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from assessment.actions import campaigns, contacts
from assessment.actions.contacts import ContactDraft, FindingDraft
from assessment.models import Contact, Evaluation, Finding
from people import proof
from people.actions import users
from people.models import LedgerEntry
from people.refusals import Refused
from tests.cast import add_kin, again, campaign, give, give_evidence, scheme, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]


def draft(world, *findings, **fields):
    """A right visit of lin and mei on 1 May, but for what is given."""
    given = {
        "campaign": world.front, "method": "on_site", "held_at": "2022-05-01 09:00", "team": [world.lin, world.mei], "place": "村口",
        "source_name": "某某", "relation": "peer", "findings": findings or [told(world)],
    }  # fmt: skip
    return ContactDraft(**{**given, **fields})


def told(world, of=None, narrative="在岗", ratings=None, **fields):
    return FindingDraft(of or world.of(world.dawa), narrative, ratings={"综合分析研判": "好"} if ratings is None else ratings, **fields)


def refusals(by, *drafts, **options):
    with pytest.raises(Refused) as refused:
        contacts.record(by=by, drafts=drafts, **options)
    return [(r.code, r.row, r.field) for r in refused.value.refusals]


def test_a_contact_and_its_numbers(world):
    dawa, nima = world.of(world.dawa), world.of(world.nima)
    first = told(world, dawa, ratings={"analysis": "好", dawa.campaign.scheme.dimensions.get(code="control"): "一般"}, example=" 某日 ")
    (made,) = contacts.record(by=world.lin, drafts=[draft(world, first, told(world, ("cadre", "G002"), "认真"))])
    assert (made.number, made.recorder, made.relation) == ("0001", world.lin, "peer")
    assert [m.user for m in made.team.order_by("position")] == [world.lin, world.mei]
    dawa.refresh_from_db()
    nima.refresh_from_db()
    assert (dawa.score, dawa.count_on_site, dawa.relations, dawa.leads, nima.score) == (82.5, 1, 1, 1, 95)
    finding = made.findings.get(evaluation=dawa)
    assert finding.example == "某日" and finding.ratings.count() == 2
    assert {e.verb for e in LedgerEntry.objects.filter(object_type__in=["assessment.contact", "assessment.finding"])} == {"record_contact"}
    assert list(proof.verify()) == []


def test_the_method_says_what_is_needed(world):
    lin = world.lin
    assert refusals(lin, draft(world, place="")) == [("place_missing", 0, "place")]
    assert refusals(lin, draft(world, method="phone", source_name=" ")) == [("source_missing", 0, "source_name")]
    assert refusals(lin, draft(world, method="talk", source_name="")) == [("source_missing", 0, "source_name")]
    assert refusals(lin, draft(world, method="", held_at=None, team=[])) == [("required", 0, "method"), ("required", 0, "held_at"), ("required", 0, "team")]
    contacts.record(by=lin, drafts=[draft(world, method="phone", place="")])


def test_the_team(world):
    lin = world.lin
    assert refusals(lin, draft(world, team=[lin])) == [("team_too_small", 0, "team")]
    assert refusals(lin, draft(world, team="lin、lin")) == [("twice_in_team", 0, "team")]
    assert refusals(lin, draft(world, team="lin,mey")) == [("unknown_user", 0, "team")]
    users.change(by=None, user=world.mei, is_active=False)
    assert refusals(lin, draft(world)) == [("user_inactive", 0, "team")]
    small = scheme(world)
    assert small.team_size == 1
    own = campaign(world, "N", "small", cadres=[world.dawa])
    contacts.record(by=lin, drafts=[draft(world, told(world, world.of(world.dawa, own), ratings={}), campaign=own, team=[lin])])


def test_days(world):
    lin, tomorrow = world.lin, timezone.now() + timedelta(days=1)
    assert refusals(lin, draft(world, held_at="2022-03-31 23:59")) == [("outside_campaign", 0, "held_at")]
    assert refusals(lin, draft(world, held_at="2022-07-01 00:00")) == [("outside_campaign", 0, "held_at")]
    assert refusals(lin, draft(world, held_at=tomorrow)) == [("in_future", 0, "held_at")]
    drafts = [draft(world, held_at=moment) for moment in ("2022-04-01 00:00", "2022-06-30 23:59")]  # days of Asia/Shanghai
    assert [timezone.localdate(c.held_at) for c in contacts.record(by=lin, drafts=drafts)] == [date(2022, 4, 1), date(2022, 6, 30)]


def test_whom_it_is_about(world):
    lin, dawa = world.lin, world.of(world.dawa)
    assert refusals(lin, draft(world, findings=[])) == [("no_finding", 0, "findings")]
    assert refusals(lin, draft(world, told(world), told(world, world.dawa))) == [("assessee_twice", 0, "findings-1-assessee")]
    assert refusals(lin, draft(world, told(world, world.hai_cadre))) == [("not_on_roster", 0, "findings-0-assessee")]
    assert refusals(lin, draft(world, told(world, ("cadre", "none")))) == [("unknown_cadre", 0, "findings-0-assessee")]
    assert refusals(lin, draft(world, told(world, world.east_unit))) == [("not_on_roster", 0, "findings-0-assessee")]
    assert refusals(lin, draft(world, FindingDraft(None, "x"))) == [("cadre_or_unit", 0, "findings-0-assessee")]
    of_another = world.of(world.east_unit)
    assert refusals(lin, draft(world, told(world, of_another))) == [("not_on_roster", 0, "findings-0-assessee")]
    assert refusals(lin, draft(world, told(world, dawa, "", {"总分": "好", "廉": "", "analysis": "棒"}))) == [
        ("required", 0, "findings-0-narrative"), ("dimension_not_in_scheme", 0, "findings-0-rating-总分"),
        ("unknown_word", 0, "findings-0-rating-analysis"),
    ]  # fmt: skip
    assert refusals(lin, draft(world, campaign="none")) == [("unknown_campaign", 0, "campaign")]


def test_a_leading_group(world):
    (made,) = contacts.record(by=world.lin, drafts=[draft(world, told(world, world.east_unit, ratings={"领导能力": "好"}), campaign=world.groups)])
    assert made.findings.get().evaluation == world.of(world.east_unit) and world.of(world.east_unit).score == 95


def test_recusal(world):
    karma = world.of(world.karma)
    assert refusals(world.hai, draft(world, told(world, karma), team=[world.lin, world.mei])) == [("file_of_kin", 0, "findings-0-assessee")]
    assert refusals(world.lin, draft(world, told(world, karma), team=[world.lin, world.hai])) == [("team_file_of_kin", 0, "findings-0-assessee")]
    own = campaign(world, "N", "front-line", cadres=[world.hai_cadre])
    himself = told(world, world.of(world.hai_cadre, own))
    assert refusals(world.hai, draft(world, himself, campaign=own, team=[world.hai, world.mei])) == [
        ("own_file", 0, "findings-0-assessee"), ("team_own_file", 0, "findings-0-assessee"),
    ]  # fmt: skip


def test_recusal_of_a_team_that_is_changed(world):
    made = give(world, {world.of(world.karma): "好"})
    changed = ContactDraft(world.front, team=[world.lin, world.hai], contact=made)
    assert refusals(world.lin, changed) == [("team_file_of_kin", 0, "team")]
    other = give(world, {world.of(world.dawa): "好"}, team=[world.lin, world.hai])
    more = ContactDraft(world.front, contact=other, findings=[told(world, world.of(world.karma))])
    assert refusals(world.lin, more) == [("team_file_of_kin", 0, "findings-0-assessee")]


def test_scope_is_that_of_the_assessees(world):
    contacts.record(by=world.east_assessor, drafts=[draft(world)])  # of the county's campaign, but a cadre of the township
    assert refusals(world.east_assessor, draft(world, told(world, world.of(world.karma)))) == [("outside_scope", 0, "findings-0-assessee")]
    for user in (world.man, world.rui, world.aud, world.sys):
        assert refusals(user, draft(world)) == [("role_missing", 0, "findings-0-assessee")]


def test_only_an_open_campaign(world):
    campaigns.close(by=world.lin, campaign=world.front)
    assert refusals(world.lin, draft(world)) == [("campaign_closed", 0, "campaign")]
    (new,) = campaigns.save(
        by=world.lin,
        rows=[{"code": "N", "title": "n", "kind": "annual", "scheme": "front-line", "unit": "C", "starts_on": "2022-05-01", "ends_on": "2022-05-31"}],
    )
    campaigns.set_roster(by=world.lin, campaign=new, cadres=[world.dawa])
    assert refusals(world.lin, draft(world, told(world, world.dawa), campaign=new)) == [("campaign_not_open", 0, "campaign")]


# --- numbers, and sending twice


def test_numbers_are_the_next_free_ones(world):
    drafts = [draft(world), draft(world, number="0002"), draft(world), draft(world, number="Ａ-7")]
    assert [c.number for c in contacts.record(by=world.lin, drafts=drafts)] == ["0001", "0002", "0003", "A-7"]
    assert contacts.next_number(world.front) == "0005"
    assert contacts.next_number(world.groups) == "0001"
    assert refusals(world.lin, draft(world, number="A-7")) == [("number_taken", 0, "number")]
    assert refusals(world.lin, draft(world, number="8"), draft(world, number="８")) == [("duplicate_key", 1, "number")]


def test_sent_twice_counts_once(world):
    uuid = uuid4()
    (first,) = contacts.record(by=world.lin, drafts=[draft(world, client_uuid=uuid)])
    before = LedgerEntry.objects.count()
    (second,) = contacts.record(by=again(world.lin), drafts=[draft(world, told(world, narrative="other"), client_uuid=uuid)])
    assert (second.pk, Contact.objects.count(), LedgerEntry.objects.count()) == (first.pk, 1, before)
    assert refusals(world.mei, draft(world, client_uuid=uuid)) == [("uuid_taken", 0, "")]
    both = contacts.record(by=world.lin, drafts=[draft(world, client_uuid=(other := uuid4())), draft(world, client_uuid=other)])
    assert both[0] == both[1] and Contact.objects.count() == 2


# --- changes


def test_a_change_says_only_what_is_given(world):
    dawa, nima = world.of(world.dawa), world.of(world.nima)
    made = give(world, {dawa: "好", nima: "好"})
    change = ContactDraft(world.front, number=made.number, place="镇上", findings=[FindingDraft(dawa, ratings={"analysis": "较差", "control": ""})])
    assert refusals(world.lin, change) == [("number_taken", 0, "number")]  # a new one by screen
    contacts.record(by=world.lin, drafts=[change], upsert=True)
    made.refresh_from_db()
    assert (made.place, made.source_name, made.team.count(), made.findings.count()) == ("镇上", "某某", 2, 2)
    levels = {r.dimension.code: r.level.name for r in made.findings.get(evaluation=dawa).ratings.all()}
    assert levels == {"analysis": "较差", "monitoring": "好", "defence": "好"}
    dawa.refresh_from_db()
    assert dawa.score == 80
    contacts.record(by=world.lin, drafts=[ContactDraft(world.front, contact=made, method="phone")])
    nima.refresh_from_db()
    assert (nima.count_on_site, nima.count_phone) == (0, 1)  # whom the draft did not name
    assert list(proof.verify()) == []


def test_a_contact_is_changed_for_all_or_not_at_all(world):
    made = give(world, {world.of(world.dawa): "好", world.of(world.karma): "好"})
    change = ContactDraft(world.front, contact=made, place="镇上")
    assert refusals(world.east_assessor, change) == [("outside_scope", 0, "")]
    add_kin(world, world.hai_cadre, world.dawa)
    assert refusals(again(world.hai), change) == [("file_of_kin", 0, "")]
    give_evidence(world, world.of(world.dawa))
    submitted(world, world.of(world.dawa))
    assert refusals(world.lin, change) == [("evidence_locked", 0, "place")]
    more = ContactDraft(world.front, contact=made, findings=[told(world, world.of(world.tashi))])
    contacts.record(by=world.lin, drafts=[more])  # one more finding changes nothing of what is locked
    assert made.findings.count() == 3


def test_a_source_that_one_may_not_know_is_not_cleared_by_ones_blank(world):
    made = give(world, {world.of(world.dawa): "好"}, "phone")
    contacts.record(
        by=world.east_assessor,
        drafts=[ContactDraft(world.front, contact=made, source_name="", relation="", findings=[FindingDraft(world.dawa, "改")])],
    )
    made.refresh_from_db()
    assert (made.source_name, made.relation) == ("某某", "peer") and made.findings.get().narrative == "改"


# --- withdrawal


def refused_withdrawal(**options):
    with pytest.raises(Refused) as refused:
        contacts.withdraw(**options)
    return [(r.code, r.field) for r in refused.value.refusals]


def test_a_withdrawn_finding_stays_and_counts_no_more(world):
    dawa = world.of(world.dawa)
    made = give(world, {dawa: "好"})
    finding = contacts.withdraw(by=world.mei, finding=made.findings.get(), why=" 记错了人 ")
    dawa.refresh_from_db()
    assert (finding.withdrawn_on, finding.withdrawn_why) == (timezone.localdate(), "记错了人")
    assert (dawa.score, dawa.count_on_site, dawa.leads, Finding.objects.count()) == (None, 0, 0, 1)
    assert refused_withdrawal(by=world.lin, finding=finding, why="noch mal") == [("finding_withdrawn", "")]
    change = ContactDraft(world.front, contact=made, findings=[FindingDraft(dawa, "改")])
    assert refusals(world.lin, change) == [("finding_withdrawn", 0, "findings-0-narrative")]
    assert refusals(world.lin, ContactDraft(world.front, contact=made, findings=[told(world)])) == [("finding_withdrawn", 0, "findings-0-narrative")]
    assert list(proof.verify()) == []


def test_when_a_finding_cannot_be_withdrawn(world):
    give_evidence(world, world.of(world.dawa), world.of(world.karma))
    finding = Finding.objects.filter(evaluation__cadre=world.dawa).first()
    of_kin = Finding.objects.filter(evaluation__cadre=world.karma).first()
    assert refused_withdrawal(by=world.lin, finding=finding, why="") == [("required", "why")]
    assert refused_withdrawal(by=world.lin, finding=finding, why="x", on=date(2022, 4, 30)) == [("withdrawn_before_held", "on")]
    assert refused_withdrawal(by=world.lin, finding=finding, why="x", on=timezone.localdate() + timedelta(1)) == [("in_future", "on")]
    assert refused_withdrawal(by=world.rui, finding=finding, why="x") == [("role_missing", "")]
    assert refused_withdrawal(by=world.east_assessor, finding=of_kin, why="x") == [("outside_scope", "")]
    assert refused_withdrawal(by=world.hai, finding=of_kin, why="x") == [("file_of_kin", "")]
    submitted(world, world.of(world.dawa))
    assert refused_withdrawal(by=world.lin, finding=finding, why="x") == [("evidence_locked", "")]
    campaigns.close(by=world.lin, campaign=world.front)
    assert refused_withdrawal(by=world.lin, finding=of_kin, why="x") == [("campaign_closed", "")]


def test_many_contacts_cost_few_queries(world, django_assert_max_num_queries):
    rows = [world.of(c) for c in (world.dawa, world.nima, world.karma)]
    drafts = [draft(world, *(told(world, row) for row in rows), number=f"{n:04d}") for n in range(60)]
    lin = again(world.lin)
    with django_assert_max_num_queries(60):
        contacts.record(by=lin, drafts=drafts)
    assert Evaluation.objects.get(pk=rows[0].pk).count_on_site == 60
