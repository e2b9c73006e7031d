"""manage.py worker: does long work beside the server."""

import threading

from django.db import DatabaseError, connection
from django_tasks_db.management.commands import db_worker

import assessment.jobs  # noqa: F401  registers the runners
from assessment.actions import jobs

ROUND = 15  # seconds between looks for jobs whose worker died
SWEEP = 240  # rounds between clearings


class Command(db_worker.Command):
    help = "Do long work (imports, large exports, forms) as it is asked for; looks after jobs that a killed worker left."

    def handle(self, **options):
        jobs.recover()
        jobs.sweep()
        threading.Thread(target=self._keep, daemon=True).start()
        super().handle(**options)

    def _keep(self):
        pause, rounds = threading.Event(), 0
        while not pause.wait(ROUND):
            rounds += 1
            try:
                jobs.recover()
                if rounds % SWEEP == 0:
                    jobs.sweep()
            except DatabaseError as error:
                self.stderr.write(f"The database did not answer: {error}")
            finally:
                connection.close()
