"""One scene for all trials of a module: something of everything. Each trial is undone, so it is made once."""

import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from assessment.actions import appeals, attachments, contacts, decisions, evaluations
from assessment.models import Job, SavedView, Scheme
from people import triggers
from people.actions import duties, grants
from people.ledger import recorded
from people.models import LedgerEntry, LedgerHead, Photo, Profile, SentForm, Session
from tests import cast, second_factor
from tests.pictures import jpeg, pdf


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    """`cast.world` and more."""
    with cast.standing(django_db_blocker, build) as made:
        yield made


@pytest.fixture
def bare(scene, db):
    """The scene without triggers."""
    triggers.drop()
    return scene


def build():
    s = cast.make_campaigns(cast.make_people())
    s.head, s.entry = LedgerHead.objects.get(), LedgerEntry.objects.order_by("-seq").first()
    s.loose, s.frozen = cast.scheme(s, "loose"), Scheme.objects.get(code="front-line")
    s.other = cast.campaign(s, "other", cast.scheme(s, "held").code, cadres=[s.sonam])
    sign_off(s)
    use_of_results(s)
    s.duty = duties.save(by=s.lin, rows=[{"unit": "E", "kind": "zone", "starts_on": date(2022, 5, 1), "cadre": "G001"}])[0]
    s.sanction = duties.save_sanctions(by=s.lin, rows=[{"cadre": "G007", "kind": "10", "decided_on": date(2020, 5, 1)}])[0]
    s.kinship = s.hai_cadre.kin.get()
    s.grant = s.aud.grants.get()
    s.given = grants.give(by=s.sec, user=s.east, role="manager", unit=s.west_unit)
    with recorded(by=s.lin, verb="start_job"):
        s.job = Job.objects.create(kind="check", by=s.lin)
        s.follower = Job.objects.create(kind="import", by=s.lin, follows=s.job)
    with recorded(by=s.lin, verb="save_view"):
        s.view = SavedView.objects.create(owner=s.lin, list="cadre", title="本镇", unit=s.east_unit)
    s.authenticator, _codes = second_factor.equip(s.mei)
    s.recovery_code = s.authenticator.recovery_codes.first()
    s.sent = SentForm.objects.create(key=uuid.uuid4(), user=s.lin, entry=s.entry.pk)
    s.session = Session.objects.create(session_key="k" * 32, session_data="", expire_date=timezone.now(), user=s.lin)
    with recorded(by=s.lin, verb="save_profile"):
        s.profile = Profile.objects.create(cadre=s.dawa)
        s.photo = Photo.objects.create(cadre=s.dawa, kind="image/png", sha256="0" * 64, content=b"png")
    return s


def sign_off(s):
    """dawa: signed twice, the first version noticed and reviewed; nima: submitted; sonam: under way; group: signed."""
    s.first = cast.signed(s, s.of(s.dawa))
    s.notice = evaluations.give_notice(by=s.lin, opinion=s.first)
    s.appeal = appeals.file_appeal(by=s.lin, opinion=s.first, kind="review", ground="不同意")
    evaluations.reopen(by=s.rui, evaluation=s.of(s.dawa), evidence="新的证据")
    locked = s.of(s.dawa).findings.order_by("pk").first().contact
    (s.locked_file,) = attachments.add(by=s.lin, contact=locked, uploads=[SimpleUploadedFile("现场.jpg", jpeg())])
    s.second = cast.signed(s, s.of(s.dawa))
    s.signed = s.of(s.dawa)
    cast.give_evidence(s, s.of(s.nima))
    cast.submitted(s, s.of(s.nima))
    s.submitted = s.of(s.nima)
    s.sonam_contact, *_, last = cast.give_evidence(s, s.of(s.sonam))
    s.gathering = s.of(s.sonam)
    s.finding = s.sonam_contact.findings.get()
    s.file, gone = attachments.add(
        by=s.lin, contact=s.sonam_contact, uploads=[SimpleUploadedFile("现场.jpg", jpeg(size=(30, 30))), SimpleUploadedFile("记录.pdf", pdf())]
    )
    s.withdrawn_file = attachments.withdraw(by=s.lin, attachment=gone, why="签错了人")
    s.withdrawn = contacts.withdraw(by=s.lin, finding=last.findings.get(), why="记错了人")
    s.locked = s.signed.findings.order_by("pk").first()
    s.rating, s.locked_rating, s.withdrawn_rating = (f.ratings.first() for f in (s.finding, s.locked, s.withdrawn))
    s.group_opinion = cast.signed(s, s.of(s.east_unit))
    s.dimension_score = s.gathering.dimension_scores.first()


def use_of_results(s):
    def propose(kind, assessee, opinion, **more):
        return decisions.propose(by=s.lin, kind=kind, assessee=assessee, outcome="结果", opinions=[opinion], **more)

    tashi = cast.signed(s, s.of(s.tashi))
    s.proposed = propose("selection", s.dawa, s.second)
    s.basis = s.proposed.bases.get()
    s.commended = propose("commendation", s.tashi, tashi)
    s.noticed = decisions.publish(by=s.lin, decision=s.commended)
    s.publication = decisions.add_publication(by=s.lin, decision=s.noticed, channel="video", title="短片", published_on=date(2022, 7, 1))
    s.training = propose("training", s.tashi, tashi, mentor=s.dawa, follow_up_on=[date(2022, 9, 1)])
    s.confirmed = decisions.confirm(by=s.rui, decision=s.training)
    s.follow_up = s.training.follow_ups.get()
    s.of_group = propose("training", s.east_unit, s.group_opinion)
    s.revoked = decisions.revoke(by=s.rui, decision=s.of_group, why="另行决定")
