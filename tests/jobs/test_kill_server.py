"""`kill -9` of the web server while people write: what was answered is there, nothing is there by halves, the ledger proves right.

Fifty rounds on each engine, on one database that is never put back: the server dies at a random step of its work (a statement,
just before or after a commit) under four people who record contacts as fast as they can. A form that got no answer is sent
again to the next server, as a browser would, and must be done once.
"""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.jobs import killing
from tests.jobs.writers import Writer, database

ROUNDS, WRITERS = 50, 4
FEW, MANY = 40, 500  # steps after which the server dies: within the first forms, and after some twenty


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_server_killed_under_writers_loses_nothing_that_it_answered(engine, request, tmp_path):
    url, place = database(engine, request, tmp_path)
    dice, deaths = random.Random(engine), 0
    with killing.ground(url) as forked, ThreadPoolExecutor(WRITERS) as threads:
        stage = forked("stage", place, writers=WRITERS)
        whole = [2, 2 * len(stage["dimensions"]), 2, 1]  # findings, ratings, members of the team, entries of the contact
        writers = [Writer(f"writer{n}", session, stage) for n, session in enumerate(stage["sessions"])]
        for number in range(ROUNDS):
            port = forked("serve", place, at=dice.randint(FEW, MANY), threads=WRITERS)["port"]
            assert list(threads.map(Writer.write, writers, [port] * WRITERS)) == [None] * WRITERS  # no other answer than that it is done
            assert forked("end", place, kill=False) == {"killed": True}
            deaths += 1
            found = forked("written_there", place)
            assert "FAULT" not in found["proof"], (number, found["proof"])
            assert {name: parts for name, parts in found["rows"].items() if parts != whole} == {}, number
            answered = {name for writer in writers for name in writer.answered}
            open_ = {writer.pending["place"] for writer in writers if writer.pending}
            assert answered <= set(found["rows"]) <= answered | open_, number
    assert deaths == ROUNDS and len(answered) > ROUNDS  # they did get on
