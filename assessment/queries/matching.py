"""Whose file is it? People of files found among cadres; takes the scoped queryset of those who may be found. Never guesses."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Value
from django.db.models.functions import Replace

CHUNK = 500


@dataclass(frozen=True)
class Asked:
    """What is known of somebody who is looked for: the name without blanks, the month as YYYY-MM, what else there is."""

    name: str
    birth_month: str = ""
    id_number: str = ""
    code: str = ""


@dataclass
class Found:
    """by: "id_number", "code" or "name" for the one it is; else `candidates` are to be asked about, if there are any."""

    cadre: object = None
    by: str = ""
    candidates: list = field(default_factory=list)


def match(cadres, people, reveal):
    """[Found] for each `Asked`: by ID number, then by code and name, then by name and birth month.

    reveal: scope of those whose ID numbers he may know: of the others he is not to find them out by trying.

    A code of another name, a name of another month or of none, two of one name and month, and an ID number that is not the
    one on record are no match: these are candidates.
    """
    by_id = _by(cadres, "id_number", {p.id_number for p in people})
    by_id = {number: found for number, found in by_id.items() if reveal.covers(found[0].unit_id)}
    by_code = _by(cadres, "code", {p.code for p in people})
    bare = cadres.annotate(bare=Replace(Replace("name", Value(" "), Value("")), Value("\u3000"), Value("")))
    by_name = _by(bare, "bare", {p.name for p in people})
    return [_match(person, by_id, by_code, by_name, reveal) for person in people]


def _by(cadres, name, keys):
    keys, found = sorted(filter(None, keys)), defaultdict(list)
    for start in range(0, len(keys), CHUNK):
        for cadre in cadres.filter(**{f"{name}__in": keys[start : start + CHUNK]}).order_by("code"):
            found[getattr(cadre, name)].append(cadre)
    return found


def _match(person, by_id, by_code, by_name, reveal):
    if found := by_id.get(person.id_number):
        return Found(found[0], "id_number")
    coded, named = by_code.get(person.code, []), by_name.get(person.name, [])
    if coded and _bare(coded[0].name) == person.name and not _other(coded[0], person, reveal):
        return Found(coded[0], "code")
    if not coded:
        exact = [c for c in named if person.birth_month and c.birth_month == person.birth_month]
        if len(exact) == 1 and not _other(exact[0], person, reveal):
            return Found(exact[0], "name")
    return Found(candidates=coded + [cadre for cadre in named if cadre not in coded])


def _other(cadre, person, reveal):
    """Are there two ID numbers that differ?"""
    return bool(person.id_number and cadre.id_number and cadre.id_number != person.id_number and reveal.covers(cadre.unit_id))


def _bare(name):
    return "".join(name.split())
