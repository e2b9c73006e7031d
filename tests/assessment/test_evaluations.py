"""Sign-off: the table of DESIGN section 5, row by row, through the actions."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from assessment.actions import campaigns, contacts, evaluations
from assessment.models import Evaluation, SignedOpinion
from people import proof
from people.actions import cadres, duties, grants
from people.canonical import sha256_hex
from people.models import LedgerEntry
from tests import cast
from tests.cast import OPINION, days_ago, drafted, give, give_evidence, signed, submitted
from tests.refusing import refused
from tests.threads import together

TODAY = timezone.localdate


@pytest.fixture
def dawa(world):
    """The evaluation of dawa with the minimum evidence: 85.00, so 称职 is proposed."""
    give_evidence(world, world.of(world.dawa))
    return world.of(world.dawa)


def also(w, user, role, unit=None):
    """Give a user one more role."""
    grants.give(by=None, user=user, role=role, unit=unit or w.county)
    return user


# --- draft


def test_an_opinion_is_written_piece_by_piece_by_several(world, dawa):
    evaluations.draft(by=world.lin, evaluation=dawa, performance="  好  ", strengths="实")
    evaluations.draft(by=world.mei, evaluation=dawa, strengths="更实")
    row = world.of(world.dawa)
    assert (row.performance, row.strengths, row.author) == ("好", "更实", None)
    with pytest.raises(TypeError):
        evaluations.draft(by=world.lin, evaluation=dawa, score="100")


def test_a_draft_is_refused_to_others_and_later(world, dawa):
    for who, code in [(world.rui, "role_missing"), (world.man, "role_missing"), (world.aud, "role_missing")]:
        with refused(code):
            evaluations.draft(by=who, evaluation=dawa, strengths="x")
    with refused("outside_scope"):
        evaluations.draft(by=world.east_assessor, evaluation=world.of(world.tashi), strengths="x")
    submitted(world, dawa)
    with refused("not_gathering"):
        evaluations.draft(by=world.lin, evaluation=dawa, strengths="x")


# --- submit


def test_submitted_by_its_author(world, dawa):
    drafted(world, dawa)
    row = evaluations.submit(by=world.mei, evaluation=dawa)
    assert (row.state, row.author, row.grade) == ("submitted", world.mei, "称职")
    assert row.submitted_at <= timezone.now()


@pytest.mark.parametrize("field", OPINION)
def test_submit_an_incomplete_opinion(world, dawa, field):
    drafted(world, dawa, **{field: "  "})
    with refused("opinion_incomplete") as caught:
        evaluations.submit(by=world.lin, evaluation=dawa)
    assert caught.value.refusals[0].facts == {"field": field}
    evaluations.draft(by=world.lin, evaluation=dawa, **{field: "有了"})
    evaluations.submit(by=world.lin, evaluation=dawa)


def test_submit_says_all_that_is_missing_at_once(world, dawa):
    with refused(*["opinion_incomplete"] * 4, "grade_reason_missing"):
        evaluations.submit(by=world.lin, evaluation=dawa)


@pytest.mark.parametrize("grade", ["优秀", "基本称职", "不称职", ""])
def test_submit_another_grade_than_the_proposed_one(world, dawa, grade):
    drafted(world, dawa, grade=grade, grade_reason=" ")
    with refused("grade_reason_missing"):
        evaluations.submit(by=world.lin, evaluation=dawa)
    drafted(world, dawa, grade=grade, grade_reason="另有考虑")
    assert evaluations.submit(by=world.lin, evaluation=dawa).grade == grade


def test_submit_a_grade_of_another_scheme(world, dawa):
    drafted(world, dawa, grade="良好")
    with refused("grade_unknown"):
        evaluations.submit(by=world.lin, evaluation=dawa)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ([("phone", "lin", "superior"), ("talk", "mei", "peer")], [["on_site", 0, 1]]),
        ([("on_site", "lin", "superior"), ("talk", "mei", "peer")], [["phone", 0, 1]]),
        ([("on_site", "lin", "superior"), ("phone", "mei", "peer")], [["talk", 0, 1]]),
        ([("on_site", "lin", "peer"), ("phone", "mei", "peer"), ("talk", "mei", "")], [["relations", 1, 2]]),
        ([("on_site", "lin", "peer"), ("phone", "lin", "served"), ("talk", "lin", "")], [["leads", 1, 2]]),
        ([("on_site", "lin", ""), ("on_site", "lin", "")], [["phone", 0, 1], ["talk", 0, 1], ["relations", 0, 2], ["leads", 1, 2]]),
    ],
)
def test_submit_a_grade_below_the_minimum_evidence(world, given, missing):
    """Then only 不确定等次 can be concluded, and no reason lifts that."""
    row = world.of(world.dawa)
    for method, lead, relation in given:
        give(world, {row: "好"}, method, lead=world.users[lead], relation=relation)
    drafted(world, row, grade="优秀", grade_reason="确实好")
    with refused("evidence_missing") as caught:
        evaluations.submit(by=world.lin, evaluation=row)
    assert caught.value.refusals[0].facts["missing"] == missing
    assert world.of(world.dawa).proposed_grade == ""
    drafted(world, row, grade="")
    assert evaluations.submit(by=world.lin, evaluation=row).grade == ""


def test_submit_without_any_evidence(world):
    row = world.of(world.dawa)
    drafted(world, row, grade="称职")
    with refused("evidence_missing") as caught:
        evaluations.submit(by=world.lin, evaluation=row)
    expected = [["score", 0, 1], ["on_site", 0, 1], ["phone", 0, 1], ["talk", 0, 1], ["relations", 0, 2], ["leads", 0, 2]]
    assert caught.value.refusals[0].facts["missing"] == expected


def test_submit_ones_own_or_kins(world):
    hai = world.hai  # karma is his kin
    give_evidence(world, world.of(world.karma))
    drafted(world, world.of(world.karma))
    with refused("file_of_kin"):
        evaluations.submit(by=hai, evaluation=world.of(world.karma))
    campaigns.set_roster(by=world.lin, campaign=world.front, cadres=[world.hai_cadre])
    with refused("own_file"):
        evaluations.submit(by=hai, evaluation=world.of(world.hai_cadre))


def test_submit_twice_or_without_the_role(world, dawa):
    drafted(world, dawa)
    with refused("role_missing"):
        evaluations.submit(by=world.rui, evaluation=dawa)
    evaluations.submit(by=world.lin, evaluation=dawa)
    with refused("not_gathering"):
        evaluations.submit(by=world.lin, evaluation=dawa)


def test_evidence_is_locked_while_it_is_submitted(world, dawa):
    submitted(world, dawa)
    with refused("evidence_locked"):
        give(world, {world.of(world.dawa): "好"})
    with refused("evidence_locked"):
        contacts.withdraw(by=world.lin, finding=dawa.findings.first(), why="不对")


# --- return


def test_return_with_a_reason(world, dawa):
    submitted(world, dawa)
    row = evaluations.send_back(by=world.rui, evaluation=dawa, why=" 例子太少 ")
    assert (row.state, row.returned_why, row.version) == ("gathering", "例子太少", 0)
    assert LedgerEntry.objects.latest("seq").reason == "例子太少"
    give(world, {world.of(world.dawa): "好"})  # evidence is open again
    assert submitted(world, world.of(world.dawa)).returned_why == ""


def test_return_is_refused(world, dawa):
    with refused("not_submitted"):
        evaluations.send_back(by=world.rui, evaluation=dawa, why="x")
    submitted(world, dawa, by=also(world, world.mei, "reviewer"))
    with refused("reason_missing"):
        evaluations.send_back(by=world.rui, evaluation=dawa, why="  ")
    with refused("own_evaluation", "reason_missing"):
        evaluations.send_back(by=world.mei, evaluation=dawa, why="")
    with refused("role_missing"):
        evaluations.send_back(by=world.lin, evaluation=dawa, why="x")
    west = also(world, world.nobody, "reviewer", world.west_unit)
    with refused("outside_scope"):
        evaluations.send_back(by=west, evaluation=dawa, why="x")


# --- sign


def test_what_is_signed(world, dawa):
    submitted(world, dawa)
    opinion = evaluations.sign(by=world.rui, evaluation=dawa)
    row = world.of(world.dawa)
    assert (row.state, row.version, opinion.number, opinion.supersedes) == ("signed", 1, 1, None)
    assert (opinion.author, opinion.signer, opinion.grade) == (world.lin, world.rui, "称职")
    assert opinion.digest == sha256_hex(opinion.body)
    body = json.loads(opinion.body)
    assert body["method"] == "weighted-methods/1"
    assert body["scheme"] == {"code": "front-line", "title": "一线考核", "digest": world.front.scheme.digest}
    assert body["assessee"]["name"] == "达瓦" and body["assessee"]["unit"] == "东滩镇" and body["assessee"]["post"] == "达瓦的职务"
    assert body["opinion"] == {**OPINION, "grade": "称职", "grade_reason": ""}
    assert body["numbers"] == {
        "score": "85", "proposed_grade": "称职", "counts": {"on_site": 1, "phone": 1, "talk": 1}, "relations": 3, "leads": 2, "contested": False,
    }  # fmt: skip
    assert [finding["method"] for finding in body["findings"]] == ["on_site", "phone", "talk"]
    assert body["findings"][0]["ratings"]["control"] == {"level": "较好", "points": "85"}
    assert "某某" not in opinion.body and "村民" not in opinion.body  # not who said it
    cadres.save(by=world.lin, rows=[{"code": "G001", "post": "高升", "unit": "W"}])
    assert SignedOpinion.objects.get(pk=opinion.pk).body == opinion.body  # as it was on that day


def test_nobody_signs_what_he_wrote(world, dawa):
    for user in (world.lin, world.mei):
        also(world, user, "reviewer")
    drafted(world, dawa, by=world.mei)  # a co-writer
    evaluations.submit(by=world.lin, evaluation=dawa)
    for writer in (world.lin, world.mei):
        with refused("own_evaluation"):
            evaluations.sign(by=writer, evaluation=dawa)
    evaluations.sign(by=world.rui, evaluation=dawa)


def test_who_wrote_before_it_was_returned_is_still_a_writer(world, dawa):
    submitted(world, dawa, by=also(world, world.mei, "reviewer"))
    evaluations.send_back(by=world.rui, evaluation=dawa, why="再看看")
    submitted(world, world.of(world.dawa), conclusion="改过了")
    with refused("own_evaluation"):
        evaluations.sign(by=world.mei, evaluation=dawa)


def test_who_wrote_an_earlier_version_may_sign_a_later_one(world, dawa):
    signed(world, dawa, by=also(world, world.mei, "reviewer"))
    evaluations.reopen(by=world.rui, evaluation=dawa, evidence="新情况")
    submitted(world, world.of(world.dawa), **dict.fromkeys(OPINION, "全部重写"))
    assert evaluations.sign(by=world.mei, evaluation=dawa).number == 2


def test_sign_ones_own_or_kins(world):
    give_evidence(world, world.of(world.karma))
    submitted(world, world.of(world.karma))
    also(world, world.hai, "reviewer")
    with refused("file_of_kin"):
        evaluations.sign(by=world.hai, evaluation=world.of(world.karma))
    karma = cast.add_user("karma", "reviewer", world.county, world.karma)
    with refused("own_file"):
        evaluations.sign(by=karma, evaluation=world.of(world.karma))


def test_sign_is_refused(world, dawa):
    with refused("not_submitted"):
        evaluations.sign(by=world.rui, evaluation=dawa)
    submitted(world, dawa)
    with refused("role_missing"):
        evaluations.sign(by=world.mei, evaluation=dawa)
    west = also(world, world.nobody, "reviewer", world.west_unit)
    with refused("outside_scope"):
        evaluations.sign(by=west, evaluation=dawa)
    evaluations.sign(by=world.rui, evaluation=dawa)
    with refused("not_submitted"):
        evaluations.sign(by=world.rong, evaluation=dawa)


# --- the quota of the top grade


def test_the_quota_is_rounded_down(world):
    """Eight on the roster, 20 %: 1.6 places, so one."""
    rows = [world.of(world.dawa), world.of(world.tashi)]
    give_evidence(world, *rows, level="好")
    for row in rows:
        submitted(world, row)
    evaluations.sign(by=world.rui, evaluation=rows[0])
    with refused("quota_passed") as caught:
        evaluations.sign(by=world.rui, evaluation=rows[1])
    assert caught.value.refusals[0].facts == {"quota": 20, "roster": 8, "places": 1, "taken": 1}
    evaluations.send_back(by=world.rui, evaluation=rows[1], why="名额已满")
    assert signed(world, rows[1], grade="称职", grade_reason="名额已满").grade == "称职"  # another grade is free


def test_a_place_is_free_again_when_its_holder_is_opened_again(world):
    first, second = world.of(world.dawa), world.of(world.tashi)
    give_evidence(world, first, second, level="好")
    signed(world, first)
    submitted(world, second)
    evaluations.reopen(by=world.rui, evaluation=first, evidence="新情况")
    evaluations.sign(by=world.rui, evaluation=second)
    submitted(world, first)
    with refused("quota_passed"):
        evaluations.sign(by=world.rui, evaluation=first)


def test_four_on_the_roster_leave_no_place(world):
    campaign = cast.campaign(world, "tiny", "front-line", cadres=[world.dawa, world.nima, world.karma, world.tashi])
    row = cast.evaluation_of(world.dawa, campaign)
    give_evidence(world, row, level="好")
    submitted(world, row)
    with refused("quota_passed"):
        evaluations.sign(by=world.rui, evaluation=row)


@pytest.mark.parametrize("quota", [None, 100])
def test_a_scheme_without_a_quota_bars_nobody(world, quota):
    code = cast.scheme(world, quota=quota).code
    campaign = cast.campaign(world, "free", code, cadres=[world.dawa, world.nima])
    for cadre in (world.dawa, world.nima):
        row = cast.evaluation_of(cadre, campaign)
        give(world, {row: "好"})
        assert signed(world, row).grade == "优秀"


def test_groups_have_a_quota_of_their_own(world):
    """Two on the roster, 30 %: no place; but no bars of persons."""
    row = world.of(world.east_unit)
    give_evidence(world, row, level="好")
    submitted(world, row)
    with refused("quota_passed"):
        evaluations.sign(by=world.rui, evaluation=row)


@pytest.mark.both_engines
@pytest.mark.django_db(transaction=True)
def test_two_signers_at_once_do_not_pass_the_quota(world):
    rows = [world.of(world.dawa), world.of(world.tashi)]
    give_evidence(world, *rows, level="好")
    for row in rows:
        submitted(world, row)
    results = together(
        lambda: evaluations.sign(by=world.rui, evaluation=rows[0]), lambda: evaluations.sign(by=world.rong, evaluation=rows[1])
    )
    opinions = [result for result in results if isinstance(result, SignedOpinion)]
    others = [result for result in results if not isinstance(result, SignedOpinion)]
    assert len(opinions) == 1
    assert [refusal.code for refusal in others[0].refusals] == ["quota_passed"]
    assert Evaluation.objects.filter(state="signed", grade="优秀").count() == 1
    assert list(proof.verify()) == []


@pytest.mark.both_engines
@pytest.mark.django_db(transaction=True)
def test_two_signers_of_one_evaluation_give_one_version(world):
    row = world.of(world.dawa)
    give_evidence(world, row)
    submitted(world, row)
    results = together(lambda: evaluations.sign(by=world.rui, evaluation=row), lambda: evaluations.sign(by=world.rong, evaluation=row))
    others = [result for result in results if not isinstance(result, SignedOpinion)]
    assert [refusal.code for refusal in others[0].refusals] == ["not_submitted"] and len(others) == 1
    assert list(row.opinions.values_list("number", flat=True)) == [1]
    assert list(proof.verify()) == []


# --- bars to the top grade


@pytest.mark.parametrize(
    ("decided", "until", "bars"),
    [
        ("2022-03-01", "2022-03-31", False),  # over before the campaign began
        ("2022-03-01", "2022-04-01", True),  # still in effect on its first day
        ("2022-05-01", None, True),  # no end known
        ("2020-01-01", "2030-01-01", True),
    ],
)
def test_a_sanction_in_effect_bars_the_top_grade(world, decided, until, bars):
    row = world.of(world.dawa)
    duties.save_sanctions(by=world.lin, rows=[{"cadre": "G001", "kind": "10", "decided_on": decided, "effect_until": until}])
    give_evidence(world, row, level="好")
    submitted(world, row)
    if bars:
        with refused("bar_sanction"):
            evaluations.sign(by=world.rui, evaluation=row)
        evaluations.send_back(by=world.rui, evaluation=row, why="处分期内")
        assert signed(world, row, grade="称职").grade == "称职"
    else:
        assert evaluations.sign(by=world.rui, evaluation=row).grade == "优秀"


@pytest.mark.parametrize(("status", "code"), [("on_leave", "bar_leave"), ("investigated", "bar_investigation")])
def test_a_status_bars_the_top_grade(world, status, code):
    row = world.of(world.dawa)
    give_evidence(world, row, level="好")
    submitted(world, row)
    cadres.save(by=world.lin, rows=[{"code": "G001", "status": status}])
    with refused(code):
        evaluations.sign(by=world.rui, evaluation=row)
    cadres.save(by=world.lin, rows=[{"code": "G001", "status": "in_post"}])
    evaluations.sign(by=world.rui, evaluation=row)


# --- notice and answer


def test_notice_and_answer(world, dawa):
    opinion = signed(world, dawa)
    notice = evaluations.give_notice(by=world.lin, opinion=opinion, means="talk")
    assert (notice.given_on, notice.given_by, notice.means, notice.answer) == (TODAY(), world.lin, "talk", "")
    assert evaluations.answer_notice(by=world.mei, notice=notice, answer=" 同意 ").answer == "同意"
    with refused("required"):
        evaluations.answer_notice(by=world.mei, notice=notice, answer=" ")


def test_notice_is_refused(world, dawa):
    opinion = signed(world, dawa)
    with refused("role_missing"):
        evaluations.give_notice(by=world.rui, opinion=opinion)
    for day in (TODAY() - timedelta(1), TODAY() + timedelta(1)):
        with refused("notice_date"):
            evaluations.give_notice(by=world.lin, opinion=opinion, given_on=day)
    evaluations.give_notice(by=world.lin, opinion=opinion)
    with refused("already_noticed"):
        evaluations.give_notice(by=world.lin, opinion=opinion)


def test_no_notice_of_what_is_superseded_or_open(world, dawa):
    first = signed(world, dawa)
    evaluations.reopen(by=world.rui, evaluation=dawa, evidence="新情况")
    with refused("not_signed"):
        evaluations.give_notice(by=world.lin, opinion=first)
    second = signed(world, world.of(world.dawa))
    with refused("opinion_superseded"):
        evaluations.give_notice(by=world.lin, opinion=first)
    evaluations.give_notice(by=world.lin, opinion=second)


# --- reopen and supersede


def test_reopened_for_new_evidence_and_superseded(world, dawa):
    first = signed(world, dawa)
    evaluations.reopen(by=world.rui, evaluation=dawa, evidence=" 群众来信 ")
    assert LedgerEntry.objects.latest("seq").reason == "群众来信"
    assert world.of(world.dawa).state == "gathering" and world.of(world.dawa).version == 1
    give(world, {world.of(world.dawa): "一般"}, relation="public")
    second = signed(world, world.of(world.dawa), strengths="更踏实")
    first.refresh_from_db()
    assert (second.number, second.supersedes, first.superseded_by) == (2, first, second)
    assert json.loads(first.body)["numbers"]["score"] == "85"
    assert json.loads(second.body)["numbers"]["score"] == "82"  # on site (85 + 70) / 2, the others 85
    assert list(evaluations.verify_opinions()) == []


def test_reopen_is_refused(world, dawa):
    with refused("not_signed"):
        evaluations.reopen(by=world.rui, evaluation=dawa, evidence="x")
    submitted(world, dawa)
    with refused("not_signed"):
        evaluations.reopen(by=world.rui, evaluation=dawa, evidence="x")
    evaluations.sign(by=world.rui, evaluation=dawa)
    with refused("reopen_without_ground"):
        evaluations.reopen(by=world.rui, evaluation=dawa, evidence="  ")
    with refused("role_missing"):
        evaluations.reopen(by=world.lin, evaluation=dawa, evidence="x")


# --- leading groups


def test_a_leading_group_goes_the_same_way(world):
    opinion = signed(world, world.of(world.west_unit))
    body = json.loads(opinion.body)
    assert body["assessee"] == {"code": "W", "name": "西岭乡", "kind": "group", "scope_unit": "西岭乡", "scope_unit_code": "W"}
    assert (opinion.grade, body["scheme"]["code"]) == ("良好", "group-five")
    evaluations.give_notice(by=world.lin, opinion=opinion)


def test_what_the_page_shows_beforehand_is_what_signing_answers(world, dawa):
    drafted(world, dawa)
    row = world.of(world.dawa)
    assert [code for code, _ in evaluations.sign_refusals(by=world.rui, evaluation=row)] == ["not_submitted"]
    evaluations.submit(by=also(world, world.lin, "reviewer"), evaluation=dawa)
    row = world.of(world.dawa)
    assert [code for code, _ in evaluations.sign_refusals(by=world.lin, evaluation=row)] == ["own_evaluation"]
    assert evaluations.sign_refusals(by=world.rui, evaluation=row) == []


def test_a_bar_of_yesterday_is_no_bar(world):
    """Signing looks at the day of signing: what ended before the campaign is over, what was decided later is not yet."""
    row = world.of(world.dawa)
    duties.save_sanctions(by=world.lin, rows=[{"cadre": "G001", "kind": "10", "decided_on": days_ago(1)}])
    assert [code for code, _ in evaluations.bars(row, days_ago(2))] == []
    assert [code for code, _ in evaluations.bars(row, days_ago(1))] == ["bar_sanction"]
