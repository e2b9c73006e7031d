"""A database to measure on: fresh, in a temporary directory, set up as in production."""

import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import django


def use():
    """Make Django ready. In a process that a measure started, the database is the one that the measure made."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assessment.settings")
    os.environ.setdefault("SECRET_KEY", "for measuring only, answers nobody beyond this very process")
    django.setup()


@contextmanager
def scratch():
    """A migrated SQLite database for this process and those it starts; gives the directory, gone afterwards."""
    with TemporaryDirectory(prefix="bench-") as place:
        os.environ["DATABASE_URL"] = f"sqlite:///{place}/db.sqlite3"
        use()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        try:
            yield Path(place)
        finally:
            connections.close_all()
