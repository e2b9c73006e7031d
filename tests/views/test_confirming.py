"""Signing, granting, revealing and the like ask who sits there, unless he has just shown it; what was typed is kept."""

import re

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from assessment.actions import evaluations
from assessment.models import Job, SignedOpinion
from people.actions import cadres, second_factor, users
from people.models import Authenticator, Grant, LedgerEntry, User
from tests import cast
from tests.cast import OPINION, PASSWORD, give
from tests.second_factor import equip, shown

pytestmark = pytest.mark.django_db


def told(verb):
    return list(LedgerEntry.objects.filter(verb=verb).order_by("seq"))


def stale(user):
    """A client whose user showed who he is longer ago than CONFIRM_AFTER."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["confirmed_at"] -= 10 * 24 * 60 * 60
    session.save()
    return client


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One for all tests of this module; each of them is undone."""
    with cast.standing(django_db_blocker, ready) as made:
        yield made


def ready():
    """Something to sign, an ID number to reveal, and a second factor for mei."""
    world = cast.make_campaigns(cast.make_people())
    world.row = submitted(world)
    cadres.save(by=world.lin, rows=[{"code": world.dawa.code, "id_number": "110101198001010010"}])
    equip(world.mei)
    return world


def submitted(world):
    row = world.of(world.dawa)
    for method, lead, relation in (("on_site", world.lin, "peer"), ("phone", world.mei, "superior"), ("talk", world.lin, "served")):
        give(world, {row: "好"}, method, lead=lead, relation=relation)
    row = world.of(world.dawa)
    evaluations.draft(by=world.lin, evaluation=row, grade=row.proposed_grade, **OPINION)
    evaluations.submit(by=world.lin, evaluation=row)
    return row


class Deed:
    """One deed: who does it, where, with what, and whether it was done."""

    def __init__(self, by, url, data, done, field="reason"):
        self.by, self.url, self.data, self.done, self.field = by, url, data, done, field


@pytest.fixture
def deeds(world):
    w = world
    grant = Grant.objects.get(user=w.man)
    listed = f"{reverse('cadre_export')}?columns=code&columns=phone"
    return {
        "sign": Deed(w.rui, reverse("evaluation_sign", args=[w.row.pk]), {}, lambda: SignedOpinion.objects.exists(), ""),
        "grant": Deed(
            w.sec, reverse("grant_add", args=[w.nobody.pk]),
            {"role": "manager", "reach": "unit", "unit": "E", "valid_from": "2022-01-01", "reason": "任命文件"},
            lambda: w.nobody.grants.exists(),
        ),
        "grant_end": Deed(
            w.sec, reverse("grant_end", args=[grant.pk]), {"reason": "调离岗位"}, lambda: not Grant.objects.valid().filter(pk=grant.pk).exists()
        ),
        "reveal": Deed(w.lin, reverse("cadre_reveal", args=[w.dawa.pk]), {"reason": "核对身份"}, lambda: bool(told("reveal"))),
        "export": Deed(w.lin, listed, {"reason": "开会需用", "format": "csv"}, lambda: bool(told("export"))),
        "lrmx": Deed(w.lin, reverse("cadre_lrmx", args=[w.dawa.pk]), {"reason": "任免需用"}, lambda: bool(told("export"))),
        "lrmx_all": Deed(w.lin, reverse("cadre_lrmx_all"), {"reason": "任免需用"}, lambda: Job.objects.filter(kind="lrmx").exists()),
        "exchange": Deed(w.lin, reverse("exchange"), {"reason": "备份留存"}, lambda: Job.objects.filter(kind="exchange").exists()),
        "password": Deed(
            w.sys, reverse("user_password", args=[w.man.pk]), {"password": "quite another 1936"},
            lambda: bool(told("password_changed")), "password",
        ),
        "reset": Deed(
            w.sec, reverse("user_second_factor_reset", args=[w.mei.pk]), {"reason": "手机遗失"}, lambda: Authenticator.objects.of(w.mei) is None
        ),
        "second_factor_add": Deed(w.rong, reverse("second_factor_add"), {"code": "123456"}, lambda: w.rong.authenticators.exists(), ""),
        "second_factor_codes": Deed(w.mei, reverse("second_factor_codes"), {}, lambda: bool(told("second_factor_codes")), ""),
        "second_factor_remove": Deed(w.mei, reverse("second_factor_remove"), {}, lambda: Authenticator.objects.of(w.mei) is None, ""),
    }  # fmt: skip


DEEDS = [
    "sign", "grant", "grant_end", "reveal", "export", "lrmx", "lrmx_all", "exchange", "password", "reset",
    "second_factor_add", "second_factor_codes", "second_factor_remove",
]  # fmt: skip


def asks(answer):
    return 'name="confirm-password"' in answer.content.decode()


