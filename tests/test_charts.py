"""Charts: true figures, escaped text, nothing that the content policy refuses, and a table beside each."""

import re
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

import pytest

from assessment import charts

ALL = {
    "meter": lambda: charts.meter(3, 4),
    "meters": lambda: charts.meters([("On site", 3, 4, "/a?b=1&c=2"), ("Phone", 2, None), ("Talk", 0, 5)]),
    "bars": lambda: charts.bars([("Good", 3), ("Bad", 0)], title="Grades"),
    "columns": lambda: charts.columns([("优秀", 2, "heat-5", "/x?y=1&z=2"), ("不确定等次", 0)], title="Grades"),
    "line": lambda: charts.line([("2019", Decimal("81.5")), ("2020", None), ("2021", 90, "/x")], title="Scores"),
    "dots": lambda: charts.dots([70, Decimal("80.25"), 80, None], 90, title="Place", note="1 of 4"),
    "heat_map": lambda: charts.heat_map(["Unit", "On site", "People"], [("A", "/u", [charts.Cell(3, 4, "/c")], "7")], title="Coverage"),
}


@pytest.mark.parametrize("name", ALL)
def test_it_is_well_formed_and_keeps_the_content_policy(name):
    drawn = ALL[name]()
    ElementTree.fromstring(f"<div>{drawn}</div>")
    assert "style" not in drawn and "<script" not in drawn and "http" not in drawn and "&lt;" not in drawn


@pytest.mark.parametrize(
    "draw",
    [
        lambda bad: charts.meters([(bad, 1, 2, bad)]),
        lambda bad: charts.bars([(bad, 1, bad, bad)], title=bad),
        lambda bad: charts.columns([(bad, 1, bad, bad)], title=bad, desc=bad, head=(bad, bad)),
        lambda bad: charts.line([(bad, 1, bad)], title=bad, desc=bad, head=(bad, bad)),
        lambda bad: charts.dots([1], 2, title=bad, desc=bad, note=bad),
        lambda bad: charts.heat_map([bad, bad], [(bad, bad, [charts.Cell(1, None, bad)])], title=bad),
    ],
)
def test_text_is_escaped(draw):
    drawn = draw('"><script>alert(1)</script>&')
    assert "<script" not in drawn and 'alert(1)"' not in drawn
    ElementTree.fromstring(f"<div>{drawn}</div>")


def heights(drawn):
    return [float(h) for h in re.findall(r'<rect[^>]*height="([\d.]+)"', drawn)]


def test_columns_are_as_tall_as_their_numbers():
    tall = heights(charts.columns([("a", 4), ("b", 2), ("c", 0)], title="t"))
    assert tall == [84, 42, 0]


def test_every_drawing_has_title_description_and_numbers():
    for name in ("columns", "line", "dots"):
        drawn = ALL[name]()
        assert "<title>" in drawn and "<desc>" in drawn and "<table" in drawn, name
    assert '<td class="num">2</td>' in ALL["columns"]() and '<td class="num">81.50</td>' in ALL["line"]()


def test_a_drawing_with_links_is_no_image_for_screen_readers():
    assert 'role="group"' in ALL["columns"]() and 'role="img"' in ALL["dots"]()


def test_a_gap_breaks_the_line_and_is_no_zero():
    drawn = ALL["line"]()
    path = re.search(r'class="curve" d="([^"]*)"', drawn)[1]
    assert path.count("M") == 2 and drawn.count("<circle") == 2 and "—" in drawn


def test_a_meter_never_runs_over_and_needs_no_plan():
    assert 'class="fill" width="100"' in charts.meter(9, 4)
    assert 'class="fill" width="75"' in charts.meter(3, 4)
    assert 'class="fill" width="100"' in charts.meter(1, 0)
    assert "fill" not in charts.meter(0, 4) and "fill" not in charts.meter(0, None)


def test_equal_values_are_stacked_and_values_beyond_the_scale_stay_inside():
    drawn = charts.dots([80] * 30 + [-5, 150], 60, title="t")
    spots = [(float(x), float(y)) for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', drawn)]
    assert len(set(spots)) == 33 and all(0 < x < charts.WIDTH and y > 0 for x, y in spots)


@pytest.mark.parametrize(
    ("done", "plan", "expected"),
    [
        (0, 4, "none"),
        (0, 0, "none"),
        (1, 8, "heat-1"),
        (2, 8, "heat-2"),
        (4, 8, "heat-3"),
        (7, 8, "heat-4"),
        (8, 8, "heat-5"),
        (9, 8, "heat-5"),
    ],
)
def test_heat(done, plan, expected):
    assert charts.heat(done, plan) == expected


def test_without_a_plan_the_largest_is_the_deepest():
    drawn = charts.heat_map(["", "x"], [("a", "", [charts.Cell(8)]), ("b", "", [charts.Cell(2)])], title="t")
    assert 'class="heat-5">8' in drawn and 'class="heat-2">2' in drawn


def test_nothing_to_draw_draws_nothing():
    assert charts.columns([], title="t") == charts.line([], title="t") == charts.dots([], title="t") == charts.meters([]) == ""
    assert charts.line([("a", None)], title="t") == ""


def test_one_value_or_all_zero_draws():
    assert heights(charts.columns([("a", 0)], title="t")) == [0]
    assert "<circle" in charts.line([("a", 5)], title="t")


def test_labels_are_broken_to_fit_and_the_whole_one_stays_in_the_table():
    label = "Determined after the campaign was closed once more"
    drawn = charts.columns([(label, 1)] * 5, title="t")
    assert "…" in drawn and f'<th scope="row">{label}</th>' in drawn
    assert "不确定等</text>" in charts.columns([("不确定等次", 1)] * 6, title="t")


def test_numbers_read_as_people_write_them():
    assert [charts._shown(v) for v in (3, Decimal("3.00"), Decimal("3.5"), Fraction(7, 2), None)] == ["3", "3", "3.50", "3.50", "—"]
