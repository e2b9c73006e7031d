"""What the documents promise to list is what there is."""

from pathlib import Path

import pytest

from people import triggers

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("trigger", sorted(triggers.declared(), key=lambda t: t.name), ids=lambda t: t.name)
def test_the_architecture_lists_every_trigger(trigger):
    told = (ROOT / "docs" / "architecture.md").read_text()
    assert f"| `{trigger.table}` | `{trigger.name}` | {trigger.event} | {trigger.message} |" in told


def test_the_architecture_lists_no_trigger_that_is_gone():
    told = (ROOT / "docs" / "architecture.md").read_text()
    rows = [line for line in told.splitlines() if line.startswith("| `")]
    assert len(rows) == len(list(triggers.declared()))
