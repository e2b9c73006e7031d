"""Opinions: what an author concludes, by the best and the weakest dimension and by grade."""

from assessment.demo.texts import cadre_five, front_line, group_five

#: What stands out, by dimension.
STRENGTHS = {
    front_line.ANALYSIS: "研判意识强，底数清、判断准，善于把上级要求与牧区实际结合起来，能够提前布防、争取主动。",
    front_line.CONTROL: "执行力强，带头吃住在一线，善于协同公安、卫生、村级组织，联防联控环节衔接紧密、运转有序。",
    front_line.MONITORING: "责任心强、作风细致，监测报告及时准确，重点人员管理到位，未发生漏报、迟报。",
    front_line.DEFENCE: "群众基础好，善做群众工作，能发挥临时党支部和党员先锋队作用，群防群治防线扎实。",
    cadre_five.VIRTUE: "政治上可靠，顾全大局，公道正派，在班子和群众中威信较高。",
    cadre_five.ABILITY: "业务熟练，统筹协调和处理复杂问题的能力较强。",
    cadre_five.DILIGENCE: "勤勉务实，坚持下村入户，交办事项抓得紧、落得实。",
    cadre_five.ACHIEVEMENT: "工作思路清、成效实，分管工作有亮点，群众认可度较高。",
    cadre_five.INTEGRITY: "严于律己，廉洁从政，带头执行中央八项规定精神。",
    group_five.POLITICS: "政治建设抓得紧，落实民族宗教政策坚决，基层党组织战斗堡垒作用发挥较好。",
    group_five.LEADERSHIP: "班子团结、分工合理，议事决策规范，应急处突能力强。",
    group_five.RESULTS: "中心工作成效明显，生态畜牧业和民生实事推进有力，群众满意度较高。",
    group_five.CLEAN: "全面从严治党责任压得实，村级财务和惠民资金监管规范。",
    group_five.STYLE: "作风务实，班子成员下村住村常态化，群众诉求回应及时。",
}
#: What is to be bettered, by dimension.
SHORTCOMINGS = {
    front_line.ANALYSIS: "对形势的前瞻性分析不够，运用数据研判的能力有待提高，个别底数更新不及时。",
    front_line.CONTROL: "部门之间、班次之间的衔接还不够紧密，物资配送和现场秩序管理的精细化程度有待提高。",
    front_line.MONITORING: "夜间值守交接和牧场一线的监测仍有薄弱环节，信息报送的时效性需进一步提高。",
    front_line.DEFENCE: "发动群众的深度和广度不够，宣传方式较单一，网格力量的培训和轮换有待加强。",
    cadre_five.VIRTUE: "理论学习的系统性不够，批评与自我批评还不够直接。",
    cadre_five.ABILITY: "开拓创新意识不够强，运用新方法破解难题的本领有待提高。",
    cadre_five.DILIGENCE: "深入偏远牧点调研不够经常，对下属的督促检查有时不够及时。",
    cadre_five.ACHIEVEMENT: "个别重点项目推进偏慢，对后续管护和长效机制研究不够。",
    cadre_five.INTEGRITY: "对分管领域的日常监督提醒还不够经常，制度执行的细节需进一步规范。",
    group_five.POLITICS: "理论学习成果转化不够充分，对薄弱村党支部的分类指导需要加强。",
    group_five.LEADERSHIP: "班子成员之间协同还不够紧密，对年轻干部培养使用力度不够。",
    group_five.RESULTS: "村与村之间发展不够平衡，项目储备和集体经济增收举措不够多。",
    group_five.CLEAN: "廉政风险防控的针对性不强，村级“三资”公开还不够及时。",
    group_five.STYLE: "便民服务的主动性还需增强，高质量的调研成果不多。",
}
#: Of somebody without a dimension that stands out.
PLAIN_STRENGTH = "能够服从组织安排，基本完成上级交办的任务。"
#: Of somebody who fails everywhere.
SERIOUS = "责任意识淡薄，工作浮在面上，对包联片区底数不清，多项措施落实不到位，指出后整改不力。"
#: The conclusion, by what is concluded.
CONCLUSIONS = {
    "优秀": "全年工作表现突出，群众公认度高，综合评价等次为优秀。",
    "称职": "能够较好履行岗位职责，任务完成情况良好，综合评价等次为称职。",
    "基本称职": "基本能够履行岗位职责，但不足较为明显，综合评价等次为基本称职，建议谈话提醒并跟踪改进。",
    "不称职": "履行岗位职责不到位，群众反映较多，综合评价等次为不称职，建议按干部管理权限研究处理。",
    "良好": "班子整体运行良好，年度目标任务完成较好，综合评价等次为良好。",
    "一般": "班子工作有短板，部分目标任务完成不够理想，综合评价等次为一般，建议约谈并限期整改。",
    "好": "本期工作表现突出，平时考核等次为好。",
    "较好": "本期工作表现较好，平时考核等次为较好。",
    "": "因了解方式不全，现有证据不足以确定等次，综合评价为不确定等次，待补充了解后再作评价。",
}
SPECIAL_TOP = "在急难险重任务中表现突出，群众公认度高，综合评价等次为优秀，建议作为选拔任用和表彰奖励的重要依据。"
GROUP_TOP = "班子凝聚力、战斗力强，实绩突出，综合评价等次为优秀，建议予以通报表扬。"
