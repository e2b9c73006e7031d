"""Every page of the URLconf in a real browser, under the policy that the server sends: nothing is blocked by it, nothing
fails on the way, no script stumbles, and nothing is asked of another machine."""

from collections import defaultdict

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from assessment.actions import evaluations
from assessment.models import Attachment, Contact
from tests.sides import row, sample, two_sides
from tests.site import LEAVING, SUGGESTING, addresses, pages

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROLES = ("assessor", "reviewer", "manager", "auditor", "security", "system")
#: What two roles see alike needs one visit; these pages are made differently for each.
OF_EACH_ROLE = {"home", "cadre_detail", "contact_detail", "evaluation_detail", "decision_detail", "campaign_detail", "user_detail"}
#: Answers that are no pages.
NO_PAGES = LEAVING | SUGGESTING | {"set_language", "cadre_photo", "job_result", "import_template", "attachment_file", "job_progress"}
WATCH = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile || ""}:${event.lineNumber}`);
});
"""


class Visitor:
    """A browser of one person, and all that went wrong in it: [(page, what)]."""

    def __init__(self, context, home):
        self.wrong, self.at, self.home, self.seen = [], "", home, 0
        context.add_init_script(WATCH)
        context.on("console", self.on_console)
        context.on("weberror", lambda error: self.tell(f"script: {error.error}"))
        context.on("request", lambda request: self.on_request(request.url))
        context.on("requestfailed", self.on_failure)
        context.on("response", self.on_response)
        self.page = context.new_page()

    def tell(self, what):
        self.wrong.append((self.at, what))

    def on_console(self, message):
        refused = message.text.startswith("Failed to load resource") and message.location.get("url", "").endswith(self.at)
        if message.type in ("error", "warning") and not refused:  # a page that is refused is a page as well
            self.tell(f"console: {message.text} {message.location.get('url', '')}")

    def on_failure(self, request):
        if request.failure != "net::ERR_ABORTED":  # the icon was still under way when the page was left
            self.tell(f"failed: {request.url} {request.failure}")

    def on_request(self, url):
        if not url.startswith((self.home, "data:")):
            self.tell(f"leaves the server: {url}")

    def on_response(self, response):
        if response.status >= 400 and response.request.resource_type != "document":
            self.tell(f"{response.status}: {response.url}")

    def open(self, address, status=200):
        self.at = address
        response = self.page.goto(address, wait_until="load")
        self.seen += 1
        if response.status != status:
            self.tell(f"status {response.status}")
        if "content-security-policy" not in response.headers:
            self.tell("no policy")
        return response


@pytest.fixture
def sides(transactional_db, settings, tmp_path):
    settings.ATTACHMENT_DIR = tmp_path
    w = two_sides()
    s = w.east_side
    waiting, words = row(s, s.first), {name: f"{s.biz}{name}" for name in ("performance", "strengths", "shortcomings", "conclusion")}
    evaluations.draft(by=s.a, evaluation=waiting, grade=waiting.proposed_grade, **words)
    evaluations.submit(by=s.a, evaluation=waiting)
    w.records = {**sample(s), "scheme": [w.front.scheme]}
    w.records["evaluation"].append(row(s, s.unit.cadres.order_by("-pk").first()))
    still_open = Contact.objects.get(campaign__code=f"{s.biz}K0", method="talk")
    w.records["contact"].append(still_open)
    w.records["attachment"].append(Attachment.objects.filter(contact=still_open).first())
    w.asked = [f"{reverse('savedview_add')}?list=cadre&query=sex%3D1", f"{reverse('decision_add')}?evaluation={row(s, s.judged).pk}"]
    return w


@pytest.fixture
def visitors(chromium, live_server):
    """Function: the browser of a user, or of nobody. His session is made by the server, so that no form costs time."""
    contexts, known = [], {}

    def visitor(user=None):
        name = user.username if user else ""
        if name not in known:
            context = chromium.new_context(base_url=live_server.url, locale="zh-CN", timezone_id="Asia/Shanghai")
            contexts.append(context)
            context.set_default_timeout(15_000)
            if user:
                client = Client()
                client.force_login(user)
                cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
                context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
            known[name] = Visitor(context, live_server.url)
        return known[name]

    yield visitor
    for context in contexts:
        context.close()
    assert [(name, *each) for name, one in known.items() for each in one.wrong] == []


def plan(sides):
    """{role: addresses}: every page as the first role that may see it, or as each of them; every record of the sample once."""
    found, clients = defaultdict(list), {}
    for role in ROLES:
        clients[role] = Client()
        clients[role].force_login(sides.east_side.users[role])
    unseen = []
    for name in sorted(set(pages()) - NO_PAGES):
        shown = False
        for address in addresses(name, sides.records):
            for role in ROLES:
                response = clients[role].get(address)
                if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
                    # A part opened as a page names no icon: the browser would ask for /favicon.ico and be told 404.
                    assert b'rel="icon"' in response.content, address
                    found[role].append(address)
                    shown = True
                    if name not in OF_EACH_ROLE:
                        break
        if not shown:
            unseen.append(name)
    return found, unseen


#: Pages of the site map that this walk does not come to, and why.
UNSEEN = {
    "login": "one is in: opened below",
    "sign_in_code": "one is in",
    "savedview_add": "has to be told of what: opened below",
    "decision_add": "has to be told on what: opened below",
    "scheme_edit": "the scheme is in use; the page of a new one has the same form",
    "job_profiles": "a comparison must have been made",
    "job_newcomer": "a comparison must have been made",
    **dict.fromkeys(("cadre_reveal", "job_recheck", "job_take", "session_end", "session_end_others"), "are posted"),
}


def test_every_page_keeps_the_policy(sides, visitors):
    """One test, for what the sides hold is made but once."""
    every_page(sides, visitors)
    pages_for_nobody_and_refusals(sides, visitors)
    forms_and_parts(sides, visitors)


def every_page(sides, visitors):
    found, unseen = plan(sides)
    assert set(unseen) == set(UNSEEN)
    for role, there in found.items():
        for address in there:
            visitors(sides.east_side.users[role]).open(address)
    for address in sides.asked:
        visitors(sides.east_side.users["assessor"]).open(address)
    assert 100 < sum(map(len, found.values())) < 300


def pages_for_nobody_and_refusals(sides, visitors):
    nobody, manager, auditor = visitors(), visitors(sides.east_side.users["manager"]), visitors(sides.east_side.users["auditor"])
    nobody.open(reverse("login"))
    nobody.open(reverse("cadre_list"))  # leads to the page of sign-in
    manager.open(reverse("ledgerentry_list"), status=403)
    manager.open(reverse("cadre_detail", args=[sides.west_side.first.pk]), status=404)
    manager.open("/nosuch", status=404)
    manager.open(reverse("cadre_list") + "?bogus=1&sort=unit__code&columns=x&s=unknown")
    auditor.open(reverse("cadre_export") + "?sort=bogus")


def forms_and_parts(sides, visitors):
    """What htmx asks for and what a form with faults shows comes under the same policy."""
    assessor = visitors(sides.east_side.users["assessor"])
    page = assessor.page
    assessor.open(reverse("cadre_add"))
    page.locator("main form button.btn-main").click()
    page.wait_for_selector(".errorlist")
    assessor.open(reverse("duty_add"))
    with page.expect_response("**/options?*"):
        page.type("#id_cadre", "qz")
    page.wait_for_selector("#id_cadre_options option", state="attached")
    assessor.open(reverse("contact_add"))
    page.locator("button[name=do][value=add]").click()
    page.wait_for_selector("#block-2")
    page.locator("main form button.btn-main").last.click()
    page.wait_for_selector(".note.error")
    evaluation = sides.records["evaluation"][0]
    assessor.open(reverse("evaluation_detail", args=[evaluation.pk]))
    with page.expect_response("**dimension=*"):
        page.locator("table.matrix a[hx-get]").first.click()
    waiting = sides.records["job"][1]
    assessor.open(reverse("job_detail", args=[waiting.pk]))
    with page.expect_response("**/progress"):
        pass
    nobody = visitors()
    nobody.open(reverse("login"))
    nobody.page.fill("[name=username]", "nobody")
    nobody.page.fill("[name=password]", "wrong")
    nobody.page.press("[name=password]", "Enter")
    nobody.page.wait_for_selector(".errorlist, .note.error, [role=alert]")
    assessor.open(reverse("home"))


def test_what_the_policy_blocks_is_heard(transactional_db, visitors):
    """Otherwise the walk above would prove nothing."""
    nobody = visitors()
    nobody.open(reverse("login"))
    for html in ("<img src='https://elsewhere.invalid/x.png'>", "<p style='color:red'>x</p>"):
        nobody.page.evaluate("(html) => document.body.insertAdjacentHTML('beforeend', html)", html)
    with nobody.page.expect_console_message(lambda message: message.text.startswith("policy: script-src-elem")):
        nobody.page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: '1'}))")
    heard = [what for _at, what in nobody.wrong if what.startswith("console: policy: ")]
    assert {what.split()[2] for what in heard} >= {"img-src", "style-src-attr", "script-src-elem"}, nobody.wrong
    nobody.wrong.clear()
