"""How far a command is, on one line of a terminal; nothing where nobody looks."""

from contextlib import contextmanager


@contextmanager
def telling(stream):
    """Function that shows its arguments in place of what it showed before."""
    if not stream.isatty():
        yield lambda *_: None
        return
    try:
        yield lambda what, count: stream.write(f"\r\x1b[K{what} {count or ''}", ending="")
    finally:
        stream.write("\r\x1b[K", ending="")
