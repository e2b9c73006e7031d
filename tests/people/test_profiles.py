"""What the appointment form tells is saved whole or not at all, by those who may, and stands in the ledger; photos are made small and plain."""

import hashlib
from io import BytesIO

import pytest
from django.db import connection
from PIL import Image

from assessment.actions import proof
from people import photos
from people.access import visible_to
from people.actions import cadres, profiles
from people.models import Cadre, LedgerEntry, Photo, Profile
from people.refusals import Refused
from tests import cast
from tests.pictures import jpeg, many_scans, picture, png

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
FAMILY = [{"relation": "妻子", "name": "央金", "born": "198005", "political_status": "群众", "post": "教师"}]


def codes_of(caught):
    return [(r.code, r.field, r.row) for r in caught.value.refusals]


def entries(verb="save_profile"):
    return list(LedgerEntry.objects.filter(verb=verb).order_by("seq"))


# --- saving


def test_new_changed_and_unchanged(people):
    w = people
    profiles.save(by=w.lin, rows=[{"cadre": w.dawa, "health": "健康", "resume": "甲\r\n乙", "family": [*FAMILY, {"name": " "}]}])
    kept = Profile.objects.get(cadre=w.dawa)
    assert (kept.health, kept.resume, kept.family) == ("健康", "甲\n乙", FAMILY)
    profiles.save(by=w.lin, rows=[{"cadre": "G001", "health": "良好", "family": FAMILY}])
    first, second = entries()
    assert (first.object_type, first.object_name, first.unit_id) == ("people.profile", "达瓦", w.east_unit.pk)
    assert (second.before, second.after) == ({"health": "健康"}, {"health": "良好"})
    profiles.save(by=w.lin, rows=[{"cadre": "G001", "health": "良好"}])
    assert len(entries()) == 2


def test_days_as_people_write_them(people):
    profiles.save(by=people.lin, rows=[{"cadre": "G001", "filled_on": "20221010", "age_on": "2022.10.1"}])
    kept = Profile.objects.get()
    assert (f"{kept.filled_on}", f"{kept.age_on}") == ("2022-10-10", "2022-10-01")


def test_nothing_to_say_makes_no_row(people):
    profiles.save(by=people.lin, rows=[{"cadre": "G001", "health": "", "family": []}])
    assert not Profile.objects.exists() and not entries()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"cadre": "nobody"}, ("unknown_cadre", "cadre", 0)),
        ({"cadre": "G001", "health": "甲" * 61}, ("too_long", "health", 0)),
        ({"cadre": "G001", "resume": "甲" * 10_001}, ("too_long", "resume", 0)),
        ({"cadre": "G001", "filled_on": "改天"}, ("not_a_date", "filled_on", 0)),
        ({"cadre": "G001", "family": [{"name": "甲" * 61}]}, ("too_long", "family", 0)),
        ({"cadre": "G001", "family": FAMILY * 101}, ("lrmx_relatives", "family", 0)),
        ({"cadre": "G001", "photo": b"<svg/>"}, ("photo_not_image", "photo", 0)),
    ],
)
def test_what_is_refused(people, row, told):
    with pytest.raises(Refused) as caught:
        profiles.save(by=people.lin, rows=[row])
    assert codes_of(caught) == [told] and not Profile.objects.exists()


def test_one_cadre_once(people):
    with pytest.raises(Refused) as caught:
        profiles.save(by=people.lin, rows=[{"cadre": "G001", "health": "好"}, {"cadre": people.dawa, "health": "坏"}])
    assert codes_of(caught) == [("duplicate_key", "cadre", 1)]


@pytest.mark.parametrize(
    ("user", "cadre", "code"),
    [
        ("rui", "dawa", "role_missing"),
        ("man", "dawa", "role_missing"),
        ("aud", "dawa", "role_missing"),
        ("east_assessor", "karma", "outside_scope"),
        ("hai", "hai", "own_file"),
        ("hai", "karma", "file_of_kin"),
    ],
)
def test_who_may_not(people, user, cadre, code):
    with pytest.raises(Refused) as caught:
        profiles.save(by=people.users[user], rows=[{"cadre": people.cadres[cadre], "health": "好", "photo": jpeg()}])
    assert codes_of(caught)[0][0] == code
    assert not Profile.objects.exists() and not Photo.objects.exists()


