"""Months, ages, resumes and sameness in the texts of the appointment form."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.rules import appointment as rules

MARCH = [
    "198003", "19800315", "1980.03", "1980.3", "1980.3.5", "1980-03", "1980/3/15", "1980年3月", "1980年3月5日", "1980.03（42岁）", "1980.03(42)",
    "１９８０．０３", " 1980. 3 ",
]  # fmt: skip


@pytest.mark.parametrize("text", MARCH)
def test_ways_of_writing_a_month(text):
    assert rules.month(text) == "198003" and rules.shown_month(text) == "1980.03"


@pytest.mark.parametrize("text", ["", "1980", "198013", "198000", "2980.03", "民盟", "80.3", "1980.03.05.06", None])
def test_what_is_no_month(text):
    assert rules.month(text) == "" and rules.shown_month(text) == text


def test_days():
    assert {rules.day(text) for text in ("20221005", "2022.10.5", "2022-10-05", "2022年10月5日")} == {date(2022, 10, 5)}
    assert [rules.day(text) for text in ("202210", "20221305", "20220230", "", None)] == [None] * 5


def test_age_by_year_and_month():
    assert [rules.age("198003", date(2022, month, 1)) for month in (2, 3)] == [41, 42]
    assert rules.age("1980.03", date(1979, 1, 1)) is None and rules.age("不详", date(2022, 1, 1)) is None


def test_the_dead_have_no_age():
    on = date(2022, 10, 1)
    assert rules.age_of_relative({"born": "195001", "post": "牧民"}, on) == 72
    for post in ("牧民（已去世）", "已故", "2009年病故"):
        assert rules.age_of_relative({"born": "195001", "post": post}, on) is None


def test_the_day_of_reckoning():
    today = date(2026, 1, 1)
    assert rules.reckoned_on("20221010", "20221001", today) == date(2022, 10, 10)
    assert rules.reckoned_on("", "20221001", today) == date(2022, 10, 1)
    assert rules.reckoned_on("", "", today) == today


def test_joining_a_party():
    assert rules.party("199506；民盟") == ("199506", "民盟") and rules.party("1995.06") == ("199506", "")
    assert rules.party("民盟") == ("", "民盟") and rules.party("") == ("", "")


RESUME = """1998.09—2001.07 学生
2001.07--2005.03  干部
（其间：2003.09--2005.07在党校学习）
2005年3月至2016年6月，乡长
2016.06至今　书记"""


def test_a_resume_in_whatever_dashes():
    lines = rules.resume(RESUME)
    assert [line.period for line in lines] == ["1998.09--2001.07", "2001.07--2005.03", "2005.03--2016.06", "2016.06--"]
    assert [line.text for line in lines] == ["学生", "干部\n（其间：2003.09--2005.07在党校学习）", "乡长", "书记"]
    assert rules.resume_text(RESUME).splitlines()[-1] == "2016.06--         书记"  # 18 columns before the text


@given(st.text(st.sampled_from("2001.07-—至今 \n甲（月年"), max_size=60))
def test_a_resume_in_the_form_of_the_format_stays_as_it_is(text):
    once = rules.resume_text(text)
    assert rules.resume_text(once) == once
    assert rules.resume(once) == rules.resume(text) == rules.resume(rules.resume_plain(text))


@pytest.mark.parametrize(
    ("one", "other"), [("云 措县", "云措县"), ("（县）", "(县)"), ("甲\r\n乙", "甲乙"), ("２０２２", "2022"), ("(无)", ""), ("2001—2005", "2001--2005")]
)
def test_what_does_not_matter(one, other):
    assert rules.folded(one) == rules.folded(other)


def test_what_matters():
    assert len({rules.folded(text) for text in ("青海省泽库县", "青海泽库", "无", "")}) == 4
