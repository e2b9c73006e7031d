"""The older format .lrm, known from one program: fields in quotes, education and family in its own shapes, the photo beside it."""

import io
import zipfile

import pytest

from assessment.sheets.appointment import lrm
from assessment.sheets.appointment.files import open_people
from people.refusals import Refused
from tests.pictures import jpeg

FIELDS = [
    "卓玛措", "女", "198003", "藏族", "青海泽库", "200107", "健康", "青海同仁", "200107", "大学#学士@省委党校研究生#", "师范大学中文系@省委党校",
    "讲师", "", "", "", "", "党务", "1998.09--2001.07  学生\n2001.07--         干部", "记三等功", "2021年年度考核优秀",
    "丈夫@女儿", "尼玛@央金", "197901@", "中共党员@", "某局@学生", "副镇长", "镇长", "副镇长", "工作需要", "组织部", "20221001", "何某", "20221010",
]  # fmt: skip


def file_of(fields):
    return ('"' + '","'.join(fields) + '"\r\n').encode("gb18030")


def test_the_fields_become_the_elements_of_lrmx():
    person = lrm.read(file_of(FIELDS))
    expected = {
        "XingMing": "卓玛措", "RuDangShiJian": "200107", "ChuShengDi": "青海同仁", "QuanRiZhiJiaoYu_XueLi": "大学",
        "QuanRiZhiJiaoYu_XueWei": "学士", "ZaiZhiJiaoYu_XueLi": "省委党校研究生", "ZaiZhiJiaoYu_XueWei": "",
        "QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi": "师范大学中文系", "ZaiZhiJiaoYu_XueLi_BiYeYuanXiaoXi": "省委党校",
        "ShuXiZhuanYeYouHeZhuanChang": "党务", "NiRenZhiWu": "镇长", "TianBiaoRen": "何某", "TianBiaoShiJian": "20221010",
    }  # fmt: skip
    assert expected.items() <= person.values.items()
    assert person.values["JianLi"].splitlines() == ["1998.09--2001.07  学生", "2001.07--         干部"]
    assert "ShenFenZheng" not in person.values and person.photo is None
    assert person.family == [
        {"relation": "丈夫", "name": "尼玛", "born": "197901", "political_status": "中共党员", "post": "某局"},
        {"relation": "女儿", "name": "央金", "born": "", "political_status": "", "post": "学生"},
    ]


def test_an_older_file_without_the_last_fields():
    person = lrm.read(file_of(FIELDS[:28]))
    assert person.values["NiMianZhiWu"] == "副镇长" and "TianBiaoRen" not in person.values


@pytest.mark.parametrize(
    "content",
    [
        b"no quotes",
        b'"',
        b'"one","two"',
        file_of(FIELDS + [""] * 40),
        b'"\xff\xff\xff"',
        file_of([*FIELDS[:20], "@" * 500, *FIELDS[21:]]),
    ],
)
def test_what_is_no_such_file_is_refused(content):
    with pytest.raises(Refused) as caught:
        lrm.read(content)
    assert caught.value.refusals[0].code in ("lrm_broken", "lrmx_relatives")


def test_a_zip_brings_the_photo_in_the_pic_beside_it():
    file, picture = io.BytesIO(), jpeg()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("甲/卓玛措.lrm", file_of(FIELDS))
        package.writestr("甲/卓玛措.PIC", picture)
        package.writestr("乙/卓玛措.lrm", file_of(FIELDS))
    with open_people(file, "a.zip") as people:
        assert people.names == ["甲/卓玛措.lrm", "乙/卓玛措.lrm"] and people.passed_over == []
        assert people.read(0)[0].photo == picture and people.read(1)[0].photo is None


def test_one_file_is_told_by_its_content():
    with open_people(io.BytesIO(file_of(FIELDS)), "卓玛措.lrmx") as people:
        assert people.read(0)[0].name == "卓玛措"
