"""What is typed to find people stands in no address: not that of the list, nor of any link on it, nor of the sign-in page."""

import re
from html import unescape
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

import django_filters
import pytest
from django.test import Client
from django.urls import reverse

from assessment.actions import saved_views
from assessment.models import Job, SavedView
from assessment.views.searches import KEPT, LONGEST
from people.models import LedgerEntry, Session
from tests import cast
from tests.site import list_page, pages
from tests.views.helpers import english, texts

pytestmark = pytest.mark.django_db
LIST = "/cadres/"
TERM = "达瓦"
NO_TERMS = {"request_id", "address"}  # a number without meaning; a machine, which every access log names by itself
LOST = "no longer known"


def search(client, address=LIST, **terms):
    """Where a search leads."""
    response = client.post(address, {"find": "1", **terms})
    assert response.status_code == 302, response.status_code
    return response["Location"]


def token(address):
    (found,) = parse_qs(urlsplit(address).query)["s"]
    return found


def addresses_in(page):
    """All that a page links to, sends to, or would be led to by its language switch."""
    found = re.findall(r'(?:href|action|src|hx-get|hx-post|name="next" value)="([^"]*)"', page)
    return [unquote_plus(unquote_plus(unescape(one))) for one in found]


def listed(client, address):
    return [row.record.code for row in client.get(address).context["table"].rows]


@pytest.fixture
def lin(client, world):
    return english(client, world.lin)


# --- one search


def test_a_search_leads_to_an_address_without_its_words(lin, world):
    there = search(lin, q=TERM, post="", sex="1", sort="-name", unit=world.east_unit.pk)
    asked = parse_qs(urlsplit(there).query)
    assert asked == {"s": [token(there)], "sex": ["1"], "sort": ["-name"], "unit": [str(world.east_unit.pk)]}
    assert listed(lin, search(lin, q=TERM)) == ["G001"]
    page = texts(lin.get(there))
    assert f"<b>{TERM}</b>" in page and f'value="{TERM}"' in page
    assert [one for one in addresses_in(page) if TERM in one] == []
    assert sum(f"s={token(there)}" in one for one in addresses_in(page)) > 10


def test_the_same_words_are_the_same_address(lin):
    there = search(lin, q=TERM)
    assert search(lin, q=TERM) == there != search(lin, q="尼玛")
    both = search(lin, q=TERM, post="支书")
    assert token(there) in parse_qs(urlsplit(both).query)["s"]
    page = texts(lin.get(both))  # without one of them the other stays
    assert f'class="chip" href="?s={token(there)}"' in page


def test_usual_columns_and_blanks_are_not_in_the_address(lin):
    usual = lin.get(LIST).context["table"].default_columns()
    assert f'name="usual" value="{" ".join(usual)}"' in texts(lin.get(LIST))
    assert search(lin, columns=usual, usual=" ".join(usual), sort="", q=" ", post="") == f"{LIST}?"
    assert search(lin, columns=usual[:2]) == f"{LIST}?{urlencode([('columns', name) for name in usual[:2]])}"


def test_words_typed_into_an_address_are_led_on(lin):
    for address in (LIST, reverse("cadre_export"), reverse("cadre_papers"), reverse("cadre_lrmx_all")):
        response = lin.get(address, {"q": TERM, "sex": "1"})
        assert response.status_code == 302 and TERM not in unquote_plus(response["Location"])
        page = texts(lin.get(response["Location"]))
        assert TERM in page and [one for one in addresses_in(page) if TERM in one] == []


def test_every_list_keeps_every_text_to_itself():
    """A text filter added later is personal without a word."""
    unsure = {}
    for name in pages():
        if name.endswith("_export") and hasattr(list_page(name), "filterset_class"):
            filters = list_page(name).filterset_class
            typed = {key for key, one in filters.base_filters.items() if isinstance(one, django_filters.CharFilter)}
            assert "q" in typed
            if typed - filters.personal() - NO_TERMS:
                unsure[name] = typed - filters.personal() - NO_TERMS
    assert unsure == {}


def test_only_a_search_is_posted_to_a_list(lin):
    assert lin.post(LIST, {"q": TERM}).status_code == 405


# --- a token that is not known


@pytest.fixture
def lost(client, world):
    """A browser of lin, and the address of a search that he made in another one."""
    other = Client()
    other.force_login(world.lin)
    there = search(other, q=TERM, sex="1")
    return english(client, world.lin), there


def test_an_unknown_token_says_that_the_list_is_wider(lost):
    client, there = lost
    response = client.get(there)
    page = texts(response)
    assert LOST in page and [label for label, *_ in response.context["listing"].chips] == ["Sex"]
    assert 'href="?sex=1">' in page  # the way on leaves it out, all others keep the warning
    assert any("s=" in one and "sort=" in one for one in addresses_in(page))
    assert LOST not in texts(client.get(f"{LIST}?{response.context['listing'].found_query}"))
    assert not any(urlsplit(one).path in (reverse("cadre_export"), reverse("cadre_papers")) for one in addresses_in(page))
    assert reverse("savedview_add") not in page


