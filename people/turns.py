"""Taking turns to write on SQLite: who came first writes first.

SQLite lets one connection write at a time and has the others ask again and again, with longer and longer pauses: under a
steady load the unlucky one waits until it gives up. The threads of one process queue here instead, so that only one of
them at a time asks the database.
"""

from collections import deque
from contextlib import contextmanager
from threading import Lock

from django.db import OperationalError, connection

PATIENCE = 40  # seconds


class Turns:
    """A lock that is passed on in the order in which it was asked for."""

    def __init__(self):
        self._mutex, self._waiting, self._taken = Lock(), deque(), False

    def wait(self, seconds):
        """Wait for one's turn; False if it did not come."""
        with self._mutex:
            if not self._taken:
                self._taken = True
                return True
            gate = Lock()
            gate.acquire()
            self._waiting.append(gate)
        if gate.acquire(timeout=seconds):
            return True
        with self._mutex:
            if gate in self._waiting:
                self._waiting.remove(gate)
                return False
        return True  # it came in the last moment

    def done(self):
        """Let the next one."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


_turns = Turns()


@contextmanager
def turn():
    """One's turn to write; at once on PostgreSQL, which keeps such a queue itself, and inside a transaction."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    if not _turns.wait(PATIENCE):
        raise OperationalError("database is locked: one's turn did not come")
    try:
        yield
    finally:
        _turns.done()
