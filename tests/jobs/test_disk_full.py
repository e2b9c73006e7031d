"""The disk fills up under people who write: each is told so and keeps what he typed, and nothing that was answered is lost.

A small disk is mounted where this machine lets us; elsewhere a quota of file size stands in for it.
"""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.jobs import killing
from tests.jobs.writers import Writer, database

WRITERS, SIZE, LEFT = 4, 32 << 20, 3 << 20  # bytes of the disk, and of what is left on it when they begin


@pytest.fixture
def disk(tmp_path):
    """(folder, is it a small disk?)"""
    small = tmp_path / "small"
    small.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", small], capture_output=True)
    yield small, done.returncode == 0
    if done.returncode == 0:
        subprocess.run(["umount", "-l", small], check=True)


def test_a_full_disk_is_told_and_loses_nothing(disk, request):
    folder, small = disk
    url, place = database("sqlite", request, folder)
    with killing.ground(url) as forked, ThreadPoolExecutor(WRITERS) as threads:
        stage = forked("stage", place, writers=WRITERS)
        writers = [Writer(f"writer{n}", session, stage) for n, session in enumerate(stage["sessions"])]
        quota, filler = 0, folder / "filler"
        if small:
            room = os.statvfs(folder)
            filler.write_bytes(b"\0" * (room.f_bavail * room.f_frsize - LEFT))
        else:
            quota = Path(place["database"]).stat().st_size + LEFT // 4
        port = forked("serve", place, threads=WRITERS, quota=quota)["port"]
        for status, page in threads.map(Writer.write, writers, [port] * WRITERS):
            assert status == 507 and "disk of the server is full" in page and "查验严格" in page
        answered = {name for writer in writers for name in writer.answered}
        assert answered, "it was full from the start"
        assert forked("end", place, kill=True) == {"killed": True}
        filler.unlink(missing_ok=True)
        found = forked("written_there", place)
        assert "FAULT" not in found["proof"] and set(found["rows"]) == answered
        port = forked("serve", place, threads=WRITERS)["port"]  # there is room again
        assert [writer.write(port, most=len(writer.answered) + 1) for writer in writers] == [None] * WRITERS
        assert forked("end", place, kill=True) == {"killed": True}
        found = forked("written_there", place)
        assert "FAULT" not in found["proof"] and set(found["rows"]) == {name for writer in writers for name in writer.answered}
