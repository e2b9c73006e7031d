"""Whatever order people do things in: contacts, sign-off, appeals, decisions and reopening, against a small model of the rules.

The model says beforehand whether a step is allowed; the program must agree. After every step the rules of the design
(sections 3 to 5) hold, and at the end the ledger tells of every moment what was true then.
"""

from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from assessment.actions import appeals, contacts, decisions, evaluations, proof
from assessment.models import Appeal, Basis, Decision, DimensionScore, Evaluation, Finding, Notice, SignedOpinion
from people.actions import grants
from people.canonical import sha256_hex
from people.ledger import as_of
from people.refusals import Refused
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

POINTS = {"好": 95, "较好": 85, "一般": 70, "较差": 50}
METHODS = {"on_site": 40, "phone": 20, "talk": 40}
DIMENSIONS = {"A": 60, "B": 40}
GRADES = ["优秀", "称职", "基本称职", "不称职"]  # from 90, 75, 60, 0
LEAST = {"on_site": 1, "talk": 1}
LEADS, GAP, PLACES = 2, 25, 1  # quota 50 % of three
TEXTS = ("performance", "strengths", "shortcomings", "conclusion")
WATCHED = (Evaluation, Finding, SignedOpinion, Notice, Appeal, Decision)
ASSESSORS, REVIEWERS = ("lin", "mei", "both"), ("rui", "rong", "both")
anybody = st.sampled_from(["lin", "mei", "both", "rui", "rong", "man"])
#: Mostly those who may, so that sequences get far.
assessor = st.one_of(st.sampled_from(["lin", "mei"]), st.sampled_from(ASSESSORS), anybody)
reviewer = st.one_of(st.sampled_from(["rui", "rong"]), st.sampled_from(REVIEWERS), anybody)
which = st.integers(0, 99)  # of a list, whatever its length


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    def build():
        w = cast.make_people()
        cast.scheme(w, "three", min_on_site=1, min_talk=1, min_leads=LEADS, contested_gap=GAP, quota=50)
        w.three = cast.campaign(w, "T", "three", cadres=[w.dawa, w.nima, w.tashi])
        w.both = cast.add_user("both", "assessor", w.county)
        grants.give(by=None, user=w.both, role="reviewer", unit=w.county)
        return w

    with cast.standing(django_db_blocker, build) as made:
        yield made


