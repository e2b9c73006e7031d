"""Files of evidence: what is taken and what is not, where they lie, who may do what, and that an altered one is found."""

import io
import os
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from PIL import Image

from assessment import attachments as store
from assessment import media
from assessment.actions import attachments as actions
from assessment.actions import jobs, proof
from assessment.actions.contacts import ContactDraft, FindingDraft
from assessment.models import Attachment, Contact
from people import ledger
from people.access import scope, visible_to
from people.models import LedgerEntry
from people.photos import Unfit
from tests.cast import give, submitted
from tests.pictures import jpeg, many_scans, pdf, png
from tests.refusing import refused


class Upload(io.BytesIO):
    def __init__(self, content, name="现场.jpg"):
        super().__init__(content)
        self.name = name


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.ATTACHMENT_DIR = tmp_path / "attachments"
    return settings.ATTACHMENT_DIR


@pytest.fixture
def contact(world):
    """A visit about dawa and nima, both of the east."""
    return give(world, {world.of(world.dawa): "好", world.of(world.nima): "较好"})


def add(world, contact, *contents, by=None, kind="photo"):
    return actions.add(by=by or world.lin, contact=contact, kind=kind, uploads=[Upload(content) for content in contents])


def on_disk():
    return sorted(path for path in store.folder().rglob("*") if path.is_file()) if store.folder().exists() else []


