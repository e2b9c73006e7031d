"""Pages of attachments: given out as downloads alone, to those who may know who spoke, and never if they were altered."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessment import attachments as store
from assessment.actions import attachments as actions
from assessment.models import Attachment, Contact
from people.models import LedgerEntry
from tests.cast import campaign, give, give_evidence, scheme, submitted
from tests.pictures import jpeg, pdf, png

pytestmark = pytest.mark.django_db
NAME = "谈话记录.pdf"


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.ATTACHMENT_DIR = tmp_path / "attachments"


@pytest.fixture
def contact(world):
    """A talk about dawa (east), with its signed record."""
    made = give(world, {world.of(world.dawa): "好"}, "talk")
    actions.add(by=world.lin, contact=made, kind="record", uploads=[SimpleUploadedFile(NAME, pdf())])
    return made


@pytest.fixture
def row(contact):
    return contact.attachments.get()


def here(name, row):
    return reverse(f"attachment_{name}", args=[row.pk])


def get(client, user, url):
    client.force_login(user)
    return client.get(url, headers={"accept-language": "en"})


def page(client, user, contact):
    response = get(client, user, reverse("contact_detail", args=[contact.pk]))
    assert response.status_code == 200
    return response.content.decode()


def send(client, user, contact, *files, kind="photo"):
    client.force_login(user)
    return client.post(here("add", contact), {"kind": kind, "files": list(files)}, headers={"accept-language": "en"})


def photo(name="现场.jpg", content=None):
    return SimpleUploadedFile(name, jpeg() if content is None else content, "image/jpeg")


# --- handing out


def test_a_file_is_a_download_that_no_browser_runs(client, world, row):
    response = get(client, world.lin, here("file", row))
    assert response.status_code == 200 and response.content == pdf()
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E8%B0%88%E8%AF%9D%E8%AE%B0%E5%BD%95.pdf"
    assert response["Content-Type"] == "application/pdf" and response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "name", ["../../x.jpg", "a\u202egpj.jpg", "a\r\nSet-Cookie: x=1.jpg", 'a";filename="b.html', "<script>alert(1)</script>.jpg", "📎.jpg", "长" * 300 + ".jpg"]
)
def test_no_name_breaks_out_of_a_header_or_a_page(client, world, contact, name):
    send(client, world.lin, contact, photo(name))
    row = contact.attachments.latest("pk")
    response = get(client, world.lin, here("file", row))
    disposition = response["Content-Disposition"]
    assert response.status_code == 200 and "Set-Cookie" not in response.headers and response.content.startswith(b"\xff\xd8")
    assert disposition.startswith("attachment; filename") and disposition.isascii() and disposition.isprintable() and disposition.count("filename") == 1
    body = page(client, world.lin, contact)
    assert "<script>alert" not in body and "\u202e" not in body and len(row.name) <= 120


def test_each_download_is_in_the_ledger(client, world, row):
    for _ in range(2):
        get(client, world.rui, here("file", row))
    entry, other = LedgerEntry.objects.order_by("-seq")[:2]
    for each in (entry, other):
        assert (each.verb, each.actor, each.object_type, each.object_id) == ("export", world.rui, "assessment.attachment", row.pk)
        assert each.after["sha256"] == row.sha256 and each.after["file"] == NAME and each.unit_id == world.county.pk
    history = get(client, world.aud, reverse("ledgerentry_detail", args=[entry.pk]))
    assert history.status_code == 200 and NAME in history.content.decode()


def test_an_altered_or_missing_file_is_not_given_out_and_says_so(client, world, row):
    store.path(row.sha256).write_bytes(b"<script>alert(1)</script>")
    response = get(client, world.lin, here("file", row))
    assert response.status_code == 403 and "not the one that was put on record" in response.content.decode()
    assert b"alert(1)" not in response.content and "attachment" not in response.headers.get("Content-Disposition", "")
    store.path(row.sha256).unlink()
    assert get(client, world.lin, here("file", row)).status_code == 403
    entry = LedgerEntry.objects.latest("seq")
    assert (entry.verb, entry.after["codes"]) == ("refused", ["attachment_altered"])
    assert not LedgerEntry.objects.filter(verb="export").exists()


# --- who


def test_who_may_see_them_and_who_does_not_even_hear_of_them(client, world, contact, row):
    for user in (world.lin, world.rui, world.aud):
        assert NAME in page(client, user, contact)
        assert get(client, user, here("file", row)).status_code == 200
    # managers see the contact; so do an assessor, a reviewer and an auditor of the township, whom the source is kept from as well
    for user in (world.man, world.east, world.east_assessor, world.east_reviewer, world.east_aud):
        body = page(client, user, contact)
        assert NAME not in body and "Attachments" not in body and "/files/" not in body
        assert get(client, user, here("file", row)).status_code == 404
        evaluation = get(client, user, reverse("evaluation_detail", args=[world.of(world.dawa).pk])).content.decode()
        assert "Attachments" not in evaluation
        for name in ("withdraw", "file"):
            client.force_login(user)
            assert client.post(here(name, row), {"reason": "x"}).status_code in (404, 405)
        assert send(client, user, contact, photo()).status_code == 403
    for user in (world.sys, world.sec, world.nobody):
        assert get(client, user, here("file", row)).status_code == 404
    client.logout()
    for name in ("file", "withdraw"):
        assert client.get(here(name, row)).headers["Location"].startswith(reverse("login"))
    assert Attachment.objects.count() == 1


def test_other_units_are_other_units(client, world):
    """A campaign of the west itself is nothing to the east."""
    made = campaign(world, "WW", scheme(world).code, cadres=[world.karma], unit="W")
    contact = give(world, {world.of(world.karma, made): "好"})
    (row,) = actions.add(by=world.lin, contact=contact, uploads=[photo()])
    for user in (world.east_assessor, world.east_aud, world.east):
        assert get(client, user, here("file", row)).status_code == get(client, user, here("add", contact)).status_code == 404


def test_kin_see_nothing(client, world):
    contact = give(world, {world.of(world.karma): "好", world.of(world.dawa): "好"})
    (row,) = actions.add(by=world.lin, contact=contact, uploads=[photo("亲属.jpg")])
    assert "亲属.jpg" not in page(client, world.hai, contact)
    assert get(client, world.hai, here("file", row)).status_code == 404
    assert send(client, world.hai, contact, photo("x.jpg", png())).status_code in (200, 403) and Attachment.objects.count() == 1


def test_blind_campaigns_keep_them_until_ones_own_marks_are_in(client, world):
    made = campaign(world, "B", scheme(world).code, cadres=[world.dawa], blind=True)
    contact = give(world, {world.of(world.dawa, made): "好"}, team=[world.lin, world.hai])
    (row,) = actions.add(by=world.lin, contact=contact, uploads=[photo("盲评.jpg")])
    assert "盲评.jpg" in page(client, world.lin, contact) and get(client, world.lin, here("file", row)).status_code == 200
    body = page(client, world.mei, contact)
    assert "盲评.jpg" not in body and "your own marks" in body
    assert get(client, world.mei, here("file", row)).status_code == 403
    evaluation = get(client, world.mei, reverse("evaluation_detail", args=[world.of(world.dawa, made).pk])).content.decode()
    assert "#attachments" not in evaluation


# --- adding and withdrawing


def test_several_files_at_once_and_the_page_says_what_they_are(client, world, contact):
    response = send(client, world.mei, contact, photo(), photo("另一张.png", png()))
    assert response.status_code == 302 and response.url == reverse("contact_detail", args=[contact.pk]) + "#attachments"
    body = page(client, world.lin, contact)
    for word in ("现场.jpg", "另一张.png", "Photo of the visit", "Signed record of the talk", "mei", contact.attachments.first().sha256[:8]):
        assert word in body
    assert here("add", contact) in body and here("withdraw", contact.attachments.first()) in body
    evaluation = get(client, world.lin, reverse("evaluation_detail", args=[world.of(world.dawa).pk])).content.decode()
    assert "Attachments: 3" in evaluation and f"{reverse('contact_detail', args=[contact.pk])}#attachments" in evaluation


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "required"),
        ([("x.svg", b"<svg onload=alert(1)>")], "neither a JPEG or PNG picture nor a PDF"),
        ([("leer.jpg", b"")], "is empty"),
        ([("a.jpg", None), ("b.jpg", None)], "the same file"),
        ([("big.jpg", b"\xff\xd8\xff" + bytes(11 << 20))], "larger than 10 MB"),
    ],
)
def test_what_is_refused_stands_beside_the_field(client, world, contact, files, words):
    response = send(client, world.lin, contact, *(photo(*file) for file in files))
    form = response.context["form"]
    assert response.status_code == 200 and words in " ".join(form.errors["files"]) and Attachment.objects.count() == 1
    body = response.content.decode()
    assert "onload" not in body and ("choose them again" in body) == bool(files)
    assert re.search(r'value="photo"[^>]*checked', body)


def test_a_request_with_too_much_in_it_is_not_even_read(client, world, contact, settings, tmp_path):
    """Nor is anything of it on the disk afterwards, nor of files that were read."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "arriving"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    client.force_login(world.lin)
    body = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n' + bytes(5 << 20) + b"\r\n--x--\r\n"
    form = {"content_type": "multipart/form-data; boundary=x"}
    assert client.generic("POST", here("add", contact), body, **form, CONTENT_LENGTH=str(129 << 20)).status_code == 400
    assert client.generic("POST", here("add", contact), body, **form).status_code == 200
    assert list(settings.FILE_UPLOAD_TEMP_DIR.iterdir()) == [] and Attachment.objects.count() == 1


