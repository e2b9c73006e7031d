"""A database that is busy, away or full never shows: requests are tried again, and what was typed is never lost."""

import errno
import json
import logging
import sqlite3
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier, Event, Thread
from uuid import uuid4

import pytest
from django.db import Error, OperationalError, connection, connections, transaction
from django.test import Client
from django.utils import timezone

from assessment import busy
from assessment.logs import Discreet
from assessment.views.pages import FormPage
from people import ledger, proof
from people.actions import cadres, units
from people.models import Cadre, SentForm, Session, Unit
from tests.cast import PASSWORD
from tests.threads import together
from tests.views.forms import forms_of

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db(transaction=True)]


def signed_in(user, **options):
    client = Client(raise_request_exception=False, **options)
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def only(vendor):
    if connection.vendor != vendor:
        pytest.skip(f"a matter of {vendor}")


@pytest.fixture
def hurried():
    """Who finds the database locked gives up at once, so that a test need not wait."""
    options = connection.settings_dict["OPTIONS"]
    before = dict(options)
    connection.close()
    options |= {"timeout": 0.01} if connection.vendor == "sqlite" else {"options": "-c lock_timeout=50"}
    yield
    connection.close()
    options.clear()
    options |= before


@contextmanager
def held(until):
    """Another connection holds what every writer needs, until the event; begins when it holds it."""
    has_it = Event()

    def hold():
        try:
            with transaction.atomic():
                if connection.vendor == "postgresql":
                    connection.cursor().execute("SELECT * FROM people_ledgerhead FOR UPDATE")
                has_it.set()
                until.wait(60)
        finally:
            connection.close()

    thread = Thread(target=hold)
    thread.start()
    assert has_it.wait(30)
    try:
        yield thread
    finally:
        until.set()
        thread.join()


def filled(**typed):
    return {"code": "N", "name": "新单位", "kind": "village", "parent": "C", **typed}


def test_it_is_done_as_soon_as_the_other_is_ready(people, hurried, monkeypatch):
    """The first tries fail, in earnest; the pause between them ends when the lock does."""
    until, pauses = Event(), []

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 2:
            until.set()
            other.join()

    lin = signed_in(people.lin)
    monkeypatch.setattr(busy.time, "sleep", pause)
    with held(until) as other:
        answer = lin.post("/units/add", filled())
    assert answer.status_code == 302 and len(pauses) == 2
    assert Unit.objects.filter(code="N").count() == 1 and list(proof.verify()) == []


def test_if_not_the_page_keeps_all_that_was_typed(people, hurried, caplog):
    lin, key, name = signed_in(people.lin), str(uuid4()), '新单位 "甲"\r\n第二行 <b>'
    with held(Event()), caplog.at_level(logging.ERROR):
        answer = lin.post("/units/add?from=here", filled(name=name, once=key, password="geheim-9"))
    text = answer.content.decode()
    assert answer.status_code == 503 and answer["Retry-After"] == "5" and "no-store" in answer["Cache-Control"]
    assert "Nothing was lost" in text and "Traceback" not in text and "geheim-9" not in text and "Passwords are not kept" in text
    assert len([r for r in caplog.records if r.levelno >= logging.ERROR]) == 1 and not any(r.exc_info for r in caplog.records)
    (form,) = forms_of(answer)
    assert form.action == "/units/add?from=here" and form.fields["once"] == key and form.fields["name"] == name
    head = ledger.head()
    fields = {**form.fields, "name": "新单位"}
    assert lin.post(form.action, fields).status_code == 302 and ledger.head()[0] == head[0] + 1
    assert lin.post(form.action, fields).status_code == 302 and ledger.head()[0] == head[0] + 1  # the same once more


def test_looking_goes_on_meanwhile(people, hurried):
    """A look that writes into the ledger waits like a writer; one that does not is answered."""
    lin = signed_in(people.lin)
    with held(Event()):
        assert lin.get("/units/").status_code == 200
        answer = lin.get(f"/cadres/{people.dawa.pk}/")
    text = answer.content.decode()
    assert answer.status_code == 503 and "Try again" in text and "<form" not in text
    assert lin.get(f"/cadres/{people.dawa.pk}/").status_code == 200


def test_programs_get_an_answer_of_their_kind(people, hurried):
    lin = signed_in(people.lin)
    with held(Event()):
        fragment = lin.post("/units/add", filled(), headers={"HX-Request": "true"})
        data = lin.post("/units/add", filled(), headers={"Accept": "application/json"})
    assert fragment.status_code == data.status_code == 503
    assert fragment["Content-Type"].startswith("text/plain") and "busy" in fragment.content.decode()
    assert "busy" in json.loads(data.content)["error"]


def test_a_form_that_was_broken_off_after_its_work_leads_on(people, monkeypatch):
    """The write stands; what broke off was the rest of the request. The next try does not do it again."""
    redirect, broken = FormPage.redirect, []

    def breaks_once(self, url):
        if not broken:
            broken.append(url)
            raise locked_error()
        return redirect(self, url)

    monkeypatch.setattr(FormPage, "redirect", breaks_once)
    head, lin = ledger.head()[0], signed_in(people.lin)
    answer = lin.post("/units/add", filled(once=str(uuid4())), follow=True)
    made = Unit.objects.get(code="N")
    assert answer.redirect_chain == [(f"/units/{made.pk}/", 302)] and "Saved." in answer.content.decode()
    assert SentForm.objects.count() == 1 and ledger.head()[0] == head + 1


