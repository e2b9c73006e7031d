"""Agreement of leads: published worked examples, a naive oracle over pairs, severity by hand."""

from collections import defaultdict
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.rules.agreement import Agreement, Severity, agreement, interval_alpha, one_sided, severity

# Klaus Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", University of Pennsylvania: the data of
# section C, 4 observers by 12 units with missing values; section E gives alpha for interval data as 0.849.
KRIPPENDORFF_2011 = """
1 2 3 3 2 1 4 1 2 . . .
1 2 3 3 2 2 4 1 2 5 . 3
. 3 3 3 2 3 4 2 2 5 1 .
1 2 3 3 2 4 4 1 2 5 1 .
"""
# The computational example of the Wikipedia article on Krippendorff's alpha: 3 observers by 15 units; interval 0.811.
THREE_BY_FIFTEEN = """
. . . . . 3 4 1 2 1 1 3 3 . 3
1 . 2 1 3 3 4 3 . . . . . . .
. . 2 1 3 4 4 . 2 1 1 3 3 . 4
"""


def marks(table):
    """(evaluation, dimension, lead, points) of a table of observers by units."""
    for lead, row in enumerate(table.split("\n")[1:-1]):
        yield from ((unit, "D", lead, int(cell)) for unit, cell in enumerate(row.split()) if cell != ".")


def naive_alpha(units):
    """From the definition: mean squared difference within units over that of all values, pair by pair."""
    units = [unit for unit in units if len(unit) > 1]
    values = [value for unit in units for value in unit]
    if not any((a - b) ** 2 for a, b in permutations(values, 2)):
        return None
    n = len(values)
    observed = sum(Fraction(sum((a - b) ** 2 for a, b in permutations(unit, 2)), len(unit) - 1) for unit in units) / n
    expected = Fraction(sum((a - b) ** 2 for a, b in permutations(values, 2)), n * (n - 1))
    return 1 - observed / expected


@pytest.mark.parametrize(
    ("table", "alpha", "evaluations", "cells"), [(KRIPPENDORFF_2011, 0.849, 11, 40), (THREE_BY_FIFTEEN, 0.811, 12, 26)]
)
def test_published_examples(table, alpha, evaluations, cells):
    found = agreement(marks(table))["D"]
    assert round(float(found.alpha), 3) == alpha
    assert (found.evaluations, found.cells) == (evaluations, cells)


@given(st.lists(st.lists(st.integers(0, 100), max_size=5), max_size=8))
def test_it_agrees_with_the_definition(units):
    assert interval_alpha(units) == naive_alpha(units)


@given(
    st.lists(st.lists(st.integers(0, 100), max_size=4), max_size=6),
    st.integers(1, 9),
    st.integers(-50, 50),
    st.randoms(use_true_random=False),
)
def test_interval_metric_knows_no_unit_of_measure_and_no_order(units, factor, shift, random):
    changed = [[factor * value + shift for value in unit] for unit in units]
    random.shuffle(changed)
    assert interval_alpha(changed) == interval_alpha(units)


def test_perfect_agreement_is_one():
    assert interval_alpha([[95, 95], [70, 70, 70]]) == 1


@pytest.mark.parametrize("units", [[], [[95], [70]], [[95, 95], [95, 95]]])
def test_blank_where_there_is_nothing_to_expect(units):
    assert interval_alpha(units) is None


def test_a_leads_marks_of_one_evaluation_are_one_cell():
    rows = [("e1", "A", "x", 90), ("e1", "A", "x", 80), ("e1", "A", "y", 85), ("e2", "A", "x", 50), ("e2", "A", "y", 50)]
    assert agreement(rows) == {"A": Agreement(Fraction(1), 2, 4)}


def test_dimensions_are_kept_apart():
    rows = [("e1", "A", "x", 90), ("e1", "A", "y", 80), ("e1", "B", "x", 70)]
    assert agreement(rows) == {"A": Agreement(Fraction(0), 1, 2), "B": Agreement(None, 0, 0)}


def test_severity_by_hand():
    rows = [
        ("e1", "A", "x", 95), ("e1", "A", "y", 85), ("e1", "A", "z", 85),  # x +10; y, z -5
        ("e1", "B", "x", 70), ("e1", "B", "x", 50), ("e1", "B", "y", 70),  # x has 60: -10; y +10
        ("e2", "A", "z", 50),  # alone: does not count
    ]  # fmt: skip
    assert severity(rows) == {"x": Severity(Fraction(0), 2), "y": Severity(Fraction(5, 2), 2), "z": Severity(Fraction(-5), 1)}


def test_a_lead_without_others_has_no_severity():
    assert severity([("e1", "A", "x", 95), ("e2", "A", "y", 50)]) == {}


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from("AB"), st.sampled_from("xyz"), st.integers(0, 100)), max_size=30))
def test_severity_from_the_definition(rows):
    cells = defaultdict(list)
    for evaluation, dimension, lead, value in rows:
        cells[evaluation, dimension, lead].append(value)
    cells = {key: Fraction(sum(values), len(values)) for key, values in cells.items()}
    expected = defaultdict(list)
    for (evaluation, dimension, lead), value in cells.items():
        others = [v for (e, d, other), v in cells.items() if (e, d) == (evaluation, dimension) and other != lead]
        if others:
            expected[lead].append(value - sum(others) / len(others))
    assert severity(rows) == {lead: Severity(sum(v) / len(v), len(v)) for lead, v in expected.items()}


def test_floats_are_refused():
    with pytest.raises(TypeError):
        agreement([("e1", "A", "x", 95.0)])


@pytest.mark.parametrize(
    ("counts", "relations", "leads", "sides"),
    [
        ({"on_site": 2, "phone": 1, "talk": 0}, 2, 2, ()),
        ({"on_site": 2, "phone": 0}, 2, 2, ("method",)),
        ({"on_site": 2, "talk": 1}, 1, 1, ("relation", "lead")),
        ({"on_site": 1}, 0, 1, ("method", "relation", "lead")),
        ({"on_site": 0}, 0, 0, ()),
    ],
)
def test_one_sided(counts, relations, leads, sides):
    assert one_sided(counts, relations, leads) == sides
