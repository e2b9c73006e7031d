"""Our records as a form, a form beside a file, and what of the file can be taken over."""

from copy import deepcopy
from datetime import date

import pytest
from django.utils import translation

from assessment.actions import campaigns
from assessment.queries.matching import Asked, match
from assessment.sheets.appointment import form as appointment
from assessment.sheets.appointment import lrmx
from assessment.sheets.appointment.comparison import compare
from assessment.wording import sentence
from people.access import scope, visible_to
from people.actions import cadres, profiles
from people.models import Cadre, Photo
from tests import cast
from tests.pictures import jpeg, png

pytestmark = pytest.mark.django_db
NUMBER = "000000199001010018"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def everything(w):
    """Dawa with all that a form can tell."""
    cadres.save(
        by=w.lin,
        rows=[{
            "code": "G001", "sex": "女", "ethnicity": "藏族", "birth_month": "1980-03", "native_place": "云措县", "joined_party_on": "2001-07-18",
            "started_work_on": "2001-07-05", "id_number": NUMBER,
        }],
    )  # fmt: skip
    row = {name: f"{name}文" for name in appointment.PROFILE.values() if name not in ("age_on", "filled_on", "form_version")}
    row |= {"age_on": date(2022, 10, 1), "filled_on": date(2022, 10, 10), "form_version": "3.2.1.16"}
    row["resume"] = "1998.09—2001.07 学生\n2001.07至今 干部"
    row["joined_party_note"] = ""
    family = [{"relation": "丈夫", "name": "尼玛", "born": "1979.1", "political_status": "", "post": "牧民"}]
    unknown = [{"after": "CanJiaGongZuoShiJian", "xml": "<DaoLingNianYue>203905</DaoLingNianYue>"}]
    profiles.save(by=w.lin, rows=[{"cadre": "G001", **row, "family": family, "unknown": unknown, "photo": jpeg()}])
    return Cadre.objects.select_related("unit").get(code="G001")


def form_of(user, cadre):
    return appointment.open_files(user, [cadre])[cadre.pk]


def test_a_form_has_every_element(people):
    form, revealed = form_of(people.lin, everything(people))
    expected = {
        "XingMing": "达瓦", "XingBie": "女", "ChuShengNianYue": "198003", "MinZu": "藏族", "JiGuan": "云措县", "RuDangShiJian": "200107",
        "CanJiaGongZuoShiJian": "200107", "XianRenZhiWu": "达瓦的职务", "JianLi": "1998.09--2001.07  学生\n2001.07--         干部",
        "JiSuanNianLingShiJian": "20221001", "TianBiaoShiJian": "20221010", "ShenFenZheng": NUMBER, "Version": "3.2.1.16",
    }  # fmt: skip
    assert expected.items() <= form.values.items() and revealed
    assert set(form.values) == set(lrmx.TEXTS) and all(form.values.values())
    assert form.family[0]["name"] == "尼玛" and form.photo == bytes(Photo.objects.get().content)
    assert form.unknown == [("CanJiaGongZuoShiJian", "<DaoLingNianYue>203905</DaoLingNianYue>")]


def test_what_came_from_here_never_differs(people):
    cadre = everything(people)
    form, _shown = form_of(people.lin, cadre)
    assert compare(form, lrmx.read(lrmx.write(form)), reveal=True) == []
    given = form_of(people.aud, cadre)[0]  # without the ID number
    assert given.values["ShenFenZheng"] == "" and compare(form, lrmx.read(lrmx.write(given)), reveal=True) == []


def test_a_form_taken_over_elsewhere_tells_the_same_there(people):
    form, _shown = form_of(people.lin, everything(people))
    read = lrmx.read(lrmx.write(form))
    of_cadre, of_profile = appointment.rows(read, appointment.elements_of(read), people.nima)
    taken = profiles.take_over(
        by=people.lin, entries=[profiles.Entry("G002", {**of_cadre, "id_number": ""}, of_profile)], name="x", sha256="f" * 64
    )
    assert not taken.left
    there, _shown = form_of(people.lin, Cadre.objects.select_related("unit").get(code="G002"))
    assert {name for name in form.values if form.values[name] != there.values[name]} == {"ShenFenZheng"}
    assert (there.family, there.unknown) == (form.family, form.unknown) and there.photo
    nima = Cadre.objects.get(code="G002")
    assert (f"{nima.joined_party_on}", f"{nima.started_work_on}", nima.political_status) == ("2001-07-01", "2001-07-01", "")


