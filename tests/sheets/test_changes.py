"""Importing what is there already: changes, what is left alone, and what is locked, frozen, closed or withdrawn."""

from datetime import date, datetime

import pytest

from assessment.actions import campaigns, contacts, evaluations
from assessment.models import Campaign, Contact, Evaluation, Finding, Rating, Scheme
from assessment.sheets import exchange
from assessment.sheets.exchange.write import export
from people import proof
from people.models import Cadre, LedgerEntry
from people.refusals import Refused
from tests.cast import again, give_evidence, signed, submitted
from tests.sheets.books import PARTS, SCHEME, small, with_scheme, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def come(assessors):
    """Function: prepare a workbook as kcy1, without writing it."""

    def come(sheets, by=None):
        return exchange.prepare(by=by or assessors["kcy1"], file=written(sheets), name="x.xlsx")

    return come


def faults(work):
    return [(f.sheet, f.row, f.column, f.code) for f in work.faults]


def changes(work):
    return [(c.sheet, c.row, c.key, c.column, c.old, c.new) for c in work.changes]


# --- changes


def test_changed_cells_are_shown_old_to_new_and_taken(take, come):
    take(small())
    sheets = small()
    sheets["单位"][1]["单位名称"] = "新镇"
    sheets["干部"][0] |= {"单位编码": "A", "性别": "2"}
    sheets["考核任务"][0]["名称"] = "专项考核（二）"
    sheets["了解记录"][0]["了解情况"] = "每天在岗"
    sheets["了解记录"][1]["综合分析研判"] = "较差"
    for row in sheets["了解记录"][:2]:
        row["考察人员"] = "kcy3、kcy1"
    work = come(sheets)
    assert faults(work) == []
    assert changes(work) == [
        ("单位", 3, "B", "单位名称", "某镇", "新镇"),
        ("干部", 2, "G1", "性别", "男", "女"),
        ("干部", 2, "G1", "单位编码", "B", "A"),
        ("考核任务", 2, "Z", "名称", "专项考核", "专项考核（二）"),
        ("了解记录", 2, "Z 1", "考察人员", "kcy1、kcy2", "kcy3、kcy1"),
        ("了解记录", 2, "Z 1", "了解情况", "在岗", "每天在岗"),
        ("了解记录", 3, "Z 1", "综合分析研判", "一般", "较差"),
    ]
    assert [(t, c.new, c.changed, c.same) for t, c in work.counts.items()] == [
        ("单位", 0, 1, 1), ("干部", 0, 1, 1), ("考核方案", 0, 0, 0), ("考核任务", 0, 1, 0), ("考核对象", 0, 0, 2), ("了解记录", 0, 2, 1),
    ]  # fmt: skip
    exchange.carry_out(work)
    contact = Contact.objects.get(number="1")
    assert [m.user.username for m in contact.team.order_by("position")] == ["kcy3", "kcy1"]
    assert Evaluation.objects.get(cadre__code="G2").score == 50
    assert list(proof.verify()) == [] and list(evaluations.verify_numbers()) == []
    assert come(sheets).empty


def test_a_blank_cell_clears_and_an_absent_column_leaves(take):
    sheets = small()
    sheets["干部"][0] |= {"现任职务": "镇长", "籍贯": "某县"}
    sheets["了解记录"][0]["事例"] = "某日"
    take(sheets)
    del sheets["干部"][0]["籍贯"], sheets["了解记录"][0]["事例"]
    sheets["干部"][0]["现任职务"] = None
    sheets["了解记录"][0]["综合分析研判"] = None
    work = take(sheets)
    assert len(work.changes) == 2
    cadre = Cadre.objects.get(code="G1")
    assert (cadre.post, cadre.native_place) == ("", "某县")
    finding = Finding.objects.get(contact__number="1", evaluation__cadre=cadre)
    assert finding.example == "某日" and not finding.ratings.exists()


