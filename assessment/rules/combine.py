"""From ratings to an evaluation: the method `weighted-methods/1`.

Everything is exact: counts are integers, points and weights become integers or fractions, and nothing is rounded
until it is stored or shown. The same function serves one evaluation after one contact and a whole campaign.
Source of the formulas: the project's design, "From ratings to an evaluation".
"""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from math import isqrt, lcm

METHODS = ("on_site", "phone", "talk")
METHOD = "weighted-methods/1"

#: What a minimum can ask for, in the order in which a shortfall is told.
EVIDENCE = (*METHODS, "relations", "leads")


@dataclass(frozen=True)
class Minimum:
    """The least evidence that a grade may rest on."""

    on_site: int = 0
    phone: int = 0
    talk: int = 0
    relations: int = 0
    leads: int = 0


@dataclass(frozen=True)
class Yardstick:
    """What a scheme says about combining. Numbers may be int, Decimal or Fraction, never float."""

    method_weights: dict
    dimensions: dict
    bands: tuple
    minimum: Minimum = Minimum()
    gap: Fraction | None = None

    @cached_property
    def whole_method_weights(self):
        """The same weights as integers: a weighted mean does not change when all weights are multiplied."""
        return _whole(self.method_weights)

    @cached_property
    def whole_dimension_weights(self):
        return _whole(self.dimensions)


@dataclass(frozen=True)
class Tally:
    """Counts over the findings of one evaluation that are not withdrawn.

    `ratings` counts marks by (dimension, method, points): levels of equal points share a key, so add, never overwrite.
    `findings` counts findings by method, rated or not; `relations` and `leads` count different ones, a blank relation
    not being one.
    """

    ratings: dict = field(default_factory=dict)
    findings: dict = field(default_factory=dict)
    relations: int = 0
    leads: int = 0


@dataclass(frozen=True)
class DimensionResult:
    """One dimension: `means` is method -> (mean, number of marks); `variance` is that of the sample, methods pooled."""

    score: Fraction | None
    count: int
    variance: Fraction | None
    means: dict
    lowest: Fraction | None
    highest: Fraction | None

    @property
    def spread(self):
        """The sample standard deviation at two places, rounded half up from the exact variance; None below 2 marks."""
        return None if self.variance is None else root_two_places(self.variance)


@dataclass(frozen=True)
class Result:
    """`dimensions` has every dimension of the yardstick; `proposed_grade` "" is 不确定等次.

    `missing` has (what, have, need) for each shortfall of the minimum, and ("score", 0, 1) when nothing could be
    scored; it is empty exactly when a grade is proposed.
    """

    score: Fraction | None
    dimensions: dict
    counts: dict
    relations: int
    leads: int
    contested: bool
    proposed_grade: str
    missing: tuple

    @property
    def evidence_met(self):
        """Whether the minimum evidence is there, be there a score or not."""
        return all(what == "score" for what, _, _ in self.missing)


@lru_cache(maxsize=4096)
def exact(value):
    """The number as int when it is whole, else as Fraction: integers keep a whole campaign quick."""
    if isinstance(value, float):
        raise TypeError("a float is not exact: give int, Decimal or Fraction")
    number = Fraction(value)
    return number.numerator if number.denominator == 1 else number


def two_places(value):
    """Decimal with two places, rounded half up (away from zero) from the exact value; None stays None."""
    if value is None:
        return None
    if isinstance(value, float):
        raise TypeError("a float is not exact: give int, Decimal or Fraction")
    # Integer division is exact at any size; quantize would be bound to the precision of the decimal context.
    over, under = value.as_integer_ratio()
    hundredths = (200 * abs(over) + under) // (2 * under)
    return _hundredths(hundredths, "-" if over < 0 and hundredths else "")


