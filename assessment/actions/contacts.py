"""Contacts: record, change, and withdraw what they showed. DESIGN sections 3, 5 and 9."""

from django.utils import timezone

from assessment.actions.contact_plan import ContactPlan
from assessment.actions.drafts import UNSET, ContactDraft, FindingDraft, assessee_key, code_of, team_names
from assessment.actions.evidence import Planner
from assessment.actions.known import Known
from assessment.actions.numbers import recombine_rows
from assessment.models import Campaign, Contact, Evaluation, Finding, Rating, TeamMember
from people import access
from people.actions import inputs
from people.actions.plan import CHUNK, Gate
from people.ledger import recorded
from people.models import User
from people.refusals import Refusal, refuse

__all__ = ["UNSET", "ContactDraft", "FindingDraft", "carry_out", "check", "holds", "next_number", "plan", "record", "withdraw"]


def record(*, by, drafts, upsert=False):
    """Record contacts with their findings; the evaluations are combined again with them. Returns the contacts.

    upsert: a number that the campaign has already means a change of that contact (as in a workbook), not a clash.
    Refusals of a finding have fields like `findings-0-narrative` and `findings-0-rating-<dimension>`.
    """
    with recorded(by=by, verb="record_contact"):
        work = plan(by, drafts, Known(lock=True), upsert=upsert)
        refuse(*work.refusals)
        carry_out(work)
    return work.contacts


def check(by, drafts, known=None, upsert=False):
    """Every reason why these drafts cannot be recorded, without recording them."""
    return plan(by, drafts, known or Known(), upsert=upsert).refusals


def holds(by, verb, contact):
    """Why this person cannot do a verb now that concerns all whom a contact is about: the first reason of each kind."""
    gate, found = Gate(by, verb), {}
    rows = Evaluation.objects.filter(findings__contact=contact).select_related("cadre", "group").order_by("pk")
    for row in rows:
        refusal = gate.refusal(row.unit_id, about=row.cadre_id)
        if refusal is None and row.state != Evaluation.State.GATHERING:
            refusal = Refusal("evidence_locked", {"value": str(row), "state": row.state})
        if refusal:
            found.setdefault(refusal.code, refusal)
    if contact.campaign.state != Campaign.State.OPEN:
        found["campaign_closed"] = Refusal("campaign_closed", {"campaign": contact.campaign.code})
    for code in ("role_missing", "own_file", "file_of_kin", "outside_scope"):
        if code in found:
            return [found[code]]
    return list(found.values())


def withdraw(*, by, finding, why, on=None):
    """Take a finding out of the count. It stays as evidence and never comes back."""
    access.demand(by, "withdraw_finding", finding)
    why, on = inputs.plain_text(why), on or timezone.localdate()
    with recorded(by=by, verb="withdraw_finding", reason=why):
        campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=finding.evaluation.campaign_id)
        evaluation = Evaluation.objects.select_for_update(of=("self",)).get(pk=finding.evaluation_id)
        finding = Finding.objects.select_for_update(of=("self",)).select_related("contact").get(pk=finding.pk)
        refuse(*_withdrawal_problems(campaign, evaluation, finding, why, on))
        finding.withdrawn_on, finding.withdrawn_why = on, why
        finding.save(update_fields=["withdrawn_on", "withdrawn_why"])
        recombine_rows([evaluation.pk])
    return finding


def _withdrawal_problems(campaign, evaluation, finding, why, on):
    if not why:
        yield Refusal("required", {}, "why")
    if len(why) > 1000:
        yield Refusal("too_long", {"limit": 1000, "length": len(why)}, "why")
    if finding.withdrawn_on:
        yield Refusal("finding_withdrawn", {"on": finding.withdrawn_on})
    if campaign.state != Campaign.State.OPEN:
        yield Refusal("campaign_closed", {"campaign": campaign.code})
    if evaluation.state != Evaluation.State.GATHERING:
        yield Refusal("evidence_locked", {"value": str(evaluation), "state": evaluation.state})
    if on > timezone.localdate():
        yield Refusal("in_future", {"value": on}, "on")
    elif on < timezone.localdate(finding.contact.held_at):
        facts = {"value": on, "held_at": timezone.localtime(finding.contact.held_at)}
        yield Refusal("withdrawn_before_held", facts, "on")