def test_forms_of_days_words_and_digits(take):
    sheets = small()
    sheets["单位"][1]["单位编码"] = "Ｂ"
    sheets["干部"][0] |= {"单位编码": "b".upper() + " ", "出生年月": "1980年5月", "性别": "1", "入党时间": "2001.7.1", "手机": 13900000001.0}
    sheets["干部"][1] |= {"出生年月": datetime(1985, 11, 1), "入党时间": "２００２年０７月０１日", "民族": "藏"}
    sheets["考核任务"][0] |= {"开始日期": "2022/5/1", "结束日期": "20220601", "类别": "special"}
    sheets["了解记录"][0]["时间"] = "2022年5月9日 10时30分"
    sheets["了解记录"][2] |= {"方式": "Phone", "与干部关系": "PUBLIC", "时间": "2022-05-09T10:30:00", "记录编号": 2}
    take(sheets)
    one, two = Cadre.objects.order_by("code")
    assert (one.unit.code, one.birth_month, one.sex, one.joined_party_on, one.phone) == ("B", "1980-05", "1", date(2001, 7, 1), "13900000001")
    assert (two.birth_month, two.joined_party_on, two.ethnicity) == ("1985-11", date(2002, 7, 1), "04")
    assert Campaign.objects.get().ends_on == date(2022, 6, 1)
    assert take(small()).counts["了解记录"].same == 3  # the plain forms say the same


def test_dimensions_whose_names_differ_in_width_alone(take, give_out):
    """Two schemes, 甲A and 甲Ａ: each has its own column, and a blank in the other's clears nothing."""
    sheets = with_scheme()
    for code, name in (("own", "甲A"), ("two", "甲Ａ")):
        if code == "two":
            for title in ("考核方案", *PARTS):
                sheets[title] += [{**row, "方案编码": code} for row in sheets[title]]
        sheets["考核内容"][-2]["名称"] = name
        sheets["考核任务"].append({**sheets["考核任务"][0], "考核编号": code, "考核方案": code})
        sheets["考核对象"].append({"考核编号": code, "干部编号": "G1"})
        sheets["了解记录"].append({**sheets["了解记录"][2], "考核编号": code, "综合分析研判": None, name: "好"})
    take(sheets)
    assert {(r.dimension.name, r.dimension.scheme.code) for r in Rating.objects.filter(level__name="好", dimension__code="a")} == {
        ("甲A", "own"), ("甲Ａ", "two"),
    }  # fmt: skip
    assert take(sheets).empty and take(give_out()).empty


def test_unknown_columns_and_sheets_are_reported(come):
    sheets = small()
    sheets["单位"][0]["备注"] = "x"
    sheets["了解记录"][0]["严密"] = "好"
    sheets["别的"] = [{"a": 1}]
    sheets["评价"] = [{"考核编号": "Z"}]
    work = come(sheets)
    assert faults(work) == []
    assert work.notes == [
        ("sheet_unknown", {"sheet": "别的"}),
        ("sheet_out_only", {"sheet": "评价"}),
        ("column_unknown", {"sheet": "单位", "column": "备注"}),
        ("column_unknown", {"sheet": "了解记录", "column": "严密"}),
    ]


# --- what stays as it is


def test_a_scheme_in_use_is_frozen_but_may_stand_there_unchanged(take, come):
    sheets = with_scheme()
    sheets["考核任务"][0]["考核方案"] = "own"
    for row in sheets["了解记录"]:
        del row["综合分析研判"]
        row["甲"] = "好"
    take(sheets)
    assert Scheme.objects.get(code="own").frozen and come(sheets).empty
    sheets["考核内容"][0]["名称"] = "丙"
    sheets["考核方案"][0]["名称"] = "改名"
    assert faults(come(sheets))[0] == ("考核方案", 2, "方案编码", "scheme_frozen")


def test_a_scheme_that_nothing_uses_can_change_by_its_parts_alone(take):
    take({"考核方案": SCHEME, **PARTS})
    work = take({"等次": [{**row, "最低分": row["最低分"] and 55} for row in PARTS["等次"]]})
    assert [(c.sheet, c.key, c.column) for c in work.changes] == [("等次", "own", "等次")]
    assert {g.name: g.minimum for g in Scheme.objects.get(code="own").grades.all()} == {"合格": 55, "不合格": 0}


