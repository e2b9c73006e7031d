"""Runs management commands on a database of its own, in a process of its own: `elsewhere(url, [["migrate"], ...])`.

As a script: reads the commands as JSON from standard input, prints [[exit code, standard output, standard error], ...].
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def elsewhere(url, commands):
    """[(exit code, standard output, standard error)] of each command."""
    settings = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "assessment.settings", "SECRET_KEY": "x" * 50, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, __file__], input=json.dumps(commands), env={**os.environ, **settings}, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return [tuple(answer) for answer in json.loads(done.stdout.splitlines()[-1])]


def main():
    from io import StringIO

    import django
    from django.core.management import CommandError, call_command

    django.setup()
    answers = []
    for name, *arguments in json.load(sys.stdin):
        out, err, code = StringIO(), StringIO(), 0
        try:
            call_command(name, *arguments, stdout=out, stderr=err)
        except CommandError as error:
            code = 1
            err.write(str(error))
        answers.append((code, out.getvalue(), err.getvalue()))
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
