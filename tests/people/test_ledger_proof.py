"""`verify` names what was done behind the program's back; `as_of` tells how things were."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from assessment.actions import campaigns, evaluations
from assessment.models import Campaign, Rating, Scheme
from people import ledger, proof, triggers
from people.actions import cadres, grants
from people.models import Cadre, Grant, LedgerEntry, LedgerHead
from tests.cast import add_user, give_evidence, make_campaigns, make_people, signed, standing
from tests.database.raw import copy, delete, run, update

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db]


def build():
    w = make_campaigns(make_people())
    w.opinion = signed(w, w.of(w.dawa))
    return w


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """The world with a signed opinion."""
    with standing(django_db_blocker, build) as made:
        assert list(proof.verify()) == []
        yield made


@pytest.fixture
def people(world):
    return world


@pytest.fixture
def open_door(world, db):
    """The triggers are off, as for somebody who owns the database."""
    triggers.drop()
    return world


def faults():
    """What verify finds, but for the triggers that we took off."""
    return [str(fault) for fault in proof.verify() if not fault.code.startswith("trigger")]


def entry_about(row, verb=None):
    found = LedgerEntry.objects.filter(object_type=row._meta.label_lower, object_id=row.pk)
    return (found.filter(verb=verb) if verb else found).order_by("seq").last()


def reseal(entry):
    """Give an entry the digest that it would have."""
    run(update(entry, digest=ledger.seal(LedgerEntry.objects.get(pk=entry.pk))))


# --- tampering with entries


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor_id", None), ("actor_name", "别人"), ("at", "2020-01-01 00:00:00+00:00"), ("verb", "view"), ("object_name", "别人"),
        ("object_id", 999), ("object_type", "people.unit"), ("unit_id", None), ("reason", "没有"), ("request_id", "x"), ("address", "10.1.1.1"),
        ("after", '{"post": "科长"}'), ("before", '{"post": "局长"}'),
    ],
)  # fmt: skip
def test_an_entry_is_changed(open_door, column, value):
    entry = entry_about(open_door.dawa)
    run(update(entry, **{column: value}))
    assert faults()[0] == f"entry altered: entry {entry.seq}"


def test_an_entry_is_changed_and_sealed_again(open_door):
    entry = entry_about(open_door.dawa)
    run(update(entry, reason="没有"))
    reseal(entry)
    assert faults() == [f"entry replaced: entry {entry.seq}"]


def test_an_entry_is_deleted(open_door):
    entry = entry_about(open_door.dawa)
    run(delete(entry))
    assert faults()[0] == f"entry missing: entry {entry.seq}"


def test_an_entry_is_deleted_and_the_rest_moved_up(open_door):
    entry, (last, _) = entry_about(open_door.dawa), ledger.head()
    run(delete(entry))
    for seq in range(entry.seq + 1, last + 1):
        run(("UPDATE people_ledgerentry SET seq = %s WHERE seq = %s", [seq - 1, seq]))
    assert faults()[0] == f"entry missing: entry {entry.seq}" and not [f for f in faults()[1:] if f.startswith("entr")]


def test_an_entry_is_slipped_in(open_door):
    last, _ = ledger.head()
    entry = entry_about(open_door.dawa)
    for seq in range(last, entry.seq, -1):
        run(("UPDATE people_ledgerentry SET seq = %s WHERE seq = %s", [seq + 1, seq]))
    run(copy(entry, seq=entry.seq + 1, reason="一直如此"))
    assert faults() == [f"entry inserted: entry {entry.seq + 1}"]


def test_an_entry_is_added_at_the_end(open_door):
    last, digest = ledger.head()
    run(copy(LedgerEntry.objects.get(pk=last), seq=last + 1, previous=digest))
    reseal(LedgerEntry.objects.get(pk=last + 1))
    assert faults()[0] == f"entry past the head: entry {last + 1}"


def test_two_entries_change_places(open_door):
    first = entry_about(open_door.dawa).seq
    for old, new in ((first, 10**6), (first + 1, first), (10**6, first + 1)):
        run(("UPDATE people_ledgerentry SET seq = %s WHERE seq = %s", [new, old]))
    assert faults() == [f"entries changed places: entry {first}, with {first + 1}"]


def test_the_tail_is_cut(open_door):
    last, _ = ledger.head()
    run(("DELETE FROM people_ledgerentry WHERE seq > %s", [last - 2]))
    assert faults()[0] == f"tail cut: entry {last - 1}, to {last}"


def test_the_tail_is_cut_and_the_head_moved(open_door):
    """Then the chain is whole; but the rows know more than it."""
    last, _ = ledger.head()
    run(("DELETE FROM people_ledgerentry WHERE seq > %s", [last - 2]))
    run(update(LedgerHead.objects.get(), seq=last - 2, digest=LedgerEntry.objects.get(pk=last - 2).digest))
    found = faults()
    assert found and all(fault.startswith("row") for fault in found)
    assert f"row never recorded: record assessment.signedopinion, id {open_door.opinion.pk}" in found


def test_the_whole_ledger_is_emptied(open_door):
    run(("DELETE FROM people_ledgerentry", []))
    assert faults()[0].startswith("tail cut: entry 1, to ")
    run(update(LedgerHead.objects.get(), seq=0, digest=ledger.START))
    assert f"row never recorded: record people.user, id {open_door.lin.pk}" in faults()


def test_the_head_is_changed(open_door):
    last, _ = ledger.head()
    run(update(LedgerHead.objects.get(), digest="f" * 64))
    assert faults() == [f"head changed: entry {last}"]


# --- tampering with rows


def test_a_live_row_is_changed(open_door):
    run(update(open_door.dawa, post="县长"))
    assert faults() == [f"row differs from the ledger: record people.cadre, id {open_door.dawa.pk}, fields post"]


def test_a_grant_is_changed_or_given(open_door):
    grant = open_door.east.grants.get()
    run(update(grant, unit_id=None))
    assert faults() == [f"row differs from the ledger: record people.grant, id {grant.pk}, fields unit_id"]
    run(update(grant, unit_id=open_door.east_unit.pk))
    run(copy(grant, role="reviewer"))
    assert faults() == [f"row never recorded: record people.grant, id {Grant.objects.latest('pk').pk}"]


def test_a_mark_is_changed_taken_away_or_given(open_door):
    rating = Rating.objects.filter(finding__evaluation__cadre=open_door.dawa).order_by("pk").first()
    key, worse = f"rating.{rating.dimension_id}", Scheme.objects.get(code="front-line").levels.get(name="较差")
    run(update(rating, level_id=worse.pk))
    differs = f"row differs from the ledger: record assessment.finding, id {rating.finding_id}, fields {key}"
    assert faults() == [differs]
    run(delete(rating))
    assert faults() == [differs]


def test_a_signed_body_is_changed(open_door):
    opinion = open_door.opinion
    body = json.loads(opinion.body)
    body["opinion"]["conclusion"] = "表现极好"
    text = ledger.canonical(body)
    run(update(opinion, body=text))
    about = f"row differs from the ledger: record assessment.signedopinion, id {opinion.pk}, fields "
    assert faults() == [f"{about}body"]
    assert [str(fault) for fault in evaluations.verify_opinions()] == [f"signed opinion altered: opinion {opinion.pk}"]
    run(update(opinion, body=text, digest=ledger.sha256_hex(text)))
    assert faults() == [f"{about}body digest"]
    assert list(evaluations.verify_opinions()) == []


def test_a_grade_is_changed_beside_its_body(open_door):
    run(update(open_door.opinion, grade="优秀"))
    assert [str(fault) for fault in evaluations.verify_opinions()] == [f"signed opinion altered: opinion {open_door.opinion.pk}"]


def test_a_row_goes_or_comes(open_door):
    kin = open_door.hai_cadre.kin.get()
    run(update(kin, id=kin.pk + 1))
    assert faults() == [
        f"row missing: record people.kinship, id {kin.pk}", f"row never recorded: record people.kinship, id {kin.pk + 1}"
    ]  # fmt: skip
    run(("UPDATE people_kinship SET id = %s", [kin.pk]))
    assert faults() == []
    run(copy(open_door.dawa, code="N1"))
    assert faults() == [f"row never recorded: record people.cadre, id {Cadre.objects.get(code='N1').pk}"]


@pytest.mark.parametrize("chunk", [1, 2, 3, 1000])
def test_rows_are_compared_in_spans_of_any_size(open_door, chunk):
    assert list(proof.rows(Cadre, chunk)) == []
    run(update(open_door.dawa, post="另一职务"))
    run(copy(open_door.dawa, id=2**60, code="N1"))  # a far id must cost no more than a near one
    found = [(fault.code, fault.facts["id"]) for fault in proof.rows(Cadre, chunk)]
    assert found == [("row differs from the ledger", open_door.dawa.pk), ("row never recorded", 2**60)]


def test_a_part_of_a_scheme_is_changed(open_door):
    frozen = Scheme.objects.get(code="front-line")
    run(update(frozen.dimensions.get(code="control"), weight="24.00"))
    run(update(frozen.grades.get(name="优秀"), minimum="80.00"))
    assert faults() == [f"row differs from the ledger: record assessment.scheme, id {frozen.pk}, fields dimension.control grade.优秀"]


def test_sign_in_times_and_numbers_are_nobodys_history(open_door):
    """They are left out of the ledger; numbers are verified by computing them again."""
    run(update(open_door.lin, last_login="2022-01-01 00:00:00+00:00"))
    run(update(open_door.of(open_door.nima), score="99.00", leads=9))
    assert faults() == []


# --- as it was


def test_a_record_as_of_a_day(people):
    moments = []
    for post in ("镇长", "", "书记"):
        cadres.save(by=people.lin, rows=[{"code": "G001", "post": post}])
        moments.append(entry_about(people.dawa).at)
    first, second, third = moments
    just_before, tick = entry_about(people.dawa).at - timedelta(microseconds=1), timedelta(microseconds=1)
    made = LedgerEntry.objects.filter(object_type="people.cadre", object_id=people.dawa.pk).earliest("seq").at

    def post(when):
        return ledger.as_of(Cadre, people.dawa.pk, when).get("post", "")

    assert ledger.as_of(Cadre, people.dawa.pk, made - tick) is None
    assert [post(made), post(first), post(second), post(just_before), post(third)] == ["达瓦的职务", "镇长", "", "", "书记"]
    assert ledger.as_of(Cadre, people.dawa.pk, third)["name"] == "达瓦"


def test_events_do_not_disturb_it(people):
    ledger.note(by=people.man, verb="reveal", obj=people.dawa, facts={"post": "县长", "name": "别人"})
    state = ledger.as_of(Cadre, people.dawa.pk, entry_about(people.dawa).at)
    assert (state["post"], state["name"]) == ("达瓦的职务", "达瓦")


def test_a_deleted_record_was_there_once(people):
    user = add_user("short", "manager", people.east_unit)
    grant = user.grants.get()
    given = entry_about(grant).at
    grants.end(by=people.sec, grant=grant, reason="调离")
    entry = entry_about(Grant(pk=grant.pk or 0)) or LedgerEntry.objects.filter(object_type="people.grant").order_by("seq").last()
    assert ledger.as_of(Grant, entry.object_id, given)["role"] == "manager"
    assert ledger.as_of(Grant, entry.object_id, entry.at) is None
    assert (entry.object_name, entry.unit_id) == ("short manager", people.east_unit.pk)


def test_a_scheme_as_of_a_day_has_its_parts(world):
    frozen = Scheme.objects.get(code="front-line")
    state = ledger.as_of(Scheme, frozen.pk, entry_about(frozen).at)
    assert state["digest"] == frozen.digest and state["dimension.analysis"]["weight"] == "25.00"
    before = ledger.as_of(Scheme, frozen.pk, entry_about(frozen).at - timedelta(microseconds=1))
    assert "digest" not in before


def test_what_as_of_says_of_now_is_what_verify_compares(world):
    give_evidence(world, world.of(world.nima), world.of(world.karma))
    campaigns.close(by=world.rui, campaign=world.front)
    for model in proof.recorded_models():
        rows = model.ledger_states(model._base_manager.values_list("pk", flat=True))
        at = LedgerEntry.objects.order_by("-seq").first().at
        assert {pk: ledger.as_of(model, pk, at) for pk in rows} == rows
    assert ledger.as_of(Campaign, world.front.pk, at)["state"] == "closed"


# --- the same on both engines

#: An entry as it is sealed: JSON, keys sorted, no blanks, times in UTC; written here by hand.
SEALED = (
    '{"actor_id":12,"actor_name":"林","address":"2001:db8::1",'
    '"after":{"":"","a":{"深":"“引号” \\\\ / \\t"},"big":9007199254740993,"weight":"40.00","z":[1,null,true]},'
    '"at":"2022-05-06T07:08:09.000120Z","before":null,"object_id":1099511627776,"object_name":"买买提·吐尔逊 \U00020bb7",'
    '"object_type":"people.cadre","previous":"' + "0" * 64 + '","reason":"行一\\n行二","request_id":"","seq":1000000,'
    '"unit_id":null,"verb":"save_cadre"}'
)


def test_a_digest_does_not_depend_on_the_engine(open_door):
    entry = LedgerEntry(
        seq=10**6,
        at=datetime(2022, 5, 6, 7, 8, 9, 120, tzinfo=UTC),
        actor_id=12,
        actor_name="林",
        verb="save_cadre",
        object_type="people.cadre",
        object_id=2**40,
        object_name="买买提·吐尔逊 \U00020bb7",
        after={"z": [1, None, True], "a": {"深": "“引号” \\ / \t"}, "weight": "40.00", "big": 2**53 + 1, "": ""},
        reason="行一\n行二",
        address="2001:db8::1",
        previous=ledger.START,
    )
    by_hand = hashlib.sha256(SEALED.encode()).hexdigest()
    assert ledger.seal(entry) == by_hand
    entry.save(force_insert=True)
    assert ledger.seal(LedgerEntry.objects.get(pk=entry.pk)) == by_hand  # and so it comes back from the database
