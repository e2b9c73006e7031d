"""Every trigger, tried to be broken with raw SQL. Each trial runs twice: with this one trigger alone it is refused with
the trigger's sentence, with none it goes through; so it is this trigger, and nothing else, that holds the rule."""

import pytest
from django.db import connection, transaction

from people import proof, triggers
from people.models import LedgerEntry
from tests.cast import add_user
from tests.database.raw import answer, copy, delete, run, update

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db]


def sign(s, evaluation, **wrong):
    """A signed opinion, the first of the evaluation."""
    values = {"evaluation_id": evaluation.pk, "number": 1, "supersedes_id": None, "author_id": s.lin.pk, "signer_id": s.rui.pk}
    return copy(s.first, **{**values, **wrong})


#: trigger -> statements that break its rule in different ways; a function of the scene, which it may prepare
BREAKS = {
    "ledger_no_update": lambda s: [update(s.entry, reason="nicht so"), update(s.entry, at="2020-01-01 00:00:00+00:00")],
    "ledger_no_delete": lambda s: [delete(s.entry)],
    "ledger_no_gap": lambda s: [copy(newest(), seq=newest().seq + 2), copy(newest(), seq=-1)],
    "ledger_head_stays": lambda s: [delete(s.head)],
    "user_no_delete": lambda s: [delete(s.nobody)],
    "grant_exclusive_new": lambda s: [
        copy(s.grant, role="manager"), copy(s.grant, role="system"), copy(s.given, role="security"), copy(s.given, role="auditor"),
    ],
    "grant_exclusive_change": lambda s: [update(s.given, user_id=s.aud.pk), update(s.given, role="auditor")],
    "scheme_frozen_change": lambda s: [update(s.frozen, title="另一名"), update(s.frozen, digest=""), update(s.frozen, quota=100)],
    "scheme_frozen_delete": lambda s: [delete(s.frozen)],
    "scheme_freeze_whole": lambda s: [frozen_without(s, what) for what in ("weight", "grades", "levels")],
    **{
        f"{part}_frozen_{event}": lambda s, part=part, event=event: part_of_frozen(s, part, event)
        for part in ("dimension", "level", "grade") for event in ("insert", "update", "delete")
    },
    "campaign_scheme_frozen_insert": lambda s: [copy(s.front, code="F2", scheme_id=s.loose.pk)],
    "campaign_scheme_frozen_update": lambda s: [update(s.front, scheme_id=s.loose.pk)],
    "campaign_scheme_stays": lambda s: [update(s.front, scheme_id=s.other.scheme_id)],
    "evaluation_starts_gathering": lambda s: [
        roster(s, state="submitted", author_id=s.lin.pk, submitted_at="2022-06-01 00:00:00+00:00"),
        roster(s, version=1), roster(s, cadre_id=None, group_id=s.west_unit.pk),
        copy(s.of(s.west_unit), group_id=None, cadre_id=s.dawa.pk),
    ],
    "evaluation_assessee_stays": lambda s: [
        update(s.gathering, cadre_id=s.hai_cadre.pk), update(s.of(s.west_unit), group_id=s.county.pk), update(s.gathering, campaign_id=s.groups.pk),
    ],
    "evaluation_steps": lambda s: [
        update(s.gathering, state="signed", version=1, author_id=s.lin.pk, submitted_at="2022-06-01 00:00:00+00:00"),
        update(s.signed, state="submitted"),
    ],
    "evaluation_signed_by_opinion": lambda s: [
        update(s.submitted, state="signed", version=1), update(s.signed, version=1, grade="优秀"), update(s.signed, author_id=s.mei.pk),
    ],
    "evaluation_version_counts": lambda s: [update(s.gathering, version=1), update(s.signed, version=3), update(s.signed, version=1)],
    "evaluation_locked": lambda s: [
        update(s.submitted, **{name: "改了"})
        for name in ("performance", "strengths", "shortcomings", "conclusion", "grade", "grade_reason")
    ] + [update(s.submitted, author_id=s.mei.pk), update(s.signed, conclusion="改了"), update(s.submitted, state="gathering", grade="优秀")],
    "opinion_no_update": lambda s: [update(s.first, body="{}"), update(s.first, signer_id=s.rong.pk), update(s.first, signed_at="2022-06-01 00:00:00+00:00")],
    "opinion_no_delete": lambda s: [delete(s.of(s.tashi).opinions.get())],
    "opinion_of_submitted": lambda s: [
        sign(s, s.gathering), sign(s, s.signed, number=3, supersedes_id=s.group_opinion.pk),
        sign(s, s.submitted, author_id=s.mei.pk), sign(s, s.submitted, number=2, supersedes_id=s.group_opinion.pk),
        [update(s.of(s.tashi), state="submitted"), sign(s, s.of(s.tashi), number=2, supersedes_id=s.group_opinion.pk)],
    ],
    "notice_no_delete": lambda s: [delete(s.notice)],
    "appeal_no_delete": lambda s: [delete(s.appeal)],
    "contact_locked_change": lambda s: [update(s.locked.contact, place="别处"), update(s.locked.contact, source_name="别人")],
    "contact_campaign_stays": lambda s: [update(s.sonam_contact, campaign_id=s.groups.pk)],
    "attachment_locked_new": lambda s: [copy(s.file, contact_id=s.locked.contact_id, sha256="1" * 64)],
    "attachment_locked_change": lambda s: [update(s.locked_file, withdrawn_on="2022-06-01", withdrawn_why="不要了"), update(s.locked_file, name="别的.jpg")],
    "attachment_stays": lambda s: [
        update(s.file, contact_id=s.locked.contact_id), update(s.file, sha256="1" * 64), update(s.file, size=1), update(s.file, name="别的.jpg"),
        update(s.file, kind="other"), update(s.file, media_type="image/png"), update(s.file, added_by_id=s.mei.pk),
        update(s.file, added_at="2020-01-01 00:00:00+00:00"), update(s.withdrawn_file, withdrawn_on=None, withdrawn_why=""),
        update(s.withdrawn_file, withdrawn_why="另一理由"),
    ],
    "attachment_no_delete": lambda s: [delete(s.file), delete(s.withdrawn_file)],
    "contact_no_delete": lambda s: [delete(s.sonam_contact)],
    "team_locked_insert": lambda s: [copy(s.locked.contact.team.first(), position=5, user_id=s.rui.pk)],
    "team_locked_update": lambda s: [
        update(s.locked.contact.team.first(), user_id=s.rui.pk), update(s.locked.contact.team.first(), contact_id=s.finding.contact_id, position=5, user_id=s.rui.pk),
        update(s.finding.contact.team.first(), contact_id=s.locked.contact_id, position=5, user_id=s.rui.pk),
    ],
    "team_locked_delete": lambda s: [delete(s.locked.contact.team.first())],
    "finding_no_delete": lambda s: [delete(s.finding), delete(s.withdrawn)],
    "finding_locked_new": lambda s: [copy(s.locked, contact_id=s.sonam_contact.pk)],
    "finding_locked_change": lambda s: [
        update(s.locked, narrative="改了"), update(s.withdrawn, withdrawn_on=None, withdrawn_why=""), update(s.withdrawn, narrative="改了"),
        update(s.locked, withdrawn_on="2022-06-01", withdrawn_why="不要了"),
    ],
    "finding_stays": lambda s: [update(s.finding, evaluation_id=s.of(s.karma).pk), update(s.finding, contact_id=s.locked.contact_id)],
    "finding_of_one_campaign": lambda s: [copy(s.finding, evaluation_id=s.of(s.west_unit).pk)],
    "rating_locked_insert": lambda s: [insert_again(s.locked_rating), insert_again(s.withdrawn_rating)],
    "rating_locked_update": lambda s: [
        update(s.locked_rating, level_id=worst(s)), update(s.withdrawn_rating, level_id=worst(s)), slipped(s.rating, s.locked_rating),
    ],
    "rating_locked_delete": lambda s: [delete(s.locked_rating), delete(s.withdrawn_rating)],
    "rating_of_one_scheme_insert": lambda s: [
        copy(s.rating, dimension_id=s.loose.dimensions.first().pk), copy(s.rating, dimension_id=freed(s), level_id=s.loose.levels.first().pk),
    ],
    "rating_of_one_scheme_update": lambda s: [
        update(s.rating, dimension_id=s.loose.dimensions.first().pk), update(s.rating, level_id=s.loose.levels.first().pk),
    ],
    "decision_no_delete": lambda s: [delete(resting_on_nothing(s))],
    "decision_starts_proposed": lambda s: [copy(s.confirmed, code="x"), copy(s.noticed, code="x"), copy(s.revoked, code="x")],
    "decision_steps": lambda s: [
        update(s.revoked, state="proposed"), update(s.confirmed, state="proposed"), update(s.noticed, state="proposed"),
        update(s.revoked, state="confirmed", confirmed_on="2022-08-01", confirmed_by_id=s.rui.pk),
        update(s.confirmed, state="notice", notice_from="2022-08-01", notice_until="2022-08-09"),
    ],
    "decision_rests_on_opinion": lambda s: [
        update(resting_on_nothing(s), state="notice", notice_from="2022-08-01", notice_until="2022-08-09"),
        update(resting_on_nothing(s), state="confirmed", confirmed_on="2022-08-01", confirmed_by_id=s.rui.pk),
    ],
    "decision_assessee_stays": lambda s: [
        update(s.proposed, cadre_id=s.nima.pk), update(s.of_group, unit_id=s.west_unit.pk), update(s.training, cadre_id=None, unit_id=s.east_unit.pk),
    ],
    "basis_of_same_assessee": lambda s: [
        copy(s.basis, opinion_id=s.group_opinion.pk),  # of another
        copy(s.basis, opinion_id=s.first.pk),  # superseded
        copy(s.basis, decision_id=s.commended.pk, opinion_id=s.second.pk),
        copy(s.basis, decision_id=s.confirmed.pk, opinion_id=later(s).pk),  # no longer proposed
    ],
    "basis_no_update": lambda s: [update(s.basis, opinion_id=s.first.pk)],
    "basis_no_delete": lambda s: [delete(s.basis)],
}  # fmt: skip


