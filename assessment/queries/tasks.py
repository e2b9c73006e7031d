"""What waits for a person: one list of kinds, used by the home page to count and by the lists to show just those counted.

A kind is offered to those who may do its verb, and holds rows within the reach of that verb. Counting all kinds is one query.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import CharField, Count, DateField, Exists, F, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, TruncDate
from django.utils.translation import ngettext_lazy

from assessment.models import Appeal, Basis, Campaign, Decision, Evaluation, FollowUp, Notice
from assessment.rules.workflow import OPINION
from people.access import scope
from people.models import Grant, LedgerEntry, User
from people.models.user import today

State = Evaluation.State
SOON = timedelta(days=2)  # a public notice ends
AHEAD = timedelta(days=14)  # a follow-up falls due
EXPIRING = timedelta(days=30)  # a grant ends


@dataclass(frozen=True)
class Kind:
    """A kind of task. narrow(rows, user, day): the rows that wait; first: the day that counts; since: it lies in the
    past; closing: it is the last day of the campaign."""

    key: str
    model: type
    verb: str
    words: object
    narrow: Callable
    first: object = None
    since: bool = False
    closing: bool = False

    def rows(self, user, rows=None, day=None):
        """Those among the rows (default: all) that wait for this user."""
        rows = self.model.objects.all() if rows is None else rows
        return self.narrow(rows.within(scope(user, self.verb)), user, day or today())

    def label(self, number):
        return self.words % {"n": number}


@dataclass(frozen=True)
class Task:
    """What waits of a kind: how many, and the earliest day that counts."""

    kind: Kind
    number: int
    first: object


# --- evaluations


def _to_sign(rows, user, day):
    """Submitted, and not written by himself: who wrote a version does not sign it."""
    entries = LedgerEntry.objects.filter(object_type="assessment.evaluation")
    last = entries.filter(verb="sign", object_id=OuterRef("object_id")).order_by("-seq").values("seq")[:1]
    wrote = entries.filter(verb__in=("draft_opinion", "submit"), actor=user, object_id=OuterRef("pk"))
    wrote = wrote.alias(last=Subquery(last)).filter(Q(last=None) | Q(seq__gt=F("last")))
    return rows.filter(state=State.SUBMITTED).exclude(author=user).filter(~Exists(wrote))


def _latest(model, path, **condition):
    """Does the latest opinion of an evaluation have such a row?"""
    return Exists(model.objects.filter(**{f"{path}evaluation": OuterRef("pk"), f"{path}number": OuterRef("version")}, **condition))


def _upheld(rows, user, day):
    return rows.filter(_latest(Appeal, "opinion__", outcome=Appeal.Outcome.UPHELD), state=State.SIGNED)


def _appealed(rows, user, day):
    return rows.filter(Exists(_pending()))


def _pending():
    return Appeal.objects.filter(opinion__evaluation=OuterRef("pk"), outcome=Appeal.Outcome.PENDING)


def _returned(rows, user, day):
    return rows.filter(state=State.GATHERING, author=user).exclude(returned_why="")


def _complete():
    return ~Q(*((name, "") for name in OPINION), _connector=Q.OR)


def _to_submit(rows, user, day):
    return rows.filter(_complete(), state=State.GATHERING).exclude(author=user, returned_why__gt="")


def _to_draft(rows, user, day):
    """The minimum evidence is there (else no grade is proposed), the opinion is not."""
    return rows.filter(~_complete(), state=State.GATHERING).exclude(proposed_grade="").exclude(author=user, returned_why__gt="")


def _to_tell(rows, user, day):
    return rows.filter(~_latest(Notice, "opinion__"), state=State.SIGNED)


def _lacking(*names):
    """Below the minimum evidence of the scheme, while the campaign takes more."""
    short = Q(*((f"{field}__lt", F(f"campaign__scheme__{least}")) for field, least in names), _connector=Q.OR)

    def narrow(rows, user, day):
        return rows.filter(short, state=State.GATHERING, campaign__state=Campaign.State.OPEN)

    return narrow


# --- decisions


def superseded(path="pk"):
    """Does a basis of the decision say something that is no longer the latest signed opinion?"""
    bases = Basis.objects.filter(decision=OuterRef(path))
    return Exists(bases.filter(~Q(opinion__number=F("opinion__evaluation__version")) | ~Q(opinion__evaluation__state=State.SIGNED)))


def appealed(path="pk"):
    """Is a review or appeal of a basis of the decision pending?"""
    return Exists(Basis.objects.filter(decision=OuterRef(path), opinion__appeals__outcome=Appeal.Outcome.PENDING))


def _to_publish(rows, user, day):
    return rows.filter(state=Decision.State.PROPOSED).exclude(kind=Decision.Kind.TRAINING)


def _notice_ends(rows, user, day):
    return rows.filter(state=Decision.State.NOTICE, notice_until__range=(day, day + SOON))


def _to_confirm(rows, user, day):
    over = Q(state=Decision.State.NOTICE, notice_until__lt=day)
    return rows.filter(over | Q(state=Decision.State.PROPOSED, kind=Decision.Kind.TRAINING)).exclude(proposed_by=user)


def _to_look_at(rows, user, day):
    return rows.filter(superseded() | appealed()).exclude(state=Decision.State.REVOKED)


def _follow_ups(day=None):
    due = FollowUp.objects.filter(decision=OuterRef("pk"), done_on=None)
    return due.filter(due_on__lte=day + AHEAD) if day else due


def _to_follow_up(rows, user, day):
    return rows.filter(Exists(_follow_ups(day))).exclude(state=Decision.State.REVOKED)


# --- accounts


def _without_grant(rows, user, day):
    return rows.filter(~Exists(Grant.objects.valid(day).filter(user=OuterRef("pk"))), is_active=True)


def _grant_ends(rows, user, day):
    return rows.filter(_expiring(day), is_active=True)


def _expiring(day):
    return Exists(Grant.objects.filter(user=OuterRef("pk"), valid_until__range=(day, day + EXPIRING)))


#: In the order of urgency.
KINDS = [
    Kind(
        "appeal",
        Evaluation,
        "decide_appeal",
        ngettext_lazy("review or appeal waits for your decision", "reviews or appeals wait for your decision", "n"),
        _appealed,
        first=Subquery(_pending().order_by("due_on").values("due_on")[:1]),
    ),
    Kind(
        "sign",
        Evaluation,
        "sign",
        ngettext_lazy("evaluation waits for your signature", "evaluations wait for your signature", "n"),
        _to_sign,
        first=TruncDate("submitted_at"),
        since=True,
    ),
    Kind(
        "reopen",
        Evaluation,
        "reopen",
        ngettext_lazy("upheld appeal asks to open the evaluation again", "upheld appeals ask to open the evaluation again", "n"),
        _upheld,
    ),
    Kind(
        "look",
        Decision,
        "revoke_decision",
        ngettext_lazy("decision rests on a basis in doubt", "decisions rest on a basis in doubt", "n"),
        _to_look_at,
    ),
    Kind(
        "confirm",
        Decision,
        "confirm_decision",
        ngettext_lazy("decision can be confirmed", "decisions can be confirmed", "n"),
        _to_confirm,
        first=F("proposed_on"),
        since=True,
    ),
    Kind(
        "returned",
        Evaluation,
        "draft_opinion",
        ngettext_lazy("evaluation was returned to you", "evaluations were returned to you", "n"),
        _returned,
    ),
    Kind(
        "submit",
        Evaluation,
        "submit",
        ngettext_lazy("opinion is written and can be submitted", "opinions are written and can be submitted", "n"),
        _to_submit,
        first=F("campaign__ends_on"),
        closing=True,
    ),
    Kind(
        "draft",
        Evaluation,
        "draft_opinion",
        ngettext_lazy("evaluation has its evidence and needs an opinion", "evaluations have their evidence and need an opinion", "n"),
        _to_draft,
        first=F("campaign__ends_on"),
        closing=True,
    ),
    Kind(
        "notice",
        Evaluation,
        "give_notice",
        ngettext_lazy("signed opinion is to be told to the cadre", "signed opinions are to be told to the cadre", "n"),
        _to_tell,
    ),
    Kind(
        "publish",
        Decision,
        "publish_decision",
        ngettext_lazy("proposal can be put on public notice", "proposals can be put on public notice", "n"),
        _to_publish,
        first=F("proposed_on"),
        since=True,
    ),
    Kind(
        "notice_ends",
        Decision,
        "publish_decision",
        ngettext_lazy("public notice is about to end", "public notices are about to end", "n"),
        _notice_ends,
        first=F("notice_until"),
    ),
    Kind(
        "follow_up",
        Decision,
        "follow_up",
        ngettext_lazy("tracked training is due for a follow-up", "tracked trainings are due for a follow-up", "n"),
        _to_follow_up,
        first=Subquery(_follow_ups().order_by("due_on").values("due_on")[:1]),
    ),
    Kind(
        "lack_on_site",
        Evaluation,
        "record_contact",
        ngettext_lazy("assessee was seen on site too little", "assessees were seen on site too little", "n"),
        _lacking(("count_on_site", "min_on_site")),
        first=F("campaign__ends_on"),
        closing=True,
    ),
    Kind(
        "lack_phone",
        Evaluation,
        "record_contact",
        ngettext_lazy("assessee was asked about by phone too little", "assessees were asked about by phone too little", "n"),
        _lacking(("count_phone", "min_phone")),
        first=F("campaign__ends_on"),
        closing=True,
    ),
    Kind(
        "lack_talk",
        Evaluation,
        "record_contact",
        ngettext_lazy("assessee lacks a heart-to-heart talk", "assessees lack a heart-to-heart talk", "n"),
        _lacking(("count_talk", "min_talk")),
        first=F("campaign__ends_on"),
        closing=True,
    ),
    Kind(
        "lack_sides",
        Evaluation,
        "record_contact",
        ngettext_lazy("assessee is known from too few sides or leads", "assessees are known from too few sides or leads", "n"),
        _lacking(("relations", "min_relations"), ("leads", "min_leads")),
        first=F("campaign__ends_on"),
        closing=True,
    ),
    Kind(
        "no_grant",
        User,
        "save_grant",
        ngettext_lazy("active account has no role", "active accounts have no role", "n"),
        _without_grant,
    ),
    Kind(
        "grant_ends",
        User,
        "save_grant",
        ngettext_lazy("account loses a role within 30 days", "accounts lose a role within 30 days", "n"),
        _grant_ends,
    ),
]
BY_KEY = {kind.key: kind for kind in KINDS}


def offered(user, model=None):
    """Kinds that this user's roles may do, of one model or all."""
    return [kind for kind in KINDS if model in (None, kind.model) and scope(user, kind.verb)]


