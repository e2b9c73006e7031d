"""The whole chain in a real browser: from a contact on screen to the auditor who sees every step of it."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone

from assessment.models import Contact, Decision, Evaluation, SignedOpinion
from assessment.rules import deadlines
from people import proof
from people.actions import grants
from people.models import LedgerEntry
from tests.cast import PASSWORD, give, world  # noqa: F401  (world is a fixture)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def come_in(open_page):
    """Function that signs a user in, in a browser of his own."""

    def come_in(username):
        page = open_page()
        page.goto("/")
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(re.compile(r"127\.0\.0\.1:\d+/$|localhost:\d+/$"))
        return page

    return come_in


def send(page):
    """Press the one main button of the page's form."""
    page.click("main form button.btn-main:visible, main form button.btn-danger:visible")


def write_contact(page, world, method, narrative, *, levels, **fields):  # noqa: F811
    """The quick entry, as an assessor does it: what, where, whom, team, then one tap for each dimension."""
    page.goto("/contacts/add")
    if page.input_value("select[name=campaign]") != str(world.front.pk):
        with page.expect_response("**/contacts/add"):  # the form comes anew, with this campaign's roster and dimensions
            page.select_option("select[name=campaign]", str(world.front.pk))
        page.wait_for_selector(f"select[name=findings-0-assessee] option[value={world.dawa.code}]", state="attached")
    page.click(f"label:has(input[name=method][value={method}])")
    page.fill("[name=held_at]", "2022-05-20T10:30")
    for name, value in fields.items():
        if name == "relation":
            page.select_option("[name=relation]", value)
        else:
            page.fill(f"[name={name}]", value)
    page.select_option("[name=findings-0-assessee]", world.dawa.code)
    page.fill("[name=findings-0-narrative]", narrative)
    for dimension, level in zip(world.front.scheme.dimensions.all(), levels, strict=True):
        row = page.locator(f"input[name='findings-0-rating-{dimension.pk}']")
        page.locator("label", has=row.locator("visible=true").or_(row)).filter(has_text=re.compile(f"^{level}$")).first.click()


