"""The table of contacts; the columns that tell who said it stand in a table of their own."""

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from assessment.models import Contact
from assessment.tables.base import A, CodeColumn, Column, DateTimeColumn, NumberColumn, Table

BETWEEN = "、"


class ContactTable(Table):
    """Contacts without who said it: for managers."""

    number = CodeColumn(linkify=("contact_detail", [A("pk")]))
    campaign = Column(accessor="campaign__title", verbose_name=_("Campaign"), order_by=("campaign__starts_on", "campaign__code"))
    method = Column()
    held_at = DateTimeColumn()
    place = Column()
    team = Column(_("Team, lead first"), accessor="pk", order_by=("lead_name",))
    assessees = Column(_("Assessees"), accessor="pk", orderable=False)
    person_times = NumberColumn(_("Person-times"), accessor="pk", places=0, orderable=False)
    recorder = Column(accessor="recorder", order_by=("recorder__username",))
    received_at = DateTimeColumn()

    class Meta(Table.Meta):
        model = Contact
        fields = ()
        order_by = ("-held_at", "-number")
        title = "assessees"
        default_columns = ("number", "campaign", "method", "held_at", "place", "team", "assessees", "source", "relation")

    def render_assessees(self, record):
        links = ((reverse("evaluation_detail", args=[f.evaluation_id]), str(f.evaluation)) for f in record.shown)
        return format_html_join(BETWEEN, '<a href="{}">{}</a>', links)

    def value_assessees(self, record):
        return BETWEEN.join(str(finding.evaluation) for finding in record.shown)

    def render_team(self, record):
        return self.value_team(record)

    def value_team(self, record):
        return BETWEEN.join(str(member.user) for member in record.members)

    def render_person_times(self, record):
        return self.value_person_times(record)

    def value_person_times(self, record):
        return sum(finding.withdrawn_on is None for finding in record.shown)

    def value_recorder(self, record):
        return str(record.recorder)


class SourceTable(ContactTable):
    """Contacts with who said it, for those who may know of some of them; blank where not."""

    source = Column(_("Source"), accessor="seen_source")
    source_post = Column(_("Post of the source"), accessor="seen_post")
    relation = Column(_("Relation"), accessor="seen_relation")

    class Meta(ContactTable.Meta):
        sequence = ("number", "campaign", "method", "held_at", "place", "team", "assessees", "source", "source_post", "relation", "...")

    def render_relation(self, record):
        return self.value_relation(record) or "—"

    def value_relation(self, record):
        return str(Contact.Relation(record.seen_relation).label) if record.seen_relation else None
