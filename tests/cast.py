"""The test people and their small world: a county, two townships, those who work there and those who assess them.

    def test_something(world):
        give_evidence(world, world.of(world.dawa))      # enough for a grade, by two leads
        opinion = signed(world, world.of(world.dawa))   # drafted and submitted by lin, signed by rui

Everybody and everything here is invented. All is made through the actions, so it stands in the ledger.
"""

from contextlib import contextmanager
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.utils import timezone

from assessment.actions import campaigns, contacts, evaluations, schemes
from assessment.models import Evaluation
from people.access import forget
from people.actions import cadres, duties, grants, units, users
from people.ledger import recorded
from people.models import Grant, Unit, User

PASSWORD = "a long walk 1935"
FIRST_DAY, LAST_DAY = date(2022, 4, 1), date(2022, 6, 30)  # of the campaigns
OPINION = {"performance": "坚守岗位", "strengths": "踏实", "shortcomings": "调研不多", "conclusion": "表现良好"}

UNITS = [
    {"code": "C", "name": "河源县", "kind": "party_committee"},
    {"code": "O", "name": "县委组织部", "kind": "department", "parent": "C"},
    {"code": "E", "name": "东滩镇", "kind": "township", "parent": "C"},
    {"code": "E1", "name": "东滩村", "kind": "village", "parent": "E"},
    {"code": "W", "name": "西岭乡", "kind": "township", "parent": "C"},
    {"code": "W1", "name": "西岭村", "kind": "village", "parent": "W"},
]
#: handle, name, unit
CADRES = [
    ("dawa", "达瓦", "E"),
    ("nima", "尼玛", "E"),
    ("sonam", "索南", "E"),
    ("pema", "白玛", "E1"),
    ("karma", "噶玛", "W"),
    ("tashi", "扎西", "W"),
    ("yangjin", "央金", "W"),
    ("lhamo", "拉姆", "W1"),
    ("hai", "海青", "O"),  # an assessor himself; karma is his kin
]
#: handle = user name, role, unit ("" = everything)
USERS = [
    ("lin", "assessor", "C"),
    ("mei", "assessor", "C"),
    ("hai", "assessor", "C"),
    ("rui", "reviewer", "C"),
    ("rong", "reviewer", "C"),
    ("man", "manager", "C"),
    ("east", "manager", "E"),
    ("east_assessor", "assessor", "E"),
    ("east_reviewer", "reviewer", "E"),
    ("aud", "auditor", ""),
    ("east_aud", "auditor", "E"),
    ("sec", "security", ""),
    ("sys", "system", ""),
    ("nobody", "", ""),
]


@pytest.fixture
def people(db):
    """Units, cadres and users by handle: `people.east_unit`, `people.dawa`, `people.lin`."""
    return make_people()


@pytest.fixture
def world(people):
    """`people` with two open campaigns, no evidence yet: `world.front` (all cadres but hai), `world.groups` (E and W)."""
    return make_campaigns(people)


@contextmanager
def standing(blocker, build):
    """What `build` makes, in a transaction that is never committed, for all tests of a module; each of them is undone.

    They must carry the mark `django_db`: only then is there a test database at all. For a fixture of module scope with
    `django_db_setup, django_db_blocker`.
    """
    assert "test" in str(connection.settings_dict["NAME"]), "mark the tests of this module with django_db"
    with blocker.unblock():
        around = transaction.atomic()
        around._from_testcase = True  # so that recorded() may open its own inside, as in a TestCase
        with around:
            made = build()
            connection.check_constraints()  # PostgreSQL empties no table that still has keys to check
            yield made
            transaction.set_rollback(True)


def make_people():
    """The people, without a campaign."""
    w = SimpleNamespace()
    w.boss = add_user("boss", "")  # works below: may do what the set-up needs, and is gone from the grants afterwards
    with recorded(by=None, verb="save_grant"):
        root = Grant.objects.create(user=w.boss, role="assessor")
    w.units = {unit.code: unit for unit in units.save(by=w.boss, rows=UNITS)}
    w.county, w.office = w.units["C"], w.units["O"]
    w.east_unit, w.east_village, w.west_unit, w.west_village = (w.units[c] for c in ("E", "E1", "W", "W1"))
    rows = [
        {"code": f"G{n:03d}", "name": name, "unit": unit, "post": f"{name}的职务", "sex": "1", "phone": f"1390000{n:04d}"}
        for n, (_, name, unit) in enumerate(CADRES, 1)
    ]
    w.cadres = dict(zip((handle for handle, *_ in CADRES), cadres.save(by=w.boss, rows=rows), strict=True))
    duties.save_kinships(by=w.boss, rows=[{"cadre": "G009", "relative": "G005", "relation": "spouse"}])
    with recorded(by=None, verb="save_grant"):
        root.delete()
    w.users = {
        name: add_user(name, role, w.units.get(unit), w.cadres["hai"] if name == "hai" else None) for name, role, unit in USERS
    }
    w.hai_cadre = w.cadres["hai"]
    vars(w).update({handle: cadre for handle, cadre in w.cadres.items() if handle != "hai"})
    vars(w).update(w.users)
    return w


