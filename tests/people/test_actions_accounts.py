"""Accounts and grants: who gives what to whom, and which roles exclude one another."""

from datetime import date, timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from people import access, passwords, proof
from people.actions import grants, users
from people.canonical import sha256_hex
from people.models import Grant, LedgerEntry, User
from people.refusals import Refused
from tests.cast import PASSWORD, add_user, again

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]


def refusals(action, **options):
    with pytest.raises(Refused) as refused:
        action(**options)
    return [(r.code, r.field) for r in refused.value.refusals]


# --- accounts


def test_an_account_is_made_by_the_system_administrator(people):
    user = users.add(by=people.sys, username="new.one", password=PASSWORD, cadre=people.dawa)
    assert user.name == "达瓦" and user.check_password(PASSWORD) and access.roles(user) == set()
    told = LedgerEntry.objects.get(object_type="people.user", object_id=user.pk).after
    assert told["password"] == sha256_hex(user.password) and user.password not in str(told)
    for other in (people.lin, people.sec, people.aud):
        assert refusals(users.add, by=other, username="x", password=PASSWORD) == [("role_missing", "")]


def test_what_is_wrong_with_an_account(people):
    assert refusals(users.add, by=people.sys, username="a b", password="short", email="nowhere", cadre=people.cadres["hai"]) == [
        ("bad_username", "username"), ("bad_email", "email"), ("cadre_has_account", "cadre"), ("weak_password", "password"),
    ]  # fmt: skip
    assert refusals(users.add, by=people.sys, username="LIN", password=PASSWORD) == [("username_taken", "username")]
    assert refusals(users.add, by=people.sys, username="", password="") == [("required", "username"), ("required", "password")]
    assert ("weak_password", "password") in refusals(users.add, by=people.sys, username="zhuomacuo1", password="zhuomacuo1")
    assert set(refusals(users.add, by=people.sys, username="x", password="1234567890")) == {("weak_password", "password")}


def test_the_installation_may_set_a_weak_password_on_a_closed_site_only(db):
    assert users.add(by=None, username="x", password="x").check_password("x")
    with override_settings(PRODUCTION=True):
        assert set(refusals(users.add, by=None, username="y", password="y")) == {("weak_password", "password")}


def test_a_made_up_password_is_strong():
    made = {passwords.made_up() for _ in range(50)}
    assert len(made) == 50 and all(len(p) == 16 and passwords.weaknesses(p, User(username="x")) == [] for p in made)


def test_accounts_are_switched_off_not_deleted(people):
    users.change(by=people.sys, user=people.lin, is_active=False)
    assert not again(people.lin).is_active and access.roles(again(people.lin)) == set()
    assert refusals(users.change, by=people.sys, user=people.sys, is_active=False) == [("not_oneself", "is_active")]
    assert refusals(users.change, by=people.lin, user=people.mei, is_active=False) == [("role_missing", "")]


def test_passwords(people):
    users.set_password(by=people.lin, user=people.lin, password="another long walk")
    assert again(people.lin).check_password("another long walk")
    entry = LedgerEntry.objects.first()
    assert (entry.verb, entry.actor, entry.object_id) == ("password_changed", people.lin, people.lin.pk)
    assert "walk" not in str(LedgerEntry.objects.filter(seq=entry.seq).values()) and list(proof.verify()) == []
    users.set_password(by=people.sys, user=people.lin, password="third long walk")
    assert refusals(users.set_password, by=people.mei, user=people.lin, password="fourth long walk") == [("role_missing", "")]
    assert set(refusals(users.set_password, by=people.lin, user=people.lin, password="123")) == {("weak_password", "password")}


# --- grants


def test_the_security_administrator_grants(people):
    grant = grants.give(by=people.sec, user=people.nobody, role="assessor", unit=people.east_unit)
    assert (grant.granted_by, grant.valid_from, grant.valid_until) == (people.sec, timezone.localdate(), None)
    assert access.can(people.nobody, "save_cadre", people.dawa) and not access.can(people.nobody, "save_cadre", people.karma)
    for other in (people.lin, people.sys, people.aud):
        assert refusals(grants.give, by=other, user=people.nobody, role="manager") == [("role_missing", "")]
    assert refusals(grants.give, by=people.sec, user=people.sec, role="manager") == [("grant_to_oneself", "user"), ("roles_exclusive", "role")]


def test_grants_reach_no_further_than_ones_own(people):
    east = add_user("east_sec", "security", people.east_unit)
    grants.give(by=east, user=people.nobody, role="manager", unit=people.east_village)
    assert refusals(grants.give, by=east, user=people.nobody, role="manager", unit=people.west_unit) == [("outside_scope", "unit")]
    assert refusals(grants.give, by=east, user=people.nobody, role="manager") == [("outside_scope", "unit")]  # everything
    everything = grants.give(by=people.sec, user=people.nobody, role="manager")
    assert refusals(grants.end, by=east, grant=everything) == [("outside_scope", "unit")]


def test_administrator_roles_exclude_all_others_while_they_hold(people):
    today, day = timezone.localdate(), timedelta(1)
    for user, role in ((people.lin, "auditor"), (people.aud, "assessor"), (people.aud, "system"), (people.sys, "security")):
        assert refusals(grants.give, by=people.sec if user != people.sec else None, user=user, role=role) == [("roles_exclusive", "role")]
    grants.give(by=people.sec, user=people.lin, role="reviewer")  # business roles go together
    grants.give(by=people.sec, user=people.nobody, role="auditor", valid_until=today)
    assert refusals(grants.give, by=people.sec, user=people.nobody, role="manager") == [("roles_exclusive", "role")]
    grants.give(by=people.sec, user=people.nobody, role="manager", valid_from=today + day)  # one after the other
    assert refusals(grants.give, by=people.sec, user=people.nobody, role="manager", valid_from=today + day) == [("grant_exists", "role")]


def test_periods(people):
    start = date(2030, 1, 2)
    options = {"by": people.sec, "user": people.nobody, "role": "manager"}
    assert refusals(grants.give, **options, valid_from=start, valid_until=date(2030, 1, 1)) == [("ends_before_start", "valid_until")]
    grants.give(**options, valid_from=start)
    assert access.roles(again(people.nobody)) == set()


def test_an_ended_grant_is_gone_at_once(people):
    new = grants.give(by=people.sec, user=people.nobody, role="manager")
    grants.end(by=people.sec, grant=new, reason="误授")
    assert access.roles(again(people.nobody)) == set() and not Grant.objects.filter(pk=new.pk).exists()
    old = grants.give(by=people.sec, user=people.nobody, role="manager", valid_from=timezone.localdate() - timedelta(9))
    grants.end(by=people.sec, grant=old, reason="调离")
    old.refresh_from_db()
    assert old.valid_until == timezone.localdate() - timedelta(1) and access.roles(again(people.nobody)) == set()
    assert set(LedgerEntry.objects.filter(reason__in=["误授", "调离"]).values_list("reason", flat=True)) == {"误授", "调离"}
    assert list(proof.verify()) == []
