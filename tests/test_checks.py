"""An installation that is not fit to be served beyond its machine does not start, and says why. Real processes."""

import http.client
import os
import re
import secrets
import signal
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.core import checks as django_checks
from django.db import connection

from assessment import checks

ROOT = Path(__file__).resolve().parent.parent
KEY = secrets.token_urlsafe(60)
SITE, PROXY = "kaohe.example", "127.0.0.2"


def environment(place, **more):
    """Production in a folder of its own; more=None takes a variable away."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
    ours = {
        "ALLOWED_HOSTS": SITE, "SECRET_KEY": KEY, "TRUSTED_PROXY": PROXY, "DATABASE_URL": f"sqlite:///{place / 'db.sqlite3'}",
        "JOB_DIR": str(place / "jobs"), "ATTACHMENT_DIR": str(place / "attachments"),
    }  # fmt: skip
    return {name: value for name, value in {**kept, **ours, **more}.items() if value is not None}


def manage(place, *words, **more):
    """(exit code, what it said)"""
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *words], env=environment(place, **more), capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A migrated installation, made as the docs say: a folder for its account alone."""
    place = tmp_path_factory.mktemp("installation")
    place.chmod(0o700)
    code, said = manage(place, "migrate", "--verbosity", "0")
    assert code == 0, said
    return place


@contextmanager
def serving(place, **more):
    """The port of a server that has started."""
    command = [sys.executable, str(ROOT / "manage.py"), "serve", "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(command, env=environment(place, **more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        assert line.startswith("Serving at"), process.communicate(timeout=60)
        yield int(re.search(r":(\d+)/", line)[1])
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def ask(port, path="/login/", *, method="GET", source=PROXY, body=None, **headers):
    """The answer to a request that comes from this address."""
    said = {"Host": SITE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(source, 0))
    link.request(method, path, body=body, headers=said)
    answer = link.getresponse()
    answer.text = answer.read().decode("utf-8", "replace")
    link.close()
    return answer


def test_a_fit_installation_passes_every_check(place):
    code, said = manage(place, "check", "--deploy", "--fail-level", "WARNING")
    assert code == 0 and "no issues" in said, said


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"DEBUG": "1"}, "DEBUG must be off"),
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "django-insecure-" + KEY}, "SECRET_KEY"),
        ({"SECRET_KEY": "ab" * 40}, "SECRET_KEY"),
        ({"TRUSTED_PROXY": None}, "TRUSTED_PROXY"),
        ({"TRUSTED_PROXY": "*"}, "one IP address"),
        ({"SESSION_HOURS": "0"}, "SESSION_HOURS"),
        ({"PASSWORD_PROFILE": "none"}, "PASSWORD_PROFILE"),
    ],
)
def test_what_is_set_wrong_does_not_start(place, more, words):
    code, said = manage(place, "serve", "--listen", "127.0.0.1:0", **more)
    assert code == 1 and words in said and "Traceback" not in said, said


def test_an_empty_database_is_not_served(tmp_path):
    code, said = manage(tmp_path, "serve", "--listen", "127.0.0.1:0")
    assert code == 1 and "ledger cannot be written" in said and "manage.py migrate" in said and "Traceback" not in said, said


def test_wsgi_servers_are_refused_too(place, tmp_path):
    ask_for_it = [sys.executable, "-c", "import assessment.wsgi"]
    fit, unfit = (
        subprocess.run(ask_for_it, env=environment(where), cwd=ROOT, capture_output=True, text=True, timeout=120) for where in (place, tmp_path)
    )
    assert fit.returncode == 0, fit.stderr
    assert unfit.returncode == 1 and "not fit to be served" in unfit.stderr


