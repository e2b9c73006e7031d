"""Use of results: selections, tracked trainings and commendations in every state, with their publicity.

Line 6 of the article: 25 notices, 83 briefings and 45 videos. Dates of 2022 are given as dates of the past; what is
under way now (a running public notice, follow-ups that are due) is told from today.
"""

from datetime import date, timedelta

from django.utils import timezone

from assessment.actions import decisions
from assessment.demo import units
from assessment.demo.sources import office
from assessment.rules.deadlines import public_notice_end
from people import access

NOTICES, BRIEFINGS, VIDEOS = 25, 83, 45
PROPOSED, NOTICED, CONFIRMED = date(2022, 6, 22), date(2022, 6, 23), date(2022, 7, 4)


class Board:
    """Who proposes and who confirms; `made` has the decisions by name of the story."""

    def __init__(self, people, county):
        self.people, self.county, self.made = people, county, {}
        self.turn = 0

    def _able(self, role, verb, obj):
        able = [user for name, user in self.people.items() if name.startswith(role) and access.can(user, verb, obj)]
        self.turn += 1
        return able[self.turn % len(able)]

    def propose(self, kind, opinion, outcome, on=PROPOSED, document="", **training):
        evaluation = opinion.evaluation
        return decisions.propose(
            by=self._able("assessor", "propose_decision", evaluation), kind=kind, assessee=evaluation.assessee, outcome=outcome,
            opinions=[opinion], document_number=document, proposed_on=on, **training,
        )  # fmt: skip

    def publish(self, decision, on=NOTICED):
        return decisions.publish(by=self._able("assessor", "publish_decision", decision), decision=decision, starts_on=on)

    def confirm(self, decision, on=CONFIRMED):
        return decisions.confirm(by=self._able("reviewer", "confirm_decision", decision), decision=decision, on=on)

    def whole(self, kind, opinion, outcome, document, on=PROPOSED):
        """Proposed, on public notice, confirmed."""
        later = [on + (day - PROPOSED) for day in (NOTICED, CONFIRMED)]
        return self.confirm(self.publish(self.propose(kind, opinion, outcome, on, document), later[0]), later[1])

    def revoke(self, decision, why, on):
        return decisions.revoke(by=self._able("reviewer", "revoke_decision", decision), decision=decision, why=why, on=on)

    def train(self, opinion, outcome, mentor, on=PROPOSED, follow_ups=(), done=(), document=""):
        """A tracked training, confirmed; `done` are the results of the first follow-ups, on their days."""
        decision = self.propose("training", opinion, outcome, on, document, mentor=mentor, follow_up_on=follow_ups)
        decision = self.confirm(decision, on + timedelta(6))
        for follow_up, result in zip(decision.follow_ups.order_by("due_on"), done, strict=False):
            decisions.finish_follow_up(
                by=self._able("assessor", "follow_up", follow_up), follow_up=follow_up, result=result, done_on=follow_up.due_on
            )
        return decision


def before_the_review(board, signed, cadres):
    """A training that rests on the first version of an evaluation, which a second one will supersede."""
    county, at = board.county, lambda *who: signed[office(board.county, *who)]
    board.train(
        at("曲朗镇", 3), "由镇党委主要负责人谈话提醒，跟踪帮带半年", cadres[county.township["曲朗镇"][0]],
        follow_ups=(date(2022, 9, 22), date(2022, 12, 22)), document="云组通〔2022〕18号",
        done=("能正视问题，逐项制定整改清单，信息报送较前及时。", "帮带期满，整改事项全部销号，群众反映较好。"),
    )  # fmt: skip
    board.train(
        at("日措乡", 3), "约谈提醒，安排到县应急管理局跟班学习三个月", cadres[county.department["县应急管理局"][0]],
        follow_ups=(date(2022, 10, 10),), document="云组通〔2022〕19号",
        done=("跟班学习期间出勤良好，信息报送规范程度有提高，群众工作仍需加强。",),
    )  # fmt: skip


def after_signing(board, signed, groups, cadres):
    """All other decisions. groups: signed opinions of leading groups by code of the unit."""
    county, today = board.county, timezone.localdate()

    def at(*who):
        return signed[office(county, *who)]

    _selections(board, at, today)
    _trainings(board, at, cadres, today)
    _commendations(board, at, groups, today)


def _selections(board, at, today):
    board.whole("selection", at("云措镇", 1), "职级晋升为一级主任科员", "云委干〔2022〕41号")
    board.whole("selection", at("曲朗镇", 0), "推荐为县管正科级实职优先使用人选", "云委干〔2022〕42号")
    board.publish(board.propose("selection", at("县卫生健康局", 1), "拟任县疾病预防控制中心主任", today - timedelta(4)), today - timedelta(3))
    board.propose("selection", at("查姆乡", 1), "列为乡镇党委书记人选，提请部务会研究", today - timedelta(2))
    withdrawn = board.publish(board.propose("selection", at("扎央镇", 1), "拟任县委巡察办公室副主任"))
    board.revoke(withdrawn, "公示期间收到反映，需进一步核实有关情况，经部务会研究，撤销本次动议。", date(2022, 6, 29))


