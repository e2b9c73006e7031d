"""干部任免审批表: two pages, as the department's template has them (forms.md 3), of what our records say (`sheets.appointment`)."""

from django.utils import timezone

from assessment.queries import papers as queries
from assessment.rules import appointment as rules
from assessment.sheets.appointment.form import open_files
from assessment.sheets.official.layout import HANG, SONG, TITLE, Cell, Grid, Leaf, Line, Paper, Par, Row
from assessment.sheets.official.parts import BLANK_DAY, SEAL, label, signed, value
from people.access import visible_to
from people.models import Cadre, Photo, Profile

APPOINTMENT = "appointment"
NAME = "干部任免审批表"
FAMILY_LEAST, FAMILY_MOST = 7, 10  # rows of the family on the form


def papers(by, cadres, stamp):
    """One paper for each of these cadres (with their units) whose form this person may see."""
    open_to_him = open_files(by, cadres)
    kinds = {Cadre: {pk: pk for pk in open_to_him}}
    kinds |= {model: dict(visible_to(by, model).filter(cadre__in=open_to_him).values_list("cadre", "pk")) for model in (Profile, Photo)}
    entries = queries.last_entries({model._meta.label_lower: pks.values() for model, pks in kinds.items()})
    for cadre in cadres:
        if cadre.pk not in open_to_him:
            continue
        person, _shown = open_to_him[cadre.pk]
        paper = form(person, timezone.localdate(stamp.at))
        paper.name, paper.about = f"{NAME} {cadre.name} {cadre.code}", cadre.pk
        seq, digest = max(entries[key] for model, pks in kinds.items() if (key := (model._meta.label_lower, pks.get(cadre.pk))) in entries)
        paper.foot = stamp.foot(f"版本：历史第 {seq} 条", digest)
        yield paper.fitted()


def form(person, today):
    told = person.values
    on = rules.reckoned_on(told["TianBiaoShiJian"], told["JiSuanNianLingShiJian"], today)
    above = [Line(NAME, 22, TITLE, "center", after=3)]
    below = [Line(f"填表人：{told['TianBiaoRen']}　　", 12, SONG, "right", before=1)]
    return Paper(NAME, NAME, [Leaf(above, first_page(person, on)), Leaf([], second_page(person, on), below)], [])


def first_page(person, on):
    told = person.values
    born, years = rules.shown_month(told["ChuShengNianYue"]), rules.age(told["ChuShengNianYue"], on)
    month, rest = rules.party(told["RuDangShiJian"])
    study = [("QuanRiZhi", "全日制\n教　育"), ("ZaiZhi", "在　职\n教　育")]
    schools = [
        Row([*([label("学　历\n学　位", rows=2)] if not n else []), label(name),
             _middle(_both(told, f"{key}JiaoYu_XueLi", f"{key}JiaoYu_XueWei"), 2), label("毕业院校\n系及专业"),
             value(_both(told, f"{key}JiaoYu_XueLi_BiYeYuanXiaoXi", f"{key}JiaoYu_XueWei_BiYeYuanXiaoXi"), 2)], 14)
        for n, (key, name) in enumerate(study)
    ]  # fmt: skip
    rows = [
        Row([label("姓　名"), _middle(person.name), label("性　别"), _middle(told["XingBie"]), label("出生年月\n（　岁）"),
             _middle(f"{born}\n（{years}岁）" if years is not None else born),
             Cell("" if person.photo else "（照片）", rows=4, align="center", photo=person.photo)], 12.5),
        Row([label("民　族"), _middle(told["MinZu"]), label("籍　贯"), _middle(told["JiGuan"]), label("出生地"), _middle(told["ChuShengDi"])], 12.5),
        Row([label("入　党\n时　间"), _middle("；".join(filter(None, (rules.shown_month(month), rest)))), label("参加工\n作时间"),
             _middle(rules.shown_month(told["CanJiaGongZuoShiJian"])), label("健康状况"), _middle(told["JianKangZhuangKuang"])], 12.5),
        Row([label("专业技\n术职务"), _middle(told["ZhuanYeJiShuZhiWu"], 2), label("熟悉专业\n有何专长"),
             _middle(told["ShuXiZhuanYeYouHeZhuanChang"], 2)], 12.5),
        *schools,
        Row([label("现任职务", 2), value(told["XianRenZhiWu"], 5)], 11),
        Row([label("拟任职务", 2), value(told["NiRenZhiWu"], 5)], 11),
        Row([label("拟免职务", 2), value(told["NiMianZhiWu"], 5)], 11),
        Row([label("简历", upright=True), Cell(resume(told["JianLi"]), 6, middle=False, name="简历")], 100, 1),
    ]  # fmt: skip
    return Grid((20.5, 23, 20.5, 23, 23, 25, 35), rows)


def _middle(text, columns=1):
    return value(text, columns, align="center")


def _both(told, *names):
    """Two texts below each other; once if they say the same."""
    return "\n".join(dict.fromkeys(filter(None, (told[name] for name in names))))


def resume(text):
    """A resume as paragraphs: months, then what was done, hanging."""
    found = []
    for line in rules.resume(text):
        first, *more = line.text.split("\n")
        found.append(Par(first, when=f"{line.period:<{2 * HANG - 2}}" if line.period else "", hang=True))
        found += [Par(each, hang=True) for each in more]
    return found or ""


def second_page(person, on):
    told = person.values
    named = [("奖惩情况", "JiangChengQingKuang", 22), ("年度考核结果", "NianDuKaoHeJieGuo", 25), ("任免理由", "RenMianLiYou", 20)]
    texts = [Row([label(name, upright=True), value(told[key], 6, middle=False, name=name)], height, 1) for name, key, height in named]
    kin = [row for row in person.family if any(row.values())]
    shown = [*kin[:FAMILY_MOST], *({} for _ in range(FAMILY_LEAST - len(kin)))]
    heads = [label("称　谓"), label("姓　名"), label("年　龄"), label("政治面貌", 2), label("工作单位及职务")]
    family = [Row([label("家庭\n主要\n成员\n及重\n要社\n会关\n系", rows=len(shown) + 1), *heads], 8)]
    family += [Row(_relative(row, on), 8) for row in shown]
    if more := kin[FAMILY_MOST:]:
        lines = "\n".join("　".join(filter(None, map(str, row.values()))) for row in more)
        family.append(Row([label("续"), value(lines, 6, middle=False, name="家庭主要成员及重要社会关系")], 8, 1))
    seal = f"（盖章）{BLANK_DAY}"
    approvals = [
        *signed("呈报\n单位", told["ChengBaoDanWei"], 6, 14, sign=SEAL, grow=0),
        Row([label("审批\n机关\n意见", rows=2), value("", 3, bare="b"), label("行政\n机关\n任免\n意见", rows=2), value("", 2, bare="b")], 28),
        Row([value(seal, 3, bare="t", align="right"), value(seal, 2, bare="t", align="right")], 8),
    ]
    return Grid((14, 18, 24, 18, 14, 11, 71), [*texts, *family, *approvals])


def _relative(row, on):
    """One of the family; an age that cannot be reckoned stands as it was written, the dead have none."""
    years = rules.age_of_relative(row, on) if row else None
    known = not row or years is not None or rules.month(row["born"]) or any(rules.DEAD.search(text) for text in row.values())
    age = "" if years is None else str(years)
    texts = [row.get("relation", ""), row.get("name", ""), age if known else row["born"]]
    return [*map(_middle, texts), _middle(row.get("political_status", ""), 2), value(row.get("post", ""))]