def test_locked_evidence_takes_no_change(world, come):
    give_evidence(world, world.of(world.dawa), world.of(world.nima))
    submitted(world, world.of(world.dawa))
    contact = Contact.objects.filter(method="on_site").get()
    row = {
        "考核编号": "F", "记录编号": contact.number, "方式": "现场了解", "时间": "2022-05-01 09:00", "地点": "村口", "考察人员": "lin、mei",
        "干部编号": "G001", "了解情况": "on_site所见达瓦",
    }  # fmt: skip
    assert come({"了解记录": [row]}, by=world.lin).empty
    assert faults(come({"了解记录": [{**row, "了解情况": "改"}]}, by=world.lin)) == [("了解记录", 2, "干部编号", "evidence_locked")]
    assert faults(come({"了解记录": [{**row, "综合分析研判": "好"}]}, by=world.lin)) == [("了解记录", 2, "干部编号", "evidence_locked")]
    assert faults(come({"了解记录": [{**row, "地点": "镇上"}]}, by=world.lin)) == [("了解记录", 2, "地点", "evidence_locked")]
    other = {**row, "干部编号": "G002", "了解情况": "改"}
    assert len(come({"了解记录": [other]}, by=world.lin).changes) == 1  # nima's evaluation is still open
    new = {**row, "记录编号": "77"}
    assert faults(come({"了解记录": [new]}, by=world.lin)) == [("了解记录", 2, "干部编号", "evidence_locked")]


def test_a_withdrawn_row_never_comes_back_to_life(take, come, assessors):
    sheets = small()
    take(sheets)
    finding = Finding.objects.get(contact__number="2")
    contacts.withdraw(by=assessors["kcy1"], finding=finding, why="记错了人")
    assert take(sheets).empty  # without the columns it stays withdrawn
    sheets["了解记录"][2]["了解情况"] = "改"
    assert faults(come(sheets)) == [("了解记录", 4, "了解情况", "finding_withdrawn")]
    sheets = small()
    sheets["了解记录"][2] |= {"撤回日期": None, "撤回原因": None}
    assert faults(come(sheets)) == [("了解记录", 4, "撤回日期", "finding_withdrawn")]
    finding.refresh_from_db()
    assert finding.withdrawn_on and Evaluation.objects.get(cadre__code="G1").count_phone == 0


def test_a_row_can_be_withdrawn_by_import_with_a_last_change(take):
    sheets = small()
    take(sheets)
    sheets["了解记录"][2] |= {"撤回日期": "2022-05-20", "撤回原因": "重复", "综合分析研判": "一般"}
    take(sheets)
    finding = Finding.objects.get(contact__number="2")
    assert (finding.withdrawn_on, finding.withdrawn_why) == (date(2022, 5, 20), "重复")
    assert finding.ratings.get().level.name == "一般" and finding.evaluation.count_phone == 0


def test_closing_is_applied_last_and_a_closed_campaign_takes_nothing(take, come):
    sheets = small()
    sheets["考核任务"][0]["状态"] = "已结束"
    take(sheets)
    assert Campaign.objects.get().state == "closed" and Finding.objects.count() == 3
    assert take(sheets).empty
    sheets["考核任务"][0]["状态"] = None
    assert take(sheets).empty  # blank is no wish to open it again
    sheets["考核任务"][0]["状态"] = "open"
    assert faults(come(sheets)) == [("考核任务", 2, "状态", "campaign_closed")]
    del sheets["考核任务"]
    sheets["了解记录"].append({**sheets["了解记录"][0], "记录编号": "9"})
    sheets["考核对象"].append({"考核编号": "Z", "干部编号": "G3"})
    sheets["干部"].append({**sheets["干部"][0], "干部编号": "G3"})
    assert faults(come(sheets)) == [("考核对象", 4, "考核编号", "campaign_closed"), ("了解记录", 5, "考核编号", "campaign_closed")]


def test_the_period_holds_the_contacts_that_are_there(take, come):
    take(small())
    sheets = {"考核任务": small()["考核任务"]}
    sheets["考核任务"][0]["开始日期"] = datetime(2022, 5, 10)
    assert faults(come(sheets)) == [("考核任务", 2, "开始日期", "contacts_outside_period")]


# --- who may


def test_what_one_was_given_changes_nothing_when_he_gives_it_back(world, tmp_path):
    """Columns and cells that were kept from him are not cleared by his blanks; ancestors are no offence."""
    give_evidence(world, world.of(world.dawa), world.of(world.karma))
    for user in (world.east_assessor, world.lin, world.hai):
        path = tmp_path / "own.xlsx"
        with path.open("w+b") as file:
            export(by=again(user), file=file, reason="测试")
        work = exchange.prepare(by=again(user), file=path, name="own.xlsx")
        assert faults(work) == [] and work.empty, user
    assert set(Contact.objects.values_list("source_name", flat=True)) == {"某某"}


