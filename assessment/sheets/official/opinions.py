"""Forms of signed opinions: the annual and the routine registration form, and the inspection report.

What was judged comes from the signed text, who it was about from the ledger as of the moment of signing: neither changes
any more. What the system does not hold (the personal summary, attendance) stays blank to write on.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils import timezone

from assessment import versions, words
from assessment.models import Campaign, Evaluation, SignedOpinion
from assessment.queries import papers as queries
from assessment.rules.appointment import age
from assessment.rules.combine import METHODS, band_of
from assessment.sheets.official.layout import HEI, PROSE, SONG, TITLE, Grid, Leaf, Line, Paper, Row
from assessment.sheets.official.parts import BLANK_DAY, SEAL, day, label, moment, month, numeral, period, post_in, signed, value
from people import codes
from people.access import visible_to
from people.refusals import Refusal, refuse

ANNUAL, ROUTINE, INSPECTION = "annual", "routine", "inspection"
ADVISED = 1500  # signs of an inspection report; SECONDARY, so a word to the author and no bar


def fitting(opinion):
    """Codes of the forms that an opinion fits, the most particular first: the one place that says so."""
    kind = opinion.evaluation.campaign.kind
    if opinion.evaluation.cadre_id and kind in (Campaign.Kind.ANNUAL, Campaign.Kind.ROUTINE):
        return [ANNUAL if kind == Campaign.Kind.ANNUAL else ROUTINE, INSPECTION]
    return [INSPECTION]


@dataclass
class Told:
    """A signed opinion with what else its forms tell."""

    opinion: SignedOpinion
    body: dict
    person: dict = field(default_factory=dict)  # the cadre as of the signing
    team: list = field(default_factory=list)
    annual: list = field(default_factory=list)  # [(year, grade)] of annual assessments up to this campaign

    @property
    def assessee(self):
        return self.body["assessee"]

    @property
    def grade(self):
        return self.body["opinion"]["grade"] or words.UNGRADED

    @property
    def unit(self):
        return self.assessee.get("unit") or self.assessee["scope_unit"]

    @property
    def post(self):
        return post_in(self.unit, self.assessee.get("post") or "")

    @property
    def rank(self):
        return codes.RANK.zh(self.assessee.get("rank") or "")

    def said(self, *names):
        """Parts of the opinion, one below the other."""
        return "\n".join(filter(None, (self.body["opinion"][name] for name in names)))


def papers(by, opinions, form, stamp):
    """One paper for each opinion; refuses a signed text that was altered."""
    for told in _told(by, opinions):
        paper = {ANNUAL: annual, ROUTINE: routine, INSPECTION: inspection}[form](told)
        signatures = told.body["signatures"]
        signing = (
            f"撰写：{signatures['author_name']}　{moment(signatures['submitted_at'])}　　"
            f"签批：{signatures['signer_name']}　{moment(signatures['signed_at'])}"
        )
        paper.foot = stamp.foot(_version(told.opinion), told.opinion.digest, signing)
        paper.about = told.opinion.evaluation_id
        yield paper.fitted()


def _version(opinion):
    version = f"版本：第 {opinion.number} 版"
    if opinion.number < opinion.evaluation.version:
        return f"{version}（已被第 {opinion.evaluation.version} 版取代）"
    return version if opinion.evaluation.state == Evaluation.State.SIGNED else f"{version}（已重新开启，待重新签批）"


def _told(by, opinions):
    told = []
    for opinion in opinions:
        body = versions.read(opinion)
        if not body["intact"]:
            refuse(Refusal("opinion_altered", {"value": str(opinion)}))
        told.append(Told(opinion, body))
    rows = [each.opinion.evaluation for each in told]
    moments = {}
    for each in told:
        if each.opinion.evaluation.cadre_id:
            moments.setdefault(each.opinion.evaluation.cadre_id, []).append(each.opinion.signed_at)
    then, teams = queries.cadres_then(moments), queries.teams({row.pk for row in rows})
    seen = visible_to(by, SignedOpinion)
    grades = queries.annual_grades(seen, cadres={row.cadre_id for row in rows}, groups={row.group_id for row in rows})
    for each in told:
        row = each.opinion.evaluation
        each.person = then.get(row.cadre_id, {}).get(each.opinion.signed_at, {})
        by_number = teams.get(row.pk, {})
        each.team = list(dict.fromkeys(name for f in each.body["findings"] for name in by_number.get(f["number"], ())))
        kind = ("cadre", row.cadre_id) if row.cadre_id else ("group", row.group_id)
        until = each.body["campaign"]["starts_on"].year
        each.annual = [(year, grade) for year, grade, campaign in grades[kind] if year <= until and campaign != row.campaign_id]
    return told


def _named(told, title):
    """Name of the file: the form, whom it is about, and of which campaign."""
    return f"{title} {told.assessee['name']} {told.body['campaign']['code']}"


def _head(told):
    person, zh = told.person, codes
    return {
        "sex": zh.SEX.zh(person.get("sex", "")),
        "born": month(person.get("birth_month", "")),
        "status": zh.POLITICAL_STATUS.zh(person.get("political_status", "")),
        "since": month(person.get("in_post_since", "")),
    }


def annual(told):
    """公务员年度考核登记表, forms.md 1."""
    head, opinion = _head(told), told.body["opinion"]
    post = f"{told.post}（{told.rank}）" if told.rank else told.post
    reason = opinion["grade_reason"]
    why = f"\n与建议等次不同的理由：{reason}" if reason and opinion["grade"] else ""
    rows = [
        Row([label("姓名"), value(told.assessee["name"], align="center"), label("性别"), value(head["sex"], align="center"),
             label("出生年月"), value(head["born"], align="center")], 11),
        Row([label("政治面貌"), value(head["status"], 3, align="center"), label("任现职时间"), value(head["since"], align="center")], 11),
        Row([label("单位及职务\n（职级）"), value(post, 5)], 11),
        Row([label("从事或\n分管工作"), value("", 5)], 11),
        *signed("个人总结", "", 5, 42, grow=4, upright=True),
        *signed("主管领导\n评语和考核\n等次建议", told.said("performance", "strengths", "shortcomings"), 5, 24, grow=2,
                graded=f"考核等次建议：{told.grade}"),
        *signed("机关负责人\n或考核委员\n会意见", f"{told.said('conclusion')}{why}", 5, 16, sign=SEAL, graded=f"考核等次：{told.grade}"),
        *signed("本人意见", told.opinion.notice.answer if hasattr(told.opinion, "notice") else "", 5, 12),
        *signed("未确定等次\n或不参加考\n核情况说明", "" if opinion["grade"] else reason, 5, 12, sign=BLANK_DAY),
    ]  # fmt: skip
    title = "公务员年度考核登记表"
    above = [Line(title, 22, TITLE, "center"), Line(f"（{told.body['campaign']['starts_on'].year}年度）", 12, SONG, "center", after=2)]
    return Paper(title, _named(told, title), [Leaf(above, Grid((26, 28, 18, 24, 28, 46), rows))], [])


COMMON = ("政治品质", "职业道德", "工作作风", "廉洁自律")
INDIVIDUAL = ("数量", "质量", "效率", "效益", "业务能力")
LEVELS = ("好", "较好", "一般", "较差")


def routine(told):
    """公务员平时考核登记表, forms.md 2: the fixed rows are ticked where the scheme judges just that, and the scheme's own
    dimensions stand below them."""
    head, campaign = _head(told), told.body["campaign"]
    bands = [(grade.name, grade.minimum) for grade in told.opinion.evaluation.campaign.scheme.grades.all()]
    scores = {dimension["name"]: dimension["score"] for dimension in told.body["dimensions"]}
    own = [name for name in scores if name not in COMMON + INDIVIDUAL]
    height = 7.5 if len(own) < 7 else 6

    def judged(first, names):
        for name in names:
            score = scores.get(name)
            level = band_of(bands, Decimal(score)) if score is not None else ""
            marks = [value("√" if level == each else "", align="center") for each in LEVELS]
            shown = value(_points(score), align="center")
            yield Row([*([label(first, rows=len(names))] if name == names[0] else []), label(name, 2), *marks, shown], height)

    person = [
        Row([label("姓名"), value(told.assessee["name"], 2, align="center"), label("性别"), value(head["sex"], align="center"),
             label("出生\n年月"), value(head["born"], 2, align="center")], 11),
        Row([label("处室及职务"), value(told.post, 7)], 9),
        Row([label("考核内容", 3), *(label(level) for level in LEVELS), label("得分")], 8),
    ]  # fmt: skip
    days = [label("出勤（天）"), value(), label("事假（天）"), value(), label("病假（天）"), value(), label("旷工（天）"), value()]
    verdict = told.said("performance", "strengths", "shortcomings", "conclusion")
    rows = [
        *person,
        *judged("共性指标", COMMON),
        *judged("个性指标", INDIVIDUAL),
        *(judged("本次\n考核内容", own) if own else ()),
        Row([label("合计得分", 7), value(_points(told.body["numbers"]["score"]), align="center")], 8),
        Row(days, 9),
        *signed("主管领导\n评鉴", verdict, 7, 30, grow=2, graded=f"评鉴等次：{told.grade}"),
        *signed("政治部（考\n核机构）\n审定", "", 7, 14, sign=SEAL, graded=f"审定等次：{told.grade}"),
    ]
    title = "公务员平时考核登记表"
    first, last = campaign["starts_on"], campaign["ends_on"]
    same = (first.year, first.month) == (last.year, last.month)
    when = f"{first.year}年{first.month}月" if same else f"{first.year}年{first.month}月至{last.year}年{last.month}月"
    above = [Line(title, 22, TITLE, "center"), Line(f"（{when}）", 12, SONG, "center", after=2)]
    return Paper(title, _named(told, title), [Leaf(above, Grid((24, 18, 24, 18, 24, 18, 24, 20), rows))], [])


def _points(score):
    return "" if score is None else f"{Decimal(score):.2f}"


#: How the report on a person joins the five dimensions of the law.
JOINED = (("德",), ("勤", "能", "绩"), ("廉",))


def inspection(told):
    """考察材料 of a cadre or of a leading group, forms.md 4; prose in the manner of official documents."""
    body, is_cadre = told.body, told.opinion.evaluation.cadre_id
    who = f"{told.assessee['name']}同志" if is_cadre else f"{told.assessee['name']}领导班子"
    title = f"{who}考察材料"
    parts = [("考察工作情况", [_work(told, who)]), ("主要表现", [*_paragraphs(body, "performance"), *_judged(body)])]
    parts += [("主要优点和特点", _paragraphs(body, "strengths")), ("具体事例", list(_examples(body)))]
    parts += [("不足之处", _paragraphs(body, "shortcomings")), ("综合评价", [*_paragraphs(body, "conclusion"), _graded(told)])]
    results = "；".join(f"{year}年度{grade or words.UNGRADED}" for year, grade in told.annual[-3:])
    parts.append(("近年年度考核结果", [f"{results}。" if results else "＿＿＿＿＿＿＿＿＿＿＿＿"]))
    lines = [_prose(_person(told))] if is_cadre else []
    shown = [(heading, texts) for heading, texts in parts if any(texts)]
    for number, (heading, texts) in enumerate(shown, 1):
        lines.append(Line(f"{numeral(number)}、{heading}", 16, HEI, indent=2, pitch=28))
        lines += [_prose(text) for text in texts if text]
    length = sum(len(line.text) for line in lines)
    team = "、".join(told.team) if len(told.team) > 1 else "、".join([*told.team, "＿＿＿＿＿＿"])
    lines.append(Line(f"考察人：{team}", 16, align="right", pitch=40))
    lines.append(Line(day(body["signatures"]["signed_at"]), 16, align="right", pitch=28, after=4))
    paper = Paper(title, _named(told, title), [Leaf([Line(title, 22, TITLE, "center", pitch=36, after=6), *lines])], [], PROSE)
    if length < ADVISED:
        paper.note = ("report_short", {"length": length, "advised": ADVISED})
    return paper


def _prose(text):
    return Line(text, 16, indent=2, pitch=28)


def _paragraphs(body, name):
    return [text.strip() for text in body["opinion"][name].split("\n")]


def _person(told):
    """The basic facts: what is not known is left out."""
    person, signed_on = told.person, timezone.localdate(told.opinion.signed_at)
    born, party = person.get("birth_month"), person.get("political_status", "")
    joined, began = (date.fromisoformat(person[key]) if person.get(key) else None for key in ("joined_party_on", "started_work_on"))
    degree = codes.DEGREE.zh(person.get("degree", ""))
    facts = [
        told.assessee["name"],
        codes.SEX.zh(person.get("sex", "")),
        codes.ETHNICITY.zh(person.get("ethnicity", "")),
        f"{int(born[:4])}年{int(born[5:7])}月生（{age(born, signed_on)}岁）" if born else "",
        f"籍贯{person['native_place']}" if person.get("native_place") else "",
        codes.EDUCATION.zh(person.get("education", "")),
        degree if not degree or degree.endswith("学位") else f"{degree}学位",
        f"{joined.year}年{joined.month}月加入中国共产党" if joined and party in ("", "01", "02") else codes.POLITICAL_STATUS.zh(party),
        f"{began.year}年{began.month}月参加工作" if began else "",
    ]
    post = "，".join(filter(None, [told.post, codes.POST_LEVEL.zh(told.assessee.get("post_level") or ""), told.rank]))
    since = person.get("in_post_since", "")
    return f"{'，'.join(filter(None, facts))}。现任{post}{f'（{month(since)}任现职）' if since else ''}。"


def _work(told, who):
    body = told.body
    counts = body["numbers"]["counts"]
    ways = "、".join(f"{words.METHOD.zh(method)}{counts.get(method, 0)}人次" for method in METHODS)
    campaign, total = body["campaign"], sum(counts.values())
    return (
        f"根据“{campaign['title']}”安排（{period(campaign['starts_on'], campaign['ends_on'])}），考察组对{who}进行了考察："
        f"{ways}，共{total}人次，了解对象涉及{body['numbers']['relations']}类关系。"
    )


def _judged(body):
    """A heading with its score for each dimension; the five of the law as 德, 勤能绩, 廉."""
    dimensions = {dimension["name"]: dimension for dimension in body["dimensions"]}
    joined = JOINED if set(dimensions) == {name for names in JOINED for name in names} else [(name,) for name in dimensions]
    for number, names in enumerate(joined, 1):
        scores = [_points(dimensions[name]["score"]) or "未评" for name in names]
        scores = "、".join(f"{name}{score}" for name, score in zip(names, scores, strict=True)) if len(names) > 1 else f"得分{scores[0]}"
        means = []
        for name in names:
            found = dimensions[name]["means"]
            told = "、".join(f"{words.METHOD.zh(m)}均分{_points(found[m]['mean'])}（{found[m]['count']}次）" for m in METHODS if m in found)
            means.append(f"{name}：{told}" if told and len(names) > 1 else told)
        yield f"（{numeral(number)}）{''.join(names)}（{scores}）。{'；'.join(filter(None, means))}{'。' if any(means) else ''}"


def _examples(body):
    """The examples of the findings that the opinion cites as [0007]; where it cites none, of all."""
    said = "".join(text for text in body["opinion"].values() if text)
    cited = [finding for finding in body["findings"] if f"[{finding['number']}]" in said]
    for finding in cited or [finding for finding in body["findings"] if finding["example"]]:
        told = finding["example"] or finding["narrative"]
        yield f"{finding['number']}号记录（{words.METHOD.zh(finding['method'])}，{day(finding['held_at'])}）：{told}"


def _graded(told):
    opinion, score = told.body["opinion"], _points(told.body["numbers"]["score"])
    total = f"综合得分{score}分，" if score else ""
    reason = f"（{opinion['grade_reason']}）" if opinion["grade_reason"] else ""
    return f"{total}考核等次为{told.grade}{reason}。"
