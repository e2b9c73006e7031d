"""Official forms on screen: the page to print, the file for a reason, the package of a whole list; who may, and what is noted."""

import hashlib
import io
import json
import sys
import zipfile

import pytest
from django.urls import reverse

from assessment import files
from assessment.actions import exports
from assessment.models import Job, SignedOpinion
from assessment.views import papers as views
from people.actions import cadres, grants, profiles
from people.models import Grant, LedgerEntry
from tests import cast
from tests.machine import need
from tests.pictures import jpeg
from tests.sheets.paper import printed, rows_of, squeezed
from tests.views.helpers import english, texts

ASK = {"reason": "年度归档"}


def annual(w, cadre=None, code="Y"):
    """A signed opinion of an annual assessment."""
    campaign = cast.campaign(w, code, "cadre-five", cadres=[cadre or w.dawa], kind="annual")
    row = cast.evaluation_of(cadre or w.dawa, campaign)
    cast.give_evidence(w, row)
    return cast.signed(w, row)


def sent(response):
    """The bytes of a file that was sent."""
    assert response.status_code == 200 and response.streaming
    return b"".join(response.streaming_content)


def entries(verb):
    return LedgerEntry.objects.filter(verb=verb).order_by("seq")


def paper(record, what="paper"):
    return reverse(f"{record._meta.model_name}_{what}", args=[record.pk])


# --- one record


def test_each_form_leaves_as_a_file_with_its_entry(client, world, tmp_path):
    contact = cast.give(world, {world.of(world.dawa): "好"}, "talk")
    client.force_login(world.lin)
    for record, form, title in (
        (annual(world), "annual", "公务员年度考核登记表"),
        (SignedOpinion.objects.get(), "inspection", "达瓦同志考察材料"),
        (contact, "contact", "谈心谈话记录"),
        (world.dawa, "appointment", "干部任免审批表"),
    ):
        for kind in ("xlsx", "docx"):
            response = client.post(paper(record), {**ASK, "form": form, "as": kind})
            content = sent(response)
            assert title in response.headers["Content-Disposition"] or "filename*=utf-8''" in response.headers["Content-Disposition"]
            assert response.headers["Content-Type"] == views.FORMATS[kind].kind
            entry = exports.issues_of(hashlib.sha256(content).hexdigest()).get()
            assert (entry.object_type, entry.object_id, entry.reason) == (record._meta.label_lower, record.pk, "年度归档")
            assert entry.after["form"] == title and entry.after["file"].endswith(f".{kind}") and entry.actor == world.lin
            path = tmp_path / f"x.{kind}"
            path.write_bytes(content)
            text = "".join(text for row in rows_of(path) for text in row)
            assert squeezed(title) in text and "lin" in text
    assert entries("export").count() == 8


def test_the_head_on_a_form_is_that_of_its_moment(client, world, tmp_path):
    client.force_login(world.lin)
    opinion = annual(world)
    before = LedgerEntry.objects.order_by("-seq").first()
    path = tmp_path / "x.xlsx"
    path.write_bytes(sent(client.post(paper(opinion), {**ASK, "form": "annual", "as": "xlsx"})))
    text = "".join(text for row in rows_of(path) for text in row)
    assert f"历史:第{before.seq}条摘要值:{before.digest}" in text and f"第1版摘要值:{opinion.digest}" in text


def test_the_page_to_print_is_a_look_and_no_export(client, world):
    opinion = annual(world)
    body = texts(english(client, world.lin).get(paper(opinion, "print")))
    look = entries("view").get()
    assert (look.object_type, look.object_id) == ("assessment.signedopinion", opinion.pk) and not entries("export").exists()
    assert f"历史：第 {look.seq} 条　摘要值：{look.digest}" in body and "公务员年度考核登记表" in body and "Inspection report" in body
    assert "达瓦同志考察材料" in texts(client.get(paper(opinion, "print") + "?form=inspection"))
    assert client.get(paper(opinion, "print") + "?form=routine").status_code == 404


def test_a_short_report_is_a_word_to_the_author_and_no_bar(client, world):
    opinion = cast.signed(world, world.of(world.dawa))
    assert "1500 or more are usual" in texts(english(client, world.lin).get(paper(opinion, "print")))
    long = cast.signed(world, world.of(world.nima), performance="政治坚定，敢于担当。" * 150)
    assert "or more are usual" not in texts(client.get(paper(long, "print")))


