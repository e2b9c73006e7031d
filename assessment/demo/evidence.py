"""From what is to be shown of somebody to contacts with findings, in the words of the field.

A `Picture` says how often an assessee was seen and heard, and what was found on each dimension as letters: A 好, B 较好,
C 一般, D 较差. "AB" wavers between two: strict leads give the lower one, lenient leads the higher. The same picture
always gives the same text.
"""

import random
import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import cycle

from django.utils import timezone

from assessment.actions.contacts import ContactDraft, FindingDraft

LEVELS = {"A": "好", "B": "较好", "C": "一般", "D": "较差"}
STRICT, LENIENT = {"assessor2"}, {"assessor4"}
#: How a finding begins, by who told it.
VOICES = {
    "superior": "分管领导评价，", "peer": "同级干部反映，", "subordinate": "基层干部反映，", "served": "服务对象反映，",
    "public": "群众反映，", "self": "谈话中，本人", "": "",
}  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """What is to be shown of one assessee. kind: "cadre" or "unit"; levels: letters for each dimension."""

    code: str
    levels: tuple
    on_site: int = 1
    phone: int = 1
    talk: int = 1
    kind: str = "cadre"


@dataclass(frozen=True)
class Words:
    """The sentences of a campaign: {dimension: {level: sentences}} by who tells; examples: {"good", "poor"}."""

    dimensions: tuple
    seen: dict  # by the team on site
    heard: dict  # from people of the unit
    public: dict  # from those served, and the public
    self_told: dict
    examples: dict

    def of(self, method, relation):
        """Where the sentences of such a contact are."""
        if method == "on_site":
            return self.seen
        return {"self": self.self_told, "served": self.public, "public": self.public}.get(relation, self.heard)


@dataclass
class Visit:
    """One contact in the making. pictures: whom it tells of, with the dimensions that each is rated on."""

    method: str
    held_at: datetime
    team: tuple
    looks: list
    place: str = ""
    source: tuple = ("", "", "")  # name, post, relation


@dataclass
class Teller:
    """Puts sentences together; remembers which were used, and what was told of whom."""

    words: Words
    place_of: dict
    seed: int = 0
    told: dict = field(default_factory=dict)  # code -> [(letter, dimension, sentence)], but for what he said himself

    def __post_init__(self):
        self.rng = random.Random(self.seed)
        self._cycles, self._turns = {}, {}
        self._examples = {kind: list(some) for kind, some in self.words.examples.items()}

    def finding(self, picture, visit, dimensions):
        """The draft of what a visit showed of one assessee."""
        relation, parts, ratings = visit.source[2], [], {}
        numbers = {"village": self.place_of.get(picture.code, ""), "n": self.rng.randint(28, 96), "m": self.rng.randint(3, 9)}
        for dimension in dimensions:
            letter = self._letter(picture, dimension, visit.team[0])
            ratings[dimension] = LEVELS[letter]
            sentence = self._sentence(visit.method, relation, dimension, LEVELS[letter]).format(**numbers)
            parts.append(sentence)
            if relation != "self":
                self.told.setdefault(picture.code, []).append((letter, dimension, sentence))
        narrative = VOICES[relation if visit.method != "on_site" else ""] + "；".join(parts) + "。"
        letters = {letter for letter, level in LEVELS.items() if level in ratings.values()}
        return FindingDraft(
            assessee=(picture.kind, picture.code), narrative=narrative, example=self._example(letters, visit.held_at), ratings=ratings
        )

    def _letter(self, picture, dimension, lead):
        letters = picture.levels[self.words.dimensions.index(dimension)]
        if letters in ("AB", "BC", "CD") and lead in STRICT | LENIENT:
            return letters[-1] if lead in STRICT else letters[0]
        turn = self._turns[picture.code, dimension] = self._turns.get((picture.code, dimension), -1) + 1
        return letters[turn % len(letters)]

    def _sentence(self, method, relation, dimension, level):
        source = self.words.of(method, relation)
        key = id(source), dimension, level
        if key not in self._cycles:
            sentences = list(source[dimension][level])
            self.rng.shuffle(sentences)
            self._cycles[key] = cycle(sentences)
        return next(self._cycles[key])

    def _example(self, letters, held_at):
        """A concrete example that had happened by then; each is told once."""
        kind = "poor" if letters & {"C", "D"} else "good" if "A" in letters else None
        for number, text in enumerate(self._examples[kind] if kind else ()):
            days, month = [timezone.localdate(held_at)], held_at.month
            for named, day in re.findall(r"(?:(\d+)月)?(\d+)日", text):
                month = int(named or month)
                days.append(date(held_at.year, month, int(day)))
            if max(days) == days[0]:
                return self._examples[kind].pop(number)
        return ""


def drafts(campaign, visits, teller, first=1):
    """Contacts of a campaign, numbered by day from `first`: {user name of the lead: his drafts}."""
    made = {}
    for number, visit in enumerate(sorted(visits, key=lambda v: v.held_at), start=first):
        name, post, relation = visit.source
        draft = ContactDraft(
            campaign=campaign, number=f"{number:04d}", method=visit.method, held_at=visit.held_at, place=visit.place, team=visit.team,
            source_name=name, source_post=post, relation=relation,
            findings=[teller.finding(picture, visit, dimensions) for picture, dimensions in visit.looks],
        )  # fmt: skip
        made.setdefault(visit.team[0], []).append(draft)
    return made


def moment(day, hour, minute=0):
    """A moment of a day in the time zone of the field."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def working_day(start, offset):
    """The day that many days after another, moved past a Sunday."""
    day = start + timedelta(offset)
    return day + timedelta(1) if day.weekday() == 6 else day


def pair(first, avoid=(), among=("assessor1", "assessor2", "assessor3", "assessor4")):
    """A team of two, from the number of its lead; those to be avoided are passed over."""
    able = [name for name in among if name not in avoid]
    return able[first % len(able)], able[(first + 1) % len(able)]
