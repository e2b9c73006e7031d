"""Campaigns: set up, roster, open and close. DESIGN sections 3, 5 and 9."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Max, Min
from django.utils import timezone

from assessment.actions import schemes
from assessment.actions.known import Known
from assessment.models import Campaign, Contact, DimensionScore, Evaluation, Finding, Scheme
from assessment.words import CAMPAIGN_KIND, CAMPAIGN_STATE
from people import access
from people.actions import inputs
from people.actions.plan import Gate, Item, Plan, look_up, read_row, read_rows, set_values, write
from people.ledger import recorded
from people.models import Cadre, Unit
from people.refusals import Refusal, refuse

State = Campaign.State
_count = inputs.Number(high=10_000_000, places=0, empty=0)
INPUTS = {
    "code": inputs.Key(),
    "title": inputs.Text(100, required=True),
    "kind": inputs.Word(CAMPAIGN_KIND, required=True),
    "scheme": inputs.Reference(required=True),
    "unit": inputs.Reference(required=True),
    "starts_on": inputs.Day(required=True),
    "ends_on": inputs.Day(required=True),
    "planned_on_site": _count,
    "planned_phone": _count,
    "planned_talk": _count,
    "blind": inputs.Flag(),
    "state": inputs.Word(CAMPAIGN_STATE, empty=State.DRAFT.value),
}
ROSTER = {"campaign": inputs.Key(), "cadre": inputs.Reference(), "unit": inputs.Reference()}


# --- the campaign


def save(*, by, rows):
    """Make or change campaigns by code; scheme and unit are records or codes. A new one is a draft unless its state is given.

    A campaign freezes the scheme that it takes. A closed one takes no change.
    """
    with recorded(by=by, verb="save_campaign"):
        work = plan(by, rows, Known(lock=True))
        refuse(*work.refusals)
        carry_out(work)
        carry_out_closing(work)
    return work.records


def open(*, by, campaign):
    """Let evidence come in: from draft, or again after closing."""
    return _turn(by, campaign, State.OPEN, "open_campaign")


def close(*, by, campaign):
    """No more evidence and no change of the roster. Evaluations can still be submitted and signed: see `still_open`."""
    return _turn(by, campaign, State.CLOSED, "close_campaign")


def still_open(campaign):
    """{state: number} of the campaign's evaluations that are not signed, for the page that asks before closing."""
    rows = Evaluation.objects.filter(campaign=campaign).exclude(state=Evaluation.State.SIGNED)
    return dict(Counter(rows.order_by().values_list("state", flat=True)))


def _turn(by, campaign, state, verb):
    access.demand(by, "close_campaign", campaign)
    with recorded(by=by, verb=verb):
        campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
        if state == State.CLOSED and campaign.state == State.DRAFT:
            refuse(Refusal("campaign_not_open", {"campaign": campaign.code}, "state"))
        campaign.state = state
        campaign.save(update_fields=["state"])
    return campaign


@dataclass
class CampaignPlan(Plan):
    """`closing`: the campaigns that the plan closes, when all else is done."""

    closing: list = field(default_factory=list)


def plan(by, rows, known):
    """What saving these rows would do; schemes and units that `known` will add count."""
    work, gate = CampaignPlan(), Gate(by, "save_campaign")
    read_rows(work, INPUTS, rows, known.campaigns, lambda code: Campaign(code=code))
    known.schemes.load(item.values.get("scheme") for item in work.items)
    known.units.load(item.values.get("unit") for item in work.items)
    held = _held([item.record.pk for item in work.items if not item.new])
    for item in work.items:
        campaign, before = item.record, None if item.new else (item.record.unit, item.record.state)
        found = look_up(work, item, "unit", known.units, "unknown_unit")
        look_up(work, item, "scheme", known.schemes, "unknown_scheme")
        set_values(item)
        if item.new and "state" in rows[item.row] and "state" not in item.values:
            campaign.state = State.OPEN  # unreadable: told here, and not once more for every contact
        if not (item.new or item.changes):
            continue
        refusal = gate.refusal(before[0]) if before else None
        if refusal is None and found and "unit" in item.changes:
            refusal = gate.refusal(campaign.unit, field="unit")
        if refusal:
            work.refusals.append(refusal.at(item.row))
        else:  # of what is none of his business nothing is told, the days of its contacts neither
            _check(work, item, before and before[1], held.get(campaign.pk))
        if "state" in item.changes and campaign.state == State.CLOSED:
            campaign.state = State.OPEN  # closing comes last
            work.closing.append(campaign)
    work.sort()
    return work


def carry_out(work):
    """Write a plan, but for closing: a campaign that is to be closed is open until `carry_out_closing`."""
    for item in work.new + work.changed:
        if "scheme" in item.changes and not item.record.scheme.frozen:
            schemes.freeze(item.record.scheme)
    write(work, Campaign)


def carry_out_closing(work):
    """Close the campaigns that the plan closes."""
    for campaign in work.closing:
        campaign.state = State.CLOSED
    Campaign.objects.bulk_update(work.closing, ["state"])


def _check(work, item, was, held):
    """Of a new or changed campaign. was: its state before; held: (first, last) day of its contacts, and its roster's size."""
    campaign, row = item.record, item.row
    if campaign.starts_on and campaign.ends_on and campaign.ends_on < campaign.starts_on:
        work.refuse("ends_before_start", row, "ends_on", start=campaign.starts_on, end=campaign.ends_on)
        return
    if was == State.CLOSED:
        work.refuse("campaign_closed", row, min(item.changes), campaign=campaign.code)
    elif was == State.OPEN and campaign.state == State.DRAFT:
        work.refuse("campaign_is_open", row, "state", campaign=campaign.code)
    if not held:
        return
    first, last, roster = held
    if "scheme" in item.changes and roster:
        work.refuse("scheme_of_roster", row, "scheme", value=campaign.scheme.code)
    if first and campaign.starts_on > first:
        work.refuse("contacts_outside_period", row, "starts_on", first=first, last=last)
    if last and campaign.ends_on < last:
        work.refuse("contacts_outside_period", row, "ends_on", first=first, last=last)


