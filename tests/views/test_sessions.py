"""The page of one's own sessions, with two real browsers; and what the page of sign-in says of one that is over."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from assessment.views.sessions import browser as words
from people import sessions
from people.models import LedgerEntry, Session
from tests.people.test_sessions import browser, ended, key, later, signed_in
from tests.views.helpers import texts

pytestmark = pytest.mark.django_db
PAGE, END, END_OTHERS = "own_sessions", "session_end", "session_end_others"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0 Mobile Safari/537.36 EdgA/138.0"


def handle(client):
    return sessions.handle(Session.objects.get(pk=key(client)))


def english(client):
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def here(people):
    return english(browser(people.lin, REMOTE_ADDR="10.1.1.1"))


@pytest.fixture
def there(people):
    return english(browser(people.lin, PHONE, REMOTE_ADDR="10.2.2.2"))


def test_the_page_shows_ones_own_sessions_and_marks_this_one(here, there, people):
    another = browser(people.mei, REMOTE_ADDR="10.3.3.3")
    answer = here.get(reverse(PAGE))
    page = texts(answer)
    assert [(row.here, row.browser, row.address) for row in answer.context["sessions"]] == [
        (True, "Firefox · Linux", "10.1.1.1"), (False, "Edge · Android", "10.2.2.2"),
    ]  # fmt: skip
    assert page.count("this one") == 1 and "10.3.3.3" not in page
    assert not any(key(client) in page for client in (here, there, another)), "a key is a secret, one's own as well"


def test_one_is_ended_in_another_browser(here, there, people):
    assert here.post(reverse(END), {"session": handle(there)}).url == reverse(PAGE)
    assert signed_in(here) and not signed_in(there)
    assert ended() == [(people.lin.pk, people.lin.pk, "by_owner")]
    facts = LedgerEntry.objects.get(verb="session_ended").after
    assert facts["signed_in_from"] == "10.2.2.2"


SIGNED_OUT = "You were signed out: after a time without use, from another browser"


def test_who_was_signed_out_from_elsewhere_is_told_once(here, there):
    here.post(reverse(END), {"session": handle(there)})
    assert SIGNED_OUT in there.get(reverse("home"), follow=True).content.decode()
    assert SIGNED_OUT not in there.get(reverse("home"), follow=True).content.decode()


def test_who_signed_out_himself_or_never_came_is_told_nothing(here, client):
    assert SIGNED_OUT not in here.post(reverse("logout"), follow=True).content.decode()
    assert SIGNED_OUT not in here.get(reverse("home"), follow=True).content.decode()
    assert SIGNED_OUT not in english(client).get(reverse("home"), follow=True).content.decode()


def test_all_others_are_ended_at_once(here, there, people):
    third, another = browser(people.lin), browser(people.mei)
    here.post(reverse(END_OTHERS))
    assert signed_in(here) and signed_in(another) and not signed_in(there) and not signed_in(third)
    assert len(ended()) == 2


@pytest.mark.parametrize("what", ["handle", "key", "", "x" * 32])
def test_nobody_ends_anothers(here, people, what):
    another = browser(people.mei)
    named = {"handle": handle(another), "key": key(another)}.get(what, what)
    assert here.post(reverse(END), {"session": named}).status_code == 404
    assert signed_in(another) and ended() == []


@pytest.mark.parametrize("name", [END, END_OTHERS])
def test_no_link_ends_a_session(here, there, name):
    assert here.get(reverse(name), {"session": handle(there)}).status_code == 405 and signed_in(there)


def test_one_that_is_over_is_not_listed(here, there):
    later(there, seen_at=31)
    assert len(here.get(reverse(PAGE)).context["sessions"]) == 1


@pytest.mark.parametrize(("ago", "said"), [({"seen_at": 31}, "after 30 minutes without use"), ({"started_at": 721}, "12 hours at most")])
def test_the_page_of_sign_in_says_why(here, ago, said):
    later(here, **ago)
    assert said in texts(here.get(reverse("cadre_list"), follow=True))
    assert said not in texts(here.get(reverse("login"))), "once"


def test_a_part_of_a_page_leads_the_whole_page_to_the_sign_in(here):
    later(here, seen_at=31)
    on = {"HX-Request": "true", "HX-Current-URL": "http://testserver/cadres/?page=2"}
    answer = here.get(reverse("cadre_list"), headers=on)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/login/?next=/cadres/%3Fpage%3D2")
    assert "without use" in texts(here.get(answer["HX-Redirect"]))


def test_an_old_row_says_what_it_can(people, here):
    Session.objects.filter(user=people.lin).update(address="", agent="", seen_at=timezone.now() - timedelta(minutes=5))
    assert "unknown browser" in texts(here.get(reverse(PAGE)))


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36", "Chrome · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0 Safari/537.36 Edg/138.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Version/18 Safari/604", "Safari · iOS"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 (KHTML, like Gecko) Version/18 Safari/605", "Safari · macOS"),
        ("<script>alert(1)</script>", "unknown browser"),
    ],
)
def test_browsers_in_words(agent, said):
    with translation.override("en"):
        assert words(agent) == said
