"""Sign-in in two steps: whoever is half way is a stranger everywhere, and nothing leads around the second step."""

import re
import time

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people import second_factor
from people.actions import second_factor as actions
from people.actions import users
from people.ledger import recorded
from people.models import Authenticator, LedgerEntry, Session
from tests import cast
from tests.cast import PASSWORD
from tests.second_factor import equip, shown, shown_for
from tests.site import LEAVING, OPEN, pages, parts

pytestmark = pytest.mark.django_db
CODE = "/login/code"
PARTS = {"pk": 1, "key": 1, "kind": "people.user"}


@pytest.fixture(scope="module")
def people(django_db_setup, django_db_blocker):
    """The same for all tests of this module; each of them is undone."""
    with cast.standing(django_db_blocker, cast.make_people) as made:
        yield made


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR = "required"


def told(verb):
    return list(LedgerEntry.objects.filter(verb=verb).order_by("seq"))


def first_step(client, name="lin", **more):
    answer = client.post(reverse("login"), {"username": name, "password": PASSWORD, **more})
    assert answer.status_code == 302 and answer["Location"] == CODE
    assert SESSION_KEY not in client.session
    return answer


def second_step(client, code, **more):
    return client.post(CODE, {"code": code, **more})


def is_in(client):
    return client.get(reverse("home")).status_code == 200


def salt_of(client):
    return client.session["half_way"]["salt"]


def every_address():
    for name in sorted(pages()):
        yield name, reverse(name, kwargs={part: PARTS.get(part, "x") for part in parts(name)})


# --- the way in


def test_after_the_password_nobody_is_in_until_the_code(client, people):
    device, _codes = equip(people.lin)
    first_step(client)
    assert not is_in(client) and not told("sign_in")
    page = client.get(CODE).content.decode()
    assert 'autocomplete="one-time-code"' in page and 'inputmode="numeric"' in page and "autofocus" in page
    assert second_step(client, shown(device))["Location"] == reverse("home")
    assert is_in(client) and client.session["otp_device_id"] == device.persistent_id
    (entry,) = told("sign_in")
    assert entry.actor == people.lin and entry.after == {"factor": "app"}


def test_without_a_second_factor_the_password_is_enough_where_none_is_required(client, people):
    assert client.post(reverse("login"), {"username": "lin", "password": PASSWORD})["Location"] == reverse("home")
    assert is_in(client) and told("sign_in")[0].after == {"factor": "none"}


def test_both_steps_lead_to_where_one_was_bound_and_never_elsewhere(client, people):
    device, _codes = equip(people.lin)
    first_step(client, next=reverse("unit_list"))
    assert second_step(client, shown(device), next="https://example.org/")["Location"] == reverse("unit_list")
    client.post(reverse("logout"))
    first_step(client, next="https://example.org/")
    assert second_step(client, shown(device))["Location"] == reverse("home")


def test_the_session_has_a_new_key_after_each_step(client, people):
    device, _codes = equip(people.lin)
    session = client.session  # as if somebody had given it to the browser
    session["planted"] = 1
    session.save()
    client.cookies["sessionid"] = session.session_key
    keys = [session.session_key]
    first_step(client)
    keys.append(client.session.session_key)
    second_step(client, shown(device))
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3 and "planted" not in client.session and "half_way" not in client.session
    assert list(Session.objects.filter(pk__in=keys).values_list("pk", flat=True)) == keys[2:]


def test_a_recovery_code_lets_in_once_and_says_how_many_are_left(client, people):
    _device, codes = equip(people.lin)
    first_step(client)
    page = client.get(f"{CODE}?recovery").content.decode()
    assert 'inputmode="numeric"' not in page  # letters: a phone must offer them
    assert second_step(client, codes[2])["Location"] == reverse("home")
    assert "9" in client.get(reverse("home")).content.decode().split('class="messages"')[1][:400]
    assert told("sign_in")[0].after == {"factor": "recovery_code"} and len(told("recovery_code_used")) == 1
    again = Client()
    first_step(again)
    assert second_step(again, codes[2]).status_code == 200 and not is_in(again)


# --- setting up on the way in


def test_whoever_must_have_one_sets_it_up_before_he_is_in(client, people, required):
    first_step(client, next=reverse("unit_list"))
    page = client.get(CODE).content.decode()
    assert "<svg" in page and " style=" not in page and second_factor.typed_secret(salt_of(client)) in page
    assert second_step(client, "000000").status_code == 200 and not is_in(client) and not Authenticator.objects.exists()
    answer = second_step(client, shown_for(salt_of(client)))
    codes = re.findall('<li class="code">(.{9})</li>', answer.content.decode())
    assert len(set(codes)) == 10 and f'href="{reverse("unit_list")}"' in answer.content.decode()
    assert is_in(client) and told("sign_in")[0].after == {"factor": "app"}
    assert actions.prove(by=people.lin, typed=codes[0]) == "recovery_code"


