"""Entries of the ledger in lists and exports."""

from itertools import islice

from django.utils.translation import gettext_lazy as _

from assessment.queries.history import changed_fields, in_one_line, record_name, type_name, words_for
from assessment.tables.base import A, CodeColumn, Column, DateTimeColumn, NumberColumn, Table
from assessment.wording import verb_name

CHUNK = 2000  # entries whose references are looked up together
SHORT = 160  # signs of the changes in a cell on screen: all of them stand in the timeline and in an export


class LedgerEntryTable(Table):
    """One row for each entry: what an export gives, and what can be sorted."""

    seq = NumberColumn(places=0, linkify=("ledgerentry_detail", [A("pk")]))
    at = DateTimeColumn()
    who = Column(verbose_name=_("Who"), accessor="actor_name")
    verb = Column()
    object_type = Column()
    record = Column(verbose_name=_("Record"), accessor="object_name")
    unit = Column(accessor="unit__name", order_by=("unit__code",))
    changed = Column(verbose_name=_("Fields changed"), empty_values=(), orderable=False)
    changes = Column(verbose_name=_("Changes"), empty_values=(), orderable=False)
    reason = Column()
    address = CodeColumn()
    request_id = CodeColumn(verbose_name=_("Request"))
    digest = CodeColumn()

    class Meta(Table.Meta):
        order_by = ("-seq",)
        title = "verb"
        default_columns = ("seq", "at", "who", "verb", "object_type", "record", "changes", "reason")

    _words = None

    def typed_rows(self, records):
        """Row by row, but references are looked up for many at once."""
        records = iter(records)
        while some := list(islice(records, CHUNK)):
            self._words = words_for(some) if any(column.name == "changes" for column in self.columns) else None
            yield from super().typed_rows(some)

    def render_verb(self, value):
        return verb_name(value)

    def value_verb(self, record):
        return verb_name(record.verb)

    def render_object_type(self, value):
        return type_name(value)

    def value_object_type(self, record):
        return type_name(record.object_type) if record.object_type else None

    def render_record(self, record):
        return self.value_record(record) or self.default

    def value_record(self, record):
        return record_name(record.object_type, record.object_name) or None

    def render_changed(self, record):
        return changed_fields(record) or self.default

    def value_changed(self, record):
        return changed_fields(record) or None

    def render_changes(self, record):
        if self._words is None:
            self._words = words_for(row.record for row in self.rows)
        text = in_one_line(record, self._words, SHORT)
        return text or self.default

    def value_changes(self, record):
        return in_one_line(record, self._words) or None
