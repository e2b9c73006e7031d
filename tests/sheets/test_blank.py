"""Templates: what is filled in by hand or from their lists can be taken in; the lists hold what the user may choose, no more."""

from datetime import date, datetime
from io import BytesIO

import pytest
from django.utils import translation
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from assessment import columns
from assessment.models import Campaign, Contact
from assessment.sheets import exchange
from assessment.sheets.exchange import blank
from assessment.sheets.exchange.blank_words import EXAMPLES, HINTS, WORDS
from assessment.sheets.exchange.read import read_source
from people.models import Cadre, Unit
from tests.cast import again

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    """Function that makes a template and opens it."""

    def made(kind, user, campaign=None):
        file = BytesIO()
        made.persons, made.held = blank.write(file, kind, again(user), campaign)
        return load_workbook(file)

    return made


def offered(book, ws, heading):
    """What the drop-down of a column offers."""
    column = next(cell.column for cell in ws[1] if cell.value.rstrip("*") == heading)
    (rule,) = [rule for rule in ws.data_validations.dataValidation if rule.type == "list" and next(iter(rule.sqref.ranges)).min_col == column]
    title, _, place = rule.formula1.replace("'", "").rpartition("!")
    left, top, right, bottom = range_boundaries(place)
    assert left == right
    return [book[title].cell(line, left).value for line in range(top, bottom + 1)]


def fill(ws, *rows):
    """Write rows below the example, by heading."""
    places = {cell.value.rstrip("*"): cell.column for cell in ws[1]}
    for number, row in enumerate(rows, 3):
        for heading, value in row.items():
            ws.cell(number, places[heading], value)


def taken(user, book):
    """The import of a workbook."""
    file = BytesIO()
    book.save(file)
    work = exchange.prepare(by=again(user), file=file, name="x.xlsx")
    assert work.faults == [] and {code for code, _ in work.notes} == {"example_rows"}
    exchange.carry_out(work)
    return work


def test_cadres_filled_in_from_the_lists(made, world):
    book = made("cadres", world.lin)
    ws = book["干部"]
    assert [c.value for c in ws[1]][:2] == ["干部编号*", "姓名*"] and ws.freeze_panes == "A2"
    unit = next(choice for choice in offered(book, ws, "单位编码") if choice.startswith("E1"))
    assert unit == "E1 · 东滩村" and offered(book, ws, "民族")[0] == "汉族" and len(offered(book, ws, "民族")) > 50
    fill(ws, {
        "干部编号": "N1", "姓名": "新人", "单位编码": unit, "性别": "女", "民族": "藏族", "出生年月": "1990.5", "参加工作时间": date(2012, 7, 1),
        "身份证号": "11010519491231002X",
    })  # fmt: skip
    work = taken(world.lin, book)
    cadre = Cadre.objects.get(code="N1")
    assert (work.counts["干部"].new, cadre.unit, cadre.birth_month, cadre.ethnicity) == (1, world.east_village, "1990-05", "04")
    assert made.persons == 0


def test_contacts_of_a_campaign_filled_in_from_the_lists(made, world):
    book = made("contacts", world.lin, world.front)
    ws = book["了解记录"]
    headings = [c.value for c in ws[1]]
    dimensions = list(world.front.scheme.dimensions.values_list("name", flat=True))
    assert "干部编号*" in headings and "单位编码" not in headings and headings[-len(dimensions) :] == dimensions
    roster = offered(book, ws, "干部编号")
    assert len(roster) == 8 and "G001 · 达瓦" in roster and set(offered(book, ws, "考察人员")) >= {"lin", "mei"}
    common = {"考核编号": offered(book, ws, "考核编号")[0], "时间": datetime(2022, 5, 9, 10, 30), "考察人员": "lin、mei", "与干部关系": offered(book, ws, "与干部关系")[4]}
    marks = {name: offered(book, ws, name)[0] for name in dimensions}
    told = {"方式": "谈心谈话", "了解对象": "某某", "了解情况": "踏实"}
    fill(ws, {**common, **told, "记录编号": "1", "干部编号": "G001 · 达瓦", **marks}, {**common, **told, "记录编号": "1", "干部编号": "G002"})
    taken(world.lin, book)
    contact = Contact.objects.get(campaign=world.front, number="1")
    assert sorted(contact.findings.values_list("evaluation__cadre__code", flat=True)) == ["G001", "G002"]
    assert contact.findings.get(evaluation__cadre=world.dawa).ratings.count() == len(dimensions)
    assert made.persons == len(roster) + len(offered(book, ws, "考察人员"))