def locked_error():
    """The error of a database that is locked, as it gives it itself."""
    if connection.vendor == "postgresql":
        from psycopg.errors import DeadlockDetected

        error = OperationalError("deadlock detected")
        error.__cause__ = DeadlockDetected("deadlock detected")
        return error
    error = OperationalError("database is locked")
    error.__cause__ = sqlite3.OperationalError("database is locked")
    error.__cause__.sqlite_errorcode = sqlite3.SQLITE_BUSY_SNAPSHOT
    return error


@pytest.mark.parametrize("ours", [True, False])
def test_a_form_from_elsewhere_is_not_given_back_with_a_token(people, hurried, ours):
    """A session that has passed its limit is ended before the token of the form is looked at: there it breaks off."""
    lin = signed_in(people.lin, enforce_csrf_checks=True)
    lin.get("/units/add")
    Session.objects.filter(pk=lin.session.session_key).update(seen_at=timezone.now() - timedelta(hours=1))
    token = lin.cookies["csrftoken"].value if ours else "x" * 32
    with held(Event()):
        answer = lin.post("/units/add", filled(csrfmiddlewaretoken=token))
    assert answer.status_code == 503 and (b"csrfmiddlewaretoken" in answer.content) is ours and ("新单位" in answer.content.decode()) is ours


def test_the_log_does_not_repeat_what_a_row_held(people, caplog):
    secret = "".join(("拉姆", "措"))  # no line of this test has it, of which the trace may tell
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO people_cadre (name) VALUES (%s)", [secret])
    except Error:
        logging.getLogger("assessment").exception("failed")
    (record,) = caplog.records
    formatter = next(handler.formatter for handler in logging.getLogger().handlers if isinstance(handler.formatter, Discreet))
    plain, discreet = logging.Formatter().formatException(record.exc_info), formatter.formatException(record.exc_info)
    assert (secret in plain) is (connection.vendor == "postgresql"), "what this is about"
    assert secret not in discreet and "IntegrityError" in discreet


def test_a_fault_of_ours_stays_one(people, monkeypatch):
    calls = []

    def fails(**asked):
        calls.append(asked)
        raise ZeroDivisionError

    monkeypatch.setattr(units, "save", fails)
    answer = signed_in(people.lin).post("/units/add", filled())
    assert answer.status_code == 500 and len(calls) == 1


def test_the_disk_is_full(people, monkeypatch):
    def full(**asked):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(units, "save", full)
    answer = signed_in(people.lin).post("/units/add", filled())
    text = answer.content.decode()
    assert answer.status_code == 507 and "disk of the server is full" in text and "新单位" in text and "Retry-After" not in answer


def test_a_real_full_database(people):
    """SQLite says itself that it may not grow."""
    only("sqlite")
    lin = signed_in(people.lin)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # what earlier tests left free would be room
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages + 8}")
        try:
            answers = [lin.post("/units/add", filled(code=f"N{n}", name="长" * 100)) for n in range(60)]
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")
    made = sum(answer.status_code == 302 for answer in answers)
    assert {answer.status_code for answer in answers} == {302, 507}
    assert Unit.objects.filter(name__startswith="长").count() == made and list(proof.verify()) == []


def test_a_deadlock_is_tried_again(people):
    """Two who lock the same rows in opposite order: PostgreSQL ends one of them, and nobody hears of it."""
    only("postgresql")
    meet, save, tries = Barrier(2), cadres.save, []

    def crossing(*, by, rows):
        """One action of the site, that has locked another cadre before."""
        order = [people.dawa.pk, people.nima.pk] if by.username == "lin" else [people.nima.pk, people.dawa.pk]
        tries.append(by.username)
        with ledger.recorded(by=by, verb="save_cadre"):
            for number, pk in enumerate(order):
                Cadre.objects.select_for_update().get(pk=pk)
                if number == 0 and len(tries) <= 2:
                    meet.wait(30)
            return save(by=by, rows=rows)

    cadres.save = crossing
    try:
        forms = {"lin": people.dawa, "mei": people.nima}
        answers = together(*(lambda name=name, row=row: edited(getattr(people, name), row) for name, row in forms.items()))
    finally:
        cadres.save = save
    assert answers == [302, 302] and sorted(tries) in (["lin", "lin", "mei"], ["lin", "mei", "mei"])
    assert {*Cadre.objects.filter(pk__in=[people.dawa.pk, people.nima.pk]).values_list("post", flat=True)} == {"新职务"}
    assert list(proof.verify()) == []


def edited(user, cadre):
    client = signed_in(user)
    url = f"/cadres/{cadre.pk}/edit"
    (form,) = [form for form in forms_of(client.get(url)) if "seen" in form.fields]
    return client.post(url, {**form.fields, "post": "新职务"}).status_code


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_connection_that_was_cut(people, method):
    """The server of the database was started again, say: the next try has a new connection."""
    only("postgresql")
    lin = signed_in(people.lin)
    connection.ensure_connection()

    def cut():
        """From a connection of its own."""
        other = connections.create_connection("default")
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        other.close()

    cut()
    answer = lin.get("/units/") if method == "get" else lin.post("/units/add", filled())
    assert answer.status_code == (200 if method == "get" else 302)


def test_sign_in_waits_too(people, hurried):
    with held(Event()):
        client = Client(raise_request_exception=False)
        answer = client.post("/login/", {"username": "lin", "password": PASSWORD})
    text = answer.content.decode()
    assert answer.status_code == 503 and PASSWORD not in text
    assert client.post("/login/", {"username": "lin", "password": PASSWORD}).status_code == 302
