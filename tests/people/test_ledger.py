"""What the ledger promises of writing: nothing without an entry, one entry per aggregate, exact differences."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from assessment.actions import contacts, schemes
from assessment.models import DimensionScore, Finding, Rating, Scheme, TeamMember
from people import ledger, proof, triggers
from people.actions import cadres, users
from people.canonical import sha256_hex
from people.ledger import note, recorded, viewed
from people.models import Cadre, Grant, Kinship, LedgerEntry, RecordedModel, RecordedQuerySet, Unit, User
from people.recording import Unrecorded
from tests import cast
from tests.cast import give, give_evidence
from tests.database.raw import run

pytestmark = pytest.mark.both_engines


def since(seq):
    """Entries after that number, oldest first."""
    return list(LedgerEntry.objects.filter(seq__gt=seq).order_by("seq"))


@pytest.fixture
def mark(people):
    """Function that answers the entries written since it was last asked."""
    at = [ledger.head()[0]]

    def entries():
        found = since(at[0])
        at[0] = ledger.head()[0]
        return found

    return entries


# --- no write beside it

WRITES = {
    "save": lambda w: w.dawa.save(),
    "save of some fields": lambda w: w.dawa.save(update_fields=["post"]),
    "save of a new row": lambda w: Unit(code="N", name="新").save(),
    "create": lambda w: Unit.objects.create(code="N", name="新"),
    "get_or_create": lambda w: Unit.objects.get_or_create(code="N", name="新"),
    "update_or_create": lambda w: Unit.objects.update_or_create(code="E", defaults={"name": "新"}),
    "bulk_create": lambda w: Unit.objects.bulk_create([Unit(code="N", name="新")]),
    "update": lambda w: Cadre.objects.filter(pk=w.dawa.pk).update(post="乡长"),
    "update of all": lambda w: Cadre.objects.update(post="乡长"),
    "bulk_update": lambda w: Cadre.objects.bulk_update([w.dawa], ["post"]),
    "delete": lambda w: w.hai_cadre.kin.get().delete(),
    "delete of many": lambda w: Kinship.objects.all().delete(),
    "related create": lambda w: w.east_unit.cadres.create(code="N", name="新"),
    "related get_or_create": lambda w: w.east_unit.cadres.get_or_create(code="N", name="新"),
    "related add": lambda w: w.west_unit.cadres.add(w.dawa),
    "related add, row by row": lambda w: w.west_unit.cadres.add(w.dawa, bulk=False),
    "related set": lambda w: w.west_unit.cadres.set([w.dawa]),
    "related update": lambda w: w.east_unit.cadres.update(post="乡长"),
    "related delete": lambda w: w.hai_cadre.kin.all().delete(),
    "base manager": lambda w: Cadre._base_manager.update(post="乡长"),
    "account": lambda w: User.objects.create(username="ghost"),
    "grant": lambda w: Grant.objects.create(user=w.nobody, role="auditor"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_refused_outside_a_recorded_transaction(people, mark, write):
    with pytest.raises(Unrecorded), transaction.atomic():
        write(people)
    assert mark() == []
    assert list(proof.verify()) == []


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_the_same_is_written_and_told_inside(people, mark, write):
    with recorded(by=people.lin, verb="trial"):
        write(people)
    assert {entry.verb for entry in mark()} <= {"trial"}
    assert list(proof.verify()) == []


def test_parts_are_refused_as_well(world):
    contact = give(world, {world.of(world.dawa): "好"})
    rating = Rating.objects.first()
    for write in (
        lambda: contact.team.create(user=world.rui, position=5),
        lambda: TeamMember.objects.bulk_create([TeamMember(contact=contact, user=world.rui, position=5)]),
        lambda: contact.team.all().delete(),
        lambda: rating.save(),
        lambda: rating.finding.ratings.all().update(level=rating.level),
    ):
        with pytest.raises(Unrecorded):
            write()


def test_a_write_is_never_half_new_half_changed(people):
    for options in ({"ignore_conflicts": True}, {"update_conflicts": True, "update_fields": ["name"], "unique_fields": ["code"]}):
        with pytest.raises(ValueError, match="created or changed"), recorded(by=people.lin, verb="trial"):
            Unit.objects.bulk_create([Unit(code="E", name="新")], **options)


def test_every_model_of_ours_that_is_written_is_recorded():
    """What is not recorded is derived (the numbers), or is the ledger itself."""
    from django.apps import apps

    ours = {model for app in ("people", "assessment") for model in apps.get_app_config(app).get_models()}
    free = {model.__name__ for model in ours if not issubclass(model, RecordedModel)}
    assert free == {"LedgerEntry", "LedgerHead", "DimensionScore", "Session", "SentForm"}
    assert all(isinstance(model._base_manager.all(), RecordedQuerySet) for model in ours if model.__name__ not in free)


def test_nothing_recorded_goes_by_cascade_but_parts(people):
    """A cascade deletes behind the back of querysets, so only parts may hang on one: they are told with their root."""
    from django.apps import apps
    from django.db.models import CASCADE

    for app in ("people", "assessment"):
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.concrete_fields:
                if field.is_relation and field.remote_field.on_delete is CASCADE and model is not DimensionScore:
                    assert model.ledger_part.foreign_key == field.name


# --- transactions


def test_rolled_back_it_leaves_nothing(people, mark):
    with pytest.raises(ZeroDivisionError), recorded(by=people.lin, verb="trial") as act:
        Unit.objects.create(code="N", name="新")
        note(by=people.lin, verb="export")
        assert act.before
        _ = 1 / 0
    with pytest.raises(IntegrityError), recorded(by=people.lin, verb="trial"):
        Unit.objects.create(code="E", name="新")
    assert mark() == []
    assert not Unit.objects.filter(code="N").exists()
    with pytest.raises(Unrecorded):
        Unit.objects.create(code="N", name="新")  # the broken one is over


def test_what_a_savepoint_took_back_is_not_told(people, mark):
    with recorded(by=people.lin, verb="trial"):
        Unit.objects.create(code="N1", name="一")
        with pytest.raises(IntegrityError), transaction.atomic():
            Unit.objects.create(code="N2", name="二")
            Unit.objects.filter(code="E").update(name="改了")
            Unit.objects.create(code="E", name="三")
    assert [entry.object_name for entry in mark()] == ["一"]
    assert list(proof.verify()) == []


def test_an_inner_one_joins(people, mark):
    with recorded(by=people.lin, verb="outer", reason="why") as outer:
        Unit.objects.create(code="N", name="新")
        with recorded(by=people.mei, verb="inner", reason="else") as inner:
            assert inner is outer
            Unit.objects.filter(code="N").update(name="更新")
            cadres.save(by=people.mei, rows=[{"code": "G001", "post": "镇长"}])
        assert mark() == []  # nothing before the end of the outermost
    unit, cadre = mark()
    assert {(e.verb, e.actor, e.reason) for e in (unit, cadre)} == {("outer", people.lin, "why")}
    assert (unit.before, unit.after["name"]) == (None, "更新")  # one entry: it came to be with its last name


def test_no_entry_for_no_change(people, mark):
    with recorded(by=people.lin, verb="trial"):
        people.dawa.save()
        Cadre.objects.filter(code="G001").update(post=people.dawa.post)
        Unit.objects.filter(code="E").update(name="甲")
        Unit.objects.filter(code="E").update(name="东滩镇")
        gone = Unit.objects.create(code="N", name="新")
        gone.delete()
    assert mark() == []


def test_an_event_changes_no_record(people, mark):
    with pytest.raises(ValueError, match="no event"):
        note(by=people.lin, verb="save_cadre", obj=people.dawa)
    with pytest.raises(ValueError, match="is an event"), recorded(by=people.lin, verb="export"):
        Cadre.objects.update(post="乡长")
    assert mark() == []


# --- what an entry says


def test_who_when_where_why(people, mark):
    token = ledger.origin.set(ledger.Origin("r-1", "10.0.0.7"))
    try:
        before = timezone.now()
        cadres.save(by=people.lin, rows=[{"code": "G001", "post": "镇长", "sex": ""}])
    finally:
        ledger.origin.reset(token)
    [entry] = mark()
    assert before <= entry.at <= timezone.now()
    assert (entry.actor, entry.actor_name, entry.verb) == (people.lin, "lin", "save_cadre")
    assert (entry.object_type, entry.object_id, entry.object_name) == ("people.cadre", people.dawa.pk, "达瓦")
    assert (entry.unit_id, entry.request_id, entry.address) == (people.east_unit.pk, "r-1", "10.0.0.7")
    assert entry.before == {"post": "达瓦的职务", "sex": "1"}
    assert entry.after == {"post": "镇长", "sex": None}


def test_a_new_row_is_told_whole_but_for_what_is_blank(people, mark):
    cadres.save(by=people.lin, rows=[{"code": "N1", "name": "新人", "unit": "W", "in_post_since": date(2020, 2, 1)}])
    [entry] = mark()
    assert entry.before is None
    assert entry.after == {
        "code": "N1", "name": "新人", "unit_id": people.west_unit.pk, "in_post_since": "2020-02-01", "status": "in_post"
    }  # fmt: skip


def test_a_deleted_row_is_told_whole_with_its_name_and_unit(people, mark):
    kin = people.hai_cadre.kin.get()
    with recorded(by=people.lin, verb="save_kinship", reason="记错了"):
        kin.delete()
    [entry] = mark()
    assert entry.before == {"cadre_id": people.hai_cadre.pk, "relative_id": people.karma.pk, "relation": "spouse"}
    assert (entry.after, entry.reason, entry.object_name) == (None, "记错了", "海青 噶玛")
    assert entry.unit_id == people.office.pk


def test_a_scheme_with_its_parts_is_one_entry(people, mark):
    made = cast.scheme(people)
    [entry] = mark()
    assert entry.after["on_site_weight"] == "40.00"
    assert entry.after["dimension.A"] == {"name": "A", "weight": "60.00", "position": 0}
    assert entry.after["level.好"] == {"points": "95.00"}
    assert entry.after["grade.优秀"] == {"minimum": "90.00"}
    schemes.save(by=people.lin, rows=[{"code": made.code, "levels": [
        {"name": n, "points": p} for n, p in (("好", 95), ("较好", 80), ("一般", 70), ("差", 50))
    ]}])  # fmt: skip
    [entry] = mark()
    assert entry.before == {"level.较好": {"points": "85.00"}, "level.较差": {"points": "50.00"}, "level.差": None}
    assert entry.after == {"level.较好": {"points": "80.00"}, "level.差": {"points": "50.00"}, "level.较差": None}


def test_a_contact_with_its_team_and_each_finding_with_its_marks(world, mark):
    w = world
    mark()
    contact = give(w, {w.of(w.dawa): {0: "好", 1: "一般"}, w.of(w.nima): None}, number="0007")
    by_type = {}
    for entry in mark():
        by_type.setdefault(entry.object_type, []).append(entry)
    [told] = by_type.pop("assessment.contact")
    assert (told.after["teammember.0"], told.after["teammember.1"]) == ({"user_id": w.lin.pk}, {"user_id": w.mei.pk})
    assert told.after["held_at"] == "2022-05-01T01:00:00.000000Z"
    assert (told.object_name, told.unit_id) == ("一线考核 0007", w.county.pk)
    dawa, nima = by_type.pop("assessment.finding")
    first, second, *_ = w.front.scheme.dimensions.all()
    levels = {level.name: level.pk for level in w.front.scheme.levels.all()}
    assert dawa.after[f"rating.{first.pk}"] == {"level_id": levels["好"]}
    assert dawa.after[f"rating.{second.pk}"] == {"level_id": levels["一般"]}
    assert not [key for key in nima.after if key.startswith("rating")]
    assert (dawa.object_name, dawa.unit_id) == ("0007 达瓦", w.east_unit.pk)
    assert not by_type  # nothing of the numbers that follow
    draft = contacts.ContactDraft(w.front, contact=contact, findings=[contacts.FindingDraft(w.of(w.dawa), ratings={second: "好", first: ""})])
    contacts.record(by=w.lin, drafts=[draft])
    [entry] = mark()
    assert entry.before == {f"rating.{first.pk}": {"level_id": levels["好"]}, f"rating.{second.pk}": {"level_id": levels["一般"]}}
    assert entry.after == {f"rating.{first.pk}": None, f"rating.{second.pk}": {"level_id": levels["好"]}}


def test_a_part_stays_with_its_root(world):
    contact = give(world, {world.of(world.dawa): "好"})
    with pytest.raises(ValueError, match="stays with"), recorded(by=world.lin, verb="trial"):
        contact.team.update(contact=give(world, {world.of(world.nima): "好"}))
    other = give(world, {world.of(world.nima): "好"})
    with recorded(by=world.lin, verb="trial"):
        member = contact.team.last()
        member.contact, member.position, member.user = other, 7, world.rui
        member.save()
    assert list(proof.verify()) == []  # both contacts told of it


def test_a_row_that_calls_itself_new_but_is_there(people, mark):
    with recorded(by=people.lin, verb="trial"):
        Unit(pk=people.east_unit.pk, code="E", name="东滩", kind="township", parent=people.county).save()
    [entry] = mark()
    assert (entry.before, entry.after) == ({"name": "东滩镇"}, {"name": "东滩"})
    assert list(proof.verify()) == []


# --- what is left out


def test_sign_in_times_are_left_out_and_a_password_is_told_by_its_digest(people, mark, client):
    client.force_login(people.lin)
    assert User.objects.get(username="lin").last_login
    users.set_password(by=people.sys, user=people.lin, password="Eine-ganz-andere-7")
    entries = mark()
    assert {entry.verb for entry in entries} == {"save_user", "session_ended", "password_changed"}
    kept = sha256_hex(User.objects.get(username="lin").password)
    assert [entry.after for entry in entries if entry.verb == "save_user"] == [{"password": kept, "must_change_password": True}]
    assert not LedgerEntry.objects.filter(after__icontains="andere").exists()
    added = cast.add_user("fresh")
    [entry] = mark()
    assert entry.after == {"password": sha256_hex(added.password), "username": "fresh", "is_active": True, "must_change_password": False}
    assert not LedgerEntry.objects.filter(after__icontains=added.password).exists()


def test_derived_numbers_are_left_out(world, mark):
    mark()
    give_evidence(world, world.of(world.dawa))
    assert world.of(world.dawa).score is not None
    assert {entry.object_type for entry in mark()} == {"assessment.contact", "assessment.finding"}
    with recorded(by=world.lin, verb="save_cadre"):
        Cadre.objects.update(pinyin="x", initials="x")
    assert mark() == []


# --- events


def test_a_page_view_is_told_once_an_hour(people, mark):
    def views():
        rows = LedgerEntry.objects.filter(verb="view", actor=people.lin, object_id=people.dawa.pk).values_list("at", flat=True)
        return [at.replace(minute=0, second=0, microsecond=0) for at in rows]

    for _ in range(3):
        viewed(by=people.lin, obj=people.dawa)
    assert len(views()) == len(set(views()))
    viewed(by=people.mei, obj=people.dawa)
    viewed(by=people.lin, obj=people.nima)
    assert len(mark()) >= 3
    triggers.drop()  # an hour passes
    run(("UPDATE people_ledgerentry SET at = %s WHERE verb = 'view'", [timezone.now() - timezone.timedelta(hours=1)]))
    viewed(by=people.lin, obj=people.dawa)
    assert len(mark()) == 1


def test_an_event_says_what_it_is_about(people, mark):
    note(by=people.man, verb="export", obj=people.dawa, facts={"rows": 3, "filters": {"q": "达"}}, reason="开会用")
    note(by=None, verb="sign_in_failed", object_type="people.user", object_name="谁" * 300)
    export, failed = mark()
    assert (export.object_type, export.object_id, export.unit_id) == ("people.cadre", people.dawa.pk, people.east_unit.pk)
    assert (export.after, export.reason) == ({"rows": 3, "filters": {"q": "达"}}, "开会用")
    assert (failed.actor, failed.actor_name, failed.object_id, len(failed.object_name)) == (None, "", None, 200)
    assert list(proof.verify()) == []  # events change no record


def test_the_four_schemes_are_there_from_the_first_migration(db):
    assert set(Scheme.objects.values_list("code", flat=True)) == {"front-line", "cadre-five", "group-five", "routine"}
    entries = LedgerEntry.objects.filter(object_type="assessment.scheme")
    assert {(entry.actor, entry.verb) for entry in entries} == {(None, "save_scheme")} and len(entries) == 4


def test_findings_are_never_deleted_even_inside(world):
    give(world, {world.of(world.dawa): "好"})
    with pytest.raises(DatabaseError, match="never deleted"), recorded(by=world.lin, verb="trial"):
        Finding.objects.all().delete()