def content(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("name", DEEDS)
def test_who_came_in_long_ago_is_asked_and_nothing_is_done_or_lost(deeds, name):
    deed = deeds[name]
    before = LedgerEntry.objects.exclude(verb="view").count()
    for typed in ({}, {"confirm-password": ""}, {"confirm-password": "wrong", "confirm-code": "000000"}):
        answer = stale(deed.by).post(deed.url, {**deed.data, **typed})
        assert answer.status_code == 200 and asks(answer) and not deed.done(), typed
        if deed.field:
            assert deed.data[deed.field] in answer.content.decode()
        assert "wrong" not in "".join(re.findall('value="([^"]*)"', answer.content.decode()))
    (entry,) = told("confirm_failed")
    assert entry.actor == deed.by and entry.after == {"step": "password", "path": deed.url.partition("?")[0]}
    assert LedgerEntry.objects.exclude(verb="view").count() == before + 1
    assert AccessAttempt.objects.get(username=deed.by.username).failures_since_start == 1


@pytest.mark.parametrize("name", [name for name in DEEDS if not name.startswith("second_factor")])
def test_who_shows_it_does_the_deed_and_is_not_asked_again(deeds, name):
    deed, client = deeds[name], stale(deeds[name].by)
    if name not in ("reveal", "export"):  # there it is asked when one gets that far
        assert asks(client.get(deed.url if name != "exchange" else reverse("import")))
    answer = client.post(deed.url, {**deed.data, "confirm-password": PASSWORD})
    content(answer)
    assert answer.status_code in (200, 302) and deed.done() and not told("confirm_failed")
    assert PASSWORD not in str(list(Job.objects.values_list("parameters"))) + str(dict(client.session))
    assert not asks(client.get(reverse("second_factor_add")))


@pytest.mark.parametrize("name", [name for name in DEEDS if not name.startswith("second_factor")])
def test_who_has_just_come_in_is_not_asked(deeds, name):
    deed, client = deeds[name], Client()
    client.force_login(deed.by)
    answer = client.post(deed.url, deed.data)
    assert not (answer.status_code == 200 and not answer.streaming and asks(answer))
    content(answer)
    assert deed.done()


def test_whoever_has_a_second_factor_shows_both(deeds, world):
    device = Authenticator.objects.of(world.mei)
    client, url = stale(world.mei), reverse("cadre_reveal", args=[world.dawa.pk])
    other, _codes = equip(world.lin)
    for code in ("", "000000", shown(other)):
        answer = client.post(url, {"reason": "核对身份", "confirm-password": PASSWORD, "confirm-code": code})
        assert asks(answer) and 'name="confirm-code"' in answer.content.decode() and not told("reveal")
        Authenticator.objects.update(throttling_failure_timestamp=None)
    assert [entry.after["step"] for entry in told("confirm_failed")] == ["code", "code"]
    kept = str(AccessAttempt.objects.values())
    assert world.mei.username in kept and PASSWORD not in kept and "核对身份" not in kept and "confirm-" not in kept
    client.post(url, {"reason": "核对身份", "confirm-password": PASSWORD, "confirm-code": shown(device)})
    assert len(told("reveal")) == 1


def test_a_code_that_was_taken_at_sign_in_confirms_nothing(deeds, world):
    device = Authenticator.objects.of(world.mei)
    code = shown(device)
    second_factor.prove(by=world.mei, typed=code)
    answer = stale(world.mei).post(
        reverse("cadre_reveal", args=[world.dawa.pk]), {"reason": "核对身份", "confirm-password": PASSWORD, "confirm-code": code}
    )
    assert asks(answer) and not told("reveal")


def test_the_password_of_another_confirms_nothing(deeds, world):
    users.set_password(by=None, user=User.objects.get(username="sys"), password="only his own 1937")
    deed = deeds["reveal"]
    assert asks(stale(deed.by).post(deed.url, {**deed.data, "confirm-password": "only his own 1937", "username": "sys"})) and not deed.done()


def test_a_right_password_counts_although_the_form_has_errors(deeds):
    """Nobody types his password twice because a date was wrong."""
    deed, client = deeds["grant"], stale(deeds["grant"].by)
    answer = client.post(deed.url, {**deed.data, "unit": "", "confirm-password": PASSWORD})
    assert answer.context["form"].errors and not asks(answer) and not deed.done()
    client.post(deed.url, deed.data)
    assert deed.done()


def test_an_export_without_id_numbers_and_phones_asks_for_nothing(deeds, world):
    client = stale(world.lin)
    answer = client.post(f"{reverse('cadre_export')}?columns=code&columns=name", {"reason": "开会需用", "format": "csv"})
    assert b"G001" in content(answer) and len(told("export")) == 1


def test_an_export_for_whoever_may_not_reveal_asks_for_nothing(deeds, world):
    answer = stale(world.man).post(deeds["export"].url, {"reason": "开会需用", "format": "csv"})
    assert b"G001" in content(answer) and len(told("export")) == 1


def test_too_many_wrong_passwords_lock_the_name(deeds, settings):
    deed, client = deeds["reveal"], stale(deeds["reveal"].by)
    answers = [client.post(deed.url, {**deed.data, "confirm-password": "wrong"}) for _each in range(settings.AXES_FAILURE_LIMIT)]
    assert answers[-1].status_code == 429
    assert client.post(deed.url, {**deed.data, "confirm-password": PASSWORD}).status_code == 429 and not deed.done()


def test_a_clock_that_was_set_back_gives_no_time_for_nothing(deeds):
    deed, client = deeds["reveal"], stale(deeds["reveal"].by)
    session = client.session
    session["confirmed_at"] += 20 * 24 * 60 * 60
    session.save()
    assert asks(client.post(deed.url, deed.data)) and not deed.done()


def test_the_file_of_a_cadre_asks_beside_the_button(deeds, world):
    page = stale(world.lin).get(reverse("cadre_detail", args=[world.dawa.pk]))
    assert asks(page) and 'autocomplete="current-password"' in page.content.decode()
    assert not asks(stale(world.man).get(reverse("cadre_detail", args=[world.dawa.pk])))  # who cannot reveal
