"""Schemes in lists and exports."""

from django.utils.translation import gettext_lazy as _

from assessment.tables.base import A, CodeColumn, Column, NumberColumn, Table, YesNoColumn


class SchemeTable(Table):
    code = CodeColumn()
    title = Column(linkify=("scheme_detail", [A("pk")]))
    assessee = Column()
    dimension_count = NumberColumn(places=0, verbose_name=_("Dimensions"))
    on_site_weight = NumberColumn(places=2)
    phone_weight = NumberColumn(places=2)
    talk_weight = NumberColumn(places=2)
    team_size = NumberColumn(places=0)
    quota = NumberColumn(places=2)
    contested_gap = NumberColumn(places=2)
    campaign_count = NumberColumn(places=0, verbose_name=_("Campaigns"))
    is_frozen = YesNoColumn(verbose_name=_("In use, frozen"))
    digest = CodeColumn()

    class Meta(Table.Meta):
        order_by = ("code",)
        title = "title"
        default_columns = (
            "code", "title", "assessee", "dimension_count", "on_site_weight", "phone_weight", "talk_weight", "quota",
            "campaign_count", "is_frozen",
        )  # fmt: skip
