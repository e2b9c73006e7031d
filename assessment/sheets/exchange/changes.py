"""What an import would change, old beside new, as far as whoever imports may see the old.

Of rows with errors nothing is told: what is wrong may be that the record is none of his business.
"""

from assessment.actions import evidence
from assessment.models import Contact
from assessment.queries.blind import sealed
from assessment.queries.contacts import with_source
from assessment.sheets.exchange.work import Change, worded

HIDDEN = "***"
SOURCE = frozenset({"source_name", "relation"})
CHUNK = 1000


def of_records(sheet, plan, kinds):
    """Changes of units, cadres, campaigns and the like."""
    bad = {refusal.row for refusal in plan.refusals}
    for item in plan.changed:
        if item.row not in bad:
            for name, (old, new) in item.changes.items():
                values = (worded(kinds.get(name), value) for value in (old, new))
                yield Change(sheet.title, sheet.numbers[item.row], str(getattr(item.record, "code", "")), sheet.heading(name), *values)


def of_contacts(by, sheet, plan, bad):
    """Changes of contacts and their findings. bad: numbers of the rows with errors; a contact with one of them is left out."""
    numbers = sheet.numbers
    items = [item for item in plan.items if not item.new and numbers[item.row] not in bad]
    items = [item for item in items if not any(numbers[finding.row] in bad for finding in item.findings)]
    told = _told(by, [item.contact.pk for item in items if SOURCE & item.changes.keys()])
    changed = [f.finding for item in items for f in item.findings if not f.new and (f.changes or f.ratings)]
    unseen = sealed(by, {finding.evaluation for finding in changed})
    for item in items:
        key = f"{item.contact.campaign.code} {item.contact.number}"
        for name, (old, new) in item.changes.items():
            old, new = (worded(evidence.CONTACT[name], value) for value in (old, new))
            if name in SOURCE and old and item.contact.pk not in told:
                old = HIDDEN
            yield Change(sheet.title, numbers[item.row], key, sheet.heading(name), old, new)
        if item.team:
            names = ("、".join(user.username for user in team) for team in (item.team_was, item.team))
            yield Change(sheet.title, numbers[item.row], key, sheet.heading("team"), *names)
        for finding in item.findings:
            if not finding.new:
                pairs = [(sheet.heading(name), *(worded(None, value) for value in pair)) for name, pair in finding.changes.items()]
                pairs += [(d.name, old.name if old else "", new.name if new else "") for d, old, new in finding.ratings]
                for heading, old, new in pairs:
                    hidden = finding.finding.evaluation_id in unseen
                    yield Change(sheet.title, numbers[finding.row], key, heading, HIDDEN if hidden else old, new)


def _told(by, contacts):
    """Those of the contacts whose source he may know."""
    found = set()
    for start in range(0, len(contacts), CHUNK):
        rows = with_source(Contact.objects.filter(pk__in=contacts[start : start + CHUNK]), by).filter(source_told=True)
        found.update(rows.order_by().values_list("pk", flat=True))
    return found
