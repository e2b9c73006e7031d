"""Combination against the formulas: the worked example of the design, a second naive calculator, and its invariants."""

from decimal import Decimal, localcontext
from fractions import Fraction
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.rules.combine import METHODS, Minimum, Tally, Yardstick, combine, root_two_places, two_places

BANDS = (("优秀", 90), ("称职", 75), ("基本称职", 60), ("不称职", 0))
WEIGHTS = {"on_site": Decimal("40.00"), "phone": Decimal("20.00"), "talk": Decimal("40.00")}


def yardstick(**changes):
    given = {"method_weights": WEIGHTS, "dimensions": {"A": 60, "B": 40}, "bands": BANDS, "gap": 25}
    return Yardstick(**{**given, **changes})


def test_the_worked_example_of_the_design():
    marks = {("A", "on_site", 95): 1, ("B", "on_site", 70): 1, ("A", "on_site", 85): 1, ("A", "phone", 95): 1}
    tally = Tally(marks, {"on_site": 2, "phone": 1}, relations=2, leads=2)
    result = combine(yardstick(minimum=Minimum(1, 1, 1, 2, 2)), tally)
    assert result.dimensions["A"].means == {"on_site": (90, 2), "phone": (95, 1)}
    assert result.dimensions["A"].score == Fraction(5500, 60)
    assert two_places(result.dimensions["A"].score) == Decimal("91.67")
    assert result.dimensions["B"].score == 70
    assert result.score == 83
    assert str(two_places(result.score)) == "83.00"
    assert result.proposed_grade == ""
    assert result.missing == (("talk", 0, 1),)
    assert result.counts == {"on_site": 2, "phone": 1, "talk": 0}
    assert result.contested is False


def test_with_the_talk_the_same_score_has_a_grade():
    marks = {("A", "on_site", 95): 1, ("B", "on_site", 70): 1, ("A", "on_site", 85): 1, ("A", "phone", 95): 1}
    tally = Tally(marks, {"on_site": 2, "phone": 1, "talk": 1}, relations=2, leads=2)
    result = combine(yardstick(minimum=Minimum(1, 1, 1, 2, 2)), tally)
    assert (result.proposed_grade, result.missing) == ("称职", ())


def test_all_that_is_missing_is_told_in_order():
    result = combine(yardstick(minimum=Minimum(2, 1, 1, 3, 2)), Tally({}, {"on_site": 1, "phone": 1}, 1, 2))
    assert result.missing == (("score", 0, 1), ("on_site", 1, 2), ("talk", 0, 1), ("relations", 1, 3))
    assert result.evidence_met is False


def test_nothing_rated_has_no_score_and_no_grade():
    result = combine(yardstick(), Tally({}, {"talk": 3}, 2, 2))
    assert (result.score, result.proposed_grade, result.missing) == (None, "", (("score", 0, 1),))
    assert result.evidence_met is True
    assert [(d.score, d.count, d.variance, d.spread) for d in result.dimensions.values()] == [(None, 0, None, None)] * 2


def test_a_method_of_weight_zero_is_evidence_but_no_score():
    weights = {"on_site": 60, "phone": 0, "talk": 40}
    marks = {("A", "phone", 50): 2, ("A", "talk", 95): 1, ("B", "phone", 70): 1}
    result = combine(yardstick(method_weights=weights, minimum=Minimum(phone=3)), Tally(marks, {"phone": 3, "talk": 1}, 1, 1))
    a, b = result.dimensions["A"], result.dimensions["B"]
    assert (a.score, a.count, a.means) == (95, 3, {"phone": (50, 2), "talk": (95, 1)})
    assert (b.score, b.count, b.means) == (None, 1, {"phone": (70, 1)})
    assert (result.score, result.proposed_grade) == (95, "优秀")
    assert result.contested is True  # 50 by phone against 95 in the talk, methods pooled


@pytest.mark.parametrize(
    ("gap", "points", "contested"),
    [(25, (95, 70), True), (25, (95, 71), False), (None, (100, 0), False), (Decimal("0.50"), (Fraction(141, 2), 70), True)],
)
def test_contested_from_the_gap_on(gap, points, contested):
    marks = {("A", "on_site", points[0]): 1, ("A", "talk", points[1]): 1, ("B", "talk", 0): 1}
    assert combine(yardstick(gap=gap), Tally(marks, {"on_site": 1, "talk": 2})).contested is contested


