"""Quota, order of grades, and what bars the top one."""

from datetime import date
from decimal import Decimal

import pytest

from assessment.rules.grading import bars_to_top, compare_grades, grades, quota_bar, quota_places, top_grade

BANDS = (("一般", 60), ("优秀", 90), ("较差", 0), ("良好", 75))
YEAR = {"since": date(2022, 1, 1), "until": date(2022, 12, 31)}


@pytest.mark.parametrize(
    ("quota", "roster", "places"),
    [(20, 20, 4), (20, 19, 3), (20, 4, 0), (25, 20, 5), (Decimal("33.33"), 300, 99), (Decimal("12.50"), 8, 1), (0, 9, 0), (None, 20, None)],
)
def test_places_are_rounded_down(quota, roster, places):
    assert quota_places(quota, roster) == places


def test_the_quota_holds_when_it_is_full():
    assert quota_bar(20, 20, 3) == []
    assert quota_bar(20, 20, 4) == [("quota_passed", {"quota": 20, "roster": 20, "places": 4, "taken": 4})]
    assert quota_bar(None, 20, 20) == []


def test_order_of_grades():
    assert grades(BANDS) == ["优秀", "良好", "一般", "较差"]
    assert top_grade(BANDS) == "优秀"
    assert [compare_grades(BANDS, *pair) for pair in (("优秀", "良好"), ("较差", "一般"), ("一般", "一般"))] == [1, -1, 0]
    assert compare_grades(BANDS, "", "优秀") is None
    assert compare_grades(BANDS, "优秀", "称职") is None


@pytest.mark.parametrize(
    ("decided_on", "effect_until", "stands"),
    [
        (date(2022, 3, 1), date(2022, 9, 1), True),
        (date(2021, 1, 1), date(2022, 1, 1), True),  # the last day of effect is the first day assessed
        (date(2021, 1, 1), date(2021, 12, 31), False),
        (date(2022, 12, 31), None, True),
        (date(2023, 1, 1), None, False),
        (date(2019, 1, 1), None, True),  # no end known: still in effect
    ],
)
def test_a_sanction_in_effect_bars_the_top(decided_on, effect_until, stands):
    bar = ("bar_sanction", {"sanction": "10", "decided_on": decided_on, "effect_until": effect_until})
    assert bars_to_top(sanctions=[("10", decided_on, effect_until)], **YEAR) == ([bar] if stands else [])


@pytest.mark.parametrize(
    ("status", "bars"),
    [
        ("in_post", []),
        ("", []),
        ("on_leave", [("bar_leave", {"status": "on_leave"})]),
        ("investigated", [("bar_investigation", {"status": "investigated"})]),
    ],
)
def test_a_status_can_bar_the_top(status, bars):
    assert bars_to_top(status=status, **YEAR) == bars


def test_which_statuses_bar_is_the_settings_choice():
    assert bars_to_top(status="on_leave", barring_statuses={}, **YEAR) == []
