"""Deadlines of review, appeal, public notice and sanctions, on days where they are easy to get wrong."""

from datetime import date

import pytest

from assessment.rules import deadlines


def test_review_and_appeal():
    known = date(2022, 12, 15)
    assert deadlines.review_due(known) == date(2023, 1, 14)
    assert deadlines.review_decision_due(date(2024, 2, 1)) == date(2024, 3, 2)  # over a 29 February
    assert deadlines.appeal_due(known_on=known) == date(2023, 1, 14)
    assert deadlines.appeal_due(known_on=known, review_decided_on=date(2023, 1, 20)) == date(2023, 2, 4)
    assert deadlines.appeal_decision_due(date(2023, 2, 4)) == date(2023, 4, 5)
    assert deadlines.appeal_decision_due(date(2023, 2, 4), extended=True) == date(2023, 5, 5)


def test_an_appeal_needs_a_day_to_count_from():
    with pytest.raises(ValueError):
        deadlines.appeal_due()


def test_other_numbers_can_be_set():
    assert deadlines.review_due(date(2022, 1, 1), days=10) == date(2022, 1, 11)


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [(date(2022, 6, 6), date(2022, 6, 13)), (date(2022, 6, 10), date(2022, 6, 17)), (date(2022, 6, 11), date(2022, 6, 17))],
)
def test_public_notice_counts_working_days(starts_on, ends_on):
    assert deadlines.public_notice_end(starts_on) == ends_on


def test_public_notice_over_a_national_holiday():
    # 30 September 2022 was a Friday; 1 to 7 October were free, 8 and 9 October (a weekend) were worked.
    holidays = {date(2022, 10, day) for day in range(1, 8)}
    worked = {date(2022, 10, 8), date(2022, 10, 9)}
    assert deadlines.public_notice_end(date(2022, 9, 30), holidays=holidays, worked=worked) == date(2022, 10, 12)
    assert deadlines.public_notice_end(date(2022, 9, 30), holidays=holidays) == date(2022, 10, 14)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2022, 1, 15), 6, date(2022, 7, 15)),
        (date(2022, 8, 31), 6, date(2023, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2022, 12, 1), 12, date(2023, 12, 1)),
        (date(2022, 11, 30), 1, date(2022, 12, 30)),
    ],
)
def test_months(day, months, then):
    assert deadlines.add_months(day, months) == then


@pytest.mark.parametrize(
    ("kind", "until"),
    [
        ("10", date(2022, 9, 10)),
        ("12", date(2023, 3, 10)),
        ("13", date(2023, 9, 10)),
        ("14", date(2024, 3, 10)),
        ("17", date(2024, 3, 10)),
        ("19", None),
        ("M4", None),
    ],
)
def test_effect_of_sanctions(kind, until):
    assert deadlines.effect_until(kind, date(2022, 3, 10)) == until