def test_the_range_is_within_a_dimension_not_across_them():
    assert combine(yardstick(), Tally({("A", "talk", 95): 1, ("B", "talk", 50): 1})).contested is False


@pytest.mark.parametrize(
    ("points", "grade"), [("89.994", "称职"), ("89.995", "优秀"), ("90", "优秀"), ("74.99", "基本称职"), ("0", "不称职"), ("100", "优秀")]
)
def test_the_band_looks_at_the_rounded_score(points, grade):
    assert combine(yardstick(), Tally({("A", "talk", Decimal(points)): 1})).proposed_grade == grade


def test_bands_may_come_in_any_order():
    tally = Tally({("A", "talk", 75): 1})
    assert combine(yardstick(bands=BANDS[::-1]), tally).proposed_grade == "称职"


@pytest.mark.parametrize(
    "tally",
    [
        Tally({("C", "talk", 70): 1}),
        Tally({("A", "mail", 70): 1}),
        Tally({("A", "talk", 70): -1}),
        Tally({}, {"mail": 1}),
    ],
)
def test_what_is_not_of_the_yardstick_is_refused(tally):
    with pytest.raises(ValueError):
        combine(yardstick(), tally)


def test_floats_are_refused():
    with pytest.raises(TypeError):
        combine(yardstick(), Tally({("A", "talk", 70.3): 1}))
    with pytest.raises(TypeError):
        two_places(0.5)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1, 200), "0.01"),
        (Fraction(-1, 200), "-0.01"),
        (Fraction(-1, 201), "0.00"),
        (Fraction(5500, 60), "91.67"),
        (Decimal("2.675"), "2.68"),
        (Decimal("2.665"), "2.67"),
        (100, "100.00"),
        (0, "0.00"),
        (10**40 + Fraction(1, 3), f"{10**40}.33"),
    ],
)
def test_rounding_half_up(value, text):
    assert str(two_places(value)) == text


def test_rounding_leaves_none_alone():
    assert two_places(None) is None


@pytest.mark.parametrize(
    ("square", "text"),
    # 0.005² is just on the half, a hair below it is not; 2.345² likewise.
    [(Fraction(25, 10**6), "0.01"), (Fraction(25, 10**6) - Fraction(1, 10**30), "0.00"), (Fraction(2345, 1000) ** 2, "2.35"), (2, "1.41")],
)
def test_rounding_a_root(square, text):
    assert str(root_two_places(square)) == text


# --- against a second calculator, written straight from the design over single findings


def naive(yardstick, findings):
    """The formulas over a list of (method, {dimension: points}), in the words of the design."""
    scores, counts, spreads, contested = {}, {}, {}, False
    for dimension in yardstick.dimensions:
        by_method = {m: [Fraction(r[dimension]) for method, r in findings if method == m and dimension in r] for m in METHODS}
        used = [m for m in METHODS if by_method[m] and yardstick.method_weights[m] > 0]
        if used:
            weights = [Fraction(yardstick.method_weights[m]) for m in used]
            scores[dimension] = sum(w * mean(by_method[m]) for w, m in zip(weights, used, strict=True)) / sum(weights)
        pooled = [point for points in by_method.values() for point in points]
        counts[dimension] = len(pooled)
        spreads[dimension] = None
        if len(pooled) > 1:
            average = sum(pooled) / len(pooled)
            square = sum((point - average) ** 2 for point in pooled) / (len(pooled) - 1)
            with localcontext() as context:
                context.prec = 60
                root = (Decimal(square.numerator) / Decimal(square.denominator)).sqrt()
                spreads[dimension] = root.quantize(Decimal("0.01"), "ROUND_HALF_UP")
        if pooled and yardstick.gap is not None and max(pooled) - min(pooled) >= yardstick.gap:
            contested = True
    total = None
    if scores:
        weight = sum(Fraction(yardstick.dimensions[d]) for d in scores)
        total = sum(Fraction(yardstick.dimensions[d]) * score for d, score in scores.items()) / weight
    return scores, counts, spreads, total, contested


