"""Evaluations as lists and pages show them: the grade that is shown, blind campaigns, the evidence matrix, the place among others.

Lists and pages read `seen_score`, `seen_grade`, `seen_contested` and never the bare columns: in a blind campaign an
assessor is not to know the marks of others on an evaluation before his own are in (`queries.blind`).
"""

from dataclasses import dataclass, field

from django.db.models import BooleanField, Case, F, IntegerField, OuterRef, Prefetch, Subquery, Value, When
from django.db.models.functions import NullIf

from assessment.models import Campaign, Dimension, DimensionScore, Evaluation, Grade
from assessment.queries.blind import condition
from assessment.queries.numbers import tallies, yardstick
from assessment.rules.combine import METHODS, Tally, combine, exact

GATHERING = Evaluation.State.GATHERING
HEAT = ((95, 5), (85, 4), (65, 3), (35, 2))  # percent of the way from the lowest to the highest level -> depth of green


def with_numbers(evaluations, user):
    """Evaluations with `hidden` (blind to this user), and `seen_score`, `seen_grade`, `seen_contested` as he may see them.

    seen_grade: before submission the proposed one, then the concluded one; "" is 不确定等次, None hidden.
    """
    blind = condition(user)
    grade = Case(When(state=GATHERING, then=F("proposed_grade")), default=F("grade"))
    if blind is None:
        seen = {"seen_score": F("score"), "seen_grade": grade, "seen_contested": F("contested")}
        return evaluations.annotate(hidden=Value(False, BooleanField()), **seen)
    evaluations = evaluations.annotate(hidden=Case(When(blind, then=Value(True)), default=Value(False), output_field=BooleanField()))
    return evaluations.annotate(
        seen_score=Case(When(hidden=False, then=F("score"))),
        seen_grade=Case(When(hidden=True, then=None), When(state=GATHERING, then=F("proposed_grade")), default=F("grade")),
        seen_contested=Case(When(hidden=False, then=F("contested"))),
    )


def with_orders(evaluations):
    """To sort by: `state_order`, by the course of the work; `grade_order`, by the minimum of the grade shown; `begun`."""
    grade = Grade.objects.filter(scheme=OuterRef("campaign__scheme"), name=NullIf(OuterRef("seen_grade"), Value("")))
    course = [When(state=state, then=Value(place)) for place, state in enumerate(Evaluation.State.values)]
    return evaluations.alias(
        state_order=Case(*course, output_field=IntegerField()),
        begun=begun("campaign__"),
        grade_order=Subquery(grade.values("minimum")[:1]),
    )


def begun(path=""):
    """1 for a campaign at `path` that has begun, 0 for one in preparation, which has nothing to show yet."""
    return Case(When(**{f"{path}state": Campaign.State.DRAFT}, then=Value(0)), default=Value(1), output_field=IntegerField())


def with_dimension(evaluations, name, dimension_ids):
    """The score of one dimension (one of these ids, by scheme) under the name given, to sort by."""
    scores = DimensionScore.objects.filter(evaluation=OuterRef("pk"), dimension__in=dimension_ids).values("score")[:1]
    return evaluations.alias(**{name: Case(When(hidden=False, then=Subquery(scores)))})


def with_dimension_scores(evaluations):
    """Each evaluation with the list `dimension_rows`; one more query for a page or a batch, whatever its rows."""
    return evaluations.prefetch_related(Prefetch("dimension_scores", DimensionScore.objects.all(), to_attr="dimension_rows"))


def dimensions(campaigns):
    """Dimensions of the schemes of these campaigns, newest campaign first: [(name, {ids}, {scheme ids})], one for each name."""
    order = {}
    for scheme in campaigns.order_by(begun().desc(), "-starts_on", "code").values_list("scheme", flat=True):
        order.setdefault(scheme, len(order))
    found = {}
    rows = Dimension.objects.filter(scheme__in=order).values_list("pk", "name", "scheme", "position")
    for pk, name, scheme, _position in sorted(rows, key=lambda row: (order[row[2]], row[3])):
        ids, schemes = found.setdefault(name, (set(), set()))
        ids.add(pk)
        schemes.add(scheme)
    return [(name, ids, schemes) for name, (ids, schemes) in found.items()]


