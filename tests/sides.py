"""Two units that must not see each other, with something of everything in each, and a mark in every text.

A side has the marks `<tag>biz` in its records, `<tag>uni` in its units and accounts, `<tag>src` in who said something;
so a page or file can be searched for what must not be in it. `grow` adds rows of every kind.
"""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

from django.utils import timezone

from assessment import attachments, files
from assessment.actions import appeals, campaigns, contacts, decisions, evaluations
from assessment.models import Attachment, Evaluation, Job, SavedView
from people.access import forget
from people.actions import cadres, duties, grants, units
from people.ledger import note, recorded
from people.models import Authenticator, Grant, LedgerEntry, Photo, Profile, Unit
from tests import cast
from tests.pictures import jpeg, pdf

FIRST, LAST, HELD = date(2022, 4, 1), date(2022, 6, 30), timezone.make_aware(datetime(2022, 5, 1, 9))


def two_sides():
    """The cast with a side in the east township and one in the west one, and a contact that covers both."""
    w = cast.make_campaigns(cast.make_people())
    w.east_side, w.west_side = found(w, w.east_unit, "qzeast"), found(w, w.west_unit, "qzwest")
    shared = []
    for side in (w.east_side, w.west_side):
        campaigns.set_roster(by=w.lin, campaign=w.front, cadres=[side.first])
        shared.append(tell(side, w.of(side.first), "共同"))
    w.shared = contacts.record(by=w.lin, drafts=[draft(w.front, shared, team=[w.lin, w.mei], number="both", source="qzcounty")])[0]
    cast.give(w, {w.of(w.east_side.first): "好"}, "phone", source="qzcounty", number="county-1")
    return w


def found(w, unit, tag):
    """The first rows of a side."""
    s = SimpleNamespace(w=w, unit=unit, tag=tag, biz=f"{tag}biz", uni=f"{tag}uni", src=f"{tag}src", users={}, size=0)
    for role in Grant.Role.values:
        s.users[role] = cast.add_user(f"{s.uni}.{role}", role, unit)
    s.a, s.r = s.users["assessor"], s.users["reviewer"]
    s.unit = units.save(by=s.a, rows=[{"code": unit.code, "name": f"{s.uni}镇"}])[0]
    s.first, s.kin, s.judged = cadres.save(by=s.a, rows=[cadre_row(s, f"{s.biz}{letter}") for letter in "ABC"])
    common = {"unit": unit, "starts_on": FIRST, "ends_on": LAST, "state": "open", "kind": "special"}
    s.campaign, s.group_campaign = campaigns.save(
        by=s.a,
        rows=[
            {"code": f"{s.biz}F", "title": f"{s.biz}一线", "scheme": "front-line", **common},
            {"code": f"{s.biz}L", "title": f"{s.biz}班子", "scheme": "group-five", **common},
        ],
    )
    campaigns.set_roster(by=s.a, campaign=s.campaign, cadres=[s.first, s.kin, s.judged])
    campaigns.set_roster(by=s.a, campaign=s.group_campaign, groups=[s.unit])
    s.judged_contacts = [contact.pk for contact in evidence(s, [row(s, s.first), row(s, s.kin), row(s, s.judged)])]
    evidence(s, [row(s, s.unit)])
    sign_off(s)
    results(s)
    with recorded(by=s.a, verb="save_profile"):
        for cadre in (s.first, s.judged):
            Profile.objects.create(cadre=cadre, birth_place=f"{s.biz}地", resume=f"{s.biz}简历")
            Photo.objects.create(cadre=cadre, kind="image/png", sha256="0" * 64, content=f"{s.biz}".encode())
    grow(s, 1)
    return s


def cadre_row(s, code):
    number = 1 + len(s.w.units) * 100 + sum(map(ord, code + s.tag))
    return {
        "code": code, "name": f"{code}名", "unit": s.unit, "native_place": f"{s.biz}乡", "post": f"{s.biz}职", "sex": "1",
        "phone": f"135{'6' if s.tag == 'qzeast' else '7'}{number:07d}", "birth_month": "1980-01",
    }  # fmt: skip