def test_no_file_without_a_reason_a_known_form_and_a_known_kind(client, world):
    opinion = annual(world)
    client.force_login(world.lin)
    for data in ({"form": "annual"}, {"reason": " ", "form": "annual"}, ASK, {**ASK, "form": "routine"}):
        response = client.post(paper(opinion), {"as": "xlsx", **data})
        assert response.status_code == 200 and response.context["form"].errors
    assert client.post(paper(opinion), {**ASK, "form": "annual", "as": "pdf"}).status_code == 404
    assert not entries("export").exists()


def test_the_photo_is_on_the_page(client, world):
    profiles.save(by=world.lin, rows=[{"cadre": "G001", "photo": jpeg(), "resume": "1998.09--2002.07  学生"}])
    client.force_login(world.lin)
    body = texts(client.get(paper(world.dawa, "print")))
    assert 'src="data:image/jpeg;base64,' in body and '<span class="when">1998.09--2002.07</span>学生' in body
    assert "style=" not in body


def test_without_word_the_button_says_so_and_the_rest_works(client, world, monkeypatch):
    opinion = annual(world)
    monkeypatch.setitem(sys.modules, "docx", None)
    page = texts(english(client, world.lin).get(paper(opinion)))
    assert page.count("disabled") == 1 and "install the extra" in page and 'value="docx"' not in page
    response = client.post(paper(opinion), {**ASK, "form": "annual", "as": "docx"})
    assert "install the extra" in texts(response) and not entries("export").exists()
    assert sent(client.post(paper(opinion), {**ASK, "form": "annual", "as": "xlsx"}))
    assert "公务员年度考核登记表" in texts(client.get(paper(opinion, "print")))


# --- who may


def test_roles(client, world):
    opinion, contact = annual(world), cast.give(world, {world.of(world.dawa): "好"}, "talk")
    may = {
        opinion: {"lin": 200, "rui": 200, "man": 200, "aud": 200, "sec": 404, "sys": 404},
        contact: {"lin": 200, "rui": 200, "man": 200, "aud": 200, "sec": 404, "sys": 404},
        world.dawa: {"lin": 200, "rui": 200, "man": 403, "aud": 200, "sec": 404, "sys": 404},
    }
    for record, roles in may.items():
        for name, status in roles.items():
            client.force_login(world.users[name])
            assert [client.get(paper(record, what)).status_code for what in ("print", "paper")] == [status] * 2, (record, name)


def test_own_file_and_that_of_kin(client, world):
    client.force_login(world.hai)
    for cadre in (world.hai_cadre, world.karma):
        assert client.get(paper(cadre, "print")).status_code == 403
        assert client.post(paper(cadre), {**ASK, "as": "xlsx"}).status_code == 403
    assert client.get(paper(cast.signed(world, world.of(world.karma)), "print")).status_code == 404


def test_a_managers_record_of_a_contact_names_no_source(client, world, tmp_path):
    contact = cast.give(world, {world.of(world.dawa): "好"}, "talk", source="柯西姆老人")
    for name, shown in (("lin", True), ("man", False)):
        client.force_login(world.users[name])
        for kind in ("xlsx", "docx"):
            path = tmp_path / f"x.{kind}"
            path.write_bytes(sent(client.post(paper(contact), {**ASK, "as": kind})))
            assert ("柯西姆老人" in "".join(text for row in rows_of(path) for text in row)) is shown
        assert ("柯西姆老人" in texts(client.get(paper(contact, "print")))) is shown


def test_a_blind_contact_has_no_form_yet(client, world):
    campaign = cast.campaign(world, "B", "front-line", cadres=[world.dawa], blind=True)
    row = cast.evaluation_of(world.dawa, campaign)
    contact = cast.give(world, {row: "好"}, "talk", lead=world.lin, team=[world.lin, world.mei])
    for name, status in (("hai", 403), ("lin", 200), ("rui", 200)):
        client.force_login(world.users[name])
        assert [client.get(paper(contact, what)).status_code for what in ("print", "paper")] == [status] * 2, name
    client.force_login(world.hai)
    page = texts(client.get(reverse("contact_detail", args=[contact.pk])))
    assert paper(contact, "print") not in page


