"""A form is carried out once, however often and by however many hands it is sent."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from people import ledger, proof, sending
from people.actions import units
from people.ledger import note, recorded
from people.models import LedgerEntry, SentForm, Unit
from people.refusals import Refused
from people.sending import AlreadyDone, Sent
from tests.cast import again
from tests.refusing import refused
from tests.threads import together

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db]


def add(user, code="N"):
    return units.save(by=user, rows=[{"code": code, "name": "新", "parent": "C"}])[0]


def send(key, work):
    sent = Sent(key)
    with sending.under_way(sent):
        work()
    return sent


def test_the_second_time_it_leads_to_the_first(people):
    key, start = uuid4(), ledger.head()[0]
    sent = send(key, lambda: add(people.lin))
    assert sent.done == start + 1 and LedgerEntry.objects.get(pk=sent.done).object_type == "people.unit"
    row = SentForm.objects.get()
    assert (row.key, row.user_id, row.entry) == (key, people.lin.pk, sent.done)
    with pytest.raises(AlreadyDone) as caught:
        send(key, lambda: add(people.lin, "N2"))
    assert caught.value.entry == sent.done and not Unit.objects.filter(code="N2").exists()
    assert ledger.head()[0] == start + 1


def test_what_was_refused_may_be_sent_again(people):
    key = uuid4()
    with pytest.raises(Refused):
        send(key, lambda: units.save(by=people.lin, rows=[{"code": "N", "name": "", "parent": "C"}]))
    with pytest.raises(ZeroDivisionError):
        send(key, lambda: broken(people))
    assert not SentForm.objects.exists()
    assert send(key, lambda: add(people.lin)).done


def broken(people):
    with recorded(by=people.lin, verb="trial"):
        Unit.objects.create(code="N", name="新")
        raise ZeroDivisionError


def test_the_key_of_somebody_else_is_refused(people):
    key = uuid4()
    send(key, lambda: add(people.lin))
    with refused("form_of_another"):
        send(key, lambda: add(people.mei, "N2"))
    assert not Unit.objects.filter(code="N2").exists()


def test_looking_alone_takes_no_key(people):
    key = uuid4()
    assert send(key, lambda: note(by=people.lin, verb="view", obj=people.dawa)).done is None
    assert not SentForm.objects.exists()


def test_what_is_no_part_of_the_form(people):
    key = uuid4()

    def work():
        with sending.under_way(None):
            add(people.lin, "N1")
        add(people.lin, "N2")

    sent = send(key, work)
    assert LedgerEntry.objects.get(pk=sent.done).object_name.endswith(str(Unit.objects.get(code="N2")))


@pytest.mark.django_db(transaction=True)
def test_many_at_once_do_it_once(people):
    key, start = uuid4(), ledger.head()[0]
    results = together(*(lambda n=n: send(key, lambda: add(again(people.lin), f"N{n}")).done for n in range(6)))
    assert sorted(map(repr, results)) == sorted([repr(start + 1), *[repr(AlreadyDone(start + 1))] * 5])
    assert ledger.head()[0] == start + 1 and Unit.objects.filter(name="新").count() == 1 and list(proof.verify()) == []


def test_keys_are_kept_for_some_days(people):
    from assessment.actions import jobs

    send(uuid4(), lambda: add(people.lin, "N1"))
    SentForm.objects.update(at=timezone.now() - timedelta(days=8))
    send(uuid4(), lambda: add(people.lin, "N2"))
    jobs.sweep()
    assert SentForm.objects.count() == 1
