"""The demo county: the article's figures, counted live; something of every kind; and a second run that changes nothing."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Count, Q, Sum
from django.test import TestCase
from django.utils import timezone

from assessment.demo import build, special, units
from assessment.demo.cadres import County
from assessment.demo.duties import shares
from assessment.demo.special import Special
from assessment.models import (
    Appeal,
    Campaign,
    Contact,
    Decision,
    Evaluation,
    Finding,
    FollowUp,
    Notice,
    Publication,
    Rating,
    SignedOpinion,
)
from assessment.queries import tasks
from assessment.rules import grading
from people.access import visible_to
from people.actions import grants, users
from people.actions import units as unit_actions
from people.codes import id_number_problem, phone_problem
from people.ledger import head
from people.models import Cadre, Duty, Kinship, LedgerEntry, Sanction, Unit, User

PASSWORD = "march over the pass 1935"


def demo(**options):
    """Run the command; what it printed."""
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


@pytest.mark.both_engines
class TestDemo(TestCase):
    """Built once; every test looks at the same county."""

    @classmethod
    def setUpTestData(cls):
        cls.printed = demo()
        cls.password = cls.printed.split()[-1]
        cls.campaign = Campaign.objects.get(code=special.CODE)
        cls.user = {user.username: user for user in User.objects.all()}

    # --- the article

    def test_person_times_by_method(self):
        findings = Finding.objects.filter(evaluation__campaign=self.campaign).standing()
        by_method = dict(findings.order_by().values_list("contact__method").annotate(Count("pk")))
        assert by_method == {"on_site": 56, "phone": 39, "talk": 22}
        stored = Evaluation.objects.filter(campaign=self.campaign).aggregate(a=Sum("count_on_site"), b=Sum("count_phone"), c=Sum("count_talk"))
        assert stored == {"a": 56, "b": 39, "c": 22}

    def test_the_special_assessment(self):
        assert (self.campaign.kind, self.campaign.scheme.code) == ("special", "front-line")
        dimensions = self.campaign.scheme.dimensions.order_by("position").values_list("name", flat=True)
        assert list(dimensions) == ["综合分析研判", "落实联防联控措施", "严密监控疫情", "构筑抵御防线"]
        assert f"{self.campaign.starts_on}{self.campaign.ends_on}" == "2022-05-062022-06-15"

    def test_zones(self):
        zones = Duty.objects.filter(kind="zone")
        county = zones.filter(cadre__post_level__in=("07", "08"), unit__kind="township")
        section = zones.filter(cadre__post_level__in=("09", "10"), unit__kind="village")
        assert (county.count(), county.values("cadre").distinct().count()) == (16, 16)
        assert (section.count(), section.values("cadre").distinct().count(), section.values("unit").distinct().count()) == (64, 64, 64)
        assert zones.count() == 80

    def test_work_groups_in_areas(self):
        headquarters = Unit.objects.get(name="县疫情联防联控指挥部")
        assert Unit.objects.filter(parent=headquarters).count() == 9
        assert Unit.objects.filter(parent__parent=headquarters, kind="other").count() == 20

    def test_party_organisations_and_teams(self):
        by_kind = dict(Unit.objects.order_by().values_list("kind").annotate(Count("pk")))
        assert by_kind["temporary_branch"] == 53
        assert by_kind["branch"] + by_kind["temporary_branch"] == 167
        assert by_kind["vanguard_team"] == 91

    def test_headcounts(self):
        people = dict(Duty.objects.order_by().values_list("kind").annotate(Sum("headcount")))
        assert (people["model_post"], people["grid"]) == (1000, 5000)
        assert not Duty.objects.filter(kind__in=("model_post", "grid")).exclude(cadre=None).exists()
        assert people["sampling_point"] and people["lecture_team"] and people["vanguard_team"]
        assert Duty.objects.filter(kind="grid", place__contains="巡查").exists()

    def test_publicity(self):
        by_channel = dict(Publication.objects.order_by().values_list("channel").annotate(Count("pk")))
        assert by_channel == {"notice": 25, "briefing": 83, "video": 45}
        about = Publication.objects.filter(decision__kind="commendation", decision__state="confirmed")
        assert about.filter(decision__bases__opinion__evaluation__campaign=self.campaign).count() == 153
        assert len(set(Publication.objects.values_list("title", flat=True))) == 153

    # --- something of every kind

    def test_campaigns_of_all_kinds_and_states(self):
        assert set(Campaign.objects.values_list("kind", flat=True)) == set(Campaign.Kind.values)
        assert set(Campaign.objects.values_list("state", flat=True)) == set(Campaign.State.values)
        today = timezone.localdate()
        running = Campaign.objects.filter(state="open", starts_on__lte=today, ends_on__gte=today)
        assert running.filter(kind="routine", contacts__isnull=False).distinct().count() == 2
        assert Evaluation.objects.filter(campaign__scheme__assessee="group", state="signed").count() == 8

    def test_evaluations_in_every_state(self):
        rows = Evaluation.objects.filter(campaign=self.campaign)
        assert 20 <= rows.count() <= 40
        assert set(rows.values_list("state", flat=True)) == set(Evaluation.State.values)
        assert {"优秀", "称职", "基本称职", "不称职"} == set(rows.filter(state="signed").exclude(grade="").values_list("grade", flat=True))
        assert rows.filter(contested=True).count() >= 2
        assert rows.filter(count_talk=0, score__isnull=False).exists()
        assert rows.filter(Q(count_on_site=0) | Q(count_phone=0), count_talk=0, score__isnull=False).count() >= 2  # one-sided
        assert rows.filter(score=None).exists()
        assert rows.filter(state="gathering").exclude(returned_why="").count() == 1
        assert rows.exclude(grade_reason="").filter(proposed_grade="优秀", grade="称职", cadre__sanctions__kind="10").count() == 1

    def test_top_grades_keep_the_quota(self):
        for campaign in Campaign.objects.select_related("scheme"):
            rows = Evaluation.objects.filter(campaign=campaign)
            top = grading.top_grade(list(campaign.scheme.grades.values_list("name", "minimum")))
            places = grading.quota_places(campaign.scheme.quota, rows.count())
            assert rows.filter(state="signed", grade=top).count() <= places

    def test_a_review_was_upheld_and_signed_again(self):
        second = SignedOpinion.objects.get(number=2)
        assert (second.supersedes.grade, second.grade) == ("基本称职", "称职")
        assert second.supersedes.appeals.get().outcome == Appeal.Outcome.UPHELD
        assert second.supersedes.bases.get().decision.state == "confirmed"  # so that decision asks for a look
        assert Notice.objects.filter(opinion=second).exists()

    def test_appeals(self):
        outcomes = set(Appeal.objects.values_list("kind", "outcome"))
        assert outcomes == {("review", "upheld"), ("review", "rejected"), ("review", "pending"), ("appeal", "pending")}

    def test_decisions_of_all_kinds_and_states(self):
        pairs = set(Decision.objects.values_list("kind", "state"))
        assert {kind for kind, _ in pairs} == set(Decision.Kind.values)
        assert {state for _, state in pairs} == set(Decision.State.values)
        for kind in ("selection", "commendation"):
            assert {state for each, state in pairs if each == kind} == set(Decision.State.values)
        assert Decision.objects.filter(unit__isnull=False, kind="commendation").exists()
        assert not Decision.objects.filter(bases=None).exists()

    def test_training(self):
        trained = Decision.objects.filter(kind="training", state="confirmed")
        assert trained.count() >= 4 and not trained.filter(mentor=None).exists()
        today = timezone.localdate()
        assert FollowUp.objects.exclude(done_on=None).exists()
        assert FollowUp.objects.filter(done_on=None, due_on__lt=today).exists()
        assert FollowUp.objects.filter(done_on=None, due_on__gt=today).exists()

    def test_what_is_known_beside(self):
        assert Duty.objects.before_training().count() == 4
        assert Sanction.objects.count() == 4 and Kinship.objects.count() == 3
        assert set(Cadre.objects.values_list("status", flat=True)) == set(Cadre.Status.values)
        assert Contact.objects.values("team__user").filter(campaign=self.campaign, team__position=0).distinct().count() == 4
        assert Finding.objects.exclude(withdrawn_on=None).count() == 2

    def test_somebody_over_several_campaigns(self):
        often = Cadre.objects.annotate(n=Count("evaluations", filter=Q(evaluations__score__isnull=False))).filter(n__gte=4)
        assert often.count() >= 3

    def test_everybody_of_the_department_finds_tasks(self):
        waiting = {name: [k.key for k in tasks.KINDS if k.rows(self.user[name]).exists()] for name in ("assessor1", "assessor5", "reviewer1", "reviewer2")}
        assert {"sign", "appeal", "confirm"} <= set(waiting["reviewer1"]) & set(waiting["reviewer2"])
        assert len(waiting["assessor1"]) >= 5
        assert waiting["assessor5"]

    # --- the words

    def test_narratives_are_told_in_full(self):
        findings = Finding.objects.filter(evaluation__campaign=self.campaign)
        assert findings.filter(Q(narrative__contains="{") | Q(example__contains="{")).count() == 0
        lengths = [len(text) for text in findings.values_list("narrative", flat=True)]
        assert min(lengths) >= 30 and max(lengths) <= 150 and sum(lengths) / len(lengths) >= 60
        texts = list(findings.values_list("narrative", flat=True))
        assert len(set(texts)) == len(texts)
        assert not findings.annotate(n=Count("ratings")).filter(n__lt=2).exists()

    def test_a_narrative_fits_its_marks(self):
        """The sentence of a mark is one that the texts keep for just that dimension and level."""
        plain = {}
        for source in (special.WORDS.seen, special.WORDS.heard, special.WORDS.public, special.WORDS.self_told):
            for dimension, levels in source.items():
                for level, sentences in levels.items():
                    plain.setdefault((dimension, level), []).extend(
                        re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(sentence))) for sentence in sentences
                    )
        marks = Rating.objects.filter(finding__evaluation__campaign=self.campaign)
        for narrative, dimension, level in marks.values_list("finding__narrative", "dimension__name", "level__name"):
            assert any(sentence.search(narrative) for sentence in plain[dimension, level]), (narrative, dimension, level)

    def test_nobody_is_real(self):
        for number, phone in Cadre.objects.values_list("id_number", "phone"):
            assert number.startswith("000000") and id_number_problem(number) is None
            assert phone.startswith("154") and phone_problem(phone) is None
        names = list(Cadre.objects.values_list("name", flat=True))
        assert len(set(names)) == len(names)

    # --- who sees what

    def test_a_township_sees_its_own(self):
        chamu = Unit.objects.get(name="查姆乡")
        ids = set(Unit.objects.descendants(chamu, include_self=True).values_list("pk", flat=True))
        for name in ("manager2", "assessor5"):
            user = self.user[name]
            seen = visible_to(user, Evaluation)
            assert seen.exists() and set(seen.values_list("unit", flat=True)) <= ids
            assert set(visible_to(user, Cadre).values_list("unit", flat=True)) <= ids
            assert not visible_to(user, Evaluation).filter(cadre=user.cadre).exists()
        whole = Evaluation.objects.filter(unit__in=ids)
        assert visible_to(self.user["manager2"], Evaluation).count() == whole.exclude(cadre=self.user["manager2"].cadre).count()
        assert whole.filter(cadre=self.user["manager2"].cadre).exists()  # his own, which he does not see

    def test_the_county_sees_all_but_kin(self):
        everything = Evaluation.objects.count()
        assert visible_to(self.user["manager1"], Evaluation).count() == everything
        kin = Evaluation.objects.filter(cadre__kin_of__cadre=self.user["assessor3"].cadre)
        assert kin.exists() and visible_to(self.user["assessor3"], Evaluation).count() == everything - kin.count()
        assert not Contact.objects.filter(findings__evaluation__in=kin, team__user=self.user["assessor3"]).exists()

    def test_administrators_see_no_business(self):
        for name in ("system", "security"):
            for model in (Cadre, Evaluation, Contact, Finding, Decision, SignedOpinion):
                assert not visible_to(self.user[name], model).exists()
        assert visible_to(self.user["auditor"], LedgerEntry).count() == head()[0]

    # --- the ledger

    def test_the_ledger_verifies(self):
        out = StringIO()
        call_command("verify_ledger", stdout=out)
        seq, digest = head()
        assert out.getvalue().strip() == f"{seq} entries, head {digest}"

    def test_everything_was_done_by_those_who_would(self):
        doers = {}
        for verb, user in LedgerEntry.objects.values_list("verb", "actor__username").distinct():
            doers.setdefault(verb, set()).add(user)
        assert doers["save_unit"] == {"system"}
        assert doers["save_grant"] == {"security", None}  # the installation itself lets the first two in
        assert doers["save_cadre"] == {"assessor1"}
        assert doers["record_contact"] == {f"assessor{n}" for n in range(1, 6)}
        assert doers["sign"] <= {"reviewer1", "reviewer2"} and doers["decide_appeal"] <= {"reviewer1", "reviewer2"}

    # --- the command

    def test_accounts_are_printed(self):
        assert len(self.password) >= 16
        for name in self.user:
            assert re.search(rf"^{name} .* {self.password}$", self.printed, re.MULTILINE)
        assert all(user.check_password(self.password) for user in self.user.values())

    def test_a_second_run_changes_nothing(self):
        before = head()
        assert demo() and head() == before
        assert demo(password="another one 2468") and head() == before
        assert User.objects.get(username="system").check_password(self.password)


class TestCommand(TestCase):
    """The command where it does not fill."""

    def test_other_data_is_left_alone(self):
        user = users.add(by=None, username="admin", password=PASSWORD)
        grants.give(by=None, user=user, role="system")
        before = head()
        assert demo() and head() == before and not Unit.objects.exists()

    def test_a_short_password_of_ones_own_will_do(self):
        build.Build(County()).people("x")
        assert User.objects.count() == 12 and all(user.check_password("x") for user in User.objects.all())

    def test_a_run_that_was_broken_off_is_told(self):
        user = users.add(by=None, username="system", password=PASSWORD)
        grants.give(by=None, user=user, role="system")
        unit_actions.save(by=user, rows=list(units.rows())[:1])
        with pytest.raises(CommandError):
            demo()


def test_the_same_county_every_time():
    assert County().rows == County().rows
    one, other = Special(County()), Special(County())
    assert [(v.held_at, v.place, v.team, v.source) for v in one.visits] == [(v.held_at, v.place, v.team, v.source) for v in other.visits]


def test_shares_add_up():
    assert shares(10, [1, 1, 1]) == [4, 3, 3]
    assert sum(shares(5000, [7, 3, 11, 5])) == 5000
    assert shares(0, [1, 2]) == [0, 0]