def pick(rows, n, fits=bool):
    """One of the rows; three times out of four one that fits, if any does."""
    fitting = [row for row in rows if fits(row)]
    chosen = fitting if fitting and n % 4 < 3 else rows
    return chosen[n // 4 % len(chosen)]


def in_state(*states):
    return lambda row: (row[0] if isinstance(row, tuple) else row).state in states


def exactly(mark):
    """Two places, half up."""
    return Decimal(mark.numerator * 10**6 // mark.denominator).scaleb(-6).quantize(Decimal("0.01"), ROUND_HALF_UP)


def expected(findings):
    """The numbers of an evaluation, by the formulas of the design, from the findings that stand."""
    standing = [finding for finding in findings if not finding.withdrawn]
    marks = defaultdict(list)
    for finding in standing:
        for dimension, level in finding.ratings.items():
            marks[dimension, finding.method].append(POINTS[level])
    scores = {}
    for dimension in DIMENSIONS:
        means = {m: Fraction(sum(marks[dimension, m]), len(marks[dimension, m])) for m in METHODS if marks[dimension, m]}
        if means:
            scores[dimension] = sum(METHODS[m] * mean for m, mean in means.items()) / sum(METHODS[m] for m in means)
    score = sum(DIMENSIONS[d] * s for d, s in scores.items()) / sum(DIMENSIONS[d] for d in scores) if scores else None
    counts = {m: sum(finding.method == m for finding in standing) for m in METHODS}
    leads = len({finding.lead for finding in standing})
    met = all(counts[m] >= n for m, n in LEAST.items()) and leads >= LEADS
    pooled = [[p for m in METHODS for p in marks[d, m]] for d in DIMENSIONS]
    rounded = None if score is None else exactly(Fraction(score))
    grade = next((name for name, low in zip(GRADES, (90, 75, 60, 0), strict=True) if rounded >= low), "") if met and rounded is not None else ""
    return {
        "score": rounded,
        "proposed_grade": grade,
        "leads": leads,
        "contested": any(points and max(points) - min(points) >= GAP for points in pooled),
        **{f"count_{m}": n for m, n in counts.items()},
    }, {d: exactly(Fraction(s)) for d, s in scores.items()}, met and score is not None


class Sequence(RuleBasedStateMachine):
    w = None  # the stage, set by the test
    done = None  # Counter of what was done and refused

    def __init__(self):
        super().__init__()
        self.around = transaction.atomic()
        self.around._from_testcase = True  # so that recorded() may open its own inside
        self.around.__enter__()
        rows = Evaluation.objects.filter(campaign=self.w.three).order_by("pk")
        self.files = [self.file(row) for row in rows]
        self.decisions, self.moments, self.bodies, self.steps = [], [], {}, 0

    def file(self, row):
        return SimpleNamespace(
            pk=row.pk, state="gathering", version=0, writers=set(), author=None, texts=dict.fromkeys(TEXTS, ""), grade="", reason="",
            findings=[], opinions=[],
        )  # fmt: skip

    def teardown(self):
        try:
            for when, model, states in self.moments:
                for pk, state in states.items():
                    assert as_of(model, pk, when) == state, (model, pk, when)
            assert list(proof.faults()) == []
        finally:
            transaction.set_rollback(True)
            self.around.__exit__(None, None, None)

    # --- what is asked and what is expected

    def user(self, name):
        return getattr(self.w, name)

    def row(self, file):
        return Evaluation.objects.select_related("campaign__scheme", "cadre", "group", "unit").get(pk=file.pk)

    def do(self, allowed, action, **arguments):
        """Do it; it must be refused just when the model says so. Answers what it made, None if refused."""
        self.steps += 1
        try:
            with transaction.atomic():  # a refusal undoes what it had begun
                transaction.get_connection().atomic_blocks[-1]._from_testcase = True
                made = action(**arguments)
        except Refused as refused:
            assert not allowed, [r.code for r in refused.refusals]
            self.done[f"{action.__name__} refused"] += 1
            return None
        assert allowed, f"{action.__name__} was not refused"
        self.done[action.__name__] += 1
        return made

    @initialize(far=st.sampled_from([5, 0, 4, 3, 2]))
    def begin(self, far):
        """Some sequences begin where the first of them is signed, told, appealed against and made use of."""
        first = [
            lambda: self.conclude(3),
            lambda: self.sign("rui", 3),
            lambda: self.give_notice("lin", 3),
            lambda: self.file_appeal("lin", 3, "review", "不符事实"),
            lambda: self.propose("lin", 3, "training"),
        ]
        for step in first[:far]:
            step()

    # --- evidence

    @rule(
        by=assessor, lead=st.sampled_from(["lin", "mei"]), method=st.sampled_from(sorted(METHODS)), relation=st.sampled_from(["peer", "served"]),
        marks=st.dictionaries(st.integers(0, 2), st.dictionaries(st.sampled_from(sorted(DIMENSIONS)), st.sampled_from(sorted(POINTS))), min_size=1),
    )  # fmt: skip
    def record(self, by, lead, method, relation, marks):
        files = [self.files[n] for n in sorted(marks)]
        allowed = by in ASSESSORS and all(file.state == "gathering" for file in files)
        given = {self.row(file): marks[self.files.index(file)] or None for file in files}
        contact = self.do(
            allowed, cast.give, w=self.w, marks=given, method=method, lead=self.user(lead), relation=relation, by=self.user(by)
        )
        for file in files if contact else ():
            found = Finding.objects.get(contact=contact, evaluation=file.pk)
            ratings = marks[self.files.index(file)]
            file.findings.append(SimpleNamespace(pk=found.pk, method=method, lead=lead, ratings=ratings, withdrawn=False))

    @rule(n=which, level=st.sampled_from(sorted(POINTS)))
    def gather(self, n, level):
        """Enough for a grade, in one step."""
        index = self.files.index(pick(self.files, n, in_state("gathering")))
        for method, lead in (("on_site", "lin"), ("talk", "mei")):
            self.record("lin", lead, method, "peer", {index: dict.fromkeys(DIMENSIONS, level)})

    @precondition(lambda self: any(file.findings for file in self.files))
    @rule(by=assessor, n=which, why=st.sampled_from(["记错", ""]))
    def withdraw(self, by, n, why):
        file, finding = pick([(file, finding) for file in self.files for finding in file.findings], n, in_state("gathering"))
        allowed = by in ASSESSORS and why and file.state == "gathering" and not finding.withdrawn
        row = Finding.objects.select_related("evaluation", "contact").get(pk=finding.pk)
        if self.do(bool(allowed), contacts.withdraw, by=self.user(by), finding=row, why=why):
            finding.withdrawn = True

    # --- sign-off

    @rule(by=assessor, n=which, grade=st.sampled_from([None, "", *GRADES]), reason=st.booleans(), whole=st.booleans())
    def draft(self, by, n, grade, reason, whole):
        file = pick(self.files, n, in_state("gathering"))
        texts = {name: f"{name}{self.steps}" for name in TEXTS}
        if not whole:
            texts["shortcomings"] = ""
        grade = self.row(file).proposed_grade if grade is None else grade
        said = {**texts, "grade": grade, "grade_reason": "研判" if reason else ""}
        allowed = by in ASSESSORS and file.state == "gathering"
        if self.do(allowed, evaluations.draft, by=self.user(by), evaluation=self.row(file), **said):
            file.texts, file.grade, file.reason = texts, grade, said["grade_reason"]
            file.writers.add(by)

    @rule(by=assessor, n=which)
    def submit(self, by, n):
        file = pick(self.files, n, in_state("gathering"))
        numbers, _scores, met = expected(file.findings)
        fits = met if file.grade else True
        told = file.grade == numbers["proposed_grade"] or bool(file.reason)
        allowed = by in ASSESSORS and file.state == "gathering" and all(file.texts.values()) and fits and told
        if self.do(allowed, evaluations.submit, by=self.user(by), evaluation=self.row(file)):
            file.state, file.author = "submitted", by
            file.writers.add(by)

    @rule(n=which)
    def conclude(self, n):
        """Evidence and a whole opinion with the proposed grade, submitted."""
        index = self.files.index(pick(self.files, n, in_state("gathering")))
        n = index * 4 + 3  # just this one
        self.gather(n, "较好")
        self.draft("lin", n, None, False, True)
        self.submit("lin", n)

    @rule(by=reviewer, n=which, why=st.sampled_from(["证据不足", ""]))
    def send_back(self, by, n, why):
        file = pick(self.files, n, in_state("submitted"))
        allowed = by in REVIEWERS and file.state == "submitted" and file.author != by and bool(why)
        if self.do(allowed, evaluations.send_back, by=self.user(by), evaluation=self.row(file), why=why):
            file.state = "gathering"

    @rule(by=reviewer, n=which)
    def sign(self, by, n):
        file = pick(self.files, n, in_state("submitted"))
        taken = sum(other.state == "signed" and other.grade == GRADES[0] for other in self.files if other is not file)
        within = file.grade != GRADES[0] or taken < PLACES
        allowed = by in REVIEWERS and file.state == "submitted" and by not in file.writers and within
        opinion = self.do(allowed, evaluations.sign, by=self.user(by), evaluation=self.row(file))
        if opinion:
            file.state, file.version, file.writers = "signed", file.version + 1, set()
            file.opinions.append(SimpleNamespace(pk=opinion.pk, noticed=False, appeals=[], grade=file.grade))
            self.bodies[opinion.pk] = opinion.body

    @precondition(lambda self: any(file.opinions for file in self.files))
    @rule(by=assessor, n=which)
    def give_notice(self, by, n):
        file, opinion = pick([(file, opinion) for file in self.files for opinion in file.opinions], n, lambda pair: pair[0].state == "signed" and not pair[1].noticed)
        allowed = by in ASSESSORS and file.state == "signed" and opinion is file.opinions[-1] and not opinion.noticed
        row = SignedOpinion.objects.select_related("evaluation").get(pk=opinion.pk)
        if self.do(allowed, evaluations.give_notice, by=self.user(by), opinion=row):
            opinion.noticed = True

    # --- appeals

    @precondition(lambda self: any(file.opinions for file in self.files))
    @rule(by=assessor, n=which, kind=st.sampled_from(["review", "appeal"]), ground=st.sampled_from(["不符事实", " "]))
    def file_appeal(self, by, n, kind, ground):
        file, opinion = pick([(file, opinion) for file in self.files for opinion in file.opinions], n, lambda pair: pair[1].noticed)
        free = not any(one.outcome == "pending" or (kind == one.kind == "review") for one in opinion.appeals)
        allowed = by in ASSESSORS and opinion is file.opinions[-1] and opinion.noticed and free and bool(ground.strip())
        row = SignedOpinion.objects.select_related("evaluation").get(pk=opinion.pk)
        made = self.do(allowed, appeals.file_appeal, by=self.user(by), opinion=row, kind=kind, ground=ground)
        if made:
            opinion.appeals.append(SimpleNamespace(pk=made.pk, kind=kind, outcome="pending"))

    @precondition(lambda self: any(opinion.appeals for file in self.files for opinion in file.opinions))
    @rule(by=reviewer, n=which, outcome=st.sampled_from(["upheld", "rejected"]))
    def decide_appeal(self, by, n, outcome):
        one = pick([one for file in self.files for opinion in file.opinions for one in opinion.appeals], n, lambda one: one.outcome == "pending")
        allowed = by in REVIEWERS and one.outcome == "pending"
        row = Appeal.objects.select_related("opinion__evaluation").get(pk=one.pk)
        if self.do(allowed, appeals.decide_appeal, by=self.user(by), appeal=row, outcome=outcome, finding="查明"):
            one.outcome = outcome

    @rule(by=reviewer, n=which, evidence=st.sampled_from(["新的来信", ""]), with_appeal=st.booleans())
    def reopen(self, by, n, evidence, with_appeal):
        file = pick(self.files, n, in_state("signed"))
        known = [(opinion, one) for opinion in file.opinions for one in opinion.appeals]
        opinion, one = pick(known, n) if known and with_appeal else (None, None)
        upheld = one is not None and one.outcome == "upheld" and opinion is file.opinions[-1]
        allowed = by in REVIEWERS and file.state == "signed" and (bool(evidence) or upheld)
        row = Appeal.objects.get(pk=one.pk) if one else None
        if self.do(allowed, evaluations.reopen, by=self.user(by), evaluation=self.row(file), evidence=evidence, appeal=row):
            file.state = "gathering"

    # --- decisions

    @precondition(lambda self: any(file.opinions for file in self.files))
    @rule(by=assessor, n=which, kind=st.sampled_from(["selection", "training", "commendation"]))
    def propose(self, by, n, kind):
        file, opinion = pick([(file, opinion) for file in self.files for opinion in file.opinions], n, in_state("signed"))
        allowed = by in ASSESSORS and file.state == "signed" and opinion is file.opinions[-1]
        row = SignedOpinion.objects.select_related("evaluation__cadre").get(pk=opinion.pk)
        about = {"assessee": row.evaluation.cadre, "opinions": [row], "outcome": f"结果{self.steps}", "proposed_on": cast.days_ago(60)}
        made = self.do(allowed, decisions.propose, by=self.user(by), kind=kind, **about)
        if made:
            self.decisions.append(SimpleNamespace(pk=made.pk, kind=kind, state="proposed", by=by, file=file, opinion=opinion))

    @precondition(lambda self: self.decisions)
    @rule(by=assessor, n=which)
    def publish(self, by, n):
        one = pick(self.decisions, n, lambda one: one.state == "proposed" and one.kind != "training")
        allowed = by in ASSESSORS and one.state == "proposed" and one.kind != "training"
        row = Decision.objects.get(pk=one.pk)
        if self.do(allowed, decisions.publish, by=self.user(by), decision=row, starts_on=cast.days_ago(50)):
            one.state = "notice"

    @precondition(lambda self: self.decisions)
    @rule(by=reviewer, n=which)
    def confirm(self, by, n):
        one = pick(self.decisions, n, in_state("notice"))
        ready = one.state == "notice" or (one.state == "proposed" and one.kind == "training")
        stands = one.file.state == "signed" and one.opinion is one.file.opinions[-1]
        allowed = by in REVIEWERS and ready and stands and by != one.by
        if self.do(allowed, decisions.confirm, by=self.user(by), decision=Decision.objects.get(pk=one.pk)):
            one.state = "confirmed"

    @precondition(lambda self: self.decisions)
    @rule(by=reviewer, n=which, why=st.sampled_from(["另行研究", ""]))
    def revoke(self, by, n, why):
        one = pick(self.decisions, n)
        allowed = by in REVIEWERS and one.state != "revoked" and bool(why)
        if self.do(allowed, decisions.revoke, by=self.user(by), decision=Decision.objects.get(pk=one.pk), why=why):
            one.state = "revoked"

    # --- what always holds

    @invariant()
    def numbers_follow_from_the_findings(self):
        for file in self.files:
            row, (numbers, scores, _met) = self.row(file), expected(file.findings)
            assert {name: getattr(row, name) for name in numbers} == numbers
            stored = DimensionScore.objects.filter(evaluation=file.pk).exclude(score=None)
            assert dict(stored.values_list("dimension__code", "score")) == scores

    @invariant()
    def states_and_versions_are_as_they_went(self):
        for file in self.files:
            row = self.row(file)
            assert (row.state, row.version, row.grade) == (file.state, file.version, file.grade)
            assert list(row.opinions.order_by("number").values_list("pk", flat=True)) == [o.pk for o in file.opinions]
        top = [file for file in self.files if file.state == "signed" and file.grade == GRADES[0]]
        assert len(top) <= PLACES
        assert dict(Decision.objects.values_list("pk", "state")) == {one.pk: one.state for one in self.decisions}

    @invariant()
    def what_was_signed_never_changes_and_never_by_its_author(self):
        for opinion in SignedOpinion.objects.all():
            assert opinion.body == self.bodies[opinion.pk] and sha256_hex(opinion.body) == opinion.digest
            assert opinion.signer_id != opinion.author_id
        assert not Decision.objects.filter(state="confirmed").exclude(pk__in=Basis.objects.values("decision")).exists()

    @invariant()
    def remember_this_moment(self):
        when = timezone.now()
        for model in WATCHED:
            self.moments.append((when, model, model.ledger_states(model.objects.values_list("pk", flat=True))))


def test_after_any_sequence_the_rules_hold_and_the_ledger_tells_every_moment(stage):
    Sequence.w, Sequence.done = stage, Counter()
    run_state_machine_as_test(
        Sequence,
        settings=settings(max_examples=15, stateful_step_count=30, suppress_health_check=list(HealthCheck)),
    )


def test_the_model_knows_every_step(stage):
    """By hand once through everything, done and refused: so the random sequences can reach it."""
    Sequence.w, Sequence.done = stage, Counter()
    walk = Sequence()
    first, any_of = 3, 3  # 3: the first of all, whether it fits or not
    try:
        for by in ("man", "lin"):
            walk.record(by, "lin", "on_site", "peer", {0: {"A": "好"}})
        walk.gather(first, "较好")
        for by, why in (("rui", "记错"), ("lin", ""), ("lin", "记错"), ("lin", "记错")):
            walk.withdraw(by, any_of, why)
        walk.submit("lin", first)
        for by, whole in (("rui", True), ("both", False)):
            walk.draft(by, first, None, False, whole)
        walk.submit("both", first)
        walk.draft("lin", first, "优秀", False, True)
        walk.submit("lin", first)
        walk.draft("lin", first, None, False, True)
        walk.submit("both", first)
        for by, why in (("lin", "不足"), ("both", "不足"), ("rui", ""), ("rui", "不足")):
            walk.send_back(by, first, why)
        walk.submit("lin", first)
        for by in ("lin", "both", "rui", "rui"):  # both wrote with
            walk.sign(by, first)
        walk.record("lin", "lin", "phone", "peer", {0: {}})
        for by in ("rui", "mei", "mei"):
            walk.give_notice(by, first)
        for by, ground in (("rui", "不符"), ("lin", " "), ("lin", "不符"), ("lin", "不符")):
            walk.file_appeal(by, first, "review", ground)
        for kind in ("training", "selection"):
            for by in ("rui", "both"):
                walk.propose(by, first, kind)
        training, selection = 3, 7
        for by, which_one in (("rui", selection), ("lin", training), ("lin", selection), ("lin", selection)):
            walk.publish(by, which_one)
        for by in ("lin", "both", "rui", "rui"):  # both proposed it
            walk.confirm(by, training)
        for by in ("lin", "rui", "rong"):
            walk.decide_appeal(by, any_of, "upheld")
        for by, evidence, appeal in (("lin", "来信", False), ("rui", "", False), ("rui", "", True), ("rui", "来信", False)):
            walk.reopen(by, first, evidence, appeal)
        walk.confirm("rui", selection)  # its basis was opened again
        for by, why in (("lin", "另议"), ("rui", ""), ("rui", "另议"), ("rui", "另议")):
            walk.revoke(by, selection, why)
        for check in (walk.numbers_follow_from_the_findings, walk.states_and_versions_are_as_they_went, walk.remember_this_moment):
            check()
    finally:
        walk.teardown()
    steps = "give withdraw draft submit send_back sign give_notice file_appeal decide_appeal reopen propose publish confirm revoke".split()
    assert [step for step in steps if not walk.done[step] or not walk.done[f"{step} refused"]] == [], walk.done
