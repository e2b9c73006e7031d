"""The exchange format of the appointment form: what goes in comes out, whatever programs wrote it; hostile files get a sentence."""

import base64
import io
import tracemalloc
import zipfile
from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from assessment.sheets.appointment import lrmx
from assessment.sheets.appointment.files import open_people
from assessment.sheets.appointment.lrmx import ELEMENTS, Person, read, tidy, write
from assessment.wording import sentence
from people.refusals import Refused
from tests.pictures import jpeg, png


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


HEAD = '<?xml version="1.0" encoding="utf-8"?>'


def xml(inner, head=HEAD):
    return f"{head}<Person>{inner}</Person>".encode()


def refusal(content):
    """(code, sentence in English) that these bytes meet."""
    with pytest.raises(Refused) as caught:
        read(content)
    (found,) = caught.value.refusals
    return found.code, sentence(found)


# --- what goes in comes out

texts = st.text(st.characters(codec="utf-8"), max_size=40).map(tidy)
relatives = st.fixed_dictionaries(dict.fromkeys(lrmx.RELATIVE.values(), texts)).filter(lambda row: any(row.values()))
unknown = st.sampled_from(["<DaoLingNianYue>204003</DaoLingNianYue>", "<ZhengZhiMianMao />", '<X a="1">甲<Y>&lt;乙&gt;</Y>丙</X>'])


@st.composite
def persons(draw):
    """Anybody, with all 34 elements, as they are written."""
    values = {name: draw(texts) for name in lrmx.TEXTS}
    places = draw(st.lists(st.sampled_from(["", *ELEMENTS]), max_size=5))
    rest = [(after, draw(unknown)) for after in sorted(places, key=["", *ELEMENTS].index)]
    return Person(values, draw(st.lists(relatives, max_size=12)), draw(st.binary(max_size=60)), rest)


@given(persons())
def test_a_person_comes_back_from_his_file(person):
    content = write(person)
    assert read(content) == person
    assert write(read(content)) == content


@given(persons(), st.sets(st.sampled_from(ELEMENTS)))
def test_elements_that_a_file_lacks_are_absent_and_written_blank(person, lacking):
    tree = lrmx._parse(lrmx._decode(write(person)))
    for child in [child for child in tree if child.tag in lacking]:
        tree.remove(child)
    found = read(lrmx._xml(tree).encode())
    assert set(found.values) == set(person.values) - lacking
    assert (found.family is None, found.photo is None) == (lrmx.FAMILY in lacking, lrmx.PHOTO in lacking)
    assert [text for _after, text in found.unknown] == [text for _after, text in person.unknown]
    again = read(write(found))
    assert set(again.values) == set(lrmx.TEXTS) and again.unknown == found.unknown


def test_the_34_elements_stand_in_order_and_the_file_is_as_others_write_it():
    person = Person({name: f"{n}" for n, name in enumerate(lrmx.TEXTS)}, [{"relation": "妻子", "name": "甲"}], b"bytes")
    person.values["JianLi"] = "2001.07--2005.03  甲\n2005.03--         乙"
    content = write(person)
    assert content.startswith(HEAD.encode()) and [child.tag for child in lrmx._parse(content.decode())] == list(ELEMENTS) and len(ELEMENTS) == 34
    assert "甲\r\n2005.03--         乙</JianLi>".encode() in content
    assert b"<ZhaoPian>Ynl0ZXM=</ZhaoPian>" in content
    item = "<Item><ChengWei>妻子</ChengWei><XingMing>甲</XingMing><ChuShengRiQi></ChuShengRiQi>"
    assert item.encode() in content


def test_only_direct_children_count():
    person = read(xml("<JiaTingChengYuan><Item><XingMing>妻</XingMing><ZhengZhiMianMao>群众</ZhengZhiMianMao></Item></JiaTingChengYuan><XingMing>夫</XingMing>"))
    assert person.values == {"XingMing": "夫"}
    assert person.family == [{"relation": "", "name": "妻", "born": "", "political_status": "群众", "post": ""}]


def test_blank_rows_of_the_family_are_no_relatives():
    rows = "<Item><ChengWei> </ChengWei></Item><Item/>" * 9 + "<Item><ChengWei>父亲</ChengWei></Item>"
    assert [row["relation"] for row in read(xml(f"<JiaTingChengYuan>{rows}</JiaTingChengYuan>")).family] == ["父亲"]


