"""What every test stands on: the database, the browser, and an honest word on what could not run.

The suite runs on SQLite, in a file as in production (threads of the live server get connections of their own);
what carries the marker `both_engines` runs again with DATABASE_URL of a PostgreSQL (tests/postgres.py).
"""

import os
import signal
from urllib.parse import urlsplit

import hypothesis
import pytest
from django.core.management import call_command
from django.test import TransactionTestCase, override_settings
from django.utils import translation

from tests import machine, postgres
from tests.cast import people, world  # noqa: F401  (fixtures for everybody)

SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

# No clock decides whether a test passes; in CI the same examples every time.
hypothesis.settings.register_profile("ours", deadline=None, derandomize=machine.IN_CI, print_blob=True)
hypothesis.settings.load_profile("ours")


# --- the database


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    """Before the test database is made: its own name for each worker; SQLite in a file that nobody waits for."""
    from django.db import connections

    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    config = connections["default"].settings_dict
    if config["ENGINE"].endswith("sqlite3"):
        config["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        options = config.setdefault("OPTIONS", {})
        options["init_command"] = options.get("init_command", "") + "PRAGMA synchronous=OFF;"
    else:
        config["TEST"]["NAME"] = f"test_{config['NAME']}_{worker}"


@pytest.fixture(scope="session", autouse=True)
def quick_and_plain(django_test_environment, tmp_path_factory):
    """Static files without the manifest of collectstatic, passwords without the price of guessing them, and a folder
    of its own for the files of jobs and of evidence."""
    from django.conf import settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    jobs = tmp_path_factory.mktemp("jobs")
    with override_settings(
        STORAGES={**settings.STORAGES, "staticfiles": plain},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        JOB_DIR=jobs,
        ATTACHMENT_DIR=tmp_path_factory.mktemp("attachments"),
        FILE_UPLOAD_TEMP_DIR=jobs,
        CONFIRM_AFTER=24 * 60 * 60,  # however long the tests take: those that are about it say so
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def emptying_allowed():
    """Tests with real transactions (transactional_db, live_server) empty the tables afterwards: our triggers, which
    forbid just that, are off meanwhile."""
    from django.db import connections

    from people import triggers

    flush = TransactionTestCase._fixture_teardown

    def teardown(self):
        used = [connections[alias] for alias in self._databases_names(include_mirrors=False)]
        for connection in used:
            triggers.drop(connection)
        try:
            flush(self)
        finally:
            for connection in used:
                triggers.install(connection)

    TransactionTestCase._fixture_teardown = teardown
    yield
    TransactionTestCase._fixture_teardown = flush


@pytest.fixture(autouse=True)
def the_installations_language():
    """A page of an earlier test may have left its reader's language active in this thread."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture
def work(transactional_db):
    """Function that lets the worker do all jobs that wait, in this process."""

    def work():
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)}
        try:
            call_command("worker", batch=True)
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)

    return work


@pytest.fixture(scope="session")
def postgres_url():
    """URL of a real PostgreSQL for tests that start commands of their own on it."""
    try:
        with postgres.running() as url:
            yield url
    except postgres.Unavailable as error:
        machine.give_up("PostgreSQL", str(error))


# --- the browser


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium, headless, one per worker."""
    program = machine.need("Chromium")
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def problems():
    """What went wrong in the pages of this test; must be empty at its end. A test that provokes one removes it."""
    return []


@pytest.fixture
def open_page(chromium, live_server, problems):
    """Function that opens a page of its own (own cookies, so another person); takes options of a browser context,
    for example viewport={"width": 360, "height": 740}. Addresses are relative to the live server."""
    contexts, home = [], urlsplit(live_server.url).netloc

    def on_console(message):
        # A failed request is judged below, by its answer: a refusal (403, 404) is often what a test is about.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            problems.append(f"console: {message.text}")

    def on_response(response):
        kind = response.request.resource_type
        if response.status >= 500 or (response.status >= 400 and kind not in ("document", "xhr", "fetch")):
            problems.append(f"{response.status}: {response.url}")

    def on_request(request):
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc != home:
            problems.append(f"leaves the server: {request.url}")

    def open_page(**options):
        defaults = {"viewport": {"width": 1280, "height": 900}, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
        context = chromium.new_context(base_url=live_server.url, accept_downloads=True, **{**defaults, **options})
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", on_console)
        page.on("pageerror", lambda error: problems.append(f"script: {error}"))
        page.on("response", on_response)
        page.on("request", on_request)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def page(open_page):
    """One page at desktop size."""
    return open_page()


# --- the end of the report


def pytest_terminal_summary(terminalreporter):
    """One line for each thing this machine lacks."""
    lacking = {}
    for skipped in terminalreporter.stats.get("skipped", []):
        reason = skipped.longrepr[2] if isinstance(skipped.longrepr, tuple) else str(skipped.longrepr)
        if machine.CANNOT in reason:
            cause = reason.split(machine.CANNOT, 1)[1]
            lacking[cause] = lacking.get(cause, 0) + 1
    for cause, count in sorted(lacking.items()):
        line = f"not run: {count} test{'s' if count > 1 else ''} that need{'' if count > 1 else 's'} {cause}"
        terminalreporter.write_line(line)
        machine.report(line)
