"""Figures of the home page about one campaign, from scoped querysets; how many queries they take does not depend on the rows."""

from dataclasses import dataclass, field
from fractions import Fraction

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from assessment.models import Campaign, Decision, Evaluation, Rating
from assessment.queries.evaluations import with_numbers
from assessment.rules.agreement import agreement
from assessment.rules.combine import METHODS
from people.models import Duty, Unit

#: A unit below one of these counts with it: a township with its villages and branches.
ROWS_OF_THEIR_OWN = {Unit.Kind.PARTY_COMMITTEE, Unit.Kind.DEPARTMENT, Unit.Kind.TOWNSHIP, Unit.Kind.OTHER}
MARKS_AT_ONCE = 50_000  # beyond this many marks agreement is for the campaign's own page


def choose(campaigns, wanted=None):
    """(all of them, newest first; the wanted one, else the open one with most assessees, else the newest, else None)."""
    sized = campaigns.select_related("scheme", "unit").annotate(roster=Count("evaluations"))
    rows = list(sized.order_by("-starts_on", "code"))
    if wanted is not None:
        return rows, next((row for row in rows if str(row.pk) == wanted), None)
    running = [row for row in rows if row.state == Campaign.State.OPEN]
    return rows, max(running, key=lambda row: row.roster, default=rows[0] if rows else None)


@dataclass
class Place:
    """A unit of the coverage map with all below it. exact: nothing below it has a row of its own."""

    unit_id: int
    name: str
    code: str
    assessed: int = 0
    done: dict = field(default_factory=lambda: dict.fromkeys(METHODS, 0))
    exact: bool = True


@dataclass
class Coverage:
    """Person-times by method and unit, and what was planned of them for those who are seen (None: nothing)."""

    places: list
    done: dict
    plan: dict
    assessed: int

    def plan_of(self, place):
        """Share of a unit in the plan, by how many of those assessed are its."""
        return {m: n and int(Fraction(n * place.assessed, self.assessed) + Fraction(1, 2)) for m, n in self.plan.items()}


def coverage(campaign, evaluations, units):
    """Coverage of a campaign's roster as far as it is seen. Three queries.

    The plan of a method is the campaign's, in proportion where only a part of the roster is seen; without one it is
    the scheme's minimum evidence times the roster.
    """
    sums = {f"times_{method}": Sum(f"count_{method}") for method in METHODS}
    rows = list(evaluations.order_by().values("unit", "unit__name", "unit__code").annotate(assessed=Count("pk"), **sums))
    tree = {
        pk: (parent, name, code, kind)
        for pk, parent, name, code, kind in units.order_by().values_list("pk", "parent", "name", "code", "kind")
    }
    places = {}
    for row in rows:
        pk, name, code = _row_of(row["unit"], row["unit__name"], row["unit__code"], tree)
        place = places.setdefault(pk, Place(pk, name, code))
        place.assessed += row["assessed"]
        for method in METHODS:
            place.done[method] += row[f"times_{method}"]
    for pk in places:
        above = tree.get(pk, (None,))[0]
        while above in tree:
            if above in places:
                places[above].exact = False
            above = tree[above][0]
    assessed = sum(place.assessed for place in places.values())
    whole = Evaluation.objects.filter(campaign=campaign).count()
    done = {method: sum(place.done[method] for place in places.values()) for method in METHODS}
    plan = {method: _plan(campaign, method, assessed, whole) for method in METHODS}
    return Coverage(sorted(places.values(), key=lambda place: place.code), done, plan, assessed)


def _row_of(pk, name, code, tree):
    """The unit whose row a unit counts in: the nearest visible one above it (or itself) that has one."""
    at = pk
    while at in tree:
        above, its_name, its_code, kind = tree[at]
        if kind in ROWS_OF_THEIR_OWN:
            return at, its_name, its_code
        at = above
    return pk, name, code


def _plan(campaign, method, assessed, whole):
    planned = getattr(campaign, f"planned_{method}")
    if planned and whole:
        return int(Fraction(planned * assessed, whole) + Fraction(1, 2))
    return getattr(campaign.scheme, f"min_{method}") * assessed or None


