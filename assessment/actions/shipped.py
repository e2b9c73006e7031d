"""The four schemes that are shipped, as rows of `schemes.save` (DESIGN section 4)."""

COMMON = {
    "on_site_weight": 40, "phone_weight": 20, "talk_weight": 40, "contested_gap": 25, "team_size": 2,
    "levels": [{"name": n, "points": p} for n, p in (("好", 95), ("较好", 85), ("一般", 70), ("较差", 50))],
}  # fmt: skip
FULL_EVIDENCE = {"min_on_site": 1, "min_phone": 1, "min_talk": 1, "min_relations": 2, "min_leads": 2}


def _dimensions(text):
    """Rows from `code name weight`, semicolons between."""
    return [dict(zip(("code", "name", "weight"), part.split(), strict=True)) for part in text.split(";")]


def _grades(*bands):
    return [{"name": name, "minimum": minimum} for name, minimum in bands]


_CADRE_GRADES = _grades(("优秀", 90), ("称职", 75), ("基本称职", 60), ("不称职", 0))
_FIVE = "virtue 德 {}; ability 能 {}; diligence 勤 {}; achievement 绩 {}; integrity 廉 {}"

_ROWS = [
    {
        "code": "front-line", "title": "一线考核", "assessee": "cadre", "quota": 20, **COMMON, **FULL_EVIDENCE,
        "dimensions": _dimensions(
            "analysis 综合分析研判 25; control 落实联防联控措施 25; monitoring 严密监控疫情 25; defence 构筑抵御防线 25"
        ),
        "grades": _CADRE_GRADES,
    },
    {
        "code": "cadre-five", "title": "德能勤绩廉", "assessee": "cadre", "quota": 20, **COMMON, **FULL_EVIDENCE,
        "dimensions": _dimensions(_FIVE.format(25, 20, 15, 30, 10)), "grades": _CADRE_GRADES,
    },
    {
        "code": "group-five", "title": "领导班子", "assessee": "group", "quota": 30, **COMMON, **FULL_EVIDENCE,
        "dimensions": _dimensions(
            "politics 政治思想建设 20; leadership 领导能力 20; results 工作实绩 30; clean 党风廉政建设 15; style 作风建设 15"
        ),
        "grades": _grades(("优秀", 90), ("良好", 75), ("一般", 60), ("较差", 0)),
    },
    {
        "code": "routine", "title": "平时考核", "assessee": "cadre", "quota": 40, **COMMON, "min_leads": 1,
        "dimensions": _dimensions(_FIVE.format(20, 20, 20, 20, 20)),
        "grades": _grades(("好", 90), ("较好", 80), ("一般", 60), ("较差", 0)),
    },
]  # fmt: skip
SHIPPED = {row["code"]: row for row in _ROWS}
