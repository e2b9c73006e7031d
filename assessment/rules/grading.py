"""Grades: their order, the quota of the top one and the bars to it.

Bands are (name, minimum) pairs in any order. A bar or refusal is a plain (code, facts) pair; the words for it live
elsewhere. Quotas: 公务员考核规定 (20 %, 25 % with approval), 考核条例 (30 % of groups), 平时考核办法 (40 %), all SECONDARY,
so the percentage comes from the scheme. Rounding down is the project's default: no text was found.
"""

from fractions import Fraction

#: Statuses of a cadre that bar the top grade. SECONDARY or UNVERIFIED (考核规定; one real system): a default, not a law.
BARRING_STATUSES = {
    "on_leave": "bar_leave",  # 病事假超半年
    "probation": "bar_probation",  # 试用期: a comment, no grade
    "investigated": "bar_investigation",  # 被立案调查未结案
}


def grades(bands):
    """Names of the grades, best first."""
    return [name for name, _ in sorted(bands, key=lambda band: band[1], reverse=True)]


def top_grade(bands):
    """Name of the best grade."""
    return grades(bands)[0]


def compare_grades(bands, one, other):
    """1 if `one` is better than `other`, -1 if worse, 0 if the same; None if either is 不确定等次 ("") or unknown."""
    order = grades(bands)
    if one not in order or other not in order:
        return None
    one, other = order.index(one), order.index(other)
    return (other > one) - (other < one)


def quota_places(quota, roster_size):
    """How many of the roster may have the top grade: `quota` percent, rounded down; None if the scheme has no quota."""
    if quota is None:
        return None
    return int(Fraction(quota) * roster_size // 100)


def quota_bar(quota, roster_size, taken):
    """[] if one more top grade fits beside the `taken` ones already signed, else the one refusal."""
    places = quota_places(quota, roster_size)
    if places is None or taken < places:
        return []
    return [("quota_passed", {"quota": quota, "roster": roster_size, "places": places, "taken": taken})]


def sanction_overlaps(decided_on, effect_until, since, until):
    """Whether a sanction's effect touches the days since..until. Blank effect_until: no end known, still in effect."""
    return decided_on <= until and (effect_until is None or effect_until >= since)


def bars_to_top(*, status="", sanctions=(), since, until, barring_statuses=BARRING_STATUSES):
    """Why a cadre may not have the top grade: a list of (code, facts), empty if nothing stands in the way.

    `sanctions` are (kind, decided_on, effect_until) triples; `since`..`until` is the time assessed, up to the day of
    signing. Source: effect within the assessment year, one real system (SECONDARY); 考核规定 (UNVERIFIED).
    A leading group has no bars of this kind: do not call it.
    """
    bars = []
    for kind, decided_on, effect_until in sanctions:
        if sanction_overlaps(decided_on, effect_until, since, until):
            facts = {"sanction": kind, "decided_on": decided_on, "effect_until": effect_until}
            bars.append(("bar_sanction", facts))
    if status in barring_statuses:
        bars.append((barring_statuses[status], {"status": status}))
    return bars