@pytest.mark.parametrize("token", ["-", "x", "达瓦", "x" * 5000, "a\0b", "[]"])
def test_nothing_leaves_for_an_unknown_token(client, world, token):
    english(client, world.lin)
    query = urlencode({"s": token})
    for name in ("cadre_export", "cadre_papers", "cadre_lrmx_all"):
        for response in (client.post(f"{reverse(name)}?{query}", {"reason": "开会用"}), client.post(reverse(name), {"reason": "开会用", "s": token})):
            if name == "cadre_papers" and response.status_code == 302:
                continue  # its body asks for forms, it filters nothing
            assert response.status_code == 400 and LOST in response.content.decode()
    assert not LedgerEntry.objects.filter(verb="export").exists()
    place = urlencode({"list": "cadre", "at": "", "query": query})
    assert client.post(f"{reverse('savedview_add')}?{place}", {"title": "一"}).status_code == 403
    assert not SavedView.objects.exists()


def test_all_that_match_an_unknown_search_are_not_put_on_a_roster(client, world):
    english(client, world.lin)
    draft = cast.campaign(world, "D1", "front-line", cadres=[], unit="C", state="draft")
    there = reverse("campaign_pick", args=[draft.pk])
    client.post(f"{there}?s=unknown1", {"all": "1"})
    assert not draft.evaluations.exists() and LOST in texts(client.get(there))
    found = search(client, there, q=TERM)
    client.post(found, {"all": "1"})
    assert [row.cadre for row in draft.evaluations.all()] == [world.dawa]


def test_a_session_keeps_the_newest(lin):
    first = search(lin, q="第一")
    for n in range(KEPT - 1):
        search(lin, q=f"词{n}")
    assert LOST not in texts(lin.get(first))  # looked at again it is among the newest again
    for n in range(KEPT):
        search(lin, q=f"别的{n}")
    assert LOST in texts(lin.get(first))
    assert len(lin.session["searches"]) == KEPT


def test_a_session_does_not_grow_without_end(lin):
    there = search(lin, q="长" * 100_000)
    assert "listed until the filter" in texts(lin.get(there))
    kept = lin.session["searches"]
    assert [len(value) for _name, value in kept.values()] == [LONGEST]


# --- where else words could go


def test_a_saved_view_is_opened_without_its_words_in_the_address(lin, world):
    view = saved_views.save(by=world.lin, list="cadre", title="一", query=urlencode({"q": TERM, "sort": "-name"}))
    assert [one for one in addresses_in(texts(lin.get(LIST))) if TERM in one] == []
    response = lin.get(f"{LIST}?open={view.pk}")
    assert parse_qs(urlsplit(response["Location"]).query) == {"sort": ["-name"], "view": [str(view.pk)], "s": [token(response["Location"])]}
    response = lin.get(response["Location"])
    assert listed(lin, response.wsgi_request.get_full_path()) == ["G001"] and response.context["views"].current == view
    assert "Save over" not in texts(response)
    other = saved_views.save(by=world.mei, list="cadre", title="二", query="q=x")
    for unknown in (other.pk, 0, "x", "9" * 30, ""):
        assert lin.get(LIST, {"open": unknown}).status_code == 404


def test_saving_over_a_view_keeps_the_words_themselves(lin, world):
    view = saved_views.save(by=world.lin, list="cadre", title="一", query="q=x")
    place = lin.get(search(lin, q=TERM, view=view.pk)).context["views"].place()
    assert TERM not in unquote_plus(unquote_plus(place))
    lin.post(f"{reverse('savedview_renew', args=[view.pk])}?{place}")
    view.refresh_from_db()
    assert view.query == urlencode({"q": TERM})


def test_a_job_keeps_the_words_themselves(lin, monkeypatch):
    monkeypatch.setattr("assessment.views.exports.AT_ONCE", 0)
    query = urlsplit(search(lin, q=TERM)).query
    lin.post(f"{reverse('cadre_export')}?{query}", {"reason": "开会用"})
    assert Job.objects.get().parameters["query"] == urlencode({"q": TERM})


def test_the_page_of_sign_in_does_not_carry_words_on(client, world):
    for name in ("cadre_list", "cadre_export", "campaign_roster"):
        address = reverse(name, args=[world.front.pk] if name.startswith("campaign") else [])
        response = client.get(address, {"q": TERM, "sort": "-name"})
        asked = parse_qs(urlsplit(response["Location"]).query)["next"][0]
        assert TERM not in unquote_plus(response["Location"]) and asked == f"{address}?sort=-name&s=-"
    client.force_login(world.lin)
    assert "不" in texts(client.get(asked))


@pytest.mark.parametrize("name", ["cadre_options", "unit_options", "contact_assessees"])
def test_suggestions_are_posted(lin, name):
    assert lin.get(reverse(name), {"field": "x", "x": TERM}).status_code == 405
    assert Client(enforce_csrf_checks=True).post(reverse(name), {"x": TERM}).status_code in (302, 403)


def test_what_a_page_says_of_people_is_in_no_cookie(lin):
    place = urlencode({"list": "cadre", "at": "", "query": ""})
    lin.post(f"{reverse('savedview_add')}?{place}", {"title": TERM})
    assert "messages" not in lin.cookies and "note success" in texts(lin.get(LIST))


def test_words_are_gone_with_the_session(lin, world):
    search(lin, q=TERM)
    assert Session.objects.get(user=world.lin).get_decoded()["searches"]
    lin.post(reverse("logout"))
    assert not Session.objects.filter(user=world.lin).exists()
