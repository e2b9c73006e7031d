"""The exchange workbook's sheets and columns (DESIGN section 9): the format that must not drift.

Here and not among the sheets, because a dimension may not bear one of these headings and a scheme is made by an action.
"""

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column: the field that it fills, its headings, what its cells hold on the way out, and whether it must be there."""

    field: str
    zh: str
    en: str
    kind: str = "text"
    required: bool = False


@dataclass(frozen=True)
class Format:
    """A sheet. `out_only` ones are skipped on the way in; `dimensions`: followed by (or holding) dimension columns."""

    name: str
    zh: str
    en: str
    columns: tuple
    out_only: bool = False
    dimensions: bool = False


def _columns(text):
    """Columns from lines `field 中文 [kind]`, a * after the field for a required one; the English heading is the field,
    or stands after a slash where two columns of one sheet would share it."""
    for line in text.strip().splitlines():
        name, zh, *kind = line.split()
        field, _, en = name.rstrip("*").partition("/")
        yield Column(field, zh, en or field, kind[0] if kind else "text", name.endswith("*"))


def _format(name, zh, en, text, **options):
    return Format(name, zh, en, tuple(_columns(text)), **options)


UNITS = _format("units", "单位", "Units", """
code* 单位编码 id
name* 单位名称
parent/parent_code 上级编码 id
kind 类型
""")
CADRES = _format("cadres", "干部", "Cadres", """
code* 干部编号 id
name* 姓名
sex 性别
ethnicity 民族
birth_month 出生年月 id
political_status 政治面貌
education 学历
unit/unit_code* 单位编码 id
post 现任职务
post_level 职务层次
rank 职级
native_place 籍贯
joined_party_on 入党时间 date
started_work_on 参加工作时间 date
degree 学位
in_post_since 任现职时间 date
id_number 身份证号 id
phone 手机 id
""")
SCHEMES = _format("schemes", "考核方案", "Schemes", """
code* 方案编码 id
title* 名称
assessee* 对象
on_site_weight* 现场权重 number
phone_weight* 电话权重 number
talk_weight* 谈话权重 number
min_on_site 最少现场 integer
min_phone 最少电话 integer
min_talk 最少谈话 integer
min_relations 最少来源 integer
min_leads 最少负责人 integer
team_size 考察人数 integer
quota 优秀比例 number
contested_gap 争议差距 number
""")
DIMENSIONS = _format("dimensions", "考核内容", "Dimensions", """
scheme* 方案编码 id
code* 编码 id
name* 名称
weight* 权重 number
""")
LEVELS = _format("levels", "档次", "Levels", """
scheme* 方案编码 id
name* 名称
points* 分值 number
""")
GRADES = _format("grades", "等次", "Grades", """
scheme* 方案编码 id
name* 名称
minimum* 最低分 number
""")
CAMPAIGNS = _format("campaigns", "考核任务", "Campaigns", """
code* 考核编号 id
title* 名称
kind* 类别
scheme* 考核方案 id
unit/unit_code* 单位编码 id
starts_on* 开始日期 date
ends_on* 结束日期 date
state 状态
""")
ASSESSEES = _format("assessees", "考核对象", "Assessees", """
campaign* 考核编号 id
cadre_code 干部编号 id
unit_code 单位编码 id
""")
CONTACTS = _format("contacts", "了解记录", "Contacts", """
campaign* 考核编号 id
number* 记录编号 id
method* 方式
held_at* 时间 datetime
place 地点
team* 考察人员
source_name/source 了解对象
relation 与干部关系
cadre_code 干部编号 id
unit_code 单位编码 id
narrative* 了解情况
example 事例
withdrawn_on 撤回日期 date
withdrawn_why 撤回原因
""", dimensions=True)
#: Dimension columns stand before the score.
EVALUATIONS = _format("evaluations", "评价", "Evaluations", """
campaign 考核编号 id
cadre_code 干部编号 id
unit_code 单位编码 id
name 姓名
unit 单位
post 职务
state 状态
on_site 现场了解 integer
phone 电话了解 integer
talk 谈心谈话 integer
sources 来源数 integer
leads 负责人数 integer
score 总分 score
grade 等次
contested 有分歧
version 版本 integer
signer 签批人
signed_at 签批时间 datetime
""", out_only=True, dimensions=True)
DECISIONS = _format("decisions", "结果运用", "Decisions", """
code 编号 id
kind 类别
cadre_code 干部编号 id
name 姓名
outcome 结果
document_number 文号
state 状态
date 日期 date
basis 依据
""", out_only=True)
ABOUT = Format("about", "说明", "About", (), out_only=True)
#: Of the templates: what the drop-downs offer.
CHOICES = Format("choices", "可选值", "Choices", (), out_only=True)

#: In the order of the workbook, which is the order in which it is taken in.
FORMATS = (
    UNITS, CADRES, SCHEMES, DIMENSIONS, LEVELS, GRADES, CAMPAIGNS, ASSESSEES, CONTACTS, EVALUATIONS, DECISIONS, ABOUT, CHOICES,
)  # fmt: skip


def fold(heading):
    """A heading without what does not matter: case, blanks, full or half width, underscores, what nobody sees, the * of required ones."""
    text = unicodedata.normalize("NFKC", "" if heading is None else str(heading)).casefold()
    return re.sub(r"[\s_\xad\u200b-\u200f\u2060\ufeff]+", "", text).strip("*:")


#: Between the code of a record and its name, where a drop-down shows both. Only the code is read.
BETWEEN = " · "
#: Fields that name a record of another sheet by its code.
REFERENCES = frozenset({"unit", "parent", "scheme", "campaign", "cadre_code", "unit_code"})

_ASIDE_WORDS = ("问题", "原因", "problem", "problems", "reason", "reasons")
_ASIDE = re.compile(f"(?:{'|'.join(_ASIDE_WORDS)})(?=:|$)")


def is_aside(heading):
    """Is it the column of reasons that we add to workbooks which we give back? On the way in it is passed over."""
    return bool(_ASIDE.match(fold(heading)))


#: Headings, folded, that no dimension may bear: its column could not be told apart.
RESERVED = frozenset(
    fold(heading) for sheet in (CONTACTS, EVALUATIONS) for column in sheet.columns for heading in (column.zh, column.en, column.field)
) | frozenset(_ASIDE_WORDS)
