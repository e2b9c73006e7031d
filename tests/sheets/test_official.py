"""Official forms: every value on them is held against the database, as LibreOffice, calamine and python-docx read it."""

import json
import subprocess
import sys
import zipfile
from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from assessment.actions import evaluations
from assessment.models import Contact, Finding, SignedOpinion
from assessment.queries import contacts as contact_queries
from assessment.queries import papers as queries
from assessment.sheets.official import appointment, layout, opinions, parts
from assessment.sheets.official import contacts as records
from assessment.sheets.official.fill import FORMATS, file_name, of_list
from people import ledger
from people.actions import cadres, profiles
from people.models import Cadre, LedgerEntry, Photo, Profile
from people.refusals import Refused
from tests import cast
from tests.pictures import jpeg
from tests.sheets.paper import beside, on_paper, rows_of, squeezed, words

pytestmark = pytest.mark.django_db

OPINION = {
    "performance": "政治坚定，敢于担当，带头落实各项任务[0001]。\n全年下村一百二十余天，协调解决群众困难三十六件。",
    "strengths": "作风踏实，善于做群众工作。",
    "shortcomings": "调查研究不够深入，对年轻干部的培养还要加强。",
    "conclusion": "表现良好，建议继续培养使用。",
}
RESUME = [
    "1998.09--2002.07  青海大学农牧学院动物医学专业学生",
    "2002.07--2009.11  东滩镇畜牧兽医站技术员，负责生态畜牧业建设试点和草原生态保护补助奖励机制的落实工作",
    "（其间：2006.09--2009.07  中央党校在职研究生班学习）",
    "2009.11--          东滩镇副镇长",
]
RELATIONS = {"peer": "同级", "superior": "上级", "served": "服务对象"}
FAMILY = [
    {"relation": "妻子", "name": "周丽华", "born": "198203", "political_status": "中共党员", "post": "县人民医院护士长"},
    {"relation": "父亲", "name": "多杰", "born": "1950.01", "political_status": "群众", "post": "县农牧局退休干部（已去世）"},
    {"relation": "女儿", "name": "卓玛", "born": "不详", "political_status": "", "post": ""},
]


@pytest.fixture(scope="module")
def w(django_db_setup, django_db_blocker):
    """The cast with one annual, one routine and one special opinion on dawa, one on the east group, and his whole file."""
    with cast.standing(django_db_blocker, build) as made:
        yield made


def build():
    w = cast.make_campaigns(cast.make_people())
    about = {"sex": "1", "ethnicity": "04", "birth_month": "1980-05", "political_status": "01", "joined_party_on": date(2001, 6, 1)}
    about |= {"started_work_on": date(2002, 7, 1), "education": "21", "degree": "4", "native_place": "青海泽库", "post_level": "10", "rank": "10"}
    cadres.save(by=w.lin, rows=[{"code": "G001", "in_post_since": date(2019, 11, 1), **about}])
    w.opinions = SimpleNamespace()
    for name, kind, scheme in (("annual", "annual", "cadre-five"), ("routine", "routine", "routine")):
        campaign = cast.campaign(w, name, scheme, cadres=[w.dawa], kind=kind)
        row = cast.evaluation_of(w.dawa, campaign)
        cast.give_evidence(w, row)
        setattr(w.opinions, name, cast.signed(w, row, **OPINION))
    evaluations.give_notice(by=w.lin, opinion=w.opinions.annual, answer="同意组织意见。")
    w.contacts = cast.give_evidence(w, *(w.of(each) for each in (w.dawa, w.nima, w.sonam, w.karma, w.tashi)))
    w.alone = cast.give(w, {w.of(w.pema): "好"}, "talk", lead=w.mei, source="柯西姆老人")
    w.opinions.special = cast.signed(w, w.of(w.dawa), **OPINION)
    w.opinions.group = cast.signed(w, w.of(w.east_unit), **OPINION)
    for opinion in vars(w.opinions).values():
        opinion.refresh_from_db()
    # What came after the signing is on no form of a signed opinion.
    cadres.save(by=w.lin, rows=[{"code": "G001", "birth_month": "1979-04", "post": "新的职务", "rank": "09"}])
    fill_profile(w)
    return w


