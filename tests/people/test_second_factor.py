"""The second factor: RFC 6238, each code once, recovery codes once, no secret in the database, who may take it away."""

import base64
import io
import re
import time
from contextlib import redirect_stdout

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from people import second_factor as rules
from people.actions import second_factor as actions
from people.ledger import recorded
from people.models import Authenticator, LedgerEntry, RecoveryCode, User
from people.proof import verify
from people.refusals import Refused
from tests import cast
from tests.second_factor import equip, shown, shown_for
from tests.threads import together

pytestmark = pytest.mark.django_db


def refused(*codes):
    return pytest.raises(Refused, match="|".join(codes))


def told(verb):
    return list(LedgerEntry.objects.filter(verb=verb).order_by("seq"))


# --- the codes of the app


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_the_vectors_of_rfc_6238(people, monkeypatch, seconds, code):
    """Appendix B of the RFC (SHA-1), its eight digits cut to six."""
    monkeypatch.setattr(rules, "keys", lambda salt: [b"12345678901234567890"])
    device, _codes = equip(people.lin)
    monkeypatch.setattr(time, "time", lambda: seconds)
    assert not device.verify_token("000000") and code != "000000"
    Authenticator.objects.filter(pk=device.pk).update(throttling_failure_count=0)
    assert device.verify_token(code)


def test_a_code_is_taken_once_and_no_earlier_one_after_it(people):
    device, _codes = equip(people.lin)
    before, now, after = (shown_for(device.salt, later) for later in (-1, 0, 1))
    assert actions.prove(by=people.lin, typed=now) == "app"
    for code in (now, before):
        with refused("code_wrong"):
            actions.prove(by=people.lin, typed=code)
        patient(device)
    assert actions.prove(by=people.lin, typed=after) == "app"  # a clock that is fast by a step


def test_a_code_of_half_a_minute_ago_is_taken_an_older_one_is_not(people, monkeypatch):
    device, _codes = equip(people.lin)
    monkeypatch.setattr(time, "time", lambda: 1_900_000_000)
    with refused("code_wrong"):
        actions.prove(by=people.lin, typed=shown_for(device.salt, -2))
    patient(device)
    assert actions.prove(by=people.lin, typed=shown_for(device.salt, -1)) == "app"


def patient(device):
    """As if one had waited after a wrong code."""
    Authenticator.objects.filter(pk=device.pk).update(throttling_failure_count=0, throttling_failure_timestamp=None)


def test_codes_are_read_as_people_type_them(people):
    device, codes = equip(people.lin)
    code = shown(device)
    assert actions.prove(by=people.lin, typed=f" {code[:3]}　{code[3:]} ".translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"})) == "app"
    assert actions.prove(by=people.lin, typed=codes[0].upper().replace("-", " - ")) == "recovery_code"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "-12345", "12345a", "１２３", "0x1234", "\x00" * 6, "١٢٣٤٥٦"])
def test_what_is_no_code_is_wrong(people, typed):
    equip(people.lin)
    with refused("code_wrong"):
        actions.prove(by=people.lin, typed=typed)


def test_a_code_of_another_is_wrong(people):
    equip(people.lin)
    other, codes = equip(people.mei)
    for typed in (shown(other), codes[0]):
        with refused("code_wrong"):
            actions.prove(by=people.lin, typed=typed)
        patient(people.lin.authenticators.get())
    assert people.mei.authenticators.get().recovery_codes.count() == 10


def test_an_authenticator_that_was_never_confirmed_proves_nothing(people):
    with recorded(by=people.lin, verb="second_factor_on"):
        device = Authenticator.objects.create(user=people.lin, salt=rules.new_salt(), confirmed=False)
    with refused("no_second_factor"):
        actions.prove(by=people.lin, typed=shown(device))


def test_wrong_codes_make_the_next_attempt_wait_even_a_right_one(people):
    device, codes = equip(people.lin)
    with refused("code_wrong"):
        actions.prove(by=people.lin, typed="000000")
    for typed in (shown(device), codes[0]):
        with refused("code_wait"):
            actions.prove(by=people.lin, typed=typed)
    assert device.recovery_codes.count() == 10
    Authenticator.objects.filter(pk=device.pk).update(throttling_failure_timestamp=timezone.now() - timezone.timedelta(seconds=2))
    assert actions.prove(by=people.lin, typed=shown(device)) == "app"
    device.refresh_from_db()
    assert device.throttling_failure_count == 0