def newest():
    return LedgerEntry.objects.order_by("-seq").first()


def frozen_without(s, what):
    """Freeze a scheme that is not whole."""
    weight, part, value = {"weight": ("dimension", "weight", 39), "grades": ("grade", "minimum", 1), "levels": ("level", None, None)}[what]
    table = f"assessment_{weight}"
    spoil = f"UPDATE {table} SET {part} = {value} WHERE {part} IN (0, 40)" if part else f"DELETE FROM {table} WHERE scheme_id = {s.loose.pk}"
    return [(spoil, []), update(s.loose, digest="f" * 64)]


def part_of_frozen(s, part, event):
    row, loose = (getattr(scheme, f"{part}s").first() for scheme in (s.frozen, s.loose))
    number = {"dimension": "weight", "level": "points", "grade": "minimum"}[part]
    fresh = {"name": "新", number: 33, **({"code": "new"} if part == "dimension" else {})}
    unused = [("DELETE FROM assessment_dimensionscore", []), ("DELETE FROM assessment_rating", [])]
    return {
        "insert": [copy(row, **fresh)],
        "update": [update(row, **{number: 7}), update(row, scheme_id=s.loose.pk, **fresh), update(loose, scheme_id=s.frozen.pk, **fresh)],
        "delete": [[*unused, delete(row)]],
    }[event]