def test_the_secret_of_the_picture_stays_the_same_while_one_types(client, people, required):
    first_step(client)
    assert client.get(CODE).context["secret"] == client.get(CODE).context["secret"] == second_step(client, "000000").context["secret"]


def test_two_half_way_at_once_do_not_both_set_one_up(client, people, required):
    """Somebody who knows the password waits beside its owner: the first to set one up has it, the other is out."""
    thief = Client()
    first_step(client)
    first_step(thief)
    assert second_step(client, shown_for(salt_of(client))).status_code == 200
    assert second_step(thief, shown_for(salt_of(thief))).status_code in (200, 302) and not is_in(thief)
    assert Authenticator.objects.get().salt and len(told("second_factor_on")) == 1


def test_setting_up_ends_all_other_sessions(people):
    first, second = Client(), Client()
    for each in (first, second):
        each.force_login(people.lin)
    first.get(reverse("second_factor_add"))
    answer = first.post(reverse("second_factor_add"), {"code": shown_for(first.session["new_salt"])})
    assert answer.status_code == 200 and is_in(first) and not is_in(second)
    assert first.session["otp_device_id"] == people.lin.authenticators.get().persistent_id


# --- half way


def test_half_way_every_page_of_the_site_is_closed(client, people, required):
    """As for a stranger, with a second factor and on the way to one; by GET and by POST."""
    equip(people.lin)
    for name in ("lin", "mei"):
        first_step(client, name)
        before, kept = LedgerEntry.objects.count(), dict(client.session)
        open_ones = [
            (name, address, answer.status_code)
            for name, address in every_address()
            if name not in OPEN | LEAVING
            for answer in (client.get(address), client.post(address, {"reason": "x", "user": people.sys.pk, "username": "sys"}))
            if answer.status_code != 302 or not answer["Location"].startswith(reverse("login"))
        ]
        assert open_ones == [] and dict(client.session) == kept
        assert LedgerEntry.objects.count() == before
    assert client.post(reverse("logout")).status_code == 302 and not told("sign_out")


def test_the_second_step_alone_leads_back_to_the_first(client, people):
    device, _codes = equip(people.lin)
    for answer in (client.get(CODE), second_step(client, shown(device))):
        assert answer["Location"] == reverse("login")
    assert not is_in(client)


def test_what_is_posted_cannot_say_who_one_is(client, people):
    device, _codes = equip(people.lin)
    sys_device, _codes = equip(people.sys)
    first_step(client)
    claims = {"user": people.sys.pk, "username": "sys", "device": sys_device.persistent_id, "otp_device_id": sys_device.persistent_id}
    assert second_step(client, shown(sys_device), **claims).status_code == 200 and not is_in(client)
    Authenticator.objects.update(throttling_failure_timestamp=None)
    second_step(client, shown(device), **claims)
    assert client.session[SESSION_KEY] == str(people.lin.pk)


def test_the_code_of_another_who_is_half_way_elsewhere_helps_nobody(people):
    """CVE class "second factor bypassed": each browser is half way with its own person only."""
    device, _codes = equip(people.lin)
    other, _codes = equip(people.mei)
    mine, hers = Client(), Client()
    first_step(mine, "lin")
    first_step(hers, "mei")
    for client, code in ((mine, shown(other)), (hers, shown(device))):
        assert second_step(client, code).status_code == 200 and not is_in(client)


def test_starting_anew_as_another_forgets_the_first(client, people):
    device, _codes = equip(people.lin)
    other, _codes = equip(people.mei)
    first_step(client, "lin")
    first_step(client, "mei")
    assert second_step(client, shown(device)).status_code == 200 and not is_in(client)
    Authenticator.objects.update(throttling_failure_timestamp=None)
    second_step(client, shown(other))
    assert client.session[SESSION_KEY] == str(people.mei.pk)


def late(client):
    session = client.session
    session["half_way"] = {**session["half_way"], "until": time.time() - 1}
    session.save()


