"""manage.py worker: does long work beside the server."""

import logging
import os
import signal
import sys
import threading
from contextlib import contextmanager

from django.core.management.base import BaseCommand
from django.db import Error, connection
from django_tasks_db.management.commands import db_worker

import assessment.jobs  # noqa: F401  registers the runners
from assessment.actions import jobs
from assessment.actions.running import here

ROUND = 15  # seconds between looks for jobs whose worker died
SWEEP = 240  # rounds between clearings
PAUSE = 5  # seconds that a database has which is busy or away
log = logging.getLogger(__name__)


class Worker(db_worker.Worker):
    """Puts what it does back when it is told to stop, and outlives a database that is busy or away."""

    def shutdown(self, signum, frame):
        if not self.running_task or not self.running:  # idle, or told twice
            sys.exit(0)
        self.running = False
        jobs.stop()

    def run(self):
        pause = threading.Event()
        while self.running:
            try:
                return super().run()
            except Error as error:
                log.warning("The database did not answer: %s", error)
                connection.close_if_unusable_or_obsolete()
                pause.wait(PAUSE)


class Command(BaseCommand):
    help = "Do long work (imports, large exports, forms) as it is asked for; look after jobs that a killed worker left."

    def add_arguments(self, parser):
        parser.add_argument("--batch", action="store_true", help="do what waits, then end")
        parser.add_argument("--until-eof", action="store_true", help="end when the standard input does: when whoever started it dies")

    def handle(self, *, batch, until_eof=False, **options):
        if until_eof:
            threading.Thread(target=_end_with_input, daemon=True).start()
        worker = Worker(
            queue_names=["default"], excluded_queue_names=[], interval=1, batch=batch, backend_name="default", startup_delay=False,
            max_tasks=None, worker_id=here(),
        )  # fmt: skip
        worker.configure_signals()
        with looking_after():
            worker.run()


def _end_with_input():
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def looking_after():
    """See to jobs whose worker died and to files that expired, now and then from a thread."""
    over = threading.Event()

    def rounds():
        count = 0
        while not over.wait(ROUND):
            count += 1
            _round(sweep=count % SWEEP == 0)
            connection.close()
        connection.close()

    _round(sweep=True)
    thread = threading.Thread(target=rounds, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _round(sweep):
    try:
        jobs.recover()
        if sweep:
            jobs.sweep()
    except Exception:
        log.exception("looking after jobs failed; the next round tries again")
