"""Pages of the appointment form's data, the photo, and its file; files compared with our records and taken over, by the real worker."""

import io
import zipfile
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessment import files
from assessment.actions import exports
from assessment.models import Job
from assessment.sheets.appointment import lrmx
from people.actions import cadres, duties, grants, profiles
from people.models import Cadre, LedgerEntry, Photo, Profile
from tests import cast
from tests.pictures import jpeg, png
from tests.views.helpers import english, errors, texts

pytestmark = pytest.mark.django_db
NUMBER, OTHER = "000000199001010018", "000000199003070022"


def page(cadre, what="profile"):
    return reverse(f"cadre_{what}", args=[cadre.pk])


def told(w, cadre="dawa", **row):
    """Give a cadre what the form tells."""
    profiles.save(by=w.lin, rows=[{"cadre": w.cadres[cadre], "health": "健康", **row}])
    return w.cadres[cadre]


@pytest.fixture
def lin(client, people):
    return english(client, people.lin)


# --- the page


def test_all_that_the_form_tells(lin, people):
    cadres.save(by=people.lin, rows=[{"code": "G001", "birth_month": "1980-03", "id_number": NUMBER, "joined_party_on": "2001-07-18"}])
    told(
        people, resume="2001.07至今 村书记", filled_on="2022-10-10", photo=jpeg(), unknown=[{"after": "", "xml": "<X>甲</X>"}],
        family=[{"relation": "父亲", "name": "甲", "born": "195001", "post": "已故"}, {"relation": "妻子", "name": "乙", "born": "1982.5"}],
    )  # fmt: skip
    text = texts(lin.get(page(people.dawa)))
    for words in ("健康", "1980.03 (42 years old)", "2001.07", "2001.07--", "村书记", "1950.01", "1982.05", ">40<", "&lt;X&gt;甲", "2022-10-10", page(people.dawa, "photo")):
        assert words in text, words
    assert ">72<" not in text  # the dead have no age
    assert NUMBER not in text
    assert LedgerEntry.objects.filter(verb="view", object_id=people.dawa.pk).exists()


def test_the_cadres_page_leads_there(lin, people):
    told(people, photo=jpeg(), full_time_education="大学")
    text = texts(lin.get(page(people.dawa, "detail")))
    assert "Appointment form data" in text and "健康" in text and "大学" in text
    assert page(people.dawa) in text and page(people.dawa, "photo") in text and page(people.dawa, "lrmx") in text


@pytest.mark.parametrize("what", ["profile", "profile_edit", "photo", "lrmx"])
@pytest.mark.parametrize(
    ("user", "cadre", "status"),
    [("man", "dawa", 403), ("sys", "dawa", 404), ("east_assessor", "karma", 404), ("hai", "hai", 403), ("hai", "karma", 403)],
)
def test_who_does_not_see_it(client, people, what, user, cadre, status):
    told(people, cadre if cadre != "hai" else "hai", photo=jpeg())
    client.force_login(people.users[user])
    assert client.get(page(people.cadres[cadre], what)).status_code == status


def test_a_manager_finds_nothing_of_it_on_the_cadres_page(client, people):
    told(people, photo=jpeg())
    text = texts(english(client, people.man).get(page(people.dawa, "detail")))
    assert "Appointment form" not in text and "健康" not in text and "photo" not in text


def test_a_reviewer_reads_and_does_not_edit(client, people):
    told(people)
    english(client, people.rui)
    text = texts(client.get(page(people.dawa)))
    assert "健康" in text and page(people.dawa, "profile_edit") not in text
    assert client.get(page(people.dawa, "profile_edit")).status_code == 403


# --- the form


def form_data(response):
    """What a browser would send back of a form as it is shown."""
    form = response.context["form"]
    data = {bound.html_name: bound.value() or "" for bound in form if bound.name not in ("photo", "forget_photo")}
    for bound in form.family.management_form:
        data[bound.html_name] = bound.value()
    for row in form.family:
        data |= {bound.html_name: bound.value() or "" for bound in row}
    return data