def waiting(user, day=None):
    """[Task] of what waits for this user, the empty kinds left out: one query."""
    day = day or today()
    kinds = offered(user)
    if not kinds:
        return []
    counts = [_count(kind, user, day) for kind in kinds]
    found = {key: (number, first) for key, number, first in counts[0].union(*counts[1:], all=True)}
    return [Task(kind, *found[kind.key]) for kind in kinds if found[kind.key][0]]


def _count(kind, user, day):
    first = kind.first if kind.first is not None else Value(None, DateField())
    rows = kind.rows(user, day=day).order_by().annotate(waits_first=Cast(first, DateField()))
    counted = rows.annotate(task=Value(kind.key, CharField())).values("task")
    return counted.annotate(number=Count("pk", distinct=True), earliest=Min("waits_first")).values_list("task", "number", "earliest")


def lacking_by_unit(user, kinds):
    """{kind key: [(unit name, number)]}, most first, of these kinds of missing evidence: one query."""
    if not kinds:
        return {}
    rows = Evaluation.objects.within(scope(user, "record_contact"))
    found = {kind.key: [] for kind in kinds}
    counted = {kind.key: Count("pk", filter=Q(pk__in=kind.rows(user).values("pk"))) for kind in kinds}
    for row in rows.order_by().values("unit__name", "unit__code").annotate(**counted):
        for key in found:
            if row[key]:
                found[key].append((row["unit__name"], row[key], row["unit__code"]))
    return {key: [(name, n) for name, n, _ in sorted(units, key=lambda u: (-u[1], u[2]))] for key, units in found.items()}
