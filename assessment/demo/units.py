"""The units of 云措县, an invented pastoral county: rows for `units.save`.

Line 2 of the article: 167 grassroots Party organisations, 53 of them temporary branches, and 91 vanguard teams.
Line 1: 20 work groups in 9 areas, as units of kind "other" below the county's headquarters.
"""

from datetime import date

COUNTY, COUNTY_NAME = "YC", "中共云措县委员会"
MUSTERED = date(2022, 5, 6)  # the day the front line was set up

DEPARTMENTS = """
县委办公室 县委组织部 县纪委监委机关 县委宣传部 县委统战部 县委政法委 县政府办公室 县发展和改革局 县教育局 县工业商务和信息化局
县公安局 县民政局 县司法局 县财政局 县人力资源和社会保障局 县自然资源局 县住房和城乡建设局 县交通运输局 县农牧和水利局
县文体旅游广电局 县卫生健康局 县退役军人事务局 县应急管理局 县审计局 县市场监督管理局 县统计局 县医疗保障局 县乡村振兴局
县林业和草原局 县总工会
""".split()

#: Institutions whose branches stand below a department.
INSTITUTIONS = {
    "县人民医院": "县卫生健康局", "县藏医院": "县卫生健康局", "县疾病预防控制中心": "县卫生健康局", "县妇幼保健服务中心": "县卫生健康局",
    "县第一民族中学": "县教育局", "县第二民族中学": "县教育局", "县民族寄宿制小学": "县教育局", "县幼儿园": "县教育局",
    "县融媒体中心": "县委宣传部", "县畜牧兽医站": "县农牧和水利局", "县公路养护中心": "县交通运输局", "县退休干部": "县委组织部",
}  # fmt: skip

#: Eight townships with eight villages each.
TOWNSHIPS = {
    "云措镇": "日出社区 雪莲社区 格桑社区 上滩村 下滩村 措那村 叶果村 扎尕村",
    "曲朗镇": "曲朗社区 那隆村 羊智村 龙藏村 德芒村 多让村 秀日村 加毛村",
    "扎央镇": "扎央社区 香果村 夏隆村 赛措村 尖扎村 拉宗村 万果村 兰青村",
    "德塘镇": "德塘社区 白塘村 叶贡村 恰仓村 多福村 直根村 卡松村 红旗村",
    "查姆乡": "查姆村 果贡村 木秀村 周让村 青羊村 角什村 完秀村 苏日村",
    "日措乡": "日措村 吉龙村 措玉村 塔干村 优格村 满智村 东果村 卫当村",
    "则央乡": "则央村 桑赤村 巴浪村 哇藏村 关秀村 南当村 赞毛村 尕让村",
    "雅隆乡": "雅隆村 尼玛村 江群村 俄措村 杂智村 曲乎村 羊玛村 秀麻村",
}

#: The headquarters of joint prevention and control: 9 areas with 20 work groups.
AREAS = {
    "综合协调": "文电会务组 信息汇总组 督查落实组",
    "疫情监测": "监测预警组 流调溯源组",
    "核酸检测": "采样组织组 样本检测组",
    "医疗救治": "医疗救治组 隔离管控组",
    "交通管控": "公路卡点组 人员转运组",
    "物资保障": "生活物资组 医疗物资组 资金保障组",
    "社会稳定": "治安维护组 矛盾化解组",
    "宣传引导": "新闻舆论组 双语宣讲组",
    "基层防控": "乡镇指导组 组织保障组",
}
TOWNSHIP_POINTS = ("交通卡点", "集中隔离点", "核酸采样点", "物资保供点")
#: Departments that formed a vanguard team of their own, beside every township and village.
TEAMS_OF_DEPARTMENTS = [*DEPARTMENTS[:1], *DEPARTMENTS[2:19], "县卫生健康局"]


def department(name):
    """Code of a department by its name."""
    return f"{COUNTY}-D{DEPARTMENTS.index(name) + 1:02d}"


