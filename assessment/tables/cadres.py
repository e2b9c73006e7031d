"""Cadres in lists and exports."""

from django.utils.translation import gettext_lazy as _

from assessment.tables.base import (
    A,
    CodeColumn,
    Column,
    DateColumn,
    MaskedColumn,
    NumberColumn,
    Table,
    TagColumn,
)
from people.models import Cadre


class CadreTable(Table):
    code = CodeColumn()
    name = Column(order_by=("pinyin", "name"), linkify=("cadre_detail", [A("pk")]))
    sex = Column()
    ethnicity = Column()
    birth_month = CodeColumn()
    native_place = Column()
    unit = Column(_("Unit"), accessor="unit__name", order_by=("unit__code",))
    post = Column()
    post_level = Column()
    rank = Column()
    in_post_since = DateColumn()
    political_status = Column()
    joined_party_on = DateColumn()
    started_work_on = DateColumn()
    education = Column()
    degree = Column()
    status = TagColumn(tones={Cadre.Status.INVESTIGATED: "stop", Cadre.Status.ON_LEAVE: "wait"})
    id_number = MaskedColumn(orderable=False)
    phone = MaskedColumn(orderable=False)
    latest_campaign = Column(verbose_name=_("Last assessed in"))
    latest_score = NumberColumn(places=2, verbose_name=_("Last score"))
    latest_grade = Column(verbose_name=_("Last grade"))

    #: Fields that hold a code of a code set.
    coded = ("sex", "ethnicity", "political_status", "education", "degree", "post_level", "rank")

    class Meta(Table.Meta):
        order_by = ("code",)
        title = "name"
        default_columns = ("code", "name", "birth_month", "unit", "post", "post_level", "rank", "status", "latest_score", "latest_grade")
