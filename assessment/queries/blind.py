"""Blind campaigns: nobody sees the marks of others on an evaluation before his own are in.

Reviewers and auditors do, for they judge them and give none (unless they are assessors there too). What is signed, or in a closed campaign, is open.
"""

from django.db.models import Exists, OuterRef, Q

from assessment.models import Campaign, Evaluation, Rating
from people.access import scope

#: Verbs whose holders see all marks at all times.
SEERS = ("sign", "view_ledgerentry")


def is_blind(campaign):
    """Are marks of this campaign kept apart at present?"""
    return campaign.blind and campaign.state != Campaign.State.CLOSED


def sealed(user, evaluations):
    """Ids of those evaluations (with their campaigns) whose marks, score and grade this user must not see yet."""
    blind = [row for row in evaluations if is_blind(row.campaign) and row.state != Evaluation.State.SIGNED]
    if not blind:
        return frozenset()
    marks, seen = scope(user, "record_contact"), [scope(user, verb) for verb in SEERS]
    ids = {row.pk for row in blind if marks.covers(row.unit_id) or not any(reach.covers(row.unit_id) for reach in seen)}
    if not ids:
        return frozenset()
    own = Rating.objects.filter(finding__evaluation__in=ids, finding__withdrawn_on=None, finding__contact__team__user=user)
    return frozenset(ids - set(own.values_list("finding__evaluation", flat=True)))


def condition(user):
    """The same as a condition on evaluations, for lists that filter and sort by their numbers; None: nothing is sealed."""
    blind = list(Campaign.objects.filter(blind=True).exclude(state=Campaign.State.CLOSED).values_list("pk", flat=True))
    if not blind:
        return None
    own = Rating.objects.filter(finding__evaluation=OuterRef("pk"), finding__withdrawn_on=None, finding__contact__team__user=user)
    sealed = Q(campaign__in=blind) & ~Q(state=Evaluation.State.SIGNED) & ~Exists(own)
    seen = Q(pk__in=[])
    for reach in (scope(user, verb) for verb in SEERS):
        seen |= _in(reach)
    return sealed & (_in(scope(user, "record_contact")) | ~seen)


def _in(reach):
    return Q(pk__isnull=False) if reach.everything else Q(unit__in=reach.units)