def fill_profile(w, **more):
    row = {
        "birth_place": "青海同仁", "joined_party_note": "200106；民盟", "health": "健康", "technical_post": "兽医师", "speciality": "畜牧兽医",
        "full_time_education": "大学", "full_time_degree": "农学学士", "full_time_school": "青海大学动物医学专业",
        "in_service_education": "在职研究生", "in_service_school": "中央党校经济管理专业", "proposed_post": "东滩镇镇长", "removed_post": "东滩镇副镇长",
        "resume": "\n".join(RESUME), "rewards": "2020年12月记三等功一次。", "appointment_reason": "符合任职条件。", "family": FAMILY,
        "reporting_unit": "县委组织部", "filled_by": "林一", "age_on": date(2026, 4, 30), "photo": jpeg(), **more,
    }  # fmt: skip
    profiles.save(by=w.lin, rows=[{"cadre": "G001", **row}])


def stamp(w, by=None):
    return parts.Stamp(by or w.lin, timezone.make_aware(datetime(2026, 11, 23, 15, 20)), *ledger.head())


def opinion_paper(w, name, form, by=None):
    rows = queries.opinions(SignedOpinion.objects.filter(pk=getattr(w.opinions, name).pk))
    return next(opinions.papers(by or w.lin, rows, form, stamp(w, by)))


def contact_paper(w, contact, by=None):
    by = by or w.lin
    rows = list(contact_queries.listed(Contact.objects.filter(pk=contact.pk), by))
    return next(records.papers(by, rows, records.findings_of(by, rows), stamp(w, by)))


def appointment_paper(w, cadre=None, by=None):
    rows = Cadre.objects.filter(pk=(cadre or w.dawa).pk).select_related("unit")
    return next(appointment.papers(by or w.lin, rows, stamp(w, by)))


def written(paper, path):
    with path.open("wb") as file:
        FORMATS[path.suffix[1:]].write(paper, file)
    return path


# --- what the database says


def foot(w, number, digest):
    head = ledger.head()
    return [f"版本：{number}　摘要值：{digest}", f"历史：第 {head[0]} 条　摘要值：{head[1]}", "打印：lin（lin）　2026年11月23日 15:20"]


def of_signature(w, opinion):
    return foot(w, f"第 {opinion.number} 版", opinion.digest)


def of_entries(w, *records):
    """The foot of a record that nobody signs: the newest entry about it."""
    about = [(record._meta.label_lower, record.pk) for record in records]
    entries = [LedgerEntry.objects.filter(object_type=kind, object_id=pk).exclude(verb__in=ledger.EVENTS).first() for kind, pk in about]
    newest = max(entries, key=lambda entry: entry.seq)
    return foot(w, f"历史第 {newest.seq} 条", newest.digest)


def annual(w):
    body = json.loads(w.opinions.annual.body)
    said, who = body["opinion"], body["assessee"]
    pairs = [
        ("姓名", who["name"]), ("性别", "男"), ("出生年月", "1980.05"), ("政治面貌", "中共党员"), ("任现职时间", "2019.11"),
        ("单位及职务（职级）", f"{who['unit']}{who['post']}（四级主任科员）"),
        ("主管领导评语和考核等次建议", f"{said['performance']}{said['strengths']}{said['shortcomings']}"),
        ("机关负责人或考核委员会意见", said["conclusion"]),
        ("本人意见", w.opinions.annual.notice.answer),
    ]  # fmt: skip
    texts = [f"考核等次建议：{said['grade']}　签名：", f"考核等次：{said['grade']}　（盖章）"]
    texts += ["公务员年度考核登记表", "（2022年度）", "撰写：lin", "签批：rui", "从事或分管工作", "个人总结", "未确定等次或不参加考核情况说明"]
    return pairs, texts + of_signature(w, w.opinions.annual)


