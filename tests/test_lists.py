"""Lists and their exports, on a small list of cadres: what is listed, in which order, for whom, and what leaves the house."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path, reverse
from django.views.i18n import set_language
from openpyxl import load_workbook

from assessment.filters.base import ChoiceFilter, FilterSet, SinceFilter, UnitFilter, UntilFilter
from assessment.tables.base import CodeColumn, Column, DateColumn, MaskedColumn, Table, TagColumn, arranged
from assessment.views import saved_views
from assessment.views.base import ListPage
from people.codes import SEX
from people.ledger import recorded
from people.models import Cadre, Grant, LedgerEntry, Unit, User

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class SmallTable(Table):
    code = CodeColumn()
    name = Column(order_by=("pinyin", "name"))
    unit = Column("Unit", accessor="unit__name", order_by=("unit__code",))
    post = Column()
    sex = Column()
    in_post_since = DateColumn()
    status = TagColumn(tones={"on_leave": "wait"})
    phone = MaskedColumn(orderable=False)

    class Meta(Table.Meta):
        order_by = ("code",)
        default_columns = ("code", "name", "unit")


class SmallFilter(FilterSet):
    search_fields = ("name", "pinyin", "initials", "code")
    unit = UnitFilter()
    sex = ChoiceFilter("Sex", choices=SEX.choices)
    in_post_from = SinceFilter("From", field_name="in_post_since")
    in_post_until = UntilFilter("Until", field_name="in_post_since")


class SmallList(ListPage):
    model, table_class, filterset_class = Cadre, SmallTable, SmallFilter
    title = "Cadres"

    def rows(self, queryset):
        return queryset.select_related("unit")


urlpatterns = [
    path("cadres/", SmallList.as_view(), name="cadre_list"),
    path("cadres/export", SmallList.export_view(), name="cadre_export"),
    path("views/add", saved_views.SavedViewAdd.as_view(), name="savedview_add"),
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("", SmallList.as_view(), name="home"),
]


@pytest.fixture
def county(db):
    """Two townships under a county, a cadre in each and one in a village; Lin sees all, Zhou the west only."""
    with recorded(by=None, verb="test"):
        county = Unit.objects.create(code="C", name="泽源县委", kind="party_committee")
        east = Unit.objects.create(code="E", name="东滩镇", kind="township", parent=county)
        west = Unit.objects.create(code="W", name="西滩乡", kind="township", parent=county)
        village = Unit.objects.create(code="W1", name="西一村", kind="village", parent=west)
        cadres = [
            Cadre.objects.create(
                code="G1", name="卓玛措", pinyin="zhuomacuo", initials="zmc", unit=west, post="乡长", phone="13900000001",
                in_post_since=date(2018, 3, 1),
            ),
            Cadre.objects.create(code="G2", name="才让", pinyin="cairang", initials="cr", unit=village, sex="1", post="=支书"),
            Cadre.objects.create(code="G3", name="李明", pinyin="liming", initials="lm", unit=east, phone="13900000003"),
        ]  # fmt: skip
        users = {}
        for username, role, unit in [
            ("lin", "assessor", None),
            ("zhou", "manager", west),
            ("safe", "security", None),
        ]:
            users[username] = User.objects.create(username=username, name=f"{username}!")
            Grant.objects.create(user=users[username], role=role, unit=unit, valid_from=date(2020, 1, 1))
    return {"cadres": cadres, "users": users, "west": west, "east": east, "village": village}


@pytest.fixture
def sign_in(client, county):
    def sign_in(username):
        client.force_login(county["users"][username])
        return client

    return sign_in


def listed(response):
    return [row.record.code for row in response.context["table"].rows]


def test_a_list_is_no_wider_than_what_one_may_see(sign_in):
    assert listed(sign_in("lin").get("/cadres/")) == ["G1", "G2", "G3"]
    response = sign_in("zhou").get("/cadres/")
    assert listed(response) == ["G1", "G2"]
    assert "李明" not in response.content.decode() and "东滩镇" not in response.content.decode()


def test_who_may_not_see_any_is_told_why_and_it_is_recorded(sign_in):
    response = sign_in("safe").get("/cadres/")
    assert response.status_code == 403
    entry = LedgerEntry.objects.latest("seq")
    assert (entry.verb, entry.actor_name, entry.after["codes"]) == ("refused", "safe!", ["role_missing"])


def test_nobody_signed_out_sees_anything(client, county):
    for url in ("/cadres/", "/cadres/export"):
        assert client.get(url).headers["Location"] == f"{reverse('login')}?next={url}"
        assert client.post(url, {"reason": "why not"}).status_code == 302


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("q=zmc", ["G1"]),
        ("q=卓", ["G1"]),
        ("q=MING", ["G3"]),
        ("q=g2", ["G2"]),
        ("q=卓 李", []),
        ("unit={west}", ["G1", "G2"]),
        ("unit={village}", ["G2"]),
        ("sex=1", ["G2"]),
        ("in_post_from=2018-03-01&in_post_until=2018-03-01", ["G1"]),
        ("in_post_until=2018-02-28", []),
        ("sort=name", ["G2", "G3", "G1"]),
        ("sort=-name", ["G1", "G3", "G2"]),
        ("sort=-in_post_since", ["G1", "G2", "G3"]),
        ("sort=post", ["G2", "G1", "G3"]),
        ("sort=-post", ["G1", "G2", "G3"]),
        ("sort=bogus", ["G1", "G2", "G3"]),
        ("sort=id_number", ["G1", "G2", "G3"]),
        ("page=99", ["G1", "G2", "G3"]),
    ],
)
def test_filter_and_sort(sign_in, county, query, codes):
    query = query.format(west=county["west"].pk, village=county["village"].pk)
    assert listed(sign_in("lin").get(f"/cadres/?{query}", follow=True)) == codes


@pytest.mark.parametrize("query", ["unit=0", "unit={east}", "in_post_from=32.13.2020", "sex=7", "bogus=1", "q=a%00"])
def test_an_invalid_filter_says_so_and_lists_nothing(sign_in, county, query):
    query = query.format(east=county["east"].pk)  # another's unit is as unknown as none
    response = sign_in("zhou").get(f"/cadres/?{query}", follow=True)
    assert response.context["listing"].problems
    assert 'role="alert"' in response.content.decode() and "卓玛措" not in response.content.decode()
    response = sign_in("zhou").post(f"/cadres/export?{query}", {"reason": "for the meeting"})
    assert response.status_code == 400 and 'role="alert"' in response.content.decode()
    assert not LedgerEntry.objects.filter(verb="export").exists()


def test_chosen_columns(sign_in):
    response = sign_in("lin").get("/cadres/?columns=phone&columns=code&columns=bogus")
    assert len(response.context["table"].headings()) == 2
    assert "139****0001" in response.content.decode() and "13900000001" not in response.content.decode()


def exported(response):
    assert response.status_code == 200, response.content.decode()
    book = load_workbook(BytesIO(b"".join(response.streaming_content)))
    return book.worksheets[0], book.worksheets[1]


def test_an_export_is_exactly_what_is_listed_with_its_types(sign_in, county):
    query = f"unit={county['west'].pk}&sort=-name&columns=code&columns=in_post_since&columns=post&columns=phone"
    rows, about = exported(sign_in("lin").post(f"/cadres/export?{query}", {"reason": "for the meeting"}))
    assert [list(row) for row in rows.values][1:] == [
        ["G1", "乡长", datetime(2018, 3, 1), "13900000001"],
        ["G2", "=支书", None, None],
    ]
    assert [c.data_type for c in rows[3]][:2] == ["s", "s"]
    values = [row[1] for row in about.values]
    assert "lin! (lin)" in values and "for the meeting" in values and "西滩乡" in values and 2 in values
    export, reveal = LedgerEntry.objects.order_by("seq")[LedgerEntry.objects.count() - 2 :]
    assert (export.verb, export.reason, export.after["rows"], export.after["sort"]) == ("export", "for the meeting", 2, "姓名 ↓")
    assert export.after["columns"] == ["干部编号", "现任职务", "任现职时间", "手机"] and len(export.after["sha256"]) == 64
    assert f"{export.seq - 1} {export.previous}" in values  # the head that the file names is the entry before it
    assert (reveal.verb, reveal.after["values"]) == ("reveal", 1)
    assert reveal.request_id == export.request_id != ""


def test_who_may_not_reveal_gets_masked_numbers(sign_in):
    rows, _about = exported(sign_in("zhou").post("/cadres/export?columns=code&columns=phone", {"reason": "for the meeting"}))
    assert [list(row) for row in rows.values][1:] == [["G1", "139****0001"], ["G2", None]]
    assert not LedgerEntry.objects.filter(verb="reveal").exists()


@pytest.mark.parametrize("reason", ["", "   ", "x"])
def test_no_export_without_a_reason(sign_in, reason):
    response = sign_in("lin").post("/cadres/export", {"reason": reason})
    assert response.status_code == 400 and 'id="reason_error"' in response.content.decode()
    assert not LedgerEntry.objects.filter(verb="export").exists()


@pytest.mark.parametrize("query", ["sort=bogus", "sort=-id_number", "columns=bogus", "sort=unit__code"])
def test_an_export_of_what_is_not_there_is_refused(sign_in, query):
    assert sign_in("lin").post(f"/cadres/export?{query}", {"reason": "for the meeting"}).status_code == 400


def test_an_export_that_cannot_be_recorded_does_not_leave(sign_in, monkeypatch):
    client = sign_in("lin")
    monkeypatch.setattr("people.ledger.note", lambda **_: (_ for _ in ()).throw(RuntimeError("no ledger")))
    with pytest.raises(RuntimeError):
        client.post("/cadres/export", {"reason": "for the meeting"})


@pytest.mark.parametrize("count", [1, 3, 50])
@pytest.mark.parametrize("user", ["lin", "zhou"])
def test_queries_do_not_grow_with_rows(sign_in, county, django_assert_max_num_queries, count, user):
    with recorded(by=None, verb="test"):
        Cadre.objects.bulk_create(Cadre(code=f"X{i:03}", name=f"名{i}", unit=county["village"]) for i in range(count))
    client = sign_in(user)
    with django_assert_max_num_queries(9):
        assert client.get("/cadres/").status_code == 200


def test_pages_hold_fifty_and_an_export_all(sign_in, county):
    with recorded(by=None, verb="test"):
        Cadre.objects.bulk_create(Cadre(code=f"X{i:03}", name=f"名{i}", unit=county["village"]) for i in range(60))
    client = sign_in("lin")
    assert len(listed(client.get("/cadres/"))) == 50 and len(listed(client.get("/cadres/?page=2"))) == 13
    rows, _about = exported(client.post("/cadres/export?page=2", {"reason": "for the meeting"}))
    assert rows.max_row == 64


def test_personal_pages_are_not_kept_in_caches(sign_in, client):
    assert "no-store" in sign_in("lin").get("/cadres/").headers["Cache-Control"]


@pytest.mark.both_engines
def test_empty_last_then_key_and_bytewise_on_both_engines(county):
    with recorded(by=None, verb="test"):
        for code, post in [("a", ""), ("B", "b"), ("b", "B"), ("Z", "中"), ("y", "_")]:
            Cadre.objects.create(code=code, name="名", post=post, unit=county["east"])
    rows = Cadre.objects.filter(unit=county["east"], name="名")
    assert [c.code for c in arranged(rows, ["post"])] == ["b", "y", "B", "Z", "a"]
    assert [c.code for c in arranged(rows, ["-post"])] == ["Z", "B", "y", "b", "a"]
    assert [c.code for c in arranged(rows, ["code"])] == ["B", "Z", "a", "b", "y"]
    assert [c.code for c in arranged(rows, ["in_post_since"])] == ["a", "B", "b", "Z", "y"]  # none has one: by key
    assert [c.code for c in arranged(Cadre.objects.all(), ["-unit__code", "-in_post_since", "code"])][:2] == ["G2", "G1"]


def test_moments_are_filtered_by_the_day_of_the_field(county):
    """The first second of a day in Shanghai is still the day before in UTC."""
    from assessment.filters.base import SinceFilter, UntilFilter

    entries = LedgerEntry.objects.all()
    since, until = (kind("Day", field_name="at") for kind in (SinceFilter, UntilFilter))
    where = {f.filter(entries, date(2020, 5, 6)).query.where.children[0].rhs for f in (since, until)}
    assert where == {datetime(2020, 5, 5, 16, tzinfo=UTC), datetime(2020, 5, 6, 16, tzinfo=UTC)}
