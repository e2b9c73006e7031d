"""Somebody who owns the database goes round the program, by SQL, with the triggers off; the verification names what he did.

Each trial is made on SQLite and PostgreSQL, the triggers are put back, and the faults are just those: nothing else is said to
be wrong. What the chain alone cannot show, because he knows the program and writes all of it anew, anchors show.
"""

import json
from contextlib import contextmanager
from io import BytesIO

import pytest
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from assessment.actions import attachments, proof
from assessment.models import Rating
from people import anchors, ledger, triggers
from people.actions import cadres
from people.canonical import canonical, sha256_hex
from people.ledger import recorded
from people.models import Authenticator, Cadre, Grant, LedgerEntry, LedgerHead
from tests.cast import give, make_campaigns, make_people, signed, standing
from tests.database.raw import columns, copy, delete, run, update
from tests.pictures import jpeg
from tests.test_commands import fails

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db]


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    """A signed opinion, a contact with a file, a second factor, and a record that changed thrice."""
    with standing(django_db_blocker, build) as made:
        yield made


def build():
    s = make_campaigns(make_people())
    s.opinion = signed(s, s.of(s.dawa))
    contact = give(s, {s.of(s.nima): "好"})
    (s.attachment,) = attachments.add(by=s.lin, contact=contact, uploads=[SimpleUploadedFile("visit.jpg", jpeg())])
    with recorded(by=s.lin, verb="add_second_factor"):
        s.device = Authenticator(user=s.lin, name="手机", confirmed=True, salt="a" * 32)
        s.device.save()
    for post in ("副镇长", "镇长", "书记"):
        cadres.save(by=s.lin, rows=[{"code": s.nima.code, "post": post}])
    s.told = list(LedgerEntry.objects.filter(object_type="people.cadre", object_id=s.nima.pk).order_by("seq"))
    ledger.note(by=s.man, verb="view", obj=s.nima)
    assert found() == []
    return s


def found(*lines):
    """What the verification says, with the number of the entry known last to have been good."""
    faults = [*anchors.check(list(lines))[0], *proof.faults()]
    return [(str(fault), fault.good and fault.good["entry"]) for fault in faults]


@contextmanager
def behind():
    """The triggers are off meanwhile."""
    triggers.drop()
    yield
    triggers.install()


def seal(seq, **values):
    """Write an entry anew with a digest of its own."""
    entry = LedgerEntry.objects.get(pk=seq)
    if values:
        run(update(entry, **values))
    entry = LedgerEntry.objects.get(pk=seq)
    run(update(entry, digest=ledger.seal(entry)))
    return LedgerEntry.objects.get(pk=seq)


def seal_on(seq):
    """The whole chain anew from an entry on, head and all."""
    for number in range(seq, LedgerEntry.objects.latest("seq").seq + 1):
        before = LedgerEntry.objects.filter(pk=number - 1).values_list("digest", flat=True).first() or ledger.START
        entry = seal(number, previous=before)
    run(update(LedgerHead.objects.get(), seq=entry.seq, digest=entry.digest))


def anchored():
    """The head as a line on another machine."""
    (line,) = anchors.read(BytesIO(anchors.line("here").encode()))
    return line


def renumber(old, new):
    run(("UPDATE people_ledgerentry SET seq = %s WHERE seq = %s", [new, old]))


# --- entries


def test_1_an_entry_is_changed(scene):
    entry = scene.told[2]
    with behind():
        run(update(entry, after='{"post": "县长"}'))
    assert found()[0] == (f"entry altered: entry {entry.seq}", entry.seq - 1)
    with behind():
        run(update(entry, after=json.dumps(entry.after), actor_id=scene.east.pk))
    assert found() == [(f"entry altered: entry {entry.seq}", entry.seq - 1)]


def test_2_entries_are_deleted(scene):
    last = ledger.head()[0]
    with behind():
        run(delete(LedgerEntry.objects.get(pk=last)))  # somebody looked
        run(delete(scene.told[2]))
    (missing, rest), *_, (cut, _good) = [pair for pair in found() if not pair[0].startswith("row")]
    assert (missing, rest) == (f"entry missing: entry {scene.told[2].seq}", scene.told[2].seq - 1)
    assert cut == f"tail cut: entry {last}"