def test_buttons_lead_to_the_forms(client, world):
    opinion, contact = annual(world), cast.give(world, {world.of(world.dawa): "好"}, "talk")
    client.force_login(world.lin)
    for record, url in (
        (opinion, paper(opinion, "print")),
        (opinion.evaluation, paper(opinion, "print")),
        (contact, paper(contact, "print")),
        (world.dawa, paper(world.dawa, "print")),
    ):
        assert f'href="{url}"' in texts(client.get(paper(record, "detail")))
    for noun in ("evaluation", "contact", "cadre"):
        response = client.get(reverse(f"{noun}_list") + "?q=x", follow=True)
        token = response.wsgi_request.GET["s"]
        assert f'href="{reverse(f"{noun}_papers")}?s={token}"' in texts(response)
    client.force_login(world.man)
    assert reverse("cadre_papers") not in texts(client.get(reverse("cadre_list")))
    assert paper(world.dawa, "print") not in texts(client.get(paper(world.dawa, "detail")))


# --- a whole list


def ask_for(client, noun, query="", **data):
    """Ask for the forms of a list; the job."""
    response = client.post(reverse(f"{noun}_papers") + query, {**ASK, "as": "xlsx", **data})
    assert response.status_code == 302, response.content.decode()
    return Job.objects.get(pk=response.headers["Location"].rstrip("/").rpartition("/")[2])


def package(job):
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.outcome
    return zipfile.ZipFile(io.BytesIO(files.path(job.result).read_bytes()))


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_a_package_of_the_annual_forms_of_a_list(client, world, work, tmp_path, kind):
    opinions = [annual(world, cadre, code) for cadre, code in ((world.dawa, "Y1"), (world.nima, "Y1a"), (world.dawa, "Y2"))]
    cast.signed(world, world.of(world.sonam))
    client.force_login(world.lin)
    job = ask_for(client, "evaluation", f"?unit={world.east_unit.pk}", form="annual", **{"as": kind})
    work()
    with package(job) as found:
        names = [f"公务员年度考核登记表 {row.evaluation} {row.evaluation.campaign.code}.{kind}" for row in opinions]
        assert sorted(found.namelist()) == sorted(names)
        for name, opinion in zip(names, opinions, strict=True):
            path = tmp_path / f"x.{kind}"
            path.write_bytes(found.read(name))
            text = "".join(text for row in rows_of(path) for text in row)
            assert str(opinion.evaluation) in text and opinion.digest in text
    assert job.outcome["papers"] == 3 and job.outcome["left_out"] == {"unsigned": 4, "unfit": 1}
    entry = exports.issues_of(hashlib.sha256(files.path(job.result).read_bytes()).hexdigest()).get()
    assert entry.after["papers"] == 3 and entry.after["form"] == "公务员年度考核登记表" and entry.reason == "年度归档"
    assert entry.after["filters"] and job.result_name.startswith("公务员年度考核登记表 ") and job.result_name.endswith(".zip")
    page = texts(english(client, world.lin).get(reverse("job_detail", args=[job.pk])))
    assert "not signed yet" in page and "Annual assessment registration form" in page


def test_packages_of_contacts_and_cadres(client, world, work):
    cast.give_evidence(world, world.of(world.dawa), world.of(world.nima))
    client.force_login(world.lin)
    jobs = [ask_for(client, noun, "?q=达瓦") for noun in ("contact", "cadre")]
    work()
    with package(jobs[0]) as found:
        assert sorted(name.split()[0] for name in found.namelist()) == ["现场了解记录", "电话了解记录", "谈心谈话记录"]
        assert all("达瓦等2人" in name for name in found.namelist())
    with package(jobs[1]) as found:
        assert found.namelist() == ["干部任免审批表 达瓦 G001.xlsx"]


def test_records_of_one_name_get_names_of_their_own(client, world, work):
    cadres.save(by=world.lin, rows=[{"code": "G002", "name": "达瓦"}])
    opinions = [cast.signed(world, world.of(cadre)) for cadre in (world.dawa, world.nima)]
    client.force_login(world.lin)
    job = ask_for(client, "evaluation", "?state=signed", form="inspection")
    work()
    with package(job) as found:
        assert sorted(found.namelist()) == ["达瓦同志考察材料 达瓦 F.xlsx", "达瓦同志考察材料 达瓦 F（2）.xlsx"]
        texts_of = [zipfile.ZipFile(io.BytesIO(found.read(name))).read("xl/worksheets/sheet1.xml").decode() for name in found.namelist()]
    assert all(sum(opinion.digest in text for text in texts_of) == 1 for opinion in opinions)


