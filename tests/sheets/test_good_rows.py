"""Taking the good rows: what is taken and what is left out are the whole file, and the rest, corrected, completes it."""

from datetime import datetime

import pytest

from assessment.models import Campaign, Contact, Evaluation, Finding, Scheme
from assessment.sheets import exchange
from people import proof
from people.models import Cadre, LedgerEntry, Unit
from tests.sheets.books import generated, small, with_scheme, written
from tests.sheets.test_faults import CASES, put

pytestmark = pytest.mark.django_db


@pytest.fixture
def good(assessors):
    """Function that checks a workbook for its good rows."""

    def good(sheets):
        return exchange.prepare(by=assessors["kcy1"], file=written(sheets), name="x.xlsx", good_rows=True)

    return good


def places(work):
    """{(sheet, row): codes of its faults} of what is left out."""
    return {(sheet, row): [fault.code for fault in faults] for sheet, row, faults in work.left_out}


def taken(work):
    return {(sheet.title, number) for sheet in work.source.sheets.values() for number in sheet.numbers}


def whole(sheets):
    return {(title, number) for title, rows in sheets.items() for number in range(2, len(rows) + 2)}


@pytest.mark.parametrize("case", [case for case in CASES if case != "missing columns"])
def test_taken_and_left_out_are_the_whole_file(good, case):
    change, told = CASES[case]
    sheets = small()
    change(sheets)
    work = good(sheets)
    assert work.faults == []
    assert taken(work) | set(places(work)) == whole(sheets) and not taken(work) & set(places(work))
    assert list(work.left_out) == sorted(work.left_out, key=lambda each: (list(work.counts).index(each[0]), each[1]))
    assert any((sheet, row) in places(work) for sheet, row, *_ in told)
    for sheet, row, faults in work.left_out:
        assert faults, (sheet, row)
    exchange.carry_out(work)
    assert list(proof.verify()) == []
    again = good(sheets)
    assert again.empty and places(again).keys() == places(work).keys()


def test_without_faults_nothing_is_left_out(good):
    work = good(small())
    assert work.faults == [] and work.left_out == []


def test_a_contact_keeps_its_good_rows(good):
    sheets = small()
    sheets["了解记录"][0]["综合分析研判"] = "很好"
    work = good(sheets)
    assert places(work) == {("了解记录", 2): ["unknown_word"]}
    exchange.carry_out(work)
    assert sorted(Finding.objects.values_list("contact__number", "evaluation__cadre__code")) == [("1", "G2"), ("2", "G1")]


def test_what_a_contact_has_in_common_is_wrong_with_all_of_its_rows(good):
    sheets = small()
    for row in sheets["了解记录"][:2]:
        row["时间"] = datetime(2023, 5, 9)
    assert places(good(sheets)) == {("了解记录", 2): ["outside_campaign"], ("了解记录", 3): ["outside_campaign"]}


def test_rows_at_odds_with_a_bad_one_are_looked_at_again_without_it(good):
    sheets = small()
    sheets["了解记录"][0]["时间"] = "五月"
    work = good(sheets)
    assert places(work) == {("了解记录", 2): ["not_a_date"]}
    exchange.carry_out(work)
    sheets["了解记录"][0]["时间"] = sheets["了解记录"][1]["时间"]
    rest = good(sheets)
    assert not rest.left_out and rest.counts["了解记录"].new == 1
    exchange.carry_out(rest)
    assert Finding.objects.filter(contact__number="1").count() == 2


def test_of_two_at_odds_the_first_is_taken(good):
    sheets = small()
    sheets["了解记录"][1]["地点"] = "村尾"
    assert places(good(sheets)) == {("了解记录", 3): ["rows_disagree"]}