def tally_of(findings):
    marks, counts = {}, {}
    for method, ratings in findings:
        counts[method] = counts.get(method, 0) + 1
        for dimension, points in ratings.items():
            marks[dimension, method, points] = marks.get((dimension, method, points), 0) + 1
    return Tally(marks, counts, relations=2, leads=2)


hundredths = st.integers(0, 10_000).map(lambda n: Decimal(n) / 100)
points = st.sampled_from([95, 85, 70, 50]) | hundredths
findings = st.lists(st.tuples(st.sampled_from(METHODS), st.dictionaries(st.sampled_from("ABC"), points)), max_size=12)
yardsticks = st.builds(
    Yardstick,
    method_weights=st.fixed_dictionaries({method: st.sampled_from([0, 20, 40]) | hundredths for method in METHODS}),
    dimensions=st.fixed_dictionaries({d: st.integers(1, 10_000).map(lambda n: Decimal(n) / 100) for d in "ABC"}),
    bands=st.just(BANDS),
    minimum=st.builds(Minimum, *[st.integers(0, 3)] * 5),
    gap=st.none() | st.sampled_from([0, 10, 25]),
)


@given(yardsticks, findings)
def test_it_agrees_with_the_naive_calculator(yardstick, findings):
    result = combine(yardstick, tally_of(findings))
    scores, counts, spreads, total, contested = naive(yardstick, findings)
    assert {key: d.score for key, d in result.dimensions.items() if d.score is not None} == scores
    assert {key: d.count for key, d in result.dimensions.items()} == counts
    assert {key: d.spread for key, d in result.dimensions.items()} == spreads
    assert (result.score, result.contested) == (total, contested)
    for key, dimension in result.dimensions.items():
        seen = [float(ratings[key]) for _, ratings in findings if key in ratings]
        if len(seen) > 1:
            assert float(dimension.spread) == pytest.approx(stdev(seen), abs=0.005000001)


@given(yardsticks, findings)
def test_a_grade_stands_exactly_where_nothing_is_missing(yardstick, findings):
    tally = tally_of(findings)
    result = combine(yardstick, tally)
    have = {**dict.fromkeys(METHODS, 0), **tally.findings, "relations": 2, "leads": 2}
    short = tuple((what, have[what], getattr(yardstick.minimum, what)) for what in (*METHODS, "relations", "leads"))
    short = tuple(row for row in short if row[1] < row[2])
    assert result.missing == (short if result.score is not None else (("score", 0, 1), *short))
    expected = "" if result.missing else next(name for name, least in BANDS if least <= two_places(result.score))
    assert result.proposed_grade == expected


@given(yardsticks, findings, st.randoms(use_true_random=False))
def test_order_does_not_matter(yardstick, findings, random):
    before = combine(yardstick, tally_of(findings))
    shuffled = list(findings)
    random.shuffle(shuffled)
    assert combine(yardstick, tally_of(shuffled)) == before


@given(yardsticks, findings, st.fractions(min_value=Fraction(1, 50), max_value=50))
def test_only_the_proportion_of_weights_matters(yardstick, findings, factor):
    scaled = Yardstick(
        {key: factor * Fraction(weight) for key, weight in yardstick.method_weights.items()},
        {key: factor * Fraction(weight) for key, weight in yardstick.dimensions.items()},
        yardstick.bands,
        yardstick.minimum,
        yardstick.gap,
    )
    assert combine(scaled, tally_of(findings)) == combine(yardstick, tally_of(findings))


@given(yardsticks, findings, st.integers(2, 5))
def test_the_same_evidence_again_moves_no_score(yardstick, findings, times):
    once, more = combine(yardstick, tally_of(findings)), combine(yardstick, tally_of(findings * times))
    assert (more.score, more.contested) == (once.score, once.contested)
    assert {key: d.count for key, d in more.dimensions.items()} == {key: times * d.count for key, d in once.dimensions.items()}


@given(yardsticks, findings)
def test_a_score_lies_between_the_points_it_comes_from(yardstick, findings):
    result = combine(yardstick, tally_of(findings))
    for dimension in result.dimensions.values():
        if dimension.score is not None:
            assert dimension.lowest <= dimension.score <= dimension.highest
