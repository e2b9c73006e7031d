"""Saved views of lists: kept, opened, shared, saved over, removed; who sees them, and that they tell nobody of anything else."""

from urllib.parse import parse_qsl, urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment.actions import saved_views
from assessment.models import SavedView
from assessment.views.evaluations import EvaluationList
from people.access import visible_to
from people.ledger import recorded
from people.models import LedgerEntry
from people.refusals import Refused
from tests import cast
from tests.cast import again
from tests.threads import together
from tests.views.helpers import english, errors, texts

pytestmark = pytest.mark.django_db


def add_address(list, query="", at=""):
    return f"{reverse('savedview_add')}?{urlencode({'list': list, 'at': at, 'query': query})}"


def keep(by, title="重点关注", list="cadre", query="q=G00", unit=None):
    return saved_views.save(by=by, list=list, title=title, query=query, unit=unit)


def opening(view):
    return f"{reverse('cadre_list')}?open={view.pk}"


def menu(client, user, address=None):
    """{title: address} of the menu on a list, and the one that is marked."""
    client.force_login(user)
    views = client.get(address or reverse("cadre_list"), follow=True).context["views"]
    return {view.title for view in views.all}, views.current and views.current.title


# --- keeping one


def test_what_the_list_shows_is_kept_under_a_name(client, world):
    english(client, world.lin)
    query = f"unit={world.east_unit.pk}&sort=-name&columns=name&columns=post"
    page = texts(client.get(add_address("cadre", query)))
    assert "东滩镇" in page and "Name ↓" in page
    response = client.post(add_address("cadre", query), {"title": " 东滩  干部 ", "unit": ""})
    view = SavedView.objects.get()
    assert (view.owner, view.list, view.title, view.unit) == (world.lin, "cadre", "东滩 干部", None)
    assert parse_qsl(view.query) == [("unit", str(world.east_unit.pk)), ("sort", "-name"), ("columns", "name"), ("columns", "post")]
    assert response["Location"] == opening(view)
    response = client.get(response["Location"], follow=True)
    assert response.redirect_chain == [(f"{reverse('cadre_list')}?{view.query}&view={view.pk}", 302)]
    page = texts(response)
    assert f'<a href="?open={view.pk}" aria-current="page">东滩 干部</a>' in page
    assert "Save over" not in page
    entry = LedgerEntry.objects.latest("seq")
    assert (entry.verb, entry.object_type, entry.object_id, entry.after["query"]) == ("save_view", "assessment.savedview", view.pk, view.query)


def test_only_what_the_list_knows_is_kept(client, world):
    client.force_login(world.lin)
    usual = "&".join(f"columns={name}" for name in reversed(again_listed(world, "").columns))
    query = f"q=+G00+&post=&sort=bogus&sort=code&columns=bogus&{usual}&page=3&view=7&reason=x&format=csv"
    client.post(add_address("cadre", query), {"title": "一"})
    assert parse_qsl(SavedView.objects.get().query) == [("q", " G00 ")]  # the usual order and columns say nothing
    for query in ("unit=987654", "bogus=1", "in_post_from=32.13.2020"):
        response = client.post(add_address("cadre", query), {"title": "二"})
        assert response.status_code == 403
    for where in ("nonsense", "exchange", "campaign_roster", "cadre/../x"):
        assert client.post(add_address(where), {"title": "三"}).status_code == 404
    assert SavedView.objects.count() == 1


def again_listed(world, query):
    from assessment.views.cadres import CadreList

    return CadreList.opened(world.lin, {}).listing(QueryDict(query))


def test_a_column_of_a_dimension_is_kept(world):
    cast.give_evidence(world, world.of(world.dawa))
    table = EvaluationList.opened(world.lin, {}).listing(QueryDict("")).page.table_class
    name = next(name for name in table.base_columns if name.startswith("dim_"))
    listing = EvaluationList.opened(world.lin, {}).listing(QueryDict(f"columns=name&columns={name}&sort=-{name}"))
    assert parse_qsl(listing.own_query) == [("sort", f"-{name}"), ("columns", "name"), ("columns", name)]


def test_a_name_is_used_once(client, world):
    english(client, world.lin)
    client.post(add_address("cadre", "q=a"), {"title": "一"})
    found = errors(client.post(add_address("cadre", "q=b"), {"title": "一 "}))
    assert found["title"] == ["You have a view named 一 of this list: take another name, or open that view and save over it."]
    assert errors(client.post(add_address("cadre"), {"title": " \n"})) == {"title": ["This field is required."]}
    assert "title" in errors(client.post(add_address("cadre"), {"title": "长" * 61}))
    assert SavedView.objects.get().query == "q=a"
    keep(world.lin, "一", list="duty")
    keep(world.mei, "一")
    other = keep(world.lin, "二")
    found = errors(client.post(reverse("savedview_edit", args=[other.pk]), {"title": "一"}))
    assert list(found) == ["title"]