def row(s, assessee):
    """The evaluation of an assessee in the side's own campaign."""
    return cast.evaluation_of(assessee, s.group_campaign if isinstance(assessee, Unit) else s.campaign)


def tell(s, evaluation, what, level="较好"):
    ratings = dict.fromkeys(evaluation.campaign.scheme.dimensions.all(), level)
    return contacts.FindingDraft(evaluation, f"{s.biz}所见{what}", f"{s.biz}事例{what}", ratings)


def draft(campaign, findings, method="on_site", *, team, number, source, relation="peer", place="某处"):
    return contacts.ContactDraft(campaign, method, HELD, team, findings, number, place, f"{source}某", f"{source}职", relation)


def evidence(s, rows, what="甲"):
    """Enough for a grade, for all of these rows at once."""
    made = []
    for n, (method, relation) in enumerate([("on_site", "peer"), ("phone", "superior"), ("talk", "served")]):
        team = [s.a, s.w.lin] if n % 2 else [s.w.lin, s.a]
        number, place = f"{s.biz}{rows[0].pk}-{what}-{n}", f"{s.biz}地"
        found = [tell(s, each, what) for each in rows]
        made.append(draft(rows[0].campaign, found, method, team=team, number=number, source=s.src, relation=relation, place=place))
    return with_files(s, contacts.record(by=s.a, drafts=made))


def opinion(s, evaluation):
    words = {name: f"{s.biz}{name}" for name in ("performance", "strengths", "shortcomings", "conclusion", "grade_reason")}
    evaluation.refresh_from_db()
    evaluations.draft(by=s.a, evaluation=evaluation, grade=evaluation.proposed_grade, **words)
    evaluations.submit(by=s.a, evaluation=evaluation)
    return evaluations.sign(by=s.r, evaluation=evaluation)


def sign_off(s):
    """judged: signed, noticed, reviewed, opened again, signed, and under review; kin: sent back; the group: signed."""
    judged, sent_back = row(s, s.judged), row(s, s.kin)
    s.first_opinion = opinion(s, judged)
    evaluations.give_notice(by=s.a, opinion=s.first_opinion, answer=f"{s.biz}意见")
    appeal = appeals.file_appeal(by=s.a, opinion=s.first_opinion, kind="review", ground=f"{s.biz}理由")
    appeal = appeals.decide_appeal(by=s.r, appeal=appeal, outcome="upheld", finding=f"{s.biz}查明")
    evaluations.reopen(by=s.r, evaluation=judged, appeal=appeal)
    s.opinion = opinion(s, judged)
    s.notice = evaluations.give_notice(by=s.a, opinion=s.opinion, answer=f"{s.biz}还有意见")
    s.appeal = appeals.file_appeal(by=s.a, opinion=s.opinion, kind="review", ground=f"{s.biz}又有理由")
    evaluations.draft(by=s.a, evaluation=sent_back, **{n: f"{s.biz}{n}" for n in ("performance", "strengths", "shortcomings", "conclusion")})
    evaluations.draft(by=s.a, evaluation=sent_back, grade=row(s, s.kin).proposed_grade)
    evaluations.submit(by=s.a, evaluation=sent_back)
    evaluations.send_back(by=s.r, evaluation=sent_back, why=f"{s.biz}补充")
    finding = sent_back.findings.order_by("pk").last()
    contacts.withdraw(by=s.a, finding=finding, why=f"{s.biz}记错")
    s.group_opinion = opinion(s, row(s, s.unit))
    s.finding, s.contact = sent_back.findings.order_by("pk").first(), sent_back.findings.order_by("pk").first().contact


def propose(s, kind, assessee, on, **more):
    words = {"outcome": f"{s.biz}结果", "document_number": f"{s.biz}文号"}
    return decisions.propose(by=s.a, kind=kind, assessee=assessee, opinions=[on], **words, **more)