def test_a_kind_that_is_none_is_refused(client, world, contact):
    response = send(client, world.lin, contact, photo(), kind="virus")
    assert response.status_code == 200 and "kind" in response.context["form"].errors and Attachment.objects.count() == 1


def test_the_form_asks_phones_for_a_picture_that_is_taken(client, world, contact):
    body = get(client, world.lin, here("add", contact)).content.decode()
    assert 'accept="image/jpeg,image/png,application/pdf"' in body and re.search(r'type="file"[^>]* multiple', body)
    assert 'enctype="multipart/form-data"' in body and "10 MB" in body
    assert re.search(r'value="record"[^>]*checked', body)  # what comes of a talk


def test_withdrawing_asks_for_a_reason_and_shows_it(client, world, contact, row):
    url = here("withdraw", row)
    assert get(client, world.lin, url).status_code == 200
    assert client.post(url, {"reason": " "}).context["form"].errors["reason"]
    assert client.post(url, {"reason": "签错了人"}).status_code == 302
    body = page(client, world.lin, contact)
    assert "签错了人" in body and "Withdrawn" in body and url not in body
    assert get(client, world.lin, here("file", row)).status_code == 200  # it stays on record, for those who may see it
    evaluation = get(client, world.lin, reverse("evaluation_detail", args=[world.of(world.dawa).pk])).content.decode()
    assert "Attachments:" not in evaluation
    client.force_login(world.lin)
    assert client.post(url, {"reason": "再来"}).status_code == 403


