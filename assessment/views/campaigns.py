"""Pages of campaigns: set up, follow, judge, close. The roster has a file of its own."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from assessment import charts
from assessment.actions import campaigns
from assessment.actions.numbers import recombine
from assessment.filters.campaigns import CampaignFilters
from assessment.forms.campaigns import CampaignForm, NewCampaignForm
from assessment.models import Campaign, Contact, Evaluation
from assessment.queries import campaigns as queries
from assessment.queries import quality
from assessment.queries.blind import is_blind
from assessment.tables.campaigns import TONES, CampaignTable
from assessment.views.base import ActionPage, DetailPage, FormPage, ListPage, offer, offers
from people.access import can, scope
from people.refusals import Refusal, refuse

CRUMBS = [(_("Campaigns"), "campaign_list")]
State = Campaign.State


def closed(campaign):
    """The refusal to change a closed campaign, or None."""
    return Refusal("campaign_closed", {"campaign": campaign.code}) if campaign.state == State.CLOSED else None


class CampaignList(ListPage):
    model, table_class, filterset_class = Campaign, CampaignTable, CampaignFilters
    title = _("Campaigns")
    search_hint = _("Title or code")

    def rows(self, queryset):
        return queries.with_counts(queryset.select_related("unit", "scheme"), self.visible(Evaluation))

    def buttons(self):
        return offers(offer(self.user, "save_campaign", _("Set up a campaign"), reverse("campaign_add")))


class OfCampaign(DetailPage):
    """Base of the pages that show a campaign: who sees one of its evaluations sees it, as far as that goes."""

    model, crumbs = Campaign, CRUMBS

    def rows(self, queryset):
        return queryset.select_related("scheme", "unit")

    def evaluations(self):
        return self.visible(Evaluation).filter(campaign=self.object)

    def sub(self):
        it = self.object
        period = f"{it.starts_on:%Y-%m-%d} – {it.ends_on:%Y-%m-%d}"
        return " · ".join(map(str, (it.get_kind_display(), it.unit.name, period)))


class CampaignDetail(OfCampaign):
    template_name = "assessment/campaign_detail.html"

    def context(self):
        it, rows = self.object, self.evaluations()
        progress, whole = queries.progress(it, rows, self.visible(Contact).filter(campaign=it))
        for row in progress:
            row["bar"] = charts.meter(row["done"], row["plan"])
        states = queries.states(rows)
        return {
            "tone": TONES[it.state],
            "progress": progress,
            "whole": whole,
            "states": states,
            "roster": sum(number for _state, _label, number in states),
            "coverage": self._coverage(rows),
            "partly": not scope(self.user, "view_evaluation").covers(it.unit_id),
        }

    def _coverage(self, rows):
        """How many of each unit's assessees were reached by each method."""
        found, base = queries.coverage(rows), reverse("campaign_roster", args=[self.object.pk])
        if not found:
            return ""
        labels = [str(row) for row in (_("On site"), _("By phone"), _("Talks"))]
        lines = []
        for row in found:
            cells = [
                charts.Cell(row[method], row["roster"], f"{base}?unit={row['unit']}" + ("" if row[method] == row["roster"] else f"&missing={method}"))
                for method in ("on_site", "phone", "talk")
            ]
            lines.append((row["name"], f"{base}?unit={row['unit']}", cells, row["person_times"]))
        return charts.heat_map([_("Unit"), *labels, _("Person-times")], lines, title=_("Coverage"))

    def buttons(self):
        """The next step is the main one: choose a roster, then open."""
        it, pk, shut = self.object, self.object.pk, closed(self.object)
        draft, roster = it.state == State.DRAFT, self.evaluations().exists()
        add, turn = _tone(draft and not roster), _tone(draft and roster)
        verb, words, name = "close_campaign", _("Open it"), "campaign_open"
        if it.state == State.OPEN:
            words, name = _("Close"), "campaign_close"
        return offers(
            offer(self.user, "view_evaluation", _("Quality"), reverse("campaign_quality", args=[pk])),
            offer(self.user, "recombine", _("Recombine"), reverse("campaign_recombine", args=[pk]), it),
            offer(self.user, "save_campaign", _("Edit"), reverse("campaign_edit", args=[pk]), it, refusal=shut),
            offer(self.user, "save_campaign", _("Add to roster"), reverse("campaign_pick", args=[pk]), it, refusal=shut, tone=add),
            offer(self.user, verb, words, reverse(name, args=[pk]), it, tone=turn),
        )