def test_from_contact_to_audit(come_in, world, work, problems):  # noqa: F811
    evaluation = world.of(world.dawa)
    other = world.of(world.karma)
    give(world, {other: "好"}, "on_site", source="西岭乡的知情人")  # another township's evidence, which could leak

    # The security administrator lets lin sign too, so that only the rule of the second person stands in his way.
    sec = come_in("sec")
    sec.goto(f"/users/{world.lin.pk}/grants/add")
    sec.select_option("[name=role]", "reviewer")
    sec.fill("[name=unit]", "C")
    sec.fill("[name=reason]", "组通字〔2022〕5号")
    send(sec)
    sec.wait_for_url(f"**/users/{world.lin.pk}/")
    assert {"assessor", "reviewer"} == set(grants.Grant.objects.filter(user=world.lin).values_list("role", flat=True))

    # The assessor records three contacts. The first try forgets the place: everything typed is still there.
    lin = come_in("lin")
    levels = ["好", "较好", "好", "较好"]
    write_contact(lin, world, "on_site", "卡点值守有序，登记清楚", levels=levels, team="lin、mei", place="")
    send(lin)
    lin.wait_for_selector(".is-invalid[name=place]")
    assert lin.input_value("[name=findings-0-narrative]") == "卡点值守有序，登记清楚"
    assert Contact.objects.filter(findings__evaluation=evaluation).count() == 0
    lin.fill("[name=place]", "东滩卡点")
    send(lin)
    lin.wait_for_url(re.compile(r"/contacts/\d+/(\?|$)"))
    heard = {"source_name": "张知情", "source_post": "东滩村村民", "team": "mei、lin"}
    write_contact(lin, world, "phone", "电话反映处事公道", levels=levels, relation="public", **heard)
    send(lin)
    lin.wait_for_url(re.compile(r"/contacts/\d+/(\?|$)"))
    write_contact(lin, world, "talk", "谈话中思路清楚", levels=levels, relation="peer", **heard)
    send(lin)
    lin.wait_for_url(re.compile(r"/contacts/\d+/(\?|$)"))
    evaluation.refresh_from_db()
    assert (evaluation.count_on_site, evaluation.count_phone, evaluation.count_talk) == (1, 1, 1)
    assert str(evaluation.score) == "90.00" and evaluation.proposed_grade == "优秀"

    # He writes the opinion, with another grade than the proposed one: refused until he says why.
    lin.goto(f"/evaluations/{evaluation.pk}/opinion")
    for name in ("performance", "strengths", "shortcomings", "conclusion"):
        lin.fill(f"[name={name}]", f"{name}：一线表现")
    lin.select_option("[name=grade]", "称职")
    lin.click("button[name=then][value=submit]")
    lin.wait_for_selector(".is-invalid[name=grade_reason]")
    lin.fill("[name=grade_reason]", "任现职时间不长")
    lin.click("button[name=then][value=submit]")
    lin.wait_for_url(f"**/evaluations/{evaluation.pk}/")
    evaluation.refresh_from_db()
    assert evaluation.state == Evaluation.State.SUBMITTED

    # He cannot sign it himself: no open button on the page, and the address answers with the reason.
    assert lin.locator(f"a[href='/evaluations/{evaluation.pk}/sign']").count() == 0
    answer = lin.goto(f"/evaluations/{evaluation.pk}/sign")
    assert answer.status == 403 and "其他签批人" in lin.inner_text("main")

    # The reviewer returns it with a reason; the assessor submits again; the reviewer signs.
    rui = come_in("rui")
    rui.goto(f"/evaluations/{evaluation.pk}/")
    rui.click(f"a[href='/evaluations/{evaluation.pk}/return']")
    rui.fill("[name=reason]", "不足部分写得太笼统")
    send(rui)
    rui.wait_for_url(f"**/evaluations/{evaluation.pk}/")
    lin.goto(f"/evaluations/{evaluation.pk}/")
    assert "不足部分写得太笼统" in lin.inner_text("main")
    lin.goto(f"/evaluations/{evaluation.pk}/opinion")
    lin.fill("[name=shortcomings]", "夜间交接记录两次缺签名")
    lin.click("button[name=then][value=submit]")
    lin.wait_for_url(f"**/evaluations/{evaluation.pk}/")
    rui.goto(f"/evaluations/{evaluation.pk}/sign")
    send(rui)
    rui.wait_for_url(f"**/evaluations/{evaluation.pk}/")
    opinion = SignedOpinion.objects.get(evaluation=evaluation)
    assert (opinion.number, opinion.grade, opinion.author, opinion.signer) == (1, "称职", world.lin, world.rui)

    # A tracked training on it, proposed by the assessor and confirmed by the reviewer; a commendation on public notice.
    lin.goto(f"/evaluations/{evaluation.pk}/")
    decide(lin, evaluation, "training", "列入年轻干部跟踪培养名单")
    training = Decision.objects.get(kind="training")
    rui.goto(f"/decisions/{training.pk}/")
    rui.click(f"a[href='/decisions/{training.pk}/confirm']")
    send(rui)
    rui.wait_for_url(f"**/decisions/{training.pk}/")
    decide(lin, evaluation, "commendation", "嘉奖")
    award = Decision.objects.get(kind="commendation")
    lin.goto(f"/decisions/{award.pk}/publish")
    send(lin)
    lin.wait_for_url(f"**/decisions/{award.pk}/")
    training.refresh_from_db(), award.refresh_from_db()
    assert training.state == "confirmed" and award.state == "notice"
    assert award.notice_until == deadlines.public_notice_end(timezone.localdate())

    # The manager of the east finds, filters and exports exactly that list; he never sees who said it, nor the west.
    east = come_in("east")
    east.goto("/evaluations/")
    east.fill("[name=q]", "dawa")
    east.press("[name=q]", "Enter")
    east.wait_for_url("**?s=*")
    assert "dawa" not in east.url
    shown = east.locator("table.data tbody tr")
    assert shown.count() == 1 and "达瓦" in shown.inner_text()
    assert exported(east, "东滩镇干部分析") == [["达瓦", "90.00", "称职"]]
    east.goto("/evaluations/?sort=-score")
    names = [row.split("\t")[0].strip() for row in east.locator("table.data tbody tr").all_inner_texts()]
    assert [row[0] for row in exported(east, "全部")] == names
    assert "达瓦" in names and "噶玛" not in names
    for address in ("/evaluations/", f"/evaluations/{evaluation.pk}/", "/contacts/", f"/cadres/{world.dawa.pk}/"):
        east.goto(address)
        assert "知情" not in east.content()
    assert east.goto(f"/evaluations/{other.pk}/").status == 404
    assert east.goto("/history/").status == 403

    # The auditor sees every step, and the proof holds.
    aud = come_in("aud")
    aud.goto(f"/history/?q={evaluation}&page=1")
    told = LedgerEntry.objects.order_by("seq").values_list("verb", "actor__username")
    wanted = [
        ("save_grant", "sec"), ("record_contact", "lin"), ("draft_opinion", "lin"), ("submit", "lin"), ("refused", "lin"),
        ("send_back", "rui"), ("submit", "lin"), ("sign", "rui"), ("propose_decision", "lin"), ("confirm_decision", "rui"),
        ("publish_decision", "lin"), ("export", "east"), ("refused", "east"),
    ]  # fmt: skip
    steps = iter(told)
    assert all(step in steps for step in wanted), list(told)
    for verb in {verb for verb, _ in wanted}:
        aud.goto(f"/history/?verb={verb}&shown=table")
        assert aud.locator("table.data tbody tr").count() == min(50, LedgerEntry.objects.filter(verb=verb).count())
    entry = LedgerEntry.objects.get(verb="send_back")
    aud.goto(f"/history/{entry.pk}/")
    assert "不足部分写得太笼统" in aud.inner_text("main")
    aud.goto("/history/verify")
    with aud.expect_navigation():
        send(aud)
    work()
    aud.reload()
    told = LedgerEntry.objects.filter(verb="verify").latest("seq").after
    assert told["faults"] == 0
    assert str(told["entries"]) in aud.inner_text("main").replace(",", "") and told["head"][:8] in aud.inner_text("main")
    assert list(proof.verify()) == []


def decide(page, evaluation, kind, outcome):
    """Propose a decision from the evaluation's page."""
    page.goto(f"/decisions/add?evaluation={evaluation.pk}")
    page.check(f"input[name=kind][value={kind}]")
    page.fill("[name=outcome]", outcome)
    if kind == "training":
        page.fill("[name=follow_up_1]", (timezone.localdate() + timedelta(90)).isoformat())
    send(page)
    page.wait_for_url(re.compile(r"/decisions/\d+/$"))


def exported(page, reason):
    """Name, score and grade of the rows of the workbook that the list's export gives."""
    page.click("summary:has-text('导出')")
    page.fill("form[action*=export] [name=reason]", reason)
    with page.expect_download() as download:
        page.click("form[action*=export] button.btn-main")
    with open(download.value.path(), "rb") as file:
        book = openpyxl.load_workbook(io.BytesIO(file.read()))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    at = [rows[0].index(heading) for heading in ("姓名", "得分", "等次")]
    found = []
    for row in rows[1:]:
        name, score, grade = (row[i] for i in at)
        found.append([name, "" if score is None else f"{score:.2f}", grade])
    assert reason in [row[1] for row in book.worksheets[-1].iter_rows(values_only=True)]
    return found
