"""Code sets, and the form of ID numbers and phones."""

import pytest
from django.utils.translation import override

from people import codes
from people.codes import CodeSet, id_number_problem, phone_problem, tidy_id_number, tidy_phone

SETS = [codes.SEX, codes.ETHNICITY, codes.POLITICAL_STATUS, codes.EDUCATION, codes.DEGREE, codes.POST_LEVEL, codes.RANK, codes.SANCTION]


def test_sizes_of_the_sets():
    assert [len(code_set) for code_set in SETS] == [4, 56, 13, 40, 4, 10, 60, 11]


@pytest.mark.parametrize("code_set", SETS)
def test_every_code_comes_back_from_each_of_its_names(code_set):
    for code in code_set:
        assert [code_set.code(word) for word in (code, code_set.zh(code), code_set.en(code))] == [code] * 3
        assert "" not in (code_set.zh(code), code_set.en(code))


@pytest.mark.parametrize(
    ("code_set", "word", "code"),
    [
        (codes.SEX, "女", "2"),
        (codes.SEX, " FEMALE ", "2"),
        (codes.SEX, "２", "2"),
        (codes.ETHNICITY, "藏族", "04"),
        (codes.ETHNICITY, " 藏 族", "04"),
        (codes.ETHNICITY, "藏", "04"),
        (codes.ETHNICITY, 4, "04"),
        (codes.ETHNICITY, "de’ang", None),
        (codes.POLITICAL_STATUS, "党员", "01"),
        (codes.EDUCATION, "大学本科", "20"),
        (codes.EDUCATION, "大学本科毕业", "21"),
        (codes.EDUCATION, "大专", "30"),
        (codes.EDUCATION, "初中(71)", "71"),
        (codes.POST_LEVEL, "乡科级正职", "09"),
        (codes.RANK, "一级主任科员", "07"),
        (codes.RANK, "一级高级主办", "E21"),
        (codes.SANCTION, "记过", "12"),
        (codes.SANCTION, "诫勉", "M4"),
        (codes.SEX, "", ""),
        (codes.SEX, None, ""),
        (codes.SEX, "　", ""),
        (codes.SEX, "不明", None),
    ],
)
def test_words_accepted(code_set, word, code):
    assert code_set.code(word) == code


def test_names_follow_the_reader():
    choices = codes.SEX.choices
    with override("zh-hans"):
        assert (codes.SEX.name("1"), codes.ETHNICITY.label("04"), str(dict(choices)["2"])) == ("男", "藏族", "女")
    with override("en"):
        assert (codes.SEX.name("1"), codes.ETHNICITY.label("04"), str(dict(choices)["2"])) == ("Male", "Tibetan", "Female")
    with override(None):
        assert codes.SEX.name("1") == "男"


def test_what_is_stored_is_shown_even_if_unknown():
    assert [codes.SEX.name(code) for code in ("7", "", None)] == ["7", "", ""]


def test_a_word_for_two_codes_is_a_mistake_in_the_table():
    with pytest.raises(ValueError):
        CodeSet("1 甲|A; 2 乙|a")


def test_ranks_and_post_levels_sort_from_high_to_low_by_code():
    assert sorted(codes.POST_LEVEL) == list(codes.POST_LEVEL)
    assert [code for code in codes.RANK if code[0] == "E"] == sorted(code for code in codes.RANK if code[0] == "E")


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("000000199001010018", None),
        ("000000199003070022", None),
        ("", None),
        (None, None),
        ("０００００0 19900101 0018", None),
        ("00000019900307002X", "id_checksum"),
        ("000000199001010028", "id_checksum"),
        ("00000019900101001", "id_length"),
        ("000000900101001", "id_length"),
        ("0000001990010100A8", "id_characters"),
        ("X00000199001010018", "id_characters"),
        ("000000199002300018", "id_birth_date"),
    ],
)
def test_id_numbers(number, problem):
    assert id_number_problem(number) == problem


def test_one_wrong_digit_is_always_found():
    good = "000000199001010018"
    for place in [*range(6), 14, 15, 16]:
        for digit in set("0123456789") - {good[place]}:
            assert id_number_problem(good[:place] + digit + good[place + 1 :]) == "id_checksum"


def test_a_small_x_is_the_same_check_character():
    number = next(n for n in (f"00000019900101{k:03}X" for k in range(1000)) if id_number_problem(n) is None)
    assert id_number_problem(number.lower()) is None
    assert tidy_id_number(f" {number.lower()} ") == number


@pytest.mark.parametrize(
    ("phone", "tidy", "problem"),
    [
        ("13900000000", "13900000000", None),
        ("139 0000-0000", "13900000000", None),
        ("+86 139 0000 0000", "13900000000", None),
        ("１３９００００００００", "13900000000", None),
        ("0973-8700000", "09738700000", None),
        ("", "", None),
        ("12900000000", "12900000000", "phone_form"),
        ("1390000000", "1390000000", "phone_form"),
        ("无", "无", "phone_form"),
    ],
)
def test_phones(phone, tidy, problem):
    assert (tidy_phone(phone), phone_problem(phone)) == (tidy, problem)
