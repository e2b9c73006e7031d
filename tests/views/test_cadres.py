"""The list and the file of cadres: what stands in it, for whom, and what is written down of looking."""

import pytest
from django.urls import reverse

from assessment.actions import contacts, decisions, evaluations
from people.actions import duties
from people.models import Cadre, LedgerEntry
from tests import cast
from tests.views.helpers import english, errors, many_cadres, same_cost, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def lin(client, world):
    return english(client, world.lin)


def page(cadre, what="detail"):
    return reverse(f"cadre_{what}", args=[cadre.pk])


NEW = {"code": "N1", "name": "卓玛措", "unit": "E", "status": "in_post", "post": "副镇长", "birth_month": "1985-03"}


def test_the_file_joins_evidence_evaluation_and_what_came_of_it(lin, world):
    opinion = cast.signed(world, world.of(world.dawa))
    evaluations.give_notice(by=world.lin, opinion=opinion)
    decisions.propose(by=world.lin, kind="training", assessee=world.dawa, outcome="到村任职锻炼", opinions=[opinion])
    duties.save(by=world.lin, rows=[{"unit": "E", "kind": "zone", "place": "三片区", "starts_on": "2022-04-02", "cadre": "G001"}])
    duties.save_sanctions(by=world.lin, rows=[{"cadre": "G001", "kind": "警告", "decided_on": "2021-01-05"}])
    cast.add_kin(world, world.dawa, world.pema)

    text = texts(lin.get(page(world.dawa)))

    for words in ("一线考核", "85.00", "称职", "某某", "所见达瓦", "told on", "到村任职锻炼", "三片区", "白玛", "in effect", "Warning"):
        assert words in text, words
    assert "On duty before training" in text  # no training day is on record


def test_who_said_it_is_for_those_who_may_know(client, world):
    cast.give_evidence(world, world.of(world.dawa))
    text = texts(english(client, world.man).get(page(world.dawa)))
    assert "所见达瓦" in text and "某某" not in text and "Person served" not in text
    assert "某某" in texts(english(client, world.aud).get(page(world.dawa)))


def test_a_manager_sees_neither_sanctions_nor_kin(client, world):
    duties.save_sanctions(by=world.lin, rows=[{"cadre": "G001", "kind": "警告", "decided_on": "2021-01-05"}])
    cast.add_kin(world, world.dawa, world.pema)
    text = texts(english(client, world.man).get(page(world.dawa)))
    assert "Warning" not in text and "Kin</h2>" not in text and "Sanctions" not in text


def test_kin_out_of_sight_has_no_name(client, world):
    cast.add_kin(world, world.dawa, world.karma)
    text = texts(english(client, world.east_assessor).get(page(world.dawa)))
    assert "A cadre outside your units" in text and "噶玛" not in text


def test_marks_of_others_stay_hidden_in_a_blind_campaign(client, world):
    blind = cast.campaign(world, "B", "front-line", cadres=[world.dawa], blind=True)
    row = cast.evaluation_of(world.dawa, blind)
    cast.give(world, {row: "好"}, lead=world.lin, team=[world.lin, world.mei])
    assert "95.00" in texts(english(client, world.lin).get(page(world.dawa)))
    text = texts(english(client, world.hai).get(page(world.dawa)))
    assert "95.00" not in text and "所见达瓦" not in text and "blind" in text


def test_looking_is_written_down_once_an_hour(lin, world):
    texts(lin.get(page(world.dawa)))
    texts(lin.get(page(world.dawa)))
    assert LedgerEntry.objects.filter(verb="view", object_id=world.dawa.pk, actor=world.lin).count() == 1


def test_auditors_go_from_the_file_to_its_history(client, world):
    url = reverse("ledgerentry_record", args=["people.cadre", world.dawa.pk])
    assert url in texts(english(client, world.aud).get(page(world.dawa)))
    assert url not in texts(english(client, world.lin).get(page(world.dawa)))


def test_numbers_are_masked_until_revealed_for_a_reason(lin, world):
    text = texts(lin.get(page(world.dawa)))
    assert "13900000001" not in text and "139****0001" in text

    unsaid = lin.post(page(world.dawa, "reveal"), {"reason": ""})
    assert errors(unsaid) == {"reason": ["This field is required."]} and "13900000001" not in texts(unsaid)
    assert not LedgerEntry.objects.filter(verb="reveal").exists()

    assert "13900000001" in texts(lin.post(page(world.dawa, "reveal"), {"reason": "核对身份"}))
    entry = LedgerEntry.objects.get(verb="reveal")
    assert (entry.object_id, entry.reason, entry.after) == (world.dawa.pk, "核对身份", {"fields": ["phone"]})
    assert lin.get(page(world.dawa, "reveal")).status_code == 302


def test_a_manager_may_not_reveal(client, world):
    response = english(client, world.man).post(page(world.dawa, "reveal"), {"reason": "想看"})
    assert response.status_code == 403 and "This needs the role" in response.content.decode()


def test_strangers_find_nothing(client, world):
    for user in (world.sys, world.sec, world.nobody):
        client.force_login(user)
        assert client.get(page(world.dawa)).status_code == 404
    client.force_login(world.east)
    for what in ("detail", "edit", "reveal"):
        assert client.get(page(world.karma, what)).status_code == 404


