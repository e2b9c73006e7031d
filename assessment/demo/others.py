"""The campaigns before and after the special one: two annual ones, one of leading groups, the running routine ones."""

from datetime import date, timedelta

from django.utils import timezone

from assessment.demo import units
from assessment.demo.evidence import Picture, Teller, Visit, Words, moment, pair, working_day
from assessment.demo.sources import Sources, office, read_roster
from assessment.demo.texts import cadre_five, group_five

CADRES = Words(
    cadre_five.DIMENSIONS, cadre_five.TOLD, cadre_five.TOLD, cadre_five.PUBLIC, cadre_five.SELF, cadre_five.EXAMPLES
)  # fmt: skip
GROUPS = Words(group_five.DIMENSIONS, group_five.TOLD, group_five.TOLD, group_five.PUBLIC, {}, group_five.EXAMPLES)

ANNUAL_2021 = """
云措镇 0 | 1 1 1 | AB B B B A
云措镇 1 | 1 1 1 | A B A AB A
曲朗镇 0 | 1 1 1 | A A B A A
曲朗镇 1 | 1 1 1 | B AB B B B
扎央镇 0 | 1 1 1 | B B B B A
扎央镇 1 | 1 1 1 | A B A B B
德塘镇 0 | 1 1 1 | AB A B A A
德塘镇 1 | 1 1 1 | B C B B B
查姆乡 0 | 1 1 1 | A A A AB A
查姆乡 1 | 1 1 1 | B B AB B A
日措乡 0 | 1 1 1 | B B B AB B
日措乡 1 | 1 1 1 | A B B B A
则央乡 0 | 1 1 1 | B B B B B
则央乡 1 | 1 1 1 | B AB B BC B
雅隆乡 0 | 1 1 1 | C C BC C B
雅隆乡 1 | 1 1 1 | B B B B B
县卫生健康局 0 | 1 1 1 | A A A A A
县公安局 1 | 1 1 1 | AB A B B A
县交通运输局 0 | 1 1 1 | B B B B B
县教育局 0 | 1 1 1 | AB B B B A
"""
ANNUAL_2022 = """
云措镇 1 | 1 1 1 | A B A AB B
云措镇 3 | 1 1 1 | B AB B B A
曲朗镇 0 | 1 1 1 | A AB A A A
曲朗镇 1 | 1 1 1 | B AB B A B
曲朗镇 3 | 1 1 1 | B BC B B B
扎央镇 3 | 1 1 1 | B A B AB B
德塘镇 1 | 1 1 1 | B B AB B B
查姆乡 0 | 1 1 1 | A A AB AB A
查姆乡 1 | 1 1 1 | AB B A B A
日措乡 3 | 1 1 1 | B C B BC B
则央乡 0 | 1 1 1 | B B AB B B
雅隆乡 0 | 1 1 1 | C BC B C B
县卫生健康局 0 | 1 1 1 | A A A A A
县卫生健康局 1 | 1 1 1 | A A AB A A
县公安局 1 | 1 1 1 | B A B AB B
县交通运输局 0 | 1 1 1 | B B B B A
"""
GROUPS_2021 = """
云措镇 | 2 1 1 | A AB A A A
曲朗镇 | 2 1 1 | B A A AB B
扎央镇 | 1 1 1 | B B AB B B
德塘镇 | 1 1 1 | AB B B A B
查姆乡 | 2 1 1 | A A AB A A
日措乡 | 1 1 1 | B B C B B
则央乡 | 1 1 1 | B B BC B AB
雅隆乡 | 2 1 1 | C C BC C C
"""
ROUTINE = """
云措镇 1 | 1 1 0 | A AB A A A
云措镇 2 | 1 0 1 | B B AB B A
曲朗镇 1 | 1 1 1 | A B A AB A
曲朗镇 3 | 1 1 0 | B BC B B B
扎央镇 1 | 1 0 0 | B A B B B
扎央镇 3 | 0 1 1 | AB B A B B
德塘镇 1 | 1 1 0 | B B B AB B
查姆乡 1 | 1 0 1 | A B AB B A
日措乡 1 | 1 1 0 | B B B B A
则央乡 1 | 1 0 0 | B B B B B
则央乡 3 | 0 0 0 | B B B B B
雅隆乡 1 | 0 1 0 | B C B B B
雅隆乡 3 | 0 0 0 | B B B B B
县教育局 0 | 1 0 0 | B B B AB B
县自然资源局 0 | 0 0 0 | B B B B B
县应急管理局 0 | 0 0 0 | B B B B B
"""
#: Offices from 4 on are the younger cadres of a township.
VILLAGE = """
查姆乡 4 | 1 1 0 | A B AB B A
查姆乡 5 | 1 1 1 | B B B AB B
查姆乡 6 | 1 1 0 | B BC B B B
"""
TERM = "\n".join(f"{town} {number} | 0 0 0 | B B B B B" for town in units.TOWNSHIPS for number in (0, 1))

_PHONE = (("served", "牧户"), ("public", "群众"), ("subordinate", "党支部书记"))
_TALK = ("superior", "self", "peer")