def test_what_nobody_fits_is_told_and_nothing_leaves(client, world, work):
    client.force_login(world.lin)
    job = ask_for(client, "evaluation", form="routine")
    work()
    job.refresh_from_db()
    assert job.state == Job.State.FAILED and job.outcome["refusals"][0]["code"] == "no_papers"
    assert not job.result and not entries("export").exists()


def test_rights_are_asked_again_when_the_work_is_done(client, world, work):
    cast.signed(world, world.of(world.dawa))
    client.force_login(world.east_reviewer)
    job = ask_for(client, "evaluation", form="inspection")
    grants.end(by=world.sec, grant=Grant.objects.get(user=world.east_reviewer))
    work()
    job.refresh_from_db()
    assert job.state == Job.State.FAILED and job.outcome["refusals"][0]["code"] == "role_missing"


def test_a_blind_contact_is_left_out_of_the_package(client, world, work):
    campaign = cast.campaign(world, "B", "front-line", cadres=[world.dawa], blind=True)
    cast.give(world, {cast.evaluation_of(world.dawa, campaign): "好"}, "talk", lead=world.lin, team=[world.lin, world.mei])
    cast.give(world, {world.of(world.dawa): "好"}, "talk")
    client.force_login(world.hai)
    job = ask_for(client, "contact")
    work()
    with package(job) as found:
        assert len(found.namelist()) == 1
    assert job.outcome["left_out"] == {"sealed": 1}


def test_a_list_too_long_is_told(client, world, monkeypatch):
    monkeypatch.setattr(views, "LIMIT", 2)
    response = english(client, world.lin).post(reverse("cadre_papers"), {**ASK, "as": "xlsx"})
    assert response.status_code == 400 and "filter first" in response.content.decode() and not Job.objects.exists()


def test_the_page_that_asks(client, world):
    page = texts(english(client, world.lin).get(reverse("evaluation_papers") + "?state=signed"))
    assert "Annual assessment registration form" in page and "Inspection report" in page and "Signed" in page
    for data in ({}, {"reason": "x"}, {"form": "appointment"}):
        response = client.post(reverse("evaluation_papers"), {"as": "xlsx", "form": "annual", **data})
        assert response.status_code == 400
    assert client.get(reverse("evaluation_papers") + "?nonsense=1").context["problems"]
    assert client.post(reverse("evaluation_papers") + "?nonsense=1", {**ASK, "form": "annual", "as": "xlsx"}).status_code == 400
    client.force_login(world.man)
    assert client.get(reverse("cadre_papers")).status_code == 403 and not Job.objects.exists()


# --- on paper, from the browser


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_browser_prints_the_pages_that_the_forms_have(world, open_page, tmp_path):
    need("Poppler")
    opinion = annual(world)
    contact = cast.give(world, {world.of(world.dawa): "好"}, "talk")
    profiles.save(by=world.lin, rows=[{"cadre": "G001", "photo": jpeg(), "rewards": "2020年12月记三等功一次。", "resume": "1998.09--2002.07  学生"}])
    page = open_page()
    page.goto("/")
    page.fill("[name=username]", "lin")
    page.fill("[name=password]", cast.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("nav")
    said = json.loads(opinion.body)["opinion"]
    for record, form, pages, told in (
        (opinion, "annual", [1], ["公务员年度考核登记表", "达瓦的职务", said["performance"], said["conclusion"], opinion.digest]),
        (opinion, "inspection", [1, 2, 3], ["达瓦同志考察材料", said["shortcomings"], opinion.digest]),
        (contact, "contact", [1], ["谈心谈话记录", contact.number, "某某", "talk所见达瓦"]),
        (world.dawa, "appointment", [2], ["干部任免审批表", "记三等功一次", "1998.09--2002.07", "学生"]),
    ):
        page.goto(f"{paper(record, 'print')}?form={form}")
        path = tmp_path / f"{form}.pdf"
        page.pdf(path=path, prefer_css_page_size=True)
        found = printed(path)
        assert found.pages in pages, form
        assert [text for text in told if squeezed(text) not in found.text] == []
        assert "打印:lin(lin)" in found.text and "退出" not in found.text  # no menu on paper