def township(index):
    """Code of a township by its place in the list, from 0."""
    return f"{COUNTY}-T{index + 1}"


def village(index, number):
    """Code of a village by township and place in it, both from 0."""
    return f"{township(index)}-V{number + 1}"


def villages():
    """(code, name, name of the township) of all 64."""
    for index, (town, names) in enumerate(TOWNSHIPS.items()):
        for number, name in enumerate(names.split()):
            yield village(index, number), name, town


def temporary_branches():
    """(code, name, code of the parent) of the 53 temporary branches."""
    number = 0
    for index, town in enumerate(TOWNSHIPS):
        for point in TOWNSHIP_POINTS:
            number += 1
            yield f"{COUNTY}-LZ{number:02d}", f"{town}{point}临时党支部", township(index)
    for code, name, _ in work_groups():
        number += 1
        yield f"{COUNTY}-LZ{number:02d}", f"{name}临时党支部", code
    yield f"{COUNTY}-LZ{number + 1:02d}", "县核酸检测基地临时党支部", department("县卫生健康局")


def work_groups():
    """(code, name, code of the area) of the 20 work groups."""
    for index, groups in enumerate(AREAS.values()):
        for number, group in enumerate(groups.split()):
            yield f"{COUNTY}-Z{index + 1}-{number + 1}", group, f"{COUNTY}-Z{index + 1}"


def rows():
    """Every unit, as `units.save` takes it."""

    def row(code, name, kind, parent=None, **more):
        return {"code": code, "name": name, "kind": kind, "parent": parent, **more}

    yield row(COUNTY, COUNTY_NAME, "party_committee")
    for name in DEPARTMENTS:
        yield row(department(name), name, "department", COUNTY)
    for index, town in enumerate(TOWNSHIPS):
        yield row(township(index), town, "township", COUNTY)
    for code, name, _ in villages():
        yield row(code, name, "village", code.rsplit("-", 1)[0])
    yield from _branches(row)
    yield row(f"{COUNTY}-Z", "县疫情联防联控指挥部", "other", COUNTY, formed_on=MUSTERED)
    for index, area in enumerate(AREAS):
        yield row(f"{COUNTY}-Z{index + 1}", f"{area}领域", "other", f"{COUNTY}-Z", formed_on=MUSTERED)
    for code, name, parent in work_groups():
        yield row(code, name, "other", parent, formed_on=MUSTERED)
    for code, name, parent in temporary_branches():
        yield row(code, name, "temporary_branch", parent, formed_on=date(2022, 5, 7))
    yield from _vanguard_teams(row)


def _branches(row):
    """114 standing branches: 64 of villages, 8 of townships, 30 of departments, 12 of institutions."""
    for code, name, _ in villages():
        yield row(f"{code}-B", f"{name}党支部", "branch", code)
    for index, town in enumerate(TOWNSHIPS):
        yield row(f"{township(index)}-B", f"{town}机关党支部", "branch", township(index))
    for name in DEPARTMENTS:
        yield row(f"{department(name)}-B", f"{name}党支部", "branch", department(name))
    for number, (name, above) in enumerate(INSTITUTIONS.items()):
        yield row(f"{COUNTY}-S{number + 1:02d}", f"{name}党支部", "branch", department(above))


def _vanguard_teams(row):
    """91 vanguard teams: 64 of villages, 8 of townships, 19 of departments."""
    for code, name, _ in villages():
        yield row(f"{code}-X", f"{name}党员先锋队", "vanguard_team", code, formed_on=MUSTERED)
    for index, town in enumerate(TOWNSHIPS):
        yield row(f"{township(index)}-X", f"{town}机关党员先锋队", "vanguard_team", township(index), formed_on=MUSTERED)
    for name in TEAMS_OF_DEPARTMENTS:
        yield row(f"{department(name)}-X", f"{name}党员先锋队", "vanguard_team", department(name), formed_on=MUSTERED)