def test_a_row_that_is_left_out_takes_along_what_needs_it(good):
    sheets = small()
    put("单位", 2, "类型", "公司")(sheets)  # A: with it its child B, both cadres, the campaign, the roster and all contacts
    work = good(sheets)
    assert set(places(work)) == whole(sheets) and work.empty
    assert places(work)["单位", 3] == ["unknown_unit"]
    exchange.carry_out(work)
    assert not Unit.objects.exists() and not LedgerEntry.objects.filter(verb="import_file").exists()

    sheets = small()
    put("干部", 2, "身份证号", "1")(sheets)
    work = good(sheets)
    assert set(places(work)) == {("干部", 2), ("考核对象", 2), ("了解记录", 2), ("了解记录", 4)}
    exchange.carry_out(work)
    assert [c.code for c in Cadre.objects.all()] == ["G2"] and Contact.objects.count() == 1


def test_a_cadre_who_is_there_keeps_his_contacts_when_his_own_row_is_bad(good, take):
    sheets = small()
    take({**sheets, "了解记录": sheets["了解记录"][2:]})
    sheets["干部"][0]["手机"] = "12"
    assert set(places(good(sheets))) == {("干部", 2)}


def test_a_scheme_is_taken_whole_or_not_at_all(good):
    sheets = with_scheme()
    sheets["档次"][1]["分值"] = "多"
    work = good(sheets)
    assert places(work) == {(title, row): ["not_a_number"] for title in ("考核方案", "考核内容", "档次", "等次") for row in (2, 3) if (title, row) != ("考核方案", 3)}
    exchange.carry_out(work)
    assert not Scheme.objects.filter(code="own").exists() and Campaign.objects.exists()


def test_a_scheme_that_comes_twice_is_taken_once(good):
    sheets = with_scheme()
    sheets["考核方案"].append(dict(sheets["考核方案"][0]))
    put("单位", 3, "类型", "公司")(sheets)
    work = good(sheets)
    assert {place for place in places(work) if place[0] in ("考核方案", "考核内容", "档次", "等次")} == {("考核方案", 3)}


def test_no_row_can_be_left_out_for_a_missing_column(good):
    sheets = small()
    for row in sheets["了解记录"]:
        del row["了解情况"]
    sheets["单位"][1]["类型"] = "公司"
    work = good(sheets)
    assert [fault.code for fault in work.faults] == ["unknown_word", "column_missing"] and work.left_out == []
    with pytest.raises(ValueError, match="faults"):
        exchange.carry_out(work)


def test_a_chain_without_end_is_given_up(good):
    """Units that hang on each other one by one: what cannot be sorted out in so many rounds is told, not taken."""
    sheets = small()
    names = [f"U{n}" for n in range(40)]
    parents = ["Z", *names]
    sheets["单位"] += [{"单位编码": code, "单位名称": code, "上级编码": parent, "类型": None} for code, parent in zip(names, parents, strict=False)]
    work = good(sheets)
    assert work.faults and work.left_out == []


@pytest.mark.parametrize("seed", [1, 5])
def test_the_rest_corrected_completes_the_work(good, take, give_out, seed):
    """A tenth of the rows spoilt: the good ones, then the corrected rest, amount to what the right workbook gives."""
    sheets, _ = generated(seed)
    spoilt = {title: [dict(row) for row in rows] for title, rows in sheets.items()}
    wrong = {"干部": ("出生年月", "八五年"), "考核对象": ("考核编号", "没有"), "了解记录": ("方式", "微信")}
    for title, (column, value) in wrong.items():
        for number in range(0, len(spoilt[title]), 10):
            spoilt[title][number][column] = value
    work = good(spoilt)
    assert work.left_out and work.faults == [] and not work.empty
    assert taken(work) | set(places(work)) == whole(spoilt)
    exchange.carry_out(work)
    some = Finding.objects.count(), Evaluation.objects.count()
    left = {title: [sheets[title][row - 2] for sheet, row, _ in work.left_out if sheet == title] for title in sheets}
    take({title: rows for title, rows in left.items() if rows})
    assert (Finding.objects.count(), Evaluation.objects.count()) > some
    assert take(sheets).empty and list(proof.verify()) == []
