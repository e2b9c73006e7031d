"""Who may do what where."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from assessment.models import Campaign, Contact, Decision, Evaluation, Finding, SignedOpinion
from people import access
from people.access import PERMISSIONS, can, demand, recused, scope, visible_to
from people.actions import cadres, grants, units
from people.models import Cadre, LedgerEntry, RecordedQuerySet, Unit, User
from people.models.ledger import LedgerEntryQuerySet
from people.refusals import Refused
from tests import cast
from tests.sides import two_sides

READING = (
    "view_unit view_cadre view_duty view_scheme view_campaign view_contact view_finding view_evaluation view_signedopinion "
    "view_notice view_appeal view_decision view_followup view_publication view_job view_savedview"
)
#: The permission table once more, from the other side: what each role may do. DESIGN section 1 and 5.
MAY = {
    "assessor": f"{READING} view_source view_attachment attach view_sanction view_kinship view_profile view_photo reveal save_unit save_cadre save_profile save_duty save_sanction save_kinship "
    "save_scheme save_campaign close_campaign record_contact withdraw_finding draft_opinion submit give_notice recombine file_appeal "
    "propose_decision publish_decision follow_up import_workbook export_workbook",
    "reviewer": f"{READING} view_source view_attachment view_sanction view_kinship view_profile view_photo reveal save_scheme save_campaign close_campaign recombine "
    "send_back sign reopen decide_appeal confirm_decision revoke_decision export_workbook",
    "manager": READING,
    "auditor": f"{READING} view_source view_attachment view_sanction view_kinship view_profile view_photo view_user view_grant view_ledgerentry "
    "verify_ledger export_workbook",
    "security": "view_unit view_user view_grant view_job view_savedview save_grant view_authenticator reset_second_factor",
    "system": "view_unit view_user view_job view_savedview save_unit save_user",
}


@pytest.mark.parametrize("role", MAY)
def test_a_role_may_do_just_this(people, role):
    user = cast.add_user(f"one_{role}", role)
    assert sorted(verb for verb in PERMISSIONS if can(user, verb)) == sorted(MAY[role].split())


def test_every_verb_is_somebodys():
    assert {verb for verbs in MAY.values() for verb in verbs.split()} == set(PERMISSIONS)
    assert access.HANDLING <= set(PERMISSIONS)


def test_a_refusal_says_who_may(people):
    verdict = can(people.man, "sign")
    assert not verdict and (verdict.refusal.code, verdict.refusal.facts) == ("role_missing", {"roles": ["reviewer"]})
    with pytest.raises(Refused) as refused:
        demand(people.man, "sign")
    assert refused.value.refusals == [verdict.refusal]
    with pytest.raises(KeyError):
        can(people.man, "fly")


# --- where


def test_a_unit_and_all_below_it(people):
    w = people
    assert set(visible_to(w.east, Unit)) == {w.east_unit, w.east_village}
    assert {cadre.code for cadre in visible_to(w.east, Cadre)} == {"G001", "G002", "G003", "G004"}
    assert can(w.east_assessor, "save_cadre", w.pema)
    for stranger in (w.karma, w.lhamo, w.hai_cadre):
        assert can(w.east_assessor, "save_cadre", stranger).refusal.code == "outside_scope"
    assert can(w.lin, "save_cadre", w.lhamo)
    assert not can(w.east_assessor, "save_unit", w.county)


def test_a_new_unit_below_is_in_reach_at_once(people):
    w = people
    [team] = units.save(by=w.east_assessor, rows=[{"code": "E9", "name": "先锋队", "parent": "E1", "kind": "vanguard_team"}])
    assert team in visible_to(w.east_assessor, Unit)
    assert team in visible_to(cast.again(w.east), Unit)


def test_a_unit_that_moves_takes_its_people_along(people):
    w = people
    units.save(by=w.lin, rows=[{"code": "E1", "parent": "W"}])
    assert w.pema not in visible_to(cast.again(w.east), Cadre)


def test_two_grants_each_for_its_own_unit(people):
    user = cast.add_user("double", "assessor", people.east_unit)
    grants.give(by=people.sec, user=user, role="manager", unit=people.west_unit)
    assert {cadre.unit.code for cadre in visible_to(user, Cadre)} == {"E", "E1", "W", "W1"}
    assert can(user, "save_cadre", people.dawa) and not can(user, "save_cadre", people.karma)
    assert {cadre.unit.code for cadre in visible_to(user, Cadre, "save_cadre")} == {"E", "E1"}


def test_everything(people):
    assert scope(people.aud, "view_cadre").everything
    assert visible_to(people.aud, Cadre).count() == Cadre.objects.count()
    assert not visible_to(people.sec, Cadre).exists() and not visible_to(people.sys, Cadre).exists()


# --- when


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "holds"),
    [(-9, None, True), (-9, 0, True), (0, 0, True), (0, 9, True), (-9, -1, False), (1, None, False), (1, 9, False)],
)
def test_a_grant_holds_from_its_first_to_its_last_day(people, valid_from, valid_until, holds):
    today = timezone.localdate()
    until = None if valid_until is None else today + timedelta(valid_until)
    user = cast.add_user("timed", "manager", people.east_unit, valid_from=today + timedelta(valid_from), valid_until=until)
    assert bool(can(user, "view_cadre", people.dawa)) is holds
    assert visible_to(user, Cadre).exists() is holds
    assert access.roles(user) == ({"manager"} if holds else set())


def test_who_was_switched_off_may_nothing(people):
    from people.actions import users

    users.change(by=people.sys, user=people.lin, is_active=False)
    lin = cast.again(people.lin)
    assert not any(can(lin, verb) for verb in PERMISSIONS)
    assert not visible_to(lin, Cadre).exists()


@pytest.mark.parametrize("who", ["nobody", "anonymous", "none"])
def test_who_has_no_grant_may_nothing(people, who):
    user = {"nobody": people.nobody, "anonymous": AnonymousUser(), "none": None}[who]
    assert not any(can(user, verb) for verb in PERMISSIONS)
    assert not visible_to(user, Unit).exists()
    assert access.roles(user) == set()


def test_an_ended_grant_is_over_at_the_next_request(people):
    grants.end(by=people.sec, grant=people.east.grants.get())
    assert not visible_to(cast.again(people.east), Cadre).exists()


# --- oneself and one's kin


def test_nobody_handles_his_own_file_or_that_of_kin(world):
    w = world
    assert recused(w.hai) == {w.hai_cadre.pk, w.karma.pk}
    hai = cast.add_user("hai_reviews", "reviewer", w.county)
    assert recused(hai) == set()  # an account that is no cadre's
    for verb in access.HANDLING & set(MAY["assessor"].split()):
        assert can(w.hai, verb, w.hai_cadre).refusal.code == "own_file"
        assert can(w.hai, verb, w.karma).refusal.code == "file_of_kin"
        assert can(w.hai, verb, w.of(w.karma)).refusal.code == "file_of_kin"
        assert can(w.hai, verb, w.tashi)


def test_kinship_holds_both_ways(world):
    w = world
    karma = cast.add_user("karma", "assessor", w.county, w.karma)
    assert recused(karma) == {w.karma.pk, w.hai_cadre.pk}
    cast.add_kin(w, w.karma, w.tashi)
    assert recused(cast.again(karma)) == {w.karma.pk, w.hai_cadre.pk, w.tashi.pk}
    assert recused(cast.again(w.hai)) == {w.hai_cadre.pk, w.karma.pk}  # kin of kin is a stranger


def test_nobody_sees_evidence_on_himself_or_kin(world):
    w = world
    cast.give(w, {w.of(w.karma): "好"}, number="karma alone")
    cast.give(w, {w.of(w.karma): "好", w.of(w.tashi): "好"}, number="both")
    cast.signed(w, w.of(w.karma), by=w.lin)
    everywhere = grants.give(by=None, user=w.hai, role="assessor")  # also with everything in reach
    for hai in (w.hai, cast.again(w.hai)):
        assert w.of(w.karma) not in visible_to(hai, Evaluation) and w.of(w.tashi) in visible_to(hai, Evaluation)
        assert {contact.number for contact in visible_to(hai, Contact)} == {"both"}
        assert {finding.evaluation.cadre for finding in visible_to(hai, Finding)} == {w.tashi}
        assert not visible_to(hai, SignedOpinion).exists()
    assert everywhere.unit is None
    assert visible_to(w.mei, SignedOpinion).count() == 1


ABOUT = "evaluation finding signedopinion notice appeal decision followup publication profile photo".split()


def cadre_of(row):
    for path in ("evaluation", "opinion", "decision"):
        if hasattr(row, path):
            return cadre_of(getattr(row, path))
    return row.cadre


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["assessor", "reviewer", "manager", "auditor"])
def test_whatever_his_role_nobody_sees_what_is_held_on_him(sides, role):
    judged = sides.east_side.judged
    user = cast.add_user("judged", role, None, judged)
    models = {model._meta.model_name: model for model in scoped_models()}
    for name in ABOUT:
        assert any(cadre_of(row) == judged for row in models[name].objects.all()), name
        assert [row for row in visible_to(user, models[name]) if cadre_of(row) == judged] == [], name
        labels = {"object_type": models[name]._meta.label_lower}
        told = LedgerEntry.objects.filter(**labels)
        own = [entry for entry in told if cadre_of(models[name].objects.get(pk=entry.object_id)) == judged]
        left = told.count() - len(own) if role == "auditor" else 0
        assert own and visible_to(user, LedgerEntry).filter(**labels).count() == left, name
    contacts = visible_to(user, LedgerEntry).filter(object_type="assessment.contact")
    assert not contacts.filter(object_id__in=sides.east_side.judged_contacts).exists()
    events = LedgerEntry.objects.filter(object_id=None).count()
    assert visible_to(user, LedgerEntry).filter(object_id=None).count() == (events if role == "auditor" else 0)


# --- every model


def of_units(row):
    """Codes of the units that a record belongs to, read from the record itself and not from its queryset."""
    name = row._meta.model_name
    if name == "unit":
        return {row.code}
    if name == "user":
        return {grant.unit.code for grant in row.grants.all() if grant.unit} or {""}
    if name in ("kinship", "sanction", "profile", "photo"):
        return {row.cadre.unit.code}
    if name == "campaign":
        return {row.unit.code} | {evaluation.unit.code for evaluation in row.evaluations.all()}
    if name == "contact":
        return {finding.evaluation.unit.code for finding in row.findings.all()}
    if name == "job":
        return {row.by.username}
    if name == "savedview":
        return {row.unit.code if row.unit else row.owner.username}
    if name == "authenticator":
        return of_units(row.user)
    if name == "attachment":
        return {row.contact.campaign.unit.code}
    for path in ("evaluation", "opinion", "decision"):
        if hasattr(row, path):
            return of_units(getattr(row, path))
    if name == "decision":
        return {row.cadre.unit.code if row.cadre else row.unit.code}
    return {row.unit.code if row.unit else ""}


def scoped_models():
    """Models whose rows are seen through `visible_to`."""
    for app in ("people", "assessment"):
        for model in apps.get_app_config(app).get_models():
            if isinstance(model._default_manager.all(), RecordedQuerySet | LedgerEntryQuerySet) and not getattr(model, "ledger_part", None):
                yield model


EVERYWHERE = {"scheme"}  # a yardstick is nobody's secret


@pytest.fixture(scope="module")
def sides(django_db_setup, django_db_blocker):
    with cast.standing(django_db_blocker, two_sides) as made:
        yield made


@pytest.mark.django_db
@pytest.mark.parametrize("model", list(scoped_models()), ids=lambda m: m._meta.model_name)
def test_nothing_of_another_unit_is_visible(sides, model):
    """For every model there is something of the west; whoever looks from the east does not get it, whatever his role."""
    east = set(Unit.objects.descendants(sides.east_unit.pk, include_self=True).values_list("code", flat=True))
    west = set(Unit.objects.descendants(sides.west_unit.pk, include_self=True).values_list("code", flat=True))
    everything = list(model._default_manager.all())
    name = model._meta.model_name
    if name in EVERYWHERE:
        return
    if name in ("job", "savedview"):  # one's own, whatever the unit; views may be shared with one as well
        for codes, side in ((east, sides.east_side), (west, sides.west_side)):
            codes |= {user.username for user in side.users.values()}
    assert any(of_units(row) <= west for row in everything), f"there is no {name} that could leak"
    seen_by_anybody = False
    for role, user in sides.east_side.users.items():
        seen = list(visible_to(user, model))
        seen_by_anybody |= bool(seen)
        assert [row for row in seen if not of_units(row) & east] == [], f"{role} sees {name}"
        if f"view_{name}" not in MAY[role].split():
            assert seen == []
    assert seen_by_anybody, f"nobody sees any {name}, so nothing is tested"


@pytest.mark.django_db
@pytest.mark.parametrize("model", list(scoped_models()), ids=lambda m: m._meta.model_name)
def test_all_of_ones_own_is_visible(sides, model):
    """The other side of the coin: scope hides nothing of the east from the east's own auditor; jobs are one's own."""
    name = model._meta.model_name
    east = set(Unit.objects.descendants(sides.east_unit.pk, include_self=True).values_list("code", flat=True))
    if name in EVERYWHERE:
        return
    auditor = sides.east_side.users["auditor"]
    if name == "authenticator":
        auditor = sides.east_side.users["security"]
    mine = {row.pk for row in model._default_manager.all() if of_units(row) & {*east, auditor.username}}
    assert mine and mine == set(visible_to(auditor, model).values_list("pk", flat=True))


@pytest.mark.django_db
def test_a_campaign_is_seen_through_its_evaluations_and_a_contact_through_its_findings(sides):
    east = sides.east_side.users["manager"]
    assert sides.front in visible_to(east, Campaign)  # of the county, with an evaluation in the east
    assert sides.groups in visible_to(east, Campaign)
    assert sides.west_side.campaign not in visible_to(east, Campaign)
    assert sides.shared in visible_to(east, Contact)
    assert {finding.evaluation.unit.code for finding in visible_to(east, sides.shared.findings.all())} == {"E"}


@pytest.mark.django_db
def test_who_said_it_is_for_the_department_of_the_campaigns_unit_and_for_auditors(sides):
    def may_see_source(user, contact):
        return bool(can(user, "view_source", contact))

    east, shared, own = sides.east_side.users, sides.shared, sides.east_side.contact
    assert [role for role, user in east.items() if may_see_source(user, own)] == ["assessor", "reviewer", "auditor"]
    assert [role for role, user in east.items() if may_see_source(user, shared)] == []  # a campaign of the county
    assert may_see_source(sides.lin, shared) and may_see_source(sides.rui, shared) and may_see_source(sides.aud, shared)
    assert not may_see_source(sides.man, shared)


@pytest.mark.django_db
def test_a_decision_goes_with_its_cadre(sides):
    w, moved = sides, sides.east_side.judged
    assert visible_to(w.west_side.users["manager"], Decision).filter(cadre=moved).count() == 0
    cadres.save(by=w.lin, rows=[{"code": moved.code, "unit": "W"}])
    assert visible_to(w.west_side.users["manager"], Decision).filter(cadre=moved).exists()
    assert visible_to(w.east_side.users["manager"], Evaluation).filter(cadre=moved).exists()  # where it was done


@pytest.mark.django_db
def test_accounts_without_a_unit_are_for_those_who_see_everything(sides):
    assert sides.sys not in visible_to(sides.east_side.users["security"], User)
    assert sides.sys in visible_to(sides.sec, User)
    assert LedgerEntry.objects.filter(unit=None).exists()
    assert not visible_to(sides.east_aud, LedgerEntry).filter(unit=None).exists()