def _held(pks):
    """{campaign: (first day, last day of its contacts, is there a roster)}."""
    rows = Contact.objects.filter(campaign__in=pks).order_by().values_list("campaign").annotate(Min("held_at"), Max("held_at"))
    days = {pk: (timezone.localdate(first), timezone.localdate(last)) for pk, first, last in rows}
    rosters = set(Evaluation.objects.filter(campaign__in=pks).order_by().values_list("campaign", flat=True).distinct())
    return {pk: (*days.get(pk, (None, None)), pk in rosters) for pk in pks}


# --- the roster


def set_roster(*, by, campaign, cadres=(), groups=()):
    """Put cadres, or the leading groups of units, on the roster; those who are there stay. Returns the new evaluations."""
    rows = [{"campaign": campaign.code, "cadre": cadre} for cadre in cadres]
    rows += [{"campaign": campaign.code, "unit": unit} for unit in groups]
    with recorded(by=by, verb="set_roster"):
        work = plan_roster(by, rows, Known(lock=True))
        refuse(*work.refusals)
        carry_out_roster(work)
    return [item.record for item in work.new]


def plan_roster(by, rows, known):
    """What putting these on rosters would do. A row: campaign (code), and cadre or unit (record or code)."""
    work, gate = Plan(), Gate(by, "save_campaign")
    read = []
    for number, row in enumerate(rows):
        values = read_row(work, ROSTER, number, row)
        if "campaign" not in row:
            work.refuse("required", number, "campaign")
        if len(values) == len(row) and "campaign" in values:
            read.append((number, values))
    known.campaigns.load(values["campaign"] for _, values in read)
    known.cadres.load(values.get("cadre") for _, values in read)
    known.units.load(values.get("unit") for _, values in read)
    read = [(number, values, key) for number, values in read if (key := _key(work, number, values, known))]
    known.load_evaluations(key for _, _, key in read)
    first = {}
    for number, values, key in read:
        if key in first:
            work.refuse("duplicate_key", number, key[1], value=key[2], first=first[key])
            continue
        first[key] = number
        evaluation = known.evaluation(key)
        if evaluation is None:
            evaluation = _enlist(work, gate, number, key, known)
            if evaluation is None:
                known.refused.add(key)
                continue
            known.add_evaluation(key, evaluation)
        work.items.append(Item(number, evaluation, values))
    work.sort()
    return work


def carry_out_roster(work):
    """Write a plan of rosters."""
    write(work, Evaluation)


def remove_assessee(*, by, evaluation, reason=""):
    """Take somebody off the roster; only while nothing at all was found out about him."""
    access.demand(by, "save_campaign", evaluation.campaign)
    with recorded(by=by, verb="remove_assessee", reason=reason):
        campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=evaluation.campaign_id)
        evaluation = Evaluation.objects.select_for_update(of=("self",)).get(pk=evaluation.pk)
        if campaign.state == State.CLOSED:
            refuse(Refusal("campaign_closed", {"campaign": campaign.code}))
        if Finding.objects.filter(evaluation=evaluation).exists() or evaluation.version or evaluation.state != "gathering":
            refuse(Refusal("assessee_has_evidence", {"assessee": str(evaluation)}))
        DimensionScore.objects.filter(evaluation=evaluation).delete()
        evaluation.delete()


def _key(work, number, values, known):
    """The roster key of a row; None if it names nobody."""
    if bool(values.get("cadre")) == bool(values.get("unit")):
        work.refuse("cadre_or_unit", number, "cadre")
        return None
    if known.campaigns.get(values["campaign"]) is None:
        work.refuse("unknown_campaign", number, "campaign", value=values["campaign"])
        return None
    kind = "cadre" if values.get("cadre") else "unit"
    if (known.cadres if kind == "cadre" else known.units).get(values[kind]) is None:
        work.refuse(f"unknown_{kind}", number, kind, value=values[kind])
        return None
    return values["campaign"], kind, values[kind]


def _enlist(work, gate, number, key, known):
    """A new roster row, or None if it is refused."""
    campaign, kind = known.campaigns.get(key[0]), key[1]
    assessee = (known.cadres if kind == "cadre" else known.units).get(key[2])
    unit = getattr(assessee, "unit", None) if kind == "cadre" else assessee
    scheme, of = getattr(campaign, "scheme", None), getattr(campaign, "unit", None)
    if None in (unit, scheme, of):
        return None  # refused where it came from
    problems = len(work.refusals)
    if campaign.state == State.CLOSED:
        work.refuse("campaign_closed", number, "campaign", campaign=campaign.code)
    if (scheme.assessee == Scheme.Assessee.CADRE) != (kind == "cadre"):
        work.refuse("scheme_for_cadres" if kind == "unit" else "scheme_for_groups", number, kind, scheme=scheme.code)
    if refusal := gate.refusal(of, field="campaign") or gate.refusal(unit, field=kind):
        work.refusals.append(refusal.at(number))
    if len(work.refusals) > problems:
        return None
    evaluation = Evaluation(campaign=campaign, unit=unit)
    if isinstance(assessee, Cadre):
        evaluation.cadre = assessee
    elif isinstance(assessee, Unit):
        evaluation.group = assessee
    return evaluation
