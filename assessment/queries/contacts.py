"""Contacts and findings as lists and pages show them: who said it only to those who may know. Takes scoped querysets.

Pages read `seen_source`, `seen_post`, `seen_relation` and never the bare columns, also to search, sort and filter by them:
assessors and reviewers of the campaign's unit and auditors may know (DESIGN section 3), but nobody who said something
about himself or his kin.
"""

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When

from assessment.models import Campaign, Contact, Evaluation, Finding, Rating, TeamMember
from assessment.queries.attachments import clips
from assessment.queries.blind import condition, sealed
from people.access import scope, visible_to
from people.models import User

SOURCE = {"seen_source": "source_name", "seen_post": "source_post", "seen_relation": "relation"}


def with_source(contacts, user):
    """Contacts with `source_told`, and `seen_source`, `seen_post`, `seen_relation`: "" where this user is not to know."""
    reach = scope(user, "view_source")
    told = Q(pk__isnull=False) if reach.everything else Q(campaign__unit__in=reach.units)
    if reach.recused:
        own = Finding.objects.filter(contact=OuterRef("pk"), evaluation__cadre__in=reach.recused)
        told &= ~Exists(own)
    contacts = contacts.annotate(source_told=Case(When(told, then=Value(True)), default=Value(False), output_field=BooleanField()))
    return contacts.annotate(
        **{name: Case(When(source_told=True, then=F(field)), default=Value("")) for name, field in SOURCE.items()}
    )


def listed(contacts, user):
    """Contacts with what a row of the list shows: campaign, sources, team, and the findings that the user may see."""
    lead = TeamMember.objects.filter(contact=OuterRef("pk"), position=0)
    findings = visible_to(user, Finding).select_related("evaluation__cadre", "evaluation__group").order_by("pk")
    return (
        with_source(contacts, user)
        .select_related("campaign", "recorder")
        .alias(lead_name=Subquery(lead.values("user__username")[:1]))
        .prefetch_related(
            Prefetch("team", TeamMember.objects.select_related("user").order_by("position"), to_attr="members"),
            Prefetch("findings", findings, to_attr="shown"),
        )
    )


def named(text, path=""):
    """Condition on evaluations at `path`: name, pinyin, initials or code of the assessee contain this."""
    found = Q()
    for name in ("cadre__name", "cadre__pinyin", "cadre__initials", "cadre__code", "group__name", "group__code"):
        found |= Q(**{f"{path}{name}__icontains": text})
    return found


def about(user, text):
    """Condition on contacts: a finding that the user may see is about somebody of this name, pinyin or code, or says this."""
    whom = named(text, "evaluation__")
    findings = visible_to(user, Finding).filter(contact=OuterRef("pk"))
    blind, told = condition(user), Q(narrative__icontains=text)
    if blind is not None:
        told &= Q(evaluation__in=visible_to(user, Evaluation).exclude(blind))
    return Exists(findings.filter(whom | told))


def found(findings, user):
    """Findings with assessee, contact (with `seen_` sources), team and marks, oldest contact first; a fixed number of queries.

    Each contact gets `clips`, the number of its files that the user may see. Each finding gets `sealed`: blind to this user, who sees neither words nor marks yet.
    """
    contacts = with_source(Contact.objects.all(), user).annotate(clips=clips(user)).select_related("campaign__scheme")
    contacts = contacts.prefetch_related(Prefetch("team", TeamMember.objects.select_related("user").order_by("position"), to_attr="members"))
    marks = Rating.objects.select_related("dimension", "level").order_by("dimension__position")
    rows = list(
        findings.select_related("evaluation__cadre", "evaluation__group", "evaluation__unit", "evaluation__campaign")
        .prefetch_related(Prefetch("contact", contacts), Prefetch("ratings", marks, to_attr="marks"))
        .order_by("contact__held_at", "contact__number", "pk")
    )
    hidden = sealed(user, {row.evaluation for row in rows})
    for row in rows:
        row.sealed = row.evaluation_id in hidden
        row.evaluation.campaign = row.contact.campaign
    return rows


def changeable(user, contact):
    """Findings of a contact (with its campaign) whose words and marks this person may change now."""
    if contact.campaign.state != Campaign.State.OPEN:
        return []
    rows = visible_to(user, Finding, "record_contact").standing().filter(contact=contact, evaluation__state=Evaluation.State.GATHERING)
    return [finding for finding in found(rows, user) if not finding.sealed]


def roster(evaluations, campaign):
    """Assessees of a campaign for whom evidence can come in, in the order of their units."""
    rows = evaluations.filter(campaign=campaign, state=Evaluation.State.GATHERING)
    return rows.select_related("cadre", "group", "unit").order_by("unit__code", "cadre__code", "group__code", "pk")


def campaigns_open_to(user):
    """Campaigns in which he may record contacts now."""
    return visible_to(user, Campaign, "record_contact").filter(state=Campaign.State.OPEN)


def colleagues(user):
    """Those with whom he may go out: who records or signs within his reach."""
    users = visible_to(user, User, "record_contact").filter(is_active=True, grants__role__in=("assessor", "reviewer"))
    return users.distinct().order_by("username")[:500]


def campaign_of_last(contacts, user, campaigns):
    """The campaign that this user recorded his last contact in, if it is among these; else the newest of them, or None."""
    newest = contacts.filter(recorder=user, campaign__in=campaigns).order_by("-received_at", "-pk").select_related("campaign").first()
    return newest.campaign if newest else next(iter(campaigns), None)