def test_2_a_stretch_of_entries_is_deleted(scene):
    with behind():
        run(("DELETE FROM people_ledgerentry WHERE seq BETWEEN 5 AND 7", []))
    assert found()[0] == ("entry missing: entry 5, to 7", 4)


def test_3_an_entry_is_forged_in_the_middle(scene):
    """All that come after move up, and the forged one links to those before and has a good digest."""
    place, (last, _) = scene.told[2].seq, ledger.head()
    with behind():
        for seq in range(last, place - 1, -1):
            renumber(seq, seq + 1)
        run(copy(scene.told[1], seq=place, after='{"post": "县长"}'))
        forged = seal(place, previous=LedgerEntry.objects.get(pk=place - 1).digest)
        assert ledger.seal(forged) == forged.digest
    assert found() == [(f"entry inserted: entry {place}", place - 1)]


def test_4_an_entry_is_forged_at_the_end(scene):
    last, digest = ledger.head()
    with behind():
        run(copy(scene.told[1], seq=last + 1, previous=digest, after='{"post": "县长"}'))
        seal(last + 1)
    assert found()[0] == (f"entry past the head: entry {last + 1}", last)


def test_5_two_entries_change_places(scene):
    one, other = scene.told[1].seq, scene.told[3].seq
    with behind():
        for old, new in ((one, 10**6), (other, one), (10**6, other)):
            renumber(old, new)
    told = [pair for pair in found() if not pair[0].startswith("row")]
    assert told == [(f"entries changed places: entry {one}, with {other}", one - 1)]
    assert found()[-1] == (f"row differs from the ledger: record people.cadre, id {scene.nima.pk}, fields post", other)


def test_6_an_entry_is_replaced_with_a_digest_of_its_own(scene):
    entry = scene.told[1]
    with behind():
        seal(entry.seq, reason="一直如此")
    assert found() == [(f"entry replaced: entry {entry.seq}", entry.seq - 1)]


def test_7_the_chain_is_written_anew_from_an_entry_on(scene):
    """The chain says nothing; an anchor of before does, and an older one tells how far back all is well."""
    before = anchored()
    cadres.save(by=scene.lin, rows=[{"code": scene.nima.code, "post": "县长"}])
    after = anchored()
    entry = LedgerEntry.objects.filter(object_type="people.cadre", object_id=scene.nima.pk).latest("seq")
    with behind():
        run(update(entry, reason="经会议研究"))
        seal_on(entry.seq)
    assert found() == []
    assert found(before, after) == [(f"anchor differs: entry {after.seq}, line 1, count 1", before.seq)]
    assert anchors.check([before, after])[1]["entry"] == before.seq
    assert not anchors.stands(after.seq, after.digest[:12]) and anchors.stands(before.seq, before.digest[:12])


def test_8_the_tail_is_cut(scene):
    last, anchor = ledger.head()[0], anchored()
    with behind():
        run(("DELETE FROM people_ledgerentry WHERE seq >= %s", [last]))
    assert found() == [(f"tail cut: entry {last}", last - 1)]
    with behind():  # and the head is set back: what was cut changed no row, so nothing but an anchor knows of it
        kept = LedgerEntry.objects.get(pk=last - 1)
        run(update(LedgerHead.objects.get(), seq=kept.seq, digest=kept.digest))
    assert found() == [] and found(anchor)[0][0] == f"anchor missing: entry {last}, line 1, count 1"


def test_9_the_head_is_changed(scene):
    last, _ = ledger.head()
    with behind():
        run(update(LedgerHead.objects.get(), digest="f" * 64))
    assert found() == [(f"head changed: entry {last}", last - 1)]
    with behind():
        run(("DELETE FROM people_ledgerhead", []))
    assert found() == [(f"head changed: entry {last}", last - 1)]


# --- rows


def test_10_a_cadre_is_changed(scene):
    with behind():
        run(update(scene.nima, post="县长"))
    assert found() == [(f"row differs from the ledger: record people.cadre, id {scene.nima.pk}, fields post", scene.told[-1].seq)]
    fault = next(proof.faults())
    assert (fault.name, fault.good["at"], fault.good["who"]) == (str(scene.nima), scene.told[-1].at, str(scene.lin))