def roster(s, **values):
    """One more row on the roster of the front-line campaign."""
    return copy(s.of(s.pema), **{"cadre_id": s.hai_cadre.pk, **values})


def worst(s):
    return s.frozen.levels.order_by("points").first().pk


def insert_again(rating):
    """A rating under the same finding; its dimension is freed first."""
    finding, other = rating.finding, rating.finding.ratings.exclude(pk=rating.pk).first()
    run(delete(other))
    return copy(rating, finding_id=finding.pk, dimension_id=other.dimension_id)


def slipped(rating, under):
    """A rating of free evidence is moved under a locked finding."""
    other = under.finding.ratings.exclude(pk=under.pk).first()
    run(delete(other))
    return update(rating, finding_id=under.finding_id, dimension_id=other.dimension_id)


def freed(s):
    """A dimension on which the free finding has no mark."""
    other = s.finding.ratings.exclude(pk=s.rating.pk).first()
    if other:
        run(delete(other))
        s.freed = other.dimension_id
    return s.freed


def resting_on_nothing(s):
    """A proposal whose basis was taken away."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM assessment_basis WHERE decision_id = %s", [s.proposed.pk])
    return s.proposed


def later(s):
    """One more signed opinion of tashi, the latest."""
    old = s.of(s.tashi).opinions.get()
    run(copy(old, number=2, supersedes_id=old.pk))
    run(update(s.of(s.tashi), version=2))
    return s.of(s.tashi).opinions.get(number=2)


def named(name):
    return next(trigger for trigger in triggers.declared() if trigger.name == name)


def put_on(trigger):
    with connection.cursor() as cursor:
        for statement in trigger.statements(connection.vendor):
            cursor.execute(statement)


def test_every_trigger_has_its_trial():
    assert set(BREAKS) == {trigger.name for trigger in triggers.declared()}


@pytest.mark.parametrize("name", BREAKS)
def test_it_is_refused(bare, name):
    trigger, trials = named(name), BREAKS[name](bare)
    for trial in trials:
        *before, last = trial if isinstance(trial, list) else [trial]
        with transaction.atomic():
            for statement in before:
                run(statement)
            assert answer(last) == "", "something else than the trigger is in the way"
            put_on(trigger)
            assert trigger.message in answer(last), last
            transaction.set_rollback(True)


@pytest.mark.parametrize("trigger", [t for t in triggers.declared() if t.event == "DELETE" and not t.condition], ids=lambda t: t.name)
def test_nothing_is_emptied(scene, trigger):
    """TRUNCATE passes by the triggers of rows."""
    if connection.vendor == "sqlite":
        assert trigger.message in answer((f"DELETE FROM {trigger.table}", []))
    else:
        assert trigger.message in answer((f"TRUNCATE {trigger.table} CASCADE", []))


def test_nothing_is_replaced(scene):
    """INSERT OR REPLACE deletes in passing; our connections let triggers see that."""
    if connection.vendor == "sqlite":
        names = ", ".join(field.column for field in LedgerEntry._meta.concrete_fields)
        sql = f"INSERT OR REPLACE INTO people_ledgerentry ({names}) SELECT {names} FROM people_ledgerentry WHERE seq = 1"
        assert "ledger" in answer((sql, []))
    else:
        sql = "INSERT INTO people_ledgerentry SELECT * FROM people_ledgerentry WHERE seq = 1 ON CONFLICT (seq) DO UPDATE SET reason = 'x'"
        assert "ledger" in answer((sql, []))


def test_roles_exclude_each_other_only_while_both_are_in_force(scene, db):
    user = add_user("past", "auditor", valid_from="2020-01-01", valid_until="2020-12-31")
    run(copy(user.grants.get(), role="manager", valid_from="2021-01-01", valid_until=None))
    assert "exclude" in answer(copy(user.grants.get(role="auditor"), role="manager", valid_from="2020-12-31"))


def test_drop_and_install(scene, db):
    assert list(triggers.faults()) == []
    triggers.drop()
    everything = {("missing", name) for trigger in triggers.declared() for name in trigger.parts(connection.vendor)}
    assert set(triggers.faults()) == everything
    triggers.install()
    triggers.install()  # again: nothing is there twice
    assert list(triggers.faults()) == []


@pytest.mark.parametrize("name", ["ledger_no_update", "opinion_no_delete", "grant_exclusive_new"])
def test_verify_names_a_missing_trigger(scene, db, name):
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + (f" ON {named(name).table}" if connection.vendor == "postgresql" else ""))
    assert str(next(proof.verify())) == f"trigger missing: trigger {name}"


def test_verify_names_a_trigger_that_does_nothing(scene, db):
    trigger = named("ledger_no_update")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER ledger_no_update")
            cursor.execute("CREATE TRIGGER ledger_no_update BEFORE UPDATE ON people_ledgerentry FOR EACH ROW WHEN 0 BEGIN SELECT 1; END")
        else:
            cursor.execute("CREATE OR REPLACE FUNCTION ledger_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")
    assert answer(update(newest(), reason="x")) == ""
    assert [str(fault) for fault in proof.verify()] == [f"trigger altered: trigger {trigger.name}"]


def test_verify_names_a_trigger_that_is_switched_off(scene, db):
    if connection.vendor == "postgresql":  # SQLite has no such switch
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE people_ledgerentry DISABLE TRIGGER ledger_no_update")
        assert [str(fault) for fault in proof.verify()] == ["trigger missing: trigger ledger_no_update"]
