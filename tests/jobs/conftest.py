import os
import subprocess
import sys

import pytest

import assessment.jobs  # noqa: F401  (the runners, before one of them is replaced)
from assessment.actions import running
from assessment.models import Job
from assessment.views.jobs import SHOWN
from tests import cast
from tests.sheets.books import USERS


@pytest.fixture
def lin(transactional_db):
    return cast.add_user("lin", "assessor")


@pytest.fixture
def does(monkeypatch):
    """Function that gives jobs of the kind "papers" another runner; a list of their attempts comes back."""

    def does(work):
        attempts = []

        def runner(running):
            attempts.append(running.job.attempt)
            work(running)

        monkeypatch.setitem(running.RUNNERS, Job.Kind.PAPERS, runner)
        monkeypatch.delitem(SHOWN, Job.Kind.PAPERS, raising=False)
        return attempts

    return does


@pytest.fixture(scope="module")
def corpse():
    """A process of this machine that is no more, by the name that a worker has."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return running.here().replace(f":{os.getpid()}", f":{process.pid}")


@pytest.fixture
def assessor(transactional_db):
    return {name: cast.add_user(name, "assessor") for name in USERS}["kcy1"]
