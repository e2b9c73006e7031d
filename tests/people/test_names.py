"""Spelling of names for search."""

import pytest

from people.names import SURNAMES, pinyin_of


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("卓玛措", "zhuomacuo", "zmc"),
        ("扎西东智", "zhaxidongzhi", "zxdz"),
        ("尕藏卓玛", "gazangzhuoma", "gzzm"),
        ("单增", "danzeng", "dz"),
        ("单秀", "shanxiu", "sx"),
        ("仇海", "qiuhai", "qh"),
        ("解放", "xiefang", "xf"),
        ("覃强娟", "qinqiangjuan", "qqj"),
        ("曾国", "zengguo", "zg"),
        ("区小明", "ouxiaoming", "oxm"),
        ("查良", "zhaliang", "zl"),
        ("翟玉", "zhaiyu", "zy"),
        ("尉迟海", "yuchihai", "ych"),
        ("欧阳海", "ouyanghai", "oyh"),
        ("单于海", "chanyuhai", "cyh"),
        ("乐", "yue", "y"),
        ("王海国", "wanghaiguo", "whg"),
        ("吕芳", "lvfang", "lf"),
        ("买买提·吐尔逊", "maimaitituerxun", "mmttex"),
        ("王 海", "wanghai", "wh"),
        ("Anna", "anna", "a"),
        ("王海2", "wanghai2", "wh2"),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_spelling(name, full, initials):
    assert pinyin_of(name) == (full, initials)


@pytest.mark.parametrize("surname", sorted(SURNAMES))
def test_a_surname_reads_as_in_the_table_whatever_follows(surname):
    full, initials = pinyin_of(surname + "海")
    syllables = SURNAMES[surname].split(",")
    assert (full, initials) == ("".join(syllables) + "hai", "".join(s[0] for s in syllables) + "h")
    assert len(syllables) == len(surname)


def test_a_surname_inside_a_name_is_read_plainly():
    assert pinyin_of("王单") == ("wangdan", "wd")
