"""A file of a back-up is taken as it was written, or refused with a sentence: whatever happened to its bytes."""

import hashlib
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.backup import cipher, container, load, save
from assessment.wording import sentence
from people.refusals import Refused
from tests import cast
from tests.backup import remade

pytestmark = pytest.mark.django_db
DEAR = dict(cipher.COST)  # before the fixture `files` makes it cheap
WORD = "eight words that nobody else has ever said"


@pytest.fixture(scope="module")
def files(django_db_setup, django_db_blocker, tmp_path_factory):
    """A plain back-up and an encrypted one of many blocks, by a cheap key."""
    folder = tmp_path_factory.mktemp("files")
    with pytest.MonkeyPatch.context() as patch, cast.standing(django_db_blocker, cast.make_people):
        patch.setitem(cipher.COST, "n", 2**10)
        patch.setattr(cipher, "BLOCK", 4096)
        save.save(folder / "plain")
        save.save(folder / "encrypted", passphrase=WORD)
        yield folder


def codes(path, word=WORD):
    """Why a file is refused; [] when it is not."""
    try:
        load.check(path, passphrase=lambda: word)
    except Refused as refused:
        assert all(sentence(refusal) for refusal in refused.refusals)
        return [refusal.code for refusal in refused.refusals]
    return []


KINDS = pytest.mark.parametrize("kind", ["plain", "encrypted"])


@KINDS
def test_it_is_taken_as_it_was_written(files, kind):
    assert codes(files / kind) == []


