"""The exchange workbook out: what each person may see, and nothing of it without a trace."""

import pytest
from openpyxl import load_workbook

from assessment.actions import campaigns, contacts
from assessment.sheets.exchange.write import export
from people import ledger
from people.models import LedgerEntry
from people.refusals import Refused
from tests.cast import add_kin, again, give, give_evidence, scheme, signed
from tests.cast import campaign as add_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def out(tmp_path):
    """Function: the sheets that a user gets, {title: [{heading: value}]}."""

    def out(user, campaign="", reason="年终归档"):
        path = tmp_path / "out.xlsx"
        with path.open("w+b") as file:
            export(by=again(user), file=file, reason=reason, campaign=campaign)
        sheets = {}
        for sheet in load_workbook(path):
            headings, *rows = sheet.iter_rows(values_only=True) if sheet.title != "说明" else [("", "")]
            sheets[sheet.title] = [dict(zip(headings, row, strict=True)) for row in rows]
        sheets["说明"] = dict(load_workbook(path)["说明"].iter_rows(values_only=True))
        return sheets

    return out


def column(rows, heading):
    return [row[heading] for row in rows]


def test_everything_of_ones_units_and_nothing_of_others(world, out):
    give_evidence(world, world.of(world.dawa), world.of(world.karma))
    sheets = out(world.east_assessor)
    assert column(sheets["单位"], "单位编码") == ["C", "E", "E1"]  # the county is above the township
    assert column(sheets["干部"], "干部编号") == ["G001", "G002", "G003", "G004"]
    assert {row["干部编号"] for row in sheets["了解记录"]} == {"G001"}
    assert {row["干部编号"] or row["单位编码"] for row in sheets["考核对象"]} == {"G001", "G002", "G003", "G004", "E"}
    whole = str(sheets)
    assert "噶玛" not in whole and "G005" not in whole and "西岭" not in whole


def test_sources_are_for_the_campaigns_unit(world, out):
    give_evidence(world, world.of(world.dawa))
    assert set(column(out(world.lin)["了解记录"], "了解对象")) == {"某某"}
    assert "了解对象" in out(world.east_assessor)["了解记录"][0]
    assert set(column(out(world.east_assessor)["了解记录"], "了解对象")) == {None}
    assert "某某" not in str(out(world.east_assessor))


def test_phones_only_for_those_who_may_reveal_them(world, out):
    assert column(out(world.lin)["干部"], "手机")[0] == "13900000001"
    (entry,) = LedgerEntry.objects.filter(verb="reveal")
    assert entry.actor == world.lin and entry.reason == "年终归档"
    of_file = LedgerEntry.objects.get(verb="export").after["sha256"]
    assert entry.after == {"cadres": 9, "fields": ["id_number", "phone"], "sha256": of_file}
    sheets = out(world.aud)
    assert "手机" not in sheets["干部"][0] and "身份证号" not in sheets["干部"][0] and "1390000" not in str(sheets)
    assert LedgerEntry.objects.filter(verb="reveal").count() == 1


def test_an_export_stands_in_the_ledger_and_the_ledger_on_the_export(world, out):
    head = ledger.head()
    sheets = out(world.lin, reason=" 报县委 ")
    entry = LedgerEntry.objects.filter(verb="export").get()
    assert entry.reason == "报县委" and entry.after["rows"]["干部"] == 9 and len(entry.after["sha256"]) == 64
    about = sheets["说明"]
    assert about["导出人"] == "lin" and about["导出事由"] == "报县委" and about["导出范围"] == "可见的全部"
    assert about["行数：干部"] == 9 and about["历史末条"] == f"{head[0]} {head[1]}"


def test_not_without_a_reason_nor_by_everybody(world, out):
    for user, reason, code in ((world.lin, "  ", "reason_missing"), (world.man, "x", "role_missing"), (world.sys, "x", "role_missing")):
        with pytest.raises(Refused) as refused:
            out(user, reason=reason)
        assert [r.code for r in refused.value.refusals] == [code]
    with pytest.raises(Refused) as refused:
        out(world.lin, campaign="nothing")
    assert [r.code for r in refused.value.refusals] == ["unknown_campaign"]
    assert not LedgerEntry.objects.filter(verb="export").exists()


