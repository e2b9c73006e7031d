"""A name that is typed to find somebody, in a real browser: no request, address bar, Referer or cookie ever carries it,
and nothing is left of it in the browser's stores. With scripts and without."""

import base64
import json
from urllib.parse import unquote_plus

import pytest
from django.urls import reverse

from assessment.models import Job, SavedView
from people.actions import cadres
from people.models import LedgerEntry
from tests.cast import PASSWORD, give, world  # noqa: F401  (world is a fixture)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAME, TYPED = "仁增卓嘎", "Zhuoga7781"  # sought by signs that addresses write otherwise, and by such that they take as they are


class Heard:
    """All that the browser of one person tells others, searched for what he typed."""

    def __init__(self, page):
        self.page, self.requests, self.told = page, 0, []
        page.context.on("request", self.listen)
        page.on("framenavigated", lambda frame: self.look("address bar", frame.url))

    def listen(self, request):
        self.requests += 1
        self.look("address", request.url)
        for name, value in request.headers.items():
            self.look(f"header {name}", value)

    def look(self, where, text):
        forms = [text, unquote_plus(text), unquote_plus(unquote_plus(text)), *plain(text)]
        self.told += [(where, text) for word in (NAME, TYPED) for form in forms if word in form]

    def look_into_the_browser(self):
        self.look("address bar", self.page.url)
        self.look("document.cookie", self.page.evaluate("document.cookie"))
        stores = self.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, history.state])")
        self.look("stores", stores)
        local, session, state = json.loads(stores)
        assert (local, state) == ({}, None) and set(session) <= {"htmx-current-path-for-history"}  # the address, as it stands
        for cookie in self.page.context.cookies():
            self.look(f"cookie {cookie['name']}", cookie["value"])


def plain(text):
    """What base64 would hide."""
    try:
        return [base64.b64decode(text + "==", validate=False).decode("utf-8", "ignore")]
    except ValueError:
        return []


@pytest.fixture
def visit(world, open_page):  # noqa: F811
    """Function: a page on which a user is signed in, and what is heard of it. There are 60 of the name that is sought."""
    rows = [{"code": f"{TYPED}{n:02d}", "name": NAME, "unit": "E", "post": f"{NAME}职"} for n in range(60)]
    cadres.save(by=world.lin, rows=rows)
    give(world, {world.of(world.dawa): "好"}, "on_site", place=NAME)

    def visit(username, **options):
        page = open_page(**options)
        page.goto("/")
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_selector("header nav a, header details a", state="attached")
        return page, Heard(page)

    return visit


def opened(page, panel):
    """One of the panels above the list, opened."""
    return page.locator("details.tool", has=page.locator(panel)).locator("summary").first.click()


def walk(page, heard, user):
    """Search, filter, columns, order, page 2, language, export, and a saved view, all on what was found."""
    page.goto(reverse("cadre_list"))
    page.fill("#id_q", NAME)
    page.press("#id_q", "Enter")
    page.wait_for_selector(f".chip >> text={NAME}")
    assert page.locator("table.data tbody tr").count() == 50
    opened(page, "#id_post")
    page.fill("#id_post", TYPED[:4])  # nobody's
    page.fill("#id_q", TYPED)
    page.click(".filters button.btn-main")
    page.wait_for_selector(".blank")
    page.locator(".chip").last.click()
    page.wait_for_selector("table.data")
    page.locator("thead a").first.click()
    page.wait_for_url("**sort=*")
    page.click("a[rel=next]")
    page.wait_for_url("**page=2*")
    assert page.locator("table.data tbody tr").count() == 10
    heard.look_into_the_browser()
    page.locator("[name=language]").click()
    page.wait_for_selector("[name=language][value=zh-hans], [name=language][value=en]")
    page.go_back()
    page.reload()
    assert page.locator(".chip").count() == 1
    opened(page, "button[value=csv]")
    page.fill("#id_reason", "开会用")
    with page.expect_download():
        page.click("button[value=csv]")
    assert LedgerEntry.objects.filter(verb="export", actor=user).latest("seq").after["rows"] == 60
    opened(page, "ul.views")
    page.click(f"a[href^='{reverse('savedview_add')}']")
    page.fill("[name=title]", "一号")
    page.click("main form button.btn-main")
    page.wait_for_url("**view=*")
    assert TYPED in SavedView.objects.get(owner=user).query
    page.goto(reverse("cadre_list"))
    opened(page, "ul.views")
    page.click("ul.views >> text=一号")
    page.wait_for_url("**view=*")
    page.wait_for_selector(f".chip >> text={TYPED}")
    heard.look_into_the_browser()