def test_outside_ones_units(world, come):
    rows = [{"干部编号": "G005", "姓名": "噶玛", "单位编码": "W"}, {"干部编号": "G001", "姓名": "改名", "单位编码": "E"}]
    assert faults(come({"干部": rows}, by=world.east_assessor)) == [("干部", 2, "干部编号", "outside_scope")]
    rows = [{"干部编号": "G001", "姓名": "达瓦", "单位编码": "W"}]
    assert faults(come({"干部": rows}, by=world.east_assessor)) == [("干部", 2, "单位编码", "outside_scope")]
    rows = [{"单位编码": "E2", "单位名称": "新村", "上级编码": "E"}, {"单位编码": "E3", "单位名称": "组", "上级编码": "E2"}]
    assert faults(come({"单位": rows}, by=world.east_assessor)) == []
    rows = [{"单位编码": "W2", "单位名称": "新村", "上级编码": "W"}, {"单位编码": "Q", "单位名称": "独立", "上级编码": None}]
    assert faults(come({"单位": rows}, by=world.east_assessor)) == [("单位", 2, "上级编码", "outside_scope"), ("单位", 3, "上级编码", "outside_scope")]


def test_own_file_and_kin(world, come):
    rows = [{"干部编号": "G009", "姓名": "海青", "单位编码": "O", "现任职务": "主任"}, {"干部编号": "G005", "姓名": "噶玛", "单位编码": "W", "现任职务": "x"}]
    assert faults(come({"干部": rows}, by=world.hai)) == [("干部", 2, "干部编号", "own_file"), ("干部", 3, "干部编号", "file_of_kin")]
    contact = {
        "考核编号": "F", "记录编号": "1", "方式": "现场了解", "时间": "2022-05-01 09:00", "地点": "村口", "考察人员": "lin、hai",
        "干部编号": "G005", "了解情况": "好",
    }  # fmt: skip
    assert faults(come({"了解记录": [contact]}, by=world.lin)) == [("了解记录", 2, "干部编号", "team_file_of_kin")]


# --- the transaction


def test_an_import_is_one_deed_in_the_ledger(take):
    take(small())
    entries = LedgerEntry.objects.filter(actor__username="kcy1")
    assert {e.verb for e in entries} == {"import_workbook", "import_file"}
    (event,) = entries.filter(verb="import_file")
    assert event.object_name == "test.xlsx" and event.after["rows"]["了解记录"] == {"new": 3, "changed": 0}
    assert len(event.after["sha256"]) == 64


def test_what_changed_since_the_check_is_checked_again(take, come, assessors):
    sheets = small()
    take(sheets)
    sheets["了解记录"][0]["了解情况"] = "改"
    work = come(sheets)
    campaigns.close(by=assessors["kcy2"], campaign=Campaign.objects.get())
    with pytest.raises(Refused) as refused:
        exchange.carry_out(work)
    assert [r.code for r in refused.value.refusals] == ["changed_meanwhile"]
    assert faults(work) == [("了解记录", 2, "考核编号", "campaign_closed")]
    assert not Finding.objects.filter(narrative="改").exists()


def test_a_harmless_change_since_the_check_stands_in_nobodys_way(take, come, assessors):
    from people.actions import cadres

    sheets = small()
    take(sheets)
    sheets["干部"][0]["现任职务"] = "镇长"
    work = come(sheets)
    cadres.save(by=assessors["kcy2"], rows=[{"code": "G1", "native_place": "某县"}])
    exchange.carry_out(work)
    cadre = Cadre.objects.get(code="G1")
    assert (cadre.post, cadre.native_place) == ("镇长", "某县")
    assert list(proof.verify()) == []


def test_signed_evaluations_do_not_hinder_an_unchanged_import(world, tmp_path):
    signed(world, world.of(world.dawa))
    path = tmp_path / "x.xlsx"
    with path.open("w+b") as file:
        export(by=again(world.lin), file=file, reason="测试")
    work = exchange.prepare(by=again(world.lin), file=path, name="x")
    assert faults(work) == [] and work.empty
