"""The older form of .lrmx: `.lrm`, one line of quoted fields in GBK, its photo in a sibling `.pic`. Read only.

Known from one program alone, so everything is checked that can be.
"""

import re

from assessment.sheets.appointment.lrmx import FILE_LIMIT, PHOTO_LIMIT, RELATIVES, Person, tidy
from assessment.sheets.workbook.package import refused

FEWEST, MOST = 26, 60  # fields
#: place of a field -> element of .lrmx
PLACES = {
    0: "XingMing", 1: "XingBie", 2: "ChuShengNianYue", 3: "MinZu", 4: "JiGuan", 5: "RuDangShiJian", 6: "JianKangZhuangKuang",
    7: "ChuShengDi", 8: "CanJiaGongZuoShiJian", 11: "ZhuanYeJiShuZhiWu", 16: "ShuXiZhuanYeYouHeZhuanChang", 17: "JianLi",
    18: "JiangChengQingKuang", 19: "NianDuKaoHeJieGuo", 25: "XianRenZhiWu", 26: "NiRenZhiWu", 27: "NiMianZhiWu", 28: "RenMianLiYou",
    29: "ChengBaoDanWei", 30: "JiSuanNianLingShiJian", 31: "TianBiaoRen", 32: "TianBiaoShiJian",
}  # fmt: skip
#: Fields of the shape full-time#its degree@in-service#its degree.
EDUCATION = {9: "", 10: "_BiYeYuanXiaoXi"}
FAMILY = {20: "relation", 21: "name", 22: "born", 23: "political_status", 24: "post"}


def read(content, photo=None):
    """The person in the bytes of a file, with those of its `.pic`; raises `Refused`."""
    if len(content) > FILE_LIMIT:
        raise refused("file_too_large", limit=FILE_LIMIT >> 20)
    try:
        text = content.decode("gb18030").strip("\ufeff\x00\x1a\r\n\t ")
    except UnicodeDecodeError as error:
        raise refused("lrm_broken") from error
    if not text:
        raise refused("file_empty")
    if not (len(text) > 1 and text[0] == text[-1] == '"'):
        raise refused("lrm_broken")
    fields = [tidy(value) for value in re.split(r'",\s*"', text[1:-1])]
    if not FEWEST <= len(fields) <= MOST:
        raise refused("lrm_broken")
    person = Person({element: fields[place] for place, element in PLACES.items() if place < len(fields)})
    for place, end in EDUCATION.items():
        full_time, _sign, in_service = fields[place].partition("@")
        for kind, both in (("QuanRiZhi", full_time), ("ZaiZhi", in_service)):
            education, _sign, degree = both.partition("#")
            person.values |= {f"{kind}JiaoYu_XueLi{end}": education.strip(), f"{kind}JiaoYu_XueWei{end}": degree.strip()}
    person.family = _family(fields)
    if photo is not None:
        if len(photo) > PHOTO_LIMIT:
            person.notes.append(("photo_too_large", {"limit": PHOTO_LIMIT >> 20}))
        else:
            person.photo = photo
    return person


def _family(fields):
    columns = {key: fields[place].split("@") for place, key in FAMILY.items()}
    count = max(map(len, columns.values()))
    if count > RELATIVES:
        raise refused("lrmx_relatives", count=count, limit=RELATIVES)
    rows = [{key: cells[n].strip() if n < len(cells) else "" for key, cells in columns.items()} for n in range(count)]
    return [row for row in rows if any(row.values())]