def root_two_places(value):
    """Square root with two places, rounded half up without an inexact step: floor(100·√x + ½) = ⌊(⌊200·√x⌋ + 1) / 2⌋."""
    over, under = value.as_integer_ratio()
    return _hundredths((isqrt(40000 * over // under) + 1) // 2)


def _hundredths(number, sign=""):
    return Decimal(f"{sign}{number // 100}.{number % 100:02d}")


def _whole(weights):
    exactly = {key: Fraction(exact(weight)) for key, weight in weights.items()}
    scale = lcm(*(weight.denominator for weight in exactly.values()))
    return {key: int(weight * scale) for key, weight in exactly.items()}


def combine(yardstick, tally):
    """The numbers of one evaluation. Unknown dimensions or methods and negative counts are refused."""
    marks = _marks_by_cell(yardstick, tally)
    dimensions = {key: _dimension(yardstick, cells) for key, cells in marks.items()}
    weights = yardstick.whole_dimension_weights
    score = _weighted([(weights[key], d.score) for key, d in dimensions.items() if d.score is not None])
    missing = shortfall(yardstick.minimum, tally, score)
    gap = None if yardstick.gap is None else exact(yardstick.gap)
    return Result(
        score=score,
        dimensions=dimensions,
        counts={method: tally.findings.get(method, 0) for method in METHODS},
        relations=tally.relations,
        leads=tally.leads,
        contested=gap is not None and any(d.count and d.highest - d.lowest >= gap for d in dimensions.values()),
        proposed_grade="" if missing else band_of(yardstick.bands, score),
        missing=missing,
    )


def band_of(bands, score):
    """Name of the highest band whose minimum the rounded score reaches; "" if it reaches none."""
    rounded = exact(two_places(score))
    reached = [(exact(minimum), name) for name, minimum in bands if exact(minimum) <= rounded]
    return max(reached)[1] if reached else ""


def _marks_by_cell(yardstick, tally):
    if unknown := set(tally.findings) - set(METHODS):
        raise ValueError(f"unknown methods: {sorted(unknown)}")
    marks = {key: {} for key in yardstick.dimensions}
    for (key, method, points), count in tally.ratings.items():
        if key not in marks or method not in METHODS or count < 0:
            raise ValueError(f"not a rating of this yardstick: {(key, method, points, count)}")
        if count:
            marks[key].setdefault(method, []).append((exact(points), count))
    return marks


def _dimension(yardstick, cells):
    if not cells:
        return DimensionResult(None, 0, None, {}, None, None)
    means, number, total, squares = {}, 0, 0, 0
    for method in METHODS:
        if marks := cells.get(method):
            n = sum(count for _, count in marks)
            points = sum(point * count for point, count in marks)
            means[method] = (Fraction(points, n), n)
            number, total = number + n, total + points
            squares += sum(point * point * count for point, count in marks)
    weights = yardstick.whole_method_weights
    seen = [point for marks in cells.values() for point, _ in marks]
    return DimensionResult(
        # A missing method is never a zero, and one of weight 0 gives no score.
        score=_weighted([(weights[method], mean) for method, (mean, _) in means.items() if weights.get(method, 0) > 0]),
        count=number,
        variance=Fraction(number * squares - total * total, number * (number - 1)) if number > 1 else None,
        means=means,
        lowest=min(seen),
        highest=max(seen),
    )


def _weighted(pairs):
    """Σ w·x / Σ w of whole weights, or None of nothing; reduced once at the end, which is what keeps it quick."""
    if not pairs:
        return None
    over, under = 0, 1
    for weight, value in pairs:
        a, b = value.as_integer_ratio()
        over, under = over * b + weight * a * under, under * b
    return Fraction(over, under * sum(weight for weight, _ in pairs))


def shortfall(minimum, tally, score):
    """What of the minimum evidence is missing: (what, have, need) for each, ("score", 0, 1) when nothing is scored."""
    missing = [("score", 0, 1)] if score is None else []
    for what in EVIDENCE:
        have = tally.findings.get(what, 0) if what in METHODS else getattr(tally, what)
        need = getattr(minimum, what)
        if have < need:
            missing.append((what, have, need))
    return tuple(missing)
