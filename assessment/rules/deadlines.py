"""Deadlines, from 公务员法 (2018) where VERIFIED; other numbers are defaults that a dated setting may override.

Days are calendar days and the day of the event itself is not counted: an event on the 1st with 30 days ends on the 31st.
A last day that falls on a rest day is not moved: the law read does not say so.
"""

from calendar import monthrange
from datetime import MAXYEAR, date, timedelta

#: Months of effect by code of GB/T 8563.3. 公务员法 Art. 64, VERIFIED. 开除 (19) has no period, other kinds none known.
SANCTION_MONTHS = {"10": 6, "12": 12, "13": 18, "14": 24, "17": 24}  # 警告 记过 记大过 降级 撤职


def review_due(known_on, days=30):
    """Last day to ask for a review (复核) after learning of the result. 公务员法 Art. 95, VERIFIED."""
    return known_on + timedelta(days)


def review_decision_due(filed_on, days=30):
    """Last day to decide a review, in writing. 公务员法 Art. 96, VERIFIED."""
    return filed_on + timedelta(days)


def appeal_due(*, known_on=None, review_decided_on=None, after_review=15, direct=30):
    """Last day to appeal (申诉): 15 days after the review decision, or 30 directly. 公务员法 Art. 95, VERIFIED."""
    if review_decided_on is not None:
        return review_decided_on + timedelta(after_review)
    if known_on is None:
        raise ValueError("an appeal counts from the review decision or from the day the result was known")
    return known_on + timedelta(direct)


def appeal_decision_due(filed_on, *, extended=False, days=60, extension=30):
    """Last day to decide an appeal: 60 days, at most 30 more. 公务员法 Art. 96, VERIFIED."""
    return filed_on + timedelta(days + (extension if extended else 0))


def is_working_day(day, holidays=frozenset(), worked=frozenset()):
    """Monday to Friday without `holidays`, and the weekend days that are `worked` in exchange (调休)."""
    return day in worked or (day.weekday() < 5 and day not in holidays)


def public_notice_end(starts_on, *, days=5, holidays=frozenset(), worked=frozenset()):
    """Last day of a public notice (公示): at least 5 working days. 任用条例, 奖励规定: UNVERIFIED, so a default.

    The day of putting it up is not counted, the reading that can never be too short.
    """
    day = starts_on
    while days > 0 and day < date.max:
        day += timedelta(1)
        days -= is_working_day(day, holidays, worked)
    return day


def add_months(day, months):
    """The same day of the month that many months on; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > MAXYEAR:  # typed by mistake; what is wrong with such a day is said elsewhere
        return date.max
    month += 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


def effect_until(kind, decided_on, months=SANCTION_MONTHS):
    """Last day of a sanction's effect, None where the kind has no known period. 公务员法 Art. 64, VERIFIED."""
    return add_months(decided_on, months[kind]) if kind in months else None
