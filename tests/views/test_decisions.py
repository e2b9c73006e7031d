"""The pages of decisions: each step works, says why it does not, and shows nothing of other units."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessment.actions import appeals, decisions, evaluations
from assessment.models import Appeal, Decision, SignedOpinion
from people.actions import cadres, duties, users
from people.models import LedgerEntry
from tests.cast import campaign, days_ago, drafted, give, scheme, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def opinion(world):
    """The signed opinion about dawa, of the east."""
    return signed(world, world.of(world.dawa))


def propose(world, opinion, kind="training", **options):
    row = opinion.evaluation
    return decisions.propose(by=world.lin, kind=kind, assessee=row.cadre or row.group, outcome="表现突出", opinions=[opinion], **options)


def url(name, *args, **query):
    from urllib.parse import urlencode

    return reverse(name, args=args) + (f"?{urlencode(query)}" if query else "")


def get(client, user, name, *args, status=200, **query):
    client.force_login(user)
    answer = client.get(url(name, *args, **query), follow="q" in query)
    assert answer.status_code == status, answer.status_code
    return answer


def post(client, user, address, **data):
    client.force_login(user)
    return client.post(address, data)


def listed(client, user, **query):
    return [row.pk for row in get(client, user, "decision_list", **query).context["listing"].queryset]


def refused():
    return LedgerEntry.objects.filter(verb="refused").order_by("-seq").first()


# --- the list


def test_the_list_shows_what_is_in_scope(client, world, opinion):
    east = propose(world, opinion)
    west = propose(world, signed(world, world.of(world.karma)))
    group = propose(world, signed(world, world.of(world.west_unit)))
    assert set(listed(client, world.lin)) == {east.pk, west.pk, group.pk}
    assert listed(client, world.east) == [east.pk]
    page = get(client, world.east, "decision_list").content.decode()
    assert "达瓦" in page and "噶玛" not in page and "西岭" not in page


def test_nobody_sees_a_decision_about_himself_or_his_kin(client, world):
    mine = propose(world, signed(world, world.of(world.karma)))  # kin of hai
    assert listed(client, world.hai) == []
    get(client, world.hai, "decision_detail", mine.pk, status=404)


@pytest.mark.parametrize("who", ["sec", "sys", "nobody"])
def test_administrators_have_no_decisions(client, world, opinion, who):
    made = propose(world, opinion)
    answer = get(client, getattr(world, who), "decision_list", status=403)
    assert answer.context["sentences"] and refused().after["codes"] == ["role_missing"]
    get(client, getattr(world, who), "decision_detail", made.pk, status=404)


def test_filters(client, world, opinion):
    training = propose(world, opinion, proposed_on=days_ago(40))
    praise = propose(world, signed(world, world.of(world.karma)), "commendation")
    group = propose(world, signed(world, world.of(world.west_unit)), "commendation")
    decisions.confirm(by=world.rui, decision=training)
    today = timezone.localdate().isoformat()
    for query, expected in [
        ({"kind": "training"}, {training}),
        ({"state": "confirmed"}, {training}),
        ({"unit": world.east_unit.pk}, {training}),
        ({"unit": world.west_unit.pk}, {praise, group}),
        ({"campaign": world.front.pk}, {training, praise}),
        ({"groups": "yes"}, {group}),
        ({"groups": "no"}, {training, praise}),
        ({"proposed_from": today}, {praise, group}),
        ({"confirmed_until": today}, {training}),
        ({"q": "dawa"}, {training}),
        ({"q": "西岭"}, {group}),
        ({"doubt": "any"}, set()),
    ]:
        assert set(listed(client, world.lin, **query)) == {row.pk for row in expected}, query


def test_decisions_on_a_basis_in_doubt_are_flagged(client, world, opinion):
    made = propose(world, opinion)
    revoked = propose(world, opinion, "commendation")
    decisions.revoke(by=world.rui, decision=revoked, why="不当")
    evaluations.give_notice(by=world.lin, opinion=opinion)
    appeal = appeals.file_appeal(by=world.lin, opinion=opinion, kind=Appeal.Kind.REVIEW, ground="不服")
    assert listed(client, world.lin, doubt="appealed") == listed(client, world.lin, doubt="any") == [made.pk]
    appeal = appeals.decide_appeal(by=world.rui, appeal=appeal, outcome=Appeal.Outcome.UPHELD, finding="成立")
    assert listed(client, world.lin, doubt="any") == []
    evaluations.reopen(by=world.rui, evaluation=opinion.evaluation, appeal=appeal)
    assert listed(client, world.lin, doubt="superseded") == [made.pk]
    assert get(client, world.lin, "decision_detail", made.pk).context["doubts"]
    assert not get(client, world.lin, "decision_detail", revoked.pk).context["doubts"]


def test_every_column_sorts(client, world, opinion):
    propose(world, opinion)
    propose(world, signed(world, world.of(world.west_unit)), "commendation")
    table = get(client, world.lin, "decision_list").context["listing"].page.table_class
    for name in (n for n in table.base_columns if table.sortable(n)):
        for sort in (name, f"-{name}"):
            assert len(listed(client, world.lin, sort=sort)) == 2, sort
    assert len(listed(client, world.lin, columns="next_due")) == 2


def test_the_export_is_the_filtered_list_with_digests(client, world, opinion):
    propose(world, opinion)
    propose(world, signed(world, world.of(world.karma)), "commendation")
    answer = post(client, world.man, url("decision_export", kind="training"), reason="上报")
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 2 and opinion.digest in str(rows[1]) and "达瓦" in str(rows[1])
    assert post(client, world.man, url("decision_export", kind="nonsense"), reason="上报").status_code == 400


def test_people_are_called_by_their_names(client, world, opinion):
    users.change(by=world.sys, user=world.lin, name="林德华")
    propose(world, opinion)
    answer = post(client, world.man, url("decision_export") + "?columns=proposed_by&columns=confirmed_by", reason="上报")
    rows = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0].iter_rows(values_only=True)
    assert list(rows)[1] == ("林德华", None)


@pytest.mark.parametrize("page", ["decision_list", "decision_choose", "decision_export", "decision_detail"])
def test_queries_do_not_grow(client, world, page):
    scheme(world)
    counts = []
    for number in (1, 3, 50):
        rows = [{"code": f"{number}-{n}", "name": "某", "unit": world.east_unit} for n in range(number)]
        made = cadres.save(by=world.lin, rows=rows)
        front = campaign(world, f"N{number}", "small", cadres=made)
        give(world, {world.of(cadre, front): "好" for cadre in made})
        opinions = [signed(world, world.of(cadre, front), grade="称职") for cadre in made]
        for one in opinions:
            last = propose(world, one, follow_up_on=[timezone.localdate() + timedelta(n) for n in range(min(number, 9))])
        client.force_login(world.lin)
        address = reverse(page, args=[last.pk] if page == "decision_detail" else [])
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(address, {"reason": "上报"}) if page == "decision_export" else client.get(address)
            assert answer.status_code == 200
            b"".join(answer) if answer.streaming else answer.content
        counts.append(len(captured))
    assert len(set(counts)) == 1 and counts[0] < 30, counts


# --- one decision


def test_the_page_leads_down_to_the_evidence(client, world, opinion):
    made = propose(world, opinion)
    answer = get(client, world.man, "decision_detail", made.pk)
    (link,) = answer.context["chain"]
    assert link.seen and link.times == {"on_site": 1, "phone": 1, "talk": 1} and link.newer is None
    page = answer.content.decode()
    assert opinion.digest in page and reverse("evaluation_detail", args=[opinion.evaluation_id]) + "#findings" in page
    assert answer.context["deeds"] == [] and "某某" not in page  # a manager decides nothing and knows no source


def test_a_basis_out_of_scope_is_said_but_not_shown(client, world, opinion):
    """dawa moves to the west: its manager sees the decision, not the evaluation made in the east."""
    made = propose(world, opinion)
    cadres.save(by=world.lin, rows=[{"code": world.dawa.code, "unit": world.west_unit}])
    get(client, world.east, "decision_detail", made.pk, status=404)
    from tests.cast import add_user

    west = add_user("west", "manager", world.west_unit)
    answer = get(client, west, "decision_detail", made.pk)
    assert [link.seen for link in answer.context["chain"]] == [False]
    page = answer.content.decode()
    assert opinion.digest not in page and world.front.title not in page
    (row,) = get(client, west, "decision_list").context["listing"].queryset
    assert row.shown_bases == []


def test_a_stranger_finds_nothing_and_the_knock_is_told(client, world, opinion):
    made = propose(world, signed(world, world.of(world.karma)))
    for name in ("detail", "publish", "confirm", "revoke", "follow_up", "publication"):
        get(client, world.east_assessor, f"decision_{name}", made.pk, status=404)
        assert refused().actor == world.east_assessor and refused().object_id == made.pk
    get(client, world.lin, "decision_detail", 999999, status=404)


STEPS = [("publish", "lin"), ("confirm", "rui"), ("revoke", "rui"), ("follow_up", "lin"), ("publication", "lin")]


@pytest.mark.parametrize(("step", "who"), STEPS)
def test_each_step_is_for_its_role_and_says_so(client, world, opinion, step, who):
    made = propose(world, opinion, "commendation")
    for user in (world.lin, world.rui, world.man, world.aud):
        answer = get(client, user, f"decision_{step}", made.pk, status=200 if user.username == who else 403)
        if user.username != who:
            assert answer.context["sentences"] and refused().actor == user and refused().after["codes"] == ["role_missing"]
            assert post(client, user, url(f"decision_{step}", made.pk)).status_code == 403


def deeds(client, user, decision):
    return {deed.url.rstrip("/").rpartition("/")[2]: deed for deed in get(client, user, "decision_detail", decision.pk).context["deeds"]}


def why(deed):
    return deed.verdict.refusal and deed.verdict.refusal.code


def test_buttons_say_why_they_are_off(client, world, opinion):
    made = propose(world, opinion, "commendation")
    assert why(deeds(client, world.lin, made)["publish"]) is None
    assert why(deeds(client, world.rui, made)["confirm"]) == "notice_missing"
    made = decisions.publish(by=world.lin, decision=made)
    assert why(deeds(client, world.lin, made)["publish"]) == "decision_not_proposed"
    assert why(deeds(client, world.rui, made)["confirm"]) == "notice_running"
    training = propose(world, opinion)
    assert set(deeds(client, world.lin, training)) == {"follow-up"} and why(deeds(client, world.rui, training)["confirm"]) is None
    duties.save_sanctions(by=world.lin, rows=[{"cadre": world.dawa, "kind": "10", "decided_on": days_ago(3)}])
    later = decisions.propose(by=world.lin, kind="training", assessee=world.dawa, outcome="x", opinions=[opinion])
    decisions.revoke(by=world.rui, decision=later, why="不当")
    assert why(deeds(client, world.rui, later)["revoke"]) == "decision_not_open"
    assert why(deeds(client, world.lin, later)["follow-up"]) == "only_training"


# --- every step


def test_choosing_offers_signed_evaluations_in_reach(client, world, opinion):
    signed(world, world.of(world.karma))
    rows = get(client, world.east_assessor, "decision_choose").context["listing"].queryset
    assert [row.pk for row in rows] == [opinion.evaluation_id]
    page = get(client, world.lin, "decision_choose")
    assert page.context["page_obj"].paginator.count == 2
    assert url("decision_add", evaluation=opinion.evaluation_id) in page.content.decode()
    get(client, world.rui, "decision_choose", status=403)


def test_proposing_starts_from_the_evaluation(client, world, opinion):
    get(client, world.lin, "decision_add", status=302)
    address = url("decision_add", evaluation=opinion.evaluation_id)
    form = get(client, world.lin, "decision_add", evaluation=opinion.evaluation_id).context["form"]
    assert form.initial["opinions"] == [opinion.pk]
    day = timezone.localdate() + timedelta(30)
    answer = post(
        client, world.lin, address, kind="training", outcome="跟踪培养", document_number="1号", proposed_on=timezone.localdate(),
        opinions=[opinion.pk], mentor="G002 尼玛", follow_up_1=day, follow_up_2=day + timedelta(30),
    )  # fmt: skip
    made = Decision.objects.get()
    assert answer["Location"] == url("decision_detail", made.pk)
    assert (made.kind, made.mentor, made.proposed_by, made.cadre) == ("training", world.nima, world.lin, world.dawa)
    assert [one.due_on for one in made.follow_ups.order_by("due_on")] == [day, day + timedelta(30)]


def test_what_is_wrong_with_a_proposal_stands_beside_its_field(client, world, opinion):
    address = url("decision_add", evaluation=opinion.evaluation_id)
    good = {"kind": "training", "outcome": "跟踪", "proposed_on": timezone.localdate(), "opinions": [opinion.pk]}
    for changed, field in [
        ({"outcome": " "}, "outcome"),
        ({"opinions": []}, "opinions"),
        ({"opinions": [999]}, "opinions"),
        ({"kind": ""}, "kind"),
        ({"proposed_on": timezone.localdate() + timedelta(1)}, "proposed_on"),
        ({"mentor": world.dawa.code}, "mentor"),
        ({"mentor": "nobody"}, "mentor"),
        ({"kind": "commendation", "mentor": world.nima.code}, "mentor"),
    ]:
        answer = post(client, world.lin, address, **{**good, **changed})
        assert answer.status_code == 200 and field in answer.context["form"].errors, changed
        assert answer.context["form"].data.get("outcome") == {**good, **changed}["outcome"]  # what was typed is kept
    assert not Decision.objects.exists()


def test_a_group_is_not_selected_and_an_opinion_of_another_is_no_choice(client, world, opinion):
    group = signed(world, world.of(world.west_unit))
    form = get(client, world.lin, "decision_add", evaluation=group.evaluation_id).context["form"]
    assert {kind for kind, _ in form.fields["kind"].choices} == {"training", "commendation"}
    assert list(form.fields["opinions"].queryset) == [group]
    answer = post(
        client, world.lin, url("decision_add", evaluation=group.evaluation_id),
        kind="training", outcome="x", proposed_on=timezone.localdate(), opinions=[opinion.pk],
    )  # fmt: skip
    assert "opinions" in answer.context["form"].errors


def test_proposing_about_others_units_is_not_found_and_by_others_forbidden(client, world, opinion):
    west = signed(world, world.of(world.karma))
    get(client, world.east_assessor, "decision_add", status=404, evaluation=west.evaluation_id)
    get(client, world.hai, "decision_add", status=404, evaluation=west.evaluation_id)  # his kin
    get(client, world.rui, "decision_add", status=403, evaluation=opinion.evaluation_id)
    get(client, world.man, "decision_choose", status=403)
    for odd in ("x", "-1", "9" * 30, ""):
        get(client, world.lin, "decision_add", status=404, evaluation=odd)


def test_public_notice_confirmation_and_publicity(client, world, opinion):
    made = propose(world, opinion, "commendation", proposed_on=days_ago(30))
    answer = post(client, world.lin, url("decision_publish", made.pk), starts_on=days_ago(29), ends_on=days_ago(28))
    assert "ends_on" in answer.context["form"].errors  # too short
    answer = post(client, world.lin, url("decision_publish", made.pk), starts_on=days_ago(31), ends_on=days_ago(1))
    assert "starts_on" in answer.context["form"].errors
    assert post(client, world.lin, url("decision_publish", made.pk), starts_on=days_ago(29), ends_on=days_ago(15)).status_code == 302
    answer = post(client, world.rui, url("decision_confirm", made.pk), on=timezone.localdate(), document_number="县委〔2022〕1号")
    assert answer["Location"] == url("decision_detail", made.pk)
    made.refresh_from_db()
    assert (made.state, made.document_number, made.confirmed_by) == ("confirmed", "县委〔2022〕1号", world.rui)
    answer = post(client, world.lin, url("decision_publication", made.pk), channel="video", title="她", published_on=timezone.localdate())
    assert answer.status_code == 302 and made.publications.get().title == "她"
    late = post(
        client,
        world.lin,
        url("decision_publication", made.pk),
        channel="video",
        title="她",
        published_on=timezone.localdate() + timedelta(1),
    )
    assert "published_on" in late.context["form"].errors


def test_who_proposed_does_not_confirm(client, world, opinion):
    from people.ledger import recorded

    with recorded(by=None, verb="save_grant"):
        world.lin.grants.create(role="reviewer", unit=world.county)
    made = propose(world, opinion)
    answer = post(client, world.lin, url("decision_confirm", made.pk), on=timezone.localdate())
    assert answer.status_code == 403 and refused().after["codes"] == ["own_proposal"]


def test_revoking_asks_for_the_reason(client, world, opinion):
    made = propose(world, opinion)
    assert "why" in post(client, world.rui, url("decision_revoke", made.pk), why=" ").context["form"].errors
    assert post(client, world.rui, url("decision_revoke", made.pk), why="情况变化").status_code == 302
    made.refresh_from_db()
    assert (made.state, made.revoked_why) == ("revoked", "情况变化")
    assert LedgerEntry.objects.filter(verb="revoke_decision").get().reason == "情况变化"
    assert "情况变化" in get(client, world.man, "decision_detail", made.pk).content.decode()


def test_follow_ups_are_planned_and_recorded(client, world, opinion):
    made = propose(world, opinion)
    assert post(client, world.lin, url("decision_follow_up", made.pk), due_on=days_ago(1)).status_code == 302
    page = get(client, world.lin, "decision_detail", made.pk).context["follow_ups"]
    assert [(deed is not None, overdue) for _, deed, overdue in page] == [(True, True)]
    assert [deed for _, deed, _ in get(client, world.man, "decision_detail", made.pk).context["follow_ups"]] == [None]
    one = made.follow_ups.get()
    future = timezone.localdate() + timedelta(1)
    assert "done_on" in post(client, world.lin, url("followup_finish", one.pk), done_on=future, result="好").context["form"].errors
    assert post(client, world.lin, url("followup_finish", one.pk), done_on=timezone.localdate(), result="进步明显").status_code == 302
    again = post(client, world.lin, url("followup_finish", one.pk), done_on=timezone.localdate(), result="再次")
    assert again.status_code == 403 and refused().after["codes"] == ["follow_up_done"]
    get(client, world.man, "followup_finish", one.pk, status=403)
    get(client, world.east_assessor, "followup_finish", one.pk)
    west = propose(world, signed(world, world.of(world.karma)), follow_up_on=[timezone.localdate()])
    get(client, world.east_assessor, "followup_finish", west.follow_ups.get().pk, status=404)


def test_a_reopened_evaluation_offers_no_opinion_until_it_is_signed_again(client, world, opinion):
    evaluations.reopen(by=world.rui, evaluation=opinion.evaluation, evidence="新证据")
    assert get(client, world.lin, "decision_choose").context["page_obj"].paginator.count == 0
    form = get(client, world.lin, "decision_add", evaluation=opinion.evaluation_id).context["form"]
    assert not form.fields["opinions"].queryset.exists()
    row = world.of(world.dawa)
    drafted(world, row)
    evaluations.submit(by=world.lin, evaluation=row)
    second = evaluations.sign(by=world.rui, evaluation=row)
    form = get(client, world.lin, "decision_add", evaluation=opinion.evaluation_id).context["form"]
    assert list(form.fields["opinions"].queryset) == [second] and SignedOpinion.objects.count() == 2


def test_what_was_typed_is_escaped(client, world, opinion):
    made = decisions.propose(by=world.lin, kind="training", assessee=world.dawa, outcome="<script>alert(1)</script>", opinions=[opinion])
    for name, args in (("decision_list", []), ("decision_detail", [made.pk])):
        assert "<script>alert" not in get(client, world.lin, name, *args).content.decode()
