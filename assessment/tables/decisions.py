"""Decisions in lists and exports; and the signed evaluations among which one is chosen."""

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assessment.models import Decision
from assessment.tables.base import A, CodeColumn, Column, DateColumn, Table, TagColumn
from assessment.wording import grade_name

TONES = {
    Decision.State.PROPOSED: "wait",
    Decision.State.NOTICE: "info",
    Decision.State.CONFIRMED: "ok",
    Decision.State.REVOKED: "stop",
}


class DecisionTable(Table):
    code = CodeColumn(linkify=("decision_detail", [A("pk")]))
    kind = Column()
    state = TagColumn(tones=TONES)
    assessee = Column(verbose_name=_("Assessee"), accessor="assessee_name", order_by=("assessee_order",))
    unit = Column(verbose_name=_("Unit"), accessor="unit_name", order_by=("unit_order",))
    outcome = Column(linkify=("decision_detail", [A("pk")]))
    document_number = CodeColumn()
    basis = Column(verbose_name=_("Basis"), accessor="shown_bases", orderable=False)
    doubt = Column(verbose_name=_("Look again"), accessor="superseded", empty_values=(), orderable=False)
    proposed_on = DateColumn()
    proposed_by = Column(order_by=("proposed_by__username",))
    notice_from = DateColumn()
    notice_until = DateColumn()
    confirmed_on = DateColumn()
    confirmed_by = Column(order_by=("confirmed_by__username",))
    revoked_on = DateColumn()
    mentor = Column(accessor="mentor__name", order_by=("mentor__pinyin", "mentor__name"))
    next_due = DateColumn(verbose_name=_("Next follow-up"))

    class Meta(Table.Meta):
        order_by = ("-proposed_on", "-code")
        title = "outcome"
        default_columns = (
            "code",
            "kind",
            "state",
            "doubt",
            "assessee",
            "unit",
            "outcome",
            "document_number",
            "basis",
            "proposed_on",
            "confirmed_on",
        )

    def value_proposed_by(self, record):
        return str(record.proposed_by)

    def value_confirmed_by(self, record):
        return str(record.confirmed_by) if record.confirmed_by_id else None

    def render_basis(self, record):
        links = ((reverse("evaluation_detail", args=[basis.opinion.evaluation_id]), basis_words(basis)) for basis in record.shown_bases)
        return format_html_join(_t("; "), '<a href="{}">{}</a>', links) or self.default

    def value_basis(self, record):
        return _t("; ").join(f"{basis_words(basis)} {basis.opinion.digest}" for basis in record.shown_bases) or None

    def render_doubt(self, record):
        words = doubts(record)
        return format_html('<span class="tag stop">{}</span>', _t("; ").join(words)) if words else self.default

    def value_doubt(self, record):
        return _t("; ").join(doubts(record)) or None


def basis_words(basis):
    """A basis in a few words: the campaign and the version of the opinion."""
    return _t("%(campaign)s, version %(number)s") % {"campaign": basis.opinion.evaluation.campaign, "number": basis.opinion.number}


def doubts(record):
    """Why a decision asks for a look."""
    found = [_t("basis superseded")] if record.superseded else []
    return [*found, _t("under appeal")] if record.appealed else found


class ChoiceTable(Table):
    """Signed evaluations: each leads to the form of a decision resting on it."""

    name = Column(
        verbose_name=_("Assessee"),
        accessor="name_shown",
        order_by=("name_order",),
        linkify=lambda record: f"{reverse('decision_add')}?evaluation={record.pk}",
    )
    unit = Column(verbose_name=_("Unit"), accessor="unit__name", order_by=("unit__code",))
    campaign = Column(verbose_name=_("Campaign"), accessor="campaign__title", order_by=("-campaign__starts_on", "campaign__code"))
    grade = Column(empty_values=())
    version = Column()
    decided = Column(verbose_name=_("Decided already"))

    class Meta(Table.Meta):
        order_by = ("campaign", "name")
        title = "name"

    def render_grade(self, value):
        return grade_name(value)

    def render_decided(self, value):
        return Decision.Kind(value).label