def test_edit_family_and_photo(lin, people):
    told(people, family=[{"relation": "父亲", "name": "甲"}, {"relation": "母亲", "name": "乙"}], unknown=[{"after": "", "xml": "<X />"}])
    url = page(people.dawa, "profile_edit")
    data = form_data(lin.get(url))
    data |= {"family-0-relation": "", "family-0-name": "", "family-2-relation": "女儿", "family-2-name": "丙", "health": "良好", "filled_on": "2022-10-10"}
    response = lin.post(url, {**data, "photo": SimpleUploadedFile("x.png", png(), "image/png")})
    assert response.status_code == 302 and response["Location"] == page(people.dawa)
    kept = Profile.objects.get()
    assert ([row["name"] for row in kept.family], kept.health, f"{kept.filled_on}") == (["乙", "丙"], "良好", "2022-10-10")
    assert kept.unknown == [{"after": "", "xml": "<X />"}] and Photo.objects.get().kind == "image/jpeg"
    data = form_data(lin.get(url))
    assert lin.post(url, {**data, "forget_photo": "on"}).status_code == 302 and not Photo.objects.exists()


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(lin, people):
    told(people)
    url = page(people.dawa, "profile_edit")
    data = form_data(lin.get(url)) | {"resume": "甲" * 10_001, "family-0-name": "某", "health": "良好"}
    response = lin.post(url, {**data, "photo": SimpleUploadedFile("x.jpg", b"<svg/>", "image/jpeg")})
    assert errors(response) == {
        "resume": ["This has 10001 characters; 10000 are the most."],
        "photo": ["The photo is neither a JPEG nor a PNG picture: choose another one."],
    }
    assert 'value="某"' in texts(response) and Profile.objects.get().health == "健康"


# --- the photo and the file


def test_the_photo_is_given_to_whoever_may_see_it_and_kept_by_nobody(client, people):
    told(people, photo=jpeg())
    for name in ("lin", "rui", "aud"):
        client.force_login(people.users[name])
        response = client.get(page(people.dawa, "photo"))
        assert response.content == bytes(Photo.objects.get().content) and response["Content-Type"] == "image/jpeg"
        assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"} and response["X-Content-Type-Options"] == "nosniff"
    assert client.get(page(people.nima, "photo")).status_code == 404
    assert "img-src 'self' data:" in response["Content-Security-Policy"]


def test_one_file_for_a_reason(lin, people):
    cadres.save(by=people.lin, rows=[{"code": "G001", "id_number": NUMBER}])
    told(people, photo=jpeg())
    url = page(people.dawa, "lrmx")
    assert errors(lin.post(url, {"reason": ""}))["reason"]
    assert errors(lin.post(url, {"reason": "x"}))["reason"]
    response = lin.post(url, {"reason": "报组织部"})
    assert response["Content-Type"] == "text/xml; charset=UTF-8"
    assert unquote(response["Content-Disposition"]).endswith("干部任免审批表 达瓦.lrmx")
    person = lrmx.read(response.content)
    assert person.values["ShenFenZheng"] == NUMBER and person.photo == bytes(Photo.objects.get().content)
    issue = exports.issues_of(files.digest(io.BytesIO(response.content))).get()
    assert (issue.object_id, issue.reason, issue.unit_id) == (people.dawa.pk, "报组织部", people.east_unit.pk)
    assert LedgerEntry.objects.get(verb="reveal").after["sha256"] == issue.after["sha256"]


def test_who_may_not_reveal_gets_no_id_number(client, people):
    cadres.save(by=people.lin, rows=[{"code": "G001", "id_number": NUMBER}])
    client.force_login(people.aud)
    response = client.post(page(people.dawa, "lrmx"), {"reason": "审计"})
    assert lrmx.read(response.content).values["ShenFenZheng"] == "" and not LedgerEntry.objects.filter(verb="reveal").exists()


# --- many, by the worker


def latest():
    return Job.objects.order_by("-pk").first()


def zip_of(job):
    with zipfile.ZipFile(files.path(job.result)) as package:
        return {name: lrmx.read(package.read(name)) for name in package.namelist()}


