"""What the appointment form tells of some leading cadres: rows for `profiles.save`, invented like the cadres themselves."""

import random
from datetime import date

SEED = 1935
#: Names of relatives: none of them a cadre's.
RELATIVES = ("赵兰措", "吉太本", "李毛吉", "尕玛吉", "王加羊", "多吉加", "杨措姐", "才让吉", "陈德海", "夏吾吉")
SCHOOLS = {
    "14": ("硕士研究生", "硕士", "高原大学法学院民商法学专业"),
    "21": ("大学", "学士", "高原师范大学政治教育专业"),
    "31": ("大专", "", "高原畜牧兽医学院畜牧专业"),
}
REWARDS = ("2016年被县委、县政府评为先进工作者。", "2018年被评为全县脱贫攻坚先进个人；2020年记三等功一次。", "（无）")
FIRST_POSTS = ("县委办公室干部", "县政府办公室干部", "县农牧局干部", "县教育局干部")


def rows(county):
    """The forms of the leaders of two townships, two departments and one of the county."""
    rng = random.Random(SEED)
    codes = [*county.township["云措镇"][:3], *county.township["查姆乡"][1:3]]
    codes += [county.department["县卫生健康局"][0], county.department["县公安局"][1], county.leaders[12]]
    for number, code in enumerate(codes):
        yield _row(rng, county.by_code[code], number)


def _row(rng, cadre, number):
    education, degree, school = SCHOOLS[cadre["education"]]
    row = {
        "cadre": cadre["code"], "birth_place": cadre["native_place"], "health": "健康", "full_time_education": education,
        "full_time_degree": degree, "full_time_school": school, "full_time_degree_school": school if degree else "",
        "speciality": rng.choice(("党务管理", "乡村治理", "应急管理", "")), "resume": _resume(rng, cadre, school),
        "rewards": rng.choice(REWARDS), "family": list(_family(rng, cadre)), "reporting_unit": "中共云措县委组织部",
        "filled_by": "何文才", "filled_on": date(2022, 10, 10), "age_on": date(2022, 10, 1), "form_version": "3.2.1.6",
    }  # fmt: skip
    if number % 3 == 0:
        row |= {"in_service_education": "省委党校研究生", "in_service_school": "省委党校经济管理专业"}
    if number % 4 == 1:
        row |= {"technical_post": "讲师"}
    if number == 1:
        row |= {
            "proposed_post": "县农牧局党组书记、局长", "removed_post": cadre["post"], "appointment_reason": "工作需要",
            "unknown": [{"after": "CanJiaGongZuoShiJian", "xml": "<DaoLingNianYue>203905</DaoLingNianYue>"}],
        }  # fmt: skip
    return row


def _resume(rng, cadre, school):
    started, since = cadre["started_work_on"], cadre["in_post_since"]
    middle = date(started.year + 5, rng.randint(2, 6), 1)
    stations = [
        (f"{started.year - 4}.09", f"{started:%Y}.07", f"{school}学习"),
        (f"{started:%Y.%m}", f"{middle:%Y.%m}", rng.choice(FIRST_POSTS)),
        (f"{middle:%Y.%m}", f"{since:%Y.%m}", f"县委组织部干部、副主任科员\n（其间：{middle.year + 1}.03--{middle.year + 1}.07在省委党校中青年干部培训班学习）"),
        (f"{since:%Y.%m}", "", cadre["post"]),
    ]
    return "\n".join(f"{begin}--{end}  {text}" for begin, end, text in stations)


def _family(rng, cadre):
    year, names = int(cadre["birth_month"][:4]), rng.sample(RELATIVES, 3)
    wife = cadre["sex"] == "1"
    yield {
        "relation": "妻子" if wife else "丈夫", "name": names[0], "born": f"{year + rng.randint(-2, 3)}{rng.randint(1, 12):02d}",
        "political_status": rng.choice(("群众", "中共党员")), "post": rng.choice(("县民族中学教师", "县人民医院护士", "县供电所职工")),
    }  # fmt: skip
    yield {"relation": rng.choice(("儿子", "女儿")), "name": names[1], "born": f"{year + 27}{rng.randint(1, 12):02d}", "political_status": "共青团员", "post": "学生"}
    yield {"relation": "父亲", "name": names[2], "born": f"{year - 26}{rng.randint(1, 12):02d}", "political_status": "群众", "post": "牧民（已去世）"}
