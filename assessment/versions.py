"""Signed opinions read back: the body of a version for a page or a form, and how two versions differ, in words."""

import json
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N

from assessment import words
from assessment.models.contact import Method
from assessment.rules.combine import METHODS
from assessment.rules.snapshot import differences
from assessment.wording import OPINION_FIELDS, grade_name
from people import codes
from people.canonical import sha256_hex

#: What the keys of a body are called.
KEYS = {
    **OPINION_FIELDS,
    "grade": N("Grade"),
    "grade_reason": N("Reason for another grade than the proposed one"),
    "score": N("Score"),
    "proposed_grade": N("Proposed grade"),
    "relations": N("Source relations"),
    "leads": N("Leads"),
    "contested": N("Contested"),
    "weight": N("Weight"),
    "count": N("marks"),
    "spread": N("Spread"),
    "mean": N("mean"),
    "name": N("Name"),
    "code": N("Code"),
    "title": N("Title"),
    "post": N("Post"),
    "post_level": N("Post level"),
    "rank": N("Rank"),
    "unit": N("Unit"),
    "scope_unit": N("Unit of the evaluation"),
    "digest": N("Digest of the scheme"),
    "method": N("Method"),
    "held_at": N("When"),
    "narrative": N("What was seen or heard"),
    "example": N("Concrete example"),
    "starts_on": N("From"),
    "ends_on": N("Until"),
    "level": N("Level"),
    "points": N("Points"),
}
#: Parts of a body that differ in every version, or that only repeat others.
LEFT_OUT = ("version", "signatures")
LEFT_OUT_KEYS = ("unit_code", "scope_unit_code", "kind")
ORDER = {"opinion": 0, "findings": 1, "numbers": 2}  # of what changed; the rest comes after
PLACES = ("score", "mean", "spread")  # numbers that are shown with two places


def read(opinion):
    """The body of a signed opinion for a template: moments and days as such, means in the order of the methods.

    `intact`: the digest is that of the body; `rows`: dimensions with a list of (mean, count) for each method.
    """
    body = json.loads(opinion.body, object_hook=_dated)
    body["intact"] = sha256_hex(opinion.body) == opinion.digest
    for dimension in body["dimensions"]:
        dimension["cells"] = [dimension["means"].get(method) for method in METHODS]
    names = {dimension["code"]: dimension["name"] for dimension in body["dimensions"]}
    for finding in body["findings"]:
        finding["method_name"] = Method(finding["method"]).label
        marks = finding["ratings"]
        finding["marks"] = [(name, marks[code]["level"], marks[code]["points"]) for code, name in names.items() if code in marks]
    body["methods"] = [(Method(method).label, body["numbers"]["counts"][method]) for method in METHODS]
    person = body["assessee"]
    person["rank_name"] = codes.RANK.name(person.get("rank") or "")
    person["post_level_name"] = codes.POST_LEVEL.name(person.get("post_level") or "")
    body["campaign"]["kind_name"] = words.CAMPAIGN_KIND.name(body["campaign"]["kind"])
    return body


def changes(old, new):
    """What a newer version changed, as (what, before, after) in words, "" where a side has nothing: two lists.

    The first tells of opinion, findings, result and assessee; the second of the numbers of the dimensions, which follow.
    """
    before, after = json.loads(old.body), json.loads(new.body)
    dimensions = {d["code"]: d["name"] for body in (before, after) for d in body["dimensions"]}
    found = [d for d in differences(before, after) if d[0][0] not in LEFT_OUT and d[0][-1] not in LEFT_OUT_KEYS]
    found.sort(key=lambda difference: ORDER.get(difference[0][0], len(ORDER)))
    rows = [(path[0], (_what(path, dimensions), _value(path, was, dimensions), _value(path, now, dimensions))) for path, was, now in found]
    return [row for part, row in rows if part != "dimensions"], [row for part, row in rows if part == "dimensions"]


def _dated(part):
    for key, value in part.items():
        if key.endswith("_at") and isinstance(value, str):
            part[key] = datetime.fromisoformat(value)
        elif key.endswith("_on") and isinstance(value, str):
            part[key] = date.fromisoformat(value)
    return part


def _what(path, dimensions):
    """("findings", "0007", "ratings", "A", "level") -> "Finding 0007, Dimension A, Level"."""
    found = []
    for place, key in enumerate(path):
        before = path[place - 1] if place else ""
        if before == "findings":
            found.append(_("Finding %(number)s") % {"number": key})
        elif before in ("dimensions", "ratings"):
            found.append(dimensions.get(key, key))
        elif before in ("means", "counts"):
            found.append(str(Method(key).label))
        elif key in KEYS and place:
            found.append(_(KEYS[key]))
    if not found:  # a part that has no name of its own
        found = [_("Scheme") if path[0] == "scheme" else _(KEYS.get(path[0], path[0]))]
    return _(", ").join(found)


def _value(path, value, dimensions):
    key = path[-1]
    if value is None:
        return ""
    if isinstance(value, dict):
        if "narrative" in value:
            marks = _("; ").join(f"{dimensions.get(code, code)} {mark['level']}" for code, mark in value["ratings"].items())
            return f"{value['narrative']} ({marks})" if marks else value["narrative"]
        if "level" in value:
            return f"{value['level']} {value['points']}"
        if "mean" in value:
            return f"{Decimal(value['mean']):.2f} ({value['count']})"
        return value.get("name") or ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if key in ("grade", "proposed_grade"):
        return grade_name(value)
    if key == "method" and value in METHODS:
        return str(Method(value).label)
    if key in ("rank", "post_level"):
        return getattr(codes, key.upper()).name(value)
    if key in PLACES:
        return f"{Decimal(value):.2f}"
    if key.endswith("_at"):
        return date_format(timezone.localtime(datetime.fromisoformat(value)), "Y-m-d H:i")
    return str(value)
