"""Files that nobody should trust and files that nobody has tidied: what each of them gets, and what it costs.

All are read by one other process, each in a child of it, whose memory is its own.
"""

import json
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.sheets.exchange.read import read_source
from people.refusals import Refused
from tests.sheets.dirty import DIRTY, made
from tests.sheets.hostile import HOSTILE
from tests.sheets.packages import SHEET, parts, zipped
from tests.sheets.reading import MEMORY

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def readings(tmp_path_factory):
    """{name of a file: what came of it}."""
    folder, aside = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("aside")
    cases = [*HOSTILE.items(), *DIRTY.items()]
    for number, (_, (make, *_)) in enumerate(cases):
        (folder / f"{number:03d}.xlsx").write_bytes(make())
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "assessment.settings", "TMPDIR": str(aside)}
    command = [sys.executable, "-m", "tests.sheets.reading", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
    assert os.listdir(aside) == []  # nothing of any file is kept
    assert len(os.listdir(folder)) == len(cases)
    answers = json.loads(done.stdout)
    return dict(zip((name for name, _ in cases), answers.values(), strict=True))


def test_there_are_enough():
    assert len(HOSTILE.keys() | DIRTY.keys()) == len(HOSTILE) + len(DIRTY) > 100


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(name, readings):
    assert readings[name]["got"] == {"refused": [HOSTILE[name][1]], "open": 0}


@pytest.mark.parametrize("name", DIRTY)
def test_an_untidy_file_is_taken(name, readings):
    _, rows, notes, errors = DIRTY[name]
    assert readings[name]["got"] == {"rows": [list(row) for row in rows], "notes": notes, "errors": sorted(map(list, errors)), "open": 0}


@pytest.mark.parametrize("name", [*HOSTILE, *DIRTY])
def test_memory_stays_small(name, readings):
    assert readings[name]["peak"] < MEMORY << 10


# --- by chance

GOOD = made(("A", "某县", 1, 0.5), ("B", "某镇", None, "=1"), head=("单位编码", "单位名称", "类型", "上级编码"))
XML = parts()[SHEET].encode()
changes = st.lists(st.tuples(st.integers(0, 1 << 20), st.binary(max_size=4), st.integers(0, 4)), min_size=1, max_size=8)


def changed(content, places):
    """A content with some bytes put in place of others."""
    for place, piece, length in places:
        place %= len(content)
        content = content[:place] + piece + content[place + length :]
    return content


def is_read_or_refused(content):
    try:
        source = read_source(BytesIO(content))
    except Refused:
        return
    assert sum(len(sheet.rows) for sheet in source.sheets.values()) <= 3


@given(st.binary(max_size=2000))
def test_any_bytes(content):
    is_read_or_refused(content)


@given(changes)
def test_a_workbook_with_bytes_altered(places):
    is_read_or_refused(changed(GOOD, places))


@given(changes, st.sampled_from([name for name, _ in parts().items()]))
def test_a_workbook_with_a_part_altered(places, name):
    is_read_or_refused(zipped(parts() | {name: changed(parts()[name].encode(), places)}))


TEXTS = st.text(st.sampled_from("<>/='\"& cvtrsfi0129AB-.eE:%_x某\n"), max_size=30)


@given(st.lists(TEXTS, max_size=6))
def test_a_sheet_of_odd_elements(texts):
    cells = "".join(f"<c {a}><v>{b}</v></c>" for a, b in zip(texts, reversed(texts), strict=True))
    is_read_or_refused(zipped(parts(parts()[SHEET].replace("</sheetData>", f"<row>{cells}</row></sheetData>"))))
