"""Saying in a test that something is refused, and why."""

from contextlib import contextmanager

import pytest

from people import ledger
from people.refusals import Refused


@contextmanager
def refused(*codes):
    """The work inside is refused with exactly these codes, and leaves nothing behind."""
    before = ledger.head()
    with pytest.raises(Refused) as caught:
        yield caught
    assert [refusal.code for refusal in caught.value.refusals] == list(codes)
    assert ledger.head() == before
