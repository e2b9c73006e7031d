"""The shared acceptance workbook: every number of its expected results, the second import, and the way round."""

import json
from pathlib import Path

import pytest

from assessment.models import Contact, Evaluation, Finding
from people.models import Cadre, LedgerEntry, Unit
from tests import machine
from tests.cast import add_user
from tests.sheets.books import read
from tests.sheets.elsewhere import elsewhere

SHARED = Path(__file__).resolve().parents[3] / "shared" / "acceptance"


@pytest.fixture
def acceptance():
    if not SHARED.is_dir():
        machine.give_up("the shared acceptance workbook", "../shared/acceptance is not beside this checkout")
    return SHARED / "front_line.xlsx", json.loads((SHARED / "front_line.expected.json").read_text("utf-8"))


@pytest.fixture
def assessors(db, acceptance):
    return {name: add_user(name, "assessor") for name in acceptance[1]["users"]}


@pytest.mark.django_db
def test_everything_that_is_expected_comes_out(acceptance, take):
    file, expected = acceptance
    take(file)
    assert Unit.objects.count() == expected["units"]
    assert Cadre.objects.count() == expected["cadres"]
    assert Contact.objects.count() == expected["contacts"]
    assert Finding.objects.count() == expected["findings"]
    methods = [f.contact.method for f in Finding.objects.select_related("contact")]
    assert {m: methods.count(m) for m in set(methods)} == expected["by_method"]
    told = {
        f"{f.contact.campaign.code}/{f.contact.number}/{f.evaluation.assessee.code}/{f.narrative}"
        for f in Finding.objects.select_related("contact__campaign", "evaluation__cadre", "evaluation__group")
    }
    assert sorted(told) == sorted(expected["narratives"])
    found = {}
    for row in Evaluation.objects.select_related("campaign", "cadre", "group"):
        scores = row.dimension_scores.exclude(score=None).select_related("dimension")
        found[f"{row.campaign.code}/{row.assessee.code}"] = {
            "counts": {"on_site": row.count_on_site, "phone": row.count_phone, "talk": row.count_talk},
            "relations": row.relations,
            "leads": row.leads,
            "scores": {s.dimension.name: str(s.score) for s in scores},
            "score": None if row.score is None else str(row.score),
            "grade": row.proposed_grade or None,
            "contested": row.contested,
        }
    assert found == expected["evaluations"]


@pytest.mark.django_db
def test_a_second_import_changes_nothing(acceptance, take):
    take(acceptance[0])
    entries = LedgerEntry.objects.count()
    assert take(acceptance[0]).empty
    assert take(acceptance[0], by="kcy3").empty
    assert LedgerEntry.objects.count() == entries


def people(users):
    return [["migrate", "--verbosity=0"], *(["adduser", name, "--role=assessor", "--password=a long walk 1935"] for name in users)]


def test_out_and_in_again_on_other_databases(acceptance, tmp_path, postgres_url):
    """SQLite -> workbook -> PostgreSQL -> workbook -> SQLite: the sheets stay the same, and every ledger holds."""
    import psycopg

    file, expected = acceptance
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS way_round")
        connection.execute("CREATE DATABASE way_round")
    urls = [f"sqlite:///{tmp_path}/1.sqlite3", postgres_url.replace("/postgres?", "/way_round?"), f"sqlite:///{tmp_path}/2.sqlite3"]
    names = [str(tmp_path / f"{n}.xlsx") for n in range(3)]
    for url, come, go in zip(urls, [str(file), *names], names, strict=False):
        *_, first, second, export, verify = elsewhere(
            url,
            [
                *people(expected["users"]),
                ["import_workbook", come, "--as=kcy1"],
                ["import_workbook", come, "--as=kcy2"],
                ["export_workbook", go, "--as=kcy1", "--reason=测试"],
                ["verify_ledger"],
            ],
        )
        assert first[0] == second[0] == export[0] == verify[0] == 0
        assert "117 new, 0 changed, 0 unchanged" in first[1] and "0 new, 0 changed, 117 unchanged" in second[1]
    first, second, third = map(read, names)
    assert first == second == third
    assert [len(first[title]) - 1 for title in ("单位", "干部", "考核任务", "考核对象", "了解记录", "评价")] == [24, 32, 1, 20, 117, 20]