@pytest.mark.parametrize("change", ["late", "password", "switched off", "reset"])
def test_what_changed_between_the_steps_counts(client, people, change):
    device, _codes = equip(people.lin)
    first_step(client)
    code = shown(device)
    if change == "late":
        late(client)
    elif change == "password":
        users.set_password(by=people.sys, user=people.lin, password="quite another one 2022")
    elif change == "switched off":
        users.change(by=people.sys, user=people.lin, is_active=False)
    else:
        actions.reset(by=people.sec, user=people.lin, reason="手机丢了")
    answer = second_step(client, code)
    assert answer.status_code == 302 and answer["Location"].startswith(reverse("login")) and not is_in(client)
    assert "half_way" not in client.session


def test_the_steps_lie_no_further_apart_than_some_minutes(client, people, required):
    equip(people.lin)
    for name, most in (("lin", 5), ("mei", 15)):
        first_step(client, name)
        assert 0 < client.session["half_way"]["until"] - time.time() <= most * 60


# --- wrong codes


def test_wrong_codes_are_told_count_and_after_five_all_begins_anew(client, people, settings):
    settings.AXES_FAILURE_LIMIT = 50  # of it further down
    equip(people.lin)
    first_step(client, next=reverse("unit_list"))
    for number in range(1, 6):
        assert "half_way" in client.session
        answer = second_step(client, "000000")
        Authenticator.objects.update(throttling_failure_timestamp=None)
        assert len(told("sign_in_failed")) == number
    assert answer.status_code == 302 and answer["Location"].startswith(reverse("login")) and "half_way" not in client.session
    entry = told("sign_in_failed")[0]
    assert entry.actor is None and entry.object_id == people.lin.pk and entry.after == {"name": "lin", "step": "code"}
    assert sum(AccessAttempt.objects.filter(username="lin").values_list("failures_since_start", flat=True)) == 5
    assert second_step(client, "000000")["Location"] == reverse("login")


def test_wrong_passwords_and_wrong_codes_lock_the_name_together(client, people, settings):
    device, _codes = equip(people.lin)
    for _each in range(settings.AXES_FAILURE_LIMIT - 1):
        client.post(reverse("login"), {"username": "lin", "password": "wrong"})
    first_step(client)
    assert second_step(client, "000000").status_code == 429
    Authenticator.objects.update(throttling_failure_timestamp=None)
    assert second_step(client, shown(device)).status_code != 200 and not is_in(client)
    assert client.post(reverse("login"), {"username": "lin", "password": PASSWORD}).status_code == 429


def test_who_typed_a_wrong_code_is_told_how_long_to_wait(client, people):
    device, _codes = equip(people.lin)
    first_step(client)
    second_step(client, "000000")
    Authenticator.objects.update(throttling_failure_timestamp=timezone.now() + timezone.timedelta(seconds=40))
    answer = second_step(client, shown(device))
    assert re.search(r"\b4[012]\b", answer.context["form"].errors["code"][0]) and not is_in(client)
    assert len(told("sign_in_failed")) == 1  # it was not looked at, so it counts for nothing


# --- sessions that were there before


def test_where_it_is_required_a_session_without_it_reaches_nothing(client, people, required):
    client.force_login(people.lin)
    answer = client.get(reverse("home"))
    assert answer.status_code == 302 and answer["Location"].startswith(reverse("login"))
    assert SESSION_KEY not in client.session


@pytest.mark.parametrize("whose", ["another's", "unconfirmed", "none"])
def test_a_device_that_is_not_ones_own_and_confirmed_verifies_nobody(client, people, required, whose):
    if whose == "another's":
        named = equip(people.mei)[0].persistent_id
    elif whose == "unconfirmed":
        with recorded(by=people.lin, verb="second_factor_on"):
            named = Authenticator.objects.create(user=people.lin, salt=second_factor.new_salt(), confirmed=False).persistent_id
    else:
        named = "people.authenticator/987654"
    client.force_login(people.lin)
    session = client.session
    session["otp_device_id"] = named
    session.save()
    assert not is_in(client)


def test_an_unconfirmed_one_is_no_second_factor_at_sign_in(client, people, required):
    with recorded(by=people.lin, verb="second_factor_on"):
        old = Authenticator.objects.create(user=people.lin, salt=second_factor.new_salt(), confirmed=False)
    first_step(client)
    assert "<svg" in client.get(CODE).content.decode()
    assert second_step(client, shown(old)).status_code == 200 and not is_in(client)


def test_a_reset_ends_the_sessions_and_the_next_sign_in_sets_up_anew(client, people, required):
    device, _codes = equip(people.lin)
    first_step(client)
    second_step(client, shown(device))
    assert is_in(client)
    actions.reset(by=people.sec, user=people.lin, reason="手机丢了")
    assert not is_in(client)
    first_step(client)
    assert "<svg" in client.get(CODE).content.decode()
