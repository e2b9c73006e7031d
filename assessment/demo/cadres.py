"""The cadres of the county: rows for `cadres.save`, the same in every database.

16 county-level cadres and 64 of section level, who have zones (line 1 of the article); six of the organisation department
or of a township who work with this system; 24 younger ones.
"""

import random
from datetime import date

from assessment.demo import names, units

SEED = 2022
LEADERS = (
    "县委书记", "县委副书记、县长", "县人大常委会主任", "县政协主席", "县委副书记", "县委常委、县政府常务副县长", "县委常委、组织部部长",
    "县委常委、宣传部部长", "县委常委、县纪委书记、县监委主任", "县委常委、政法委书记", "县委常委、统战部部长", "县政府副县长（分管卫生健康）",
    "县政府副县长、县公安局局长", "县政府副县长（分管农牧）", "县人大常委会副主任", "县政协副主席",
)  # fmt: skip
#: Heads of departments whose title is not 局长.
HEADS = {
    "县委办公室": "县委办公室主任", "县委组织部": "县委组织部常务副部长", "县纪委监委机关": "县纪委副书记、县监委副主任",
    "县委宣传部": "县委宣传部常务副部长", "县委统战部": "县委统战部常务副部长", "县委政法委": "县委政法委常务副书记",
    "县政府办公室": "县政府办公室主任", "县公安局": "县公安局政委", "县总工会": "县总工会常务副主席",
}  # fmt: skip
DEPUTIES = {"县卫生健康局": "县卫生健康局副局长", "县公安局": "县公安局副局长"}
#: key, department or township, post, post level, rank
STAFF = (
    ("assessor1", "县委组织部", "县委组织部干部监督室主任", "", "09"),
    ("assessor2", "县委组织部", "县委组织部干部组组长", "", "09"),
    ("assessor3", "县委组织部", "县委组织部公务员管理室主任", "", "10"),
    ("assessor4", "县委组织部", "县委组织部干部监督室干部", "", "11"),
    ("assessor5", "查姆乡", "查姆乡党委组织委员", "10", "10"),
    ("reviewer2", "县委组织部", "县委组织部副部长", "10", "09"),
)
YOUNG = (("党建办公室负责人", "11"), ("综合执法办公室干部", "11"), ("卫生健康服务中心干部", "12"))
ELSEWHERE = ("玉滩县", "白原县", "东湖县", "安化滩县")


class County:
    """All cadres, as rows, and who is who: codes by office.

    leaders: 16 codes; township[town]: 4 codes (secretary, head, deputy secretary, deputy head); department[name]: codes;
    staff[key], young: codes. zones: code -> (code of the unit, its name).
    """

    def __init__(self):
        self._rng = random.Random(SEED)
        self._names = names.people(self._rng)
        self.rows, self.zones = [], {}
        self.leaders = [self._cadre(units.COUNTY, post, "07" if n < 4 else "08", ("02", "03")[n >= 4], 1966, 1976)
                        for n, post in enumerate(LEADERS)]  # fmt: skip
        self.township = {town: self._township(index, town) for index, town in enumerate(units.TOWNSHIPS)}
        self.department = {name: self._department(name) for name in units.DEPARTMENTS}
        self.staff = {key: self._staff(*rest) for key, *rest in STAFF}
        self.young = [
            self._cadre(units.township(index), town + post, "", rank, 1988, 1997)
            for index, town in enumerate(units.TOWNSHIPS)
            for post, rank in YOUNG
        ]
        self._give_zones()
        self.by_code = {row["code"]: row for row in self.rows}
        self._statuses()

    @property
    def heads(self):
        """The 64 of section level who have zones: 32 of townships, then 32 of departments."""
        of_departments = [code for codes in self.department.values() for code in codes]
        return [code for codes in self.township.values() for code in codes] + of_departments

    def name(self, code):
        return self.by_code[code]["name"]

    def sources(self):
        """Names without end for people who are asked, none of them a cadre's."""
        for name, _, _ in self._names:
            yield name

    def _township(self, index, town):
        head = "镇长" if town.endswith("镇") else "乡长"
        posts = (("党委书记", "09", "07"), (f"党委副书记、{head}", "09", "08"), ("党委副书记", "10", "09"), (f"副{head}", "10", "10"))
        return [self._cadre(units.township(index), town + post, level, rank, 1973, 1986) for post, level, rank in posts]

    def _department(self, name):
        posts = [(HEADS.get(name, f"{name}党组书记、局长"), "09", self._rng.choice(("07", "08")))]
        if name in DEPUTIES:
            posts.append((DEPUTIES[name], "10", "09"))
        return [self._cadre(units.department(name), *post, 1970, 1984) for post in posts]

    def _staff(self, unit, post, level, rank):
        code = units.department(unit) if unit in units.DEPARTMENTS else units.township(list(units.TOWNSHIPS).index(unit))
        return self._cadre(code, post, level, rank, 1980, 1992)

    def _cadre(self, unit, post, level, rank, oldest, youngest):
        rng, (name, sex, group) = self._rng, next(self._names)
        born = f"{rng.randint(oldest, youngest)}-{rng.randint(1, 12):02d}"
        started = int(born[:4]) + rng.choice((20, 21, 22, 23))
        party = rng.random() < 0.7 or "党" in post or "委" in post
        code, number = f"G{len(self.rows) + 1:04d}", len(self.rows) + 1
        education = rng.choice(("21", "21", "21", "14", "31"))
        self.rows.append({
            "code": code, "name": name, "sex": sex, "ethnicity": group, "birth_month": born, "unit": unit, "post": post,
            "post_level": level, "rank": rank, "education": education, "degree": {"21": "4", "14": "3"}.get(education, ""),
            "political_status": "01" if party else rng.choice(("12", "13")),
            "joined_party_on": date(min(started + rng.randint(1, 5), 2021), rng.choice((6, 7)), rng.randint(1, 28)) if party else None,
            "started_work_on": date(started, rng.choice((7, 8, 9)), 1),
            "in_post_since": date(max(rng.randint(2017, 2021), started + 1), rng.randint(1, 9), rng.randint(1, 28)),
            "native_place": "云措县" if rng.random() < 0.7 else rng.choice(ELSEWHERE),
            "id_number": names.id_number(rng, born, sex, number), "phone": names.phone(number),
        })  # fmt: skip
        return code

    def _give_zones(self):
        towns = list(units.TOWNSHIPS)
        for number, code in enumerate(self.leaders):
            self.zones[code] = (units.township(number // 2), towns[number // 2])
        places = {code: name for code, name, _ in units.villages()}
        for number, code in enumerate(self.heads):
            place = units.village(number % 32 // 4, number % 4 + (4 if number >= 32 else 0))
            self.zones[code] = (place, places[place])

    def _statuses(self):
        self.by_code[self.young[4]]["status"] = "on_leave"
        self.by_code[self.young[11]]["status"] = "left"
        self.by_code[self.department["县自然资源局"][0]]["status"] = "investigated"
