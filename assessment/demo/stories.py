"""What becomes of each evaluation: which are signed, which wait, which come back. Answers the signed opinions by code."""

from assessment.demo.signoff import Desk
from assessment.demo.sources import office
from assessment.demo.special import CODE, REVIEWED
from assessment.demo.texts import opinions

#: Special assessment: signed and told; signed and not yet told.
SIGNED = (
    ("云措镇", 1), ("云措镇", 2), ("云措镇", 3), ("曲朗镇", 0), ("曲朗镇", 1), ("扎央镇", 1), ("德塘镇", 1), ("查姆乡", 0), ("查姆乡", 1),
    ("县卫生健康局", 0), ("县卫生健康局", 1), ("县公安局", 1), ("县交通运输局", 0),
)  # fmt: skip
NOT_TOLD = {("云措镇", 3), ("县交通运输局", 0)}
WHY_RETURNED = "主要表现写得较笼统，请补充两次现场了解的具体事例，并核实物资配送问题的整改结果后重新提交。"
BARRED = "警告处分影响期内（2022年3月10日至9月10日），按规定不得确定为优秀等次，综合评价为称职。"


def special(people, special, campaign, evidence, in_between):
    """The special assessment; `in_between(signed)` is what is decided before the review. Returns {code: signed opinion}."""
    county, signed = special.county, {}

    def introduce(code):
        return f"{county.name(code)}同志疫情防控期间包联{county.zones[code][1]}。"

    desk = Desk(people, campaign, special.teller, introduce, {"优秀": opinions.SPECIAL_TOP})

    def at(place, number):
        return office(county, place, number)

    for who in SIGNED:
        signed[at(*who)] = desk.sign(at(*who), notice=who not in NOT_TOLD)
    signed[at("扎央镇", 3)] = desk.sign(at("扎央镇", 3), grade="称职", reason=BARRED)
    signed[at("日措乡", 2)] = desk.sign(at("日措乡", 2))  # no talk yet: 不确定等次
    reviewed = at(*REVIEWED)
    for code in (reviewed, at("日措乡", 3), at("雅隆乡", 0)):
        signed[code] = desk.sign(code)
    in_between(signed)
    _review_upheld(desk, reviewed, signed, special, evidence)
    _appeals(desk, signed[at("日措乡", 3)], signed[at("雅隆乡", 0)])
    desk.submit(at("德塘镇", 0))
    desk.submit(at("日措乡", 1))
    desk.submit(at("则央乡", 0))
    desk.send_back(at("则央乡", 0), WHY_RETURNED)
    desk.draft(at("雅隆乡", 3))
    return signed


def _review_upheld(desk, code, signed, special, evidence):
    """Asked for a review, found right, opened again, asked once more, and signed a second time."""
    appeal = desk.file(
        signed[code], "review", "评价依据多为5月下旬以前的情况，此后本人被抽调负责人员转运专班，期间表现未作了解，请求复核。"
    )
    why = "经查阅指挥部抽调通知和转运台账，申请人所述属实，原评价未了解其在转运专班期间的表现，复核成立，补充了解后重新评价。"
    appeal = desk.decide(appeal, "upheld", why)
    desk.reopen(code, appeal=appeal)
    evidence(CODE, [special.later], special.teller, first=len(special.visits) + 1)
    desk.fresh(code)
    signed[code] = desk.sign(code)


def _appeals(desk, rejected, pending):
    """One review rejected, and an appeal against that under way; one review that waits for an answer."""
    review = desk.file(rejected, "review", "认为电话了解对象与本人有个人矛盾，反映情况不客观，请求复核。")
    why = "经核实，两次现场了解和一次谈心谈话反映的问题相互印证，去除该电话了解后等次不变，维持原评价意见。"
    desk.decide(review, "rejected", why)
    desk.file(rejected, "appeal", "对复核决定不服，请求上级组织部门对原评价意见的事实依据重新审查。")
    desk.file(pending, "review", "对值守和监测方面的反映有异议：5月19日至22日本人在县医院陪护家属，已向县委办公室电话报告，请求复核。")


def finished(people, campaign_plan, campaign, left=()):
    """A campaign all signed and told, but for those in `left`. Returns {code: signed opinion}."""
    county, groups = campaign_plan.county, campaign_plan.row["scheme"] == "group-five"

    def introduce(code):
        if groups:
            return f"{campaign_plan.teller.place_of[code]}领导班子本年度团结带领干部群众推进各项工作。"
        return f"{county.name(code)}同志任{county.by_code[code]['post']}。"

    desk = Desk(people, campaign, campaign_plan.teller, introduce, {"优秀": opinions.GROUP_TOP} if groups else None)
    taken, places = 0, len(desk.evaluations) * (30 if groups else 20) // 100
    signed = {}
    for code, row in sorted(desk.evaluations.items(), key=lambda item: -(item[1].score or 0)):
        if code in left or row.score is None:
            continue
        conclude = {}
        if row.proposed_grade == "优秀":
            taken += 1
            if taken > places:
                second = "良好" if groups else "称职"
                conclude = {"grade": second, "reason": f"优秀名额{places}个已满，按综合得分从高到低确定，此次评价为{second}。"}
        signed[code] = desk.sign(code, **conclude)
    return desk, signed


def routine(people, campaign_plan, campaign, submitted=(), returned=(), drafted=()):
    """A running routine assessment: some handed in, one returned, some drafted."""
    county = campaign_plan.county
    desk = Desk(people, campaign, campaign_plan.teller, lambda code: f"{county.name(code)}同志任{county.by_code[code]['post']}。")
    for code in (*submitted, *returned):
        desk.submit(code)
    for code in returned:
        desk.send_back(code, "本期重点任务完成情况没有写数字，请补充后再提交。")
    for code in drafted:
        desk.draft(code)
