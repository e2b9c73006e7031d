"""Units in lists and exports."""

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from assessment.tables.base import A, CodeColumn, Column, DateColumn, NumberColumn, Table


class UnitTable(Table):
    """Unless one sorts, in the order of the tree, each unit set in below its parent."""

    code = CodeColumn()
    name = Column(linkify=("unit_detail", [A("pk")]))
    kind = Column()
    parent = Column(accessor="parent__name", order_by=("parent__code",), verbose_name=_("Parent unit"))
    cadre_count = NumberColumn(places=0, verbose_name=_("Cadres"))
    evaluation_count = NumberColumn(places=0, verbose_name=_("Evaluations"))
    formed_on = DateColumn()
    disbanded_on = DateColumn()

    class Meta(Table.Meta):
        order_by = ()
        title = "name"
        default_columns = ("code", "name", "kind", "parent", "cadre_count", "evaluation_count")

    @classmethod
    def in_order(cls, queryset, sort=()):
        return super().in_order(queryset, sort) if sort else queryset.with_tree_fields()

    def render_name(self, record, value):
        depth = min(getattr(record, "tree_depth", 0), 6)
        return format_html('<span class="depth-{}">{}</span>', depth, value) if depth else value