def next_number(campaign, besides=()):
    """The next free number of a campaign's contacts: "0001" and on."""
    number = Contact.objects.filter(campaign=campaign).count() + 1
    while True:
        some = [f"{n:04d}" for n in range(number, number + 50)]
        taken = set(Contact.objects.filter(campaign=campaign, number__in=some).values_list("number", flat=True))
        if free := next((text for text in some if text not in taken and text not in besides), None):
            return free
        number += 50


# --- plan and carry out, for this module and for imports


def plan(by, drafts, known, upsert=False, tell=None):
    """What recording these drafts would do. tell: called now and then with the row of the draft that is looked at."""
    known.campaigns.load(sorted({code_of(draft.campaign) for draft in drafts}))
    campaigns = dict(known.campaigns.rows)
    known.load_yards(scheme for c in campaigns.values() if (scheme := getattr(c, "scheme", None)))
    known.users.load(name for draft in drafts if draft.team is not UNSET for name in team_names(draft.team))
    keys = {
        assessee_key(finding.assessee, campaigns[code])
        for draft in drafts
        if (code := code_of(draft.campaign)) in campaigns
        for finding in draft.findings
    } - {None}
    known.load_evaluations(keys)
    lost = [key for key in keys if known.evaluation(key) is None]
    known.cadres.load(code for _, kind, code in lost if kind == "cadre")
    known.units.load(code for _, kind, code in lost if kind == "unit")
    members = (known.users.get(n) for d in drafts if d.team is not UNSET for n in team_names(d.team))
    known.kin({user.cadre_id for user in members if user and user.cadre_id})
    return Planner(by, drafts, known, Standing(drafts, campaigns), upsert).plan(tell)


class Standing:
    """What the database holds of the contacts that the drafts may mean."""

    def __init__(self, drafts, campaigns):
        self.by_pk, self.by_number, self.by_uuid = {}, {}, {}
        self.teams, self.users, self.findings, self.ratings = {}, {}, {}, {}
        self._evaluations, self._findings_of = None, {}
        self._load_contacts(drafts, campaigns)
        self._load_parts()

    def _load_contacts(self, drafts, campaigns):
        uuids = [draft.client_uuid for draft in drafts if draft.client_uuid]
        numbers = {}
        for draft in drafts:
            campaign = campaigns.get(code_of(draft.campaign))
            if campaign is not None and campaign.pk:
                numbers.setdefault(campaign.pk, set()).add(inputs.half_width(draft.number))
        rows = [{"pk__in": [draft.contact.pk for draft in drafts if draft.contact]}, {"client_uuid__in": uuids}]
        for campaign, some in numbers.items():
            some = sorted(some - {""})
            rows += [{"campaign": campaign, "number__in": some[i : i + CHUNK]} for i in range(0, len(some), CHUNK)]
        for which in rows:
            if not next(value for name, value in which.items() if name.endswith("__in")):
                continue
            for contact in Contact.objects.filter(**which):
                contact = self.by_pk.setdefault(contact.pk, contact)
                self.by_number[contact.campaign_id, contact.number] = contact
        self.by_uuid = {contact.client_uuid: contact for contact in self.by_pk.values()} if uuids else {}

    def _load_parts(self):
        pks = list(self.by_pk)
        for start in range(0, len(pks), CHUNK):
            some = pks[start : start + CHUNK]
            for contact, user in (
                TeamMember.objects.filter(contact__in=some).order_by("contact", "position").values_list("contact", "user")
            ):
                self.teams.setdefault(contact, []).append(user)
            for finding in Finding.objects.filter(contact__in=some).order_by("pk"):
                self.findings[finding.contact_id, finding.evaluation_id] = finding
                self._findings_of.setdefault(finding.contact_id, []).append(finding)
            ratings = Rating.objects.filter(finding__contact__in=some).order_by()
            for finding, dimension, level, pk in ratings.values_list("finding", "dimension", "level", "pk"):
                self.ratings.setdefault(finding, {})[dimension] = level, pk
        self.users = User.objects.in_bulk({pk for team in self.teams.values() for pk in team})

    def evaluations_of(self, contact):
        """The evaluations that a standing contact tells of."""
        if self._evaluations is None:
            pks = {finding.evaluation_id for finding in self.findings.values()}
            self._evaluations = Evaluation.objects.select_related("cadre", "group").in_bulk(pks)
        return [self._evaluations[finding.evaluation_id] for finding in self._findings_of.get(contact.pk, ())]