def test_a_list_as_a_zip_with_what_one_may_see(work, client, people):
    w = people
    cadres.save(by=w.lin, rows=[{"code": "G003", "name": "达瓦", "id_number": NUMBER}])
    told(w, photo=jpeg())
    english(client, w.hai)
    url = reverse("cadre_lrmx_all") + "?unit=" + str(w.county.pk)
    assert "A package with the .lrmx files of all 9 cadres listed" in texts(client.get(url))
    assert client.post(url, {"reason": ""}).status_code == 400 and client.post(url + "&sex=x", {"reason": "开会用"}).status_code == 400
    assert client.post(url, {"reason": "开会用"}).status_code == 302
    work()
    job, found = latest(), zip_of(latest())
    assert len(found) == 7 and job.outcome["passed_over"] == 2  # himself and his wife
    assert sorted(name.partition("干部任免审批表 ")[2] for name in found if "达瓦" in name) == ["达瓦.lrmx", "达瓦.lrmx"]
    assert sum(name.startswith("G003_") for name in found) == 1
    text = texts(client.get(reverse("job_detail", args=[job.pk])))
    assert "The package holds the files of 7 people." in text and "2 who are listed are left out" in text
    issue = exports.issues_of(files.digest(files.path(job.result))).get()
    assert issue.after["rows"] == 7 and LedgerEntry.objects.get(verb="reveal").after["values"] == 1


