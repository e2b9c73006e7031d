"""The appointment form 干部任免审批表 of a cadre: our records as a `Person` of the exchange format, and the other way round."""

from django.utils.translation import gettext as _

from assessment.models import SignedOpinion
from assessment.queries import papers
from assessment.rules import appointment as rules
from assessment.sheets.appointment.lrmx import ELEMENTS, FAMILY, PHOTO, RELATIVE, RESUME, Person
from assessment.words import UNGRADED
from people import codes
from people.access import scope, visible_to
from people.actions import cadres, profiles
from people.actions.inputs import Unreadable
from people.models import Cadre, Photo, Profile
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


def label(element):
    """An element by the name of our field."""
    if element == FAMILY:
        return Profile._meta.get_field("family").verbose_name
    if element == PHOTO:
        return _("Photo")
    if element == UNKNOWN:
        return _("Further elements of the file")
    return Cadre._meta.get_field(CADRE[element]).verbose_name if element in CADRE else Profile._meta.get_field(PROFILE[element]).verbose_name


def unknown_text(person):
    """The elements of a file that are none of the 34, as they stand there."""
    return "\n".join(xml for _before, xml in person.unknown)


def results_text(grades):
    """Signed annual results as the form has them; grades: [(year, grade, ...)], oldest first (`queries.papers.annual_grades`)."""
    years = {year: grade or UNGRADED for year, grade, *_rest in grades}
    told = "；".join(f"{year}年年度考核{grade}" for year, grade in list(years.items())[-YEARS:])
    return told and f"{told}。"


def _month(day):
    return f"{day:%Y%m}" if day else ""


def open_files(by, cadres):
    """{id: (form, does it hold an ID number)} of those of these cadres whose forms a person may see; not his own nor his kin's."""
    reach, reveal = scope(by, "view_profile"), scope(by, "reveal")
    seen = [cadre for cadre in cadres if reach.covers(cadre.unit_id) and cadre.pk not in reach.recused]
    pks = [cadre.pk for cadre in seen]
    kept = {profile.cadre_id: profile for profile in visible_to(by, Profile).filter(cadre__in=pks)}
    portraits = dict(visible_to(by, Photo).filter(cadre__in=pks).order_by().values_list("cadre", "content"))
    grades = papers.annual_grades(visible_to(by, SignedOpinion), cadres=pks)
    found = {}
    for cadre in seen:
        shown, results = reveal.covers(cadre.unit_id), results_text(grades.get(("cadre", cadre.pk), ()))
        form = person_of(cadre, kept.get(cadre.pk), portraits.get(cadre.pk, b""), reveal=shown, results=results)
        found[cadre.pk] = form, shown
    return found


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
    return rules.resume_plain(text) if element == RESUME else text


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