def test_nobody_is_kept_out_for_long_by_the_wrong_codes_of_another(people):
    device, _codes = equip(people.lin)
    for _each in range(40):
        Authenticator.objects.filter(pk=device.pk).update(throttling_failure_timestamp=None)
        with refused("code_wrong"):
            actions.prove(by=people.lin, typed="abc")
    device.refresh_from_db()
    _allowed, why = device.verify_is_allowed()
    assert why["locked_until"] - timezone.now() < timezone.timedelta(minutes=9)


# --- recovery codes


def test_a_recovery_code_works_once_and_is_told(people):
    device, codes = equip(people.lin)
    assert len(set(codes)) == 10 and all(re.fullmatch("[a-hj-km-np-z2-9]{4}-[a-hj-km-np-z2-9]{4}", code) for code in codes)
    assert actions.prove(by=people.lin, typed=codes[4]) == "recovery_code"
    with refused("code_wrong"):
        actions.prove(by=people.lin, typed=codes[4])
    assert device.recovery_codes.count() == 9
    (entry,) = told("recovery_code_used")
    assert entry.actor == people.lin and entry.object_id == device.pk
    assert codes[4] not in str(entry.before) and list(verify()) == []


def test_new_codes_replace_the_old_ones(people):
    device, old = equip(people.lin)
    new = actions.new_codes(by=people.lin)
    assert device.recovery_codes.count() == 10 and not set(new) & set(old)
    with refused("code_wrong"):
        actions.prove(by=people.lin, typed=old[0])
    patient(device)
    assert actions.prove(by=people.lin, typed=new[0]) == "recovery_code"
    assert len(told("second_factor_codes")) == 1


# --- setting up, doing without, reset


def test_setting_up_asks_for_a_code_of_the_app_and_that_code_is_spent(people):
    salt = rules.new_salt()
    with refused("code_wrong"):
        actions.set_up(by=people.lin, salt=salt, typed=shown_for(rules.new_salt()))
    assert not Authenticator.objects.exists()
    code = shown_for(salt)
    actions.set_up(by=people.lin, salt=salt, typed=code)
    with refused("code_wrong"):
        actions.prove(by=people.lin, typed=code)
    (entry,) = told("second_factor_on")
    assert (entry.actor, entry.object_type) == (people.lin, "people.authenticator") and list(verify()) == []


def test_a_second_one_is_only_taken_from_whoever_has_shown_the_first(people):
    device, _codes = equip(people.lin)
    salt = rules.new_salt()
    with refused("second_factor_there"):
        actions.set_up(by=people.lin, salt=salt, typed=shown_for(salt))
    new, _codes = actions.set_up(by=people.lin, salt=salt, typed=shown_for(salt), replace=True)
    assert list(Authenticator.objects.filter(user=people.lin)) == [new] and new.pk != device.pk
    assert RecoveryCode.objects.count() == 10 and list(verify()) == []


def test_it_is_removed_only_where_it_is_not_required(people):
    equip(people.lin)
    with override_settings(SECOND_FACTOR="required"), refused("second_factor_required"):
        actions.remove(by=people.lin)
    actions.remove(by=people.lin)
    assert not Authenticator.objects.exists() and not RecoveryCode.objects.exists()
    assert len(told("second_factor_off")) == 1 and list(verify()) == []
    with refused("no_second_factor"):
        actions.remove(by=people.lin)


@pytest.mark.parametrize("role", ["lin", "rui", "man", "aud", "sys", "nobody"])
def test_only_the_security_administrator_resets_not_whoever_sets_passwords(people, role):
    equip(people.mei)
    with refused("role_missing"):
        actions.reset(by=getattr(people, role), user=people.mei, reason="手机丢了")
    assert Authenticator.objects.of(people.mei)


def test_nobody_resets_his_own(people):
    equip(people.sec)
    with refused("not_own_second_factor"):
        actions.reset(by=people.sec, user=people.sec, reason="手机丢了")
    actions.reset(by=cast.add_user("sec2", "security"), user=people.sec, reason="手机丢了")
    assert not Authenticator.objects.exists()
    (entry,) = told("reset_second_factor")
    assert entry.actor_name == "sec2" and entry.reason == "手机丢了" and list(verify()) == []