def test_11_a_signed_opinion_is_changed(scene):
    opinion, told = scene.opinion, last_of(scene.opinion)
    body = json.loads(opinion.body)
    body["opinion"]["conclusion"] = "表现极好"
    text = canonical(body)
    with behind():
        run(update(opinion, body=text))
    about = f"row differs from the ledger: record assessment.signedopinion, id {opinion.pk}, fields "
    assert found() == [(f"{about}body", told), (f"signed opinion altered: opinion {opinion.pk}", told)]
    with behind():
        run(update(opinion, digest=sha256_hex(text)))
    assert found() == [(f"{about}body digest", told)]


def last_of(row):
    return LedgerEntry.objects.filter(object_type=row._meta.label_lower, object_id=row.pk).latest("seq").seq


def test_12_a_grant_is_widened(scene):
    grant = scene.east.grants.get()
    with behind():
        run(update(grant, role="reviewer", unit_id=None))
    about = f"row differs from the ledger: record people.grant, id {grant.pk}, fields role unit_id"
    assert found() == [(about, last_of(grant))]


def test_13_a_mark_is_changed(scene):
    rating = Rating.objects.filter(finding__evaluation__cadre=scene.dawa).order_by("pk").first()
    worse = rating.level.scheme.levels.get(name="较差")
    with behind():
        run(update(rating, level_id=worse.pk))
    told = LedgerEntry.objects.filter(object_type="assessment.finding", object_id=rating.finding_id).latest("seq").seq
    evaluation = scene.of(scene.dawa)
    fields = f"id {rating.finding_id}, fields rating.{rating.dimension_id}"
    (row, good), (numbers, _) = found()
    assert (row, good) == (f"row differs from the ledger: record assessment.finding, {fields}", told)
    assert numbers.startswith(f"numbers do not follow from the findings: evaluation {evaluation.pk}, fields score")


def test_14_a_score_is_changed(scene):
    evaluation = scene.of(scene.dawa)
    with behind():
        run(update(evaluation, score="99.00"))
    assert found() == [(f"numbers do not follow from the findings: evaluation {evaluation.pk}, fields score", last_of(evaluation))]


def test_15_a_row_is_deleted(scene):
    kinship = scene.hai_cadre.kin.get()
    told = last_of(kinship)
    with behind():
        run(delete(kinship))
    assert found() == [(f"row missing: record people.kinship, id {kinship.pk}", told)]


def test_16_a_row_is_added(scene):
    with behind():
        run(copy(scene.nima, code="N1"))
        run(copy(scene.aud.grants.get(), user_id=scene.nobody.pk))
    cadre, grant = Cadre.objects.get(code="N1"), Grant.objects.get(user=scene.nobody)
    assert found() == [
        (f"row never recorded: record people.cadre, id {cadre.pk}", None), (f"row never recorded: record people.grant, id {grant.pk}", None),
    ]  # fmt: skip


def test_17_a_file_or_second_factor_is_exchanged(scene):
    with behind():
        run(update(scene.attachment, sha256="0" * 64))
    about = f"record assessment.attachment, id {scene.attachment.pk}, fields sha256"
    sha256 = "0" * 64
    assert found() == [
        (f"row differs from the ledger: {about}", last_of(scene.attachment)),
        (f"attachment missing: attachment {scene.attachment.pk}, sha256 {sha256}", last_of(scene.attachment)),
    ]
    with behind():
        run(update(scene.attachment, sha256=scene.attachment.sha256))
        run(update(scene.device, salt="b" * 32))
    assert found() == [(f"row differs from the ledger: record people.authenticator, id {scene.device.pk}, fields salt", last_of(scene.device))]


def test_17_a_password_is_exchanged(scene):
    with behind():
        run(update(scene.aud, password=make_password("of-the-intruder")))
    assert found() == [(f"row differs from the ledger: record people.user, id {scene.aud.pk}, fields password", last_of(scene.aud))]


# --- two databases


def values_of(row):
    names = [row._meta.pk.column, *columns(type(row))]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(names)} FROM {row._meta.db_table} WHERE {row._meta.pk.column} = %s", [row.pk])
        return dict(zip(names, cursor.fetchone(), strict=True))


@contextmanager
def elsewhere():
    """What went on in another database with the same past: here it did not happen."""
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