# --- what a file is


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(side=50_000):
    """A PNG that says it is huge; its rows would unpack from little."""
    rows = zlib.compress(bytes(1000 * (side // 8 + 1)))
    return media_png(struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0), rows)


def media_png(head, packed, *more):
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(more) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def small_head(width=4, height=4):
    return struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)


GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
HOSTILE = {
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "attachment_type"),
    "html": (b"<!doctype html><script>alert(1)</script>", "attachment_type"),
    "script named jpg": (b"alert(document.cookie)", "attachment_type"),
    "gif": (GIF, "attachment_type"),
    "gif and script": (b"GIF89a/*" + GIF + b"*/=1;alert(1)", "attachment_type"),
    "html before a PDF": (b"<html><script>alert(1)</script>" + pdf(), "attachment_type"),
    "html after a PDF": (pdf() + b"<script>alert(1)</script>", "attachment_damaged"),
    "zip after a PDF": (pdf() + b"PK\x03\x04" + bytes(60), "attachment_damaged"),
    "PDF with a script": (pdf("/S /JavaScript /JS (app.alert(1))"), "attachment_active"),
    "PDF that starts a program": (pdf("/S /Launch"), "attachment_active"),
    "PDF with a file in it": (pdf("/EmbeddedFiles"), "attachment_active"),
    "PDF with a script that is spelled out": (pdf("/S /J#61va#53cript /JS (app.alert(1))"), "attachment_active"),
    "PDF with a form that has scripts": (pdf("/AcroForm << /XFA 3 0 R >>"), "attachment_active"),
    "PDF that sends": (pdf("/S /SubmitForm"), "attachment_active"),
    "PDF cut off": (pdf()[:-30], "attachment_damaged"),
    "office": (b"PK\x03\x04" + bytes(200), "attachment_type"),
    "old office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(200), "attachment_type"),
    "program": (b"MZ" + bytes(200), "attachment_type"),
    "bomb": (bomb(), "attachment_too_wide"),
    "bomb that lies": (media_png(small_head(), zlib.compress(bytes(50 << 20))), "attachment_damaged"),
    "png with too few rows": (media_png(small_head(), zlib.compress(bytes(10))), "attachment_damaged"),
    "png with a wrong sum": (png()[:-5] + b"\0" + png()[-4:], "attachment_damaged"),
    "truncated jpeg": (jpeg()[: len(jpeg()) // 2], "attachment_damaged"),
    "truncated png": (png()[:-20], "attachment_damaged"),
    "only a signature": (b"\xff\xd8\xff", "attachment_damaged"),
    "jpeg that is gone over again and again": (many_scans(jpeg(progressive=True), 40), "attachment_damaged"),
    "jpeg without a picture": (b"\xff\xd8\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xd9", "attachment_damaged"),
    "empty": (b"", "attachment_empty"),
    "11 MB": (jpeg() + bytes(11 << 20), "attachment_too_large"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_are_refused_and_nothing_stays(world, contact, what):
    content, code = HOSTILE[what]
    with refused(code) as caught:
        actions.add(by=world.lin, contact=contact, kind="photo", uploads=[Upload(jpeg()), Upload(content, "现场.jpg")])
    assert caught.value.refusals[0].field == "files" and caught.value.refusals[0].facts["name"] == "现场.jpg"
    assert on_disk() == [] and not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (jpeg(), "image/jpeg"), (jpeg(progressive=True), "image/jpeg"), (jpeg(mode="L", colour=(9,)), "image/jpeg"), (png(), "image/png"),
        (png(mode="RGBA", colour=(1, 2, 3, 4)), "image/png"), (png(mode="L", colour=(7,)), "image/png"), (pdf(), "application/pdf"),
    ],
)  # fmt: skip
def test_pictures_and_papers_are_taken_and_show_the_same(content, kind):
    told, kept = media.examine(content)
    assert told == kind
    if kind == "application/pdf":
        assert kept == content
    else:
        with Image.open(io.BytesIO(kept)) as after, Image.open(io.BytesIO(content)) as before:
            assert after.convert("RGBA").tobytes() == before.convert("RGBA").tobytes()
    assert media.examine(kept) == (kind, kept)  # what is kept would be kept just so


def test_interlaced_pngs_of_any_size_are_measured():
    """Written here, as Pillow writes none: a grey one of 5 x 3 in seven passes."""
    rows = bytearray()
    for left, top, across, down in media._PASSES:
        columns, lines = -(-(5 - left) // across), -(-(3 - top) // down)
        if columns > 0:
            rows += (b"\0" + bytes([128] * columns)) * max(lines, 0)
    content = media_png(struct.pack(">IIBBBBB", 5, 3, 8, 0, 0, 0, 1), zlib.compress(bytes(rows)))
    Image.open(io.BytesIO(content)).load()
    assert media.examine(content)[0] == "image/png"


def with_place(way=6):
    """A photo as a phone takes it: where, with what, when, which way is up, and a film behind it."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0132] = way, "PhoneMaker", "2022:05:06 13:30:00"
    exif.get_ifd(0x8769).update({0x9003: "2022:05:06 13:30:00", 0x9011: "+08:00", 0xA431: "SERIAL123"})
    exif.get_ifd(0x8825).update({1: "N", 2: (29.0, 39.0, 1.5), 3: "E", 4: (91.0, 7.0, 2.5)})
    image = Image.new("RGB", (40, 30), (10, 120, 60))
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"a comment")
    content = out.getvalue()
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>GPSLatitude 29.65</x:xmpmeta>"
    return content[:2] + b"\xff\xe1" + struct.pack(">H", len(xmp) + 2) + xmp + content[2:] + b"\0\0\0\x18ftypmp42 a film"


def test_of_a_photo_where_and_with_what_is_left_out_when_and_which_way_up_stay():
    content = with_place()
    assert b"GPSLatitude" in content and Image.open(io.BytesIO(content)).getexif().get_ifd(0x8825)
    kept = media.examine(content)[1]
    for left in (b"GPSLatitude", b"PhoneMaker", b"SERIAL123", b"a comment", b"ftyp", b"xmpmeta"):
        assert left not in kept
    exif = Image.open(io.BytesIO(kept)).getexif()
    assert exif[0x0112] == 6 and not exif.get_ifd(0x8825)
    assert exif.get_ifd(0x8769) == {0x9003: "2022:05:06 13:30:00", 0x9011: "+08:00"}
    assert kept[kept.index(b"\xff\xda") :] == content[content.index(b"\xff\xda") : content.rindex(b"\xff\xd9") + 2]  # coded anew: nothing


@pytest.mark.parametrize("tiff", [b"", b"II*\0", b"MM\0*\0\0\0\x08\xff\xff", b"II*\0\xff\xff\xff\xff" + bytes(40), b"XX*\0" + bytes(40)])
def test_broken_exif_is_left_out(tiff):
    assert media.exif(tiff) == b""
    content = jpeg()
    part = b"Exif\0\0" + tiff
    with_it = content[:2] + b"\xff\xe1" + struct.pack(">H", len(part) + 2) + part + content[2:]
    assert media.examine(with_it) == media.examine(content)


def test_texts_and_further_pictures_of_a_png_are_left_out():
    packed = zlib.compress(bytes(20))
    plain, told = media_png(small_head(), packed), media_png(small_head(), packed, chunk(b"tEXt", b"Comment\0<script>"), chunk(b"eXIf", b"MM\0*"))
    assert media.examine(told + b"PK\x03\x04 behind") == ("image/png", plain)
    with pytest.raises(Unfit):
        media.examine(media_png(small_head(), packed, chunk(b"ABCD", b"critical and not known")))


def test_without_pillow_the_structure_of_a_jpeg_is_still_checked():
    script = (
        "import sys; sys.modules['PIL'] = None\n"
        "from assessment import media; from people.photos import Unfit\n"
        "good = sys.stdin.buffer.read(); assert media.examine(good)[0] == 'image/jpeg'\n"
        "for bad in (good[:-2], good[:200], b'\\xff\\xd8\\xff' + b'x' * 50):\n"
        "    try: media.examine(bad)\n"
        "    except Unfit as unfit: assert unfit.code == 'attachment_damaged'\n"
        "    else: raise SystemExit('taken')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], input=jpeg(), capture_output=True, cwd=settings.BASE_DIR)
    assert done.returncode == 0, done.stderr.decode()


# --- names


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("现场.jpg", "现场.jpg"),
        ("PHOTO.JPEG", "PHOTO.jpeg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\x\\visit.png", "visit.jpg"),
        ("record.svg", "record.jpg"),
        ("record.pdf.exe", "record.pdf.jpg"),
        ("a\u202egpj.exe", "agpj.jpg"),
        ("line\nbreak\r\n.jpg", "line break.jpg"),
        ('q"uo\'te<script>alert(1)</script>.jpg', "script_.jpg"),
        ("<script>.jpg", "_script_.jpg"),
        ("📎.jpg", "📎.jpg"),
        ("a\0b\x7f\x85\u200b.jpg", "ab.jpg"),
        ("...", "file.jpg"),
        ("", "file.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("张" * 300 + ".jpg", "张" * 116 + ".jpg"),
        ("CON:aux|?.jpg", "CON_aux__.jpg"),
    ],
)
def test_a_name_is_cleaned(name, clean):
    assert actions.clean_name(name, media.JPEG) == clean
    assert len(clean) <= 120 and actions.clean_name(clean, media.JPEG) == clean


def test_what_a_file_most_likely_is():
    assert actions.usual_kind("on_site", media.JPEG) == "photo"
    assert actions.usual_kind("on_site", media.PDF) == actions.usual_kind("talk", media.JPEG) == "record"


# --- adding and withdrawing


@pytest.mark.django_db
def test_a_file_is_on_record_with_its_digest_and_lies_under_it(world, contact):
    content = jpeg()
    (row,) = add(world, contact, content)
    kept = media.examine(content)[1]
    assert (row.name, row.media_type, row.size, row.sha256, row.added_by) == ("现场.jpg", "image/jpeg", len(kept), store.digest(kept), world.lin)
    (path,) = on_disk()
    assert path == store.path(row.sha256) and path.read_bytes() == kept
    assert path.stat().st_mode & 0o777 == 0o600
    assert {each.stat().st_mode & 0o777 for each in (store.folder(), *list(path.parents)[:2])} == {0o700}
    entry = LedgerEntry.objects.latest("seq")
    assert (entry.verb, entry.object_id, entry.after["sha256"], entry.unit_id) == ("attach", row.pk, row.sha256, world.county.pk)


@pytest.mark.django_db
def test_a_request_that_is_tried_again_finds_its_files_whole(world, contact):
    uploads = [Upload(jpeg()), Upload(GIF, "x.gif")]
    with refused("attachment_type"):
        actions.add(by=world.lin, contact=contact, uploads=uploads)
    (row,) = actions.add(by=world.lin, contact=contact, uploads=uploads[:1])
    assert store.read(row.sha256) == media.examine(jpeg())[1]


@pytest.mark.django_db
def test_the_folder_is_no_place_that_a_web_server_shows():
    from assessment import settings as declared

    assert not declared.ATTACHMENT_DIR.is_relative_to(declared.STATIC_ROOT) and declared.BASE_DIR / "assessment" not in declared.ATTACHMENT_DIR.parents


@pytest.mark.django_db
def test_the_same_file_twice_is_told(world, contact):
    (row,) = add(world, contact, jpeg())
    with refused("attachment_known"):
        add(world, contact, jpeg())
    with refused("attachment_known"):
        add(world, contact, png(), png())
    other = give(world, {world.of(world.dawa): "好"}, "talk")
    assert add(world, other, jpeg())[0].sha256 == row.sha256 and len(on_disk()) == 1  # of another contact it is evidence too
    actions.withdraw(by=world.lin, attachment=row, why="拍错了")
    with refused("attachment_withdrawn"):
        add(world, contact, jpeg())


@pytest.mark.django_db
def test_ten_files_are_the_most(world, contact):
    pictures = [jpeg(size=(20 + n, 20)) for n in range(11)]
    with refused("attachments_full"):
        add(world, contact, *pictures)
    rows = add(world, contact, *pictures[:10])
    with refused("attachments_full"):
        add(world, contact, pictures[10])
    actions.withdraw(by=world.lin, attachment=rows[0], why="多余")
    assert add(world, contact, pictures[10])


@pytest.mark.django_db
def test_withdrawn_with_a_reason_and_for_good(world, contact):
    (row,) = add(world, contact, jpeg())
    for why, code in (("", "required"), (" \n", "required"), ("长" * 1001, "too_long")):
        with refused(code):
            actions.withdraw(by=world.lin, attachment=row, why=why)
    actions.withdraw(by=world.mei, attachment=row, why="拍错了人")
    row.refresh_from_db()
    assert row.withdrawn_on and row.withdrawn_why == "拍错了人" and store.read(row.sha256)
    entry = LedgerEntry.objects.latest("seq")
    assert (entry.verb, entry.reason, entry.before["withdrawn_on"]) == ("withdraw_attachment", "拍错了人", None)
    with refused("attachment_withdrawn"):
        actions.withdraw(by=world.lin, attachment=row, why="再来")


@pytest.mark.django_db
def test_locked_with_the_evaluation_of_anybody_it_is_about(world):
    row, other = world.of(world.dawa), world.of(world.nima)
    contacts = [give(world, {row: "好", other: "好"}, method, relation=relation) for method, relation in
                (("on_site", "peer"), ("phone", "superior"), ("talk", "served"))]  # fmt: skip
    give(world, {row: "好"}, lead=world.mei)
    (file,) = add(world, contacts[0], jpeg())
    submitted(world, row)
    with refused("evidence_locked"):
        add(world, contacts[0], png())
    with refused("evidence_locked"):
        actions.withdraw(by=world.lin, attachment=file, why="不要了")


@pytest.mark.django_db
def test_who_may(world, contact):
    with refused("role_missing"):
        add(world, contact, jpeg(), by=world.rui)
    with refused("role_missing"):
        add(world, contact, jpeg(), by=world.man)
    with refused("outside_scope"):  # the campaign is the county's: who said it is not for the townships
        add(world, contact, jpeg(), by=world.east_assessor)
    assert on_disk() == []


@pytest.mark.django_db
def test_nobody_handles_files_about_his_kin_whomever_else_they_are_about(world):
    """hai is an assessor of the county, and a relative of one of the two."""
    kin, other = world.hai_cadre.kin.get().relative, world.dawa
    contact = give(world, {world.of(kin): "好", world.of(other): "好"})
    (row,) = add(world, contact, jpeg())
    with refused("file_of_kin"):
        add(world, contact, png(), by=world.hai)
    with refused("file_of_kin"):
        actions.withdraw(by=world.hai, attachment=row, why="不要了")
    assert Contact.objects.within(scope(world.hai, "view_contact")).filter(pk=contact.pk).exists()  # he sees what it says of the other
    assert not visible_to(world.hai, Attachment).exists() and visible_to(world.lin, Attachment).count() == 1
    of_a_group = give(world, {world.of(world.east_unit): "好"}, "talk")
    add(world, of_a_group, jpeg())
    assert visible_to(world.hai, Attachment).count() == 1


@pytest.mark.django_db
def test_a_contact_comes_with_its_files_or_not_at_all(world):
    def draft(**more):
        finding = FindingDraft(world.of(world.dawa), "所见", "事例", {})
        facts = {"held_at": "2022-05-06 13:30", "team": [world.lin, world.mei], "place": "村口", "client_uuid": None, **more}
        return ContactDraft(world.front, "on_site", findings=[finding], **facts)

    with refused("attachment_type"):
        actions.record(by=world.lin, draft=draft(), uploads=[Upload(GIF, "a.gif")])
    with refused("place_missing"):
        actions.record(by=world.lin, draft=draft(place=""), uploads=[Upload(jpeg())])
    assert not Contact.objects.exists() and on_disk() == []
    key = uuid4()
    made = [actions.record(by=world.lin, draft=draft(client_uuid=key), uploads=[Upload(jpeg()), Upload(pdf(), "记录.pdf")]) for _ in range(2)]
    assert made[0].pk == made[1].pk
    assert list(Attachment.objects.values_list("name", "kind").order_by("pk")) == [("现场.jpg", "photo"), ("记录.pdf", "record")]
    entries = LedgerEntry.objects.filter(object_type="assessment.attachment")
    assert {entry.verb for entry in entries} == {"record_contact"} and entries.count() == 2


# --- altered, missing, left over


@pytest.mark.django_db
def test_an_altered_or_missing_file_is_found_and_not_given_out(world, contact):
    one, two, three = add(world, contact, jpeg(), png(), pdf())
    assert list(actions.verify_attachments()) == []
    assert actions.take_along(by=world.lin, attachment=one) == media.examine(jpeg())[1]
    store.path(one.sha256).write_bytes(jpeg(size=(10, 10)))
    store.path(two.sha256).unlink()
    found = {(fault.code, fault.facts["attachment"]) for fault in actions.verify_attachments()}
    assert found == {("attachment altered", one.pk), ("attachment missing", two.pk)}
    assert {fault.code for fault in proof.faults()} >= {"attachment altered", "attachment missing"}
    for row in (one, two):
        with refused("attachment_altered"):
            actions.take_along(by=world.lin, attachment=row)
    assert actions.take_along(by=world.lin, attachment=three) == pdf()
    again = give(world, {world.of(world.dawa): "好"}, "talk")
    add(world, again, jpeg())  # handed in once more, it is whole again
    assert [fault.facts["attachment"] for fault in actions.verify_attachments()] == [two.pk]


@pytest.mark.django_db
def test_a_file_that_is_a_folder_or_a_name_that_is_no_digest(world, contact):
    (row,) = add(world, contact, jpeg())
    store.path(row.sha256).unlink()
    store.path(row.sha256).mkdir()
    assert [fault.code for fault in actions.verify_attachments()] == ["attachment missing"] and store.read(row.sha256) is None
    for name in ("", "..", "a" * 63, "A" * 64, "../" + "a" * 61):
        with pytest.raises(ValueError):
            store.path(name)


@pytest.mark.django_db
def test_what_no_row_names_is_swept_after_a_day(world, contact):
    (row,) = add(world, contact, jpeg())
    young, old = store.keep(b"young"), store.keep(b"old")
    torn = store.path(old).with_name("0011223344556677.new")
    torn.write_bytes(b"half")
    aside = store.path(row.sha256).with_suffix(store.ASIDE)  # a sweep was killed when it had just taken this one aside
    os.rename(store.path(row.sha256), aside)
    long_ago = time.time() - 2 * jobs.ORPHAN
    for path in (store.path(old), torn, aside):
        os.utime(path, (long_ago, long_ago))
    jobs.sweep()
    assert on_disk() == sorted([store.path(row.sha256), store.path(young)])
    jobs.sweep()
    assert store.read(row.sha256)


@pytest.mark.django_db
def test_what_a_killed_upload_leaves_behind_is_swept(settings, tmp_path):
    settings.JOB_DIR = settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    upload = TemporaryUploadedFile("现场.jpg", "image/jpeg", 3, None)
    left, now = tmp_path / "left.upload", Path(upload.temporary_file_path())
    assert now.parent == tmp_path
    os.link(now, left)  # as a server leaves it that has no time to clear up
    upload.close()
    jobs.sweep()
    assert left.exists()  # it may still be arriving
    os.utime(left, (0, 0))
    jobs.sweep()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_a_file_stored_anew_while_it_is_swept_stays(monkeypatch):
    old = store.keep(b"same")
    long_ago = time.time() - 2 * jobs.ORPHAN
    os.utime(store.path(old), (long_ago, long_ago))
    rename = os.rename

    def stored_just_before(source, target):
        store.keep(b"same")
        rename(source, target)

    monkeypatch.setattr(store.os, "rename", stored_just_before)
    store.sweep(lambda digests: set(), jobs.ORPHAN)
    assert store.read(old) == b"same"


# --- the disk


FULL = """
import resource, signal, sys
sys.path.insert(0, {root!r})
import django; django.setup()
from pathlib import Path
from django.conf import settings; settings.ATTACHMENT_DIR = Path({folder!r})
from assessment import attachments as store
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
from assessment.actions.attachments import _stored
from assessment.wording import sentence
from people.refusals import Refused
try:
    _stored([["a.jpg", "image/jpeg", b"x" * 5000, ""]])
except Refused as refused:
    print(refused.refusals[0].code, refused.refusals[0].field, sentence(refused.refusals[0]))
print([path.name for path in store.folder().rglob("*") if path.is_file()])
"""


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path):
    """The real thing: the process may write no more than 1000 bytes to a file."""
    script = FULL.format(root=str(settings.BASE_DIR), folder=str(tmp_path / "full"))
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "assessment.settings", "DATABASE_URL": f"sqlite:///{tmp_path / 'no.sqlite3'}"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=env, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    said, left = done.stdout.splitlines()
    assert said.startswith("attachment_not_stored files ") and len(said) > 40 and left == "[]"


@pytest.mark.django_db
@pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc/self/fd").exists(), reason="needs a place that nobody can write to")
def test_a_folder_that_cannot_be_written_is_said(world, contact, settings):
    settings.ATTACHMENT_DIR = Path("/proc/self/no-such-place")
    before = ledger.head()
    with refused("attachment_not_stored"):
        add(world, contact, jpeg())
    assert ledger.head() == before and not Attachment.objects.exists()