def test_a_security_administrator_resets_within_his_units(people):
    equip(people.lin)
    with refused("outside_scope"):
        actions.reset(by=cast.add_user("east_sec", "security", people.east_unit), user=people.lin, reason="手机丢了")
    assert Authenticator.objects.of(people.lin)


def test_the_owner_can_have_it_reset_from_the_server(people):
    equip(people.sec)
    call_command("reset_second_factor", "sec", reason="唯一的安全管理员手机丢了", stdout=io.StringIO())
    (entry,) = told("reset_second_factor")
    assert entry.actor is None and not Authenticator.objects.exists()


# --- what the database holds


def test_no_secret_and_no_recovery_code_is_in_the_database_or_the_ledger(people):
    device, codes = equip(people.lin)
    actions.prove(by=people.lin, typed=codes[0])
    (secret,) = rules.keys(device.salt)
    with io.StringIO() as out, redirect_stdout(out):
        for table in connection.introspection.table_names():
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
                print(cursor.fetchall())
        dump = out.getvalue().lower()
    assert device.salt in dump  # the search finds what is there
    for trace in (secret.hex(), base64.b32encode(secret).decode(), base64.b64encode(secret).decode().rstrip("="), str(secret)[2:-1], *codes):
        assert trace.lower() not in dump and trace.replace("-", "").lower() not in dump


def test_the_same_database_under_another_key_knows_no_code(people):
    device, codes = equip(people.lin)
    code = shown(device)
    with override_settings(SECRET_KEY="k" * 60):
        for typed in (code, codes[0]):
            with refused("code_wrong"):
                actions.prove(by=people.lin, typed=typed)
            patient(device)


def test_a_new_key_with_the_old_one_as_fallback_locks_nobody_out(people, settings):
    device, codes = equip(people.lin)
    code, old = shown(device), settings.SECRET_KEY
    with override_settings(SECRET_KEY="k" * 60, SECRET_KEY_FALLBACKS=[old]):
        assert actions.prove(by=people.lin, typed=code) == "app"
        assert actions.prove(by=people.lin, typed=codes[0]) == "recovery_code"


def test_the_picture_says_what_the_app_needs_and_bears_no_style(people):
    salt = rules.new_salt()
    address = rules.address(salt, "lin@县")
    assert address.startswith("otpauth://totp/") and ":lin%40%E5%8E%BF?" in address
    secret = re.search("secret=([A-Z2-7]+)", address)[1]
    assert base64.b32decode(secret) == rules.keys(salt)[0] and rules.typed_secret(salt).replace(" ", "") == secret
    drawn = rules.picture(salt, "lin")
    assert drawn.startswith("<svg") and "style" not in drawn and 'fill="#fff"' in drawn and 'stroke="#000"' in drawn


# --- two at once


@pytest.mark.both_engines
@pytest.mark.django_db(transaction=True)
def test_one_code_used_twice_at_once_signs_one_in(people):
    """Of the app and of paper: exactly one of two attempts gets through."""
    device, codes = equip(people.lin)
    for typed in (shown(device), codes[0]):
        patient(device)
        user = [User.objects.get(pk=people.lin.pk) for _each in range(2)]
        results = together(*(lambda user=one, typed=typed: actions.prove(by=user, typed=typed) for one in user))
        assert [isinstance(result, Refused) for result in results].count(True) == 1, results
    device.refresh_from_db()
    assert device.recovery_codes.count() == 9 and list(verify()) == []


@pytest.mark.both_engines
@pytest.mark.django_db(transaction=True)
def test_two_who_set_one_up_at_once_do_not_both_have_it(people):
    salts = [rules.new_salt(), rules.new_salt()]
    works = (lambda salt=salt: actions.set_up(by=User.objects.get(pk=people.lin.pk), salt=salt, typed=shown_for(salt)) for salt in salts)
    results = together(*works)
    assert [isinstance(result, Refused) for result in results].count(True) == 1, results
    assert Authenticator.objects.get().recovery_codes.count() == 10 and list(verify()) == []
