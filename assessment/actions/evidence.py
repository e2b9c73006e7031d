"""Planning of contacts: what the drafts change, and every reason why they may not. Writes nothing.

Sources of the rules: DESIGN sections 3, 5 and 9; recusal 公务员法 74 to 77; two assessors 任用条例 33 (SECONDARY, so the
number is the scheme's).
"""


from django.utils import timezone

from assessment.actions.contact_plan import ContactItem, ContactPlan, FindingItem
from assessment.actions.drafts import UNSET, assessee_key, code_of, team_names
from assessment.models import Campaign, Contact, Evaluation, Finding
from assessment.words import METHOD, RELATION
from people.actions import inputs
from people.actions.plan import Gate, read_row

CONTACT = {
    "method": inputs.Word(METHOD, required=True),
    "held_at": inputs.Moment(required=True),
    "place": inputs.Text(100),
    "source_name": inputs.Text(60),
    "source_post": inputs.Text(100),
    "relation": inputs.Word(RELATION),
}
FINDING = {
    "narrative": inputs.Text(required=True),
    "example": inputs.Text(),
    "withdrawn_on": inputs.Day(past=True),
    "withdrawn_why": inputs.Text(1000),
}
SOURCE = ("source_name", "source_post", "relation")


class Planner:
    """One pass over the drafts; `standing` is what `load` found of them in the database."""

    def __init__(self, by, drafts, known, standing, upsert):
        self.by, self.drafts, self.known, self.standing, self.upsert = by, drafts, known, standing, upsert
        self.work = ContactPlan()
        self.gate, self.view_source = Gate(by, "record_contact"), Gate(by, "view_source")
        self.taken, self.sent = {}, {}  # by number, by uuid: what these drafts bring themselves

    def plan(self, tell=None):
        for index, draft in enumerate(self.drafts):
            row = draft.row if draft.row is not None else index
            if tell and index % 100 == 0:
                tell(row)
            self._plan_contact(row, draft)
        self.work.sort()
        return self.work

    # --- the contact

    def _plan_contact(self, row, draft):
        work, standing = self.work, self.standing
        campaign = self.known.campaigns.get(code_of(draft.campaign))
        if campaign is None:
            code = code_of(draft.campaign)
            work.refuse("unknown_campaign" if code else "required", row, "campaign", value=code)
            self._read_without_campaign(row, draft)
            return
        if draft.client_uuid and (sent := standing.by_uuid.get(draft.client_uuid) or self.sent.get(draft.client_uuid)):
            if sent.recorder_id == self.by.pk:
                work.items.append(ContactItem(row, sent, new=False, sent=True))
            else:
                work.refuse("uuid_taken", row)
            return
        number = self._number(row, draft, campaign)
        if number is None:
            return
        contact = draft.contact and standing.by_pk.get(draft.contact.pk)
        if contact is None and number:
            contact = standing.by_number.get((campaign.pk, number)) if campaign.pk else None
            if contact and not self.upsert:
                work.refuse("number_taken", row, "number", value=number)
                return
        new = contact is None
        if new:
            contact = Contact(campaign=campaign, number=number, recorder=self.by)
            if draft.client_uuid:
                contact.client_uuid = draft.client_uuid
                self.sent[draft.client_uuid] = contact
        elif number and number != contact.number:
            work.refuse("number_stays", row, "number", value=contact.number)
        item = ContactItem(row, contact, new)
        work.items.append(item)
        problems = len(work.refusals)
        self._read_contact(item, draft, campaign)
        self._read_team(item, draft, campaign)
        self._read_findings(item, draft, campaign)
        touched = item.new or item.changes or item.team or item.findings
        if touched and campaign.state != Campaign.State.OPEN:
            closed = campaign.state == Campaign.State.CLOSED
            work.refuse("campaign_closed" if closed else "campaign_not_open", row, "campaign", campaign=campaign.code)
        elif (item.changes or item.team) and not item.new and len(work.refusals) == problems:
            self._check_hold(item)

    def _number(self, row, draft, campaign):
        """The number, "" for the next free one, None if it is refused."""
        try:
            number = inputs.Key(required=False).read(draft.number)
        except inputs.Unreadable as problem:
            self.work.refuse(problem.code, row, "number", **problem.facts)
            return None
        if number:
            key = campaign.code, number
            if key in self.taken:
                self.work.refuse("duplicate_key", row, "number", value=number, first=self.taken[key])
                return None
            self.taken[key] = row
        return number

    def _read_contact(self, item, draft, campaign):
        work, contact, row = self.work, item.contact, item.row
        given = {name: getattr(draft, name) for name in CONTACT if getattr(draft, name) is not UNSET}
        if not item.new and self._source_hidden(contact, campaign):
            # He cannot see who said it, so a blank is not his wish to clear it.
            given = {name: value for name, value in given.items() if name not in SOURCE or inputs.plain_text(value)}
        values = read_row(work, CONTACT, row, given)
        for name, value in values.items():
            if item.new:
                setattr(contact, name, value)
            elif (old := getattr(contact, name)) != value:
                setattr(contact, name, value)
                item.changes[name] = (old, value)
        if not (item.new or item.changes):
            return
        for name in ("method", "held_at"):
            if item.new and name not in given:
                work.refuse("required", row, name)
        if contact.method == "on_site" and not contact.place and "place" not in given.keys() - values.keys():
            work.refuse("place_missing", row, "place")
        if contact.method in ("phone", "talk") and not contact.source_name and "source_name" not in given.keys() - values.keys():
            work.refuse("source_missing", row, "source_name")
        starts_on, ends_on = getattr(campaign, "starts_on", None), getattr(campaign, "ends_on", None)
        if contact.held_at and starts_on and ends_on and not starts_on <= timezone.localdate(contact.held_at) <= ends_on:
            facts = {"value": timezone.localtime(contact.held_at), "start": starts_on, "end": ends_on}
            work.refuse("outside_campaign", row, "held_at", **facts)

    def _source_hidden(self, contact, campaign):
        recused = self.view_source.reach.recused
        about = (evaluation.cadre_id for evaluation in self.standing.evaluations_of(contact)) if recused else ()
        return not self.view_source.reaches(campaign.unit) or not recused.isdisjoint(about)

    def _read_without_campaign(self, row, draft):
        """Nothing can be done, but what is wrong beside that is told as well."""
        read_row(self.work, CONTACT, row, {name: value for name in CONTACT if (value := getattr(draft, name)) is not UNSET})
        for name in sorted({n for n in team_names(draft.team or ()) if self.known.users.get(n) is None}):
            self.work.refuse("unknown_user", row, "team", value=name)
        for index, finding in enumerate(draft.findings):
            self._values(finding.row if finding.row is not None else row, f"findings-{index}-", finding)

    # --- the team

    def _read_team(self, item, draft, campaign):
        work, row = self.work, item.row
        if draft.team is UNSET:
            if item.new:
                work.refuse("required", row, "team")
            return
        names, problems = team_names(draft.team), len(work.refusals)
        if not names:
            work.refuse("required", row, "team")
            return
        for name in sorted(n for n in set(names) if self.known.users.get(n) is None):
            work.refuse("unknown_user", row, "team", value=name)
        for name in sorted(n for n in set(names) if names.count(n) > 1):
            work.refuse("twice_in_team", row, "team", value=name)
        if len(work.refusals) > problems:
            return
        team = [self.known.users.get(name) for name in names]
        present = self.standing.teams.get(item.contact.pk, [])
        if not item.new and [user.pk for user in team] == present:
            return
        item.team, item.team_was = team, [self.standing.users[pk] for pk in present]
        for user in team:
            if not user.is_active and user.pk not in present:
                work.refuse("user_inactive", row, "team", value=user.username)
        scheme = getattr(campaign, "scheme", None)
        if scheme and len(team) < scheme.team_size:
            work.refuse("team_too_small", row, "team", value=len(team), need=scheme.team_size)

    def _recusals(self, item, row, evaluation, field):
        """Nobody assesses himself or his kin."""
        if not evaluation.cadre_id and not getattr(evaluation, "cadre", None):
            return
        cadre = evaluation.cadre
        team = item.team
        if team is None:
            team = [self.standing.users[pk] for pk in self.standing.teams.get(item.contact.pk, ())]
        for user in team:
            if user.cadre_id and cadre.pk in self.known.kin([user.cadre_id])[user.cadre_id]:
                code = "team_own_file" if user.cadre_id == cadre.pk else "team_file_of_kin"
                self.work.refuse(code, row, field, member=user.username, cadre=cadre.name)

    # --- the findings

    def _read_findings(self, item, draft, campaign):
        work = self.work
        if item.new and not draft.findings:
            work.refuse("no_finding", item.row, "findings")
        seen = {}
        for index, finding_draft in enumerate(draft.findings):
            row = finding_draft.row if finding_draft.row is not None else item.row
            prefix = f"findings-{index}-"
            evaluation = self._evaluation(row, prefix, finding_draft, campaign)
            if evaluation is None:
                self._values(row, prefix, finding_draft)
                self._ratings(row, prefix, finding_draft, campaign, None)
                continue
            key = id(evaluation) if evaluation.pk is None else evaluation.pk
            if key in seen:
                work.refuse("assessee_twice", row, prefix + "assessee", value=str(evaluation), first=seen[key])
                continue
            seen[key] = row
            self._read_finding(item, row, prefix, finding_draft, campaign, evaluation)

    def _evaluation(self, row, prefix, draft, campaign):
        key = assessee_key(draft.assessee, campaign)
        evaluation = self.known.evaluation(key) if key else None
        if evaluation is not None:
            return evaluation
        if key in self.known.refused:
            return None  # why he is not on the roster was told there
        if key is None:
            self.work.refuse("cadre_or_unit", row, prefix + "assessee")
            return None
        shelf = self.known.cadres if key[1] == "cadre" else self.known.units
        code = "not_on_roster" if shelf.get(key[2]) else f"unknown_{key[1]}"
        self.work.refuse(code, row, prefix + "assessee", value=key[2], campaign=campaign.code)
        return None

    def _read_finding(self, item, row, prefix, draft, campaign, evaluation):
        work = self.work
        values = self._values(row, prefix, draft)
        finding = self.standing.findings.get((item.contact.pk, evaluation.pk)) if not item.new and evaluation.pk else None
        ratings = self._ratings(row, prefix, draft, campaign, finding)
        before = None if finding is None else finding.withdrawn_on
        new = finding is None
        if new:
            finding = Finding(contact=item.contact, evaluation=evaluation, **values)
            if draft.narrative is UNSET:
                work.refuse("required", row, prefix + "narrative")
        planned = FindingItem(row, finding, new, ratings=ratings)
        for name, value in () if new else values.items():
            if (old := getattr(finding, name)) != value:
                setattr(finding, name, value)
                planned.changes[name] = (old, value)
        if not (planned.new or planned.changes or ratings):
            return
        item.findings.append(planned)
        if before:
            work.refuse("finding_withdrawn", row, prefix + (min(planned.changes, default="assessee")), on=before)
            return
        self._check_finding(item, planned, row, prefix, evaluation)

    def _values(self, row, prefix, draft):
        return read_row(self.work, FINDING, row, {name: value for name in FINDING if (value := getattr(draft, name)) is not UNSET}, prefix)

    def _check_finding(self, item, planned, row, prefix, evaluation):
        work, finding = self.work, planned.finding
        if refusal := self.gate.refusal(evaluation.unit_id or evaluation.unit, about=evaluation.cadre_id, field=prefix + "assessee"):
            work.refusals.append(refusal.at(row))
        if evaluation.state != Evaluation.State.GATHERING:
            work.refuse("evidence_locked", row, prefix + "assessee", value=str(evaluation), state=evaluation.state)
        if planned.new:
            self._recusals(item, row, evaluation, prefix + "assessee")
        if bool(finding.withdrawn_on) != bool(finding.withdrawn_why):
            blank = "withdrawn_why" if finding.withdrawn_on else "withdrawn_on"
            work.refuse("withdrawn_half", row, prefix + blank)
        elif finding.withdrawn_on and item.contact.held_at:
            if finding.withdrawn_on < timezone.localdate(item.contact.held_at):
                facts = {"value": finding.withdrawn_on, "held_at": timezone.localtime(item.contact.held_at)}
                work.refuse("withdrawn_before_held", row, prefix + "withdrawn_on", **facts)

    def _ratings(self, row, prefix, draft, campaign, finding):
        """(dimension, old level, new level) of the ratings that change."""
        scheme, changes = getattr(campaign, "scheme", None), []
        if scheme is None:
            return []
        yard = self.known.yard(scheme)
        present = self.standing.ratings.get(finding.pk, {}) if finding is not None else {}
        for key, value in draft.ratings.items():
            name = getattr(key, "name", key)
            text = inputs.plain_text(getattr(value, "name", value))
            dimension = yard.dimension(key)
            if dimension is not None and name != dimension.name and dimension.name in draft.ratings:
                dimension = None  # a column of its very name is there: this one is of another scheme
            if dimension is None:
                if text:
                    self.work.refuse("dimension_not_in_scheme", row, f"{prefix}rating-{name}", value=text, scheme=scheme.code)
                continue
            level = yard.level(value) if text else None
            if text and level is None:
                expected = [each.name for each in yard.levels]
                self.work.refuse("unknown_word", row, f"{prefix}rating-{name}", value=text, expected=expected)
                continue
            was = present[dimension.pk][0] if dimension.pk in present else None
            if (level.pk if level else None) != was or (level and level.pk is None):
                changes.append((dimension, next((each for each in yard.levels if each.pk == was), None) if was else None, level))
        return changes

    def _check_hold(self, item):
        """Common fields of an existing contact change: may he, for all whom it concerns, and is none of them locked?"""
        for evaluation in self.standing.evaluations_of(item.contact):
            refusal = self.gate.refusal(evaluation.unit_id, about=evaluation.cadre_id)
            if refusal:
                self.work.refusals.append(refusal.at(item.row))
                return
            field = min(item.changes, default="team")
            if evaluation.state != Evaluation.State.GATHERING:
                self.work.refuse("evidence_locked", item.row, field, value=str(evaluation), state=evaluation.state)
                return
            if item.team:
                self._recusals(item, item.row, evaluation, "team")