def routine(w):
    body = json.loads(w.opinions.routine.body)
    said, who = body["opinion"], body["assessee"]
    pairs = [("姓名", who["name"]), ("处室及职务", f"{who['unit']}{who['post']}"), ("合计得分", "85.00")]
    pairs += [("主管领导评鉴", "".join(said[name] for name in OPINION))]
    pairs += [("出勤（天）", "事假（天）"), ("病假（天）", "旷工（天）")]
    texts = [*opinions.COMMON, *opinions.INDIVIDUAL, "（2022年4月至2022年6月）", "1980.05", "政治部（考核机构）审定"]
    texts += [f"评鉴等次：{said['grade']}　签名：", f"审定等次：{said['grade']}　（盖章）"]
    return pairs, texts + of_signature(w, w.opinions.routine)


def report(w):
    body = json.loads(w.opinions.special.body)
    said, counts = body["opinion"], body["numbers"]["counts"]
    texts = [
        "达瓦同志考察材料", "达瓦，男，藏族，1980年5月生（", "籍贯青海泽库，大学本科毕业，学士学位，2001年6月加入中国共产党，2002年7月参加工作。",
        f"现任{body['assessee']['unit']}{body['assessee']['post']}，乡科级副职，四级主任科员（2019.11任现职）",
        f"现场了解{counts['on_site']}人次、电话了解{counts['phone']}人次、谈心谈话{counts['talk']}人次，共{sum(counts.values())}人次",
        *(line for name in OPINION for line in said[name].split("\n")), f"考核等次为{said['grade']}", "综合得分85.00分",
        "0001号记录（现场了解，2022年5月1日）：例如某日", "2022年度称职", "考察人：lin、mei",
    ]  # fmt: skip
    for dimension in body["dimensions"]:
        texts.append(f"{dimension['name']}（得分{float(dimension['score']):.2f}）")
    return [], texts + of_signature(w, w.opinions.special)


def group(w):
    return [], ["东滩镇领导班子考察材料", OPINION["shortcomings"], "政治思想建设（得分85.00）"] + of_signature(w, w.opinions.group)


def contact(w, row):
    findings = list(Finding.objects.filter(contact=row).order_by("pk"))
    pairs = [
        ("考核任务", "一线考核（2022年4月1日至2022年6月30日）"), ("记录编号", row.number), ("起止时间", "2022年5月1日 09:00 至　时　分"),
        ("单位及职务", row.source_post), ("考察人员", "、".join(f"{m.user}（负责人）" if not m.position else str(m.user) for m in row.team.all())),
    ]  # fmt: skip
    pairs += [("谈话对象" if row.method == "talk" else "了解对象", row.source_name), ("与干部关系", RELATIONS[row.relation])]
    pairs += [("地点", row.place)] if row.place else []
    for finding in findings:
        cadre = finding.evaluation.cadre
        marks = "；".join(f"{mark.dimension.name}：{mark.level.name}" for mark in finding.ratings.order_by("dimension__position"))
        pairs += [("被了解干部", cadre.name), ("单位及职务", f"{cadre.unit.name}{cadre.post}"), ("考核内容评定", marks)]
        pairs += [("了解情况", finding.narrative), ("具体事例", finding.example)]
    title = {"talk": "谈心谈话记录", "phone": "电话了解记录", "on_site": "现场了解记录"}[row.method]
    return pairs, [title, "回避声明", "问题线索及处理", "记录人", "审核人"] + of_entries(w, row, *findings)


def approval(w):
    cadre, profile = Cadre.objects.get(pk=w.dawa.pk), Profile.objects.get(cadre=w.dawa)
    pairs = [
        ("姓名", cadre.name), ("性别", "男"), ("出生年月（岁）", "1979.04（47岁）"), ("民族", "藏族"), ("籍贯", cadre.native_place),
        ("出生地", profile.birth_place), ("入党时间", "2001.06；民盟"), ("参加工作时间", "2002.07"), ("健康状况", profile.health),
        ("专业技术职务", profile.technical_post), ("熟悉专业有何专长", profile.speciality), ("全日制教育", "大学农学学士"),
        ("在职教育", profile.in_service_education), ("毕业院校系及专业", profile.full_time_school), ("毕业院校系及专业", profile.in_service_school),
        ("现任职务", cadre.post), ("拟任职务", profile.proposed_post), ("拟免职务", profile.removed_post), ("简历", profile.resume),
        ("奖惩情况", profile.rewards), ("年度考核结果", "2022年年度考核称职。"), ("任免理由", profile.appointment_reason), ("呈报单位", profile.reporting_unit),
        ("妻子", "周丽华"), ("周丽华", "44"), ("44", "中共党员"), ("中共党员", "县人民医院护士长"), ("父亲", "多杰"), ("多杰", "群众"),
        ("卓玛", "不详"),
    ]  # fmt: skip
    texts = ["干部任免审批表", "家庭主要成员及重要社会关系", "审批机关意见", "行政机关任免意见", "填表人：林一"]
    return pairs, texts + of_entries(w, cadre, profile, cadre.photo)


