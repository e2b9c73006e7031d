"""The list of evaluations: a column for each dimension, filters, order, export; and what a blind campaign hides."""

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from assessment.actions import campaigns
from assessment.models import Campaign
from assessment.tables.evaluations import column_name
from tests.cast import campaign, give, give_evidence, scheme, signed, submitted
from tests.views.helpers import english, many_cadres, same_cost, texts

pytestmark = pytest.mark.django_db
URL = "/evaluations/"


def names(client, **data):
    """Names listed, in order."""
    response = client.get(URL, data, follow=True)
    assert response.status_code == 200
    listing = response.context["listing"]
    assert not listing.problems, listing.problems
    return [str(row.assessee) for row in response.context["page_obj"]]


def sheet(client, query=""):
    response = client.post(f"/evaluations/export?{query}", {"reason": "a test"})
    assert response.status_code == 200, response.status_code
    rows = [[cell.value for cell in row] for row in load_workbook(BytesIO(b"".join(response.streaming_content))).worksheets[0].iter_rows()]
    head = next(n for n, row in enumerate(rows) if "Name" in row)
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :]]


@pytest.fixture
def rated(world):
    """dawa 85 (all methods), nima 95 by one visit, karma 50 on one dimension only, the group of W 85."""
    give_evidence(world, world.of(world.dawa))
    give(world, {world.of(world.nima): "好"})
    give(world, {world.of(world.karma): {3: "较差"}}, "phone", lead=world.mei)
    give_evidence(world, world.of(world.west_unit))
    return world


# --- columns


def test_a_column_for_each_dimension_of_the_chosen_campaign(client, rated):
    english(client, rated.lin)
    body = texts(client.get(URL, {"campaign": rated.front.pk}))
    assert "综合分析研判" in body and "政治思想建设" not in body
    rows = {row["Name"]: row for row in sheet(client, f"campaign={rated.front.pk}")}
    assert rows["达瓦"]["综合分析研判"] == 85 and rows["达瓦"]["Score"] == 85 and rows["达瓦"]["Grade"] == "称职"
    assert rows["噶玛"]["构筑抵御防线"] == 50 and rows["噶玛"]["综合分析研判"] is None and rows["噶玛"]["Grade"] == "Not determined"
    assert rows["达瓦"]["On site"] == 1 and rows["达瓦"]["Contested"] == "No"


def test_dimensions_of_all_schemes_listed(client, rated):
    english(client, rated.lin)
    row = sheet(client)[0]
    assert "综合分析研判" in row and "政治思想建设" in row  # nine columns; with one scheme more only the newest are shown at first
    columns = [column_name(name) for name in ("政治思想建设", "综合分析研判")]
    rows = {row["Name"]: row for row in sheet(client, "&".join(f"columns={c}" for c in ["name", *columns]))}
    assert rows["西岭乡"] == {"Name": "西岭乡", "综合分析研判": None, "政治思想建设": 85}
    # chosen before, then another campaign: the column stays and is empty, rather than an error
    assert sheet(client, f"campaign={rated.front.pk}&columns=name&columns={columns[0]}")[0]["政治思想建设"] is None


def test_schemes_share_a_column_by_name(client, world):
    for code in ("s1", "s2"):
        scheme(world, code)
        campaign(world, code.upper(), code, cadres=[world.dawa])
        made = world.of(world.dawa, Campaign.objects.get(code=code.upper()))
        give(world, {made: {"A": "好" if code == "s1" else "一般"}})
    english(client, world.lin)
    rows = sheet(client, f"q=达瓦&columns=campaign&columns={column_name('A')}&columns=name")
    assert {row["Campaign"]: row["A"] for row in rows if row["A"]} == {"S1": 95, "S2": 70}


# --- order and filters


def test_order(client, rated):
    client.force_login(rated.lin)
    only = {"campaign": rated.front.pk, "max_score": 100}
    assert names(client, **only) == ["达瓦", "噶玛", "尼玛"]  # by pinyin: dawa, gama, nima
    assert names(client, sort="-score", **only) == ["尼玛", "达瓦", "噶玛"]
    assert names(client, sort="score", **only) == ["噶玛", "达瓦", "尼玛"]
    assert names(client, sort="-grade", **only)[0] == "达瓦"
    assert names(client, sort=f"-{column_name('构筑抵御防线')}", **only) == ["尼玛", "达瓦", "噶玛"]
    every = names(client, campaign=rated.front.pk, sort=column_name("综合分析研判"))
    assert every[:2] == ["达瓦", "尼玛"] and "噶玛" in every[2:]  # nothing stands last
    for column in ("state", "-state", "unit", "post", "campaign", "-count_phone", "author", "-submitted_at", "contested", "version", "code"):
        assert len(names(client, sort=column)) == 10


def test_filters(client, rated):
    client.force_login(rated.lin)
    submitted(rated, rated.of(rated.dawa))
    assert names(client, state="submitted") == ["达瓦"] == names(client, grade="称职")
    assert set(names(client, unit=rated.west_unit.pk, campaign=rated.front.pk)) == {"噶玛", "扎西", "央金", "拉姆"}
    assert names(client, min_score="86") == ["尼玛"] and names(client, max_score="60") == ["噶玛"]
    assert "达瓦" not in names(client, missing="talk") and "尼玛" in names(client, missing="talk")
    assert "尼玛" in names(client, grade="-") and names(client, contested="yes") == []
    assert names(client, q="dw") == ["达瓦"] and names(client, q="G005") == ["噶玛"] and names(client, q="西岭乡") == ["西岭乡"]
    give(rated, {rated.of(rated.nima): {0: "较差"}}, "talk")
    assert names(client, contested="yes") == ["尼玛"]


