"""Days, months, moments and numbers as people type them."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from people.actions import days, inputs


def code(kind, value):
    with pytest.raises(inputs.Unreadable) as unreadable:
        kind.read(value)
    return unreadable.value.code


@pytest.mark.parametrize(
    "value",
    ["2022-05-06", "2022-5-6", "2022/5/6", "2022.5.6", "2022.05.06", "2022年5月6日", "2022年05月06号", "2022 年 5 月 6 日", "20220506", 20220506, 20220506.0]
    + ["２０２２．５．６", "2022—5—6", "2022−5−6", "2022。5。6", " 2022-05-06\u200b", "2022-05-06 00:00:00", 44687, 44687.75, date(2022, 5, 6), datetime(2022, 5, 6, 9)],
)
def test_a_day(value):
    assert inputs.Day().read(value) == date(2022, 5, 6)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("5/6/2022", "not_a_date"), ("2022", "not_a_date"), (2022, "not_a_date"), ("2022-13-01", "not_a_date"), ("2022-02-29", "not_a_date"),
        ("2022-05-06 25:00", "not_a_date"), ("44687", "not_a_date"), (9999, "not_a_date"), (123456, "not_a_date"), (True, "not_a_date"),
        ("22.5.6", "year_two_digits"), ("22年5月6日", "year_two_digits"), ("85-11", "year_two_digits"), (22.5, "year_two_digits"),
        ("2022-05", "day_missing"), ("202205", "day_missing"), (202205, "day_missing"), ("2022年5月", "day_missing"), (2022.05, "day_missing"),
        (2010.1, "month_ambiguous"), (time(13, 5), "not_a_date"), (timedelta(hours=30), "not_a_date"),
    ],
)  # fmt: skip
def test_no_day(value, expected):
    assert code(inputs.Day(), value) == expected


@pytest.mark.parametrize(
    "value", ["1985-11", "1985.11", 1985.11, "198511", 198511, "1985年11月", "1985/11/30", "19851130", "1985.11（36岁）", "1985.11 (36岁)", 31352, date(1985, 11, 30)]
)
def test_a_month(value):
    assert inputs.Month().read(value) == "1985-11"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1985.1, "month_ambiguous"), ("85.11", "year_two_digits"), ("198513", "not_a_month"), ("19855", "not_a_month"), ("十月", "not_a_month"), (1985, "not_a_month"),
     ("2098-01", "in_future"), ("1899-12", "not_a_month"), ("18991201", "not_a_month")],
)  # fmt: skip
def test_no_month(value, expected):
    assert code(inputs.Month(), value) == expected


def test_the_same_digits_as_text_say_which_month():
    assert inputs.Month().read("2010.1") == "2010-01"
    assert inputs.Month().read("2010.10") == "2010-10"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2022-05-09 10:30", (10, 30)), ("2022.5.9 10：30", (10, 30)), ("2022年5月9日10时30分", (10, 30)), ("2022年5月9日 10时30分15秒", (10, 30, 15)),
        ("2022-05-09T10:30:15", (10, 30, 15)), ("2022/5/9 下午3点", (15,)), ("2022-5-9 下午3:20", (15, 20)), ("2022-5-9 上午 9时", (9,)), ("2022-5-9 12:05 AM", (0, 5)),
        ("2022-5-9 1:05 pm", (13, 5)), ("20220509", (0,)), ("20220509 13:05", (13, 5)), (44690.4375, (10, 30)), (44690, (0,)), (date(2022, 5, 9), (0,)),
        (datetime(2022, 5, 9, 10, 29, 59, 999_999), (10, 30)),
    ],
)  # fmt: skip
def test_a_moment(value, expected):
    assert timezone.localtime(inputs.Moment().read(value)).replace(tzinfo=None) == datetime(2022, 5, 9, *expected, *[0] * (2 - len(expected)))


@pytest.mark.parametrize("value", ["2022-05-09 上午", "2022-05-09 10:30 左右", "2022-05-09 1030", "2022-05-09 10:3000", "10:30", 0.4375])
def test_no_moment(value):
    assert code(inputs.Moment(), value) == "not_a_date"


def test_a_contact_needs_its_day():
    assert code(inputs.Moment(), "2022.05") == "day_missing"


@given(st.dates(date(1927, 6, 1), date(2170, 1, 1)))
def test_days_as_a_spreadsheet_counts_them(day):
    assert inputs.Day().read((day - date(1899, 12, 30)).days) == day


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.datetimes(), st.times(), st.timedeltas()))
def test_anything_is_a_value_or_unreadable(value):
    for kind in (inputs.Day(), inputs.Month(), inputs.Moment(), inputs.Number(), inputs.Text(), inputs.Key(), inputs.Name(), inputs.IdNumber(), inputs.Phone()):
        try:
            kind.read(value)
        except inputs.Unreadable:
            pass
    days.month_of(value)


@pytest.mark.parametrize(
    ("typed", "name"),
    [("达　瓦", "达瓦"), ("达 瓦", "达瓦"), ("\u200b达瓦 ", "达瓦"), ("欧阳 娜娜", "欧阳娜娜"), ("John Li", "John Li"), ("达瓦 Dawa", "达瓦 Dawa"), ("阿·卓玛", "阿·卓玛")],
)
def test_a_name(typed, name):
    assert inputs.Name().read(typed) == name


@pytest.mark.parametrize("value", [110101199003070679, 1.1010119900307e17, 10**15, -(10.0**15)])
def test_digits_that_a_spreadsheet_has_lost(value):
    for kind in (inputs.Text(), inputs.Key(), inputs.IdNumber(), inputs.Phone()):
        assert code(kind, value) == "digits_lost"
    assert inputs.Key().read(10**15 - 1) == "9" * 15


def test_signs_that_nobody_sees():
    assert inputs.plain_text("\ufeff\u202eab\xad\u200bc\u2066\u2069") == "abc"
    assert inputs.plain_text("👨\u200d👩") == "👨\u200d👩"  # this joiner is part of a sign


def test_a_day_in_a_column_of_text():
    assert inputs.plain_text(datetime(2022, 5, 6)) == "2022-05-06"
    assert inputs.plain_text(datetime(2022, 5, 6, 13, 5)) == "2022-05-06 13:05:00"
