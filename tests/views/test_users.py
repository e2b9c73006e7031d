"""Accounts and grants: who sees them, who changes them, and that nothing is given by an empty field."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from people.actions import grants
from people.models import Grant, LedgerEntry, User
from tests import cast
from tests.views.helpers import english, errors, same_cost, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def sec(client, people):
    return english(client, people.sec)


@pytest.fixture
def sys(client, people):
    return english(client, people.sys)


def page(user, what="detail"):
    return reverse(f"user_{what}", args=[user.pk])


GRANT = {"role": "manager", "reach": "unit", "unit": "W", "valid_from": "2022-04-01", "reason": "任职文件"}


def listed(response):
    return {row.record.username for row in response.context["table"].rows}


def test_security_sees_roles_and_system_sees_accounts(client, people):
    text = texts(english(client, people.sec).get(reverse("user_list")))
    assert "Assessor (河源县)" in text and "Security administrator (everywhere)" in text
    text = texts(english(client, people.sys).get(reverse("user_list")))
    assert "lin" in text and "Assessor" not in text.split("</thead>")[1]


def test_who_sees_no_grants_is_not_told_that_there_are_none(client, people):
    headings = {}
    for user in (people.sec, people.sys):
        table = english(client, user).get(reverse("user_list")).context["table"]
        headings[user] = [str(column.header) for column in table.columns]
    assert "Roles in force" in headings[people.sec] and "Roles in force" not in headings[people.sys]


def test_the_list_is_filtered_by_role_in_force(sec, people):
    assert listed(sec.get(reverse("user_list"), {"role": "reviewer"})) == {"rui", "rong", "east_reviewer"}
    grants.end(by=people.sec, grant=Grant.objects.get(user=people.rui))
    assert "rui" not in listed(sec.get(reverse("user_list"), {"role": "reviewer"}))
    assert listed(sec.get(reverse("user_list"), {"q": "east_a"}, follow=True)) == {"east_assessor", "east_aud"}


def test_an_auditor_of_a_unit_sees_those_who_act_there(client, people):
    aud = english(client, people.east_aud)
    assert listed(aud.get(reverse("user_list"))) == {"east", "east_assessor", "east_reviewer", "east_aud"}
    assert aud.get(page(people.lin)).status_code == 404


def test_business_roles_see_no_accounts(client, people):
    for user in (people.lin, people.rui, people.man, people.nobody):
        client.force_login(user)
        assert client.get(reverse("user_list")).status_code == 403
        assert client.get(page(people.sec)).status_code == 404


def test_an_account_is_made_without_any_role(sys, people):
    form = sys.get(reverse("user_add")).context["form"]
    password = form["password"].value()
    response = sys.post(reverse("user_add"), {"username": "zhou", "name": "周三", "cadre": "G002", "password": password})
    made = User.objects.get(username="zhou")
    assert response.url == page(made) and made.check_password(password) and made.cadre == people.nima
    assert not made.grants.exists()
    assert password not in str(list(LedgerEntry.objects.values_list("after", "before", "reason")))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"username": "lin"}, "username"),
        ({"username": "a b"}, "username"),
        ({"cadre": "G999"}, "cadre"),
        ({"cadre": "达瓦"}, "cadre"),  # by code only: a name would tell who is there
        ({"cadre": "G009"}, "cadre"),  # has an account
        ({"password": "12345"}, "password"),
        ({"email": "nowhere"}, "email"),
    ],
)
def test_wrong_input_is_kept_and_named(sys, people, typed, field):
    response = sys.post(reverse("user_add"), {"username": "zhou", "name": "周三", "password": "Kx7pQ2mN9rT4", **typed})
    assert list(errors(response)) == [field] and 'value="周三"' in texts(response)
    assert not User.objects.filter(username="zhou").exists()


def test_system_edits_switches_and_sets_passwords(sys, client, people):
    sys.post(page(people.man, "edit"), {"name": "满主任", "email": "", "cadre": ""})
    sys.post(page(people.man, "switch"))
    people.man.refresh_from_db()
    assert (people.man.name, people.man.is_active) == ("满主任", False)
    sys.post(page(people.man, "password"), {"password": "Kx7pQ2mN9rT4"})
    people.man.refresh_from_db()
    assert people.man.check_password("Kx7pQ2mN9rT4")
    assert LedgerEntry.objects.filter(verb="password_changed", actor=people.sys).exists()
    himself = sys.post(page(people.sys, "switch"))
    assert himself.status_code == 403


def test_the_cadre_of_an_account_shows_as_a_code_only(sys, people):
    assert sys.get(page(people.hai, "edit")).context["form"]["cadre"].value() == "G009"
    assert "G009" in texts(sys.get(page(people.hai)))


def test_security_may_not_touch_accounts_nor_system_grants(client, people):
    for what in ("edit", "switch", "password"):
        response = english(client, people.sec).get(page(people.man, what))
        assert response.status_code == 403 and "System administrator" in response.content.decode()
    response = english(client, people.sys).post(reverse("grant_add", args=[people.nobody.pk]), GRANT)
    assert response.status_code == 403 and "Security administrator" in response.content.decode()


def test_a_role_is_given_and_ended(sec, people):
    response = sec.post(reverse("grant_add", args=[people.nobody.pk]), GRANT)
    assert response.url == page(people.nobody)
    made = Grant.objects.get(user=people.nobody)
    assert (made.role, made.unit, made.granted_by) == ("manager", people.west_unit, people.sec)
    assert LedgerEntry.objects.filter(object_type="people.grant", reason="任职文件").exists()
    assert "in force" in texts(sec.get(page(people.nobody)))

    end = reverse("grant_end", args=[made.pk])
    assert "reason" in errors(sec.post(end, {"reason": ""}))
    sec.post(end, {"reason": "调离"})
    made.refresh_from_db()
    assert made.valid_until == timezone.localdate() - timedelta(1)
    assert "over" in texts(sec.get(page(people.nobody)))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"unit": ""}, "unit"),  # an empty field gives nothing, least of all everything
        ({"reach": "everything"}, "unit"),
        ({"reach": ""}, "reach"),
        ({"unit": "nowhere"}, "unit"),
        ({"reason": ""}, "reason"),
        ({"role": "king"}, "role"),
        ({"valid_until": "2022-03-01"}, "valid_until"),
    ],
)
def test_a_grant_is_asked_for_in_full(sec, people, typed, field):
    response = sec.post(reverse("grant_add", args=[people.nobody.pk]), {**GRANT, **typed})
    assert list(errors(response)) == [field]
    assert not Grant.objects.filter(user=people.nobody).exists()


def test_everything_can_be_given_when_it_is_said(sec, people):
    sec.post(reverse("grant_add", args=[people.nobody.pk]), {**GRANT, "reach": "everything", "unit": ""})
    assert Grant.objects.get(user=people.nobody).unit is None


def test_administrators_hold_one_role_only_and_give_none_to_themselves(sec, people):
    response = sec.post(reverse("grant_add", args=[people.aud.pk]), GRANT)
    assert list(errors(response)) == ["role"]
    response = sec.post(reverse("grant_add", args=[people.sec.pk]), {**GRANT, "role": "security"})
    assert "Nobody grants a role to himself" in texts(response)


def test_the_list_of_grants(sec, client, people):
    text = texts(sec.get(reverse("grant_list")))
    assert "everywhere" in text and "东滩镇" in text
    aud = english(client, people.east_aud).get(reverse("grant_list"))
    assert {row.record.unit for row in aud.context["table"].rows} == {people.east_unit}


def test_one_changes_ones_own_password(client, people):
    lin, url = english(client, people.lin), reverse("own_password")
    new = {"old": cast.PASSWORD, "password": "Kx7pQ2mN9rT4", "again": "Kx7pQ2mN9rT4"}
    assert list(errors(lin.post(url, {**new, "old": "no"}))) == ["old"]
    assert list(errors(lin.post(url, {**new, "again": "no"}))) == ["again"]
    weak = lin.post(url, {**new, "password": "123", "again": "123"})
    assert list(errors(weak)) == ["password"]
    assert lin.post(url, new).status_code == 302
    people.lin.refresh_from_db()
    assert people.lin.check_password("Kx7pQ2mN9rT4")
    assert lin.get(url).status_code == 200  # still signed in


def test_lists_cost_the_same_with_many(sec, people):
    def grow(number):
        for n in range(1, number + 1):
            if not User.objects.filter(username=f"z{n}").exists():
                cast.add_user(f"z{n}", "manager", people.east_unit)

    same_cost(sec, reverse("user_list") + "?q=z", grow)
    same_cost(sec, reverse("grant_list") + "?q=z", lambda n: None)


def test_the_page_costs_the_same_with_many(sec, people):
    def grow(number):
        """Grants that follow one another, each over before the next begins."""
        for n in range(Grant.objects.filter(user=people.nobody).count(), number):
            first = timezone.localdate() - timedelta(1000 - 2 * n)
            grants.give(by=people.sec, user=people.nobody, role="manager", unit=people.east_unit, valid_from=first, valid_until=first)

    same_cost(sec, page(people.nobody), grow)
