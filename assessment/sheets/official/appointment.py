"""干部任免审批表: two pages, as the department's template has them (forms.md 3), from the roster, the profile and the photo."""

import re
from datetime import date

from django.utils import timezone

from assessment import words
from assessment.models import SignedOpinion
from assessment.queries import papers as queries
from assessment.sheets.official.layout import SONG, TITLE, Cell, Grid, Leaf, Line, Paper, Par, Row
from assessment.sheets.official.parts import BLANK_DAY, SEAL, label, month, signed, value, years
from people import codes
from people.access import visible_to
from people.models import Cadre, Photo, Profile

FORM = "appointment"
TITLE_OF_FORM = "干部任免审批表"
FAMILY_LEAST, FAMILY_MOST = 7, 10  # rows of the family on the form

#: A line of a resume: 1998.07--2001.06  text, with any of the dashes that are met, open end allowed.
_SPELL = re.compile(r"\s*(\d{4})[.\-/年](\d{1,2})月?\s*(?:--+|—+|－+|–+|~|～|至|-)\s*(?:(\d{4})[.\-/年](\d{1,2})月?|至今|今)?\s*(.*)")
_MONTH = re.compile(r"(\d{4})[.\-/年]?(\d{2})(?:\D.*|\d\d)?")
_DEAD = ("去世", "已故", "病故")


def papers(by, cadres, stamp):
    """One paper for each cadre (with his unit). The caller has made sure that these files may be seen."""
    pks = [cadre.pk for cadre in cadres]
    profiles = {row.cadre_id: row for row in visible_to(by, Profile).filter(cadre__in=pks)}
    photos = {row.cadre_id: row for row in visible_to(by, Photo).filter(cadre__in=pks)}
    grades = queries.annual_grades(visible_to(by, SignedOpinion), cadres=pks)
    kinds = {Cadre: pks, Profile: [p.pk for p in profiles.values()], Photo: [p.pk for p in photos.values()]}
    entries = queries.last_entries({model._meta.label_lower: keys for model, keys in kinds.items()})
    for cadre in cadres:
        profile, photo = profiles.get(cadre.pk), photos.get(cadre.pk)
        known = [row for row in (cadre, profile, photo) if row is not None]
        told = [entries[key] for row in known if (key := (row._meta.label_lower, row.pk)) in entries]
        paper = form(cadre, profile or Profile(cadre=cadre), photo, grades["cadre", cadre.pk], timezone.localdate(stamp.at))
        seq, digest = max(told)
        paper.foot = stamp.foot(f"版本：台账第 {seq} 条", digest)
        yield paper.fitted()


def form(cadre, profile, photo, grades, today):
    on = profile.filled_on or profile.age_on or today
    above = [Line(TITLE_OF_FORM, 22, TITLE, "center", after=3)]
    below = [Line(f"填表人：{profile.filled_by}", 12, SONG, align="right")]
    leaves = [Leaf(above, first_page(cadre, profile, photo, on)), Leaf([], second_page(profile, grades, on), below)]
    return Paper(TITLE_OF_FORM, f"{TITLE_OF_FORM} {cadre.name} {cadre.code}", leaves, [])


def first_page(cadre, profile, photo, on):
    born = month(cadre.birth_month)
    born = f"{born}\n（{years(cadre.birth_month, on)}岁）" if born else ""
    joined = profile.joined_party_note or month(cadre.joined_party_on)
    study = [("full_time", "全日制\n教　育"), ("in_service", "在　职\n教　育")]
    schools = [
        Row([*([label("学　历\n学　位", rows=2)] if not n else []), label(name),
             value(_both(profile, f"{key}_education", f"{key}_degree"), 2, align="center"), label("毕业院校\n系及专业"),
             value(_both(profile, f"{key}_school", f"{key}_degree_school"), 2)], 14)
        for n, (key, name) in enumerate(study)
    ]  # fmt: skip
    picture = Cell("" if photo else "（照片）", rows=4, align="center", photo=bytes(photo.content) if photo else None)
    rows = [
        Row([label("姓　名"), *_values(cadre.name), label("性　别"), *_values(codes.SEX.zh(cadre.sex)), label("出生年月\n（　岁）"),
             *_values(born), picture], 12.5),
        Row([label("民　族"), *_values(codes.ETHNICITY.zh(cadre.ethnicity)), label("籍　贯"), *_values(cadre.native_place),
             label("出生地"), *_values(profile.birth_place)], 12.5),
        Row([label("入　党\n时　间"), *_values(joined), label("参加工\n作时间"), *_values(month(cadre.started_work_on)),
             label("健康状况"), *_values(profile.health)], 12.5),
        Row([label("专业技\n术职务"), value(profile.technical_post, 2, align="center"), label("熟悉专业\n有何专长"),
             value(profile.speciality, 2, align="center")], 12.5),
        *schools,
        Row([label("现任职务", 2), value(cadre.post, 5)], 11),
        Row([label("拟任职务", 2), value(profile.proposed_post, 5)], 11),
        Row([label("拟免职务", 2), value(profile.removed_post, 5)], 11),
        Row([label("简历", upright=True), Cell(resume(profile.resume), 6, middle=False, name="简历")], 100, 1),
    ]  # fmt: skip
    return Grid((20.5, 23, 20.5, 23, 23, 25, 35), rows)