def _trainings(board, at, cadres, today):
    county = board.county
    board.train(
        at("曲朗镇", 1), "列入县级优秀年轻干部库跟踪培养", cadres[county.leaders[4]], document="云组通〔2022〕20号",
        follow_ups=(date(2022, 12, 20), date(2023, 6, 20), date(2023, 12, 20), today + timedelta(10)),
        done=(
            "牵头完成村级集体经济联建项目，能独立主持复杂工作，建议继续压担子。",
            "参加省委党校中青班学习，综合考评合格；草场确权遗留问题处置稳妥。",
            "民主测评较上年提高，理论联系实际能力进步明显，按计划继续培养。",
        ),
    )  # fmt: skip
    board.train(
        at("云措镇", 3), "选派到县信访局挂职锻炼半年", cadres[county.township["云措镇"][0]], document="云组通〔2022〕21号",
        follow_ups=(date(2022, 10, 15), date(2023, 1, 15)),
        done=("已到岗三个月，化解信访积案4件，群众工作方法有长进。", "挂职期满，鉴定为优秀，回原单位后分管综治工作。"),
    )  # fmt: skip
    board.train(
        at("云措镇", 2), "参加藏汉双语干部进修班并跟踪培养一年", cadres[county.leaders[6]], on=today - timedelta(60),
        follow_ups=(today - timedelta(6), today + timedelta(24)),
    )  # fmt: skip
    board.propose(
        "training", at("德塘镇", 1), "安排到县疫情联防联控指挥部办公室轮岗三个月", today - timedelta(5),
        mentor=cadres[county.department["县卫生健康局"][0]], follow_up_on=(today + timedelta(60),),
    )  # fmt: skip


def _commendations(board, at, groups, today):
    made = [
        board.whole("commendation", at("县卫生健康局", 0), "记三等功", "云政奖〔2022〕3号"),
        board.whole("commendation", at("云措镇", 1), "嘉奖", "云组奖〔2022〕5号"),
        board.whole("commendation", at("查姆乡", 0), "授予“全县疫情防控先进个人”称号", "云委〔2022〕37号"),
        board.whole("commendation", at("曲朗镇", 0), "嘉奖", "云组奖〔2022〕6号"),
        board.whole("commendation", at("查姆乡", 1), "通报表扬", "云组通〔2022〕22号"),
    ]
    board.whole("commendation", groups[units.township(0)], "授予“全县先进领导班子”称号", "云委〔2022〕12号", on=date(2022, 2, 21))
    ends_soon = today - timedelta(9)
    while public_notice_end(ends_soon) < today:
        ends_soon += timedelta(1)
    for who, outcome, starts_on in ((("县公安局", 1), "嘉奖", ends_soon), (("县交通运输局", 0), "通报表扬", today - timedelta(12))):
        board.publish(board.propose("commendation", at(*who), outcome, starts_on - timedelta(1)), starts_on)
    board.propose("commendation", at("云措镇", 2), "通报表扬", today - timedelta(1))
    taken_back = board.whole("commendation", at("德塘镇", 1), "通报表扬", "云组通〔2022〕23号")
    board.revoke(taken_back, "表扬事迹与另一名同志重复申报，经核实主要事迹不属本人，予以撤销并更正通报。", date(2022, 8, 15))
    _publish_widely(board, made)


def _publish_widely(board, made):
    """The publicity of these commendations, in one go."""
    names = [str(decision.assessee) for decision in made]
    rows, size = [], len(made)

    def add(channel, number, title):
        decision = made[number % size]
        published_on = CONFIRMED + timedelta(number * 75 // {"notice": NOTICES, "briefing": BRIEFINGS, "video": VIDEOS}[channel])
        rows.append((decision, channel, title, published_on))

    for n in range(NOTICES):
        add("notice", n, f"关于学习宣传{names[n % size]}先进事迹的通报（第{n + 1}号）")
    for n in range(BRIEFINGS):
        add("briefing", n, f"《一线考核简报》第{n + 1}期：{BRIEFS[n % len(BRIEFS)].format(names[n % size])}")
    for n in range(VIDEOS):
        add("video", n, f"《党旗在高原飘扬》第{n + 1}集：{EPISODES[n % len(EPISODES)].format(names[n % size])}")
    decisions.add_publications(by=board.people["assessor1"], rows=rows)


BRIEFS = (
    "{}把研判会开到牧道上", "{}：卡点就是岗位，岗位就是战位", "{}推行“双语宣讲+马背送药”", "从{}看干部在一线考察识别", "{}用三张清单管住重点人员",
    "{}组织错峰转场的做法", "{}带动党员先锋队轮值守边便道",
)  # fmt: skip
EPISODES = ("{}的一天", "风雪中的{}", "牧民眼里的{}", "{}：把药送到山那边", "夜访卡点遇见{}")
