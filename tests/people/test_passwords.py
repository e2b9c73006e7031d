"""What a password has to be in either profile, and who has to choose a new one."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people import passwords
from people.actions import users
from people.canonical import sha256_hex
from people.models import LedgerEntry, User
from people.proof import verify
from people.refusals import Refused
from tests.cast import PASSWORD, again

NEW = "seven rivers to cross"
LIN = User(username="lin.dehua", name="林德华", email="lin.dehua@example.cn")


def weak(password, user=LIN):
    return bool(passwords.weaknesses(password, user))


@pytest.mark.parametrize(
    "password", ["elevensigns", "x" * 129, "password1234", "qwertyuiop123", "kaohe2024!!", "zuzhibu-ganbu-1", "lin.dehua2024", "lin.dehua-lin.dehua", "组织部干部考核2024年"]
)
def test_weak_by_asvs(password):
    assert settings.PASSWORD_PROFILE == "asvs" and weak(password)


@pytest.mark.parametrize("password", ["seven rivers", "seven rivers " * 9, "山高水长路远人不知二三里", "kjsdhfkjweoi", "my cadre walks far"])
def test_strong_by_asvs(password):
    """No rule of composition: small letters alone will do, spaces and Chinese too."""
    assert not weak(password)


def test_signs_are_counted_not_bytes():
    assert weak("山高水长路远人不知二三")


@pytest.mark.parametrize(("password", "strong"), [("Kx7pQ2mN9r", True), ("kx7pq2mn9r", False), ("Kx7pQ2mN9", False), ("seven rivers to cross", False), ("Seven rivers 7", True)])
def test_dengbao_wants_three_kinds_of_ten_signs(settings, password, strong):
    settings.PASSWORD_PROFILE = "dengbao"
    assert weak(password) is not strong


@pytest.mark.parametrize("profile", passwords.PROFILES)
def test_a_made_up_one_fits_the_profile(settings, profile):
    settings.PASSWORD_PROFILE = profile
    made = {passwords.made_up() for _n in range(50)}
    assert len(made) == 50 and not any(weak(password) for password in made)


@pytest.mark.django_db
def test_the_page_tells_the_rules_of_the_profile(people, client, settings):
    client.force_login(people.lin)
    client.cookies["django_language"] = "en"
    for profile, words, others in (("asvs", "12 to 128", "90 days"), ("dengbao", "90 days", "12 to 128")):
        settings.PASSWORD_PROFILE = profile
        users.set_password(by=None, user=people.lin, password=PASSWORD)
        client.force_login(again(people.lin))
        page = client.get(reverse("own_password")).content.decode()
        assert words in page and others not in page


# --- who has to choose


@pytest.fixture
def given(people):
    """mei, who has signed in with a password from the system administrator."""
    users.set_password(by=people.sys, user=people.mei, password="a password by sys")
    client = Client()
    client.post(reverse("login"), {"username": "mei", "password": "a password by sys"})
    client.cookies["django_language"] = "en"
    return client


@pytest.mark.django_db
def test_a_password_that_others_know_leads_to_a_new_one(given, people):
    for name in ("home", "cadre_list", "own_sessions", "user_list"):
        answer = given.get(reverse(name))
        assert (answer.status_code, answer.url) == (302, reverse("own_password")), name
    answer = given.post(reverse("cadre_add"), {"code": "G999", "name": "某人"})
    assert (answer.status_code, answer.url) == (302, reverse("own_password"))
    part = given.get(reverse("cadre_list"), headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Redirect"]) == (204, reverse("own_password"))
    page = given.get(reverse("own_password"))
    assert "Others know the password" in page.content.decode()
    assert given.post(reverse("set_language"), {"language": "en", "next": "/"}).status_code == 302

    same = {"old": "a password by sys", "password": "a password by sys", "again": "a password by sys"}
    assert given.post(reverse("own_password"), same).context["form"].errors["password"], "the one that others know is no new one"
    assert given.post(reverse("own_password"), {**same, "password": NEW, "again": NEW}).status_code == 302
    assert given.get(reverse("home")).status_code == 200 and not again(people.mei).must_change_password


@pytest.mark.django_db
def test_who_has_to_choose_may_still_leave(given):
    assert given.post(reverse("logout")).url == reverse("login")


@pytest.mark.django_db
def test_who_is_given_a_password_by_whom(people):
    by_sys = users.add(by=people.sys, username="new.one", password=NEW)
    by_nobody = users.add(by=None, username="new.two", password=NEW)
    assert by_sys.must_change_password and not by_nobody.must_change_password
    users.set_password(by=people.sys, user=by_nobody, password="another seven rivers")
    assert again(by_nobody).must_change_password
    users.set_password(by=None, user=by_nobody, password=NEW)
    assert not again(by_nobody).must_change_password
    entry = LedgerEntry.objects.filter(object_id=by_nobody.pk, object_type="people.user", verb="save_user").latest("seq")
    assert entry.after["must_change_password"] is False, "the history tells that a password is known to others"


@pytest.mark.django_db
def test_the_day_of_a_password_is_kept(people):
    before = timezone.now()
    users.set_password(by=people.lin, user=people.lin, password=NEW)
    assert before <= again(people.lin).password_set_at <= timezone.now()


@pytest.mark.django_db
def test_nobody_learns_by_setting_a_password_whether_it_is_the_present_one(people):
    users.set_password(by=people.sys, user=people.lin, password=PASSWORD)
    with pytest.raises(Refused) as refused:
        users.set_password(by=people.lin, user=again(people.lin), password=PASSWORD)
    assert [refusal.code for refusal in refused.value.refusals] == ["same_password"]


@pytest.mark.django_db
@pytest.mark.parametrize(("profile", "days", "why"), [("dengbao", 91, "old"), ("dengbao", 89, ""), ("asvs", 5000, "")])
def test_an_old_password_is_changed_where_the_profile_asks_for_it(people, client, settings, profile, days, why):
    settings.PASSWORD_PROFILE = profile
    client.force_login(people.lin)
    client.cookies["django_language"] = "en"
    aged(people.lin, days)
    answer = client.get(reverse("home"))
    assert answer.status_code == (302 if why else 200)
    if why:
        assert answer.url == reverse("own_password") and "older than 90 days" in client.get(answer.url).content.decode()
        client.post(answer.url, {"old": PASSWORD, "password": "Seven rivers 7", "again": "Seven rivers 7"})
        assert client.get(reverse("home")).status_code == 200


def aged(user, days):
    """As if the password had been set so many days ago."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_user SET password_set_at = %s WHERE id = %s", [str(timezone.now() - timedelta(days=days)), user.pk])


@pytest.mark.django_db
def test_a_password_kept_by_a_weaker_hash_is_kept_by_a_stronger_one_at_the_next_sign_in(people, client, settings):
    """And the ledger is told: the hash is among what it proves."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]
    was = again(people.lin).password
    assert client.post(reverse("login"), {"username": people.lin.username, "password": "not his"}).status_code == 200
    assert again(people.lin).password == was
    assert client.post(reverse("login"), {"username": people.lin.username, "password": PASSWORD}).status_code == 302
    assert client.get(reverse("home")).status_code == 200
    now = again(people.lin).password
    assert was.startswith("md5$") and now.startswith("pbkdf2_sha256$")
    entry = LedgerEntry.objects.get(verb="renew_hash")
    assert (entry.before, entry.after) == ({"password": sha256_hex(was)}, {"password": sha256_hex(now)})
    assert list(verify()) == []


@pytest.mark.django_db
def test_after_migrate_there_is_no_account(db):
    assert not User.objects.exists()
