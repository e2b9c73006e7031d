"""Entries of the ledger in lists and exports."""

from django.utils.translation import gettext_lazy as _

from assessment.queries.history import changed_fields, type_name
from assessment.tables.base import A, CodeColumn, Column, DateTimeColumn, NumberColumn, Table
from assessment.wording import verb_name


class LedgerEntryTable(Table):
    """What each entry changed stands here as labels only: its values are on its page."""

    seq = NumberColumn(places=0, linkify=("ledgerentry_detail", [A("pk")]))
    at = DateTimeColumn()
    who = Column(verbose_name=_("Who"), accessor="actor_name")
    verb = Column()
    object_type = Column()
    record = Column(verbose_name=_("Record"), accessor="object_name")
    unit = Column(accessor="unit__name", order_by=("unit__code",))
    changed = Column(verbose_name=_("Fields changed"), empty_values=(), orderable=False)
    reason = Column()
    address = CodeColumn()
    request_id = CodeColumn(verbose_name=_("Request"))
    digest = CodeColumn()

    class Meta(Table.Meta):
        order_by = ("-seq",)
        title = "verb"
        default_columns = ("seq", "at", "who", "verb", "object_type", "record", "changed", "reason")

    def render_verb(self, value):
        return verb_name(value)

    def value_verb(self, record):
        return verb_name(record.verb)

    def render_object_type(self, value):
        return type_name(value)

    def value_object_type(self, record):
        return type_name(record.object_type) if record.object_type else None

    def render_changed(self, record):
        return changed_fields(record) or self.default

    def value_changed(self, record):
        return changed_fields(record) or None
