"""A made-up county's evidence for measuring: as rows, as an exchange workbook, and the same rows bare.

20,000 findings by default: 5,000 contacts by teams of two, each of them about four out of 1,000 cadres, in two campaigns
on a scheme with four dimensions; narratives of 60 to 120 characters. The same seed gives the same county.
"""

import random
import re
import zipfile
from datetime import date, datetime, timedelta
from io import BytesIO

from openpyxl import Workbook
from openpyxl.xml.constants import REL_NS, SHARED_STRINGS, SHEET_MAIN_NS

USERS = tuple(f"kc{number:02d}" for number in range(1, 21))
DIMENSIONS = ("综合分析研判", "落实联防联控措施", "严密监控疫情", "构筑抵御防线")
LEVELS = ("好", "较好", "一般", "较差")
RELATIONS = ("上级", "同级", "下级", "服务对象", "群众")
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "建国平华明军文玉春海林志永德秀英红梅兰芳"
PHRASES = (
    "每天天不亮就到卡口查看登记台账", "把外来车辆和人员逐一问清楚", "对行动不便的老人送药送菜上门", "能说清楚全村有多少户多少人",
    "遇到不配合的群众先讲道理再讲规定", "夜里值班时亲自带队巡查", "物资发放的账目贴在公开栏里", "上级文件下来当天就组织学习",
    "对网格里的变化心中有数", "交接班时把没有办完的事交代明白", "有几次汇报的数字和实际对不上", "处理邻里纠纷时耐心听两边的说法",
    "带头把自家的仓库腾出来放物资", "有时候安排工作不够细", "群众反映的用水问题三天之内解决了", "和驻村工作队配合得比较好",
    "对新来的同志手把手教", "讲话直率但是让人服气", "重点人员每天两次测温都有记录", "会上提出的建议后来被采纳",
)  # fmt: skip
_INLINE = re.compile(r'(<c(?: [rs]="[^"]*")*) t="inlineStr"><is>(.*?)</is></c>')
_TOLD = {  # what a package says of a part: closing tag -> (where, what)
    "</Types>": ("[Content_Types].xml", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{SHARED_STRINGS}"/>'),
    "</Relationships>": (
        "xl/_rels/workbook.xml.rels", f'<Relationship Id="texts" Type="{REL_NS}/sharedStrings" Target="sharedStrings.xml"/>'
    ),
}  # fmt: skip
FIRST, LAST = date(2022, 3, 1), date(2022, 11, 30)


def county(findings=20_000, seed=9):
    """{title of a sheet: rows as {heading: value}}."""
    r = random.Random(seed)
    units = [{"单位编码": "X", "单位名称": "测量县", "上级编码": None, "类型": "党委"}]
    units += [{"单位编码": f"X{n:02d}", "单位名称": f"第{n}乡", "上级编码": "X", "类型": "乡镇"} for n in range(1, 41)]
    names = ["".join([r.choice(SURNAMES), *r.choices(GIVEN, k=2)]) for _ in range(max(findings // 20, 8))]
    cadres = [
        {
            "干部编号": f"P{n:05d}", "姓名": name, "性别": r.choice("男女"), "出生年月": f"{r.randint(1965, 1995)}-{r.randint(1, 12):02d}",
            "单位编码": r.choice(units[1:])["单位编码"], "现任职务": "副乡长",
        }
        for n, name in enumerate(names)
    ]  # fmt: skip
    middle = len(cadres) * 3 // 5
    rosters = {"CL1": cadres[:middle], "CL2": cadres[middle:]}
    return {
        "单位": units,
        "干部": cadres,
        "考核任务": [
            {"考核编号": code, "名称": f"一线考核{code}", "类别": "专项", "考核方案": "front-line", "单位编码": "X", "开始日期": FIRST, "结束日期": LAST}
            for code in rosters
        ],
        "考核对象": [{"考核编号": code, "干部编号": cadre["干部编号"]} for code, roster in rosters.items() for cadre in roster],
        "了解记录": [row for number in range(findings // 4) for row in _contact(r, number, rosters)],
    }  # fmt: skip


def _contact(r, number, rosters):
    code = r.choice(list(rosters))
    held = datetime.combine(FIRST, datetime.min.time()) + timedelta(days=r.randrange((LAST - FIRST).days), minutes=r.randrange(480, 1200))
    common = {
        "考核编号": code, "记录编号": f"{number:05d}", "方式": r.choice(["现场了解", "电话了解", "谈心谈话"]), "时间": held,
        "地点": f"第{r.randint(1, 40)}乡{r.randint(1, 9)}号卡口", "考察人员": "、".join(r.sample(USERS, 2)),
        "了解对象": "".join([r.choice(SURNAMES), *r.choices(GIVEN, k=2)]), "与干部关系": r.choice(RELATIONS),
    }  # fmt: skip
    for cadre in r.sample(rosters[code], 4):
        text = ""
        while len(text) < 60:
            text += f"{r.choice(PHRASES)}({r.randint(1, 30)}日);"
        example = f"{r.randint(3, 11)}月{r.randint(1, 28)}日，{r.choice(PHRASES)}" if r.random() < 0.3 else None
        marks = {name: r.choices([*LEVELS, None], [5, 8, 4, 1, 2])[0] for name in DIMENSIONS}
        yield {**common, "干部编号": cadre["干部编号"], "了解情况": text, "事例": example, **marks}


def write(sheets, path):
    """The exchange workbook of these rows, its texts in the table of shared strings: Excel writes it so, and it is read quickest."""
    book, made = Workbook(), BytesIO()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet, headings = book.create_sheet(title), list(rows[0])
        sheet.append(headings)
        for row in rows:
            sheet.append([row[heading] for heading in headings])
    book.save(made)
    with zipfile.ZipFile(made) as inline, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as shared:
        _share(inline, shared)


def _share(inline, shared):
    """openpyxl writes every text into its cell."""
    texts = {}

    def cell(found):
        return f'{found[1]} t="s"><v>{texts.setdefault(found[2], len(texts))}</v></c>'

    for name in inline.namelist():
        content = inline.read(name).decode()
        if name.startswith("xl/worksheets/"):
            content = _INLINE.sub(cell, content)
        for end, (part, more) in _TOLD.items():
            if name == part:
                content = content.replace(end, more + end)
        shared.writestr(name, content)
    shared.writestr("xl/sharedStrings.xml", f'<sst xmlns="{SHEET_MAIN_NS}">{"".join(f"<si>{text}</si>" for text in texts)}</sst>')
