"""Who has seen, revealed and exported a record, or a cadre with all that is about him.

Exports tell the keys of the records that they hold (`rules.ranges`); older ones do not, and may hold it.
"""

from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.db.models import Q

from assessment.queries.timeline import LOOKED
from assessment.rules.ranges import holds
from people.models import Cadre, Duty, Kinship, LedgerEntry, Sanction
from people.proof import recorded_models

#: What is about a cadre without being kept from himself: look-ups of the cadre.
BESIDES = {Duty: ("cadre",), Sanction: ("cadre",), Kinship: ("cadre", "relative")}
#: Record types of which an exchange workbook has rows.
IN_WORKBOOKS = frozenset(
    "people.unit people.cadre assessment.scheme assessment.campaign assessment.evaluation assessment.contact assessment.finding "
    "assessment.decision".split()
)


def about(cadre):
    """{record type: ids} of a cadre and all that is about him, also of what was deleted. One query for each model, and one."""
    found = {Cadre._meta.label_lower: {cadre}}
    for model in recorded_models():
        paths = BESIDES.get(model) or ((model.ledger_about,) if model.ledger_about else ())
        if paths:
            which = reduce(or_, (Q(**{path: cadre}) for path in paths))
            found[model._meta.label_lower] = set(model._base_manager.filter(which).order_by().values_list("pk", flat=True))
    gone = LedgerEntry.objects.filter(object_type__in=found, after__isnull=True, before__cadre_id=cadre).order_by()
    for object_type, pk in gone.values_list("object_type", "object_id"):
        found[object_type].add(pk)
    return found


def of(entries, records):
    """Entries of these records themselves; records: {record type: ids}."""
    which = (Q(object_type=kind, object_id__in=pks) for kind, pks in records.items() if pks)
    return entries.filter(reduce(or_, which, Q(pk=None)))


def holding(entries, records):
    """Numbers of the exports, newest first, that certainly hold one of these records among others."""
    exports = entries.filter(verb="export", object_id=None, after__has_key="ids").order_by("-seq")
    for seq, ids in exports.values_list("seq", "after__ids").iterator():
        if any(holds(ids[kind], pk) for kind, pks in records.items() if kind in ids for pk in pks):
            yield seq


def perhaps(entries, object_type, since):
    """Exports after entry `since`, newest first, of the days when they did not tell yet what they held: they may hold a record."""
    kinds = [object_type, *(["workbook"] if object_type in IN_WORKBOOKS else [])]
    rows = entries.filter(verb="export", object_id=None, object_type__in=kinds, seq__gt=since)
    return rows.exclude(after__has_key="ids").exclude(after__has_key="of").exclude(after__has_key="template").order_by("-seq")


@dataclass
class Person:
    """What one person looked at and took along. why: his latest reasons, each once."""

    actor_id: int | None
    name: str
    times: dict = field(default_factory=lambda: dict.fromkeys(("view", "reveal", "export"), 0))
    first: object = None
    last: object = None
    why: list = field(default_factory=list)

    @property
    def looked(self):
        return self.times["view"]

    @property
    def revealed(self):
        return self.times["reveal"]

    @property
    def exported(self):
        return self.times["export"]


WHY = 3  # reasons told of one person


def seen(entries, records):
    """[(number, who, name, verb, when, why)], newest first: all that was looked at or taken along of these records."""
    columns = ("seq", "actor_id", "actor_name", "verb", "at", "reason")
    direct = list(of(entries, records).filter(verb__in=LOOKED).order_by().values_list(*columns))
    exports, wanted = list(holding(entries, records)), []
    for start in range(0, len(exports), 1000):
        wanted += entries.filter(pk__in=exports[start : start + 1000]).order_by().values_list(*columns)
    return sorted({*direct, *wanted}, reverse=True)


def by_person(rows):
    """[Person] of the rows of `seen`, the last to look first."""
    found = {}
    for _seq, actor, name, verb, at, reason in rows:
        person = found.setdefault(actor, Person(actor, name, last=at))
        person.times[verb] += 1
        person.first = at
        if reason and reason not in person.why and len(person.why) < WHY:
            person.why.append(reason)
    return list(found.values())
