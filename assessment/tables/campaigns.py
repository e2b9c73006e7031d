"""Campaigns and their rosters in lists and exports."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from assessment.models import Campaign, Evaluation
from assessment.tables.base import A, CodeColumn, Column, DateColumn, NumberColumn, Table, TagColumn
from assessment.tables.evaluations import TONES as STATES
from people.models import Cadre

TONES = {Campaign.State.OPEN: "info", Campaign.State.CLOSED: "ok", Campaign.State.DRAFT: "wait"}


class CampaignTable(Table):
    code = CodeColumn()
    title = Column(linkify=("campaign_detail", [A("pk")]))
    kind = Column()
    state = TagColumn(tones=TONES)
    unit = Column(accessor="unit__name", order_by=("unit__code",), verbose_name=_("Unit"))
    scheme = Column(accessor="scheme__title", order_by=("scheme__code",), verbose_name=_("Scheme"))
    starts_on = DateColumn()
    ends_on = DateColumn()
    roster = NumberColumn(places=0, verbose_name=_("Assessees"))
    signed = NumberColumn(places=0, verbose_name=_("Signed"))
    person_times = NumberColumn(places=0, verbose_name=_("Person-times"))
    planned = NumberColumn(places=0, verbose_name=_("Planned"))

    class Meta(Table.Meta):
        order_by = ("-starts_on", "code")
        title = "title"
        default_columns = ("title", "kind", "state", "unit", "starts_on", "ends_on", "roster", "signed", "person_times", "planned")


class RosterTable(Table):
    """Who is assessed, and how far each is; no marks here, so nothing of a blind campaign shows."""

    name = Column(
        accessor="assessee",
        linkify=("evaluation_detail", [A("pk")]),
        order_by=("cadre__pinyin", "cadre__name", "group__name"),
        verbose_name=_("Assessee"),
    )
    code = CodeColumn(accessor="assessee__code", order_by=("cadre__code", "group__code"), verbose_name=_("Code"))
    unit = Column(accessor="unit__name", order_by=("unit__code",), verbose_name=_("Unit"))
    post = Column(accessor="cadre__post", verbose_name=_("Post"))
    state = TagColumn(tones=STATES)
    count_on_site = NumberColumn(places=0)
    count_phone = NumberColumn(places=0)
    count_talk = NumberColumn(places=0)
    relations = NumberColumn(places=0)
    leads = NumberColumn(places=0)

    class Meta(Table.Meta):
        model = Evaluation
        fields = ()
        order_by = ("unit", "code")
        title = "name"

    def value_name(self, record):
        return str(record.assessee)


class OpenRosterTable(RosterTable):
    """For those who may take somebody off it."""

    remove = Column(
        accessor="pk", orderable=False, screen_only=True, verbose_name=_("Remove"), attrs={"td": {"class": "no-print"}}
    )

    class Meta(RosterTable.Meta):
        pass

    def render_remove(self, record):
        if not record.removable:
            return self.default
        return format_html('<a href="{}">{}</a>', reverse("campaign_remove", args=[record.pk]), _("Remove"))


TICK = {"td": {"class": "tick"}}


class Pick(Table):
    """Base of the tables from which a roster is chosen: a box to tick before each row."""

    class Meta(Table.Meta):
        order_by = ("unit", "code")
        title = "name"

    def render_tick(self, record):
        words = _("Choose %(name)s") % {"name": record}
        return format_html('<input class="form-check-input" type="checkbox" name="pick" value="{}" aria-label="{}">', record.pk, words)


class PickCadre(Pick):
    tick = Column(accessor="pk", orderable=False, verbose_name="", attrs=TICK)
    name = Column(order_by=("pinyin", "name"))
    code = CodeColumn()
    unit = Column(accessor="unit__name", order_by=("unit__code",), verbose_name=_("Unit"))
    post = Column()
    post_level = Column()
    rank = Column()
    status = TagColumn(tones={Cadre.Status.INVESTIGATED: "stop", Cadre.Status.ON_LEAVE: "wait", Cadre.Status.LEFT: "stop"})

    class Meta(Pick.Meta):
        pass


class PickUnit(Pick):
    tick = Column(accessor="pk", orderable=False, verbose_name="", attrs=TICK)
    name = Column()
    code = CodeColumn()
    kind = Column()
    unit = Column(accessor="parent__name", order_by=("parent__code",), verbose_name=_("Parent unit"))

    class Meta(Pick.Meta):
        order_by = ("code",)
