"""Duties in lists and exports."""

from django.utils.translation import gettext_lazy as _

from assessment.tables.base import A, Column, DateColumn, NumberColumn, Table, YesNoColumn


class DutyTable(Table):
    kind = Column(linkify=("duty_detail", [A("pk")]))
    unit = Column(accessor="unit__name", order_by=("unit__code",), verbose_name=_("Unit"))
    place = Column()
    cadre = Column(accessor="cadre__name", order_by=("cadre__pinyin", "cadre__name"), verbose_name=_("Cadre"))
    headcount = NumberColumn(places=0)
    starts_on = DateColumn()
    ends_on = DateColumn()
    trained_on = DateColumn()
    untrained = YesNoColumn(verbose_name=_("On duty before training"), tone="stop")

    class Meta(Table.Meta):
        order_by = ("unit", "kind")
        title = "kind"
        default_columns = ("unit", "kind", "place", "cadre", "headcount", "starts_on", "ends_on", "trained_on", "untrained")

    def render_untrained(self, value, column):
        return column.render(value) if value else self.default