def test_who_sees_them(people):
    w = people
    profiles.save(by=w.lin, rows=[{"cadre": c, "health": "好", "photo": jpeg()} for c in (w.dawa, w.karma)])
    for model in (Profile, Photo):
        seen = {name: {row.cadre_id for row in visible_to(user, model)} for name, user in w.users.items()}
        both, east = {w.dawa.pk, w.karma.pk}, {w.dawa.pk}
        assert [seen[name] for name in ("lin", "rui", "aud")] == [both] * 3
        assert [seen[name] for name in ("east_assessor", "east_reviewer", "east_aud")] == [east] * 3
        assert [seen[name] for name in ("man", "east", "sec", "sys", "nobody")] == [set()] * 5
        assert seen["hai"] == east  # karma is his kin


# --- photos


def read(content):
    return Image.open(BytesIO(content))


def test_a_photo_becomes_a_small_plain_jpeg(people):
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "a camera", 6  # its maker; lying on its side
    profiles.save(by=people.lin, rows=[{"cadre": "G001", "photo": jpeg(size=(1600, 1200), exif=exif)}])
    photo = Photo.objects.get()
    with read(bytes(photo.content)) as shown:
        assert (shown.format, shown.mode, shown.size) == ("JPEG", "RGB", (480, 640))
        assert not shown.getexif() and b"a camera" not in bytes(photo.content)
    assert photo.kind == "image/jpeg" and photo.sha256 == hashlib.sha256(photo.content).hexdigest()
    (entry,) = LedgerEntry.objects.filter(object_type="people.photo")
    assert entry.after == {"cadre_id": people.dawa.pk, "kind": "image/jpeg", "sha256": photo.sha256}


def test_transparency_becomes_white():
    clear = Image.new("RGBA", (60, 80), (255, 0, 0, 0))
    out = BytesIO()
    clear.save(out, "PNG")
    with read(photos.portrait(out.getvalue()).content) as shown:
        assert all(channel > 250 for channel in shown.getpixel((30, 40)))


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_other_ways_of_colour(mode):
    image = Image.new(mode, (90, 120))
    out = BytesIO()
    image.save(out, "JPEG")
    with read(photos.portrait(out.getvalue()).content) as shown:
        assert shown.mode == "RGB"


def test_another_photo_the_same_and_none(people):
    first, second = jpeg(), png(colour=(120, 20, 20))
    for content in (first, first, second, None, None):
        profiles.save(by=people.lin, rows=[{"cadre": "G001", "photo": content}])
    told = [(e.before and "sha256" in e.before, e.after and "sha256" in e.after) for e in entries() if e.object_type == "people.photo"]
    assert told == [(None, True), (True, True), (True, None)]
    assert not Photo.objects.exists() and not Profile.objects.exists()


def test_a_photo_that_was_exchanged_behind_the_programs_back_is_found(people):
    profiles.save(by=people.lin, rows=[{"cadre": "G001", "photo": jpeg()}])
    assert list(proof.faults()) == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_photo SET content = %s", [png()])
    assert [str(fault) for fault in proof.faults()] == [f"photo altered: photo {Photo.objects.get().pk}"]


def gif():
    return picture(kind="GIF")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "photo_not_image"),
        (gif(), "photo_not_image"),
        (b"<html>", "photo_not_image"),
        (jpeg()[:100], "photo_not_image"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "photo_not_image"),
        (jpeg() + b"\x00" * (2 << 20), "photo_too_large"),
        (many_scans(jpeg(progressive=True), 200), "photo_not_image"),
        (picture(size=(4000, 4000), kind="PNG"), "photo_too_wide"),
    ],
)
def test_what_is_no_photo(content, code):
    with pytest.raises(photos.Unfit) as caught:
        photos.portrait(content)
    assert caught.value.code == code