def test_one_campaign_alone(world, out):
    give_evidence(world, world.of(world.dawa))
    give_evidence(world, world.of(world.east_unit))
    sheets = out(world.lin, campaign="L")
    assert column(sheets["考核任务"], "考核编号") == ["L"] and column(sheets["考核方案"], "方案编码") == ["group-five"]
    assert column(sheets["单位"], "单位编码") == ["C", "E", "W"] and sheets["干部"] == []
    assert {row["单位编码"] for row in sheets["了解记录"]} == {"E"}
    assert column(sheets["评价"], "姓名") == ["东滩镇", "西岭乡"]
    assert sheets["说明"]["导出范围"] == "考核任务 L 班子考核"


def test_dimension_columns_by_campaign_code_then_order_shared_by_name(world, out):
    scheme(world, "own", dimensions=[{"code": "x", "name": "能", "weight": 50}, {"code": "y", "name": "综合分析研判", "weight": 50}])
    own = add_campaign(world, "A", "own", cadres=[world.dawa])
    give(world, {world.of(world.dawa, own): {"x": "好", "y": "一般"}})
    give(world, {world.of(world.dawa): "较好"})
    sheets = out(world.lin)
    headings = list(sheets["了解记录"][0])
    assert headings[14:] == [
        "能", "综合分析研判", "落实联防联控措施", "严密监控疫情", "构筑抵御防线", "政治思想建设", "领导能力", "工作实绩", "党风廉政建设", "作风建设"
    ]  # fmt: skip
    first, second = sheets["了解记录"]
    assert (first["考核编号"], first["能"], first["综合分析研判"], first["落实联防联控措施"]) == ("A", "好", "一般", None)
    assert (second["考核编号"], second["能"], second["综合分析研判"], second["落实联防联控措施"]) == ("F", None, "较好", "较好")
    scores = {row["考核编号"]: row["综合分析研判"] for row in sheets["评价"] if row["干部编号"] == "G001"}
    assert scores == {"A": 70, "F": 85}


def test_a_signed_evaluation_and_its_words(world, out):
    opinion = signed(world, world.of(world.dawa))
    row = next(r for r in out(world.lin)["评价"] if r["干部编号"] == "G001")
    assert (row["状态"], row["等次"], row["总分"], row["有分歧"], row["版本"], row["签批人"]) == ("已签批", "称职", 85, "否", 1, "rui")
    assert row["签批时间"].replace(microsecond=0) is not None and opinion.number == 1
    other = next(r for r in out(world.lin)["评价"] if r["干部编号"] == "G002")
    assert (other["状态"], other["等次"], other["总分"], other["有分歧"], other["版本"]) == ("了解中", "不确定等次", None, "否", None)


def test_what_is_blind_stays_sealed(world, out):
    sealed = add_campaign(world, "B", "front-line", cadres=[world.dawa, world.nima], blind=True)
    give(world, {world.of(world.dawa, sealed): "较差"}, lead=world.mei, team=[world.mei, world.hai])
    give(world, {world.of(world.nima, sealed): "好"}, lead=world.lin)
    sheets = out(world.lin, campaign="B")
    assert column(sheets["了解记录"], "干部编号") == ["G002"]
    scores = {row["干部编号"]: (row["总分"], row["等次"], row["有分歧"]) for row in sheets["评价"]}
    assert scores == {"G001": (None, None, None), "G002": (95, "不确定等次", "否")}
    assert "盲评" in sheets["说明"]
    assert column(out(world.rui, campaign="B")["了解记录"], "干部编号") == ["G001", "G002"]


def test_ones_own_file_and_that_of_kin_stay_out(world, out):
    mine = add_campaign(world, "K", "front-line", cadres=[world.hai_cadre, world.karma, world.dawa])
    for cadre in (world.hai_cadre, world.karma, world.dawa):
        give(world, {world.of(cadre, mine): "好"}, lead=world.lin, team=[world.lin, world.mei])
    assert column(out(world.hai, campaign="K")["了解记录"], "干部编号") == ["G001"]
    add_kin(world, world.hai_cadre, world.dawa)
    assert out(world.hai, campaign="K")["了解记录"] == []


def test_withdrawn_and_closed_go_out_as_they_are(world, out):
    made = give(world, {world.of(world.dawa): "好"})
    contacts.withdraw(by=world.lin, finding=made.findings.get(), why="记错了人")
    campaigns.close(by=world.lin, campaign=world.groups)
    sheets = out(world.lin)
    (row,) = sheets["了解记录"]
    assert row["撤回原因"] == "记错了人" and row["撤回日期"] is not None and row["综合分析研判"] == "好"
    assert column(sheets["考核任务"], "状态") == ["进行中", "已结束"]
