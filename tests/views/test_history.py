"""The history pages: for auditors alone, inside their units, in words, with nothing revealed that is masked elsewhere."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from assessment.actions import evaluations
from assessment.models import Contact, Evaluation, Scheme
from assessment.queries import history
from people import ledger, proof
from people.actions import cadres
from people.ledger import recorded
from people.models import Cadre, LedgerEntry, Unit
from tests.cast import OPINION, add_user, drafted, give_evidence, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def audit(client, world):
    client.force_login(world.aud)
    return client


def newest(**which):
    return LedgerEntry.objects.filter(**which).order_by("-seq").first()


def entry_page(client, entry):
    answer = client.get(reverse("ledgerentry_detail", args=[entry.pk]))
    assert answer.status_code == 200
    return answer


def changes_of(answer):
    return {change.label: (change.old, change.new) for change in answer.context["this"][3]}


def label(model, name):
    return str(model._meta.get_field(name).verbose_name)


# --- who may


PAGES = ["ledgerentry_list", "ledgerentry_verify"]


@pytest.mark.parametrize("who", ["lin", "rui", "man", "sec", "sys", "nobody"])
def test_nobody_but_auditors_has_it_and_the_try_is_told(client, world, who):
    client.force_login(getattr(world, who))
    record = reverse("ledgerentry_record", args=["people.cadre", world.dawa.pk])
    for url in [*map(reverse, PAGES), record]:
        answer = client.get(url)
        assert answer.status_code == 403 and answer.context["sentences"], url
        entry = newest(verb="refused")
        assert entry.actor == getattr(world, who) and entry.after["path"] == url and entry.after["codes"] == ["role_missing"]
    assert client.get(reverse("ledgerentry_detail", args=[1])).status_code in (403, 404)
    assert client.post(reverse("ledgerentry_export"), {"reason": "because"}).status_code == 403
    assert client.post(reverse("ledgerentry_verify")).status_code == 403
    assert reverse("ledgerentry_list") not in client.get(reverse("home")).content.decode()


def test_strangers_are_sent_to_sign_in(client, world):
    assert client.get(reverse("ledgerentry_list")).status_code == 302


def test_an_auditor_of_one_unit_sees_its_entries_only(client, world):
    give_evidence(world, world.of(world.dawa), world.of(world.karma))
    client.force_login(world.east_aud)
    shown = client.get(reverse("ledgerentry_list"))
    seen = {entry.unit_id for entry in LedgerEntry.objects.filter(pk__in=[r.pk for r in shown.context["listing"].queryset])}
    assert seen == {world.east_unit.pk, world.east_village.pk}
    west = newest(object_type="people.cadre", object_id=world.karma.pk)
    assert client.get(reverse("ledgerentry_detail", args=[west.pk])).status_code == 404
    assert client.get(reverse("ledgerentry_record", args=["people.cadre", world.karma.pk])).status_code == 404
    assert client.get(reverse("ledgerentry_record", args=["people.cadre", world.dawa.pk])).status_code == 200


def test_a_record_that_moved_away_is_no_longer_his(client, world):
    cadres.save(by=world.lin, rows=[{"code": world.dawa.code, "unit": world.west_unit}])
    client.force_login(world.east_aud)
    assert client.get(reverse("ledgerentry_record", args=["people.cadre", world.dawa.pk])).status_code == 404


# --- the list


def test_the_list_shows_the_newest_first_and_says_who_did_what(audit, world):
    rows = list(audit.get(reverse("ledgerentry_list")).context["listing"].queryset)
    assert [row.pk for row in rows] == sorted((row.pk for row in rows), reverse=True) and rows[0].pk == ledger.head()[0]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"who": "lin"}, lambda w: {"actor": w.lin}),
        ({"verb": "save_grant"}, lambda w: {"verb": "save_grant"}),
        ({"object_type": "people.cadre"}, lambda w: {"object_type": "people.cadre"}),
        ({"record": "达瓦"}, lambda w: {"object_name__contains": "达瓦"}),
        ({"q": "达瓦"}, lambda w: {"object_name__contains": "达瓦"}),
        ({"since": "2022-01-01"}, lambda w: {}),
        ({"until": "2022-01-01"}, lambda w: {"pk": 0}),
        ({"since": "0001-01-01", "until": "9999-12-31"}, lambda w: {}),
        ({"address": "no such"}, lambda w: {"pk": 0}),
        ({"request_id": "no such"}, lambda w: {"pk": 0}),
    ],
)
def test_filters(audit, world, query, expected):
    got = {row.pk for row in audit.get(reverse("ledgerentry_list"), query, follow=True).context["listing"].queryset}
    assert got == set(LedgerEntry.objects.filter(**expected(world)).values_list("pk", flat=True))


def test_the_filter_by_unit_takes_in_what_is_below(audit, world):
    rows = audit.get(reverse("ledgerentry_list"), {"unit": world.east_unit.pk}).context["listing"].queryset
    assert {row.unit_id for row in rows} == {world.east_unit.pk, world.east_village.pk}


def test_failed_sign_ins_are_found_by_the_name_that_was_tried(audit, client, world):
    ledger.note(by=None, verb="sign_in_failed", object_type="people.user", object_name="intruder", facts={"name": "intruder"})
    rows = audit.get(reverse("ledgerentry_list"), {"who": "intrud"}, follow=True).context["listing"].queryset
    assert [row.object_name for row in rows] == ["intruder"]


def test_the_export_holds_the_filtered_list_and_no_values(audit, world):
    cadres.save(by=world.lin, rows=[{"code": world.dawa.code, "phone": "13912345678"}])
    answer = audit.post(f"{reverse('ledgerentry_export')}?object_type=people.cadre", {"reason": "检查"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(rows) - 1 == LedgerEntry.objects.filter(object_type="people.cadre").count()
    assert label(Cadre, "phone") in str(rows[1]) and "13912345678" not in str(rows)
    assert newest(verb="export").after["rows"] == len(rows) - 1


def test_an_invalid_filter_lists_and_exports_nothing(audit):
    assert not audit.get(reverse("ledgerentry_list"), {"verb": "nonsense"}).context["listing"].queryset
    assert audit.post(f"{reverse('ledgerentry_export')}?since=yesterday", {"reason": "检查"}).status_code == 400


def test_every_verb_and_every_type_has_words(audit, world):
    from assessment.wording import VERBS, verb_name
    from people.access import PERMISSIONS

    for verb in [*PERMISSIONS, *ledger.EVENTS, *VERBS]:
        assert verb_name(verb) != verb, verb
    assert {kind for kind, _ in history.types()} == {m._meta.label_lower for m in proof.recorded_models()}
    assert audit.get(reverse("ledgerentry_list"), {"verb": "sign", "object_type": "people.cadre"}).status_code == 200


# --- one entry


def test_an_entry_tells_old_and_new_in_words(audit, world):
    cadres.save(by=world.lin, rows=[{"code": world.dawa.code, "post": "镇长", "unit": world.west_unit, "status": "on_leave", "sex": "2"}])
    answer = entry_page(audit, newest(object_type="people.cadre"))
    changes = changes_of(answer)
    assert changes[label(Cadre, "post")] == ("达瓦的职务", "镇长")
    assert changes[label(Cadre, "unit")] == ("东滩镇", "西岭乡")
    assert changes[label(Cadre, "status")] == (str(Cadre.Status.IN_POST.label), str(Cadre.Status.ON_LEAVE.label))
    assert "2" not in changes[label(Cadre, "sex")]


def test_phones_and_id_numbers_stay_masked(audit, world):
    cadres.save(by=world.lin, rows=[{"code": world.dawa.code, "phone": "13912345678"}])
    page = entry_page(audit, newest(object_type="people.cadre"))
    assert changes_of(page)[label(Cadre, "phone")] == ("139****0001", "139****5678")
    record = audit.get(reverse("ledgerentry_record", args=["people.cadre", world.dawa.pk]))
    for answer in (page, record):
        assert "13912345678" not in answer.content.decode() and "13900000001" not in answer.content.decode()


def test_parts_are_told_with_their_root(audit, world):
    give_evidence(world, world.of(world.dawa))
    found = changes_of(entry_page(audit, newest(object_type="assessment.finding")))
    rated = [new for name, (_, new) in found.items() if "综合分析研判" in name]
    assert rated == ["较好"]
    contact = changes_of(entry_page(audit, newest(object_type="assessment.contact")))
    assert [new for _, new in contact.values()].count("lin") == 2  # recorder and lead
    assert contact[label(Contact, "source_name")] == ("", "某某")  # an auditor may know
    scheme = changes_of(entry_page(audit, newest(object_type="assessment.scheme", object_name="一线考核", before__isnull=True)))
    assert any("25.00" in new for _, new in scheme.values()) and scheme[label(Scheme, "title")] == ("", "一线考核")


def test_a_decision_names_its_basis_and_a_signed_opinion_its_length(audit, world):
    from assessment.actions import decisions

    opinion = signed(world, world.of(world.dawa))
    decisions.propose(by=world.lin, kind="training", assessee=world.dawa, outcome="跟踪", opinions=[opinion])
    told = changes_of(entry_page(audit, newest(object_type="assessment.decision")))
    assert any("达瓦 1" in name for name in told)
    told = changes_of(entry_page(audit, newest(object_type="assessment.signedopinion")))
    assert str(len(opinion.body)) in "".join(new for _, new in told.values()) and OPINION["performance"] not in str(told)


def test_entries_of_one_request_stand_together(client, world):
    token = ledger.origin.set(ledger.Origin(request_id="abc", address="10.0.0.1"))
    try:
        cadres.save(by=world.lin, rows=[{"code": c.code, "post": "x"} for c in (world.dawa, world.karma)])
    finally:
        ledger.origin.reset(token)
    client.force_login(world.aud)
    answer = entry_page(client, newest(object_type="people.cadre"))
    assert [one[0].object_name for one in answer.context["others"]] == ["达瓦"]
    client.force_login(world.east_aud)
    answer = entry_page(client, newest(object_type="people.cadre", object_id=world.dawa.pk))
    assert answer.context["others"] == []  # karma's is of another unit


def test_before_and_after_lead_along_the_record(audit, world):
    numbers = []
    for post in ("a", "b", "c"):
        cadres.save(by=world.lin, rows=[{"code": world.dawa.code, "post": post}])
        cadres.save(by=world.lin, rows=[{"code": world.nima.code, "post": post}])
        numbers.append(newest(object_id=world.dawa.pk, object_type="people.cadre").pk)
    answer = entry_page(audit, LedgerEntry.objects.get(pk=numbers[1]))
    assert (answer.context["before"], answer.context["after"]) == (numbers[0], numbers[2])
    assert entry_page(audit, LedgerEntry.objects.get(pk=numbers[2])).context["after"] is None


def test_events_show_their_facts(audit, client, world):
    ledger.note(
        by=world.lin, verb="export", object_type="people.cadre", object_name="干部", facts={"rows": 3, "list": "cadre"}, reason="上报"
    )
    answer = entry_page(audit, newest(verb="export"))
    assert sorted(new for _, new in changes_of(answer).values()) == ["3", str(Cadre._meta.verbose_name_plural)] and "上报" in answer.content.decode()
    ledger.note(by=world.lin, verb="refused", facts={"verb": "sign", "codes": ["role_missing"], "path": "/x"})
    assert entry_page(audit, newest(verb="refused")).status_code == 200
    ledger.note(by=world.lin, verb="sign_in", obj=world.lin)
    assert entry_page(audit, newest(verb="sign_in")).context["this"][3] == []


def test_a_workbook_of_many_types_is_named_in_words(audit, world):
    """Its entries have no record type of the database: nothing of the code shows."""
    ledger.note(by=world.lin, verb="export", object_type="workbook", object_name="rest.xlsx", facts={"of": "a" * 64})
    answer = entry_page(audit, newest(verb="export"))
    assert "of" not in changes_of(answer) and "交换工作簿" in answer.content.decode()
    assert "交换工作簿" in audit.get(reverse("ledgerentry_list")).content.decode()


def test_what_was_typed_is_escaped(audit, world):
    cadres.save(by=world.lin, rows=[{"code": world.dawa.code, "post": "<script>alert(1)</script>"}])
    for url in (
        reverse("ledgerentry_detail", args=[newest(object_type="people.cadre").pk]),
        reverse("ledgerentry_record", args=["people.cadre", world.dawa.pk]),
    ):
        assert "<script>alert" not in audit.get(url).content.decode()


def test_an_auditor_does_not_read_his_own_file_here(client, world):
    both = add_user("watch", "auditor", cadre=world.nima)
    give_evidence(world, world.of(world.nima), world.of(world.dawa))
    client.force_login(both)
    entries = {e.pk: e for e in client.get(reverse("ledgerentry_list")).context["listing"].queryset}
    for name in ("finding", "evaluation"):
        own = [e for e in LedgerEntry.objects.filter(object_type=f"assessment.{name}") if "尼玛" in e.object_name]
        assert own and not {e.pk for e in own} & entries.keys()
        assert client.get(reverse("ledgerentry_detail", args=[own[0].pk])).status_code == 404
        assert client.get(reverse("ledgerentry_record", args=[f"assessment.{name}", own[0].object_id])).status_code == 404
    assert record_page(client, world.of(world.dawa)).context["beside"]


# --- a record over time


def record_page(client, obj, **query):
    answer = client.get(reverse("ledgerentry_record", args=[obj._meta.label_lower, obj.pk]), query)
    assert answer.status_code == 200
    return answer


def days_before(monkeypatch, days, do):
    """Do something as if it were some days ago."""
    then = timezone.now() - timedelta(days)
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: then)
        return do(), timezone.localdate(then)


def test_a_record_stands_beside_itself_of_a_day_before(audit, world, monkeypatch):
    [cadre], before = days_before(monkeypatch, 3, lambda: cadres.save(by=world.lin, rows=[{"code": "NEW", "name": "新来", "unit": "E", "post": "干事"}]))
    cadres.save(by=world.lin, rows=[{"code": "NEW", "post": "镇长"}])
    then = record_page(audit, cadre, day=before.isoformat()).context
    assert {c.label: (c.old, c.new) for c in then["beside"] if c.differs} == {label(Cadre, "post"): ("干事", "镇长")}
    assert then["differing"] == 1 and then["there_then"]
    assert record_page(audit, cadre).context["differing"] == 0
    assert not record_page(audit, cadre, day="2000-01-01").context["there_then"]


def test_a_minute_of_a_day_can_be_asked_for(audit, world, monkeypatch):
    [cadre], day = days_before(monkeypatch, 3, lambda: cadres.save(by=world.lin, rows=[{"code": "NEW", "name": "新来", "unit": "E"}]))
    made = timezone.localtime(newest(object_id=cadre.pk, object_type="people.cadre").at)
    minute, before = made.strftime("%H:%M"), made - timedelta(minutes=1)
    assert record_page(audit, cadre, day=day.isoformat(), time=minute).context["there_then"]
    if before.date() == day:  # not in the first minute of a day
        assert not record_page(audit, cadre, day=day.isoformat(), time=before.strftime("%H:%M")).context["there_then"]
    assert record_page(audit, cadre, day=day.isoformat(), time="noon").context["problem"]


def test_each_change_leads_to_the_record_before_and_after_it(audit, world):
    for post in ("a", "b", "c"):
        cadres.save(by=world.lin, rows=[{"code": world.dawa.code, "post": post}])
    entries = list(LedgerEntry.objects.filter(object_type="people.cadre", object_id=world.dawa.pk).order_by("seq"))
    told = {}
    for entry in entries[1:]:
        for side in ("before", "after"):
            told[entry.pk, side] = {c.label: c.old or c.new for c in record_page(audit, world.dawa, **{side: entry.pk}).context["beside"]}
    posts = [(told[e.pk, "before"][label(Cadre, "post")], told[e.pk, "after"][label(Cadre, "post")]) for e in entries[1:]]
    assert posts == [("达瓦的职务", "a"), ("a", "b"), ("b", "c")]
    assert not record_page(audit, world.dawa, before=entries[0].pk).context["there_then"]


@pytest.mark.parametrize("day", ["yesterday", "2022-13-45", "9999-12-31", "0001-01-01"])
def test_a_day_that_is_none_is_said_so(audit, world, day):
    answer = record_page(audit, world.dawa, day=day)
    assert answer.context["problem"] and answer.context["differing"] == 0


def test_a_day_to_come_is_now(audit, world):
    later = (timezone.localdate() + timedelta(30)).isoformat()
    assert record_page(audit, world.dawa, day=later).context["day"] == timezone.localdate()


def test_a_record_that_is_gone_can_still_be_read(audit, world):
    with recorded(by=None, verb="save_unit"):
        unit = Unit.objects.create(code="GONE", name="临时队", parent=world.county)
    with recorded(by=None, verb="save_unit"):
        Unit.objects.filter(code="GONE").delete()
    answer = record_page(audit, unit)
    assert not answer.context["there_now"] and not answer.context["there_then"] and len(answer.context["changes"]) == 2
    assert answer.context["beside"] == []


def test_what_never_was_is_not_found(audit, world):
    for kind, key in (("people.cadre", 999999), ("people.nothing", 1), ("auth.permission", 1), ("x", 1), ("assessment.rating", 1)):
        assert audit.get(f"/history/{kind}/{key}").status_code == 404


def test_it_says_who_has_seen_and_exported_it(audit, client, world):
    evaluation = world.of(world.dawa)
    ledger.viewed(by=world.man, obj=evaluation)
    ledger.note(by=world.man, verb="export", object_type="assessment.evaluation", object_name="评价", facts={"rows": 2}, reason="上报")
    ledger.note(by=world.man, verb="export", object_type="people.cadre", object_name="干部", facts={"rows": 2})
    context = record_page(audit, evaluation).context
    assert [entry.actor for entry, *_ in context["looks"]] == [world.man]
    assert [entry.reason for entry in context["perhaps"]] == ["上报"]  # older exports do not tell what they held


# --- how much they ask of the database


@pytest.mark.parametrize("page", ["list", "entry", "record", "export"])
def test_queries_do_not_grow_with_the_entries(client, world, page, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(world.aud)
    counts = []
    for number in (1, 3, 50):
        token = ledger.origin.set(ledger.Origin(request_id=f"r{number}"))
        try:
            with recorded(by=world.lin, verb="save_cadre"):
                Cadre.objects.bulk_create(Cadre(code=f"{number}-{n}", name=f"{number}-{n}", unit=world.east_unit) for n in range(number))
            for n in range(number):
                cadres.save(
                    by=world.lin,
                    rows=[{"code": world.dawa.code, "post": f"{number} {n}", "unit": [world.east_unit, world.west_unit][n % 2]}],
                )
        finally:
            ledger.origin.reset(token)
        url = {
            "list": reverse("ledgerentry_list"),
            "export": reverse("ledgerentry_export"),
            "entry": reverse("ledgerentry_detail", args=[newest(request_id=f"r{number}").pk]),
            "record": reverse("ledgerentry_record", args=["people.cadre", world.dawa.pk]),
        }[page]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            answer = client.post(url, {"reason": "检查"}) if page == "export" else client.get(url)
            assert answer.status_code == 200
            b"".join(answer) if answer.streaming else answer.content
        counts.append(len(captured))
    # The newest entries are of one kind at last: what they refer to is looked up once for each kind.
    assert counts[2] <= counts[1] and counts[0] <= counts[1] <= 25, counts


def test_drafts_name_the_fields(world):
    give_evidence(world, world.of(world.dawa))
    drafted(world, world.of(world.dawa))
    names = history.changed_fields(newest(verb="draft_opinion"))
    assert label(Evaluation, "performance") in names and label(Evaluation, "grade") in names
    evaluations.submit(by=world.lin, evaluation=world.of(world.dawa))
    assert label(Evaluation, "state") in history.changed_fields(newest(verb="submit"))


def test_every_recorded_model_has_a_page_of_its_own(client, db):
    from tests.sides import two_sides

    audit, w = client, two_sides()
    audit.force_login(w.aud)
    seen = {}
    for kind, pk in LedgerEntry.objects.exclude(verb__in=ledger.EVENTS).values_list("object_type", "object_id"):
        seen[kind] = pk
    assert {"people.cadre", "assessment.attachment", "assessment.job", "assessment.signedopinion", "people.grant"} <= seen.keys()
    for kind, pk in seen.items():
        for query in ({}, {"day": "2020-01-01"}, {"before": ledger.head()[0]}):
            assert audit.get(reverse("ledgerentry_record", args=[kind, pk]), query).status_code == 200, kind
