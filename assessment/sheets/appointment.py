"""The appointment form 干部任免审批表 of a cadre: our records as a `Person` of the exchange format, and the other way round.

What a form would say and what a file says are compared as two persons, element by element; so a file that came from here
never differs from us.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessment.rules import appointment as rules
from assessment.sheets.lrmx import ELEMENTS, FAMILY, PHOTO, RELATIVE, RESUME, Person
from assessment.words import UNGRADED
from people import codes, photos
from people.actions import cadres, profiles
from people.actions.inputs import Unreadable
from people.models import Cadre, Profile
from people.refusals import Refusal

PARTY, ID_NUMBER, VERSION, UNKNOWN = "RuDangShiJian", "ShenFenZheng", "Version", "*"
#: element -> field of Cadre
CADRE = {
    "XingMing": "name",
    "XingBie": "sex",
    "ChuShengNianYue": "birth_month",
    "MinZu": "ethnicity",
    "JiGuan": "native_place",
    PARTY: "joined_party_on",
    "CanJiaGongZuoShiJian": "started_work_on",
    "XianRenZhiWu": "post",
    ID_NUMBER: "id_number",
}
#: element -> field of Profile
PROFILE = {
    "ChuShengDi": "birth_place",
    "JianKangZhuangKuang": "health",
    "ZhuanYeJiShuZhiWu": "technical_post",
    "ShuXiZhuanYeYouHeZhuanChang": "speciality",
    "QuanRiZhiJiaoYu_XueLi": "full_time_education",
    "QuanRiZhiJiaoYu_XueWei": "full_time_degree",
    "QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi": "full_time_school",
    "QuanRiZhiJiaoYu_XueWei_BiYeYuanXiaoXi": "full_time_degree_school",
    "ZaiZhiJiaoYu_XueLi": "in_service_education",
    "ZaiZhiJiaoYu_XueWei": "in_service_degree",
    "ZaiZhiJiaoYu_XueLi_BiYeYuanXiaoXi": "in_service_school",
    "ZaiZhiJiaoYu_XueWei_BiYeYuanXiaoXi": "in_service_degree_school",
    "NiRenZhiWu": "proposed_post",
    "NiMianZhiWu": "removed_post",
    RESUME: "resume",
    "JiangChengQingKuang": "rewards",
    "NianDuKaoHeJieGuo": "annual_results",
    "RenMianLiYou": "appointment_reason",
    "ChengBaoDanWei": "reporting_unit",
    "JiSuanNianLingShiJian": "age_on",
    "TianBiaoShiJian": "filled_on",
    "TianBiaoRen": "filled_by",
    VERSION: "form_version",
}
WORDS = {"XingBie": codes.SEX, "MinZu": codes.ETHNICITY}
MONTHS, DAYS = ("ChuShengNianYue", "CanJiaGongZuoShiJian"), ("JiSuanNianLingShiJian", "TianBiaoShiJian")
YEARS = 3  # of annual results: the form asks for the last three
VERSION_WRITTEN = "3.2.1.6"  # where none was kept: what the programs of the format know


def person_of(cadre, profile=None, photo=b"", *, reveal=False, results=""):
    """What the form of a cadre says. photo: the bytes of his photo; results: stands in for annual results that nobody wrote
    down. The ID number only for who may `reveal` it."""
    profile = profile or Profile()
    values = {element: getattr(cadre, name) for element, name in CADRE.items() if element != PARTY}
    values |= {element: getattr(profile, name) for element, name in PROFILE.items()}
    values |= {element: words.zh(values[element]) for element, words in WORDS.items()}
    values["ChuShengNianYue"] = cadre.birth_month.replace("-", "")
    values["CanJiaGongZuoShiJian"] = _month(cadre.started_work_on)
    values[PARTY] = profile.joined_party_note or _month(cadre.joined_party_on)
    values |= {element: f"{values[element]:%Y%m%d}" if values[element] else "" for element in DAYS}
    values[RESUME] = rules.resume_text(profile.resume)
    values["NianDuKaoHeJieGuo"] = profile.annual_results or results
    values[VERSION] = profile.form_version or VERSION_WRITTEN
    if not reveal:
        values[ID_NUMBER] = ""
    family = [{key: row.get(key, "") for key in RELATIVE.values()} for row in profile.family]
    return Person(values, family, bytes(photo), [(row["after"], row["xml"]) for row in profile.unknown])


def results_text(grades):
    """Signed annual results as the form has them; grades: [(year, grade, ...)], oldest first (`queries.papers.annual_grades`)."""
    years = {year: grade or UNGRADED for year, grade, *_rest in grades}
    told = "；".join(f"{year}年年度考核{grade}" for year, grade in list(years.items())[-YEARS:])
    return told and f"{told}。"


def _month(day):
    return f"{day:%Y%m}" if day else ""


# --- differences


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


def unknown_text(person):
    return "\n".join(xml for _before, xml in person.unknown)


# --- taking over


def elements_of(person):
    """The elements that a file tells, for taking all of them."""
    told = [element for element in ELEMENTS if person.values.get(element)]
    return told + [FAMILY] * bool(person.family) + [PHOTO] * bool(person.photo) + [UNKNOWN] * bool(person.unknown)


def rows(person, elements, cadre=None):
    """(row for `cadres.save`, row for `profiles.save`) of the chosen elements, without the keys. cadre: who is there already."""
    of_cadre, of_profile = {}, {}
    for element in elements:
        if element == PARTY:
            _party(person.values[element], of_cadre, of_profile, cadre)
        elif element in CADRE:
            of_cadre[CADRE[element]] = _value(person, element)
        elif element in PROFILE:
            of_profile[PROFILE[element]] = _value(person, element)
        elif element == FAMILY:
            of_profile["family"] = person.family
        elif element == PHOTO:
            of_profile["photo"] = person.photo
        elif element == UNKNOWN:
            of_profile["unknown"] = [{"after": after, "xml": xml} for after, xml in person.unknown]
    if of_profile and person.values.get(VERSION):
        of_profile["form_version"] = person.values[VERSION]
    return of_cadre, of_profile


def _party(text, of_cadre, of_profile, cadre):
    month, rest = rules.party(text)
    of_profile["joined_party_note"] = "" if month and not rest else text
    if not (cadre and month and month == _month(cadre.joined_party_on)):  # the day that we know is more than the month
        of_cadre["joined_party_on"] = _first(month)


def _first(month):
    return f"{month[:4]}-{month[4:]}-01" if month else None


def _value(person, element):
    text = person.values[element]
    if element == "XingMing":
        return person.name
    if element == "ChuShengNianYue":
        month = rules.month(text)
        return f"{month[:4]}-{month[4:]}" if month else text
    if element == "CanJiaGongZuoShiJian":
        return rules.day(text) or _first(rules.month(text)) or text
    if element in DAYS:
        return rules.day(text) or text
    return text


def problem(person, element):
    """The refusal that taking an element over would meet by itself, or None; what hangs on other records, the action sees."""
    of_cadre, of_profile = rows(person, [element])
    for row, kinds in ((of_cadre, cadres.INPUTS), (of_profile, profiles.INPUTS)):
        for name, value in row.items():
            try:
                read = kinds[name].read(value)
            except Unreadable as unreadable:
                return Refusal(unreadable.code, unreadable.facts, name)
            if kinds[name].required and read in ("", None):
                return Refusal("required", {}, name)
    return None
