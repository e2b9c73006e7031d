"""Triggers over a migration; by itself, for it needs real transactions."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from people import triggers
from tests.database.raw import run

pytestmark = pytest.mark.both_engines


@pytest.mark.django_db(transaction=True)
def test_a_migration_takes_them_off_and_puts_them_on_again():
    """A migration may rebuild tables, which SQLite does without their triggers."""
    call_command("migrate", "assessment", "zero", verbosity=0)
    there = set(triggers.present())
    assert {"ledger_no_update", "grant_exclusive_new"} <= there and "finding_stays" not in there
    call_command("migrate", verbosity=0)
    assert list(triggers.faults()) == []
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(("UPDATE people_ledgerentry SET reason = 'x'", []))
