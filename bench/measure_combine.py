"""Combination against the same weighted means in a plain loop of floats: the price of exactness, evidence and grades."""

import random

from assessment.rules.combine import METHODS, Minimum, Tally, Yardstick, combine
from bench.measures import Against, Times

LEVELS = (95, 85, 70, 50)
WEIGHTS = {"analysis": 25, "measures": 25, "monitoring": 25, "defence": 25}
YARDSTICK = Yardstick(
    method_weights={"on_site": 40, "phone": 20, "talk": 40},
    dimensions=WEIGHTS,
    bands=(("excellent", 90), ("competent", 75), ("basic", 60), ("failed", 0)),
    minimum=Minimum(on_site=1, phone=1, talk=1, relations=2, leads=2),
    gap=25,
)


def tallies(number, chance):
    """Invented evaluations of about ten findings each."""
    for _ in range(number):
        findings = {method: chance.randrange(6) for method in METHODS}
        ratings = {}
        for method, count in findings.items():
            for dimension in WEIGHTS:
                for _ in range(count):
                    key = dimension, method, chance.choice(LEVELS)
                    ratings[key] = ratings.get(key, 0) + 1
        yield Tally(ratings=ratings, findings=findings, relations=chance.randrange(4), leads=chance.randrange(4))


def bare(batch):
    """Scores only, in floats."""
    scores = []
    for tally in batch:
        sums = {}
        for (dimension, method, points), count in tally.ratings.items():
            cell = sums.setdefault(dimension, {}).setdefault(method, [0, 0])
            cell[0] += points * count
            cell[1] += count
        over = under = 0.0
        for dimension, cells in sums.items():
            weights = sum(YARDSTICK.method_weights[m] for m in cells)
            score = sum(YARDSTICK.method_weights[m] * total / count for m, (total, count) in cells.items()) / weights
            over, under = over + WEIGHTS[dimension] * score, under + WEIGHTS[dimension]
        scores.append(over / under if under else None)
    return scores


def measures():
    for number in (5_000, 10_000):
        batch = list(tallies(number, random.Random(number)))
        exact = [combine(YARDSTICK, tally).score for tally in batch]
        assert all((a is None) == (b is None) and (a is None or abs(float(a) - b) < 1e-9) for a, b in zip(exact, bare(batch), strict=True))
        yield Times(
            f"combine {number:,} evaluations",
            lambda batch=batch: [combine(YARDSTICK, tally) for tally in batch],
            [Against("a loop of floats", lambda batch=batch: bare(batch))],
        )