#: name of the file -> (the paper, what the database says, pages)
PAPERS = {
    "annual": (lambda w: opinion_paper(w, "annual", "annual"), annual, 1),
    "routine": (lambda w: opinion_paper(w, "routine", "routine"), routine, 1),
    "report": (lambda w: opinion_paper(w, "special", "inspection"), report, None),
    "group": (lambda w: opinion_paper(w, "group", "inspection"), group, None),
    "talk": (lambda w: contact_paper(w, w.contacts[2]), lambda w: contact(w, w.contacts[2]), 2),
    "talk about one": (lambda w: contact_paper(w, w.alone), lambda w: contact(w, w.alone), 1),
    "phone": (lambda w: contact_paper(w, w.contacts[1]), lambda w: contact(w, w.contacts[1]), 2),
    "visit": (lambda w: contact_paper(w, w.contacts[0]), lambda w: contact(w, w.contacts[0]), 2),
    "approval": (lambda w: appointment_paper(w), approval, 2),
}


@pytest.fixture(scope="module")
def files(w, django_db_blocker, tmp_path_factory):
    """{(name, extension): path} of every form in both kinds of file."""
    folder = tmp_path_factory.mktemp("forms")
    with django_db_blocker.unblock():
        papers = {name: make(w) for name, (make, *_) in PAPERS.items()}
    return {(name, kind): written(papers[name], folder / f"{name}-{kind}.{kind}") for name in PAPERS for kind in FORMATS}


@pytest.fixture(scope="module")
def paper(files, tmp_path_factory):
    """{path: Printed} of all of them."""
    return on_paper(list(files.values()), tmp_path_factory.mktemp("paper"))


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", PAPERS)
def test_every_value_is_in_the_file(w, files, name, kind):
    _make, told, _pages = PAPERS[name]
    rows = rows_of(files[name, kind])
    pairs, texts = told(w)
    found, all_text = beside(rows), "".join(text for row in rows for text in row)
    assert [pair for pair in pairs if (squeezed(pair[0]), squeezed(pair[1])) not in found] == []
    assert [text for text in texts if squeezed(text) not in all_text] == []


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", PAPERS)
def test_every_value_is_on_paper(w, files, paper, name, kind):
    _make, told, pages = PAPERS[name]
    pairs, texts = told(w)
    found = paper[files[name, kind]]
    assert [text for text in [*(value for _, value in pairs), *texts] if squeezed(text) not in found.text] == []
    assert pages in (None, found.pages)


@pytest.mark.parametrize("name", [name for name in PAPERS if name not in ("report", "group")])
def test_excel_and_word_say_the_same(files, name):
    assert words(rows_of(files[name, "xlsx"])) == words(rows_of(files[name, "docx"]))


def test_the_routine_form_ticks_the_level_of_each_score(w, files):
    scores = {d["name"]: float(d["score"]) for d in json.loads(w.opinions.routine.body)["dimensions"]}
    for kind in FORMATS:
        rows = rows_of(files["routine", kind])
        heads = next(row for row in rows if "较差" in row)
        ticked = {name: [heads[c] for c, text in enumerate(row) if text == "√"] for row in rows for name in scores if name in row}
        assert ticked == dict.fromkeys(scores, ["较好"])  # 85 reaches 80, not 90
        assert all(f"{score:.2f}" in next(row for row in rows if name in row) for name, score in scores.items())
        assert not any("√" in row for row in rows if set(row) & {*opinions.COMMON, *opinions.INDIVIDUAL})