def test_18_rows_of_two_databases_are_swapped(scene):
    """Both come from the same past and went on differently; the other's entry is good in itself, links and all."""
    with elsewhere():
        cadres.save(by=scene.lin, rows=[{"code": scene.nima.code, "post": "县长"}])
        row = Cadre.objects.get(pk=scene.nima.pk)
        theirs, live = values_of(LedgerEntry.objects.first()), values_of(row)
    cadres.save(by=scene.lin, rows=[{"code": scene.nima.code, "post": "局长"}])
    ours = LedgerEntry.objects.first()
    ledger.note(by=scene.man, verb="view", obj=scene.dawa)
    assert ours.seq == theirs["seq"] and found() == []
    with behind():
        run(update(row, **{name: value for name, value in live.items() if name != "id"}))
    assert found() == [(f"row differs from the ledger: record people.cadre, id {row.pk}, fields post", ours.seq)]
    with behind():
        run(update(ours, **{name: value for name, value in theirs.items() if name != "seq"}))
    assert found() == [(f"entry replaced: entry {ours.seq}", ours.seq - 1)]  # the row is as the false entry says


def test_19_an_older_state_is_restored(scene):
    """All is well in itself: the older database is whole."""
    before = anchored()
    with elsewhere():
        cadres.save(by=scene.lin, rows=[{"code": scene.nima.code, "post": "县长"}])
        after = anchored()
    assert found() == [] and found(before) == []
    assert found(before, after) == [(f"anchor missing: entry {after.seq}, line 1, count 1", before.seq)]


# --- the rules of the database


@pytest.mark.parametrize("name", ["ledger_no_update", "opinion_no_update", "grant_exclusive_new"])
def test_20_a_trigger_is_left_off_or_altered(scene, name):
    (trigger,) = [each for each in triggers.declared() if each.name == name]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + (f" ON {trigger.table}" if connection.vendor == "postgresql" else ""))
    assert found() == [(f"trigger missing: trigger {name}", None)]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"CREATE TRIGGER {name} BEFORE {trigger.event} ON {trigger.table} FOR EACH ROW WHEN 0 BEGIN SELECT 1; END")
        else:
            body = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
            cursor.execute(body)
            cursor.execute(f"CREATE TRIGGER {name} BEFORE {trigger.event} ON {trigger.table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    assert found() == [(f"trigger altered: trigger {name}", None)]


def test_everything_at_once_and_the_triggers_left_off(scene):
    """What was done is told first, then that nothing hinders the next."""
    triggers.drop()
    run(update(scene.told[1], reason="x"))
    run(update(scene.nima, post="县长"))
    run(update(scene.of(scene.dawa), score="1.00"))
    faults = [fault for fault, _good in found()]
    codes = [fault.split(":")[0] for fault in faults]
    assert codes == ["entry altered", "row differs from the ledger", "numbers do not follow from the findings", "trigger missing"]
    assert set(faults[-1].split()[3:]) == {name for each in triggers.declared() for name in each.parts(connection.vendor)}


# --- when all was last well


def test_it_says_when_all_was_last_known_good(scene):
    first = proof.verify(by=scene.aud)
    proof.record(by=scene.aud, proof=first)
    clean = LedgerEntry.objects.first()
    with behind():
        run(update(scene.nima, post="县长"))
    second = proof.verify(by=scene.aud)
    proof.record(by=scene.aud, proof=second)
    assert second.last_clean == {"entry": clean.seq, "at": clean.at, "who": str(scene.aud)}
    assert proof.verify(by=scene.aud).last_clean["entry"] == clean.seq  # one with faults does not count
    told = fails("verify_ledger", "--all")
    assert told[0] == f"row differs from the ledger: record people.cadre, id {scene.nima.pk}, fields post ({scene.nima})"
    assert told[1].startswith(f"  last known good: entry {scene.told[-1].seq} of {scene.told[-1].at.isoformat()}")
    assert told[-1].startswith(f"last verification without faults: entry {clean.seq} of ")
    with behind():  # the past that it proved is not the one that is here now
        run(update(scene.nima, post="书记"))
        run(update(scene.told[1], reason="一直如此"))
        seal_on(1)
    assert proof.last_clean() is None
