"""One text for one value."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.canonical import canonical, sha256_hex

SHANGHAI = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "中"]}, '{"a":[true,null,"中"],"b":1}'),
        ((1, 2), "[1,2]"),
        ("", '""'),
        ('引"号\n', '"引\\"号\\n"'),
        (Decimal("40.00"), '"40"'),
        (Decimal("40"), '"40"'),
        (Decimal("4E+1"), '"40"'),
        (Decimal("83.50"), '"83.5"'),
        (Decimal("-0.00"), '"0"'),
        (Decimal("0.0000001"), '"0.0000001"'),
        (Decimal("100"), '"100"'),
        (date(2022, 5, 6), '"2022-05-06"'),
        (datetime(2022, 5, 6, 8, 30, tzinfo=SHANGHAI), '"2022-05-06T00:30:00.000000Z"'),
        (datetime(2022, 5, 6, 0, 30, 0, 7, tzinfo=UTC), '"2022-05-06T00:30:00.000007Z"'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
    ],
)
def test_forms(value, text):
    assert canonical(value) == text


@pytest.mark.parametrize(
    "value",
    [1.5, [0.0], datetime(2022, 5, 6), {1: "a"}, {None: "a"}, {"a"}, b"a", Fraction(1, 2), object(), Decimal("NaN"), Decimal("Infinity")],
)
def test_what_has_no_single_form_is_refused(value):
    with pytest.raises((TypeError, ValueError)):
        canonical(value)


def test_digest_of_known_text():
    assert sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-4 example
    assert sha256_hex("中") == "a567bdaa11367f260f0708391f4d10766b5962f565d9e432f17981a3584fe1e2"


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none()), st.randoms(use_true_random=False))
def test_order_of_keys_does_not_matter(value, random):
    items = list(value.items())
    random.shuffle(items)
    assert canonical(dict(items)) == canonical(value)


@given(st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)), st.integers(-12, 12))
def test_one_moment_has_one_text(moment, hours):
    moment = moment.replace(tzinfo=UTC)
    assert canonical(moment.astimezone(timezone(timedelta(hours=hours)))) == canonical(moment)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4), st.integers(0, 5))
def test_equal_numbers_have_one_text(number, zeros):
    longer = Decimal(f"{number:f}" + "0" * zeros)
    assert canonical(longer) == canonical(number)
    assert Decimal(canonical(number).strip('"')) == number
