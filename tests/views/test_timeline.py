"""The timeline of the history: one click's entries together, filters by link, and the table beside it."""

import pytest
from django.db import connection
from django.urls import reverse

from assessment.actions import jobs
from assessment.models import Job
from assessment.queries import history
from people import ledger, triggers
from people.actions import cadres
from people.models import Cadre, LedgerEntry
from tests.views.test_history import days_before, entry_page, label, newest, record_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def audit(client, world):
    client.force_login(world.aud)
    return client


def clicked(number, do):
    """Do something as one request."""
    token = ledger.origin.set(ledger.Origin(request_id=f"request-{number}", address=f"10.0.0.{number}"))
    try:
        return do()
    finally:
        ledger.origin.reset(token)


def timeline_of(client, **query):
    answer = client.get(reverse("ledgerentry_list"), query)
    assert answer.status_code == 200
    return answer.context["clicks"]


def test_one_clicks_entries_stand_together_and_say_once_what_was_done(audit, world):
    before = ledger.head()[0]
    clicked(1, lambda: cadres.save(by=world.lin, rows=[{"code": c.code, "post": "x"} for c in (world.dawa, world.karma)]))
    clicked(2, lambda: cadres.save(by=world.mei, rows=[{"code": world.nima.code, "post": "y"}]))
    second, first = timeline_of(audit)[:2]
    assert [len(click.told) for click in (first, second)] == [2, 1] and first.verbs == [history.verb_name("save_cadre")]
    assert [entry.object_name for entry, *_ in first.told] == ["达瓦", "噶玛"] and first.newest.pk == before + 2
    assert [(c.label, c.old, c.new) for c in first.told[0][3]] == [(label(Cadre, "post"), "达瓦的职务", "x")]
    page = audit.get(reverse("ledgerentry_list")).content.decode()
    assert "10.0.0.1" in page and f"?actor={world.lin.pk}" in page and "达瓦的职务" in page


def test_a_click_cut_by_the_edge_of_a_page_says_so_and_nothing_is_lost(audit, world):
    rows = [{"code": f"M{n:03d}", "name": f"多{n}", "unit": "E"} for n in range(70)]
    clicked(3, lambda: cadres.save(by=world.lin, rows=rows))
    parts = [timeline_of(audit, request_id="request-3", page=number) for number in (1, 2)]
    assert [[len(click.told) for click in part] for part in parts] == [[50], [20]]
    assert [click.total for part in parts for click in part] == [70, 70] and parts[0][0].elsewhere == 20
    shown = [entry.pk for part in parts for click in part for entry, *_ in click.told]
    assert len(set(shown)) == 70


def test_two_people_are_never_one_click(audit, world):
    clicked(4, lambda: cadres.save(by=world.lin, rows=[{"code": world.dawa.code, "post": "x"}]))
    clicked(4, lambda: cadres.save(by=world.mei, rows=[{"code": world.dawa.code, "post": "y"}]))
    assert [click.newest.actor_id for click in timeline_of(audit, request_id="request-4")] == [world.mei.pk, world.lin.pk]


def test_commands_without_a_request_are_grouped_by_their_moment(audit, world):
    cadres.save(by=world.lin, rows=[{"code": c.code, "post": "x"} for c in (world.dawa, world.karma)])
    cadres.save(by=world.lin, rows=[{"code": world.dawa.code, "post": "y"}])
    assert [len(click.told) for click in timeline_of(audit)[:2]] == [1, 2]


@pytest.mark.parametrize(
    ("query", "timeline"),
    [({}, True), ({"sort": "seq"}, True), ({"shown": "table"}, False), ({"sort": "verb"}, False), ({"columns": "digest"}, False)],
)
def test_the_table_is_there_where_it_is_asked_for_or_sorted(audit, query, timeline):
    answer = audit.get(reverse("ledgerentry_list"), query)
    assert ("clicks" in answer.context) == timeline and ('<ol class="timeline">' in answer.content.decode()) == timeline


KINDS = {
    "changes": lambda entry: entry.verb not in ledger.EVENTS,
    "events": lambda entry: entry.verb in ledger.EVENTS,
    "looks": lambda entry: entry.verb in ("view", "export", "reveal"),
    "refused": lambda entry: entry.verb in ("refused", "sign_in_failed", "sign_in_locked", "confirm_failed"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_only_one_kind_of_entries(audit, world, kind):
    for verb in ("view", "export", "refused", "sign_in_failed", "sign_in"):
        ledger.note(by=world.lin, verb=verb, facts={})
    shown = {row.pk for row in audit.get(reverse("ledgerentry_list"), {"kind": kind}).context["listing"].queryset}
    assert shown == {entry.pk for entry in LedgerEntry.objects.all() if KINDS[kind](entry)} != set()


def test_who_address_and_days_by_link(audit, world, monkeypatch):
    days_before(monkeypatch, 9, lambda: clicked(12, lambda: ledger.note(by=world.mei, verb="sign_in", facts={})))
    clicked(1, lambda: ledger.note(by=world.mei, verb="sign_in", facts={}))

    def found(**query):
        listing = audit.get(reverse("ledgerentry_list"), query).context["listing"]
        return list(listing.queryset.filter(verb="sign_in", actor=world.mei).values_list("address", flat=True)), listing.chips

    assert found(actor=world.mei.pk)[0] == ["10.0.0.1", "10.0.0.12"] and found(actor=world.lin.pk)[0] == []
    assert [text for _, text, _ in found(actor=world.mei.pk)[1]] == ["mei"]
    assert found(address="10.0.0.1")[0] == ["10.0.0.1"] and len(found(address="10.0.0.")[0]) == 2
    assert found(days=7)[0] == ["10.0.0.1"] and len(found(days=30)[0]) == 2


def test_a_saved_view_keeps_how_the_list_is_shown(audit, world):
    listing = audit.get(reverse("ledgerentry_list"), {"kind": "refused", "days": "7", "shown": "table"}).context["listing"]
    assert set(listing.own_query.split("&")) == {"kind=refused", "days=7", "shown=table"}
    assert len(listing.chips) == 2  # how it is shown narrows nothing


def test_jobs_and_grants_are_named_in_words(audit, world):
    jobs.start(by=world.lin, kind="exchange", verb="export_workbook", reason="归档", parameters={"campaign": "", "name": "x"})
    page = audit.get(reverse("ledgerentry_list"), {"object_type": "assessment.job"}).content.decode()
    assert str(Job.Kind.EXCHANGE.label) in page and ">exchange<" not in page
    assert history.record_name("people.grant", "lin assessor") == f"lin {world.lin.grants.first().get_role_display()}"


def test_a_purged_entry_says_so(audit, world):
    """Its content is gone: the page, the timeline, the table and the export tell it instead."""
    cadres.save(by=world.lin, rows=[{"code": world.dawa.code, "post": "x"}])
    entry = newest(object_type="people.cadre")
    triggers.drop(connection)
    LedgerEntry.objects.filter(pk=entry.pk).update(purged_by=1, before=None, after=None, reason="")
    triggers.install(connection)
    for answer in (entry_page(audit, entry), audit.get(reverse("ledgerentry_list")), record_page(audit, world.dawa)):
        assert f'<a href="{reverse("ledgerentry_detail", args=[1])}">1</a>' in answer.content.decode()
    assert audit.get(reverse("ledgerentry_list"), {"shown": "table"}).status_code == 200
