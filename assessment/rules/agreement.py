"""How well the leads of a campaign agree. Shown with its n, never used to overrule a person.

Exact: all results are Fractions. Input is plain: (evaluation, dimension, lead, points), one per mark. The marks that a
lead gave one evaluation on one dimension are averaged into a cell first, so that a busy lead does not agree with himself.
"""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Agreement:
    """`alpha` is None where it is undefined; `evaluations` and `cells` are the n it rests on (those that can be paired)."""

    alpha: Fraction | None
    evaluations: int
    cells: int


@dataclass(frozen=True)
class Severity:
    """`mean` below 0: stricter than the others on the same evaluations. `cells` is its n."""

    mean: Fraction
    cells: int


def cells(ratings):
    """(dimension, evaluation) -> {lead: mean of his points}."""
    points = defaultdict(list)
    for evaluation, dimension, lead, value in ratings:
        if isinstance(value, float):
            raise TypeError("a float is not exact: give int, Decimal or Fraction")
        points[dimension, evaluation, lead].append(value)
    table = defaultdict(dict)
    for (dimension, evaluation, lead), values in points.items():
        table[dimension, evaluation][lead] = sum(map(Fraction, values)) / len(values)
    return dict(table)


def interval_alpha(units):
    """Krippendorff's alpha with the interval metric; `units` is a list of lists of values, one list per unit.

    Units with fewer than two values are left out. None when expected disagreement is 0 (no pair, or all values equal).
    Source: Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability". The sum of squared differences over the
    ordered pairs of m values is 2·(m·Σx² - (Σx)²), so no pair is ever built.
    """
    units = [[Fraction(value) for value in unit] for unit in units if len(unit) > 1]
    n = sum(map(len, units))
    expected = _pairs([value for unit in units for value in unit])
    if not expected:
        return None
    observed = sum(_pairs(unit) / (len(unit) - 1) for unit in units)
    return 1 - (n - 1) * observed / expected


def _pairs(values):
    return 2 * (len(values) * sum(value * value for value in values) - sum(values) ** 2)


def agreement(ratings):
    """dimension -> Agreement: units are evaluations, observers are leads."""
    units = defaultdict(list)
    for (dimension, _), by_lead in cells(ratings).items():
        units[dimension].append(list(by_lead.values()))
    result = {}
    for dimension, rows in units.items():
        paired = [row for row in rows if len(row) > 1]
        result[dimension] = Agreement(interval_alpha(paired), len(paired), sum(map(len, paired)))
    return result


def severity(ratings):
    """lead -> Severity: mean over his cells of (cell - mean of the others' cells of that evaluation and dimension).

    Cells that nobody else has filled do not count; a lead without any other is absent.
    """
    differences = defaultdict(list)
    for by_lead in cells(ratings).values():
        total, others = sum(by_lead.values()), len(by_lead) - 1
        if others:
            for lead, value in by_lead.items():
                differences[lead].append(value - (total - value) / others)
    return {lead: Severity(sum(values) / len(values), len(values)) for lead, values in differences.items()}


def one_sided(counts, relations, leads):
    """From which one side alone the evidence comes: a tuple out of "method", "relation", "lead".

    `counts` is findings by method. Where no relation is known, it is not known to be more than one side. Nothing seen
    yet is no side at all: that is missing evidence, not one-sided evidence.
    """
    methods = sum(1 for count in counts.values() if count)
    if not methods:
        return ()
    sides = (("method", methods), ("relation", relations), ("lead", leads))
    return tuple(side for side, number in sides if number <= 1)
