"""The roster of a campaign: who is on it, adding by filter, taking off."""

from django.contrib import messages
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from assessment.actions import campaigns
from assessment.filters.cadres import CadreFilter
from assessment.filters.campaigns import RosterFilters
from assessment.filters.units import UnitFilters
from assessment.models import Campaign, Evaluation, Finding, Scheme
from assessment.queries import cadres as cadre_queries
from assessment.tables.campaigns import OpenRosterTable, PickCadre, PickUnit, RosterTable
from assessment.views.base import ActionPage, ListPage, offer, offers, whole
from assessment.views.campaigns import CRUMBS, closed
from assessment.wording import sentence
from people.access import can, demand, visible_to
from people.models import Cadre, Unit
from people.refusals import Refused, refuse


class OfCampaign(ListPage):
    """Base: a list that belongs to the campaign in the address. Its own rows say who may see it."""

    crumbs = CRUMBS

    def get_object(self):
        rows = self.visible(Campaign).select_related("scheme", "unit")
        self.campaign = get_object_or_404(rows, pk=self.kwargs["pk"])
        return None

    def context(self):
        return {"campaign": self.campaign}


class Roster(OfCampaign):
    model, table_class, filterset_class = Evaluation, RosterTable, RosterFilters
    template_name = "assessment/roster.html"
    noun = "campaign_roster"
    search_hint = _("Name, pinyin, initials or code")
    hint = _("Nobody is on the roster yet.")

    def get_object(self):
        super().get_object()
        if can(self.user, "save_campaign", self.campaign) and not closed(self.campaign):
            self.table_class = OpenRosterTable

    def get_title(self):
        return _("Roster: %(name)s") % {"name": self.campaign}

    def rows(self, queryset):
        """`removable`: nothing was found out about him yet."""
        rows = queryset.filter(campaign=self.campaign).select_related("cadre", "group", "unit")
        untouched = ~Exists(Finding.objects.filter(evaluation=OuterRef("pk"))) & Q(state=Evaluation.State.GATHERING, version=0)
        return rows.annotate(removable=Case(When(untouched, then=Value(True)), default=Value(False)))

    def buttons(self):
        url = reverse("campaign_pick", args=[self.campaign.pk])
        return offers(offer(self.user, "save_campaign", _("Add to roster"), url, self.campaign, refusal=closed(self.campaign)))


class RosterPick(OfCampaign):
    """Choose cadres, or units for their leading groups, by filter: add those ticked, or all that match."""

    template_name = "assessment/roster_pick.html"
    noun = "campaign_pick"
    verb = "save_campaign"
    hint = _("Everybody whom you may assess is on the roster already.")

    def get_object(self):
        super().get_object()
        demand(self.user, self.verb, self.campaign)
        refuse(*filter(None, [closed(self.campaign)]))
        if self.campaign.scheme.assessee == Scheme.Assessee.GROUP:
            self.model, self.table_class, self.filterset_class = Unit, PickUnit, UnitFilters
            self.search_hint = _("Name or code")
        else:
            self.model, self.table_class, self.filterset_class = Cadre, PickCadre, CadreFilter
            self.search_hint = _("Name, pinyin, initials or code")

    def get_title(self):
        return _("Add to roster: %(name)s") % {"name": self.campaign}

    def export_url(self):
        return ""

    def made_url(self, record):
        return reverse("campaign_detail", args=[self.kwargs["pk"]])

    def visible(self, model=None):
        """Those whom the user may put on a roster."""
        if model is None or model is self.model:
            return visible_to(self.user, self.model, verb="save_campaign")
        return super().visible(model)

    def rows(self, queryset):
        path = "group" if self.model is Unit else "cadre"
        there = Evaluation.objects.filter(campaign=self.campaign, **{path: OuterRef("pk")})
        queryset = queryset.filter(~Exists(there))
        if self.model is Unit:
            return queryset.select_related("parent")
        return cadre_queries.with_latest(queryset.select_related("unit"), self.visible(Evaluation))

    def post(self, request, *args, **kwargs):
        if "find" in request.POST:
            return super().post(request, *args, **kwargs)
        listing = self.listing(request.GET)
        if "all" in request.POST and listing.lost:  # "all that match" are not all
            messages.error(request, listing.lost_words())
            return self.redirect(request.get_full_path())
        if "all" in request.POST:
            chosen = list(listing.queryset)
        else:
            ticked = [pk for value in request.POST.getlist("pick") if (pk := whole(value))]
            chosen = list(listing.filterset.queryset.filter(pk__in=ticked))
        if not chosen:
            messages.warning(request, _("Nobody was chosen."))
            return self.redirect(request.get_full_path())
        try:
            added = self._add(chosen)
        except Refused as refused:
            for refusal in refused.refusals[:5]:
                messages.error(request, sentence(refusal))
            return self.redirect(request.get_full_path())
        done = ngettext("%(n)s was put on the roster.", "%(n)s were put on the roster.", len(added)) % {"n": len(added)}
        messages.success(request, done)
        return self.redirect(reverse("campaign_detail", args=[self.campaign.pk]))

    def _add(self, chosen):
        names = "groups" if self.model is Unit else "cadres"
        return campaigns.set_roster(by=self.user, campaign=self.campaign, **{names: chosen})


class RosterRemove(ActionPage):
    model, crumbs = Evaluation, CRUMBS
    reason, danger, submit, done = "required", True, _("Remove"), _("Removed from the roster.")
    explain = _("Only while there is no evidence at all about this assessee.")

    def rows(self, queryset):
        return queryset.select_related("campaign", "cadre", "group")

    def get_object(self):
        evaluation = super().get_object()
        demand(self.user, "save_campaign", evaluation.campaign)
        return evaluation

    def get_title(self):
        return _("Remove from the roster: %(name)s") % {"name": self.object}

    def perform(self, data):
        campaigns.remove_assessee(by=self.user, evaluation=self.object, reason=data["reason"])

    def next_url(self, result):
        return reverse("campaign_roster", args=[self.object.campaign_id])