def upload(client, content, name="多人.zip"):
    response = client.post(reverse("cadre_compare"), {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 302, errors(response)
    return response["Location"]


def packed(**people):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, person in people.items():
            package.writestr(f"{name}.lrmx", lrmx.write(person) if isinstance(person, lrmx.Person) else person)
    return file.getvalue()


@pytest.fixture
def compared(work, client, people):
    """A comparison of everything: who is the same, differs, is asked about, is not found, cannot be read, is twice there, is kin."""
    w = people
    cadres.save(
        by=w.lin,
        rows=[
            {"code": "G001", "id_number": NUMBER, "birth_month": "1980-03"},
            {"code": "G002", "birth_month": "1981-05"},
            {"code": "G007", "name": "尼玛", "birth_month": "1990-01"},
        ],
    )
    files_of = {
        "甲": partial(ShenFenZheng=NUMBER, XingMing="达瓦", XianRenZhiWu="新职务", MinZu="火星族", JianKangZhuangKuang="健康", JianLi=""),
        "乙": partial(XingMing="尼 玛"),
        "丙": partial(XingMing="外人", JianKangZhuangKuang="健康", ChuShengNianYue="199001"),
        "丁": b"<Person><XingMing>",
        "G003_索南": partial(XingMing="索南", XianRenZhiWu="索南的职务"),
        "戊": partial(XingMing="达瓦", ShenFenZheng=NUMBER),
        "G005_噶玛": partial(XingMing="噶玛"),
    }

    def compare(user):
        english(client, user)
        url = upload(client, packed(**files_of))
        work()
        return url

    return compare


def partial(**values):
    """A file that tells only this."""
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in values.items())
    return f"<Person>{inner}</Person>".encode()


def test_a_comparison_says_for_everybody_what_differs(compared, client, people):
    url = compared(people.hai)
    job = latest()
    states = {line["file"]: (line["state"], line.get("by")) for line in job.outcome["people"]}
    assert states == {
        "甲.lrmx": ("differs", "id_number"), "乙.lrmx": ("asked", None), "丙.lrmx": ("unknown", None), "丁.lrmx": ("error", None),
        "G003_索南.lrmx": ("same", "code"), "戊.lrmx": ("error", "id_number"), "G005_噶玛.lrmx": ("error", "code"),
    }  # fmt: skip
    text = texts(client.get(url))
    for words in (
        "火星族 is not known here", "新职务", "达瓦的职务", "by ID number", "by code and name", "The file is no well-formed XML (line 1)",
        "The file 甲.lrmx is about the same cadre: keep one of the two.", "Nobody handles the file of a relative",
        "Nobody whom you may see has this ID number, code or name.", "not certain who is meant", "1981-05", "1990-01",
    ):  # fmt: skip
        assert words in text, words
    assert NUMBER not in text
    dawa = people.dawa.pk
    assert f'value="0:{dawa}:XianRenZhiWu" checked' in text and f'value="0:{dawa}:MinZu"' not in text  # what cannot be read has no tick
    assert texts(client.get(url + "?state=unknown")).count('class="sheet" id="person-') == 1
    seen = LedgerEntry.objects.filter(verb="view", object_type="people.cadre").values_list("object_id", flat=True)
    assert set(seen) == {people.dawa.pk, people.nima.pk, people.sonam.pk, people.yangjin.pk}


def test_what_was_ticked_is_taken_over_and_no_more(compared, work, client, people):
    url = compared(people.lin)
    take, dawa, nima = f"{url}profiles", people.dawa, people.nima
    assert client.post(take, {"take": []})["Location"] == url
    response = client.post(
        take,
        {
            "take": [f"0:{dawa.pk}:XianRenZhiWu", f"0:{dawa.pk}:MinZu", f"1:{nima.pk}:XingMing", f"1:{people.yangjin.pk}:XingMing",
                     f"4:{people.tashi.pk}:XianRenZhiWu", "nonsense", "99:1:X"],
            "who-1": str(people.karma.pk),
        },
    )  # fmt: skip
    work()
    job = latest()
    assert job.outcome["counts"] == {"changed": 1, "new": 0, "left": 0, "same": 0}
    dawa.refresh_from_db()
    assert (dawa.post, dawa.ethnicity) == ("新职务", "") and not Profile.objects.exists()
    entry = LedgerEntry.objects.filter(object_type="people.cadre", verb="save_profile").get()
    assert (entry.before, entry.after, entry.reason) == ({"post": "达瓦的职务"}, {"post": "新职务"}, "多人.zip")
    assert "G001 达瓦" in texts(client.get(response["Location"]))
    assert ":JianKangZhuangKuang" in (text := texts(client.get(url))) and ":XianRenZhiWu" not in text  # the page tells what differs now


def test_all_that_the_files_tell_is_taken_of_those_who_are_certain(compared, work, client, people):
    url = compared(people.lin)
    client.post(f"{url}profiles", {"all": "1"})
    work()
    assert latest().outcome["counts"] == {"changed": 1, "new": 0, "left": 0, "same": 0}
    people.dawa.refresh_from_db()
    assert people.dawa.post == "新职务" and people.dawa.profile.health == "健康"


def test_who_was_asked_about_is_chosen(compared, work, client, people):
    url = compared(people.lin)
    chosen = people.yangjin  # now named 尼玛
    client.post(f"{url}profiles", {"who-1": str(chosen.pk), "take": [f"1:{chosen.pk}:XingMing", f"1:{people.nima.pk}:XingMing"]})
    work()
    assert latest().state == "done" and latest().outcome["counts"]["same"] == 1  # the name is the same but for its blank


def test_a_new_cadre_is_made_where_his_unit_and_code_are_named(compared, work, client, people):
    url = compared(people.lin)
    add = f"{url}newcomer?person=2"
    assert "Add 外人 as a new cadre" in texts(client.get(add))
    assert errors(client.post(add, {"code": "G001", "unit": "E"}))["code"] == ["This code is taken."]
    assert errors(client.post(add, {"code": "N1", "unit": "nowhere"}))["unit"]
    assert client.get(f"{url}newcomer?person=0").status_code == 404 and client.get(f"{url}newcomer?person=77").status_code == 404
    assert client.post(add, {"code": "N1", "unit": "E"}).status_code == 302
    assert not Cadre.objects.filter(code="N1").exists()
    work()
    made = Cadre.objects.get(code="N1")
    assert (made.name, made.birth_month, made.unit, made.profile.health) == ("外人", "1990-01", people.east_unit, "健康")
    assert "N1 外人" in texts(client.get(reverse("job_detail", args=[latest().pk])))


def test_who_may_only_look_verifies_and_is_offered_nothing(compared, work, client, people):
    url = compared(people.rui)
    text = texts(client.get(url))
    assert "新职务" in text and 'type="checkbox"' not in text and 'type="radio"' not in text and "Take over" not in text
    assert client.post(f"{url}profiles", {"all": "1"}).status_code == 403 and client.get(f"{url}newcomer?person=2").status_code == 403
    assert people.dawa.post != "新职务" and latest().kind == "compare"


def test_id_numbers_are_not_found_out_by_trying(client, work, people):
    cadres.save(by=people.lin, rows=[{"code": "G001", "birth_month": "1990-01", "id_number": NUMBER}])
    client.force_login(people.aud)  # who sees forms, but no ID numbers
    for name, number, state in ((people.dawa.name, NUMBER, "same"), (people.dawa.name, OTHER, "same"), ("无人", NUMBER, "unknown")):
        person = lrmx.Person({"XingMing": name, "ChuShengNianYue": "199001", "ShenFenZheng": number})
        client.post(reverse("cadre_compare"), {"file": SimpleUploadedFile("a.lrmx", lrmx.write(person))})
        work()
        (line,) = Job.objects.latest("pk").outcome["people"]
        assert line["state"] in (state, "differs") and line.get("by", "name") == "name" and ("cadre" in line) == (state == "same"), line


def test_a_comparison_is_its_owners_alone(compared, client, people):
    url = compared(people.lin)
    client.force_login(people.mei)
    for address in (url, f"{url}profiles", f"{url}newcomer?person=2"):
        assert client.get(address).status_code == 404
    assert client.post(f"{url}profiles", {"all": "1"}).status_code == 404


def test_files_that_are_gone_are_told(compared, work, client, people):
    url = compared(people.lin)
    files.path(latest().upload).unlink()
    assert "no longer kept" in texts(client.get(url))
    client.post(f"{url}profiles", {"all": "1"})
    work()
    assert latest().state == "failed" and latest().outcome["refusals"][0]["code"] == "upload_gone"


def test_rights_are_asked_for_again_when_the_work_begins(compared, work, client, people):
    url = compared(people.lin)
    client.post(f"{url}profiles", {"all": "1"})
    grants.end(by=None, grant=people.lin.grants.get())
    work()
    assert latest().state == "failed" and not Profile.objects.exists()


def test_kin_found_out_meanwhile_is_left_out(compared, work, client, people):
    url = compared(people.hai)
    client.post(f"{url}profiles", {"all": "1"})
    duties.save_kinships(by=people.lin, rows=[{"cadre": "G009", "relative": "G001", "relation": "collateral"}])
    work()
    assert latest().state == "failed" and not Profile.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "空.lrmx", None),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><Person/>", "a.lrmx", "The file defines a document type or entities"),
        (b"%PDF", "a.lrmx", "This is neither an .lrmx or .lrm file nor a zip of them"),
        (packed(a=b"x").replace(b"a.lrmx", b"a.text"), "a.zip", "There is no .lrmx or .lrm file in this package."),
    ],
)
def test_nothing_of_a_refused_file_is_kept(work, client, people, content, name, words):
    english(client, people.lin)
    before = set(files.folder().iterdir())
    if words is None:
        assert errors(client.post(reverse("cadre_compare"), {"file": SimpleUploadedFile(name, content)}))["file"]
    else:
        url = upload(client, content, name)
        work()
        assert words in texts(client.get(url)) and latest().state == "failed"
    assert set(files.folder().iterdir()) == before


