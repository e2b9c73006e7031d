"""What this machine has for the tests. A missing tool skips them with a reason that ends the report; with CI set it fails them."""

import os
import shutil
from pathlib import Path

import pytest

# What a test may need beyond the lock, and the names its program goes by.
TOOLS = {
    "Chromium": ("chromium", "chromium-browser", "google-chrome"),
    "LibreOffice": ("soffice", "libreoffice"),
    "Poppler": ("pdftotext",),
    "gettext": ("msgfmt",),
}
CANNOT = "cannot run here: "
IN_CI = bool(os.environ.get("CI"))


def need(tool):
    """Path of the tool's program, or the end of the test."""
    for name in TOOLS[tool]:
        if path := shutil.which(name):
            return path
    give_up(tool, f"none of {', '.join(TOOLS[tool])} is on the path")


def need_writer():
    """Path of a LibreOffice that reads Word documents: Debian packs that part by itself."""
    program = need("LibreOffice")
    if not (Path(program).resolve().parent / "libswlo.so").exists():
        give_up("LibreOffice Writer", "libswlo.so is not beside soffice")
    return program


def give_up(tool, reason):
    """End the running test because this machine lacks something."""
    if IN_CI:
        pytest.fail(f"{tool}: {reason} (in CI every test has to run)", pytrace=False)
    pytest.skip(f"{CANNOT}{tool}: {reason}")


def report(line):
    """Keep a line for the end of `make test`, which joins several runs."""
    if path := os.environ.get("NOT_RUN"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(line + "\n")
