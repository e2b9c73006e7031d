"""An old database file is put back while an anchor on another machine is newer."""

import json
import os
import sqlite3
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.db import connection

from tests.cast import add_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a cluster is no single file; test_tampering tries it on its rows")
def test_an_old_file_is_put_back(tmp_path):
    old, lines = tmp_path / "old.sqlite3", tmp_path / "anchors.jsonl"
    add_user("first", "manager")
    call_command("anchor", str(lines))
    with sqlite3.connect(connection.settings_dict["NAME"]) as here, sqlite3.connect(old) as there:
        here.backup(there)
    add_user("second", "manager")
    call_command("anchor", str(lines))
    first, second = (json.loads(line) for line in lines.read_text().splitlines())

    def verified(*options):
        env = {**os.environ, "DATABASE_URL": f"sqlite:///{old}"}
        command = [sys.executable, "manage.py", "verify_ledger", *options]
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False)

    alone = verified()
    assert (alone.returncode, alone.stdout) == (0, f"{first['seq']} entries, head {first['digest']}\n")  # whole in itself
    done = verified("--anchors", str(lines))
    assert done.returncode == 1 and f"anchor missing: entry {second['seq']}, line 2, count 1\n" in done.stderr
    assert f"last known good: entry {first['seq']} of " in done.stderr
