"""Records of contacts: 谈心谈话记录, 现场了解记录, 电话了解记录 (forms.md 6; no official form was found).

Who said it stands on them only for those who may know. A contact is not signed, so its version is the newest entry of the
ledger about it.
"""

from assessment import words
from assessment.models import Contact, Finding
from assessment.models.contact import Method
from assessment.queries import contacts as contact_queries
from assessment.queries import papers as queries
from assessment.sheets.official.layout import SONG, TITLE, Grid, Leaf, Line, Paper, Row
from assessment.sheets.official.parts import day, label, moment, period, post_in, signed, value
from people.access import visible_to

CONTACT = "contact"
TITLES = {Method.TALK: "谈心谈话记录", Method.ON_SITE: "现场了解记录", Method.PHONE: "电话了解记录"}
SECRET = "（来源保密，不予显示）"
RECUSAL = "考察人员与被了解干部不存在公务员法第七十四条所列应当回避的关系。"
FIRST, FURTHER = 2, 4  # assessees on the first sheet, and on each that follows
CONFIRMED = {Method.TALK: "谈话对象\n签名", Method.ON_SITE: "了解对象\n签名", Method.PHONE: "电话确认"}


def sealed(contact, findings):
    """Is what it showed of anybody still hidden from this reader (blind campaigns)?"""
    return any(finding.sealed for finding in findings.get(contact.pk, ()))


def findings_of(by, contacts):
    """{contact: its findings that this person may see}, with marks and `sealed`; a fixed number of queries."""
    found = {}
    rows = visible_to(by, Finding).filter(contact__in=[contact.pk for contact in contacts])
    for finding in contact_queries.found(rows, by):
        found.setdefault(finding.contact_id, []).append(finding)
    for rows in found.values():
        rows.sort(key=lambda finding: finding.pk)
    return found


def papers(by, contacts, findings, stamp):
    """One paper for each contact (of `queries.contacts.listed`); findings: those of `findings_of`."""
    pks = {Contact: [contact.pk for contact in contacts], Finding: [each.pk for rows in findings.values() for each in rows]}
    entries = queries.last_entries({model._meta.label_lower: pk for model, pk in pks.items()})
    for contact in contacts:
        rows = findings.get(contact.pk, [])
        about = [("assessment.contact", contact.pk), *(("assessment.finding", row.pk) for row in rows)]
        seq, digest = max(entries[key] for key in about if key in entries)
        paper = record(contact, rows)
        paper.foot = stamp.foot(f"版本：历史第 {seq} 条", digest)
        paper.about = contact.pk
        yield paper.fitted()


def record(contact, findings):
    title, talk, phone = TITLES[contact.method], contact.method == Method.TALK, contact.method == Method.PHONE
    told = contact.source_told
    team = "、".join(f"{member.user}（负责人）" if not n and len(contact.members) > 1 else str(member.user) for n, member in enumerate(contact.members))
    start = f"{moment(contact.held_at)} 至　时　分"
    where = label("被访电话" if phone and not contact.place else "地点")
    relation = words.RELATION.zh(contact.seen_relation)
    head = [
        Row([label("考核任务"), value(f"{contact.campaign.title}（{period(contact.campaign.starts_on, contact.campaign.ends_on)}）", 3)], 9),
        Row([label("记录编号"), value(contact.number), label("了解方式"), value(words.METHOD.zh(contact.method))], 9),
        Row([label("起止时间"), value(start), where, value(contact.place)], 9),
        Row([label("谈话对象" if talk else "了解对象"), value(contact.seen_source if told else SECRET), label("单位及职务"), value(contact.seen_post)], 9),
        Row([label("与干部关系"), value(relation if told else SECRET), label("考察人员"), value(team)], 9),
    ]
    tail = [
        Row([label("问题线索\n及处理"), value("", 3)], 14),
        *signed("回避声明", RECUSAL, 3, 8, grow=0),
        *signed(CONFIRMED[contact.method], "", 3, 6, grow=0),
        Row([label("记录人"), value(f"{contact.recorder}　{moment(contact.received_at)}"), label("审核人"), value()], 9),
    ]  # fmt: skip
    widths = (26, 70, 24, 50)
    sheets = [findings[:FIRST], *(findings[n : n + FURTHER] for n in range(FIRST, len(findings), FURTHER))]
    leaves = [Leaf([Line(title, 22, TITLE, "center", after=3)], Grid(widths, [*head, *_shown(sheets[0]), *tail]))]
    for number, rows in enumerate(sheets[1:], 2):
        above = [Line(f"{title}（{contact.number}，第 {number} 页）", 14, SONG, "center", after=2)]
        leaves.append(Leaf(above, Grid(widths, _shown(rows))))
    first = findings[0].evaluation if findings else ""
    more = f"等{len(findings)}人" if len(findings) > 1 else ""
    return Paper(title, f"{title} {contact.number} {first}{more} {contact.campaign.code}", leaves, [])


def _shown(findings):
    """Rows for what was found about each assessee."""
    rows = []
    for finding in findings:
        whom = finding.evaluation
        post = post_in(whom.unit.name, whom.cadre.post if whom.cadre_id else "领导班子")
        marks = "；".join(f"{mark.dimension.name}：{mark.level.name}" for mark in finding.marks)
        rows += [
            Row([label("被了解干部" if whom.cadre_id else "被了解班子"), value(str(whom)), label("单位及职务"), value(post)], 9),
            Row([label("了解情况"), value(finding.narrative, 3, middle=False, name="了解情况")], 24, 3),
            Row([label("具体事例"), value(finding.example, 3, middle=False, name="具体事例")], 12, 1),
            Row([label("考核内容评定"), value(marks, 3)], 9),
        ]
        if finding.withdrawn_on:
            rows.append(Row([label("撤回"), value(f"{day(finding.withdrawn_on)}撤回：{finding.withdrawn_why}", 3)], 9))
    return rows