def test_the_photo_goes_along(w, files):
    content = bytes(Photo.objects.get(cadre=w.dawa).content)
    for kind in FORMATS:
        with zipfile.ZipFile(files["approval", kind]) as package:
            assert content in [package.read(name) for name in package.namelist() if "/media/" in name], kind


def test_paper_and_type_are_those_of_official_forms(files):
    from docx import Document

    for name in PAPERS:
        book, document = load_workbook(files[name, "xlsx"]), Document(files[name, "docx"])
        for ws in book:
            assert (ws.page_setup.paperSize, ws.page_setup.orientation, ws.page_setup.fitToWidth) == (9, "portrait", 1)
            assert ws.sheet_properties.pageSetUpPr.fitToPage and ws.print_area
            assert all(row.height <= 409 for row in ws.row_dimensions.values())
            assert {cell.data_type for row in ws.iter_rows() for cell in row if cell.value is not None} == {"s"}
        assert book.worksheets[0]["A1"].font.name == "方正小标宋简体"
        section = document.sections[0]
        assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
        runs = [run for run in document.element.body.iter() if run.tag.endswith("}rFonts")]
        fonts = {run.get(key) for run in runs for key in run.keys() if key.endswith("}eastAsia")}
        assert len(runs) > 5 and fonts <= {"宋体", "仿宋_GB2312", "黑体", "方正小标宋简体"}


# --- what stays off


def test_a_form_of_a_signed_opinion_shows_the_day_of_signing(w):
    for name, form in (("annual", "annual"), ("special", "inspection")):
        text = told(opinion_paper(w, name, form))
        assert "新的职务" not in text and "1979" not in text and "达瓦的职务" in text


def test_a_superseded_version_says_so(w):
    row = w.opinions.annual.evaluation
    evaluations.reopen(by=w.rui, evaluation=row, evidence="新的事实")
    assert "（已重新开启，待重新签批）" in told(opinion_paper(w, "annual", "annual"))
    cast.signed(w, row, **OPINION)
    assert "第 1 版（已被第 2 版取代）" in told(opinion_paper(w, "annual", "annual"))


def test_an_altered_opinion_becomes_no_form(w):
    opinion = queries.opinions(SignedOpinion.objects.filter(pk=w.opinions.annual.pk)).get()
    opinion.body = opinion.body.replace("称职", "优秀")
    with pytest.raises(Refused) as refused:
        list(opinions.papers(w.lin, [opinion], "annual", stamp(w)))
    assert refused.value.refusals[0].code == "opinion_altered"


def test_who_said_it_is_for_those_who_may_know(w):
    shown, hidden = (told(contact_paper(w, w.contacts[2], by)) for by in (w.lin, w.man))
    assert "某某" in shown and "村民" in shown
    assert "某某" not in hidden and "村民" not in hidden and "服务对象" not in hidden and records.SECRET in hidden
    text = told(opinion_paper(w, "special", "inspection"))
    assert "某某" not in text and "村民" not in text


def test_only_what_one_may_see_of_a_contact(w):
    text = told(contact_paper(w, w.contacts[0], w.east_assessor))
    assert "达瓦" in text and "索南" in text and "噶玛" not in text and "扎西" not in text


def told(paper):
    """All that a paper says, as declared."""
    cells = [cell for leaf in paper.leaves if leaf.grid for _, _, cell in leaf.grid.placed()]
    lines = [line.text for leaf in paper.leaves for line in [*leaf.above, *leaf.below]]
    return "\n".join([*lines, *(layout.plain(cell.pars) for cell in cells), *paper.foot])


def test_which_forms_an_opinion_fits(w):
    fits = {name: opinions.fitting(opinion) for name, opinion in vars(w.opinions).items()}
    assert fits == {
        "annual": ["annual", "inspection"],
        "routine": ["routine", "inspection"],
        "special": ["inspection"],
        "group": ["inspection"],
    }


# --- of a list


