"""What a clumsy or hostile hand puts into addresses and forms: an answer with a sentence, never a page that broke."""

from datetime import date
from urllib.parse import urlencode

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from assessment.actions import decisions
from assessment.models import Decision, FollowUp
from assessment.rules import deadlines
from assessment.views.common import whole
from assessment.views.entry import _without
from people.access import can
from people.models import LedgerEntry
from tests.cast import give_evidence, signed
from tests.site import list_page, pages

pytestmark = pytest.mark.django_db

NO_KEYS = ["²", "-1", "1.5", "9" * 25, "9" * 5000, "a\0", "x", ""]


@pytest.mark.parametrize("text", [*NO_KEYS, None])
def test_no_key(text):
    assert whole(text) is None


def test_a_key():
    assert whole("12") == 12


@pytest.mark.parametrize("text", NO_KEYS)
def test_odd_keys_in_addresses_are_passed_over(client, world, text):
    client.force_login(world.lin)
    for name, parameter in [("contact_add", "assessee"), ("contact_add", "like"), ("contact_add", "campaign"), ("scheme_add", "copy")]:
        assert client.get(reverse(name), {parameter: text}).status_code == 200
    for there in ("contact_assessees", "cadre_options", "unit_options"):
        asked = urlencode({"campaign": text, "field": "q"})
        assert client.post(f"{reverse(there)}?{asked}", {"q": f"达{text}"}).status_code == 200
    assert client.get(reverse("decision_add"), {"evaluation": text}).status_code in (403, 404)


@pytest.mark.parametrize("text", NO_KEYS)
def test_odd_picks_for_a_roster_choose_nobody(client, world, text):
    client.force_login(world.rui)
    there = reverse("campaign_pick", args=[world.front.pk])
    response = client.post(there, {"pick": text})
    assert response.status_code == 302 and response.url == there


@pytest.mark.parametrize("name", ["findings-x", "findings-", "findings-²-narrative", "findings-999999-narrative", "findings-0-"])
def test_a_block_is_removed_whatever_else_was_sent(client, world, name):
    client.force_login(world.lin)
    data = {"campaign": world.front.pk, "do": "remove-1", "blocks": "2", name: "x", "findings-1-narrative": "留下的"}
    assert "留下的" in client.post(reverse("contact_add"), data).content.decode()
    assert client.post(reverse("contact_add"), data | {"do": "remove-" + "9" * 5000}).status_code == 200


def test_a_block_taken_out_of_many_leaves_all_others():
    """Ten and more: in the order of texts, block 10 stands before block 9."""

    class Typed(dict):
        def pop(self, name):
            return [super().pop(name)]

    data = Typed({f"findings-{n}-narrative": f"block {n}" for n in range(13)})
    assert _without(data, 4, 13) == 12
    left = [f"block {n}" for n in range(13) if n != 4]
    assert data == {f"findings-{n}-narrative": text for n, text in enumerate(left)}


@pytest.mark.parametrize("day", ["9999-12-31", "9999-06-01"])
def test_the_last_days_of_the_calendar(client, world, day):
    day = date.fromisoformat(day)
    assert deadlines.add_months(day, 24) == date.max
    assert day <= deadlines.public_notice_end(day) <= date.max
    client.force_login(world.lin)
    before = LedgerEntry.objects.filter(object_type="people.sanction").count()
    response = client.post(reverse("sanction_add", args=[world.dawa.pk]), {"kind": "12", "decided_on": day.isoformat()})
    assert response.status_code == 200
    assert LedgerEntry.objects.filter(object_type="people.sanction").count() == before


@pytest.mark.parametrize("kind", ["a%00b", "x", "auth.group", "people.nosuch", "%F0%9F%98%80"])
def test_a_history_of_no_kind_of_record(client, world, kind):
    client.force_login(world.aud)
    there = reverse("ledgerentry_record", args=["people.cadre", 1]).replace("people.cadre", kind)
    assert client.get(there).status_code == 404


def test_the_reason_of_an_export_has_its_length(client, world):
    client.force_login(world.lin)
    answers = [client.post(reverse("cadre_export"), {"reason": reason}) for reason in ("x" * 1001, "\0\0\0", "年\0度")]
    assert [answer.status_code for answer in answers] == [400, 400, 200]
    assert b"".join(answers[2].streaming_content)
    assert LedgerEntry.objects.filter(verb="export").latest("seq").reason == "年度"


#: What a hand may put into the order, the columns, the token and the filters of a list.
HOSTILE = [
    "unit__grants__user__password", "-unit__users__password", "cadre__id_number__startswith", "pk", "?", "-", "--name", "name;--",
    "' OR 1=1 --", "1) UNION SELECT password FROM people_user --", "name\0", "\ud800", "%", "%s", "%(x)s", "{}", "[]", "__class__", "达" * 5000,
]  # fmt: skip
LISTS = sorted(name.removesuffix("_list") for name in pages() if name.endswith("_list") and hasattr(list_page(name), "filterset_class"))


