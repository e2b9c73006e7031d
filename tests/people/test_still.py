"""An unchanging picture for the proof: what others write meanwhile is neither seen nor held up."""

import pytest
from django.db import connection
from django.utils import timezone

from people import ledger, proof
from people.models import Session

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db(transaction=True)]


def test_others_write_meanwhile_and_are_seen_afterwards():
    other = connection.copy()
    try:
        with ledger.still():
            assert Session.objects.count() == 0
            with other.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO people_session (session_key, session_data, expire_date, started_at, seen_at, address, agent) "
                    "VALUES ('a', '', %s, %s, %s, '', '')",
                    [timezone.now().isoformat()] * 3,
                )
            assert Session.objects.count() == 0
        assert Session.objects.count() == 1
    finally:
        other.close()


def test_it_ends_also_when_the_work_fails():
    with pytest.raises(ZeroDivisionError), ledger.still():
        Session.objects.count()
        1 / 0  # noqa: B018
    with ledger.still():
        assert not list(proof.verify())


def test_inside_a_transaction_it_is_that_one(db):
    from django.db import transaction

    with transaction.atomic(), ledger.still():
        assert connection.in_atomic_block
    assert not connection.in_atomic_block
