"""Bad workbooks: every error names sheet, row, column, value and what is expected, all at once, and nothing is written."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.utils import timezone, translation

from assessment.sheets import exchange
from assessment.wording import fault_line
from people.models import LedgerEntry, Unit
from people.refusals import Refused
from tests.sheets.books import small, with_scheme, written

pytestmark = pytest.mark.django_db
TOMORROW = timezone.localtime().replace(tzinfo=None, microsecond=0) + timedelta(1)


def faults_of(by, sheets):
    work = exchange.prepare(by=by, file=written(sheets) if isinstance(sheets, dict) else sheets, name="x.xlsx")
    return [(f.sheet, f.row, f.column, f.value, f.code) for f in work.faults]


def put(title, row, column, value):
    """A change of one cell; row as in the workbook (2 is the first)."""

    def change(sheets):
        sheets[title][row - 2][column] = value

    return change


def add(title, **cells):
    """One more row: the first one of the sheet, with these cells changed."""

    def change(sheets):
        sheets[title].append({**sheets[title][0], **cells})

    return change


def drop(title, *columns):
    def change(sheets):
        for row in sheets[title]:
            for column in columns:
                row.pop(column, None)

    return change


CASES = {
    # units and cadres
    "unknown parent": (put("单位", 3, "上级编码", "X"), [("单位", 3, "上级编码", "X", "unknown_unit")]),
    "unit below itself": (put("单位", 2, "上级编码", "B"), [("单位", 2, "上级编码", "B", "parent_cycle"), ("单位", 3, "上级编码", "A", "parent_cycle")]),
    "unknown kind": (put("单位", 3, "类型", "公司"), [("单位", 3, "类型", "公司", "unknown_word")]),
    "unit without name": (put("单位", 3, "单位名称", None), [("单位", 3, "单位名称", "", "required")]),
    "unit without code": (add("单位", 单位编码=None, 单位名称="某村"), [("单位", 4, "单位编码", "", "required")]),
    "unit twice": (add("单位", 单位名称="另一名"), [("单位", 4, "单位编码", "A", "duplicate_key")]),
    "cadre twice, full width": (add("干部", 干部编号="G1"), [("干部", 4, "干部编号", "G1", "duplicate_key")]),
    "unit of a cadre": (put("干部", 2, "单位编码", "镇"), [("干部", 2, "单位编码", "镇", "unknown_unit")]),
    "word of a code set": (put("干部", 3, "性别", "女士"), [("干部", 3, "性别", "女士", "unknown_word")]),
    "birth month": (put("干部", 3, "出生年月", "八五年"), [("干部", 3, "出生年月", "八五年", "not_a_month")]),
    "birth month to come": (put("干部", 3, "出生年月", "2098-01"), [("干部", 3, "出生年月", "2098-01", "in_future")]),
    "ID number": (put("干部", 2, "身份证号", "000000199001010019"), [("干部", 2, "身份证号", "000000199001010019", "id_checksum")]),
    "ID number as a number": (put("干部", 2, "身份证号", 12345), [("干部", 2, "身份证号", "12345", "id_length")]),
    "name too long": (put("干部", 2, "姓名", "长" * 61), [("干部", 2, "姓名", "长" * 61, "too_long")]),
    # campaigns and rosters
    "unknown scheme": (put("考核任务", 2, "考核方案", "front"), [("考核任务", 2, "考核方案", "front", "unknown_scheme")]),
    "unknown kind of campaign": (put("考核任务", 2, "类别", "抽查"), [("考核任务", 2, "类别", "抽查", "unknown_word")]),
    "unreadable day": (put("考核任务", 2, "开始日期", "五月初"), [("考核任务", 2, "开始日期", "五月初", "not_a_date")]),
    "impossible day": (put("考核任务", 2, "开始日期", "2022-02-30"), [("考核任务", 2, "开始日期", "2022-02-30", "not_a_date")]),
    "ends before it starts": (
        put("考核任务", 2, "结束日期", "2022-04-01"),
        [("考核任务", 2, "结束日期", "2022-04-01", "ends_before_start")] + [("了解记录", n, "时间", "2022-05-09 10:30", "outside_campaign") for n in (2, 4)],
    ),
    "unknown state": (put("考核任务", 2, "状态", "暂停"), [("考核任务", 2, "状态", "暂停", "unknown_word")]),
    "unknown campaign": (add("考核对象", 考核编号="Y"), [("考核对象", 4, "考核编号", "Y", "unknown_campaign")]),
    "unknown assessee": (add("考核对象", 干部编号="G9"), [("考核对象", 4, "干部编号", "G9", "unknown_cadre")]),
    "assessee twice": (add("考核对象"), [("考核对象", 4, "干部编号", "G1", "duplicate_key")]),
    "cadre and unit": (put("考核对象", 2, "单位编码", "B"), [("考核对象", 2, "干部编号", "G1", "cadre_or_unit")] + [("了解记录", n, "干部编号", "G1", "not_on_roster") for n in (2, 4)]),
    "neither": (add("考核对象", 干部编号=None), [("考核对象", 4, "干部编号", "", "cadre_or_unit")]),
    "leading group on a scheme for cadres": (add("考核对象", 干部编号=None, 单位编码="B"), [("考核对象", 4, "单位编码", "B", "scheme_for_cadres")]),
    # contacts
    "unknown user": (put("了解记录", 4, "考察人员", "kcy1、kcy8"), [("了解记录", 4, "考察人员", "kcy1、kcy8", "unknown_user")]),
    "team too small": (put("了解记录", 4, "考察人员", "kcy1"), [("了解记录", 4, "考察人员", "kcy1", "team_too_small")]),
    "twice in the team": (put("了解记录", 4, "考察人员", "kcy1,kcy1"), [("了解记录", 4, "考察人员", "kcy1,kcy1", "twice_in_team")]),
    "no team": (put("了解记录", 4, "考察人员", None), [("了解记录", 4, "考察人员", "", "required")]),
    "unknown method": (put("了解记录", 4, "方式", "微信"), [("了解记录", 4, "方式", "微信", "unknown_word")]),
    "unknown relation": (put("了解记录", 4, "与干部关系", "朋友"), [("了解记录", 4, "与干部关系", "朋友", "unknown_word")]),
    "unknown level": (put("了解记录", 4, "综合分析研判", "很好"), [("了解记录", 4, "综合分析研判", "很好", "unknown_word")]),
    "no narrative": (put("了解记录", 4, "了解情况", "  "), [("了解记录", 4, "了解情况", "  ", "required")]),
    "no place": (
        lambda sheets: [put("了解记录", n, "地点", None)(sheets) for n in (2, 3)],
        [("了解记录", 2, "地点", "", "place_missing")],
    ),
    "no source": (put("了解记录", 4, "了解对象", None), [("了解记录", 4, "了解对象", "", "source_missing")]),
    "no number": (put("了解记录", 4, "记录编号", None), [("了解记录", 4, "记录编号", "", "required")]),
    "rows disagree": (put("了解记录", 3, "地点", "村尾"), [("了解记录", 3, "地点", "村尾", "rows_disagree")]),
    "rows disagree in the team": (put("了解记录", 3, "考察人员", "kcy2、kcy1"), [("了解记录", 3, "考察人员", "kcy2、kcy1", "rows_disagree")]),
    "not on the roster": (
        lambda sheets: sheets["考核对象"].pop(1), [("了解记录", 3, "干部编号", "G2", "not_on_roster")]
    ),
    "assessee twice in a contact": (put("了解记录", 3, "干部编号", "G1"), [("了解记录", 3, "干部编号", "G1", "assessee_twice")]),
    "unreadable time": (put("了解记录", 4, "时间", "上午"), [("了解记录", 4, "时间", "上午", "not_a_date")]),
    "time to come": (
        put("了解记录", 4, "时间", TOMORROW),
        [("了解记录", 4, "时间", f"{TOMORROW:%Y-%m-%d %H:%M}", "in_future")],
    ),
    "outside the campaign": (put("了解记录", 4, "时间", datetime(2022, 6, 2)), [("了解记录", 4, "时间", "2022-06-02", "outside_campaign")]),
    "withdrawn without reason": (put("了解记录", 4, "撤回日期", "2022-05-20"), [("了解记录", 4, "撤回原因", "", "withdrawn_half")]),
    "withdrawn before it was held": (
        lambda s: s["了解记录"][2].update(撤回日期="2022-05-08", 撤回原因="错"), [("了解记录", 4, "撤回日期", "2022-05-08", "withdrawn_before_held")]
    ),
    # columns
    "missing columns": (drop("了解记录", "时间", "了解情况"), [("了解记录", 1, "时间", "", "column_missing"), ("了解记录", 1, "了解情况", "", "column_missing")]),
}  # fmt: skip
SCHEME_CASES = {
    "methods do not sum to 100": (put("考核方案", 2, "谈话权重", 10), [("考核方案", 2, "现场权重", "50", "weights_not_100")]),
    "weight is no number": (put("考核方案", 2, "谈话权重", "零"), [("考核方案", 2, "谈话权重", "零", "not_a_number")]),
    "weight below 0": (put("考核方案", 2, "谈话权重", -1), [("考核方案", 2, "谈话权重", "-1", "out_of_range")]),
    "quota over 100": (put("考核方案", 2, "优秀比例", 120), [("考核方案", 2, "优秀比例", "120", "out_of_range")]),
    "half a contact": (put("考核方案", 2, "最少电话", 1.5), [("考核方案", 2, "最少电话", "1.5", "not_whole")]),
    "assessee": (put("考核方案", 2, "对象", "职工"), [("考核方案", 2, "对象", "职工", "unknown_word")]),
    "dimensions do not sum to 100": (put("考核内容", 3, "权重", 30), [("考核内容", 3, "权重", "30", "dimension_weights_not_100")]),
    "dimension of weight 0": (put("考核内容", 3, "权重", 0), [("考核内容", 3, "权重", "0", "not_above")]),
    "dimension of three places": (put("考核内容", 3, "权重", 39.999), [("考核内容", 3, "权重", "39.999", "too_many_places")]),
    "dimension named as a heading": (put("考核内容", 3, "名称", "地点"), [("考核内容", 3, "名称", "地点", "reserved_heading")]),
    "dimension named as an English heading": (put("考核内容", 3, "名称", "Held_AT"), [("考核内容", 3, "名称", "Held_AT", "reserved_heading")]),
    "dimension twice": (put("考核内容", 3, "名称", "甲"), [("考核内容", 3, "名称", "甲", "twice_in_scheme")]),
    "dimension code twice": (put("考核内容", 3, "编码", "a"), [("考核内容", 3, "编码", "a", "twice_in_scheme")]),
    "points over 100": (put("档次", 2, "分值", 101), [("档次", 2, "分值", "101", "out_of_range")]),
    "level twice": (put("档次", 3, "名称", "好"), [("档次", 3, "名称", "好", "twice_in_scheme")]),
    "no grade from 0": (put("等次", 3, "最低分", 10), [("等次", 3, "最低分", "10", "no_grade_from_0")]),
    "grades at one minimum": (put("等次", 2, "最低分", 0), [("等次", 3, "最低分", "0", "twice_in_scheme")]),
    "grade of a reserved name": (put("等次", 2, "名称", "不确定等次"), [("等次", 2, "名称", "不确定等次", "reserved_grade")]),
    "no levels": (lambda sheets: sheets.pop("档次"), [("考核方案", 2, "方案编码", "own", "no_levels")]),
    "part of an unknown scheme": (put("等次", 2, "方案编码", "none"), [("等次", 2, "方案编码", "none", "unknown_scheme")]),
    "a shipped scheme without its other parts": (
        put("考核内容", 3, "方案编码", "routine"),
        [("考核内容", 2, "权重", "60", "dimension_weights_not_100"), ("考核内容", 3, "权重", "40", "dimension_weights_not_100")],
    ),
    "scheme twice": (add("考核方案"), [("考核方案", 3, "方案编码", "own", "duplicate_key")]),
    "level under a dimension that is not in the scheme": (
        lambda sheets: (add("考核任务", 考核编号="Y", 考核方案="own")(sheets), add("考核对象", 考核编号="Y")(sheets),
                        add("了解记录", 考核编号="Y", 综合分析研判=None, 甲="好")(sheets), put("了解记录", 4, "甲", "好")(sheets)),
        [("了解记录", 4, "甲", "好", "dimension_not_in_scheme")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_bad_cell_is_named(assessors, name):
    change, expected = CASES[name]
    sheets = small()
    change(sheets)
    assert faults_of(assessors["kcy1"], sheets) == expected


@pytest.mark.parametrize("name", SCHEME_CASES)
def test_a_bad_scheme_is_named(assessors, name):
    change, expected = SCHEME_CASES[name]
    sheets = with_scheme()
    change(sheets)
    assert faults_of(assessors["kcy1"], sheets) == expected


def test_units_in_a_circle_below_a_granted_one_are_refused(db):
    """A circle of new units hangs on nothing that stands; looking for what it hangs on must come to an end."""
    from people.actions import units
    from tests.cast import add_user

    boss = add_user("boss", "assessor")
    top = units.save(by=boss, rows=[{"code": "T", "name": "t"}])[0]
    by = add_user("narrow", "assessor", top)
    rows = [{"单位编码": "X", "单位名称": "x", "上级编码": "Y"}, {"单位编码": "Y", "单位名称": "y", "上级编码": "X"}]
    assert {fault[4] for fault in faults_of(by, {"单位": rows})} == {"parent_cycle", "outside_scope"}


def test_the_right_ones_have_no_faults(assessors):
    assert faults_of(assessors["kcy1"], small()) == faults_of(assessors["kcy1"], with_scheme()) == []


def test_all_errors_at_once_and_nothing_written(assessors):
    sheets = with_scheme()
    for name in ("unknown kind", "word of a code set", "unknown kind of campaign", "unknown assessee", "unknown level", "unknown user"):
        CASES[name][0](sheets)
    SCHEME_CASES["points over 100"][0](sheets)
    before = LedgerEntry.objects.count()
    work = exchange.prepare(by=assessors["kcy1"], file=written(sheets), name="x.xlsx")
    assert [(f.sheet, f.row) for f in work.faults] == [
        ("单位", 3), ("干部", 3), ("档次", 2), ("考核任务", 2), ("考核对象", 4), ("了解记录", 4), ("了解记录", 4),
    ]  # fmt: skip
    with pytest.raises(ValueError):
        exchange.carry_out(work)
    assert LedgerEntry.objects.count() == before and not Unit.objects.exists()


def test_an_error_in_words(assessors):
    sheets = small()
    CASES["unknown level"][0](sheets)
    work = exchange.prepare(by=assessors["kcy1"], file=written(sheets), name="x.xlsx")
    with translation.override("en"):
        assert [fault_line(f) for f in work.faults] == [
            "了解记录, row 4, 综合分析研判 “很好”: 很好 is not known here. Use one of: 好, 较好, 一般, 较差."
        ]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "file_empty"), (b"no workbook", "file_text"), (b"PK\x03\x04 and nothing more", "file_damaged"), (b"\0\1" * 200, "not_a_workbook")],
)
def test_a_file_that_is_no_workbook(assessors, content, code):
    with pytest.raises(Refused) as refused:
        exchange.prepare(by=assessors["kcy1"], file=BytesIO(content), name="x.xlsx")
    assert [r.code for r in refused.value.refusals] == [code]


def test_a_workbook_of_something_else(assessors):
    assert faults_of(assessors["kcy1"], {"Sheet1": [{"A": 1}]}) == [("", 0, "", "", "no_known_sheet")]


def test_headings_and_sheets_that_come_twice(assessors):
    sheets = small()
    sheets["Units"] = [{"code": "Q", "name": "q"}]
    for row in sheets["干部"]:
        row["Sex"] = None
    assert faults_of(assessors["kcy1"], sheets) == [("Units", 1, "", "", "sheet_twice"), ("干部", 1, "性别", "性别", "heading_twice")]


def test_only_an_assessor_imports(db):
    from tests.cast import add_user

    for role in ("reviewer", "manager", "auditor", "security", "system"):
        with pytest.raises(Refused) as refused:
            exchange.prepare(by=add_user(role, role), file=written(small()), name="x.xlsx")
        assert [r.code for r in refused.value.refusals] == ["role_missing"]
