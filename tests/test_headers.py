"""What every answer says to the browser, whatever is asked for: pages, parts, files, redirects, refusals, errors, static files."""

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import path, reverse

from tests import cast
from tests.sides import sample, two_sides
from tests.site import LEAVING, addresses, pages

pytestmark = pytest.mark.django_db
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
RULES = {"default-src": "'none'", "script-src": "'self'", "form-action": "'self'", "frame-ancestors": "'none'", "base-uri": "'none'"}
OF_FILES = "default-src 'none'; sandbox"  # files that people put in may do nothing at all
NEVER = ("unsafe-inline", "unsafe-eval", "unsafe-hashes", "http:", "https:", "*", "blob:")


def lacking(response):
    """What an answer does not say as it should."""
    found = [f"{name}: {response.get(name)}" for name, value in ALWAYS.items() if response.get(name) != value]
    policy = response.get("Content-Security-Policy", "")
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    if policy != OF_FILES and ({**rules, **RULES} != rules or any(word in policy for word in NEVER)):
        found.append(f"policy: {policy}")
    allowed = [feature for feature in response.get("Permissions-Policy", "none said").split(", ") if not feature.endswith("=()")]
    return found + [f"allowed: {feature}" for feature in allowed]


def wrong(response):
    """As `lacking`; and nobody keeps what it says about people."""
    return lacking(response) + ([] if response.get("Cache-Control") == "no-store, private" else [f"kept: {response.get('Cache-Control')}"])


@pytest.fixture(scope="module")
def asked(django_db_setup, django_db_blocker):
    """[(page, status, what is wrong)] of every address of the site map, for somebody who has signed in and for nobody."""

    def build():
        w, found = two_sides(), []
        side = w.east_side
        records = {kind: rows[:1] for kind, rows in sample(side).items()} | {"scheme": [w.front.scheme]}
        for user in (side.users["assessor"], None):
            client = Client()
            if user:
                client.force_login(user)
            for name in sorted(set(pages()) - LEAVING):
                for address in addresses(name, records):
                    answers = [client.get(address), client.post(address, {"reason": "开会用"}), client.get(address, headers={"HX-Request": "true"})]
                    found += [(name, answer.status_code, wrong(answer)) for answer in answers]
        return found

    with cast.standing(django_db_blocker, build) as made:
        yield made


def test_every_answer_of_every_page(asked):
    assert [row for row in asked if row[2]] == []
    assert {name for name, *_ in asked} == set(pages()) - LEAVING
    assert {200, 302, 403, 404, 405} <= {status for _, status, _ in asked}, "all kinds of answers were among them"


def test_leaving(client):
    client.force_login(cast.add_user("leaving", ""))
    answer = client.post(reverse("logout"))
    assert answer.status_code == 302 and wrong(answer) == []


def test_errors(client, settings):
    client.raise_request_exception = False
    for answer in (client.get("/nowhere"), client.get("/", headers={"host": "evil.example"}), Client(enforce_csrf_checks=True).post(reverse("login"))):
        assert answer.status_code in (302, 400, 403, 404) and wrong(answer) == []
    for kind in ("application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data; boundary=é"):
        unread = Client(enforce_csrf_checks=True, raise_request_exception=False).post(reverse("login"), b"a=1", content_type=kind)
        assert unread.status_code in (400, 403) and wrong(unread) == [], kind
    client.force_login(cast.add_user("erring", ""))
    settings.ROOT_URLCONF = "tests.test_headers"
    broken = client.get("/broken")
    assert broken.status_code == 500 and wrong(broken) == []


def broken(request):
    raise RuntimeError("a fault of ours")


urlpatterns = [path("broken", broken)]


def test_static_files_say_the_same_and_may_be_kept(client, settings, tmp_path):
    (tmp_path / "some.0123456789ab.css").write_text("a {}")
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_AUTOREFRESH = False
    client = Client()
    answer = client.get("/static/some.0123456789ab.css")
    assert answer.status_code == 200 and lacking(answer) == []
    assert "public" in answer["Cache-Control"] and "no-store" not in answer["Cache-Control"]
    assert not answer.cookies, "and they sign nobody in"
    none = client.get("/static/none.css")
    assert none.status_code in (302, 404) and wrong(none) == []


def test_production_adds_tls(client):
    """The settings of production are read by the test of checks; here: that the answer follows them."""
    with override_settings(SECURE_HSTS_SECONDS=31_536_000, SECURE_SSL_REDIRECT=True):
        plain, safe = Client().get(reverse("login")), Client().get(reverse("login"), secure=True)
    assert plain.status_code == 301 and plain.url.startswith("https://") and wrong(plain) == []
    assert safe["Strict-Transport-Security"] == "max-age=31536000" and wrong(safe) == []


def test_cookies_are_for_the_server_alone(client):
    cast.add_user("eating", "")
    client.post(reverse("login"), {"username": "eating", "password": cast.PASSWORD})
    session = client.cookies["sessionid"]
    assert session["httponly"] and session["samesite"] == "Lax" and not session["max-age"], "it goes when the browser closes"
    assert settings.CSRF_COOKIE_SAMESITE == "Lax"
