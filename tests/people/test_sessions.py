"""Sessions end: by their limits, with the password, with the account, by their owner. Time passes by changing rows."""

from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from people import sessions
from people.actions import users
from people.models import LedgerEntry, Session
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
AGO = {"idle": {"seen_at": 31}, "absolute": {"started_at": 12 * 60 + 1}}


def browser(user, agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", **more):
    """A browser of its own in which somebody has signed in with his password."""
    client = Client(headers={"user-agent": agent}, **more)
    assert client.post(reverse("login"), {"username": user.username, "password": PASSWORD}).status_code == 302
    return client


def key(client):
    return client.cookies["sessionid"].value


def signed_in(client):
    return client.get(reverse("home")).status_code == 200


def later(client, **minutes):
    """As if the session had begun, or been used, so many minutes earlier."""
    changed = {name: timezone.now() - timedelta(minutes=ago) for name, ago in minutes.items()}
    assert Session.objects.filter(pk=key(client)).update(**changed) == 1


def ended():
    """(user, by whom, why) of the sessions that were ended, oldest first."""
    found = LedgerEntry.objects.filter(verb="session_ended").order_by("seq")
    return [(entry.object_id, entry.actor_id, entry.after["why"]) for entry in found]


def test_a_session_knows_whose_it_is_and_where_it_came_from(people):
    row = Session.objects.get(pk=key(browser(people.lin, REMOTE_ADDR="10.1.2.3")))
    assert (row.user, row.address) == (people.lin, "10.1.2.3") and "Firefox" in row.agent
    assert timezone.now() - row.started_at < timedelta(minutes=1)


@pytest.mark.parametrize("why", AGO)
def test_a_session_past_its_limit_is_over(people, why):
    client, other = browser(people.lin), browser(people.mei)
    later(client, **AGO[why])
    answer = client.get(reverse("home"))
    assert answer.status_code == 302 and answer.url.startswith(reverse("login"))
    assert not Session.objects.filter(user=people.lin).exists() and signed_in(other)
    assert ended() == [(people.lin.pk, None, why)]
    assert not signed_in(client) and len(ended()) == 1, "its cookie signs nobody in again, and it ended once"


@pytest.mark.parametrize("ago", [{"seen_at": 29}, {"started_at": 12 * 60 - 1}])
def test_a_session_within_its_limits_goes_on(people, ago):
    client = browser(people.lin)
    later(client, **ago)
    assert signed_in(client) and ended() == []


def test_use_prolongs_but_never_beyond_the_longest_time(people):
    client = browser(people.lin)
    later(client, seen_at=20, started_at=12 * 60 - 1)
    assert signed_in(client)
    row = Session.objects.get(pk=key(client))
    assert timezone.now() - row.seen_at < timedelta(minutes=1)
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    later(client, started_at=12 * 60)
    assert not signed_in(client) and ended() == [(people.lin.pk, None, "absolute")]


def test_the_last_use_is_written_once_a_minute_and_outside_of_what_the_page_does(people):
    client = browser(people.lin)
    for minutes, writes in ((0, 0), (2, 1), (0, 0)):
        if minutes:
            later(client, seen_at=minutes)
        with CaptureQueriesContext(connection) as captured:
            assert signed_in(client)
        told = [query["sql"] for query in captured if query["sql"].startswith("UPDATE") and "people_session" in query["sql"]]
        assert len(told) == writes
    assert not any("session_data" in sql for sql in told)


@pytest.mark.django_db(transaction=True)
def test_a_page_that_reads_does_not_wait_for_a_writer(people):
    """On SQLite another connection holds the one place of the writer; the last use is then written another time."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has many writers")
    client = browser(people.lin)
    later(client, seen_at=2)
    writer = connections.create_connection("default")
    try:
        with writer.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            assert signed_in(client)
            cursor.execute("ROLLBACK")
    finally:
        writer.close()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone()[0] > 1000, "the patience of other writes is what it was"
    assert timezone.now() - Session.objects.get(pk=key(client)).seen_at > timedelta(minutes=1)
    assert signed_in(client)
    assert timezone.now() - Session.objects.get(pk=key(client)).seen_at < timedelta(minutes=1)


def test_a_page_that_renews_itself_keeps_no_session_alive(people):
    from assessment.views.jobs import JobProgress

    assert JobProgress.asks_by_itself
    client = browser(people.lin)
    later(client, seen_at=20)
    client.get(reverse("job_progress", args=[1]))
    assert timezone.now() - Session.objects.get(pk=key(client)).seen_at > timedelta(minutes=19)


def test_ones_own_new_password_ends_all_other_sessions(people):
    here, there, another = browser(people.lin), browser(people.lin), browser(people.mei)
    before, began = key(here), Session.objects.get(pk=key(here)).started_at
    new = {"old": PASSWORD, "password": "seven rivers to cross", "again": "seven rivers to cross"}
    assert here.post(reverse("own_password"), new).status_code == 302
    assert signed_in(here) and not signed_in(there) and signed_in(another)
    assert key(here) != before and not Session.objects.filter(pk=before).exists(), "the key is a new one"
    assert Session.objects.get(pk=key(here)).started_at == began, "the clock of the sign-in goes on"
    assert ended() == [(people.lin.pk, people.lin.pk, "password_changed")]


def test_a_password_from_the_administrator_ends_all_sessions(people):
    one, two = browser(people.lin), browser(people.lin)
    users.set_password(by=people.sys, user=people.lin, password="seven rivers to cross")
    assert not signed_in(one) and not signed_in(two) and ended() == [(people.lin.pk, people.sys.pk, "password_changed")] * 2


def test_switching_an_account_off_ends_its_sessions_for_good(people):
    client, sys = browser(people.lin), browser(people.sys)
    assert sys.post(reverse("user_switch", args=[people.lin.pk])).status_code == 302
    assert not Session.objects.filter(user=people.lin).exists() and ended() == [(people.lin.pk, people.sys.pk, "switched_off")]
    people.lin.refresh_from_db()
    users.change(by=people.sys, user=people.lin, is_active=True)
    assert not signed_in(client), "an account that is on again begins anew"


def test_a_security_reset_ends_all_sessions(people):
    one, two = browser(people.lin), browser(people.lin)
    sessions.end_all(people.lin, by=people.sec)
    assert not signed_in(one) and not signed_in(two) and ended() == [(people.lin.pk, people.sec.pk, "second_factor_reset")] * 2


def test_the_key_changes_with_the_sign_in(people):
    client = Client()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["sessionid"] = session.session_key
    client.post(reverse("login"), {"username": "lin", "password": PASSWORD})
    assert key(client) != session.session_key and not Session.objects.filter(pk=session.session_key).exists()
    assert signed_in(client)


def test_a_key_that_nobody_gave_out_is_not_taken_over(people):
    client = Client()
    client.cookies["sessionid"] = "a" * 32
    client.post(reverse("login"), {"username": "lin", "password": PASSWORD})
    assert key(client) != "a" * 32 and signed_in(client)


def test_sign_out_ends_the_session_and_clears_the_browser(people):
    client = browser(people.lin)
    kept = key(client)
    answer = client.post(reverse("logout"))
    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert not Session.objects.filter(user=people.lin).exists()
    client.cookies["sessionid"] = kept
    assert not signed_in(client)
    assert LedgerEntry.objects.filter(verb="sign_out", actor=people.lin).count() == 1 and ended() == []


def test_the_sweep_ends_what_nobody_asked_for_again(people):
    clients = [browser(people.lin), browser(people.mei), browser(people.rui)]
    later(clients[0], seen_at=31)
    later(clients[1], started_at=12 * 60 + 1)
    Session.objects.create(session_key="old" * 10, session_data="", expire_date=timezone.now() - timedelta(days=1))
    sessions.sweep()
    assert list(Session.objects.values_list("user", flat=True)) == [people.rui.pk] and signed_in(clients[2])
    assert sorted(ended()) == sorted([(people.lin.pk, None, "idle"), (people.mei.pk, None, "absolute")])
    sessions.sweep()
    assert len(ended()) == 2


def test_a_name_for_a_session_is_no_key(people):
    row = Session.objects.get(pk=key(browser(people.lin)))
    assert row.pk not in sessions.handle(row) and sessions.find(people.lin, sessions.handle(row)) == row
    assert sessions.find(people.mei, sessions.handle(row)) is None and sessions.find(people.lin, row.pk) is None
