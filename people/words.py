"""Words of our own sets in both languages: `code 中文|English|other,words` (see `people.codes`).

The Chinese ones stand in exchange workbooks, so they must not change. A code, either language and the other words are
accepted on the way in.
"""

from people.codes import CodeSet

UNIT_KIND = CodeSet("""
party_committee 党委|Party committee|党组; department 政府部门|Government department|部门; township 乡镇|Township|乡,镇
village 村(社区)|Village or community|村,社区; branch 党支部|Party branch|支部
temporary_branch 临时党支部|Temporary Party branch|临时支部; vanguard_team 先锋队|Vanguard team|党员先锋队; other 其他|Other unit
""")

CADRE_STATUS = CodeSet("""
in_post 在职|In post; on_leave 长期请假|On long leave; investigated 立案调查中|Under investigation; left 离职或退休|Left or retired
""")

DUTY_KIND = CodeSet("""
zone 责任片区|Responsibility zone|包片; temporary_branch 临时党支部|Temporary branch work; vanguard_team 先锋队|Vanguard team work
model_post 党员示范岗|Model post|示范岗; grid 网格|Grid|网格员; sampling_point 采样点|Sampling point; lecture_team 宣讲队|Lecture team
""")

KIN_RELATION = CodeSet("""
spouse 夫妻|Spouse; lineal 直系血亲|Lineal relative by blood; collateral 三代以内旁系血亲|Collateral relative within three generations
in_law 近姻亲|Close relative by marriage
""")

ROLE = CodeSet("""
assessor 考察员|Assessor; reviewer 签批人|Reviewer; manager 单位领导|Manager; auditor 审计员|Auditor
security 安全管理员|Security administrator; system 系统管理员|System administrator
""")