def test_own_and_foreign_files_are_not_opened(people):
    w = people
    opened = appointment.open_files(w.hai, [w.hai_cadre, w.karma, w.dawa])
    assert list(opened) == [w.dawa.pk]
    assert list(appointment.open_files(w.east_reviewer, [w.dawa, w.karma])) == [w.dawa.pk]
    assert appointment.open_files(w.man, [w.dawa]) == {}


def test_signed_annual_results_stand_in_for_what_nobody_wrote(world):
    for year in (2019, 2020, 2021, 2022):
        annual = cast.campaign(
            world, f"A{year}", "front-line", cadres=[world.dawa], kind="annual", starts_on=date(year, 12, 1), ends_on=date(year + 1, 1, 31)
        )
        row = cast.evaluation_of(world.dawa, annual)
        if year != 2022:  # under way
            campaigns.save(by=world.lin, rows=[{"code": f"A{year}", "starts_on": date(2019, 1, 1), "ends_on": date(2023, 1, 1)}])
            cast.give_evidence(world, row)
            campaigns.save(by=world.lin, rows=[{"code": f"A{year}", "starts_on": date(year, 4, 1)}])
            cast.signed(world, row)
    form, _shown = form_of(world.lin, world.dawa)
    assert form.values["NianDuKaoHeJieGuo"] == "2019年年度考核称职；2020年年度考核称职；2021年年度考核称职。"
    profiles.save(by=world.lin, rows=[{"cadre": world.dawa, "annual_results": "2018年优秀"}])
    assert form_of(world.lin, world.dawa)[0].values["NianDuKaoHeJieGuo"] == "2018年优秀"


# --- differences


def differing(w, change, user="lin"):
    """[(element, ours, theirs, sentence of the refusal)] of a file that was changed."""
    cadre = everything(w)
    form, reveal = form_of(w.users[user], cadre)
    theirs = deepcopy(form)
    change(theirs)
    return [(d.element, d.ours, d.theirs, d.refusal and sentence(d.refusal)) for d in compare(form, theirs, reveal=reveal)]


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ("XingMing", "达　瓦"),
        ("XingBie", "女性"),
        ("MinZu", "藏"),
        ("ChuShengNianYue", "1980.03"),
        ("ChuShengNianYue", "19800315"),
        ("RuDangShiJian", "2001年7月"),
        ("JianLi", "1998.09-2001.07学生\r\n2001.07—干部"),
        ("TianBiaoShiJian", "2022.10.10"),
        ("ChuShengDi", "ｂｉｒｔｈ_place文"),
        ("Version", "1.0"),
    ],
)
def test_ways_of_writing_are_no_differences(people, element, text):
    assert differing(people, lambda person: person.values.update({element: text})) == []


@pytest.mark.parametrize(
    ("element", "text", "ours", "why"),
    [
        ("XingMing", "达娃", "达瓦", None),
        ("ChuShengNianYue", "198004", "198003", None),
        ("RuDangShiJian", "200107；民盟", "200107", None),
        ("RuDangShiJian", "民盟", "200107", None),
        ("JianKangZhuangKuang", "", "health文", None),
        ("JianLi", "2001.07—今　干部", "1998.09--2001.07  学生\n2001.07--         干部", None),
        ("XingMing", "", "达瓦", "Please fill this in."),
        ("ChuShengNianYue", "改天", "198003", "改天 cannot be read as a month. Write it like 1980-03."),
        ("CanJiaGongZuoShiJian", "改天", "200107", "改天 cannot be read as a date. Write it like 2022-05-06, with time 2022-05-06 13:30."),
        ("XianRenZhiWu", "甲" * 101, "达瓦的职务", "This has 101 characters; 100 are the most."),
        ("XingBie", "神", "女", "神 is not known here. Use one of: 男, 女, 未知, 未说明."),
        ("ShenFenZheng", "123", NUMBER, "An ID number has 18 characters; 123 has not. In Excel, keep it as text."),
    ],
)
def test_differences_and_why_some_cannot_be_taken(people, element, text, ours, why):
    ((found, was, _told, said),) = differing(people, lambda person: person.values.update({element: text}))
    if why and "Use one of" in why:
        assert said.startswith("神 is not known here.")
        why = said
    assert (found, was, said) == (element, ours, why)


def test_an_id_number_is_compared_for_who_may_see_it(people):
    assert differing(people, lambda person: person.values.update(ShenFenZheng="000000199003070022"), "aud") == []


def test_what_a_file_leaves_out_is_not_compared(people):
    def change(person):
        del person.values["JianLi"]
        person.family = person.photo = None
        person.unknown = []

    assert differing(people, change) == []


