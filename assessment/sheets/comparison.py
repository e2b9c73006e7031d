"""What the form of a cadre would say beside what a file says, element by element: a file that came from here never differs."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessment.rules import appointment as rules
from assessment.sheets.appointment import CADRE, DAYS, ID_NUMBER, MONTHS, PARTY, PROFILE, UNKNOWN, VERSION, WORDS, problem, unknown_text
from assessment.sheets.lrmx import ELEMENTS, FAMILY, PHOTO, RESUME
from people import photos
from people.models import Cadre, Profile
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


def label(element):
    """An element by the name of our field."""
    if element == FAMILY:
        return Profile._meta.get_field("family").verbose_name
    if element == PHOTO:
        return _("Photo")
    if element == UNKNOWN:
        return _("Further elements of the file")
    return Cadre._meta.get_field(CADRE[element]).verbose_name if element in CADRE else Profile._meta.get_field(PROFILE[element]).verbose_name


def compare(ours, theirs, *, reveal=False):
    """[Difference] of all that the file tells, in the order of the form; what it leaves out is not compared.

    An ID number is compared for who may see it. The version of the program is no difference.
    """
    found = []
    for element in ELEMENTS:
        if element == VERSION or (element == ID_NUMBER and not reveal):
            continue
        if element == PHOTO:
            found += _photos(ours, theirs)
        elif element == FAMILY and theirs.family is not None:
            texts = family_text(ours.family), family_text(theirs.family)
            if rules.folded(texts[0]) != rules.folded(texts[1]):
                found.append(Difference(element, *texts, problem(theirs, element)))
        elif element in theirs.values and same(element, ours.values[element]) != same(element, theirs.values[element]):
            found.append(Difference(element, ours.values[element], theirs.values[element], problem(theirs, element)))
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
    if not theirs.photo:
        return [Difference(PHOTO, _("a photo"), "")]
    try:
        if photos.portrait(theirs.photo).content == ours.photo:
            return []
    except photos.Unfit as unfit:
        return [Difference(PHOTO, _("a photo") if ours.photo else "", _("another photo"), Refusal(unfit.code, unfit.facts))]
    return [Difference(PHOTO, _("a photo") if ours.photo else "", _("another photo") if ours.photo else _("a photo"))]


def family_text(rows):
    """The family, a line for each of them."""
    lines = ([row["relation"], row["name"], rules.shown_month(row["born"]), row["political_status"], row["post"]] for row in rows)
    return "\n".join(" ".join(filter(None, line)) for line in lines)