def grades(evaluations, user):
    """({grade as shown: number}, number whose grade is kept from this user for now). One query, two in a blind campaign."""
    rows = with_numbers(evaluations, user).order_by().values("seen_grade", "hidden").annotate(number=Count("pk"))
    shown = {row["seen_grade"]: row["number"] for row in rows if not row["hidden"]}
    return shown, sum(row["number"] for row in rows if row["hidden"])


def one_sided(side):
    """Condition: something was found, and all of it by one method, from one source relation (known or not), or by one lead."""
    seen = Q(count_on_site__gt=0) | Q(count_phone__gt=0) | Q(count_talk__gt=0)
    if side == "relation":
        return seen & Q(relations__lte=1)
    if side == "lead":
        return seen & Q(leads=1)
    pairs = (METHODS[:2], METHODS[1:], METHODS[::2])
    return seen & Q(*(Q(**{f"count_{a}": 0, f"count_{b}": 0}) for a, b in pairs), _connector=Q.OR)


def doubts(evaluations):
    """{what: number} of evaluations whose evidence asks for a look: contested, or from one side only. One query."""
    sides = {f"one_{side}": Count("pk", filter=one_sided(side)) for side in ("method", "relation", "lead")}
    return evaluations.aggregate(seen=Count("pk"), contested=Count("pk", filter=Q(contested=True)), **sides)


def agreements(campaign, evaluations):
    """[(dimension, Agreement)] in the order of the scheme, or None if there are too many marks for this page. Two queries."""
    keys = ("finding__evaluation", "dimension", "finding__contact__team__user", "level__points")
    marks = Rating.objects.filter(
        finding__evaluation__in=evaluations.values("pk"), finding__withdrawn_on=None, finding__contact__team__position=0
    )
    marks = list(marks.order_by().values_list(*keys)[: MARKS_AT_ONCE + 1])
    if len(marks) > MARKS_AT_ONCE:
        return None
    found = agreement(marks)
    return [(dimension, found[dimension.pk]) for dimension in campaign.scheme.dimensions.all() if dimension.pk in found]


@dataclass
class Brief:
    """Figures of the brief beyond person-times. decided: people by kind; duties: {kind: people}; published: {channel: number}."""

    opinions: int
    decided: dict
    duties: dict
    zones: dict
    units: dict
    published: dict


def brief(campaign, evaluations, *, decisions, duties, units, publications):
    """What came of a campaign, and what stood on the front line in its time. Six queries."""
    about = decisions.filter(bases__opinion__evaluation__campaign=campaign).exclude(state=Decision.State.REVOKED)
    people = Count("cadre", distinct=True) + Count("unit", distinct=True)
    decided = dict(about.order_by().values_list("kind").annotate(people=people))
    then = duties.filter(Q(ends_on=None) | Q(ends_on__gte=campaign.starts_on), starts_on__lte=campaign.ends_on)
    heads = Count("cadre", distinct=True) + Coalesce(Sum("headcount"), 0)
    standing = units.filter(
        Q(formed_on=None) | Q(formed_on__lte=campaign.ends_on), Q(disbanded_on=None) | Q(disbanded_on__gt=campaign.starts_on)
    )
    return Brief(
        opinions=evaluations.filter(state=Evaluation.State.SIGNED).count(),
        decided={kind: decided.get(kind, 0) for kind in Decision.Kind.values},
        duties=dict(then.order_by().values_list("kind").annotate(people=heads)),
        zones=dict(then.filter(kind=Duty.Kind.ZONE).order_by().values_list("unit__kind").annotate(people=Count("cadre", distinct=True))),
        units=dict(standing.order_by().values_list("kind").annotate(Count("pk"))),
        published=dict(publications.filter(Q(decision__in=about.values("pk"))).order_by().values_list("channel").annotate(Count("pk"))),
    )


def of_days(entries, since):
    """What auditors look at first: {verb: number} of the entries since a day, for the verbs that ask for a look. One query."""
    watched = ("refused", "sign_in_failed", "sign_in_locked", "reveal", "export", "save_grant")
    rows = entries.filter(at__gte=since, verb__in=watched).order_by()
    found = dict(rows.values_list("verb").annotate(Count("seq")))
    return {verb: found.get(verb, 0) for verb in watched}