def test_contacts_of_leading_groups(made, world):
    book = made("contacts", world.lin, world.groups)
    headings = [c.value for c in book["了解记录"][1]]
    assert "单位编码*" in headings and "干部编号" not in " ".join(headings)
    assert offered(book, book["了解记录"], "单位编码") == ["E · 东滩镇", "W · 西岭乡"]


def test_a_scheme_a_campaign_and_its_roster(made, world):
    book = made("campaign", world.lin)
    fill(book["考核方案"], {"方案编码": "own", "名称": "自定", "对象": "干部", "现场权重": 50, "电话权重": 50, "谈话权重": 0})
    fill(book["考核内容"], {"方案编码": "own", "编码": "a", "名称": "甲", "权重": 100})
    fill(book["档次"], {"方案编码": "own", "名称": "好", "分值": 90})
    fill(book["等次"], {"方案编码": "own", "名称": "合格", "最低分": 0})
    days = {"开始日期": date(2022, 5, 1), "结束日期": date(2022, 6, 1)}
    unit = offered(book, book["考核任务"], "单位编码")[0]
    assert offered(book, book["考核对象"], "考核编号") == ["F · 一线考核", "L · 班子考核"]
    fill(book["考核任务"], {"考核编号": "Z", "名称": "专项", "类别": "专项", "考核方案": "own", "单位编码": unit, **days})
    fill(book["考核对象"], {"考核编号": "Z", "干部编号": "G001"}, {"考核编号": "F · 一线考核", "干部编号": "G009"})
    taken(world.lin, book)
    assert Campaign.objects.get(code="Z").evaluations.count() == 1 and world.front.evaluations.count() == 9


def test_units(made, world):
    book = made("units", world.lin)
    fill(book["单位"], {"单位编码": "E2", "单位名称": "东山村", "上级编码": "E · 东滩镇", "类型": "村(社区)"})
    taken(world.lin, book)
    assert Unit.objects.get(code="E2").parent == world.east_unit


def test_lists_hold_what_the_user_may_choose(made, world):
    """An assessor of a township: its branch, its cadres, and no more."""
    for kind, title in (("cadres", "干部"), ("units", "单位")):
        book = made(kind, world.east_assessor)
        heading = "单位编码" if kind == "cadres" else "上级编码"
        assert offered(book, book[title], heading) == ["E · 东滩镇", "E1 · 东滩村"]
    book = made("contacts", world.east_assessor, world.front)
    assert {choice[:4] for choice in offered(book, book["了解记录"], "干部编号")} == {"G001", "G002", "G003", "G004"}
    assert "east_assessor" in offered(book, book["了解记录"], "考察人员")
    text = " ".join(str(c.value) for ws in book for line in ws.iter_rows() for c in line)
    assert "西岭" not in text and "噶玛" not in text and "rui" not in text
    assert made("campaign", world.east_assessor).sheetnames[-1] == "可选值"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", blank.KINDS_OF)
def test_as_it_is_a_template_holds_nothing(made, world, kind, language):
    with translation.override(language):
        book = made(kind, world.lin, world.front if kind == "contacts" else None)
    file = BytesIO()
    book.save(file)
    source = read_source(file)
    assert source.faults == [] and not any(sheet.rows for sheet in source.sheets.values())
    assert {code for code, _ in source.notes} == {"example_rows"}
    assert all(not sheet.extra for name, sheet in source.sheets.items() if name != "contacts")
    for ws in book:
        for rule in ws.data_validations.dataValidation:
            assert len(rule.prompt or "") <= 255 and len(rule.promptTitle or "") <= 32
            assert rule.type in (None, "list", "date") and len(rule.formula1 or "") <= 255
    example = book.worksheets[0]["A2"]
    assert example.font.italic and example.value.startswith("例：" if language == "zh-hans" else "Example: ")


def test_each_word_belongs_to_a_column():
    fields = {(sheet.name, column.field): column for sheet in columns.FORMATS for column in sheet.columns}
    assert set(HINTS) | set(WORDS) | {(name, field) for name, row in EXAMPLES.items() for field in row} <= set(fields)
    needed = {key for key, column in fields.items() if column.required and key[0] in EXAMPLES}
    given = {(name, field) for name, row in EXAMPLES.items() for field in row} | {("contacts", name) for name in ("campaign", "team", "held_at")}
    assert needed <= given
    for key, known in WORDS.items():
        code = EXAMPLES[key[0]].get(key[1])
        assert code is None or code in known


def test_a_text_that_looks_like_a_formula_stays_text(made, world):
    from people.actions import units

    units.save(by=world.lin, rows=[{"code": "=1+1", "name": "=某村", "parent": "E"}])
    book = made("cadres", world.lin)
    assert "=1+1 · =某村" in offered(book, book["干部"], "单位编码")
    assert not [c for c in book["可选值"]["A"] if c.data_type == "f"]