def test_a_list_leaves_out_what_does_not_fit_and_says_how_many(w):
    rows = [w.opinions.annual.evaluation_id, w.opinions.special.evaluation_id, w.of(w.karma).pk]
    papers, left = of_list(w.lin, "evaluation", "annual", rows, stamp(w))
    assert [paper.title for paper in papers] == ["公务员年度考核登记表"] and left == {"unsigned": 1, "unfit": 1}
    papers, left = of_list(w.east_assessor, "evaluation", "inspection", [*rows, w.of(w.west_unit).pk], stamp(w))
    assert len(list(papers)) == 2 and left["unsigned"] == 2  # dawa's are of his unit; of the west he learns nothing
    papers, left = of_list(w.hai, "cadre", "appointment", [w.dawa.pk, w.karma.pk, w.hai_cadre.pk], stamp(w))
    assert [paper.name for paper in papers] == ["干部任免审批表 达瓦 G001"] and left == {"kept": 2}  # not his own, not his wife's


def test_reading_many_costs_as_many_queries_as_reading_few(w, django_assert_max_num_queries):
    signed = [getattr(w.opinions, name).evaluation_id for name in ("special", "group", "annual", "routine")]
    everybody, contacts = list(Cadre.objects.values_list("pk", flat=True)), [contact.pk for contact in w.contacts]
    for noun, form, few, many in (
        ("cadre", "appointment", [w.dawa.pk], everybody),
        ("evaluation", "inspection", signed[:2], signed),
        ("contact", "contact", contacts[:1], contacts),
    ):
        with django_assert_max_num_queries(20) as first:
            assert len(list(of_list(w.lin, noun, form, few, stamp(w))[0])) == len(few)
        with django_assert_max_num_queries(len(first)):
            assert len(list(of_list(w.lin, noun, form, many, stamp(w))[0])) == len(many)


def test_names_of_files(w):
    taken = set()
    paper = layout.Paper("表", "表 名\\字/*?", [], [])
    assert [file_name(paper, "docx", taken) for _ in range(3)] == ["表 名 字.docx", "表 名 字（2）.docx", "表 名 字（3）.docx"]


# --- too much text, and odd text


def test_a_long_resume_is_written_smaller_and_a_very_long_one_goes_on_elsewhere(w, tmp_path):
    lines = [f"{1960 + n}.01--{1961 + n}.01  在第{n}个单位从事综合协调、信息报送和群众工作，负责{n}个方面的具体任务" for n in range(60)]
    expected = {}
    for count, pages in ((20, [2]), (60, [3, 4])):
        fill_profile(w, resume="\n".join(lines[:count]), family=[{"relation": "兄", "name": f"多杰{n}", "post": "牧民"} for n in range(12)])
        made = appointment_paper(w)
        for kind in FORMATS:
            expected[written(made, tmp_path / f"{count}-{kind}.{kind}")] = lines[:count], pages
    for path, found in on_paper(list(expected), tmp_path).items():
        texts, pages = expected[path]
        assert found.pages in pages, path.name
        for text in ("".join(text for row in rows_of(path) for text in row), found.text):
            # one line at most is divided between the form and its 附页
            assert sum(squeezed(line) not in text for line in texts) <= (len(texts) > 20)
            assert all(f"多杰{n}" in text for n in range(12))


def test_a_long_opinion_loses_nothing(w, tmp_path):
    said = {name: "".join(f"{name}{n}，这是一句关于工作实绩的话。" for n in range(120)) for name in OPINION}
    campaign = cast.campaign(w, "long", "cadre-five", cadres=[w.nima], kind="annual")
    row = cast.evaluation_of(w.nima, campaign)
    cast.give_evidence(w, row)
    w.opinions.long = cast.signed(w, row, **said)
    made = opinion_paper(w, "long", "annual")
    paths = [written(made, tmp_path / f"long-{kind}.{kind}") for kind in FORMATS]
    del w.opinions.long
    for path in paths:
        text = "".join(text for row in rows_of(path) for text in row)
        assert "(接附页)" in text and text.count("附页") >= 2
        assert squeezed("考核等次建议：称职　签名：") in text  # on the form itself, whatever goes on elsewhere
        for name in OPINION:
            assert sum(squeezed(f"{name}{n}，这是一句关于工作实绩的话。") in text for n in range(120)) >= 119, name
    assert {found.pages for found in on_paper(paths, tmp_path).values()} <= {6, 7}  # and not one more for each