def _values(text):
    return [value(text, align="center")]


def _both(profile, *names):
    """Two fields below each other; once if they say the same."""
    return "\n".join(dict.fromkeys(filter(None, (getattr(profile, name) for name in names))))


def second_page(profile, grades, on):
    results = profile.annual_results or "".join(f"{year}年年度考核{grade or words.UNGRADED}；" for year, grade, _ in grades)
    results = results if profile.annual_results or not results else f"{results[:-1]}。"
    named = [("奖惩情况", profile.rewards, 22), ("年度考核结果", results, 25), ("任免理由", profile.appointment_reason, 20)]
    texts = [
        Row([label(name, upright=True), value(text, 6, middle=False, name=name)], height, 1) for name, text, height in named
    ]
    kin = [person for person in profile.family if any(person.values())]
    shown = [*kin[:FAMILY_MOST], *({} for _ in range(FAMILY_LEAST - len(kin)))]
    heads = [label("称　谓"), label("姓　名"), label("年　龄"), label("政治面貌", 2), label("工作单位及职务")]
    family = [Row([label("家庭\n主要\n成员\n及重\n要社\n会关\n系", rows=len(shown) + 1), *heads], 8)]
    family += [Row(_relative(person, on), 8) for person in shown]
    if kin[FAMILY_MOST:]:
        more = "\n".join("　".join(filter(None, map(str, person.values()))) for person in kin[FAMILY_MOST:])
        family.append(Row([label("（续）"), value(more, 6, middle=False, name="家庭主要成员及重要社会关系")], 8, 1))
    approvals = [
        *signed("呈报\n单位", profile.reporting_unit, 6, 14, sign=SEAL, grow=0),
        Row([label("审批\n机关\n意见", rows=2), value("", 3, bare="b"), label("行政\n机关\n任免\n意见", rows=2), value("", 2, bare="b")], 28),
        Row([value(f"（盖章）{BLANK_DAY}", 3, bare="t", align="right"), value(SEAL, 2, bare="t", align="right")], 8),
    ]
    return Grid((14, 18, 24, 18, 14, 11, 71), [*texts, *family, *approvals])


def _relative(person, on):
    shown = [person.get(key, "") for key in ("relation", "name")]
    shown = [value(text, align="center") for text in (*shown, age(person, on))]
    return [*shown, value(person.get("political_status", ""), 2, align="center"), value(person.get("post", ""))]


def age(person, on):
    """Age of a relative; nothing of the dead, and what cannot be read as a month stands as it is."""
    born = person.get("born") or ""
    if any(word in f"{person.get('post', '')}{born}" for word in _DEAD):
        return ""
    found = _MONTH.fullmatch(born.strip())
    if found and 1 <= int(found[2]) <= 12:
        return str(years(date(int(found[1]), int(found[2]), 1), on))
    return born


def resume(text):
    """A resume as paragraphs: months, then what was done, hanging; lines without months belong to the one before."""
    found = []
    for line in filter(str.strip, text.splitlines()):
        spell = _SPELL.fullmatch(line)
        if spell:
            first, last = f"{spell[1]}.{int(spell[2]):02}", f"{spell[3]}.{int(spell[4]):02}" if spell[3] else " " * 7
            found.append(Par(spell[5].strip(), when=f"{first}--{last}", hang=True))
        else:
            found.append(Par(line.strip(), hang=True))
    return found or ""