@KINDS
@given(data=st.data())
def test_no_byte_can_be_altered(files, kind, data):
    content = bytearray((files / kind).read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    (files / "altered").write_bytes(content)
    assert codes(files / "altered")


@KINDS
def test_no_region_can_be_altered(files, kind):
    """Heads, ends, and what lies around the borders of blocks, each bit by bit."""
    content = (files / kind).read_bytes()
    borders = [cipher.HEAD + number * (4096 + cipher.TAG) for number in range(4)]
    places = {0, 1, 24, 25, 40, 56, 57, len(content) // 2, *borders, *(border - 1 for border in borders), *range(-100, 0)}
    for place in places:
        altered = bytearray(content)
        altered[place] ^= 1 << (place % 8)
        (files / "altered").write_bytes(altered)
        assert codes(files / "altered"), place


@KINDS
def test_nothing_can_be_cut_off_or_added(files, kind):
    content = (files / kind).read_bytes()
    step = 4096 + cipher.TAG
    cuts = {*range(120), *range(0, len(content), len(content) // 40), *range(len(content) - 70, len(content))}
    cuts |= {cipher.HEAD + number * step for number in range(len(content) // step)}
    for cut in cuts:
        (files / "cut").write_bytes(content[:cut])
        assert codes(files / "cut"), cut
    for more in (b"\0", b"x" * 16, content[-64:], content[-step:], content):
        (files / "cut").write_bytes(content + more)
        assert codes(files / "cut")
        (files / "cut").write_bytes(more + content)
        assert codes(files / "cut")


def test_blocks_stay_in_their_order(files):
    content, step = (files / "encrypted").read_bytes(), 4096 + cipher.TAG
    head, rest = content[: cipher.HEAD], content[cipher.HEAD :]
    blocks = [rest[start : start + step] for start in range(0, len(rest), step)]
    assert len(blocks) > 4
    swapped = [blocks[0], blocks[2], blocks[1], *blocks[3:]]
    for order in (swapped, blocks[:1] + blocks, blocks[:1] + blocks[2:], blocks[:-1], blocks[1:]):
        (files / "swapped").write_bytes(head + b"".join(order))
        assert codes(files / "swapped")


def test_blocks_of_another_file_do_not_fit(files):
    save.save(files / "other", passphrase=WORD, force=True)
    one, other = ((files / name).read_bytes() for name in ("encrypted", "other"))
    assert one[cipher.HEAD :][:4096] != other[cipher.HEAD :][:4096]
    (files / "mixed").write_bytes(one[: cipher.HEAD + 4096 + cipher.TAG] + other[cipher.HEAD + 4096 + cipher.TAG :])
    assert codes(files / "mixed")


def test_another_passphrase_opens_nothing(files):
    assert codes(files / "encrypted", "eight words that nobody else has ever Said") == ["backup_locked"]
    assert codes(files / "encrypted", "") == ["backup_locked"]


def test_a_short_passphrase_is_none(files):
    with pytest.raises(Refused) as refused:
        save.save(files / "short", passphrase="eleven sign")
    assert [refusal.code for refusal in refused.value.refusals] == ["passphrase_short"]
    assert not (files / "short").exists() and not (files / "short.part").exists()


def test_a_plain_file_is_read_by_any_tool(files):
    with zipfile.ZipFile(files / "plain") as package:
        assert package.testzip() is None
        manifest = json.loads(package.read("manifest.json"))
        people = package.read("tables/people_cadre.jsonl").decode()
    assert manifest["format"] == "cadre-assessment backup" and "达瓦" in people


def test_nothing_of_the_content_shows_when_encrypted(files):
    content = (files / "encrypted").read_bytes()
    assert b"people_cadre" not in content and "达瓦".encode() not in content and b"PK\x03\x04" not in content[:200]


# --- files with a right seal that we would not have written


def manifest_says(**facts):
    return lambda members, manifest: manifest.update(facts)


def without(name):
    return lambda members, manifest: members.pop(name) and None


def put(name, content):
    return lambda members, manifest: members.update({name: content})


def swapped(members, manifest):
    one, other = "tables/assessment_level.jsonl", "tables/assessment_grade.jsonl"
    members[one], members[other] = members[other], members[one]


def table_says(**facts):
    def change(members, manifest):
        next(table for table in manifest["tables"] if table["name"] == "tables/people_cadre.jsonl").update(facts)

    return change


def announced(name, content):
    def change(members, manifest):
        members[name] = content
        manifest["attachments"].append({"name": name, "size": 0, "sha256": ""})

    return change


def bomb(members, manifest):
    members["tables/people_unit.jsonl"] = b"[" + b"0," * (20 << 20) + b"0]\n"


UNTOLD = {
    "swapped members": swapped,
    "a member more": put("tables/people_more.jsonl", b""),
    "a member less": without("tables/people_unit.jsonl"),
    "a member outside": put("../../escaped", b"x"),
    "another content": put("tables/people_unit.jsonl", b"[]\n"),
    "rows cut off": lambda members, manifest: remade.put(members, "people_cadre", remade.lines(members, "people_cadre")[:-1]),
    "no manifest": lambda members, manifest: b"",
    "a list for a manifest": lambda members, manifest: b"[]",
    "deep manifest": lambda members, manifest: b"[" * 100_000,
    "text for a number": table_says(rows="1"),
    "a negative number": table_says(rows=-1),
    "a number that no database holds": table_says(highest_key=2**63),
    "more rows than there are": table_says(rows=8),
    "no digest": table_says(sha256=None),
    "unknown facts": manifest_says(more=1),
    "no tables": manifest_says(tables=None),
    "tables that are none": manifest_says(tables=[1]),
    "another format": manifest_says(format="another"),
    "migrations that are none": manifest_says(migrations=3),
}
TOLD = {
    "an attachment under another name": announced("attachments/" + "0" * 64, b"x"),
    "an attachment outside": announced("../escaped", b"x"),
    "an attachment at a path": announced("/tmp/escaped", b"x"),
    "an open end": put("tables/people_unit.jsonl", b"[]"),
    "a table twice": lambda members, manifest: manifest["tables"].append(manifest["tables"][0]),
}


@pytest.mark.parametrize("what", [*UNTOLD, *TOLD])
def test_what_the_manifest_does_not_say_is_refused(files, tmp_path, what):
    path = remade.remade(files / "plain", tmp_path / "x", (UNTOLD | TOLD)[what], tell=what in TOLD)
    assert codes(path) == ["backup_damaged"]


def test_the_seal_alone_changes_nothing(files, tmp_path):
    """What the trials above build upon: made again without a change, it is taken."""
    assert codes(remade.remade(files / "plain", tmp_path / "x", lambda members, manifest: None)) == []


def test_another_version_says_what_to_do(files, tmp_path):
    assert codes(remade.remade(files / "plain", tmp_path / "x", manifest_says(version=2))) == ["backup_version"]


def test_a_bomb_is_not_unpacked(files, tmp_path):
    assert codes(remade.remade(files / "plain", tmp_path / "x", bomb)) == ["packed_too_tightly"]


def test_a_member_twice_is_refused(files, tmp_path):
    path = tmp_path / "x"
    with zipfile.ZipFile(files / "plain") as package, zipfile.ZipFile(path, "w") as new:
        for name in [*package.namelist(), "tables/people_unit.jsonl"]:
            if name in new.namelist():
                with pytest.warns(UserWarning, match="Duplicate"):
                    new.writestr(name, package.read(name))
            else:
                new.writestr(name, package.read(name))
    assert codes(remade.sealed(path)) == ["backup_damaged"]


@pytest.mark.parametrize("content", [b"", b"x" * 200, b"PK\x03\x04" + b"\0" * 200, cipher.MAGIC, cipher.MAGIC + b"x" * 60])
def test_what_is_no_back_up_is_refused(tmp_path, content):
    (tmp_path / "x").write_bytes(content)
    assert set(codes(tmp_path / "x")) <= {"backup_damaged", "backup_locked"} and codes(tmp_path / "x")
    if content[:1] == b"x":
        (tmp_path / "x").write_bytes(b"")
        remade_seal(tmp_path / "x", content)
        assert codes(tmp_path / "x") == ["backup_damaged"]


def remade_seal(path, content):
    path.write_bytes(content + hashlib.sha256(content).hexdigest().encode())


def test_what_is_not_there_is_told(tmp_path):
    assert codes(tmp_path / "none") == codes(tmp_path) == ["backup_not_read"]


# --- the name that it takes


def test_nothing_is_written_over(files, tmp_path):
    for name, force, code in (("earlier", False, "backup_exists"), ("letter", True, "backup_replaces_another")):
        (tmp_path / name).write_bytes((files / "plain").read_bytes() if name == "earlier" else b"Dear colleagues")
        before = (tmp_path / name).read_bytes()
        with pytest.raises(Refused) as refused:
            save.save(tmp_path / name, force=force)
        assert [refusal.code for refusal in refused.value.refusals] == [code]
        assert (tmp_path / name).read_bytes() == before
    save.save(tmp_path / "earlier", force=True)
    assert codes(tmp_path / "earlier") == [] and (tmp_path / "earlier").read_bytes() != (files / "plain").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["earlier", "letter"]


def test_two_do_not_write_the_same_file(files, tmp_path):
    with save._part(tmp_path / "x", force=False) as file:
        file.write(b"first")
        with pytest.raises(Refused) as refused:
            save.save(tmp_path / "x")
        assert [refusal.code for refusal in refused.value.refusals] == ["backup_under_way"]
    assert (tmp_path / "x").read_bytes() == b"first"


def test_what_a_killed_one_left_is_in_nobodys_way(files, tmp_path):
    (tmp_path / "x.part").write_bytes(b"half" * 1_000_000)
    save.save(tmp_path / "x")
    assert codes(tmp_path / "x") == [] and not (tmp_path / "x.part").exists()
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o600


def test_there_has_to_be_a_directory(tmp_path, files):
    with pytest.raises(Refused) as refused:
        save.save(tmp_path / "none" / "x")
    assert [refusal.code for refusal in refused.value.refusals] == ["backup_no_directory"]


# --- what is in it


def test_every_table_is_in_it_or_left_out_for_a_reason():
    from django.apps import apps

    from assessment.backup.tables import APPS, LEFT_OUT, tables

    made_anew = {"contenttypes", "auth", "axes", "django_tasks_database"}  # by migrate, or of the moment
    told = {table.model for table in tables()}
    rest = {model for model in apps.get_models(include_auto_created=True) if model not in told}
    assert {model._meta.label_lower for model in rest if model._meta.app_label in APPS} == LEFT_OUT
    assert {model._meta.app_label for model in rest} - set(APPS) <= made_anew


def test_the_key_is_what_it_says():
    """A passphrase that is typed on another keyboard is the same one."""
    expected = hashlib.scrypt("\u00e9 twelve signs".encode(), salt=b"s" * 32, dklen=32, **cipher.COST)
    assert cipher.key("e\u0301 twelve signs", b"s" * 32) == expected


def test_a_guess_is_dear():
    """OWASP's first choice for scrypt: N = 2^17, r = 8, p = 1."""
    assert DEAR == {"n": 131072, "r": 8, "p": 1, "maxmem": 1 << 28}


def test_the_seal_is_the_digest_of_all_before_it(files):
    content = (files / "plain").read_bytes()
    assert hashlib.sha256(content[:-64]).hexdigest().encode() == content[-64:]
    assert container.looks_like_one(files / "plain") and container.looks_like_one(files / "encrypted")
