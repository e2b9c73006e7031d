"""The special assessment on the front line, 6 May to 15 June 2022: the article's own case, with its figures.

56 person-times on site, 39 by phone, 22 talks; what becomes of each evaluation is told in `stories`.
"""

from dataclasses import replace
from datetime import timedelta

from assessment.demo import units
from assessment.demo.duties import END, START
from assessment.demo.evidence import Picture, Teller, Visit, Words, moment, pair, working_day
from assessment.demo.sources import Sources, office, read_roster
from assessment.demo.texts import front_line

CODE = "ZX2022"
ROW = {
    "code": CODE, "title": "疫情防控一线专项考核", "kind": "special", "scheme": "front-line", "unit": units.COUNTY,
    "starts_on": START, "ends_on": END, "state": "open", "planned_on_site": 64, "planned_phone": 40, "planned_talk": 32,
}  # fmt: skip
WORDS = Words(front_line.DIMENSIONS, front_line.SEEN, front_line.HEARD, front_line.PUBLIC, front_line.SELF, front_line.EXAMPLES)

#: Who is assessed: place and office (see `sources.office`); then on site, by phone, talks; then the four dimensions.
ROSTER = """
云措镇 1 | 2 1 1 | A A AB A
云措镇 2 | 2 1 1 | AB B A B
云措镇 3 | 2 1 1 | B B BC B
曲朗镇 0 | 2 1 1 | AB A A A
曲朗镇 1 | 2 1 1 | B AB B B
曲朗镇 3 | 2 2 1 | C BC C BC
扎央镇 1 | 2 2 1 | B A B B
扎央镇 2 | 2 1 0 | B AB B B
扎央镇 3 | 2 1 1 | A A A AB
德塘镇 0 | 2 2 1 | A AB A A
德塘镇 1 | 2 1 1 | B B AC B
德塘镇 3 | 2 1 0 | B BC B B
查姆乡 0 | 2 1 1 | A A AB A
查姆乡 1 | 2 1 1 | B AB B A
查姆乡 3 | 2 2 0 | BC B C B
日措乡 1 | 2 1 1 | AB B B AB
日措乡 2 | 2 1 0 | B B B AB
日措乡 3 | 2 1 1 | C C D BC
则央乡 0 | 2 1 1 | B B B AB
则央乡 1 | 0 0 0 | B B B B
则央乡 3 | 2 2 0 | B AB A B
雅隆乡 0 | 2 1 1 | D CD D D
雅隆乡 1 | 1 1 0 | B B B B
雅隆乡 3 | 2 1 1 | B A B AB
县卫生健康局 0 | 2 2 2 | A A A AB
县卫生健康局 1 | 2 2 1 | A A A A
县公安局 1 | 2 2 1 | AB AB B AB
县交通运输局 0 | 2 1 1 | B AB B BC
县市场监督管理局 0 | 1 2 0 | AC B B B
县教育局 0 | 2 0 0 | B B AB B
县农牧和水利局 0 | 0 2 0 | B BC B B
县应急管理局 0 | 0 0 0 | B B B B
"""
#: Whose kin among the assessors stays out of the team.
AVOID = {("雅隆乡", 3): ("assessor3",)}
#: The evaluation that is opened again after its review was upheld; what is heard then is better (see `Special.later`).
REVIEWED, LATER_LEVELS = ("曲朗镇", 3), ("B", "A", "B", "A")
#: Findings that are withdrawn, so they do not count: whose, by which method, and why.
WITHDRAWN = (
    (("德塘镇", 3), "on_site", "当日该同志在县里开会，现场看到的是代班干部的工作，记录对象有误。"),
    (("县市场监督管理局", 0), "phone", "经核实，受访人与该同志有执法纠纷尚未办结，反映内容不宜作为评价依据。"),
)

_SPOTS = ("交通卡点", "集中隔离点", "核酸采样点", "便民服务中心", "物资保供点")
_PHONE = (("served", "牧户"), ("public", "群众"), ("subordinate", "党支部书记"), ("served", "个体工商户"), ("peer", ""))
_TALK = ("self", "superior", "subordinate", "self", "peer")
_PHONE_HOURS = (9, 10, 11, 15, 16, 17, 18)


