"""Workbooks made from seeds: other schemes and sizes, leading groups, methods of weight zero, withdrawn findings, English
headings. What comes out is compared with a second calculator that shares nothing with ours (tests/sheets/books.py)."""

import pytest

from assessment.actions.numbers import verify_numbers
from assessment.models import Evaluation
from people import proof
from people.models import LedgerEntry
from tests.sheets.books import generated, in_english, read, written

pytestmark = pytest.mark.django_db


def numbers(evaluation):
    """What the second calculator tells of an evaluation, from our database."""
    rows = evaluation.dimension_scores.select_related("dimension")
    return {
        "score": None if evaluation.score is None else str(evaluation.score),
        "scores": {row.dimension.name: str(row.score) for row in rows if row.score is not None},
        "spreads": {row.dimension.name: float(row.spread) for row in rows if row.spread is not None},
        "grade": evaluation.proposed_grade,
        "contested": evaluation.contested,
        "on_site": evaluation.count_on_site,
        "phone": evaluation.count_phone,
        "talk": evaluation.count_talk,
        "relations": evaluation.relations,
        "leads": evaluation.leads,
    }


@pytest.mark.parametrize("seed", range(12))
def test_a_generated_workbook_gives_the_numbers_of_a_second_calculator(take, give_out, seed):
    sheets, expected = generated(seed)
    for title, rows in sheets.items():
        assert rows, title
    take(in_english(sheets) if seed % 2 else sheets)
    evaluations = Evaluation.objects.select_related("campaign", "cadre", "group")
    found = {(e.campaign.code, e.assessee.code): numbers(e) for e in evaluations}
    assert found.keys() == expected.keys()
    for key, want in expected.items():
        have = found[key]
        assert have.pop("spreads") == pytest.approx(want.pop("spreads"), abs=0.005001), key
        assert have == want, key
    assert list(proof.verify()) == [] and list(verify_numbers()) == []


@pytest.mark.parametrize("seed", [3, 4])
def test_the_same_again_changes_nothing(take, give_out, seed):
    sheets, _ = generated(seed)
    file = written(sheets)
    take(file)
    before = LedgerEntry.objects.count()
    work = take(file, by="kcy2")
    assert work.empty and work.changes == []
    assert sum(count.same for count in work.counts.values()) > 50
    assert LedgerEntry.objects.count() == before
    # the Chinese and the English words mean the same, so that changes nothing either
    assert take(in_english(sheets)).empty
    # nor does what we give out ourselves
    path = give_out()
    assert take(path).empty
    assert read(give_out(name="again.xlsx")) == read(path)


def test_what_was_generated_covers_what_it_should():
    """The generator is worth nothing if it never makes the hard cases."""
    seen = set()
    for seed in range(12):
        sheets, expected = generated(seed)
        for row in sheets["考核方案"]:
            seen |= {heading for heading in ("现场权重", "电话权重", "谈话权重") if row[heading] == 0}
            seen |= {"no gap"} if row["争议差距"] is None else {"gap"}
        seen |= {"withdrawn" for row in sheets["了解记录"] if row["撤回日期"]}
        for want in expected.values():
            seen |= {"graded" if want["grade"] else "ungraded", "contested" if want["contested"] else "agreed"}
            seen |= {"no score"} if want["score"] is None else {"score"}
    assert seen >= {
        "现场权重", "电话权重", "谈话权重", "gap", "no gap", "withdrawn", "graded", "ungraded", "contested", "agreed", "score", "no score",
    }  # fmt: skip
