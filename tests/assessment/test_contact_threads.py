"""Two at once: numbers never clash, one sending counts once, and locks hold."""

from uuid import uuid4

import pytest

from assessment.actions import contacts, evaluations
from assessment.actions.contacts import ContactDraft, FindingDraft
from assessment.models import Contact, Evaluation
from people import proof
from people.refusals import Refused
from tests.cast import again, drafted, give_evidence
from tests.threads import together

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db(transaction=True)]


def visit(world, by, **fields):
    draft = ContactDraft("F", "on_site", "2022-05-01 09:00", "lin、mei", [FindingDraft(("cadre", "G001"), "在岗")], place="村口", **fields)
    return lambda: contacts.record(by=again(by), drafts=[draft])[0].number


def test_numbers_never_clash(world):
    got = together(*(visit(world, by) for by in (world.lin, world.mei) * 3))
    assert sorted(map(str, got)) == [f"{n:04d}" for n in range(1, 7)]
    assert Evaluation.objects.get(campaign=world.front, cadre=world.dawa).count_on_site == 6
    assert list(proof.verify()) == [] and list(evaluations.verify_numbers()) == []


def test_one_sending_counts_once(world):
    uuid = uuid4()
    assert together(*(visit(world, world.lin, client_uuid=uuid) for _ in range(4))) == ["0001"] * 4
    assert Contact.objects.count() == 1


def test_evidence_and_submission_at_once(world):
    """Whoever comes second sees what the first has done: no finding slips under a submitted evaluation unseen."""
    dawa = world.of(world.dawa)
    give_evidence(world, dawa)
    drafted(world, dawa)
    submit, record = together(lambda: evaluations.submit(by=again(world.lin), evaluation=dawa), visit(world, world.mei))
    assert isinstance(submit, Evaluation)
    dawa.refresh_from_db()
    if isinstance(record, Refused):
        assert [r.code for r in record.refusals] == ["evidence_locked"] and dawa.count_on_site == 1
    else:
        assert record == "0004" and dawa.count_on_site == 2
    assert dawa.state == "submitted" and list(evaluations.verify_numbers()) == [] and list(proof.verify()) == []