def test_a_photo_that_is_a_script_is_told_and_never_shown(work, client, people):
    english(client, people.lin)
    evil = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    url = upload(client, lrmx.write(lrmx.Person({"XingMing": "达瓦"}, photo=evil)), "G001_达瓦.lrmx")
    work()
    text = texts(client.get(url))
    assert "The photo is neither a JPEG nor a PNG picture" in text and "data:image" not in text and "ZhaoPian" not in text


def test_many_people_are_shown_twenty_at_a_time(work, client, people, django_assert_max_num_queries):
    rows = [{"code": f"Z{n:02d}", "name": f"干部{n}", "unit": "E"} for n in range(45)]
    cadres.save(by=people.lin, rows=rows)
    english(client, cast.again(people.lin))
    url = upload(client, packed(**{f"Z{n:02d}_x": partial(XingMing=f"干部{n}", JianKangZhuangKuang="健康") for n in range(45)}))
    work()
    assert latest().outcome["counts"] == {"differs": 45}
    texts(client.get(url))
    with django_assert_max_num_queries(25):
        assert texts(client.get(url)).count('name="take"') == 20
    client.post(f"{url}profiles", {"all": "1"})
    work()
    assert latest().outcome["counts"]["changed"] == 45 and Profile.objects.filter(health="健康").count() == 45
    assert texts(client.get(url + "?page=2")).count('name="take"') == 0  # what was taken over differs no more