@pytest.mark.parametrize(
    "inner",
    [
        "<JianLi><![CDATA[甲 & 乙\r\n丙]]></JianLi>",
        "<JianLi>甲 &amp; 乙<br/>丙</JianLi>",
        "<JianLi>甲 &amp; 乙&lt;BR&gt;丙</JianLi>",
        "<JianLi>\n  甲 &amp; 乙\r丙\n</JianLi>",
    ],
)
def test_ways_of_writing_a_long_text(inner):
    assert read(xml(inner)).values["JianLi"] == "甲 & 乙\n丙"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_encodings(encoding):
    text = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>\n<Person><XingMing>卓玛措</XingMing></Person>'
    assert read(text.encode(encoding)).name == "卓玛措"


def test_a_file_that_declares_utf_8_and_is_gbk():
    assert read(f"{HEAD}<Person><XingMing>卓玛措</XingMing></Person>".encode("gbk")).name == "卓玛措"


def test_of_an_element_that_comes_twice_the_first_counts_and_it_is_told():
    person = read(xml("<XingMing>甲</XingMing><XingMing>乙</XingMing>"))
    assert person.values == {"XingMing": "甲"} and person.notes == [("lrmx_twice", {"element": "XingMing"})]


def test_unknown_elements_keep_their_place():
    person = read(xml("<Erste/><XingMing>甲</XingMing><DaoLing a='1'>203905</DaoLing><Noch>乙<b>丙</b></Noch><MinZu/>"))
    assert person.unknown == [("", "<Erste />"), ("XingMing", '<DaoLing a="1">203905</DaoLing>'), ("XingMing", "<Noch>乙<b>丙</b></Noch>")]
    tags = [child.tag for child in lrmx._parse(write(person).decode())]
    assert tags[:5] == ["Erste", "XingMing", "DaoLing", "Noch", "XingBie"]


@pytest.mark.parametrize("picture", [jpeg(), png()])
def test_photos_come_through_with_line_breaks_and_a_prefix(picture):
    text = base64.encodebytes(picture).decode()
    assert read(xml(f"<ZhaoPian>\n{text}</ZhaoPian>")).photo == picture
    assert read(xml(f"<ZhaoPian>data:image/jpeg;base64,{text}</ZhaoPian>")).photo == picture
    assert read(xml("<ZhaoPian/>")).photo == b"" and read(xml("")).photo is None


@pytest.mark.parametrize(
    ("text", "code"), [("???", "photo_not_image"), ("A" * (3 << 20), "photo_too_large"), ("5aSnA", "photo_not_image")]
)
def test_a_photo_that_cannot_be_read_is_told_and_the_rest_is_there(text, code):
    person = read(xml(f"<XingMing>甲</XingMing><ZhaoPian>{text}</ZhaoPian>"))
    assert person.photo is None and person.name == "甲" and [note[0] for note in person.notes] == [code]


def test_names_of_files():
    day = date(2026, 11, 23)
    assert lrmx.file_name("卓玛", day) == "2026.11.23 干部任免审批表 卓玛.lrmx"
    assert lrmx.file_name("../卓:玛", day, "G/1") == "G 1_2026.11.23 干部任免审批表 .. 卓 玛.lrmx"


# --- hostile and broken files