def carry_out(work: ContactPlan):
    """Write a plan and combine the evaluations that it touches; inside a recorded transaction."""
    _write_contacts(work)
    _write_team(work)
    findings = work.findings
    new = [item for item in findings if item.new]
    withdrawn = [item.finding for item in new if item.finding.withdrawn_on]
    ends = [(finding.withdrawn_on, finding.withdrawn_why) for finding in withdrawn]
    for finding in withdrawn:  # its ratings can only be written while it stands
        finding.withdrawn_on, finding.withdrawn_why = None, ""
    Finding.objects.bulk_create([item.finding for item in new], batch_size=500)
    _write_ratings(findings)
    for finding, (on, why) in zip(withdrawn, ends, strict=True):
        finding.withdrawn_on, finding.withdrawn_why = on, why
    changed = [item.finding for item in findings if item.changes]
    fields = ["narrative", "example", "withdrawn_on", "withdrawn_why"]
    if changed or withdrawn:
        Finding.objects.bulk_update(changed + withdrawn, fields, batch_size=500)
    touched = {item.finding.evaluation_id for item in findings}
    moved = [item.contact.pk for item in work.changed]
    touched |= set(Finding.objects.filter(contact__in=moved).order_by().values_list("evaluation", flat=True))
    recombine_rows(touched)


def _write_contacts(work):
    given = {(item.contact.campaign.code, item.contact.number) for item in work.new}
    for item in work.new:
        if not item.contact.number:
            campaign = item.contact.campaign
            item.contact.number = next_number(campaign, {number for code, number in given if code == campaign.code})
            given.add((campaign.code, item.contact.number))
    Contact.objects.bulk_create([item.contact for item in work.new], batch_size=500)
    changed = [item.contact for item in work.changed if item.changes]
    if changed:
        fields = sorted({name for item in work.changed for name in item.changes})
        Contact.objects.bulk_update(changed, fields, batch_size=500)


def _write_team(work):
    renewed = [item for item in work.new + work.changed if item.team]
    pks = [item.contact.pk for item in work.changed if item.team]
    if pks:
        TeamMember.objects.filter(contact__in=pks).delete()
    rows = [(item.contact.pk, user.pk, position) for item in renewed for position, user in enumerate(item.team)]
    TeamMember.objects.bulk_insert(["contact_id", "user_id", "position"], rows)


def _write_ratings(findings):
    gone = [(item.finding.pk, d.pk) for item in findings if not item.new for d, *_ in item.ratings]
    if gone:
        pairs = set(gone)
        rows = Rating.objects.filter(finding__in={finding for finding, _ in gone}).order_by()
        old = [pk for pk, *pair in rows.values_list("pk", "finding", "dimension") if tuple(pair) in pairs]
        for start in range(0, len(old), CHUNK):
            Rating.objects.filter(pk__in=old[start : start + CHUNK]).delete()
    rows = [(item.finding.pk, dimension.pk, level.pk) for item in findings for dimension, _, level in item.ratings if level is not None]
    Rating.objects.bulk_insert(["finding_id", "dimension_id", "level_id"], rows)
