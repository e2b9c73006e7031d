"""Every refusal has its sentence: codes are found in the source, so that none can be forgotten."""

import ast
import re
from datetime import date, datetime
from pathlib import Path

import pytest
from django.utils import translation

from assessment import wording
from people.refusals import Refusal

ROOT = Path(__file__).resolve().parent.parent
#: Facts that may stand in a sentence, with a value of the kind that the code gives.
FACTS = {
    "roles": ["assessor", "reviewer"], "role": "auditor", "sanction": "10", "missing": [["talk", 0, 1]], "grade": "", "field": "strengths",
    "value": datetime(2022, 5, 6, 13, 0), "start": date(2022, 5, 1), "expected": [f"词{n}" for n in range(60)],
}  # fmt: skip


def literals(node):
    """Texts that an argument may be: one literal, or either of a conditional."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def codes(source):
    """Codes of refusals in a source: arguments of Refusal, Unreadable and `.refuse`, and (code, facts) pairs of rules."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args:
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called in ("Refusal", "Unreadable", "refuse", "refused", "_fault"):
                yield from literals(node.args[0])
        if isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.elts[1], ast.Dict):
            yield from (code for code in literals(node.elts[0]) if re.fullmatch("[a-z]+(_[a-z0-9]+)+", code))


def used():
    for app in ("people", "assessment"):
        for path in sorted((ROOT / app).rglob("*.py")):
            if path.parent.name != "migrations" and path.name not in ("columns.py",):
                yield from ((code, path.relative_to(ROOT)) for code in codes(path.read_text("utf-8")))


def test_every_code_has_a_sentence():
    found = list(used())
    assert len({code for code, _ in found}) > 90  # the search itself still finds them
    missing = sorted({f"{code} ({path})" for code, path in found if code not in wording.SENTENCES})
    assert missing == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("code", sorted(wording.SENTENCES))
def test_a_sentence_can_be_said(code, language):
    facts = {name: FACTS.get(name, "7") for name in re.findall(r"%\((\w+)\)s", wording.SENTENCES[code])}
    with translation.override(language):
        said = wording.sentence(Refusal(code, facts))
    assert said and "%(" not in said and said.rstrip().endswith((".", "。", "7"))


def test_a_long_set_of_words_is_cut():
    with translation.override("en"):
        said = wording.sentence(Refusal("unknown_word", {"value": "x", "expected": FACTS["expected"]}))
    assert said == "x is not known here. Use one of: " + ", ".join(FACTS["expected"][:12]) + ", …."
