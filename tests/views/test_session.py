"""Sign-in, sign-out and language: all of it works before anybody is in, and coming and going is in the ledger."""

import pytest
from django.urls import reverse

from people.actions import users
from people.models import LedgerEntry
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db


def told(verb):
    return LedgerEntry.objects.filter(verb=verb).order_by("seq")


def sign_in(client, name="lin", password=PASSWORD, **more):
    return client.post(reverse("login"), {"username": name, "password": password, **more})


def test_signing_in_leads_home_and_is_told(client, people):
    assert client.get(reverse("login")).status_code == 200
    answer = sign_in(client)
    assert answer.status_code == 302 and answer["Location"] == reverse("home")
    entry = told("sign_in").get()
    assert (entry.actor, entry.object_id, entry.address) == (people.lin, people.lin.pk, "127.0.0.1") and entry.request_id


def test_signing_in_goes_on_to_where_one_was_bound_but_never_elsewhere(client, people):
    answer = client.get(reverse("unit_list"))
    assert answer.status_code == 302 and answer["Location"].startswith(reverse("login"))
    assert sign_in(client, next=reverse("unit_list"))["Location"] == reverse("unit_list")
    client.logout()
    assert sign_in(client, next="https://example.org/")["Location"] == reverse("home")


def test_a_wrong_password_is_told_with_the_name_that_was_tried(client, people):
    answer = sign_in(client, password="wrong")
    assert answer.status_code == 200 and answer.context["form"].errors
    entry = told("sign_in_failed").get()
    assert entry.actor is None and entry.object_id == people.lin.pk and entry.after == {"name": "lin"}
    assert "wrong" not in str(entry.after) and not told("sign_in").exists()


def test_a_name_that_nobody_has_is_told_and_cut(client, people):
    sign_in(client, name="x" * 60)
    entry = told("sign_in_failed").get()
    assert entry.object_id is None and entry.object_name == "x" * 60
    sign_in(client, name="y" * 300)
    assert all(len(entry.object_name) <= 60 for entry in told("sign_in_failed"))


def test_a_half_filled_form_and_signs_that_no_text_holds_are_no_attempt(client, people):
    for name, password in (("lin", ""), ("", PASSWORD), ("li\x00n", PASSWORD)):
        assert sign_in(client, name, password).status_code == 200
    assert not told("sign_in_failed").exists()


def test_who_is_switched_off_does_not_come_in(client, people):
    users.change(by=people.sys, user=people.lin, is_active=False)
    assert sign_in(client).status_code == 200
    assert told("sign_in_failed").count() == 1


def test_signing_out_is_told_and_needs_a_post(client, people):
    client.force_login(people.lin)
    assert client.get(reverse("logout")).status_code == 405
    assert not told("sign_out").exists()
    assert client.post(reverse("logout"))["Location"] == reverse("login")
    assert told("sign_out").get().actor == people.lin
    assert client.get(reverse("home")).status_code == 302
    client.post(reverse("logout"))
    assert told("sign_out").count() == 1


def test_who_is_in_is_not_asked_again(client, people):
    client.force_login(people.lin)
    assert client.get(reverse("login"))["Location"] == reverse("home")


def test_everybody_chooses_his_language_before_and_after_signing_in(client, people):
    for _ in range(2):
        assert client.post(reverse("set_language"), {"language": "en", "next": reverse("login")}).status_code == 302
        assert client.cookies["django_language"].value == "en"
        client.force_login(people.lin)


def test_the_last_sign_in_needs_no_entry_of_its_own(client, people):
    sign_in(client)
    assert not LedgerEntry.objects.filter(object_type="people.user", object_id=people.lin.pk, verb="save_user", actor=people.lin).exists()
    people.lin.refresh_from_db()
    assert people.lin.last_login
