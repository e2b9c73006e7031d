"""The exchange format of the appointment form 干部任免审批表: one file .lrmx holds one person. Reads and writes it, and no more.

    person = read(open(path, "rb").read())      # raises Refused
    content = write(person)

A file is untrusted: no document type, no entities, limits on everything. What is not known is kept for the way out.
"""

import base64
import binascii
import codecs
import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError, TreeBuilder, tostring
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from assessment.sheets.workbook.package import refused
from people.actions.inputs import plain_text

ROOT, FAMILY, ITEM, PHOTO, RESUME = "Person", "JiaTingChengYuan", "Item", "ZhaoPian", "JianLi"
#: The children of the root, in the order in which every program writes them.
ELEMENTS = tuple(
    """XingMing XingBie ChuShengNianYue MinZu JiGuan ChuShengDi RuDangShiJian CanJiaGongZuoShiJian JianKangZhuangKuang
    ZhuanYeJiShuZhiWu ShuXiZhuanYeYouHeZhuanChang QuanRiZhiJiaoYu_XueLi QuanRiZhiJiaoYu_XueWei
    QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi QuanRiZhiJiaoYu_XueWei_BiYeYuanXiaoXi ZaiZhiJiaoYu_XueLi ZaiZhiJiaoYu_XueWei
    ZaiZhiJiaoYu_XueLi_BiYeYuanXiaoXi ZaiZhiJiaoYu_XueWei_BiYeYuanXiaoXi XianRenZhiWu NiRenZhiWu NiMianZhiWu JianLi
    JiangChengQingKuang NianDuKaoHeJieGuo RenMianLiYou JiaTingChengYuan ChengBaoDanWei JiSuanNianLingShiJian TianBiaoShiJian
    TianBiaoRen ShenFenZheng ZhaoPian Version""".split()
)
TEXTS = tuple(name for name in ELEMENTS if name not in (FAMILY, PHOTO))
#: Children of a row of the family, in order, and what we call them.
RELATIVE = {
    "ChengWei": "relation",
    "XingMing": "name",
    "ChuShengRiQi": "born",
    "ZhengZhiMianMao": "political_status",
    "GongZuoDanWeiJiZhiWu": "post",
}

FILE_LIMIT = 5 << 20  # bytes
PHOTO_LIMIT = 2 << 20
TEXT_LIMIT = 100_000  # signs; how long a field may be, the actions say
RELATIVES = 100
UNKNOWN = 50  # elements; together at most
UNKNOWN_SIGNS = 50_000
DEPTH, SIZE = 12, 3000  # of the tree of elements

_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9_.\-]+)["']""")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_CHINESE = {"gb2312", "gbk", "gb18030", "gb_2312-80", "cp936"}


@dataclass
class Person:
    """What a form tells of a person; what stood not in it is absent.

    values: {element: text}. family: rows with the names of RELATIVE's values, None if there was no such element. photo: bytes,
    empty for a blank element, None for none. unknown: [(known element before it or "", its XML)]. notes: (code, facts) of
    what was passed over.
    """

    values: dict = field(default_factory=dict)
    family: list | None = None
    photo: bytes | None = None
    unknown: list = field(default_factory=list)
    notes: list = field(default_factory=list, compare=False)

    @property
    def name(self):
        """The name without the blanks that forms put between two characters."""
        return "".join(self.values.get("XingMing", "").split())


def tidy(text):
    """Text as it is kept: one kind of line end, no control characters, breaks of line in place of their HTML."""
    return plain_text(_BREAK.sub("\n", text or ""))


# --- reading


def read(content):
    """The person in the bytes of a file; raises `Refused`."""
    if len(content) > FILE_LIMIT:
        raise refused("file_too_large", limit=FILE_LIMIT >> 20)
    if not content.strip():
        raise refused("file_empty")
    root = _parse(_decode(content))
    if root.tag != ROOT:
        raise refused("lrmx_root", value=root.tag[:60])
    person, before = Person(), ""
    for child in root:
        if child.tag not in ELEMENTS:
            person.unknown.append((before, _xml(child)))
        elif child.tag in person.values or (child.tag == FAMILY and person.family is not None) or (child.tag == PHOTO and person.photo is not None):
            person.notes.append(("lrmx_twice", {"element": child.tag}))
        else:
            before = child.tag
            _take(person, child)
    if len(person.unknown) > UNKNOWN or sum(len(xml) for _before, xml in person.unknown) > UNKNOWN_SIGNS:
        raise refused("lrmx_too_much")
    return person


