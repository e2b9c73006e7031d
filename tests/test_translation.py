"""The Chinese catalogue is complete, compiled, and uses the words that stand in workbooks."""

import ast
import gettext
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assessment import words as assessment_words
from assessment.management.commands.makemessages import MARKS
from people import words as people_words
from people.codes import CodeSet
from tests.machine import need

ROOT = Path(__file__).resolve().parent.parent
MESSAGES = Path("assessment/locale/zh_Hans/LC_MESSAGES")
#: Names that a Chinese reader expects in Latin letters, and those in small letters: of commands, file endings, packages.
LATIN = set("Excel Word WPS LibreOffice OpenDocument Pillow Krippendorff GB MB SHA UTF JSON XML DTD PDF JPEG PNG Person".split())
LATIN |= set("xlsx zip word FreeOTP Microsoft Authenticator QQ UOS cryptography encryption".split())
TYPED = re.compile(r"manage\.py \w+|--[a-z-]+|\.[a-z]{2,4}x?\b")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|%%|</?\w+>")


def catalogue(path):
    """{msgid, or (msgid, plural form): translation}"""
    with path.open("rb") as file:
        found = gettext.GNUTranslations(file)._catalog
    return {key: text for key, text in found.items() if key}


def translations():
    """(msgid, translation); a context does not count."""
    for key, text in catalogue(ROOT / MESSAGES / "django.mo").items():
        yield (key[0] if isinstance(key, tuple) else key).rpartition("\x04")[2], text


def run(*command, **options):
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8", env=env, **options).stdout


@pytest.fixture(scope="module")
def extracted(tmp_path_factory):
    """The catalogue as `make messages` would leave it, from a copy of the tree."""
    need("gettext")
    copy = tmp_path_factory.mktemp("tree")
    for name in ("people", "assessment", "templates"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", copy)
    run(sys.executable, "manage.py", "makemessages", "--locale", "zh_Hans", "--no-obsolete", "--no-location", cwd=copy)
    return copy / MESSAGES / "django.po"


@pytest.mark.parametrize("lack", ["--untranslated", "--only-fuzzy"])
def test_every_string_is_translated(extracted, lack):
    listed = run("msgattrib", "--no-wrap", lack, extracted)
    lacking = [line for line in listed.splitlines() if line.startswith(("msgctxt", "msgid ")) and line != 'msgid ""']
    assert lacking == [], "run `make messages`, translate these, and run it again"


def test_every_mark_is_searched_for():
    """A name given to gettext that `makemessages` does not know would leave its strings in English, unseen."""
    unknown = []
    for app in ("people", "assessment"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                    unknown += [(path.name, name.asname) for name in node.names if name.asname not in (None, "_", *MARKS)]
    assert unknown == []


def test_the_compiled_catalogue_is_that_of_the_text(tmp_path):
    run(need("gettext"), "--check", "-o", tmp_path / "django.mo", ROOT / MESSAGES / "django.po")
    assert catalogue(ROOT / MESSAGES / "django.mo") == catalogue(tmp_path / "django.mo")


def test_placeholders_and_tags_are_kept():
    plurals = ("counter", "number", "n")  # "1 record" may say its number in words
    lost = []
    for msgid, text in translations():
        wanted, given = sorted(PLACEHOLDER.findall(msgid)), sorted(PLACEHOLDER.findall(text))
        numbers = [f"%({name})s" for name in plurals]
        if wanted != given and sorted([*wanted, *(n for n in numbers if n in given and n not in wanted)]) != given:
            lost.append((msgid, text))
    assert lost == []


def test_no_english_is_left_in_chinese():
    left = [
        (text, word)
        for _, text in translations()
        for word in re.findall(r"[A-Za-z]{2,}", TYPED.sub(" ", PLACEHOLDER.sub(" ", text)))
        if word not in LATIN
    ]
    assert left == []


def test_chinese_signs():
    """Full-width signs and “ ” between Chinese words; a sentence ends where the English one does."""
    wrong = [text for _, text in translations() if re.search(r'[\u4e00-\u9fff][,;:?!"]|[,;:?!"][\u4e00-\u9fff]', text)]
    allowed = {"是,否"}  # a filter reads it
    assert [text for text in wrong if text not in allowed] == []
    ends = [(msgid, text) for msgid, text in translations() if msgid.endswith(".") and len(msgid) > 12 and text[-1:] not in "。，…"]
    assert ends == []


@pytest.mark.parametrize("module", [people_words, assessment_words])
def test_words_of_workbooks_are_the_words_on_screen(module):
    on_screen = dict(translations())
    sets = [(name, value) for name, value in vars(module).items() if isinstance(value, CodeSet)]
    differing = [
        (name, on_screen[words.en(code)], words.zh(code))
        for name, words in sets
        for code in words
        if on_screen.get(words.en(code), words.zh(code)) != words.zh(code)
    ]
    assert differing == []