def test_invalid_filter_lists_nothing_and_exports_nothing(client, rated):
    client.force_login(rated.lin)
    response = client.get(URL, {"campaign": "nonsense"})
    assert response.status_code == 200 and response.context["page_obj"].paginator.count == 0
    for query in ("campaign=nonsense", "state=gone", "min_score=x", "sort=dim_00000000", "columns=dim_00000000", "colour=red"):
        assert client.post(f"/evaluations/export?{query}", {"reason": "a test"}).status_code == 400


def test_scope(client, rated):
    client.force_login(rated.east)
    assert set(names(client)) == {"白玛", "达瓦", "尼玛", "索南", "东滩镇"}
    assert client.get(URL, {"campaign": rated.front.pk, "unit": rated.west_unit.pk}).context["page_obj"].paginator.count == 0
    client.force_login(rated.sec)
    assert client.get(URL).status_code == 403
    client.force_login(rated.hai)  # neither himself nor his kin
    assert "噶玛" not in names(client)


def test_shown_grade_is_the_proposed_one_before_submission(client, rated):
    english(client, rated.lin)
    row = rated.of(rated.dawa)
    signed(rated, row, grade="基本称职")
    rows = {row["Name"]: row["Grade"] for row in sheet(client)}
    assert rows["达瓦"] == "基本称职" and rows["西岭乡"] == "良好"


# --- blind


@pytest.fixture
def blind(world):
    """A blind campaign in which lin and mei rated dawa; hai, an assessor too, has not yet."""
    campaigns.save(by=world.lin, rows=[{"code": "F", "blind": True}])
    give_evidence(world, world.of(world.dawa), level="好")
    give(world, {world.of(world.dawa): {0: "较差"}}, lead=world.lin)
    return world


def leaks(client, w):
    """Does anything of the marks of dawa show: in the list, its order, its filters, its export, or the page?"""
    row = w.of(w.dawa)
    body = texts(client.get(URL, {"campaign": w.front.pk})) + texts(client.get(reverse("evaluation_detail", args=[row.pk])))
    exported = [line for line in sheet(client, f"campaign={w.front.pk}") if line["Name"] == "达瓦"][0]
    numbers = [exported[name] for name in ("Score", "Grade", "Contested", "综合分析研判", "构筑抵御防线")]
    filters = [names(client, min_score="1"), names(client, grade="优秀"), names(client, contested="yes"), names(client, contested="no")]
    orders = [names(client, campaign=w.front.pk, sort=s)[0] for s in ("-score", "-grade", f"-{column_name('构筑抵御防线')}")]
    return {
        "body": f"{row.score}" in body or "on_site所见" in body,
        "export": any(numbers),
        "filter": any("达瓦" in found for found in filters),
        "order": orders.count("达瓦") == 3,
    }


def test_blind_hides_everything_from_him_whose_marks_are_not_in(client, blind):
    english(client, blind.hai)
    give(blind, {blind.of(blind.pema): "较差"}, lead=blind.hai, team=[blind.hai, blind.mei])  # somebody below whom dawa would stand
    assert set(leaks(client, blind).values()) == {False}
    assert "Blind until your own marks are in" in texts(client.get(URL))
    draft = client.get(reverse("evaluation_draft", args=[blind.of(blind.dawa).pk]))
    assert draft.status_code == 403 and "record your own marks" in draft.content.decode()
    submit = client.post(reverse("evaluation_submit", args=[blind.of(blind.dawa).pk]))
    assert submit.status_code == 403 and blind.of(blind.dawa).state == "gathering"


def test_blind_ends_with_his_own_marks(client, blind):
    english(client, blind.hai)
    give(blind, {blind.of(blind.dawa): {0: "好"}}, lead=blind.mei, team=[blind.mei, blind.hai])
    found = leaks(client, blind)
    assert found["body"] and found["export"] and found["filter"]


@pytest.mark.parametrize("handle", ["lin", "rui", "aud"])
def test_those_who_gave_or_judge_marks_see_them(client, blind, handle):
    english(client, getattr(blind, handle))
    assert leaks(client, blind)["export"]


def test_blind_ends_with_the_signature(client, blind):
    signed(blind, blind.of(blind.dawa), grade="称职")
    english(client, blind.hai)
    assert leaks(client, blind)["export"]


def test_blind_means_only_this_campaign(client, blind):
    give_evidence(blind, blind.of(blind.west_unit))
    english(client, blind.hai)
    assert [row["Score"] for row in sheet(client, "q=西岭乡")] == [85]


# --- speed


def test_list_costs_the_same_whatever_its_rows(client, world):
    client.force_login(world.lin)
    cadres = many_cadres(world, 50)
    scheme(world)
    made = campaign(world, "S", "small", cadres=cadres[:1])

    def grow(number):
        campaigns.set_roster(by=world.lin, campaign=made, cadres=cadres[:number])
        give(world, {world.of(cadre, made): "好" for cadre in cadres[:number]}, "phone", team=[world.lin])

    same_cost(client, f"{URL}?campaign={made.pk}&sort=-{column_name('A')}", grow)