def test_one_proxy_is_believed_and_nobody_else(place):
    https = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "6.6.6.6, 10.0.0.7"}
    (place / "uncollected.py").write_text(
        'from assessment.settings import *\nSTORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}\n'
    )
    with serving(place, DJANGO_SETTINGS_MODULE="uncollected", PYTHONPATH=str(place)) as port:
        page = ask(port, **https)
        assert page.status == 200 and page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        cookie = page.headers["Set-Cookie"]
        assert "Secure" in cookie and "csrftoken" in cookie
        assert ask(port).status == 301, "the proxy says nothing of TLS: there was none"
        for source in ("127.0.0.1", "127.0.0.3"):
            assert ask(port, source=source, **https).status == 301, "anybody may write such a header"
        assert ask(port, Host="evil.example", **https).status == 400

        token = re.search(r"csrftoken=(\w+)", cookie)[1]
        typed = urlencode({"username": "lin", "password": "wrong", "csrfmiddlewaretoken": token})
        of_form = {"Cookie": f"csrftoken={token}", "Referer": f"https://{SITE}/login/", "Content_Type": "application/x-www-form-urlencoded"}
        assert ask(port, method="POST", body=typed, **of_form, **https).status == 200
    with sqlite3.connect(place / "db.sqlite3") as database:
        found = list(database.execute("SELECT verb, address FROM people_ledgerentry WHERE verb = 'sign_in_failed'"))
    assert found == [("sign_in_failed", "10.0.0.7")], "the proxy's own word on who asked, not what the client put before it"


# --- the single checks, without a process


def found(check):
    return [fault.id for fault in check(None)]


@pytest.mark.django_db
@pytest.mark.both_engines
def test_a_ledger_that_takes_no_entries_is_noticed_and_the_trial_leaves_nothing(people):
    from people import ledger

    before = ledger.head()
    assert found(checks.ledger_can_be_written) == [] and ledger.head() == before
    with connection.cursor() as cursor:
        on = " ON people_ledgerentry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER ledger_no_update{on}")
    assert found(checks.ledger_can_be_written) == ["assessment.E006"]


@pytest.mark.django_db
def test_a_ledger_that_refuses_is_noticed(people):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TRIGGER full BEFORE INSERT ON people_ledgerentry BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END")
    assert found(checks.ledger_can_be_written) == ["assessment.E005"]


def test_files_that_others_could_read(settings, tmp_path):
    static, jobs = tmp_path / "static", tmp_path / "jobs"
    for folder in (static, jobs):
        folder.mkdir(mode=0o700)
    settings.STATIC_ROOT, settings.ATTACHMENT_DIR, settings.JOB_DIR = static, tmp_path / "none yet", jobs
    ours = {"assessment.E002", "assessment.E003"}
    assert not ours & set(found(checks.files_are_private))
    jobs.chmod(0o705)
    assert "assessment.E003" in found(checks.files_are_private)
    jobs.chmod(0o700)
    settings.ATTACHMENT_DIR = static / "attachments"
    assert "assessment.E002" in found(checks.files_are_private)


def test_a_database_that_others_could_read(monkeypatch, tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("SQLite is a file")
    place = tmp_path / "var"
    place.mkdir(mode=0o755)
    place.chmod(0o755)
    database = place / "db.sqlite3"
    database.touch()
    monkeypatch.setitem(connection.settings_dict, "NAME", str(database))
    database.chmod(0o644)
    assert "assessment.E004" in found(checks.files_are_private)
    place.chmod(0o750)
    assert "assessment.E004" not in found(checks.files_are_private), "nobody else gets there"
    place.chmod(0o755)
    database.chmod(0o640)
    assert "assessment.E004" not in found(checks.files_are_private)


def test_cookies_and_second_factor(settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.SECURE_SSL_REDIRECT = True
    assert found(checks.cookies_travel_in_tls) == []
    settings.CSRF_COOKIE_SECURE = False
    assert found(checks.cookies_travel_in_tls) == ["assessment.E001"]
    settings.SECOND_FACTOR = "required"
    assert found(checks.second_factor_is_asked_for) == []
    settings.SECOND_FACTOR = "optional"
    assert found(checks.second_factor_is_asked_for) == ["assessment.W001"]
    assert not next(checks.second_factor_is_asked_for(None)).is_serious(), "a warning: it starts"


def test_they_are_asked_by_check_deploy():
    registered = {check.__name__ for check in django_checks.registry.registry.get_checks(include_deployment_checks=True)}
    assert {"ledger_can_be_written", "files_are_private", "cookies_travel_in_tls", "second_factor_is_asked_for"} <= registered