def results(s):
    """A selection, a commendation on notice and made known, a confirmed training, and one that was revoked."""
    s.selection = propose(s, "selection", s.judged, s.opinion)
    s.commendation = decisions.publish(by=s.a, decision=propose(s, "commendation", s.judged, s.opinion))
    s.training = propose(s, "training", s.judged, s.opinion, mentor=s.first, follow_up_on=[date(2022, 9, 1)])
    decisions.confirm(by=s.r, decision=s.training)
    decisions.finish_follow_up(by=s.a, follow_up=s.training.follow_ups.get(), result=f"{s.biz}进步")
    decisions.revoke(by=s.r, decision=propose(s, "training", s.unit, s.group_opinion), why=f"{s.biz}撤回")


def grow(s, more):
    """More rows of every kind, also more parts of the records that have detail pages."""
    new = range(s.size, s.size + more)
    s.size += more
    villages = units.save(by=s.a, rows=[{"code": f"{s.uni}V{n}", "name": f"{s.uni}村{n}", "kind": "village", "parent": s.unit} for n in new])
    for user in (s.a, s.r):
        forget(user)
    people = cadres.save(by=s.a, rows=[cadre_row(s, f"{s.biz}{n:04d}") for n in new])
    day = {"starts_on": date(2022, 5, 1), "place": f"{s.biz}片"}
    s.duty = duties.save(by=s.a, rows=[{"unit": s.unit, "kind": "zone", "cadre": c, **day} for c in [s.first] * more + people])[0]
    duties.save(by=s.a, rows=[{"unit": s.unit, "kind": "grid", "headcount": 20 + n, **day} for n in new])
    duties.save_sanctions(by=s.a, rows=[{"cadre": s.first, "kind": "10", "decided_on": date(2019, 1, 1)} for _ in new])
    duties.save_kinships(by=s.a, rows=[{"cadre": s.first, "relative": each, "relation": "collateral"} for each in people])
    common = {"unit": s.unit, "starts_on": FIRST, "ends_on": LAST, "state": "open", "kind": "annual", "scheme": "front-line"}
    made = campaigns.save(by=s.a, rows=[{"code": f"{s.biz}K{n}", "title": f"{s.biz}考核{n}", **common} for n in new])
    for campaign in made:
        campaigns.set_roster(by=s.a, campaign=campaign, cadres=[s.first])
        evidence(s, [cast.evaluation_of(s.first, campaign)])
    campaigns.set_roster(by=s.a, campaign=s.campaign, cadres=people)
    evidence(s, [row(s, s.first), *(row(s, each) for each in people)], what=str(s.size))
    alone = [draft(s.campaign, [tell(s, row(s, s.first), str(n))], team=[s.a, s.w.lin], number=f"{s.biz}T{n}", source=s.src) for n in new]
    with_files(s, contacts.record(by=s.a, drafts=alone))
    for each in people:
        opinion(s, row(s, each))
    for n in new:
        training = propose(s, "training", s.judged, s.opinion, mentor=s.first)
        decisions.add_follow_up(by=s.a, decision=s.training, due_on=date(2022, 10, 1))
        decisions.add_follow_up(by=s.a, decision=training, due_on=date(2022, 10, 1))
        decisions.add_publication(by=s.a, decision=s.commendation, channel="video", title=f"{s.biz}短片{n}", published_on=FIRST)
        propose(s, "selection", people[n - new.start], row(s, people[n - new.start]).opinions.get())
    for n, village in zip(new, villages, strict=True):
        cast.add_user(f"{s.uni}.u{n}", "manager", s.unit)
        grants.give(by=None, user=s.users["manager"], role="manager", unit=village)
        note(by=s.a, verb="export", obj=s.first, facts={"list": f"{s.biz}{n}"}, reason=f"{s.biz}要用")
    long_work(s, new)
    with recorded(by=s.a, verb="save_view"):
        views = [SavedView(owner=user, list="cadre", title=f"{s.biz}视图{n}", query="q=x") for user in s.users.values() for n in new]
        SavedView.objects.bulk_create([*views, *(SavedView(owner=s.a, list="duty", title=f"{s.biz}共享{n}", unit=s.unit) for n in new)])


