"""What a sender had seen holds for the action that he asks for, whichever it is: checked under the lock of the head."""

import pytest
from django.db import IntegrityError

from people import ledger, proof, sending
from people.actions import cadres, users
from people.ledger import note, recorded
from people.models import Cadre, Duty, LedgerEntry
from people.refusals import Refused
from tests.cast import again
from tests.refusing import refused
from tests.threads import together

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db]


def about(*records):
    return [(record._meta.label_lower, record.pk) for record in records]


def save(user, code="G001", **fields):
    return cadres.save(by=user, rows=[{"code": code, **fields}])[0]


def test_a_change_after_what_was_seen_is_refused(people):
    seen = ledger.head()[0]
    save(people.mei, post="新职务")
    with refused("record_changed") as caught, sending.expecting(about(people.dawa), seen):
        save(people.lin, native_place="远方")
    (refusal,) = caught.value.refusals
    assert refusal.facts["who"] == str(people.mei) and refusal.facts["at"]
    assert Cadre.objects.get(code="G001").native_place == ""


def test_a_change_that_was_seen_is_not(people):
    save(people.mei, post="新职务")
    with sending.expecting(about(people.dawa), ledger.head()[0]):
        save(people.lin, native_place="远方")
    assert Cadre.objects.get(code="G001").native_place == "远方"


@pytest.mark.parametrize("what", ["another record", "a record of the same number", "an event", "nothing"])
def test_what_is_no_change_of_the_record(people, what):
    seen = ledger.head()[0]
    if what == "another record":
        save(people.mei, "G002", post="新职务")
    elif what == "a record of the same number":
        users.change(by=people.sys, user=people.nobody, name="某某")
        entry = LedgerEntry.objects.order_by("-seq").first()
        assert entry.object_type == "people.user"
    elif what == "an event":
        note(by=people.mei, verb="view", obj=people.dawa)
        note(by=people.mei, verb="reveal", obj=people.dawa, facts={"fields": ["phone"]})
    target = people.nobody.pk if what == "a record of the same number" else people.dawa.pk
    with sending.expecting([("people.cadre", target)], seen):
        save(people.lin, native_place="远方")
    assert Cadre.objects.get(code="G001").native_place == "远方"


def test_it_holds_for_what_changes_another_record(people):
    """The page is about the cadre; the action writes a duty."""
    seen = ledger.head()[0]
    save(people.mei, post="新职务")
    with refused("record_changed"), sending.expecting(about(people.dawa), seen), recorded(by=people.lin, verb="save_duty"):
        Duty.objects.create(unit=people.east_unit, kind="zone", cadre=people.dawa, starts_on="2022-05-01")
    assert not Duty.objects.exists()


def test_an_action_that_changes_nothing_passes(people):
    """What somebody else has just entered, entered again: there is nothing to lose."""
    seen = ledger.head()[0]
    save(people.mei, post="新职务")
    head = ledger.head()
    with sending.expecting(about(people.dawa), seen):
        save(people.lin, post="新职务")
        note(by=people.lin, verb="view", obj=people.dawa)
    assert ledger.head()[0] == head[0] + 1


def test_a_record_that_is_gone(people):
    with recorded(by=people.lin, verb="save_duty"):
        duty = Duty.objects.create(unit=people.east_unit, kind="zone", cadre=people.dawa, starts_on="2022-05-01")
    expected, seen = about(duty), ledger.head()[0]
    with recorded(by=people.mei, verb="save_duty"):
        duty.delete()
    with refused("record_changed"), sending.expecting(expected, seen):
        save(people.lin, post="新职务")


def test_what_the_same_request_did_before_is_no_change_of_others(people):
    token = ledger.origin.set(ledger.Origin(request_id="a" * 32))
    try:
        with sending.expecting(about(people.dawa), ledger.head()[0]):
            save(people.lin, post="新职务")
            save(people.lin, native_place="远方")
    finally:
        ledger.origin.reset(token)
    assert Cadre.objects.get(code="G001").native_place == "远方"


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_saves(people):
    seen = ledger.head()[0]

    def saves(number):
        def work():
            with sending.expecting(about(people.dawa), seen):
                return save(again(people.lin), post=f"第{number}任").post

        return work

    results = together(*(saves(number) for number in range(6)))
    saved = [result for result in results if isinstance(result, str)]
    assert len(saved) == 1 and Cadre.objects.get(code="G001").post == saved[0]
    assert [refusal.code for error in results if isinstance(error, Refused) for refusal in error.refusals] == ["record_changed"] * 5
    assert list(proof.verify()) == []


@pytest.mark.django_db(transaction=True)
def test_two_add_the_same_code_at_once(people):
    """Neither gets the other's record changed under the name of adding one."""

    def adds(user, name):
        def work():
            with sending.expecting((), 0, new="people.cadre"):
                return cadres.save(by=again(user), rows=[{"code": "N1", "name": name, "unit": "E"}])[0].name

        return work

    results = together(adds(people.lin, "甲某"), adds(people.mei, "乙某"))
    (made,) = [result for result in results if isinstance(result, str)]
    assert Cadre.objects.get(code="N1").name == made and list(proof.verify()) == []
    (other,) = [result for result in results if not isinstance(result, str)]
    # on PostgreSQL both may look before either has written: the database says it, and the middleware tries again
    assert isinstance(other, IntegrityError) or [r.code for r in other.refusals] == ["code_taken"]
