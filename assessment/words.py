"""Words of our own sets in both languages: `code 中文|English|other,words` (see `people.codes` and `people.words`).

The Chinese ones stand in exchange workbooks (DESIGN section 9), so they must not change.
"""

from people.codes import CodeSet

METHOD = CodeSet("""
on_site 现场了解|On-site observation|现场,实地走访,on site,site visit; phone 电话了解|Phone inquiry|电话
talk 谈心谈话|Heart-to-heart talk|谈话
""")

RELATION = CodeSet("""
superior 上级|Superior; peer 同级|Peer|同事; subordinate 下级|Subordinate; served 服务对象|Person served
public 群众|Member of the public; self 本人|The cadre himself
""")

ASSESSEE = CodeSet("cadre 干部|Cadre; group 领导班子|Leading group|班子,leading_group")

CAMPAIGN_KIND = CodeSet("""
routine 平时|Routine|平时考核; annual 年度|Annual|年度考核; special 专项|Special|专项考核; term 任期|Term of office|任期考核
""")

CAMPAIGN_STATE = CodeSet("""
draft 准备中|In preparation|草稿,准备; open 进行中|Open|开放,进行,已开始; closed 已结束|Closed|结束,关闭,已关闭
""")

EVALUATION_STATE = CodeSet("gathering 了解中|Gathering evidence; submitted 已提交|Submitted; signed 已签批|Signed")

DECISION_KIND = CodeSet("""
selection 选拔任用|Selection and appointment; training 跟踪培养|Tracked training; commendation 表彰奖励|Commendation
""")

DECISION_STATE = CodeSet("proposed 拟定|Proposed; notice 公示中|On public notice; confirmed 已确认|Confirmed; revoked 已撤销|Revoked")

#: What stands where no grade is determined; no grade of a scheme may bear this name.
UNGRADED = "不确定等次"
