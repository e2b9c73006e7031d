"""The table of evaluations: one column for each dimension of the schemes that are listed."""

import hashlib

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessment.models import Evaluation
from assessment.queries import evaluations as queries
from assessment.tables.base import A, CodeColumn, Column, DateTimeColumn, NumberColumn, Table, TagColumn, YesNoColumn
from assessment.wording import grade_name

TONES = {Evaluation.State.GATHERING: "wait", Evaluation.State.SUBMITTED: "info", Evaluation.State.SIGNED: "ok"}


def column_name(dimension):
    """Name of a dimension's column in addresses: dimensions of one name share a column."""
    return f"dim_{hashlib.sha256(dimension.encode()).hexdigest()[:8]}"


class DimensionColumn(NumberColumn):
    """The score of one dimension, from the rows that the list fetched together."""

    def __init__(self, dimension_ids, **options):
        super().__init__(accessor="pk", places=2, empty_values=(), **options)
        self.dimension_ids = dimension_ids

    def score(self, record):
        if record.hidden:
            return None
        return next((row.score for row in record.dimension_rows if row.dimension_id in self.dimension_ids), None)

    def render(self, record):
        score = self.score(record)
        return "—" if score is None else f"{score:.2f}"

    def typed(self, value, record, table):
        return self.score(record)


class EvaluationTable(Table):
    """Evaluations; numbers are the `seen_` ones of `queries.evaluations.with_numbers`."""

    name = Column(
        gettext_lazy("Name"),
        accessor="assessee",
        linkify=("evaluation_detail", [A("pk")]),
        order_by=("cadre__pinyin", "cadre__name", "group__name"),
    )
    code = CodeColumn(gettext_lazy("Code"), accessor="assessee__code", order_by=("cadre__code", "group__code"))
    unit = Column(gettext_lazy("Unit"), accessor="unit__name", order_by=("unit__code",))
    post = Column(gettext_lazy("Post"), accessor="cadre__post", order_by=("cadre__post",))
    campaign = Column(gettext_lazy("Campaign"), accessor="campaign__title", order_by=("begun", "campaign__starts_on", "campaign__code"))
    state = TagColumn(gettext_lazy("State"), tones=TONES, order_by=("state_order",))
    count_on_site = NumberColumn(gettext_lazy("On site"), places=0)
    count_phone = NumberColumn(gettext_lazy("By phone"), places=0)
    count_talk = NumberColumn(gettext_lazy("Talks"), places=0)
    relations = NumberColumn(gettext_lazy("Source relations"), places=0)
    leads = NumberColumn(gettext_lazy("Leads"), places=0)
    score = NumberColumn(gettext_lazy("Score"), accessor="seen_score", places=2)
    grade = Column(gettext_lazy("Grade"), accessor="seen_grade", order_by=("grade_order",), empty_values=(), initial_sort_descending=True)
    contested = YesNoColumn(gettext_lazy("Contested"), accessor="seen_contested", tone="stop", order_by=("seen_contested",))
    author = Column(gettext_lazy("Author"), order_by=("author__username",))
    submitted_at = DateTimeColumn(gettext_lazy("Submitted at"))
    version = NumberColumn(gettext_lazy("Version"), places=0)

    class Meta(Table.Meta):
        model = Evaluation
        fields = ()
        order_by = ("-campaign", "name")
        title = "name"
        before = ("name", "code", "unit", "post", "campaign", "state", "score", "grade", "contested")
        after = ("count_on_site", "count_phone", "count_talk", "relations", "leads", "author", "submitted_at", "version")
        default_columns = ("name", "unit", "campaign", "state", "score", "grade", "contested", "count_on_site", "count_phone", "count_talk")

    def render_grade(self, record):
        if record.hidden:
            return format_html('<span class="sub">{}</span>', _("Blind until your own marks are in"))
        grade = grade_name(record.seen_grade)
        if record.state == Evaluation.State.GATHERING and record.seen_grade:
            return format_html('{} <span class="sub">{}</span>', grade, _("proposed"))
        return grade if record.seen_grade else format_html('<span class="sub">{}</span>', grade)

    def value_grade(self, record):
        return None if record.hidden else grade_name(record.seen_grade)

    def render_author(self, record):
        return str(record.author)

    def value_author(self, record):
        return str(record.author) if record.author_id else None

    def value_name(self, record):
        return str(record.assessee)


class WithDimensions(EvaluationTable):
    """Base of the tables that `with_dimensions` makes. dimension_ids: by name of column."""

    dimension_ids = {}

    class Meta(EvaluationTable.Meta):
        pass

    @classmethod
    def in_order(cls, queryset, sort=()):
        for name in {name.removeprefix("-") for name in sort} & cls.dimension_ids.keys():
            queryset = queries.with_dimension(queryset, name, cls.dimension_ids[name])
        return super().in_order(queryset, sort)


def with_dimensions(dimensions, shown):
    """The table with a column for each dimension given as (name, ids); `shown`: names of those shown at first."""
    ids = {column_name(name): found for name, found in dimensions}
    columns = {column_name(name): DimensionColumn(found, verbose_name=name, order_by=(column_name(name),)) for name, found in dimensions}
    meta = EvaluationTable.Meta
    default = (*meta.default_columns[:-3], *map(column_name, shown), *meta.default_columns[-3:])
    own = type("Meta", (meta,), {"sequence": (*meta.before, *columns, *meta.after), "default_columns": default})
    return type("EvaluationTable", (WithDimensions,), {**columns, "dimension_ids": ids, "Meta": own})
