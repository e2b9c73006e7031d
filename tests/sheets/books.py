"""Exchange workbooks for tests: small ones by hand, large ones from a seed, and a second calculator that knows none of ours."""

import random
from collections import defaultdict
from datetime import datetime, timedelta
from fractions import Fraction
from io import BytesIO
from statistics import stdev

from openpyxl import Workbook, load_workbook

USERS = ("kcy1", "kcy2", "kcy3")


def written(sheets):
    """An open .xlsx. sheets: {title: rows}, a row being {heading: value}; the first row's headings come first."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        headings = list(dict.fromkeys(heading for row in rows for heading in row))
        sheet.append(headings)
        for row in rows:
            sheet.append([row.get(heading) for heading in headings])
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


def read(file):
    """{title: rows} of a workbook, without the About sheet, whose time differs."""
    return {s.title: [list(r) for r in s.iter_rows(values_only=True)] for s in load_workbook(file) if s.title != "说明"}


def small():
    """A right workbook of one campaign on `front-line`, as {title: rows}."""
    front = {"考核编号": "Z", "名称": "专项考核", "类别": "专项", "考核方案": "front-line", "单位编码": "A"}
    contact = {"考核编号": "Z", "时间": datetime(2022, 5, 9, 10, 30), "考察人员": "kcy1、kcy2", "与干部关系": "群众", "单位编码": None}
    return {
        "单位": [
            {"单位编码": "A", "单位名称": "某县", "上级编码": None, "类型": "党委"},
            {"单位编码": "B", "单位名称": "某镇", "上级编码": "A", "类型": "乡镇"},
        ],
        "干部": [
            {"干部编号": "G1", "姓名": "达瓦", "性别": "男", "出生年月": "1980-05", "单位编码": "B", "身份证号": None},
            {"干部编号": "G2", "姓名": "白玛", "性别": "女", "出生年月": "1985-11", "单位编码": "A", "身份证号": None},
        ],
        "考核任务": [{**front, "开始日期": datetime(2022, 5, 1), "结束日期": datetime(2022, 6, 1)}],
        "考核对象": [{"考核编号": "Z", "干部编号": "G1", "单位编码": None}, {"考核编号": "Z", "干部编号": "G2", "单位编码": None}],
        "了解记录": [
            {**contact, "记录编号": "1", "方式": "现场了解", "地点": "村口", "了解对象": None, "干部编号": "G1", "了解情况": "在岗", "综合分析研判": "好"},
            {**contact, "记录编号": "1", "方式": "现场了解", "地点": "村口", "了解对象": None, "干部编号": "G2", "了解情况": "认真", "综合分析研判": "一般"},
            {**contact, "记录编号": "2", "方式": "电话了解", "地点": None, "了解对象": "某某", "干部编号": "G1", "了解情况": "尽责", "综合分析研判": "较好"},
        ],
    }  # fmt: skip


SCHEME = [
    {"方案编码": "own", "名称": "自定", "对象": "干部", "现场权重": 50, "电话权重": 50, "谈话权重": 0},
]
PARTS = {
    "考核内容": [{"方案编码": "own", "编码": "a", "名称": "甲", "权重": 60}, {"方案编码": "own", "编码": "b", "名称": "乙", "权重": 40}],
    "档次": [{"方案编码": "own", "名称": "好", "分值": 90}, {"方案编码": "own", "名称": "差", "分值": 40}],
    "等次": [{"方案编码": "own", "名称": "合格", "最低分": 60}, {"方案编码": "own", "名称": "不合格", "最低分": 0}],
}


def with_scheme():
    """`small`, with a scheme of its own beside it."""
    return {**small(), "考核方案": [dict(row) for row in SCHEME], **{title: [dict(r) for r in rows] for title, rows in PARTS.items()}}


# --- from a seed

METHODS = {"on_site": "现场了解", "phone": "电话了解", "talk": "谈心谈话"}
RELATIONS = ["上级", "同级", "下级", "服务对象", "群众", "本人", None]
ENGLISH_RELATIONS = dict(
    zip(RELATIONS, ["superior", "Peer", "SUBORDINATE", "served", "public", "self", None], strict=True)
)
ENGLISH = {
    "单位": "Units", "单位编码": "unit code", "单位名称": "Name", "上级编码": "parent_code", "类型": "kind",
    "干部": "cadres", "干部编号": "code", "姓名": "NAME",
    "考核方案": "Schemes", "考核内容": "Dimensions", "档次": "Levels", "等次": "grades", "考核任务": "Campaigns", "考核对象": "Assessees",
    "了解记录": "Contacts", "方案编码": "scheme", "名称": "title", "对象": "assessee", "现场权重": "on_site_weight", "电话权重": "Phone weight",
    "谈话权重": "talk_weight", "最少现场": "min_on_site", "最少电话": "min_phone", "最少谈话": "min_talk", "最少来源": "min_relations",
    "最少负责人": "min_leads", "考察人数": "team_size", "优秀比例": "quota", "争议差距": "contested_gap", "编码": "code", "权重": "weight",
    "分值": "points", "最低分": "minimum", "考核编号": "campaign", "类别": "kind", "开始日期": "starts_on", "结束日期": "ends_on",
    "记录编号": "number", "方式": "method", "时间": "held_at", "地点": "place", "考察人员": "team", "了解对象": "source",
    "与干部关系": "relation", "了解情况": "narrative", "事例": "example", "撤回日期": "withdrawn_on", "撤回原因": "withdrawn_why",
}  # fmt: skip
#: Headings that mean another field in another sheet.
ENGLISH_HERE = {
    ("单位", "单位编码"): "Code", ("干部", "单位编码"): "unit_code", ("考核对象", "干部编号"): "cadre_code", ("了解记录", "干部编号"): "Cadre Code",
    ("考核方案", "方案编码"): "code", ("考核内容", "名称"): "name", ("档次", "名称"): "name", ("等次", "名称"): "name",
    ("考核任务", "考核编号"): "code", ("考核任务", "考核方案"): "scheme",
}  # fmt: skip


def _shares(random, count, zero=False):
    """Weights of two places that sum to 100; some may be 0."""
    cuts = sorted(random.sample(range(1, 10000), count - 1))
    parts = [b - a for a, b in zip([0, *cuts], [*cuts, 10000], strict=True)]
    if zero and random.random() < 0.5:
        parts[0], parts[1] = 0, parts[0] + parts[1]
    random.shuffle(parts)
    return [Fraction(part, 100) for part in parts]


def _scheme(random, code, assessee):
    methods = _shares(random, 3, zero=True)
    dimensions = [(f"d{n}", name) for n, name in enumerate(random.sample(["甲", "乙", "丙", "丁", "戊", "己"], random.randint(1, 5)))]
    points = random.sample(range(10001), random.randint(2, 5))
    minima = [0, *sorted(random.sample(range(1, 10001), random.randint(1, 4)))]
    return {
        "code": code,
        "assessee": assessee,
        "weights": dict(zip(METHODS, methods, strict=True)),
        "dimensions": {name: (key, weight) for (key, name), weight in zip(dimensions, _shares(random, len(dimensions)), strict=True)},
        "levels": {f"档{n}": Fraction(p, 100) for n, p in enumerate(points)},
        "grades": {f"等{n}": Fraction(p, 100) for n, p in enumerate(minima)},
        "minimum": {name: random.randint(0, 2) for name in ("on_site", "phone", "talk", "relations", "leads")},
        "gap": random.choice([None, Fraction(random.randint(0, 10000), 100)]),
        "team": random.randint(1, 2),
    }


def generated(seed, units=4, cadres=8, contacts=40):
    """({title: rows}, {(campaign, assessee): what must come out}) of a workbook made from a seed."""
    r = random.Random(seed)
    unit_codes = [f"U{n}" for n in range(units)]
    cadre_codes = [f"P{n}" for n in range(cadres)]
    sheets = defaultdict(list)
    for n, code in enumerate(unit_codes):
        parent = r.choice(unit_codes[:n]) if n else None
        sheets["单位"].append({"单位编码": code, "单位名称": f"单位{n}", "上级编码": parent, "类型": r.choice(["党委", "村(社区)", None])})
    for n, code in enumerate(cadre_codes):
        sheets["干部"].append({"干部编号": code, "姓名": f"某{n}", "单位编码": r.choice(unit_codes)})
    schemes = [_scheme(r, "s-cadre", "干部"), _scheme(r, "s-group", "领导班子"), _scheme(r, "s-more", "干部")]
    _write_schemes(sheets, schemes)
    expected = {}
    for number, scheme in enumerate(schemes):
        _write_campaign(r, sheets, f"C{number}", scheme, cadre_codes, unit_codes, contacts, expected)
    for rows in sheets.values():
        r.shuffle(rows)
    return _shuffled(r, dict(sheets)), expected


def _write_schemes(sheets, schemes):
    for s in schemes:
        row = {"方案编码": s["code"], "名称": f"方案{s['code']}", "对象": s["assessee"], "考察人数": s["team"], "争议差距": number(s["gap"])}
        row |= {heading: number(s["weights"][m]) for m, heading in zip(METHODS, ("现场权重", "电话权重", "谈话权重"), strict=True)}
        names = ("最少现场", "最少电话", "最少谈话", "最少来源", "最少负责人")
        row |= {heading: need or None for heading, need in zip(names, s["minimum"].values(), strict=True)}
        sheets["考核方案"].append(row)
        for name, (key, weight) in s["dimensions"].items():
            sheets["考核内容"].append({"方案编码": s["code"], "编码": key, "名称": name, "权重": number(weight)})
        sheets["档次"] += [{"方案编码": s["code"], "名称": name, "分值": number(p)} for name, p in s["levels"].items()]
        sheets["等次"] += [{"方案编码": s["code"], "名称": name, "最低分": number(p)} for name, p in s["grades"].items()]


def _write_campaign(r, sheets, code, scheme, cadres, units, contacts, expected):
    sheets["考核任务"].append({
        "考核编号": code, "名称": f"任务{code}", "类别": r.choice(["平时", "年度", "专项", "任期"]), "考核方案": scheme["code"],
        "单位编码": r.choice(units), "开始日期": datetime(2022, 1, 1), "结束日期": datetime(2022, 12, 31),
    })  # fmt: skip
    column = "干部编号" if scheme["assessee"] == "干部" else "单位编码"
    roster = r.sample(cadres if column == "干部编号" else units, r.randint(2, 4))
    sheets["考核对象"] += [{"考核编号": code, column: who} for who in roster]
    findings = defaultdict(list)
    for n in range(r.randint(0, contacts)):
        method = r.choice(list(METHODS))
        team = r.sample(USERS, r.randint(scheme["team"], 3))
        relation = r.choice(RELATIONS)
        held = datetime(2022, 3, 1, 8) + timedelta(minutes=r.randint(0, 200_000))
        for who in r.sample(roster, r.randint(1, len(roster))):
            withdrawn = r.random() < 0.15
            marks = {name: r.choice([*scheme["levels"], None]) for name in scheme["dimensions"]}
            sheets["了解记录"].append({
                "考核编号": code, "记录编号": f"{n:03d}", "方式": METHODS[method], "时间": held, "地点": "某地", "考察人员": "、".join(team),
                "了解对象": f"知情人{n}", "与干部关系": relation, column: who, "了解情况": f"情况{n}", "事例": r.choice([None, "=1+1"]),
                "撤回日期": datetime(2022, 12, 1) if withdrawn else None, "撤回原因": "记错人" if withdrawn else None, **marks,
            })  # fmt: skip
            if not withdrawn:
                findings[who].append((method, team[0], relation, marks))
    for who in roster:
        expected[code, who] = naive(scheme, findings[who])


def _shuffled(r, sheets):
    """Sheets and columns in any order. Text that would be a formula stays text: see `written`."""
    titles = list(sheets)
    r.shuffle(titles)
    result = {}
    for title in titles:
        headings = list(dict.fromkeys(heading for row in sheets[title] for heading in row))
        r.shuffle(headings)
        result[title] = [{h: (f"'{row[h]}" if str(row.get(h)).startswith("=") else row.get(h)) for h in headings} for row in sheets[title]]
    return result


def in_english(sheets):
    """The same workbook with English headings and words."""
    words = {"干部": "cadre", "领导班子": "GROUP", "平时": "routine", "年度": "Annual", "专项": "special", "任期": "term"}
    words |= {zh: code for code, zh in METHODS.items()} | {k: v for k, v in ENGLISH_RELATIONS.items() if k}
    words |= {"党委": "party_committee", "村(社区)": "Village or community"}
    return {
        ENGLISH[title]: [
            {ENGLISH_HERE.get((title, h), ENGLISH.get(h, h)): words.get(v, v) if isinstance(v, str) else v for h, v in row.items()}
            for row in rows
        ]
        for title, rows in sheets.items()
    }


def number(value):
    return None if value is None else float(value)


# --- the second calculator: straight from the text of the design, slow and plain


def naive(scheme, findings):
    """Numbers of one evaluation from its findings: (method, lead, relation, {dimension: level or None})."""
    scores, spreads, contested = {}, {}, False
    for name in scheme["dimensions"]:
        by_method = defaultdict(list)
        for method, _, _, marks in findings:
            if marks[name]:
                by_method[method].append(scheme["levels"][marks[name]])
        pooled = [p for points in by_method.values() for p in points]
        weighed = [(scheme["weights"][m], sum(points) / Fraction(len(points))) for m, points in by_method.items() if scheme["weights"][m] > 0]
        if weighed:
            scores[name] = sum(v * mean for v, mean in weighed) / sum(v for v, _ in weighed)
        if len(pooled) > 1:
            spreads[name] = stdev(map(float, pooled))
        if pooled and scheme["gap"] is not None and max(pooled) - min(pooled) >= scheme["gap"]:
            contested = True
    score = None
    if scores:
        weights = {name: scheme["dimensions"][name][1] for name in scores}
        score = sum(weights[name] * scores[name] for name in scores) / sum(weights.values())
    counts = {m: sum(1 for method, *_ in findings if method == m) for m in METHODS}
    have = {**counts, "relations": len({rel for _, _, rel, _ in findings if rel}), "leads": len({lead for _, lead, *_ in findings})}
    grade = ""
    if score is not None and all(have[name] >= need for name, need in scheme["minimum"].items()):
        reached = [(low, name) for name, low in scheme["grades"].items() if low <= Fraction(rounded(score))]
        grade = max(reached)[1]
    return {
        "score": rounded(score), "scores": {name: rounded(s) for name, s in scores.items()}, "spreads": spreads, "grade": grade,
        "contested": contested, **have,
    }  # fmt: skip


def rounded(value):
    """Text with two places, half up."""
    if value is None:
        return None
    hundredths = int(value * 100 + Fraction(1, 2))
    return f"{hundredths // 100}.{hundredths % 100:02d}"
