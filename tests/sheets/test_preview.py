"""The preview of an import tells nothing of what whoever imports may not see."""

from datetime import datetime

import pytest

from assessment.models import Campaign
from assessment.sheets import exchange
from assessment.sheets.exchange.changes import HIDDEN
from people.ledger import recorded
from tests.cast import again, give
from tests.sheets.books import written

pytestmark = pytest.mark.django_db


def changes(user, **sheets):
    """([(row, column, old)] of the preview, codes of its faults)."""
    work = exchange.prepare(by=again(user), file=written(sheets), name="x.xlsx")
    return [(change.row, change.column, change.old) for change in work.changes], [fault.code for fault in work.faults]


def contact_7(world, *cadres):
    """Rows that change all of contact 7 of the front line."""
    dimension = world.front.scheme.dimensions.first().name
    row = {"考核编号": "F", "记录编号": "7", "方式": "谈心谈话", "时间": datetime(2022, 5, 1, 9), "考察人员": "lin、mei", "了解对象": "别人", "与干部关系": "群众"}
    return [{**row, "干部编号": code, "了解情况": "另一回事", dimension: "较差"} for code in cadres]


def tell(world, *cadres):
    """Contact 7, in which somebody speaks of them."""
    give(world, {world.of(cadre): "好" for cadre in cadres}, "talk", number="7", team=[world.lin, world.mei], source="张知情")


@pytest.mark.parametrize(
    ("who", "code", "unit", "why"),
    [
        ("east_assessor", "G005", "W", "outside_scope"),
        ("east_assessor", "G005", "E", "outside_scope"),
        ("hai", "G009", "O", "own_file"),
        ("hai", "G005", "W", "file_of_kin"),
    ],
)
def test_records_that_are_none_of_his_business(world, who, code, unit, why):
    row = {"干部编号": code, "姓名": "改名", "单位编码": unit, "现任职务": "x", "手机": "13811112222"}
    assert changes(world.users[who], 干部=[row]) == ([], [why])


def test_units_and_campaigns_of_others(world):
    unit = {"单位编码": "W", "单位名称": "改名", "上级编码": "C", "类型": "党委"}
    campaign = {"考核编号": "F", "名称": "改名", "类别": "专项", "考核方案": "front-line", "单位编码": "C", "开始日期": "2022-04-01", "结束日期": "2022-06-30"}
    assert changes(world.east_assessor, 单位=[unit], 考核任务=[campaign]) == ([], ["outside_scope", "outside_scope"])


def test_a_contact_with_a_row_that_is_none_of_his_business(world):
    tell(world, world.dawa, world.karma)
    assert changes(world.east_assessor, 了解记录=contact_7(world, "G001", "G005")) == ([], ["outside_scope"])
    assert changes(world.hai, 了解记录=contact_7(world, "G001", "G005")) == ([], ["file_of_kin"])


def test_who_said_it_is_not_told_to_a_township(world):
    tell(world, world.dawa)
    found, faults = changes(world.east_assessor, 了解记录=contact_7(world, "G001"))
    assert faults == [] and {(column, old) for _, column, old in found} >= {("了解对象", HIDDEN), ("与干部关系", HIDDEN), ("了解情况", "talk所见达瓦")}
    found, _ = changes(world.lin, 了解记录=contact_7(world, "G001"))
    assert {(column, old) for _, column, old in found} >= {("了解对象", "张知情"), ("与干部关系", "同级")}


def test_what_is_sealed_is_not_told(world):
    """In a blind campaign those who were not there see neither words nor marks of others yet."""
    tell(world, world.dawa)
    with recorded(by=None, verb="save_campaign"):
        Campaign.objects.filter(code="F").update(blind=True)
    dimension = world.front.scheme.dimensions.first().name
    found, faults = changes(world.hai, 了解记录=contact_7(world, "G001"))
    assert faults == [] and {old for _, column, old in found if column in ("了解情况", dimension)} == {HIDDEN}
    found, _ = changes(world.mei, 了解记录=contact_7(world, "G001"))
    assert {old for _, column, old in found if column in ("了解情况", dimension)} == {"talk所见达瓦", "好"}


def test_good_rows_beside_a_bad_one_are_told(world):
    rows = [{"干部编号": "G001", "姓名": "改名", "单位编码": "E"}, {"干部编号": "G002", "姓名": "改名", "单位编码": "没有"}]
    assert changes(world.lin, 干部=rows) == ([(2, "姓名", "达瓦")], ["unknown_unit"])