def _decode(content):
    """Text of a file in the encoding that it declares; old programs declare UTF-8 and write GBK."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        declared = _DECLARED.match(content.removeprefix(codecs.BOM_UTF8)[:200])
        named = declared[1].decode("ascii").lower() if declared else ""
        encodings = ["gb18030"] if named in _CHINESE else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refused("lrmx_encoding")


class _Limited(TreeBuilder):
    """Builds the tree of a form, and stops where no form goes."""

    def __init__(self):
        super().__init__()
        self.depth = self.size = 0

    def start(self, tag, attrs):
        self.depth, self.size = self.depth + 1, self.size + 1
        if self.depth > DEPTH or self.size > SIZE:
            raise refused("lrmx_too_much")
        return super().start(tag, attrs)

    def end(self, tag):
        self.depth -= 1
        return super().end(tag)


def _parse(text):
    parser = XMLParser(target=_Limited(), forbid_dtd=True)
    try:
        parser.feed(text)
        return parser.close()
    except DefusedXmlException as error:
        raise refused("lrmx_entities") from error
    except ParseError as error:
        raise refused("lrmx_broken", line=error.position[0]) from error


def _take(person, child):
    if child.tag == FAMILY:
        person.family = _family(person, child)
    elif child.tag == PHOTO:
        person.photo = _photo(person, "".join(child.itertext()))
    else:
        person.values[child.tag] = _text(child)


def _text(element):
    """All that stands in an element, with line breaks for the <br> of HTML."""
    parts = [element.text or ""]
    for child in element:
        parts += ["\n" if child.tag.lower() == "br" else _text(child), child.tail or ""]
    text = "".join(parts)
    if len(text) > TEXT_LIMIT:
        raise refused("too_long", length=len(text), limit=TEXT_LIMIT)
    return tidy(text)


def _family(person, container):
    rows = []
    items = container.findall(ITEM)
    if len(items) > RELATIVES:
        raise refused("lrmx_relatives", count=len(items), limit=RELATIVES)
    for item in items:
        row = dict.fromkeys(RELATIVE.values(), "")
        for child in item:
            if child.tag not in RELATIVE:
                person.notes.append(("lrmx_dropped", {"element": child.tag[:60]}))
            elif not row[RELATIVE[child.tag]]:
                row[RELATIVE[child.tag]] = _text(child)
        if any(row.values()):
            rows.append(row)
    return rows


def _photo(person, text):
    """The bytes of the photo; b"" where there is none, also for one that cannot be read, which is told."""
    text = re.sub(r"^\s*data:[^,]{0,100},", "", text[:200]) + text[200:]
    text = "".join(text.split())
    if len(text) * 3 // 4 > PHOTO_LIMIT:
        person.notes.append(("photo_too_large", {"limit": PHOTO_LIMIT >> 20}))
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        person.notes.append(("photo_not_image", {}))
        return None


def _xml(element):
    element.tail = None
    return tostring(element, encoding="unicode").replace("\r", "&#13;")


# --- writing


def write(person):
    """The file of a person: all 34 elements in order, the unknown ones where they were."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', f"<{ROOT}>"]
    lines += _unknown(person, "")
    for name in ELEMENTS:
        lines.append(f"  <{name}>{_content(person, name)}</{name}>")
        lines += _unknown(person, name)
    return "\n".join([*lines, f"</{ROOT}>", ""]).encode()


def file_name(name, day, code=""):
    """What programs of the format call the file of a person; the code tells two of a name apart."""
    name = f"{code}_" * bool(code) + f"{day:%Y.%m.%d} 干部任免审批表 {name}"
    return re.sub(r'[\x00-\x1f\\/:*?"<>|]+', " ", name).strip(" .")[:100] + ".lrmx"


def _unknown(person, after):
    return [f"  {xml}" for before, xml in person.unknown if before == after]


def _content(person, name):
    if name == PHOTO:
        return base64.b64encode(person.photo or b"").decode()
    if name == FAMILY:
        rows = ["".join(f"<{tag}>{_written(row.get(key))}</{tag}>" for tag, key in RELATIVE.items()) for row in person.family or ()]
        return "".join(f"\n    <{ITEM}>{row}</{ITEM}>" for row in rows) + ("\n  " if rows else "")
    text = _written(person.values.get(name))
    return text.replace("\n", "\r\n") if name == RESUME else text


def _written(text):
    return escape(tidy(text))