def test_odd_text_stays_text(w, tmp_path):
    fill_profile(w, rewards="=1+1", birth_place="<b>&\"'", health="@x", full_time_school="甲乙_x0041_", family=[])
    cadres.save(by=w.lin, rows=[{"code": "G001", "native_place": "-2+3"}])
    made = appointment_paper(w)
    for kind in FORMATS:
        found = beside(rows_of(written(made, tmp_path / f"odd.{kind}")))
        assert {("奖惩情况", "=1+1"), ("籍贯", "-2+3"), ("健康状况", "@x"), ("出生地", "<b>&\"'")} <= found
        assert kind == "xlsx" or ("毕业院校系及专业", "甲乙_x0041_") in found


def test_a_photo_that_is_none_leaves_its_cell_blank(w, tmp_path):
    made = appointment_paper(w)
    for cell in made.leaves[0].grid.rows[0].cells:
        cell.photo = b"no picture" if cell.photo else None
    for kind in FORMATS:
        with zipfile.ZipFile(written(made, tmp_path / f"x.{kind}")) as package:
            assert not [name for name in package.namelist() if "/media/" in name]


# --- the reckoning of the layout


@given(st.text(st.sampled_from("汉字，。（）ab 1234567890\t　-")), st.floats(2, 40), st.integers(0, 2))
def test_lines_are_the_text_and_not_too_wide(text, width, first):
    lines = layout.wrapped(text, width, first)
    assert "".join(lines) == text
    for line in lines:
        kept = line.rstrip("，。） \t　")  # the rest may hang over the edge
        assert layout.ems(kept) <= max(width, 1) + 0.001 or len(kept) == 1


@given(
    st.lists(st.text(st.sampled_from("汉字，。ab1\n"), max_size=3000), min_size=1, max_size=4),
    st.integers(60, 250),
)
def test_what_has_no_room_goes_on_elsewhere(texts, room):
    rows = [layout.Row([layout.Cell("名", label=True), layout.Cell(text, name=str(n), middle=False)], 20, 1) for n, text in enumerate(texts)]
    grid = layout.Grid((26, 144), rows)
    rest = dict(layout.fit(grid, room))
    for n, (row, text) in enumerate(zip(rows, texts, strict=True)):
        cell, kept = row.cells[1], layout.plain(row.cells[1].pars)
        assert layout.need(cell, cell.size, 144) <= row.height + 0.02
        if str(n) in rest:
            kept = kept.removesuffix("（接附页）") + layout.plain(rest[str(n)])
        assert kept.replace("\n", "") == text.replace("\n", "")
    if sum(20 for _ in texts) <= room:
        assert sum(row.height for row in rows) <= room + 0.1


# --- a machine without the extra


def test_without_word_and_pictures_everything_else_works(tmp_path):
    """As on a machine for which nobody builds lxml and pillow: in a process in which they cannot be imported."""
    script = f"""
import sys
for name in ("docx", "lxml", "PIL"):
    sys.modules[name] = None
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "assessment.settings"
import django
django.setup()
import assessment.urls
from assessment.sheets.official.fill import FORMATS, writable
from assessment.sheets.official.layout import Cell, Grid, Leaf, Line, Paper, Row
cells = [Cell("姓名", label=True), Cell("达瓦"), Cell(photo={jpeg()!r})]
paper = Paper("表", "表", [Leaf([Line("表")], Grid((40, 80, 40), [Row(cells, 40)]))], ["版本"]).fitted()
FORMATS["xlsx"].write(paper, open({str(tmp_path / "x.xlsx")!r}, "wb"))
print(writable("xlsx"), writable("docx"))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.split() == ["True", "False"], done.stderr
    assert ("姓名", "达瓦") in beside(rows_of(tmp_path / "x.xlsx"))
    with zipfile.ZipFile(tmp_path / "x.xlsx") as package:
        assert not [name for name in package.namelist() if "/media/" in name]
