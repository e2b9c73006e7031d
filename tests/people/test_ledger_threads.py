"""Several people at once: one unbroken chain, and nobody's work is lost."""

from threading import Thread
from uuid import uuid4

import pytest
from django.db import connection

from assessment.models import Scheme
from people import ledger, proof, sending, triggers
from people.actions import cadres, duties, grants, users
from people.ledger import note, recorded
from people.models import Cadre, Grant, Kinship, LedgerEntry, LedgerHead, SentForm, Unit
from people.refusals import Refused
from tests.cast import again
from tests.threads import together

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db(transaction=True)]

TIMES = 15


def test_writers_at_the_same_time_give_one_chain(people):
    start, _ = ledger.head()

    def saves(user, code):
        def work():
            for n in range(TIMES):
                cadres.save(by=user, rows=[{"code": code, "post": f"第{n}任"}])
                note(by=user, verb="view", obj=people.dawa)

        return work

    assert together(saves(people.lin, "G001"), saves(people.mei, "G005"), saves(people.hai, "G003")) == [None] * 3
    entries = LedgerEntry.objects.filter(seq__gt=start).order_by("seq")
    assert [entry.seq for entry in entries] == list(range(start + 1, start + 1 + 3 * 2 * TIMES))
    assert list(proof.verify()) == []
    for user in (people.lin, people.mei, people.hai):
        told = [entry.after["post"] for entry in entries if entry.actor_id == user.pk and entry.verb == "save_cadre"]
        assert told == [f"第{n}任" for n in range(TIMES)]


def test_one_row_changed_by_two_keeps_every_step(people):
    """Each entry's `before` is what the entry before it left: nobody reads what the other is about to change."""

    def saves(user, word):
        def work():
            for n in range(TIMES):
                with recorded(by=user, verb="save_cadre"):
                    row = Cadre.objects.select_for_update().get(code="G001")
                    row.post = f"{word}{n}"
                    row.save(update_fields=["post"])

        return work

    assert together(saves(people.lin, "甲"), saves(people.mei, "乙")) == [None] * 2
    entries = LedgerEntry.objects.filter(object_type="people.cadre", object_id=people.dawa.pk).order_by("seq")
    steps = [(entry.before, entry.after) for entry in entries if entry.before]
    assert len(steps) == 2 * TIMES
    assert all(before["post"] == after["post"] for (_, after), (before, _) in zip(steps, steps[1:], strict=False))
    assert list(proof.verify()) == []


def test_each_entry_tells_of_its_own_change_alone(people):
    """Two save different fields of one cadre: neither's entry holds what the other did."""

    def saves(user, name):
        def work():
            for n in range(TIMES):
                cadres.save(by=user, rows=[{"code": "G001", name: f"第{n}"}])

        return work

    assert together(saves(people.lin, "post"), saves(people.mei, "native_place")) == [None] * 2
    entries = LedgerEntry.objects.filter(object_type="people.cadre", object_id=people.dawa.pk, verb="save_cadre").order_by("-seq")
    fields = [(entry.actor_id, set(entry.after)) for entry in entries[: 2 * TIMES]]
    assert sorted(map(repr, fields)) == sorted(
        map(repr, [(people.lin.pk, {"post"}), (people.mei.pk, {"native_place"})] * TIMES)
    )
    people.dawa.refresh_from_db()
    assert (people.dawa.post, people.dawa.native_place) == (f"第{TIMES - 1}",) * 2


def test_one_kinship_from_both_sides_at_once(people):
    def records(user, *pair):
        return lambda: duties.save_kinships(by=again(user), rows=[{"cadre": pair[0], "relative": pair[1], "relation": "spouse"}])

    results = together(records(people.lin, "G001", "G002"), records(people.mei, "G002", "G001"))
    (refused,) = [result for result in results if isinstance(result, Refused)]
    assert [refusal.code for refusal in refused.refusals] == ["kinship_known"]
    assert Kinship.objects.filter(cadre__code__in=["G001", "G002"]).count() == 1 and list(proof.verify()) == []


def test_a_rolled_back_writer_leaves_no_gap(people):
    def fails():
        for _ in range(TIMES):
            try:
                with recorded(by=people.mei, verb="trial"):
                    Unit.objects.create(code="N", name="新")
                    note(by=people.mei, verb="export")
                    raise ZeroDivisionError
            except ZeroDivisionError:
                pass

    def succeeds():
        for n in range(TIMES):
            with recorded(by=people.lin, verb="trial"):
                Unit.objects.create(code=f"N{n}", name="新")

    start, _ = ledger.head()
    assert together(fails, succeeds) == [None] * 2
    assert ledger.head()[0] == start + TIMES
    assert not Unit.objects.filter(code="N").exists()
    assert list(proof.verify()) == []


def test_the_first_two_entries_of_all(db):
    """Both want to make the head."""
    triggers.drop()
    LedgerEntry.objects.all().delete()
    LedgerHead.objects.all().delete()
    triggers.install()
    assert together(*[lambda: note(by=None, verb="verify")] * 3) == [None] * 3
    assert list(LedgerEntry.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3]
    assert [fault.code for fault in proof.verify()] == ["row never recorded"] * Scheme.objects.count()


def test_two_exclusive_roles_given_at_once(people):
    """One of them is refused, by the action, whatever the database would say."""
    results = together(
        lambda: grants.give(by=people.sec, user=people.nobody, role="auditor"),
        lambda: grants.give(by=None, user=people.nobody, role="manager", unit=people.east_unit),
    )
    refused = [result for result in results if isinstance(result, Refused)]
    assert [refusal.code for error in refused for refusal in error.refusals] == ["roles_exclusive"]
    assert Grant.objects.filter(user=people.nobody).count() == 1
    assert list(proof.verify()) == []


def test_an_account_that_is_being_changed_keeps_nobody_from_the_head(people):
    """What a form did is noted with its sender, under the lock of the head: a lock of his account must not wait for that."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    key = uuid4()

    def sends():
        with sending.under_way(sending.Sent(key)):
            cadres.save(by=people.lin, rows=[{"code": "G001", "post": "新职务"}])
        connection.close()

    other = Thread(target=sends)
    with recorded(by=None, verb="save_user"):
        users.change(by=None, user=people.lin, email="lin@example.org")
        other.start()
        other.join(10)
        waited = other.is_alive()
    other.join()
    assert not waited and SentForm.objects.filter(pk=key).exists() and list(proof.verify()) == []