def schemes_of(evaluations):
    """Ids of the schemes that these evaluations are measured by."""
    return set(evaluations.order_by().values_list("campaign__scheme", flat=True).distinct())


# --- the evidence of one evaluation


def with_scheme(evaluations):
    """Evaluations with what a page about one shows: assessee, campaign, scheme and its parts."""
    joined = evaluations.select_related("campaign__scheme", "campaign__unit", "cadre__unit", "group", "unit", "author")
    return joined.prefetch_related(*(f"campaign__scheme__{part}" for part in ("dimensions", "levels", "grades")))


@dataclass
class Cell:
    """A dimension by a method: mean of the marks, their number, depth of colour; clash: here lies the disagreement."""

    method: str
    mean: object = None
    count: int = 0
    heat: str = ""
    clash: bool = False


@dataclass
class Row:
    """A dimension of the matrix. gap: how many points its marks lie apart, if that makes it contested."""

    dimension: Dimension
    cells: list
    score: object
    spread: object
    count: int
    gap: object = None


@dataclass
class Evidence:
    """What is known of one evaluation. one_sided: names of what all of it rests on one of ("method", "relation", "lead")."""

    result: object
    rows: list
    methods: list  # (method, weight, findings)
    person_times: int
    one_sided: list = field(default_factory=list)


def evidence(evaluation):
    """The matrix dimension by method, from the ratings, by the rule that gave the score.

    The parts of its scheme should be prefetched (`with_scheme`); then this is two queries.
    """
    scheme = evaluation.campaign.scheme
    yard = yardstick(scheme)
    tally = tallies(evaluation=evaluation).get(evaluation.pk, Tally())
    result = combine(yard, tally)
    points = [level.points for level in scheme.levels.all()]
    rows = [_row(part, result.dimensions[part.pk], tally, yard.gap, points) for part in scheme.dimensions.all()]
    methods = [(method, yard.method_weights[method], result.counts[method]) for method in METHODS]
    used = [method for method, _, count in methods if count]
    sides = {"method": len(used), "relation": result.relations, "lead": result.leads}
    return Evidence(
        result=result,
        rows=rows,
        methods=methods,
        person_times=sum(result.counts.values()),
        one_sided=[side for side, number in sides.items() if number == 1] if used else [],
    )


def _row(dimension, result, tally, gap, points):
    apart = result.highest - result.lowest if result.count else None
    contested = gap is not None and apart is not None and apart >= exact(gap)
    marks = {method: [exact(p) for (d, m, p), n in tally.ratings.items() if d == dimension.pk and m == method and n] for method in METHODS}
    inside = {method for method, found in marks.items() if contested and found and max(found) - min(found) >= exact(gap)}
    ends = {method for method, found in marks.items() if contested and {result.lowest, result.highest} & set(found)}
    cells = []
    for method in METHODS:
        mean, count = result.means.get(method, (None, 0))
        cells.append(Cell(method, mean, count, _heat(mean, points), method in (inside or ends)))
    return Row(dimension, cells, result.score, result.spread, result.count, apart if contested else None)


def _heat(mean, points):
    """Depth of green by where the mean lies between the lowest and the highest level."""
    if mean is None or not points:
        return ""
    low, high = exact(min(points)), exact(max(points))
    way = 100 * (mean - low) / (high - low) if high > low else 100
    return f"heat-{next((depth for least, depth in HEAT if way >= least), 1)}"


# --- among others


def standing(evaluation, others):
    """(scores of the others, place of this one, how many have a score) among scoped evaluations of its campaign, or None.

    Equal scores share a place.
    """
    if evaluation.seen_score is None:
        return None
    rows = others.filter(campaign=evaluation.campaign_id).exclude(seen_score=None).exclude(pk=evaluation.pk)
    scores = list(rows.order_by("seen_score").values_list("seen_score", flat=True))
    better = sum(score > evaluation.seen_score for score in scores)
    return scores, better + 1, len(scores) + 1
