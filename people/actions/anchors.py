"""Writing the head of the ledger where another machine takes it from."""

import os

from people import anchors, ledger


def append(*, by, path, installation):
    """Append the newest entry to a file of anchors; answers the line.

    The event comes first and its own entry is what is anchored: whoever goes back to before it lacks that entry. The file
    is opened before, so that none is recorded where nothing can be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        ledger.note(by=by, verb="anchor", object_type="people.ledgerentry", object_name=path.name)
        line = anchors.line(installation)
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    return line
