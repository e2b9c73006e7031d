"""A paper for the browser: what the template of the print page needs, without a style attribute (our CSP forbids them)."""

from base64 import b64encode

from assessment.sheets.official.layout import FANG, HEI, SONG, TITLE

PIXEL = 25.4 / 96
FONTS = {SONG: "song", FANG: "fang", HEI: "hei", TITLE: "title"}


def leaves(paper):
    """[{above, widths, rows, below, foot}] with classes for type and sizes in pixels where HTML takes them."""
    return [
        {
            "above": [_line(line) for line in leaf.above],
            "widths": [f"{100 * width / sum(leaf.grid.widths):.3f}%" for width in leaf.grid.widths] if leaf.grid else (),
            "rows": _rows(leaf.grid) if leaf.grid else (),
            "below": [_line(line) for line in leaf.below],
            "foot": paper.foot,
            "prose": leaf.grid is None,
        }
        for leaf in paper.leaves
    ]


def _points(size):
    return f"pt{size:g}".replace(".", "-")


def _line(line):
    classes = [FONTS[line.font], _points(line.size), line.align, "indent" if line.indent else "", "wide" if line.pitch else ""]
    return {"text": line.text, "css": " ".join(filter(None, classes))}


def _rows(grid):
    rows = [{"height": round(row.height / PIXEL), "cells": []} for row in grid.rows]
    for r, _c, cell in grid.placed():
        bare = {"t": "no-top", "b": "no-bottom"}
        classes = ["label song" if cell.label else "fang", _points(cell.size), cell.side, "" if cell.middle else "top"]
        classes += [bare[side] for side in cell.bare] + (["upright"] if cell.upright else [])
        rows[r]["cells"].append({"cell": cell, "css": " ".join(filter(None, classes)), "photo": _photo(cell.photo)})
    return rows


def _photo(content):
    if not content:
        return ""
    kind = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
    return f"data:{kind};base64,{b64encode(content).decode()}"
