"""The pages of one's second factor, and its reset by the security administrator."""

import pytest
from django.urls import reverse

from people import second_factor
from people.models import Authenticator, LedgerEntry, RecoveryCode
from tests.second_factor import equip, shown_for
from tests.views.helpers import english, texts

pytestmark = pytest.mark.django_db
PAGE, ADD, CODES, REMOVE = (reverse(name) for name in ("second_factor", "second_factor_add", "second_factor_codes", "second_factor_remove"))


def told(verb):
    return list(LedgerEntry.objects.filter(verb=verb).order_by("seq"))


def codes_on(answer):
    return answer.context["codes"]


def test_everybody_sees_the_state_of_his_own(client, people):
    assert "Not set up" in texts(english(client, people.nobody).get(PAGE))
    equip(people.nobody)
    client.force_login(people.nobody)
    page = texts(client.get(PAGE))
    assert "In use" in page and "<dd>10</dd>" in page and "Few recovery codes" not in page and REMOVE in page


@pytest.mark.parametrize(("left", "words"), [(4, ""), (3, "Few recovery codes are left"), (0, "No recovery code is left")])
def test_few_recovery_codes_are_warned_of(client, people, left, words):
    equip(people.lin)
    spent = RecoveryCode.objects.order_by("pk").values_list("pk", flat=True)[left:]
    RecoveryCode.objects.filter(pk__in=list(spent))._raw_delete("default")
    page = texts(english(client, people.lin).get(PAGE))
    assert words in page and f"<dd>{left}</dd>" in page and ("note warning" in page) == bool(words)


def test_looking_at_the_page_of_setting_up_writes_nothing(client, people):
    client.force_login(people.lin)
    before = LedgerEntry.objects.count()
    first, second = client.get(ADD).context["secret"], client.get(ADD).context["secret"]
    assert first != second  # a picture that somebody saw earlier is worth nothing
    assert not Authenticator.objects.exists() and LedgerEntry.objects.count() == before


def test_setting_up_shows_the_codes_once_and_the_session_goes_on_verified(client, people):
    client.force_login(people.lin)
    client.get(ADD)
    key = client.session.session_key
    answer = client.post(ADD, {"code": shown_for(client.session["new_salt"])})
    assert len(codes_on(answer)) == 10 and all(code in texts(answer) for code in codes_on(answer))
    assert client.session.session_key != key and "new_salt" not in client.session
    assert not any(code in texts(client.get(PAGE)) for code in codes_on(answer))
    assert [entry.actor for entry in told("second_factor_on")] == [people.lin]


def test_a_code_of_another_picture_takes_nothing_into_use(client, people):
    client.force_login(people.lin)
    client.get(ADD)
    for code in (shown_for(second_factor.new_salt()), ""):
        assert client.post(ADD, {"code": code, "salt": "x", "new_salt": "x"}).context["form"].errors["code"]
    assert not Authenticator.objects.exists()


def test_a_form_sent_twice_does_it_once_and_says_where_the_codes_were(client, people):
    equip(people.lin)
    client.force_login(people.lin)
    page = client.get(CODES).content.decode()
    once = page.split('name="once" value="')[1].split('"')[0]
    first = client.post(CODES, {"once": once})
    digests = set(RecoveryCode.objects.values_list("digest", flat=True))
    second = client.post(CODES, {"once": once}, follow=True)
    assert len(codes_on(first)) == 10 and second.redirect_chain[-1][0] == PAGE
    assert set(RecoveryCode.objects.values_list("digest", flat=True)) == digests and len(told("second_factor_codes")) == 1


def test_where_it_is_required_it_is_replaced_but_not_switched_off(client, people, settings):
    device, _codes = equip(people.lin)
    client.force_login(people.lin)
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    settings.SECOND_FACTOR = "required"
    assert REMOVE not in texts(client.get(PAGE))
    assert client.get(REMOVE).status_code == client.post(REMOVE).status_code == 403
    assert Authenticator.objects.exists()


def test_where_it_is_optional_its_owner_switches_it_off(client, people):
    equip(people.lin)
    client.force_login(people.lin)
    assert client.get(REMOVE).status_code == 200
    assert client.post(REMOVE)["Location"] == PAGE
    assert not Authenticator.objects.exists() and told("second_factor_off")[0].actor == people.lin
    assert client.get(REMOVE).status_code == 403


def test_the_security_administrator_resets_it_for_a_reason(client, people):
    equip(people.lin)
    address, page = reverse("user_second_factor_reset", args=[people.lin.pk]), reverse("user_detail", args=[people.lin.pk])
    english(client, people.sec)
    assert address in texts(client.get(page))
    assert client.post(address, {"reason": ""}).context["form"].errors["reason"] and Authenticator.objects.exists()
    assert client.post(address, {"reason": "手机丢了"})["Location"] == page
    assert not Authenticator.objects.exists() and told("reset_second_factor")[0].reason == "手机丢了"
    again = texts(client.get(page))
    assert address not in again and "This account has no second factor." in again and "Not set up" in again


@pytest.mark.parametrize("handle", ["sys", "aud", "lin", "rui", "man", "nobody"])
def test_nobody_else_does(client, people, handle):
    equip(people.mei)
    address = reverse("user_second_factor_reset", args=[people.mei.pk])
    client.force_login(getattr(people, handle))
    for answer in (client.get(address), client.post(address, {"reason": "手机丢了"})):
        assert answer.status_code in (403, 404)
    assert Authenticator.objects.exists() and not told("reset_second_factor")
    if handle == "sys":
        assert address not in texts(client.get(reverse("user_detail", args=[people.mei.pk])))


def test_ones_own_is_not_reset(client, people):
    equip(people.sec)
    client.force_login(people.sec)
    address = reverse("user_second_factor_reset", args=[people.sec.pk])
    assert client.get(address).status_code == client.post(address, {"reason": "手机丢了"}).status_code == 403
    assert Authenticator.objects.exists()
