"""What the form of a cadre would say beside what a file says, element by element: a file that came from here never differs."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from assessment.rules import appointment as rules
from assessment.sheets.appointment.form import DAYS, ID_NUMBER, MONTHS, PARTY, UNKNOWN, VERSION, WORDS, label, problem, unknown_text
from assessment.sheets.appointment.lrmx import ELEMENTS, FAMILY, PHOTO, RESUME
from people import photos
from people.actions.inputs import LONGEST
from people.refusals import Refusal


@dataclass(frozen=True)
class Difference:
    """An element that a file tells otherwise than we do. refusal: why the file's value cannot be taken over, if so."""

    element: str
    ours: str
    theirs: str
    refusal: Refusal | None = None

    @property
    def label(self):
        return label(self.element)

    @property
    def told(self):
        """Does the file say something? A blank is seldom a wish."""
        return bool(self.theirs)

    @property
    def marked(self):
        """([(text, does it differ)] of ours, the same of theirs): by lines, of one line by its signs."""
        if len(self.theirs) > LONGEST:  # it cannot be taken over: its beginning shows what it is
            return [(self.ours, True)], [(f"{self.theirs[:500]} …", True)]
        sides, between = [self.ours.splitlines(), self.theirs.splitlines()], "\n"
        if max(map(len, sides)) <= 1:
            if not 12 < max(len(self.ours), len(self.theirs)) <= 300:
                return [(self.ours, True)], [(self.theirs, True)]
            sides, between = [list(self.ours), list(self.theirs)], ""
        keys = [[rules.folded(text) for text in side] for side in sides]
        parts = [], []
        for kind, *spans in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
            for part, side, (start, end) in zip(parts, sides, (spans[:2], spans[2:]), strict=True):
                if start < end:
                    part.append((between.join(side[start:end]) + between, kind != "equal"))
        return parts


def compare(ours, theirs, *, reveal=False):
    """[Difference] of all that the file tells, in the order of the form; what it leaves out is not compared.

    An ID number is compared for who may see it, where the file has one: files are often given out without. The version of the
    program is no difference.
    """
    found = []
    for element in ELEMENTS:
        if element == VERSION or (element == ID_NUMBER and not (reveal and theirs.values.get(element))):
            continue
        if element == PHOTO:
            found += _photos(ours, theirs)
        elif element == FAMILY and theirs.family is not None:
            texts = family_text(ours.family), family_text(theirs.family)
            if rules.folded(texts[0]) != rules.folded(texts[1]):
                found.append(Difference(element, *texts, problem(theirs, element)))
        elif element in theirs.values and same(element, ours.values[element]) != same(element, theirs.values[element]):
            told = rules.resume_text(theirs.values[element]) if element == RESUME else theirs.values[element]
            found.append(Difference(element, ours.values[element], told, problem(theirs, element)))
    if theirs.unknown and theirs.unknown != ours.unknown:
        found.append(Difference(UNKNOWN, unknown_text(ours), unknown_text(theirs), problem(theirs, UNKNOWN)))
    return found


def same(element, text):
    """What of a value matters."""
    if element in WORDS:
        return WORDS[element].code(text) or rules.folded(text)
    if element in MONTHS or element == PARTY:
        return ";".join(rules.party(text)) if element == PARTY else rules.month(text) or rules.folded(text)
    if element in DAYS:
        return rules.day(text) or rules.folded(text)
    return rules.folded(rules.resume_text(text) if element == RESUME else text)


def _photos(ours, theirs):
    if theirs.photo is None or theirs.photo == ours.photo:
        return []
    kept = _("a photo") if ours.photo else ""
    if not theirs.photo:
        return [Difference(PHOTO, kept, "")]
    told = _("another photo") if ours.photo else _("a photo")
    try:
        same = photos.portrait(theirs.photo).content == ours.photo
    except photos.Unfit as unfit:
        return [Difference(PHOTO, kept, told, Refusal(unfit.code, unfit.facts))]
    return [] if same else [Difference(PHOTO, kept, told)]


def family_text(rows):
    """The family, a line for each of them."""
    lines = ([row["relation"], row["name"], rules.shown_month(row["born"]), row["political_status"], row["post"]] for row in rows)
    return "\n".join(" ".join(filter(None, line)) for line in lines)
