"""The cast itself: it stands, is recorded, and nothing in it is at odds with the ledger."""

import pytest

from assessment.actions import evaluations
from people import proof
from tests.cast import give_evidence, signed

pytestmark = pytest.mark.both_engines


def test_the_world_stands_and_is_recorded(world):
    give_evidence(world, world.of(world.nima), world.of(world.karma), level="好")
    opinion = signed(world, world.of(world.dawa))
    group = signed(world, world.of(world.west_unit), signer=world.rong)
    assert (opinion.number, opinion.grade, group.grade) == (1, "称职", "良好")
    assert world.of(world.nima).proposed_grade == "优秀"
    assert list(proof.verify()) == []
    assert list(evaluations.verify_numbers()) == []
    assert list(evaluations.verify_opinions()) == []