def with_files(s, made):
    """A photo and a signed record for each contact; an authenticator for everybody who has none yet."""
    photo, talk = jpeg(), pdf(f"{s.src}谈话")
    kept = (("photo", "image/jpeg", photo, "jpg"), ("record", "application/pdf", talk, "pdf"))
    kept = [(kind, media_type, len(content), attachments.keep(content), extension) for kind, media_type, content, extension in kept]
    with recorded(by=s.a, verb="attach"):
        for contact in made:
            for kind, media_type, size, digest, extension in kept:
                facts = {"media_type": media_type, "size": size, "sha256": digest, "added_by": s.a}
                s.attachment = Attachment.objects.create(contact=contact, kind=kind, name=f"{s.src}{kind}.{extension}", **facts)
    with recorded(by=None, verb="second_factor_on"):
        for user in s.users.values():
            if not user.authenticators.exists():
                s.authenticator = Authenticator.objects.create(user=user, name="phone", salt="00" * 20)
    return made


def long_work(s, new):
    """For everybody a job that is done, with its file, and one that waits."""
    words = {"reason": f"{s.biz}事由", "upload_name": f"{s.biz}名单.xlsx"}
    result = files.new(".txt")
    files.path(result).write_text(f"{s.biz}{s.uni}{s.src}")
    done = {**words, "state": "done", "ended_at": timezone.now(), "expires_at": timezone.now() + timedelta(7), "result": result}
    with recorded(by=s.a, verb="start_job"):
        for user in s.users.values():
            Job.objects.bulk_create([Job(kind="check", by=user, **words) for _ in new])
            Job.objects.bulk_create([Job(kind="export", by=user, result_name=f"{s.biz}.txt", **done) for _ in new])


def sample(s):
    """{model name: records of this side that a page can be about}. Those that `grow` enlarges come first."""
    opened = Evaluation.objects.filter(campaign=s.campaign)
    entries = LedgerEntry.objects.filter(unit=s.unit).order_by("seq")
    return {
        "unit": [s.unit, s.unit.children.last()],
        "cadre": [s.first, s.judged],
        "duty": [s.duty],
        "sanction": list(s.first.sanctions.all()[:1]),
        "kinship": list(s.first.kin.all()[:1]),
        "campaign": [s.campaign, s.group_campaign],
        "contact": [s.campaign.contacts.order_by("-pk").filter(findings__evaluation__cadre=s.judged).first(), s.contact],
        "finding": [s.finding],
        "attachment": [s.attachment],
        "evaluation": [row(s, s.first), row(s, s.judged), row(s, s.kin), row(s, s.unit), opened.order_by("-pk").first()],
        "signedopinion": [s.opinion, s.first_opinion, s.group_opinion],
        "notice": [s.notice],
        "appeal": [s.appeal],
        "decision": [s.commendation, s.training, s.selection],
        "followup": [s.training.follow_ups.filter(done_on=None).first()],
        "publication": [s.commendation.publications.first()],
        "job": [s.a.jobs.filter(state="done").first(), s.a.jobs.filter(state="waiting").first()],
        "savedview": [s.a.views.filter(unit=None).first(), s.a.views.exclude(unit=None).first()],
        "profile": [s.first.profile],
        "photo": [s.first.photo],
        "user": [s.users["manager"], s.a],
        "grant": [s.a.grants.get()],
        "authenticator": [s.authenticator],
        "ledgerentry": [entries.filter(verb="save_cadre").first(), entries.filter(verb="sign").last(), entries.filter(verb="export").last()],
    }