def test_an_assessor_leaves_no_name_behind(visit, world):  # noqa: F811
    page, heard = visit("lin")
    walk(page, heard, world.lin)
    for link in ("papers", "lrmx"):
        page.locator(f"a[href*='/{link}?']").click()
        page.wait_for_selector("form [name=reason]")
        page.fill("[name=reason]", "开会用")
        page.locator("main form button.btn-main").first.click()
        page.wait_for_url("**/jobs/*/")
        assert TYPED in Job.objects.latest("pk").parameters["query"]
        page.goto(reverse("cadre_list"))
        opened(page, "ul.views")
        page.click("ul.views >> text=一号")
        page.wait_for_url("**view=*")
    # typed by keyboard into a field that offers what it finds
    page.goto(reverse("duty_add"))
    page.focus("#id_cadre")
    with page.expect_response(lambda response: "/cadres/options" in response.url) as answer:
        page.keyboard.type(f"{TYPED}0")
    assert answer.value.request.method == "POST" and answer.value.status == 200
    page.wait_for_selector("#id_cadre_options option", state="attached")
    assert page.locator("#id_cadre_options option").first.get_attribute("value") == f"{TYPED}00 {NAME}"
    heard.look_into_the_browser()
    # a roster, chosen by name
    page.goto(reverse("contact_list"))
    page.fill("#id_q", NAME)
    page.press("#id_q", "Enter")
    page.wait_for_selector("table.data")
    page.locator("table.data tbody a").first.click()
    page.wait_for_url("**/contacts/*/")
    assert heard.requests > 50 and heard.told == []


@pytest.mark.parametrize("who", ["man", "aud"])
def test_neither_does_a_manager_or_an_auditor(visit, world, who):  # noqa: F811
    page, heard = visit(who)
    walk(page, heard, world.users[who])
    if who == "aud":
        page.goto(reverse("ledgerentry_list"))
        opened(page, "#id_who")
        page.fill("#id_who", "lin")
        page.fill("#id_record", NAME)
        page.click(".filters button.btn-main")
        page.wait_for_selector(f".chip >> text={NAME}")
        assert "lin" not in page.url.split("?")[1] and page.locator("main a[href*='/history/']").count() > 10
        heard.look_into_the_browser()
    assert heard.requests > 50 and heard.told == []


def test_it_works_without_scripts(visit, world):  # noqa: F811
    page, heard = visit("lin", java_script_enabled=False)
    page.goto(reverse("cadre_list"))
    page.fill("#id_q", TYPED)
    page.press("#id_q", "Enter")
    page.wait_for_selector(f".chip >> text={TYPED}")
    page.click("a[rel=next]")
    page.wait_for_url("**page=2*")
    opened(page, "button[value=csv]")
    page.fill("#id_reason", "开会用")
    with page.expect_download():
        page.click("button[value=csv]")
    assert LedgerEntry.objects.filter(verb="export").latest("seq").after["rows"] == 60
    page.click(".chip")
    page.goto(reverse("duty_add"))  # suggestions are comfort: a code or a full name is taken as it is typed
    page.fill("#id_cadre", f"{TYPED}00")
    assert heard.told == []


def test_words_of_another_browser_are_not_known_here(visit, world):  # noqa: F811
    page, _heard = visit("lin")
    page.goto(reverse("cadre_list"))
    page.fill("#id_q", TYPED)
    page.press("#id_q", "Enter")
    page.wait_for_selector(f".chip >> text={TYPED}")
    other, heard = visit("lin", locale="en-US")
    other.goto(page.url)
    assert "no longer known" in other.inner_text(".note.error")
    assert other.locator("button[value=csv]").count() == 0
    other.click(".note.error a")
    assert other.locator(".note.error").count() == 0 and other.locator("button[value=csv]").count() == 1
    assert heard.told == []