class Special:
    """The campaign's pictures and visits. `later`: the visit that is entered after the review was upheld."""

    row = ROW

    def __init__(self, county):
        self.county = county
        self.teller = Teller(WORDS, {code: name for code, (_, name) in county.zones.items()}, seed=56)
        self.sources = Sources(county)
        self.pictures = {
            (place, number): Picture(office(county, place, number), levels, *counts)
            for place, number, counts, levels in read_roster(ROSTER)
        }
        self._asked = {}  # code -> relations of those who were phoned, so that the talk is with another side
        visits = [*self._on_site(), *self._phone(), *self._talks()]
        reviewed = self.pictures[REVIEWED].code
        self.later = max((v for v in visits if v.method == "phone" and v.looks[0][0].code == reviewed), key=lambda v: v.held_at)
        self.later.held_at = moment(END - timedelta(1), 16, 20)
        (picture, dimensions), = self.later.looks
        self.later.looks = [(replace(picture, levels=LATER_LEVELS), dimensions)]
        self.withdrawn = [(self._withdrawn(who, method), why) for who, method, why in WITHDRAWN]
        self.visits = [visit for visit in visits if visit is not self.later] + [visit for visit, _ in self.withdrawn]

    def _dimensions(self, turn, number):
        """Some of the four dimensions, another choice each time."""
        return [WORDS.dimensions[(turn + step) % 4] for step in range(number)]

    def _on_site(self):
        """Two rounds through the townships; two cadres of one place are often seen on the same visit."""
        for again in (0, 1):
            waiting = {}
            for index, ((place, number), picture) in enumerate(self.pictures.items()):
                if picture.on_site > again:
                    waiting.setdefault(place, []).append((index, number, picture))
            for turn, (place, group) in enumerate(waiting.items()):
                cut = 2 if (turn + again) % 3 else 1
                for part in filter(None, (group[:cut], group[cut:])):
                    yield self._site(place, part, again, turn)

    def _site(self, place, part, again, turn):
        index = part[0][0]
        avoid = [name for _, number, _ in part for name in AVOID.get((place, number), ())]
        day = working_day(START, 2 + turn + again * 17)
        spot = self._town(part[0][2]) + (self.teller.place_of[part[0][2].code] if len(part) == 1 else "") + _SPOTS[(index + again) % 5]
        looks = [(picture, self._dimensions(index + 2 * again + n, 3)) for n, (_, _, picture) in enumerate(part)]
        source = ("", "", "")
        if (turn + again) % 3 == 0:
            source = self.sources.stranger(f"{self.teller.place_of[part[0][2].code]}党支部书记", "subordinate")
        return Visit("on_site", moment(day, 9 + 2 * (index % 4), 10 * (index % 6)), pair(turn + again, avoid), looks, spot, source)

    def _phone(self):
        for index, ((place, number), picture) in enumerate(self.pictures.items()):
            for again in range(picture.phone):
                relation, post = _PHONE[(index + 2 * again) % 5]
                self._asked.setdefault(picture.code, set()).add(relation)
                if relation == "peer":
                    source = self.sources.about(place, picture.code, relation)
                else:
                    source = self.sources.stranger(self.teller.place_of[picture.code] + post, relation)
                day = working_day(START, 5 + (index * 3 + again * 11) % 32)
                looks = [(picture, self._dimensions(index + 2 + again, 2))]
                held_at = moment(day, _PHONE_HOURS[index % 7], 7 * (index % 8))
                yield Visit("phone", held_at, pair(index + 2, AVOID.get((place, number), ())), looks, "", source)

    def _talks(self):
        for index, ((place, number), picture) in enumerate(self.pictures.items()):
            for again in range(picture.talk):
                turn = (_TALK[(index + again + step) % 5] for step in range(5))
                relation = next(each for each in turn if each not in self._asked[picture.code])
                source = self.sources.about(place, picture.code, relation)
                day = working_day(START, 23 + (index + again * 5) % 16)
                looks = [(picture, self._dimensions(index + 1 + again, 3))]
                held_at = moment(day, (9, 11, 15, 17)[index % 4], 5 * (index % 9))
                where = f"{place}机关谈话室" if place in units.TOWNSHIPS else "县委组织部谈话室"
                yield Visit("talk", held_at, pair(index + 3 + again, AVOID.get((place, number), ())), looks, where, source)

    def _withdrawn(self, who, method):
        picture = self.pictures[who]
        village = self.teller.place_of[picture.code]
        source = self.sources.stranger(f"{village}个体工商户", "served") if method == "phone" else ("", "", "")
        place = f"{self._town(picture)}{village}{_SPOTS[0]}" if method == "on_site" else ""
        return Visit(method, moment(START + timedelta(12), 16, 45), pair(1), [(picture, self._dimensions(0, 2))], place, source)

    def _town(self, picture):
        """Name of the township where the cadre has his zone."""
        return list(units.TOWNSHIPS)[int(self.county.zones[picture.code][0].split("-")[1][1:]) - 1]
