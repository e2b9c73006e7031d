"""Who did what on the front line, from 6 May to 15 June 2022: rows for `duties.save`; and sanctions and kin.

Lines 1 to 4 of the article: zones of 16 county-level and 64 section-level cadres, 1,000 model posts, 5,000 grid workers,
sampling points, lecture teams; training comes before duty, and four times it did not.
"""

import random
from datetime import date, timedelta

from assessment.demo import units

START, END = units.MUSTERED, date(2022, 6, 15)
TRAINED = date(2022, 5, 5)
MODEL_POSTS, GRID_WORKERS = 1000, 5000
GRIDS = ("定居点网格", "放牧点网格", "牧道巡查网格")


def shares(total, weights):
    """`total` divided in proportion to `weights` into whole numbers that add up to it exactly."""
    whole = [total * weight // sum(weights) for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % sum(weights)), i))
    for i in order[: total - sum(whole)]:
        whole[i] += 1
    return whole


def rows(county):
    """Every duty."""
    yield from _of_cadres(county)
    yield from _of_others()


def _duty(unit, kind, place, **who):
    return {"unit": unit, "kind": kind, "place": place, "starts_on": START, "ends_on": END, **who}


def _of_cadres(county):
    for code, (unit, name) in county.zones.items():
        yield _duty(unit, "zone", f"包联{name}", cadre=code, trained_on=TRAINED)
    for code, (unit, name, _) in zip(_secretaries(county), units.temporary_branches(), strict=True):
        yield _duty(unit, "temporary_branch", f"{name}书记", cadre=code, trained_on=TRAINED)
    tasks = (("vanguard_team", "先锋队联络员"), ("sampling_point", "核酸采样点信息登记"), ("lecture_team", "藏汉双语宣讲员"))
    for number, code in enumerate(county.young):
        kind, place = tasks[number % 3]
        trained = TRAINED + timedelta(number % 2)
        if number in (7, 13, 16, 22):  # 未训先上岗: not trained at all, or days after the start
            trained = None if number == 13 else START + timedelta(number // 3)
        yield _duty(county.by_code[code]["unit"], kind, place, cadre=code, trained_on=trained)


def _secretaries(county):
    """The 53 secretaries of the temporary branches: all 32 heads of townships, and 21 of departments."""
    return county.heads[:53]


def _of_others():
    rng = random.Random(91)
    villages = list(units.villages())
    teams = [row for row in units.rows() if row["kind"] == "vanguard_team"]
    for team in teams:
        yield _duty(team["code"], "vanguard_team", "党员先锋队队员", headcount=rng.randint(8, 20))
    weights = [4 if "社区" in row["name"] else 3 if "-V" in row["code"] else 2 for row in teams]
    for team, number in zip(teams, shares(MODEL_POSTS, weights), strict=True):
        yield _duty(team["parent"], "model_post", "党员示范岗", headcount=number)
    grids = [(code, grid) for code, _, _ in villages for grid in GRIDS]
    weights = [rng.randint(70, 130) * (2 if grid == GRIDS[0] else 1) for _, grid in grids]
    for (code, grid), number in zip(grids, shares(GRID_WORKERS, weights), strict=True):
        yield _duty(code, "grid", grid, headcount=number)
    for code, name, _ in villages:
        yield _duty(code, "sampling_point", f"{name}核酸采样点", headcount=rng.randint(4, 9))
    for index, town in enumerate(units.TOWNSHIPS):
        yield _duty(units.township(index), "lecture_team", f"{town}马背宣讲队", headcount=rng.randint(6, 12))
    yield _duty(units.department("县委宣传部"), "lecture_team", "县藏汉双语宣讲团", headcount=16)


def sanctions(county):
    """Rows for `duties.save_sanctions`: one bars the top grade and stays in effect over the campaign, one came of it."""

    def row(code, kind, decided_on, effect_until=None):
        return {"cadre": code, "kind": kind, "decided_on": decided_on, "effect_until": effect_until}

    yield row(county.township["扎央镇"][3], "10", date(2022, 3, 10), date(2022, 9, 10))
    yield row(county.township["雅隆乡"][0], "M4", date(2022, 6, 20), date(2022, 12, 20))
    yield row(county.department["县自然资源局"][0], "12", date(2020, 11, 20), date(2021, 11, 20))
    yield row(county.department["县住房和城乡建设局"][0], "M1", date(2021, 9, 3), date(2021, 9, 3))


def kinships(county):
    """Rows for `duties.save_kinships`: two who assess have kin on the roster, so others do it."""
    yield {"cadre": county.staff["assessor3"], "relative": county.township["雅隆乡"][3], "relation": "spouse"}
    yield {"cadre": county.staff["reviewer2"], "relative": county.department["县交通运输局"][0], "relation": "collateral"}
    yield {"cadre": county.township["日措乡"][1], "relative": county.department["县审计局"][0], "relation": "in_law"}
