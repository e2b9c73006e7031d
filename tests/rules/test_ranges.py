"""Sets of numbers in few signs: what goes in comes out, and nothing else is in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.rules.ranges import Ranges, count, holds, numbers

SETS = st.lists(st.integers(1, 400)) | st.lists(st.integers(1, 10**15))


@pytest.mark.parametrize(
    ("given", "text"),
    [([], ""), ([7], "7"), ([1, 2, 3, 305, 9000, 9001], "1-3,305,9000-9001"), ([3, 1, 2, 2], "1-3"), ([5, 6, 1, 2, 3, 4], "1-6")],
)
def test_runs_are_joined(given, text):
    assert str(Ranges(given)) == text


@given(SETS)
def test_what_goes_in_comes_out(found):
    text = str(Ranges(found))
    assert list(numbers(text)) == sorted(set(found)) and count(text) == len(set(found))


@given(SETS, st.integers(0, 402))
def test_holds_tells_of_each_number(found, other):
    text = str(Ranges(found))
    assert all(holds(text, number) for number in found)
    for number in {other, *(near for one in found for near in (one - 1, one + 1))}:
        assert holds(text, number) == (number in set(found))


def test_a_million_rows_in_order_are_one_range():
    made = Ranges(range(1, 1_000_001))
    assert str(made) == "1-1000000" and len(made._low) == 1
