"""What official forms tell, read for many records at once. Takes scoped querysets and their rows."""

from collections import defaultdict

from django.db.models import F, Max

from assessment.models import Campaign, TeamMember
from people.ledger import EVENTS, fold
from people.models import Cadre, LedgerEntry


def opinions(rows):
    """Signed opinions with all that stands on their forms beside the signed text."""
    return rows.select_related("evaluation__campaign__scheme", "evaluation__cadre", "evaluation__group", "notice")


def newest(rows, evaluations):
    """The latest signed opinion of each of these evaluations that has one."""
    return rows.filter(evaluation__in=evaluations, number=F("evaluation__version"))


def cadres_then(moments):
    """{cadre: {moment: state}} of cadres as the ledger had them at those moments; moments: {cadre: [moment]}."""
    entries = LedgerEntry.objects.filter(object_type=Cadre._meta.label_lower, object_id__in=moments).order_by("object_id", "seq")
    told = defaultdict(list)
    for pk, at, *entry in entries.values_list("object_id", "at", "verb", "before", "after"):
        told[pk].append((at, entry))
    return {pk: {when: fold(entry for at, entry in told[pk] if at <= when) or {} for when in whens} for pk, whens in moments.items()}


def teams(evaluations):
    """{evaluation: {number of the contact: [names of its team, the lead first]}}."""
    rows = TeamMember.objects.filter(contact__findings__evaluation__in=evaluations).select_related("user")
    rows = rows.annotate(evaluation=F("contact__findings__evaluation"), number=F("contact__number")).filter(evaluation__in=evaluations)
    found = defaultdict(lambda: defaultdict(list))
    for row in rows.order_by("evaluation", "contact__held_at", "number", "position"):
        found[row.evaluation][row.number].append(str(row.user))
    return found


def annual_grades(opinions, *, cadres=(), groups=()):
    """{("cadre" or "group", id): [(year, grade, campaign)]} of the latest signed opinions of annual assessments, oldest first."""
    rows = opinions.filter(number=F("evaluation__version"), evaluation__campaign__kind=Campaign.Kind.ANNUAL)
    about = {"cadre": [pk for pk in cadres if pk], "group": [pk for pk in groups if pk]}
    found = defaultdict(list)
    for kind, pks in about.items():
        mine = rows.filter(**{f"evaluation__{kind}__in": pks}) if pks else rows.none()
        fields = (f"evaluation__{kind}", "evaluation__campaign__starts_on", "grade", "evaluation__campaign")
        for pk, starts_on, grade, campaign in mine.order_by("evaluation__campaign__starts_on", "pk").values_list(*fields):
            found[kind, pk].append((starts_on.year, grade, campaign))
    return found


def last_entries(about):
    """{(record type, id): (number, digest)} of the newest entry that changed each record; about: {record type: ids}."""
    newest = []
    for kind, pks in about.items():
        rows = LedgerEntry.objects.filter(object_type=kind, object_id__in=pks).exclude(verb__in=EVENTS).order_by()
        newest += rows.values("object_id").annotate(newest=Max("seq")).values_list("newest", flat=True)
    entries = LedgerEntry.objects.filter(seq__in=newest).values_list("object_type", "object_id", "seq", "digest")
    return {(kind, pk): (seq, digest) for kind, pk, seq, digest in entries}