BOMB = '<!DOCTYPE Person [<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9)) + "]>"
DTD = "The file defines a document type or entities, which no appointment form needs: save it anew in the program it comes from."
MUCH = "The file holds more elements than an appointment form can have: save it anew in the program it comes from."
HOSTILE = {
    "entity bomb": (f"{HEAD}{BOMB}<Person><XingMing>&a8;</XingMing></Person>".encode(), DTD),
    "outer entity": (f'{HEAD}<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><Person><XingMing>&x;</XingMing></Person>'.encode(), DTD),
    "document type": (f'{HEAD}<!DOCTYPE Person SYSTEM "http://127.0.0.1/p.dtd"><Person/>'.encode(), DTD),
    "undefined entity": (xml("<XingMing>&nbsp;</XingMing>"), "The file is no well-formed XML (line 1): save it anew in the program it comes from."),
    "not closed": (b"<Person>\n<XingMing>", "The file is no well-formed XML (line 2): save it anew in the program it comes from."),
    "two roots": (b"<Person/><Person/>", "The file is no well-formed XML (line 1): save it anew in the program it comes from."),
    "web page": (b"<html><body/></html>", "This is no appointment form: it begins with html where Person is expected."),
    "namespace": (b'<Person xmlns="urn:x"/>', "This is no appointment form: it begins with {urn:x}Person where Person is expected."),
    "ten thousand relatives": (xml("<JiaTingChengYuan>" + "<Item/>" * 10_000 + "</JiaTingChengYuan>"), MUCH),
    "two hundred relatives": (
        xml("<JiaTingChengYuan>" + "<Item><ChengWei>子</ChengWei></Item>" * 200 + "</JiaTingChengYuan>"),
        "The form names 200 relatives; 100 are the most.",
    ),
    "deep": (xml("<a>" * 50_000 + "</a>" * 50_000), MUCH),
    "a hundred unknown": (xml("".join(f"<x{n}/>" for n in range(100))), MUCH),
    "long unknown": (xml(f"<x>{'甲' * 60_000}</x>"), MUCH),
    "endless text": (xml(f"<JianLi>{'甲' * 200_000}</JianLi>"), "This has 200000 characters; 100000 are the most."),
    "too large": (xml(f"<JianLi>{'甲' * 2_000_000}</JianLi>"), "The file is larger than 5 MB: divide it."),
    "empty": (b" \r\n", "The file is empty: choose the right one."),
    "no text": (b"<\xff\xff\xff\xff\xff\x00", "The characters of the file cannot be read: save it anew as UTF-8."),
    "control characters": (xml("<XingMing>\x01</XingMing>"), "The file is no well-formed XML (line 1): save it anew in the program it comes from."),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_get_their_sentence_and_little_memory(case):
    content, words = HOSTILE[case]
    tracemalloc.start()
    try:
        assert refusal(content)[1] == words
        assert tracemalloc.get_traced_memory()[1] < 60 << 20
    finally:
        tracemalloc.stop()


# --- zips of many


def packed(members):
    """An open zip of {name: content}."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    file.seek(0)
    return file


PERSON = write(Person({"XingMing": "卓玛"}))


def told(members):
    with open_people(packed(members), "多人.zip") as people:
        return {name: people.read(number) for number, name in enumerate(people.names)}, people.passed_over


def test_a_zip_of_many_with_what_is_none_of_them():
    found, passed = told(
        {"甲/G001_卓玛.LRMX": PERSON, "坏.lrmx": b"<Person>", "里.zip": packed({"a.lrmx": PERSON}).getvalue(), "说明.txt": b"x",
         "__MACOSX/甲/._G001_卓玛.lrmx": b"\x00", "甲/._x.lrmx": b"\x00", ".": b"x"}
    )  # fmt: skip
    assert list(found) == ["甲/G001_卓玛.LRMX", "坏.lrmx", "里.zip"] and passed == ["说明.txt"]
    assert found["甲/G001_卓玛.LRMX"][0].name == "卓玛"
    assert [found[name][1].code for name in ("坏.lrmx", "里.zip")] == ["lrmx_broken", "zip_in_zip"]


def test_names_that_windows_packed():
    file = packed({"X" * len("张三.lrmx".encode("gbk")): PERSON})
    raw = file.getvalue().replace(b"X" * len("张三.lrmx".encode("gbk")), "张三.lrmx".encode("gbk"))
    with open_people(io.BytesIO(raw), "a.zip") as people:
        assert people.names == ["张三.lrmx"] and people.read(0)[0].name == "卓玛"


def zip_refusal(file, name="a.zip"):
    with pytest.raises(Refused) as caught:
        open_people(file, name)
    return sentence(caught.value.refusals[0])


def test_zips_that_are_refused_whole():
    assert zip_refusal(packed({"说明.txt": b"x"})) == "There is no .lrmx or .lrm file in this package."
    many = "2001 people are too many at once; 2000 are the most: divide them."
    assert zip_refusal(packed({f"{n}.lrmx": b"" for n in range(2001)})) == many
    parts = "The file is a package of 5000 parts; 4200 are the most: divide it."
    assert zip_refusal(packed({f"{n}.lrmx": b"" for n in range(5000)})) == parts
    outside = "The file holds a part that would lie outside of it (../../etc/x.lrmx): copy the rows into a new file and save it."
    assert zip_refusal(packed({"../../etc/x.lrmx": PERSON})) == outside
    tight = "The file unpacks to more than 100 times its size: copy the rows into a new file and save it."
    assert zip_refusal(packed({"a.lrmx": b"<" + b" " * (30 << 20)})) == tight
    assert zip_refusal(io.BytesIO(b"PK\x03\x04 and no more")).startswith("The file is incomplete or damaged")


def test_one_large_member_does_not_keep_the_others_from_being_read():
    noise = b"<Person><JianLi>" + base64.b64encode(bytes(range(256)) * 20_000) + b"</JianLi></Person>"
    found, _passed = told({"大.lrmx": noise, "小.lrmx": PERSON})
    assert found["大.lrmx"][1].code == "file_too_large" and found["小.lrmx"][0].name == "卓玛"


@pytest.mark.parametrize("content", [b"\xd0\xcf\x11\xe0 an old workbook", b"Rar!\x1a\x07", b"%PDF-1.7", b"name,age"])
def test_what_is_no_file_of_people(content):
    words = "This is neither an .lrmx or .lrm file nor a zip of them: choose the file that the form program saved."
    assert zip_refusal(io.BytesIO(content), "张三.lrmx") == words