def _tone(main):
    return "main" if main else "plain"


class CampaignQuality(OfCampaign):
    """How far the evidence can be trusted. Never to overrule a person, and always with its n."""

    template_name = "assessment/campaign_quality.html"

    def get_title(self):
        return _("Quality: %(name)s") % {"name": self.object}

    def context(self):
        rows = self.evaluations()
        judged = quality.judged_by(self.user, self.object, rows)
        sealed = is_blind(self.object) and not judged.exists()
        sided, sided_count = quality.one_sided(rows)
        shown = {"one_sided": sided, "one_sided_count": sided_count, "sealed": sealed, "campaign": self.object}
        return shown if sealed else {**shown, **self._marks(judged)}

    def _marks(self, judged):
        """What follows from the marks."""
        ratings = quality.marks(judged)
        dimensions = quality.by_dimension(self.object.scheme.dimensions.all(), ratings)
        names = quality.names_of(judged, {pk for row in dimensions for pk, _gap in row["apart"]})
        for row in dimensions:
            row["apart"] = [(names[pk], gap) for pk, gap in row["apart"] if pk in names]
        contested, contested_count = quality.contested(judged)
        knows_leads = can(self.user, "view_source", self.object).ok
        return {
            "dimensions": dimensions,
            "marks": len(ratings),
            "leads": quality.by_lead(ratings, self.object) if knows_leads else None,
            "contested": contested,
            "contested_count": contested_count,
        }


class CampaignAdd(FormPage):
    model, form_class, verb, crumbs = Campaign, NewCampaignForm, "save_campaign", CRUMBS
    template_name = "generic/sections.html"
    title = _("Set up a campaign")
    sub = _("It starts as a draft: choose its roster, then open it.")

    def initial(self):
        return {"kind": Campaign.Kind.SPECIAL, "scheme": self.request.GET.get("scheme", "")}

    def form_kwargs(self):
        return {"user": self.user}

    def perform(self, data):
        return campaigns.save(by=self.user, rows=[data])[0]


class CampaignEdit(CampaignAdd):
    form_class, sub = CampaignForm, ""

    def rows(self, queryset):
        return queryset.select_related("unit", "scheme")

    def get_title(self):
        return _("Edit %(name)s") % {"name": self.object}

    def get(self, request, *args, **kwargs):
        refuse(*filter(None, [closed(self.object)]))
        return super().get(request, *args, **kwargs)

    def initial(self):
        return {name: getattr(self.object, name) for name in CampaignForm.Meta.fields}

    def perform(self, data):
        return campaigns.save(by=self.user, rows=[{"code": self.object.code, **data}])[0]


class CampaignOpen(ActionPage):
    model, verb, crumbs = Campaign, "close_campaign", CRUMBS
    explain = _("Evidence can be recorded from then on.")
    submit, done = _("Open it"), _("The campaign is open.")

    def get_title(self):
        return _("Open %(name)s") % {"name": self.object}

    def perform(self, data):
        return campaigns.open(by=self.user, campaign=self.object)


class CampaignClose(ActionPage):
    model, verb, crumbs = Campaign, "close_campaign", CRUMBS
    submit, done = _("Close"), _("The campaign is closed.")

    def get_title(self):
        return _("Close %(name)s") % {"name": self.object}

    @property
    def explain(self):
        left = sum(campaigns.still_open(self.object).values())
        words = _("No more evidence and no change of the roster. It can be opened again.")
        if not left:
            return words
        still = ngettext("%(n)s evaluation is not signed yet; it can still be.", "%(n)s evaluations are not signed yet; they can still be.", left)
        return f"{words} {still % {'n': left}}"

    def perform(self, data):
        return campaigns.close(by=self.user, campaign=self.object)


class CampaignRecombine(ActionPage):
    """Compute all numbers again, should one ever doubt them."""

    model, verb, crumbs = Campaign, "recombine", CRUMBS
    explain = _("All scores, counts and proposed grades are computed again from the findings. Nothing else changes.")
    submit = _("Recombine")

    def get_title(self):
        return _("Recombine %(name)s") % {"name": self.object}

    def perform(self, data):
        changed = recombine(by=self.user, campaign=self.object)
        self.done = ngettext("%(n)s evaluation changed.", "%(n)s evaluations changed.", changed) % {"n": changed}