def query(*pairs):
    """A query string; what is no text (half a surrogate) goes as the bytes that it would be."""
    return urlencode(pairs, errors="surrogatepass")


def keys(response):
    """The rows of a list."""
    assert response.status_code == 200
    return [row.pk for row in response.context["page_obj"]]


def too_long(response, text):
    """An address of 45000 signs: nobody is led to one."""
    return response.status_code == 400 and len(text) == 5000


def opened(client, world, noun):
    """A list, as somebody who may see it."""
    client.force_login(next(user for user in (world.lin, world.aud, world.sec) if can(user, list_page(f"{noun}_list").get_verb())))
    return reverse(f"{noun}_list"), reverse(f"{noun}_export")


@pytest.mark.parametrize("noun", LISTS)
def test_no_list_is_ordered_or_narrowed_by_what_it_does_not_offer(client, world, noun):
    """Unknown orders, columns, tokens and filters break nothing and tell nothing; an export of them is refused."""
    there, export = opened(client, world, noun)
    usual = keys(client.get(there))
    asked = [[(key, text) for text in HOSTILE] for key in ("sort", "columns", "s")]
    asked += [[(text[:200], "x") for text in HOSTILE], [("cadre__id_number__startswith", "6"), ("sort[]", "name"), ("sort__in", "name")]]
    for pairs in asked:
        found = keys(client.get(f"{there}?{query(*pairs)}"))
        newest_first = noun == "ledgerentry" and found == sorted(found, reverse=True)  # this test makes entries itself
        assert found in (usual, []) or newest_first, pairs
        assert client.post(f"{export}?{query(*pairs)}", {"reason": "开会用"}).status_code == 400, pairs
    for text in HOSTILE[::3]:
        pairs = [(name, text) for name in list_page(f"{noun}_list").filterset_class.base_filters]
        response = client.get(f"{there}?{query(*pairs)}", follow=True)
        assert too_long(response, text) or keys(response) == [], pairs
    assert not LedgerEntry.objects.filter(verb="export").exists()


@pytest.mark.parametrize("text", HOSTILE)
def test_no_order_column_or_token_by_itself_either(client, world, text):
    there, export = opened(client, world, "cadre")
    usual = keys(client.get(there))
    for key in ("sort", "columns", "s"):
        assert keys(client.get(f"{there}?{query((key, text))}")) == usual
        assert client.post(f"{export}?{query((key, text))}", {"reason": "开会用"}).status_code == 400
    sent = text.encode("utf-8", "replace").decode()  # a form sends no half surrogates
    response = client.post(there, {"find": "1", "q": sent, "sort": sent, "page": sent}, follow=True)
    assert too_long(response, text) or keys(response) == []
    assert keys(client.post(there, {"find": "1", "q": sent}, follow=True)) == []


@pytest.mark.parametrize("odd", ["sort=name&sort=name&sort=-name", "&".join(f"sort=x{n}" for n in range(900)), "page=-1&page=x", "page=" + "9" * 5000])
def test_odd_numbers_of_things(client, world, odd):
    there, _export = opened(client, world, "cadre")
    assert len(keys(client.get(f"{there}?{odd}"))) == 9


def test_a_proposal_and_a_follow_up_sent_twice_are_made_once(world):
    give_evidence(world, world.of(world.dawa))
    opinion = signed(world, world.of(world.dawa))

    def propose(outcome):
        return decisions.propose(by=world.lin, kind="training", assessee=world.dawa, outcome=outcome, opinions=[opinion])

    first = propose("到乡镇跟班学习")
    assert propose("到乡镇跟班学习").pk == first.pk
    assert propose("到县直部门跟班学习").pk != first.pk
    assert Decision.objects.count() == 2
    for _ in range(2):
        decisions.add_follow_up(by=world.lin, decision=first, due_on=date(2030, 1, 2))
    assert FollowUp.objects.filter(decision=first).count() == 1


def test_commands_say_what_is_wrong_with_a_path(world, tmp_path):
    def says(*command):
        with pytest.raises(CommandError) as error:
            call_command(*map(str, command))
        return str(error.value)

    long = tmp_path / ("x" * 300)
    assert "is a directory" in says("import_workbook", tmp_path, "--as=lin")
    assert "cannot be read" in says("import_workbook", long, "--as=lin")
    assert "is a directory" in says("export_workbook", tmp_path, "--as=lin", "--reason=归档")
    assert "cannot be written" in says("export_workbook", long, "--as=lin", "--reason=归档")
    assert "Nothing can be written" in says("export_workbook", "/proc/x.xlsx", "--as=lin", "--reason=归档")
    assert "1000" in says("export_workbook", tmp_path / "x.xlsx", "--as=lin", "--reason=" + "x" * 1001)
    assert not list(tmp_path.iterdir()) and not LedgerEntry.objects.filter(verb="export").exists()
