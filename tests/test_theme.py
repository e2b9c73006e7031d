"""The theme's colours stand apart enough to read (WCAG 2.2 AA, 4.5 to 1), by day and by night; nothing is inline."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CSS = (ROOT / "assessment/static/assessment/theme.css").read_text("utf-8")
LIGHT, DARK = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{(.*?)\n\s*\}", CSS, re.S)[:2])

ON = {
    "ink": "paper sheet heat-1 heat-2 heat-3 seal-soft jade-soft amber-soft sky-soft",
    "ink-2": "paper sheet",
    "ink-3": "paper sheet",
    "seal": "paper sheet seal-soft",
    "jade": "sheet jade-soft",
    "amber": "sheet amber-soft",
    "sky": "paper sheet sky-soft",
    "on-fill": "seal-fill jade-fill heat-4 heat-5",
}


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, {**LIGHT, **DARK}], ids=["light", "dark"])
def test_text_can_be_read_on_its_ground(theme):
    faint = {f"{text} on {ground}": contrast(theme[text], theme[ground]) for text, grounds in ON.items() for ground in grounds.split()}
    assert {pair: round(ratio, 2) for pair, ratio in faint.items() if ratio < 4.5} == {}


def test_no_style_or_script_is_inline():
    """The content security policy would drop it without a word."""
    found = []
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "assessment").rglob("*.py"), *(ROOT / "people").rglob("*.py")]:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if re.search(r"<[^>]*\sstyle=|<style|<script(?![^>]*\ssrc=)|\son(click|change|submit|load|input)=|javascript:", line):
                found.append(f"{path.relative_to(ROOT)}:{number} {line.strip()}")
    assert not found, "\n".join(found)