def test_a_cadre_is_added(lin, world):
    response = lin.post(reverse("cadre_add"), NEW)
    made = Cadre.objects.get(code="N1")
    assert response.url == page(made)
    assert (made.name, made.pinyin, made.unit, made.birth_month) == ("卓玛措", "zhuomacuo", world.east_unit, "1985-03")


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"code": "G001"}, "code", "This code is taken."),
        ({"name": ""}, "name", "This field is required."),
        ({"unit": "nowhere"}, "unit", "“nowhere” is not among those that you may choose. Type a code or a full name."),
        ({"birth_month": "1985"}, "birth_month", "A month looks like 1980-05."),
        ({"joined_party_on": "1980-01-01"}, "joined_party_on", None),  # before he was born
        ({"phone": "123"}, "phone", "123 is no phone number: 11 digits, or the area code and the number."),
        ({"status": "gone"}, "status", None),
    ],
)
def test_wrong_input_is_kept_and_named(lin, world, typed, field, words):
    response = lin.post(reverse("cadre_add"), {**NEW, **typed})
    found = errors(response)
    assert list(found) == [field] and (words is None or found[field] == [words])
    assert 'value="副镇长"' in texts(response)
    assert not Cadre.objects.filter(code="N1").exists()


def test_a_unit_may_be_named_by_its_name_if_only_one_has_it(lin, world):
    lin.post(reverse("cadre_add"), {**NEW, "unit": "东滩镇"})
    assert Cadre.objects.get(code="N1").unit == world.east_unit


def test_editing_leaves_what_is_masked_as_it_is(lin, world):
    form = lin.get(page(world.dawa, "edit")).context["form"]
    assert "13900000001" not in str(form) and form["unit"].value() == "E 东滩镇"
    typed = {"name": "达瓦", "unit": "E 东滩镇", "status": "on_leave", "post": "镇长"}
    assert lin.post(page(world.dawa, "edit"), typed).status_code == 302
    world.dawa.refresh_from_db()
    assert (world.dawa.status, world.dawa.post, world.dawa.phone) == ("on_leave", "镇长", "13900000001")

    lin.post(page(world.dawa, "edit"), {**typed, "forget_phone": "on"})
    world.dawa.refresh_from_db()
    assert world.dawa.phone == ""


def test_editing_is_for_assessors_of_the_unit(client, world):
    for user in (world.man, world.rui):
        response = english(client, user).get(page(world.dawa, "edit"))
        assert response.status_code == 403 and "This needs the role Assessor." in response.content.decode()
    hai = english(client, world.hai).get(page(world.hai_cadre, "edit"))
    assert hai.status_code == 403 and "Nobody handles his own file" in hai.content.decode()
    assert LedgerEntry.objects.filter(verb="refused", actor=world.hai).exists()


def test_suggestions_come_while_one_types_and_no_wider_than_one_sees(client, world):
    east = english(client, world.east_assessor)
    text = texts(east.post(reverse("cadre_options") + "?field=cadre", {"cadre": "dawa"}))
    assert '<option value="G001 达瓦">东滩镇</option>' in text
    assert texts(east.post(reverse("cadre_options") + "?field=cadre", {"cadre": "噶玛"})) == ""
    assert texts(east.post(reverse("cadre_options") + "?field=cadre", {"cadre": ""})) == ""


def test_the_list_shows_the_last_signed_result(lin, world):
    cast.signed(world, world.of(world.dawa))
    cast.give(world, {world.of(world.nima): "好"})  # gathered only: no result yet
    text = texts(lin.get(reverse("cadre_list"), {"q": "达瓦"}, follow=True))
    assert "85.00" in text and "称职" in text
    assert "95.00" not in texts(lin.get(reverse("cadre_list"), {"q": "尼玛"}, follow=True))
    assert "达瓦" in texts(lin.get(reverse("cadre_list"), {"score_from": "80", "campaign": world.front.pk, "sort": "-latest_score"}))


def test_the_list_costs_the_same_with_many(lin, world):
    same_cost(lin, reverse("cadre_list") + "?q=Z0", lambda n: many_cadres(world, n))


def test_the_file_costs_the_same_with_many(lin, world):
    def grow(number):
        """That many campaigns, findings, duties, sanctions and decisions of one cadre."""
        for n in range(1, number + 1):
            if n in there:
                continue
            there.add(n)
            campaign = cast.campaign(world, f"X{n}", "front-line", cadres=[world.dawa])
            opinion = cast.signed(world, cast.evaluation_of(world.dawa, campaign))
            decisions.propose(by=world.lin, kind="training", assessee=world.dawa, outcome=f"培养{n}", opinions=[opinion])
            day = {"starts_on": "2022-04-02", "cadre": "G001"}
            duties.save(by=world.lin, rows=[{"unit": "E", "kind": "zone", "place": f"{n}", **day}])
            duties.save_sanctions(by=world.lin, rows=[{"cadre": "G001", "kind": "谈话提醒", "decided_on": "2021-01-05"}])

    there = set()
    same_cost(lin, page(world.dawa) + "?all", grow)


def test_a_withdrawn_finding_stays_and_says_so(lin, world):
    contact = cast.give(world, {world.of(world.dawa): "好"})
    contacts.withdraw(by=world.lin, finding=contact.findings.get(), why="记错了人")
    assert "withdrawn" in texts(lin.get(page(world.dawa)))
