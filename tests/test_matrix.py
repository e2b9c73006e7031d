"""Every URL x every role x own unit, another unit, one's own file, that of kin; and those who are not, or only half, signed in.

What each must get stands in tests/matrix.py, written by hand. A URL without a row fails, and so does any other answer.
"""

import pytest
from django.test import Client
from django.urls import reverse

from people.access import forget
from people.actions import duties, grants
from people.ledger import EVENTS, recorded
from people.models import Grant, LedgerEntry, User
from tests import cast, second_factor
from tests.matrix import FIRST, MATRIX, ONE_OF
from tests.sides import row, sample, two_sides
from tests.site import LEAVING, OPEN, addresses, kind_of, pages, parts

pytestmark = pytest.mark.django_db
PAGES = sorted(set(pages()) - LEAVING)
ROLES = {"A": "assessor", "R": "reviewer", "M": "manager", "U": "auditor", "S": "security", "Y": "system"}
ANSWERS = {200: "ok", 302: "go", 400: "bad", 403: "no", 404: "gone", 405: "post"}


@pytest.fixture(scope="module")
def sides(django_db_setup, django_db_blocker):
    def build():
        w = two_sides()
        s = w.east_side
        w.samples = {"own": one_each(s), "other": one_each(w.west_side), "first": about(s, s.first), "judged": about(s, s.judged)}
        for cadre in (s.first, s.judged):
            duties.save_kinships(by=w.lin, rows=[{"cadre": cadre.code, "relative": w.hai_cadre.code, "relation": "spouse"}])
        people = {letter: s.users[role] for letter, role in ROLES.items()} | {"nobody": w.nobody, "kin": w.hai}
        people |= {name: cast.add_user(f"self.{name}", "", None, getattr(s, name)) for name in ("first", "judged")}
        w.clients = {name: signed_in(user) for name, user in people.items()} | {"none": Client(), "half way": half_way(w.rui)}
        w.linked = {name: people[name] for name in ("kin", "first", "judged")}
        return w

    with cast.standing(django_db_blocker, build) as made:
        yield made


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def half_way(user):
    """Name and password were right, the code was not asked for yet."""
    second_factor.equip(user)
    client = Client()
    response = client.post(reverse("login"), {"username": user.username, "password": cast.PASSWORD})
    assert response["Location"].startswith(reverse("sign_in_code"))
    return client


def one_each(s):
    return {kind: rows[:1] for kind, rows in sample(s).items()} | {kind: [choose(s)] for kind, choose in ONE_OF.items()}


def about(s, cadre):
    """Records of this side that are on the file of this cadre."""
    opened = row(s, cadre)
    alone = opened.findings.filter(contact__number__startswith=f"{s.biz}T").first()
    finding = alone or opened.findings.order_by("-pk").first()
    found = {
        "cadre": cadre,
        "evaluation": opened,
        "finding": finding,
        "contact": finding.contact,
        "attachment": finding.contact.attachments.first(),
        "sanction": cadre.sanctions.first(),
        "kinship": cadre.kin.first(),
        "duty": cadre.duties.first(),
        "profile": getattr(cadre, "profile", None),
        "photo": getattr(cadre, "photo", None),
        "signedopinion": opened.opinions.last(),
        "appeal": s.appeal if cadre == s.judged else None,
        "decision": s.training if cadre == s.judged else None,
        "followup": s.training.follow_ups.filter(done_on=None).first() if cadre == s.judged else None,
    }
    return {kind: [one] for kind, one in found.items() if one is not None}


def play(user, role, unit):
    """Let somebody hold just this role."""
    with recorded(by=None, verb="save_grant"):
        Grant.objects.filter(user=user).delete()
    grants.give(by=None, user=User.objects.get(pk=user.pk), role=role, unit=unit)
    forget(user)


def cell(told, letter):
    """What a cell of the table says of one role: "ok", or "ARU ok, M no, SY gone"."""
    for part in told.split(","):
        letters, _, answer = part.strip().rpartition(" ")
        if not letters or letter in letters:
            return answer
    return "?"


def answer(client, address):
    """What one gets who looks, or who acts where there is nothing to look at."""
    response = client.get(address)
    if response.status_code == 405:
        response = client.post(address)
        return f"post:{ANSWERS.get(response.status_code, response.status_code)}"
    return ANSWERS.get(response.status_code, str(response.status_code))


def changes():
    return LedgerEntry.objects.exclude(verb__in=EVENTS).count()


def check(client, name, sample, expected, who):
    """Surprises of a page: another answer than expected, or an act done by somebody who may not even look."""
    found = []
    for address in addresses(name, sample)[:1]:
        before = changes()
        got = answer(client, address)
        if got != expected:
            found.append(f"{name} {who}: {got} instead of {expected}")
        if got in ("no", "gone"):
            acted = ANSWERS.get(client.post(address, {"reason": "想要"}).status_code)
            if acted not in (got, "post"):
                found.append(f"{name} {who}: posting gives {acted} instead of {got}")
        if got.removeprefix("post:") in ("no", "gone") and changes() != before:
            found.append(f"{name} {who}: something was written")
    return found


def test_every_url_has_a_row():
    assert sorted(set(MATRIX) ^ set(PAGES)) == []
    for name, cells in MATRIX.items():
        assert len(cells) == (3 if parts(name) else 1), name
        assert all(cell(told, letter) != "?" for told in cells if told for letter in ROLES), name


@pytest.mark.parametrize("name", PAGES)
def test_own_unit_and_another(sides, name):
    surprises = []
    for letter in ROLES:
        client = sides.clients[letter]
        surprises += check(client, name, sides.samples["own"], cell(MATRIX[name][0], letter), letter)
        if parts(name):
            surprises += check(client, name, sides.samples["other"], cell(MATRIX[name][1], letter), f"{letter} elsewhere")
    assert surprises == []


@pytest.mark.parametrize("letter", ROLES)
def test_ones_own_file_and_that_of_kin(sides, letter):
    """Whatever the role, on everything: nobody sees or handles what is held on himself or on his kin."""
    surprises = []
    for user in sides.linked.values():
        play(user, ROLES[letter], None)
    for name in PAGES:
        if not parts(name) or not MATRIX[name][2]:
            continue
        whose = "first" if kind_of(name, sides.samples["own"]) in FIRST else "judged"
        for who in (whose, "kin"):
            surprises += check(sides.clients[who], name, sides.samples[whose], cell(MATRIX[name][2], letter), f"{letter} {who}")
    assert surprises == []


@pytest.mark.parametrize("name", PAGES)
def test_who_is_not_signed_in_or_holds_nothing(sides, name):
    """Strangers and those who are half way are sent to sign in; who was granted nothing gets his own account pages at most."""
    for address in addresses(name, sides.samples["own"])[:1]:
        for client in (sides.clients["none"], sides.clients["half way"]) if name not in OPEN else ():
            for response in (client.get(address), client.post(address)):
                assert response.status_code == 302 and response["Location"].startswith(reverse("login")), address
        expected = cell(MATRIX[name][0], "S") if not parts(name) else None
        got = answer(sides.clients["nobody"], address)
        if got == "ok":
            assert expected == cell(MATRIX[name][0], "A") == cell(MATRIX[name][0], "M") == "ok", f"{name}: open to whoever has an account"