# --- taken over from files


def entry(code, cadre=None, new=False, **profile):
    return profiles.Entry(code, cadre or {}, profile, new)


def take(people, *rows, by=None, **options):
    return profiles.take_over(by=by or people.lin, entries=list(rows), name="多人.zip", sha256="f" * 64, **options)


def test_cadre_form_and_photo_in_one_deed(people):
    taken = take(people, entry("G001", {"native_place": "玉滩县"}, health="健康", photo=jpeg()), entry("G002", health="良好"))
    assert [(place, cadre.code) for place, cadre in taken.changed] == [(0, "G001"), (1, "G002")] and not taken.new and not taken.left
    told = {(e.object_type, e.verb, e.reason) for e in LedgerEntry.objects.exclude(verb__in=("save_cadre", "save_unit")).order_by("-seq")[:5]}
    assert told >= {(kind, "save_profile", "多人.zip") for kind in ("people.cadre", "people.profile", "people.photo")}
    (event,) = entries("import_file")
    assert event.after == {"sha256": "f" * 64, "rows": {"new": 0, "changed": 2}}


def test_whoever_cannot_be_taken_is_left_out_whole(people):
    w = people
    taken = take(w, entry("G001", {"birth_month": "1990-13"}, health="健康"), entry("G002", {"id_number": "x"}), entry("G003", health="好"))
    assert [cadre.code for _place, cadre in taken.changed] == ["G003"]
    assert {place: [r.code for r in refusals] for place, refusals in taken.left.items()} == {0: ["not_a_month"], 1: ["id_length"]}
    assert Profile.objects.get().cadre == w.sonam


def test_his_own_file_is_left_out(people):
    taken = take(people, entry("G009", health="好"), entry("G005", {"post": "x"}), entry("G001", health="好"), by=people.hai)
    assert {place: {r.code for r in refusals} for place, refusals in taken.left.items()} == {0: {"own_file"}, 1: {"file_of_kin"}}


def test_a_new_cadre_needs_a_free_code_and_a_unit(people):
    w = people
    new = {"name": "卓玛", "unit": "E"}
    taken = take(w, entry("N1", new, new=True, health="好"), entry("G001", new, new=True), entry("N2", {**new, "unit": "nowhere"}, new=True, health="好"))
    assert [cadre.code for _place, cadre in taken.new] == ["N1"] and Cadre.objects.get(code="N1").profile.health == "好"
    assert {place: [r.code for r in refusals] for place, refusals in taken.left.items()} == {1: ["code_taken"], 2: ["unknown_unit"]}
    assert Cadre.objects.get(code="G001").name == "达瓦"
    far = take(w, entry("N3", {"name": "远", "unit": "W"}, new=True, health="好"), by=w.east_assessor)
    assert {r.code for r in far.left[0]} == {"outside_scope"} and not Cadre.objects.filter(code="N3").exists()


def test_nothing_changed_writes_nothing(people):
    profiles.save(by=people.lin, rows=[{"cadre": "G001", "health": "好"}])
    before, seen = LedgerEntry.objects.count(), []
    taken = take(people, entry("G001", {"name": "达瓦"}, health="好"), finish=seen.append)
    assert seen == [taken] and not taken.changed and LedgerEntry.objects.count() == before


def test_what_ends_the_deed_undoes_it_when_it_fails(people):
    def fail(taken):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        take(people, entry("G001", health="好"), finish=fail)
    assert not Profile.objects.exists()


def test_the_number_of_queries_does_not_grow(people, django_assert_max_num_queries):
    rows = [{"code": f"Z{n}", "name": f"干部{n}", "unit": "E"} for n in range(40)]
    cadres.save(by=people.lin, rows=rows)
    with django_assert_max_num_queries(60):
        take(people, *(entry(row["code"], {"post": "某职"}, health="好", family=FAMILY) for row in rows), by=cast.again(people.lin))
    assert Profile.objects.count() == 40