class Campaign:
    """One campaign: its row for `campaigns.save`, its pictures, visits and teller."""

    def __init__(self, county, row, text, words, seed, team=None, last=None):
        self.row, self.county, self.words = row, county, words
        self.sources = Sources(county)
        places = {code: name for code, (_, name) in county.zones.items()}
        places |= {units.township(index): town for index, town in enumerate(units.TOWNSHIPS)}
        self.teller = Teller(words, places, seed=seed)
        self.pictures = {(place, number): self._picture(place, number, *rest) for place, number, *rest in read_roster(text)}
        self.team = team or (lambda turn: pair(turn))
        self.days = ((last or row["ends_on"]) - row["starts_on"]).days
        self.visits = list(self._visits())

    @property
    def code(self):
        return self.row["code"]

    @property
    def codes(self):
        return [picture.code for picture in self.pictures.values()]

    def _picture(self, place, number, counts, levels):
        if number is None:
            return Picture(units.township(list(units.TOWNSHIPS).index(place)), levels, *counts, kind="unit")
        return Picture(office(self.county, place, number), levels, *counts)

    def _visits(self):
        for index, ((place, number), picture) in enumerate(self.pictures.items()):
            plan = [("on_site", again) for again in range(picture.on_site)]
            plan += [("phone", again) for again in range(picture.phone)] + [("talk", again) for again in range(picture.talk)]
            for turn, (method, again) in enumerate(plan):
                day = working_day(self.row["starts_on"], (turn * self.days) // 3 + (index * 2 + again) % max(1, self.days // 3))
                dimensions = [self.words.dimensions[(index + 2 * turn + step) % 5] for step in range(2 if method == "phone" else 3)]
                yield Visit(
                    method, moment(min(day, self.row["starts_on"] + timedelta(self.days)), 9 + (index + 3 * turn) % 9, 5 * (index % 11)),
                    self.team(index + turn), [(picture, dimensions)], self._place(method, place), self._source(method, place, number, picture, index),
                )  # fmt: skip

    def _place(self, method, place):
        town = place in units.TOWNSHIPS
        return {"on_site": f"{place}机关" if town else place, "talk": f"{place}谈话室" if town else "县委组织部谈话室"}.get(method, "")

    def _source(self, method, place, number, picture, index):
        if method == "on_site":
            return "", "", ""
        if method == "phone":
            relation, post = _PHONE[index % 3]
            return self.sources.stranger(self.teller.place_of.get(picture.code, place) + post, relation)
        if number is None:  # a leading group: its head speaks for it, or who is above or below
            relation = "superior" if index % 3 == 2 else ("superior", "subordinate")[index % 2]
            return self.sources.about(place, office(self.county, place, 0), relation)
        return self.sources.about(place, picture.code, _TALK[index % 3])


def _row(code, title, kind, scheme, starts_on, ends_on, unit=units.COUNTY, state="open", planned=(0, 0, 0)):
    on_site, phone, talk = planned
    return {
        "code": code, "title": title, "kind": kind, "scheme": scheme, "unit": unit, "starts_on": starts_on, "ends_on": ends_on,
        "state": state, "planned_on_site": on_site, "planned_phone": phone, "planned_talk": talk,
    }  # fmt: skip


def past(county):
    """The finished campaigns, by code."""
    found = (
        Campaign(
            county, _row("ND2021", "2021年度科级干部年度考核", "annual", "cadre-five", date(2021, 12, 6), date(2022, 1, 20),
                         planned=(20, 20, 20)), ANNUAL_2021, CADRES, seed=2021,
        ),
        Campaign(
            county, _row("BZ2021", "2021年度乡镇领导班子考核", "annual", "group-five", date(2021, 12, 13), date(2022, 1, 25),
                         planned=(12, 8, 8)), GROUPS_2021, GROUPS, seed=8,
        ),
        Campaign(
            county, _row("ND2022", "2022年度科级干部年度考核", "annual", "cadre-five", date(2022, 12, 5), date(2023, 1, 18),
                         planned=(16, 16, 16)), ANNUAL_2022, CADRES, seed=2023,
        ),
    )  # fmt: skip
    return {campaign.code: campaign for campaign in found}


def running(county):
    """The campaigns of today: the county's, a township's own, and one in preparation. The county's is the newest open
    one, so it is what the home page shows first."""
    today = timezone.localdate()
    start, end, yesterday = today - timedelta(40), today + timedelta(20), today - timedelta(1)
    earlier = today - timedelta(47)
    village = Campaign(
        county, _row(f"CM{earlier:%Y%m}", f"查姆乡一般干部平时考核（{earlier.month}月至{end.month}月）", "routine", "routine", earlier, end,
                     unit=units.township(4), planned=(3, 3, 3)),
        VILLAGE, CADRES, seed=5, team=lambda turn: ("assessor5", "assessor4"), last=yesterday,
    )  # fmt: skip
    of_county = Campaign(
        county, _row(f"PS{start:%Y%m}", f"科级干部平时考核（{start.year}年{start.month}月至{end.month}月）", "routine", "routine", start, end,
                     planned=(16, 12, 10)), ROUTINE, CADRES, seed=7, last=yesterday,
    )  # fmt: skip
    term = Campaign(
        county, _row(f"RQ{end.year + 1}", "乡镇党政正职任期考核（筹备）", "term", "cadre-five", end, end + timedelta(60),
                     state="draft", planned=(16, 16, 16)), TERM, CADRES, seed=9,
    )  # fmt: skip
    return of_county, village, term