def test_family_photo_and_unknown_elements(people):
    def change(person):
        person.family = [*person.family, {"relation": "儿子", "name": "甲", "born": "", "political_status": "", "post": ""}]
        person.photo, person.unknown = png(colour=(90, 10, 10)), [("", "<X/>")]

    found = {element: (ours, theirs) for element, ours, theirs, _why in differing(people, change)}
    assert found["JiaTingChengYuan"] == ("丈夫 尼玛 1979.01 牧民", "丈夫 尼玛 1979.01 牧民\n儿子 甲")
    assert found["ZhaoPian"] == ("a photo", "another photo") and found["*"] == ("<DaoLingNianYue>203905</DaoLingNianYue>", "<X/>")


def test_the_photo_that_we_made_small_is_the_same_photo(people):
    assert differing(people, lambda person: setattr(person, "photo", jpeg())) == []


def test_the_day_that_we_know_stays_when_the_file_has_the_month(people):
    cadre = everything(people)
    person = lrmx.Person({"RuDangShiJian": "200107；民盟", "CanJiaGongZuoShiJian": "20010801"})
    of_cadre, of_profile = appointment.rows(person, ["RuDangShiJian", "CanJiaGongZuoShiJian"], cadre)
    assert of_cadre == {"started_work_on": date(2001, 8, 1)} and of_profile == {"joined_party_note": "200107；民盟"}


def test_what_differs_is_marked(people):
    cadre = everything(people)
    form, _shown = form_of(people.lin, cadre)
    theirs = deepcopy(form)
    theirs.values["JianLi"] = "1998.09—2001.07学生\n2001.07--2022.11  干部\n2022.11--         书记"
    (difference,) = compare(form, theirs)
    ours, others = difference.marked
    assert ours == [("1998.09--2001.07  学生\n", False), ("2001.07--         干部\n", True)]
    assert others == [("1998.09--2001.07  学生\n", False), ("2001.07--2022.11  干部\n2022.11--         书记\n", True)]


# --- whose file


def found(w, *people, user="lin"):
    by = w.users[user]
    matched = match(visible_to(by, Cadre), people, scope(by, "reveal"))
    return [(one.cadre and one.cadre.code, one.by, [c.code for c in one.candidates]) for one in matched]


@pytest.fixture
def names(people):
    cadres.save(
        by=people.lin,
        rows=[
            {"code": "T1", "name": "扎西", "unit": "E", "birth_month": "1980-03", "id_number": NUMBER},
            {"code": "T2", "name": "扎西", "unit": "E", "birth_month": "1980-03"},
            {"code": "T3", "name": "扎西", "unit": "W", "birth_month": "1985-01"},
            {"code": "T4", "name": "卓　玛", "unit": "E", "birth_month": "1990-07", "id_number": "000000199003070022"},
        ],
    )
    return people


def test_by_id_number_then_code_then_name_and_month(names):
    assert found(
        names,
        Asked("某人", "1999-01", NUMBER, "T2"),
        Asked("扎西", "", "", "T2"),
        Asked("扎西", "1985-01"),
        Asked("卓玛", "1990-07"),
    ) == [("T1", "id_number", []), ("T2", "code", []), ("T3", "name", []), ("T4", "name", [])]


def test_what_is_not_certain_is_asked(names):
    assert found(
        names,
        Asked("扎西", "1980-03"),  # two of them
        Asked("扎西"),  # no month
        Asked("达瓦", "1980-03"),  # no month on record
        Asked("卓玛", "1990-08"),  # another month
        Asked("卓玛", "1990-07", NUMBER[:-1] + "1"),  # another ID number
        Asked("卓玛", "1990-07", "", "T1"),  # the code of another
        Asked("无名", "1990-07", "", "nobody"),
    ) == [
        (None, "", ["G006", "T1", "T2", "T3"]),
        (None, "", ["G006", "T1", "T2", "T3"]),
        (None, "", ["G001"]),
        (None, "", ["T4"]),
        (None, "", ["T4"]),
        (None, "", ["T1", "T4"]),
        (None, "", []),
    ]


def test_only_among_those_whom_one_sees(names):
    assert found(names, Asked("扎西", "1985-01"), Asked("噶玛", "", "", "G005"), user="east_assessor") == [
        (None, "", ["T1", "T2"]),
        (None, "", []),
    ]


def test_the_number_of_queries_does_not_grow(names, django_assert_num_queries):
    cadres.save(by=names.lin, rows=[{"code": f"Z{n}", "name": f"干部{n}", "unit": "E"} for n in range(100)])
    rows, reveal = visible_to(names.lin, Cadre), scope(names.lin, "reveal")
    for number in (3, 100):
        with django_assert_num_queries(3):
            match(rows, [Asked(f"干部{n}", "1980-01", f"{n:018d}", f"Z{n}") for n in range(number)], reveal)