@pytest.mark.both_engines
def test_two_clicks_at_once_keep_one(transactional_db, people):
    results = together(*(lambda: keep(again(people.lin), "一") for _ in range(3)))
    refused = [result for result in results if isinstance(result, Refused)]
    assert [result.refusals[0].code for result in refused] == ["view_title_taken"] * 2, results
    assert SavedView.objects.count() == 1 and LedgerEntry.objects.filter(verb="save_view").count() == 1


# --- changing one's own


def test_saving_over_it_keeps_its_name(client, world):
    view = keep(world.lin, "一", query="q=G00", unit=world.east_unit)
    english(client, world.lin)
    page = texts(client.get(reverse("cadre_list") + f"?q=G00&view={view.pk}&page=1", follow=True))
    assert "Save over" not in page and f'<input type="hidden" name="view" value="{view.pk}">' in page
    page = texts(client.get(reverse("cadre_list") + f"?q=G001&view={view.pk}", follow=True))
    assert "Save over “一”" in page
    address = f"{reverse('savedview_renew', args=[view.pk])}?{urlencode({'list': 'cadre', 'at': '', 'query': 'q=G001&columns=bogus'})}"
    assert "一" in texts(client.get(address)) and SavedView.objects.get().query == "q=G00"
    response = client.post(address)
    view = SavedView.objects.get()
    assert (view.title, view.query, view.unit) == ("一", "q=G001", world.east_unit)
    assert response["Location"] == opening(view)


def test_renamed_shared_and_removed_by_its_owner(client, world):
    view = keep(world.lin, "一")
    english(client, world.lin)
    address = reverse("savedview_edit", args=[view.pk])
    client.post(address, {"title": "二", "unit": "E"})
    view.refresh_from_db()
    assert (view.title, view.unit, view.query) == ("二", world.east_unit, "q=G00")
    assert 'value="E 东滩镇"' in texts(client.get(address))
    client.post(address, {"title": "二", "unit": ""})
    view.refresh_from_db()
    assert view.unit is None
    response = client.post(reverse("savedview_remove", args=[view.pk]))
    assert response["Location"].startswith(reverse("cadre_list")) and not SavedView.objects.exists()
    verbs = LedgerEntry.objects.filter(object_type="assessment.savedview").order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["save_view", "save_view", "save_view", "remove_view"]


@pytest.mark.parametrize("page", ["edit", "renew", "remove"])
def test_nobody_changes_anothers(client, world, page):
    private, shared = keep(world.lin, "一"), keep(world.lin, "二", unit=world.east_unit)
    for user in (world.mei, world.aud, world.east, world.rui):
        client.force_login(user)
        for view, status in ((private, 404), (shared, 403)):
            address = reverse(f"savedview_{page}", args=[view.pk])
            assert [client.get(address).status_code, client.post(address, {"title": "x"}).status_code] == [status] * 2
        for deed in (saved_views.remove, lambda **who: saved_views.change(title="x", **who)):
            with pytest.raises(Refused):
                deed(by=user, view=shared)
    assert SavedView.objects.count() == 2 and not SavedView.objects.filter(title="x").exists()


def test_shared_within_ones_own_reach_only(client, world):
    client.force_login(world.east)
    assert "unit" in errors(client.post(add_address("cadre"), {"title": "一", "unit": "W"}))
    assert "unit" in errors(client.post(add_address("cadre"), {"title": "一", "unit": "C"}))
    with pytest.raises(Refused) as refused:
        keep(world.east, unit=world.west_unit)
    assert [(r.code, r.field) for r in refused.value.refusals] == [("outside_scope", "unit")]
    assert not SavedView.objects.exists()
    client.post(add_address("cadre"), {"title": "一", "unit": "E1"})
    assert SavedView.objects.get().unit == world.east_village


def test_without_a_role_nothing_is_kept(client, world):
    client.force_login(world.nobody)
    assert client.post(add_address("cadre"), {"title": "一"}).status_code == 403
    with pytest.raises(Refused):
        keep(world.nobody)


# --- who sees them


@pytest.mark.both_engines
def test_shared_views_are_seen_in_the_unit_above_it_and_below_it(world):
    village = cast.add_user("village", "manager", world.east_village)
    west = cast.add_user("west", "manager", world.west_unit)
    everybody = [world.lin, world.mei, world.east, village, west, world.aud, world.sec, world.nobody]
    keep(world.lin, "私")
    for title, unit in (("县", world.county), ("东", world.east_unit), ("村", world.east_village)):
        keep(world.lin, title, unit=unit)
    seen = {user.username: set(visible_to(again(user), SavedView).values_list("title", flat=True)) for user in everybody}
    assert seen == {
        "lin": {"私", "县", "东", "村"}, "mei": {"县", "东", "村"}, "aud": {"县", "东", "村"}, "sec": {"县", "东", "村"},
        "east": {"县", "东", "村"}, "village": {"县", "东", "村"}, "west": {"县"}, "nobody": set(),
    }  # fmt: skip