def test_locked_evidence_says_why(client, world):
    evaluation = world.of(world.dawa)
    contact, *_ = give_evidence(world, evaluation)
    (row,) = actions.add(by=world.lin, contact=contact, uploads=[photo()])
    submitted(world, evaluation)
    body = page(client, world.lin, contact)
    assert re.search(r'disabled>Add files…</button><span class="why">The evaluation of 达瓦 was submitted', body)
    assert here("add", contact) not in body and here("withdraw", row) not in body
    for url in (here("add", contact), here("withdraw", row)):
        assert get(client, world.lin, url).status_code == 403
    assert send(client, world.lin, contact, photo("x.png", png())).status_code in (200, 403)
    client.post(here("withdraw", row), {"reason": "不要了"})
    assert Attachment.objects.filter(withdrawn_on=None).count() == 1


# --- with a new contact


@pytest.fixture
def typed(world):
    return {
        "campaign": world.front.pk, "client_uuid": str(uuid.uuid4()), "blocks": "1", "method": "on_site", "held_at": "2022-05-06T13:30",
        "place": "第3卡点", "team": "lin、mei", "findings-0-assessee": "G001", "findings-0-narrative": "查验双码严格",
    }  # fmt: skip


def record(client, user, data, *files):
    client.force_login(user)
    return client.post(reverse("contact_add"), {**data, "files": list(files)}, headers={"accept-language": "en"})


def test_files_come_with_a_new_contact(client, world, typed):
    response = record(client, world.lin, typed, photo(), SimpleUploadedFile("记录.pdf", pdf()))
    contact = Contact.objects.get()
    assert response.url == reverse("contact_detail", args=[contact.pk])
    assert list(contact.attachments.values_list("name", "kind")) == [("现场.jpg", "photo"), ("记录.pdf", "record")]
    assert record(client, world.lin, typed, photo()).url == response.url and contact.attachments.count() == 2  # sent twice


def test_nothing_typed_is_lost_and_files_are_asked_for_again(client, world, typed):
    for change, files in [({"place": ""}, [photo()]), ({}, [photo("x.gif", b"GIF89a")])]:
        response = record(client, world.lin, {**typed, **change}, *files)
        body = response.content.decode()
        assert response.status_code == 200 and "choose them again" in body and "查验双码严格" in body
        assert not Contact.objects.exists()
    assert "neither a JPEG" in body
    response = record(client, world.lin, {**typed, "do": "add"}, photo())
    assert response.status_code == 200 and not response.context["form"].errors


def test_a_form_offers_files_to_those_who_may_see_them(client, world, typed):
    assert 'type="file"' in get(client, world.lin, reverse("contact_add")).content.decode()
    assert 'type="file"' not in get(client, world.east_assessor, reverse("contact_add")).content.decode()
    response = record(client, world.east_assessor, {**typed, "team": "east_assessor、mei"}, photo())
    assert response.status_code == 302 and not Attachment.objects.exists()
