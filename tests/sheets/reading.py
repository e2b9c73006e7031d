"""Reads every file of a folder, each in a process of its own, and prints what it got and its peak of memory.

    python -m tests.sheets.reading FOLDER
"""

import json
import os
import sys
from pathlib import Path

MEMORY = 300  # MiB


def main(folder):
    import django

    django.setup()
    from django.utils import translation

    translation.activate("en")
    from tests.sheets.taken import read  # now all is loaded that the first file would load

    answers = {path.name: _apart(read, path) for path in sorted(Path(folder).iterdir())}
    json.dump(answers, sys.stdout)


def _apart(read, path):
    """What a function answers of a file, and the most memory that a process of its own has taken for it, in KiB."""
    source, target = os.pipe()
    child = os.fork()
    if not child:
        os.close(source)
        with os.fdopen(target, "w") as answer:
            json.dump(read(path), answer)
        os._exit(0)
    os.close(target)
    with os.fdopen(source) as answer:
        text = answer.read()
    _, status, used = os.wait4(child, 0)
    return {"status": status, "peak": used.ru_maxrss, "got": json.loads(text) if text else None}


if __name__ == "__main__":
    main(sys.argv[1])
