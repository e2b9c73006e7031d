"""Wrong passwords lock a user name for a while; nobody learns by it whether the name exists."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people import lock_out
from people.models import LedgerEntry
from tests.cast import PASSWORD
from tests.views.helpers import english, texts

pytestmark = pytest.mark.django_db
WRONG = "a wrong password"


def attempt(name="lin", password=WRONG, **more):
    """Somebody with a browser of his own tries to sign in."""
    client = Client(**more)
    client.cookies["django_language"] = "en"
    return client.post(reverse("login"), {"username": name, "password": password})


def lock(name="lin"):
    for _time in range(4):
        assert attempt(name).status_code == 200
    answer = attempt(name)
    assert answer.status_code == 429
    return answer


def told(verb):
    return list(LedgerEntry.objects.filter(verb=verb).order_by("seq"))


def wait(minutes):
    """As if the wrong passwords had been given so many minutes earlier."""
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=minutes))


def test_five_wrong_passwords_lock_the_name_for_fifteen_minutes(people):
    page = lock().content.decode()
    assert "5 times" in page and "15 minutes" in page and "system administrator" in page
    assert attempt(password=PASSWORD).status_code == 429, "the right one does not help now"
    wait(14)
    assert attempt(password=PASSWORD).status_code == 429
    wait(16)
    assert attempt(password=PASSWORD).status_code == 302


def test_the_lock_follows_the_name_from_machine_to_machine_and_nobody_elses(people):
    for n in range(4):
        assert attempt(REMOTE_ADDR=f"10.0.0.{n}", headers={"user-agent": f"browser {n}"}).status_code == 200
    assert attempt(REMOTE_ADDR="10.0.0.9", headers={"X-Forwarded-For": "10.9.9.9"}).status_code == 429
    assert attempt("mei", PASSWORD, REMOTE_ADDR="10.0.0.9").status_code == 302, "others at the same machine come in"
    assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {*(f"10.0.0.{n}" for n in range(4)), "10.0.0.9"}


def test_signs_that_look_alike_are_the_same_name(people):
    for name in ("lin", " lin", "ｌｉｎ", "lin "):
        assert attempt(name).status_code == 200
    assert attempt("lin").status_code == 429


def test_a_name_that_nobody_has_is_locked_the_same_way(people):
    theirs, nobodys = lock("lin"), lock("no.such.name")
    plain = [re.sub(r"[A-Za-z0-9]{64}", "", answer.content.decode()) for answer in (theirs, nobodys)]  # without the form's token
    assert plain[0] == plain[1] and theirs.status_code == nobodys.status_code
    assert set(theirs.headers) == set(nobodys.headers)
    assert [entry.object_id for entry in told("sign_in_locked")] == [people.lin.pk, None]


def test_more_attempts_do_not_make_it_longer(people):
    lock()
    before = list(AccessAttempt.objects.values_list("attempt_time", "failures_since_start"))
    for _time in range(3):
        attempt()
    assert list(AccessAttempt.objects.values_list("attempt_time", "failures_since_start")) == before
    assert len(told("sign_in_locked")) == 1 and len(told("sign_in_failed")) == 8, "one lock, and every attempt"


def test_a_right_password_starts_the_count_anew(people):
    for _time in range(4):
        attempt()
    assert attempt(password=PASSWORD).status_code == 302
    assert [attempt().status_code for _time in range(4)] == [200] * 4 and told("sign_in_locked") == []


def test_sessions_under_way_go_on(people):
    client = Client()
    client.force_login(people.lin)
    lock()
    assert client.get(reverse("home")).status_code == 200


def test_the_system_administrator_sees_and_takes_off_the_lock(people, client):
    sys, url = english(client, people.sys), reverse("user_detail", args=[people.lin.pk])
    unlock = reverse("user_unlock", args=[people.lin.pk])
    assert unlock not in texts(sys.get(url))
    lock()
    page = texts(sys.get(url))
    until = timezone.localtime(lock_out.locked_until("lin")).strftime("%Y-%m-%d %H:%M")
    assert "Locked until" in page and until in page and unlock in page
    assert sys.get(unlock).status_code == 200 and attempt(password=PASSWORD).status_code == 429, "by POST alone"
    sys.post(unlock)
    assert attempt(password=PASSWORD).status_code == 302
    (entry,) = told("sign_in_unlocked")
    assert (entry.actor, entry.object_id) == (people.sys, people.lin.pk)


@pytest.mark.parametrize("name", ["sec", "aud", "lin", "rui", "man"])
def test_nobody_else_takes_it_off(people, client, name):
    lock("mei")
    client.force_login(people.users[name])
    answer = client.post(reverse("user_unlock", args=[people.mei.pk]))
    assert answer.status_code in (403, 404) and attempt("mei", PASSWORD).status_code == 429
    seen = client.get(reverse("user_detail", args=[people.mei.pk]))
    assert seen.status_code == 404 or reverse("user_unlock", args=[people.mei.pk]) not in seen.content.decode()


def test_what_no_longer_counts_is_forgotten(people):
    attempt()
    attempt("mei")
    AccessAttempt.objects.filter(username="lin").update(attempt_time=timezone.now() - timedelta(minutes=16))
    lock_out.sweep()
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["mei"]


def test_no_password_is_kept_or_logged(people, caplog):
    with caplog.at_level("DEBUG"):
        lock()
    rows = str(list(AccessAttempt.objects.values())) + str(list(LedgerEntry.objects.values("after", "object_name")))
    assert WRONG not in rows and WRONG.replace(" ", "+") not in rows
    assert "AXES" not in caplog.text and "lin" not in "".join(r.getMessage() for r in caplog.records if r.name.startswith("axes"))