def test_the_menu_holds_the_views_of_this_list(client, world):
    keep(world.lin, "我的")
    keep(world.lin, "别的清单", list="duty")
    shared = keep(world.mei, "共享", unit=world.east_unit)
    private = keep(world.mei, "别人的私有")
    assert menu(client, world.lin) == ({"我的", "共享"}, None)
    assert menu(client, world.lin, reverse("cadre_list") + f"?q=G00&view={shared.pk}") == ({"我的", "共享"}, "共享")
    page = texts(client.get(reverse("cadre_list") + f"?q=G00&view={private.pk}", follow=True))
    assert "别人的私有" not in page and "别的清单" not in page
    assert client.get(reverse("cadre_list") + "?view=x").context["views"].current is None
    assert menu(client, world.aud, reverse("ledgerentry_list")) == (set(), None)


def test_anothers_view_is_opened_but_not_saved_over(client, world):
    view = keep(world.mei, "共享", query="q=G001", unit=world.county)
    english(client, world.lin)
    page = texts(client.get(reverse("cadre_list") + f"?q=G002&view={view.pk}", follow=True))
    assert "Save over" not in page and "Save this view" in page and reverse("savedview_edit", args=[view.pk]) not in page


def test_a_shared_view_never_names_what_its_reader_may_not_see(client, world):
    client.force_login(world.lin)
    west = cast.campaign(world, "W2", "front-line", cadres=[world.karma, world.tashi, world.yangjin], unit="W", title="西岭专项")
    client.post(add_address("cadre", f"unit={world.west_unit.pk}"), {"title": "一", "unit": "C"})
    client.post(add_address("evaluation", f"campaign={west.pk}"), {"title": "二", "unit": "C"})
    client.force_login(world.east)
    for noun in ("cadre", "evaluation"):
        view = SavedView.objects.get(list=noun)
        bare = texts(client.get(reverse(f"{noun}_list")))
        opened = client.get(f"{reverse(f'{noun}_list')}?open={view.pk}", follow=True)
        assert view.title in bare and opened.context["views"].current == view
        assert opened.context["listing"].problems  # the sentence that the list shows
        for page in (bare, texts(opened)):
            assert "西岭" not in page and "噶玛" not in page
        copied = client.get(add_address(noun, view.query))
        assert copied.status_code == 403 and "西岭" not in copied.content.decode()


# --- opened later


def test_a_view_that_no_longer_fits_opens_with_the_sentence_of_the_list(client, world):
    english(client, world.lin)
    with recorded(by=world.lin, verb="save_view"):
        column = SavedView.objects.create(owner=world.lin, list="cadre", title="一", query="q=G001&columns=name&columns=gone&sort=gone")
        filtered = SavedView.objects.create(owner=world.lin, list="cadre", title="二", query="gone=1")
    response = client.get(opening(column), follow=True)
    assert [row.record.code for row in response.context["table"].rows] == ["G001"] and "Save over" in texts(response)
    page = texts(client.get(opening(filtered), follow=True))
    assert "There is no filter “gone”" in page and "Save over" not in page and "Save this view" not in page


def test_a_view_of_a_roster_is_one_of_every_roster(client, world):
    english(client, world.lin)
    front, groups = (reverse("campaign_roster", args=[row.pk]) for row in (world.front, world.groups))
    response = client.post(add_address("campaign_roster", "sort=-name", world.front.pk), {"title": "倒序"})
    view = SavedView.objects.get()
    assert response["Location"] == f"{front}?open={view.pk}"
    assert menu(client, world.lin, f"{groups}?sort=-name&view={view.pk}") == ({"倒序"}, "倒序")
    place = client.get(groups).context["views"].place()
    assert client.post(f"{reverse('savedview_remove', args=[view.pk])}?{place}")["Location"].startswith(groups)
    client.force_login(world.sys)
    assert client.get(add_address("campaign_roster", "", world.front.pk)).status_code in (403, 404)


def test_the_export_is_that_of_the_view(client, world):
    view = keep(world.lin, "一", query="q=G001&columns=code")
    client.force_login(world.lin)
    address = client.get(opening(view), follow=True).context["listing"].query
    assert "G001" not in address
    response = client.post(f"{reverse('cadre_export')}?{address}", {"reason": "开会用"})
    assert response.status_code == 200
    facts = LedgerEntry.objects.get(verb="export").after
    assert (facts["rows"], facts["columns"], facts["filters"]) == (1, ["干部编号"], {"搜索": "G001"})


@pytest.mark.parametrize("who", ["lin", "east", "aud"])
def test_the_menu_costs_one_query(client, world, who):
    user = world.users[who]
    client.force_login(user)
    counts = []
    for some in (0, 1, 30):
        for n in range(some):
            keep(world.lin, f"{some}-{n}", unit=world.county)
            keep(world.east, f"{some}-{n}", unit=world.east_unit)
        with CaptureQueriesContext(connection) as captured:
            texts(client.get(reverse("cadre_list")))
        sql = [query["sql"] for query in captured]
        assert sum("assessment_savedview" in each for each in sql) == 1
        counts.append(len(sql))
    assert len(set(counts)) == 1, counts