def make_campaigns(w):
    """Give these people a front-line campaign and one of leading groups, both open and of the county."""
    common = {"unit": "C", "starts_on": FIRST_DAY, "ends_on": LAST_DAY, "state": "open", "kind": "special"}
    w.front, w.groups = campaigns.save(
        by=w.lin,
        rows=[
            {"code": "F", "title": "一线考核", "scheme": "front-line", **common},
            {"code": "L", "title": "班子考核", "scheme": "group-five", **common},
        ],
    )
    campaigns.set_roster(by=w.lin, campaign=w.front, cadres=[w.cadres[h] for h, *_ in CADRES if h != "hai"])
    campaigns.set_roster(by=w.lin, campaign=w.groups, groups=[w.east_unit, w.west_unit])
    w.of = lambda assessee, campaign=None: evaluation_of(assessee, campaign or (w.groups if isinstance(assessee, Unit) else w.front))
    return w


def evaluation_of(assessee, campaign):
    """The evaluation of a cadre or a unit's leading group in a campaign, read anew."""
    about = {"group": assessee} if isinstance(assessee, Unit) else {"cadre": assessee}
    return Evaluation.objects.select_related("campaign__scheme", "unit", "cadre", "group").get(campaign=campaign, **about)


def add_user(username, role="", unit=None, cadre=None, **dates):
    """A user with PASSWORD and one grant."""
    user = users.add(by=None, username=username, password=PASSWORD, cadre=cadre)
    if role:
        grants.give(by=None, user=user, role=role, unit=unit, **dates)
    return user


def again(user):
    """The same user as the next request has him: grants and kin are read anew."""
    forget(user)
    return User.objects.get(pk=user.pk)


def add_kin(w, cadre, relative):
    """Make two cadres kin of each other."""
    duties.save_kinships(by=w.lin, rows=[{"cadre": cadre.code, "relative": relative.code, "relation": "spouse"}])


# --- evidence


def give(w, marks, method="on_site", *, lead=None, team=None, relation="peer", number="", on=None, by=None, source="某某", place="村口"):
    """One contact and its findings. marks: {evaluation: level, or {dimension: level}, or None}; dimension by place, code or name."""
    lead = lead or w.lin
    campaign = next(iter(marks)).campaign
    dimensions = list(campaign.scheme.dimensions.all())
    findings = []
    for evaluation, level in marks.items():
        chosen = level if isinstance(level, dict) else {n: level for n in range(len(dimensions)) if level}
        ratings = {dimensions[key] if isinstance(key, int) else key: name for key, name in chosen.items()}
        findings.append(contacts.FindingDraft(evaluation, f"{method}所见{evaluation}", "例如某日", ratings))
    draft = contacts.ContactDraft(
        campaign,
        method,
        on or timezone.make_aware(datetime(2022, 5, 1, 9)),
        team or [lead, w.mei if lead != w.mei else w.lin],
        findings,
        number,
        place if method == "on_site" else "",
        source,
        "村民",
        relation,
    )
    return contacts.record(by=by or lead, drafts=[draft])[0]


def give_evidence(w, *rows, level="较好"):
    """Enough for a grade: a visit, a call and a talk, two relations, two leads. Returns the contacts."""
    return [
        give(w, dict.fromkeys(rows, level), "on_site", lead=w.lin, relation="peer"),
        give(w, dict.fromkeys(rows, level), "phone", lead=w.mei, relation="superior"),
        give(w, dict.fromkeys(rows, level), "talk", lead=w.lin, relation="served"),
    ]


# --- sign-off


def drafted(w, evaluation, *, by=None, grade=None, **opinion):
    """An opinion with the proposed grade, or another with a reason."""
    evaluation.refresh_from_db()
    if grade is None:
        grade = evaluation.proposed_grade
    elif grade != evaluation.proposed_grade:
        opinion.setdefault("grade_reason", "综合研判")
    return evaluations.draft(by=by or w.lin, evaluation=evaluation, grade=grade, **{**OPINION, **opinion})


def submitted(w, evaluation, *, by=None, **options):
    """Drafted and submitted by lin."""
    drafted(w, evaluation, by=by, **options)
    return evaluations.submit(by=by or w.lin, evaluation=evaluation)


def signed(w, evaluation, *, by=None, signer=None, **options):
    """Drafted and submitted by lin, signed by rui: the signed opinion. Gives enough evidence first if there is none."""
    if not evaluation.findings.exists():
        give_evidence(w, evaluation)
    submitted(w, evaluation, by=by, **options)
    return evaluations.sign(by=signer or w.rui, evaluation=evaluation)


def days_ago(n):
    """The day that many days before today."""
    return timezone.localdate() - timedelta(n)


def scheme(w, code="small", **fields):
    """A scheme of two dimensions, A 60 and B 40, that asks for no evidence unless told so."""
    row = {
        "code": code, "title": code, "assessee": "cadre", "on_site_weight": 40, "phone_weight": 20, "talk_weight": 40, "team_size": 1,
        "dimensions": [{"code": "A", "name": "A", "weight": 60}, {"code": "B", "name": "B", "weight": 40}],
        "levels": [{"name": n, "points": p} for n, p in (("好", 95), ("较好", 85), ("一般", 70), ("较差", 50))],
        "grades": [{"name": n, "minimum": m} for n, m in (("优秀", 90), ("称职", 75), ("基本称职", 60), ("不称职", 0))],
    }  # fmt: skip
    return schemes.save(by=w.lin, rows=[{**row, **fields}])[0]


def campaign(w, code, scheme_code, cadres=(), groups=(), **fields):
    """One more open campaign of the county with its roster."""
    row = {"code": code, "title": code, "kind": "special", "scheme": scheme_code, "unit": "C", "state": "open"}
    made = campaigns.save(by=w.lin, rows=[{**row, "starts_on": FIRST_DAY, "ends_on": LAST_DAY, **fields}])[0]
    campaigns.set_roster(by=w.lin, campaign=made, cadres=cadres, groups=groups)
    return made
