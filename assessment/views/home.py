"""The home page: what waits for me, and how a campaign stands, as far as each role may see it."""

from datetime import datetime, time, timedelta

from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessment import charts
from assessment.filters.evaluations import UNDETERMINED
from assessment.models import Campaign, Decision, Evaluation, Publication
from assessment.models.contact import Method
from assessment.queries import home as queries
from assessment.queries import tasks
from assessment.queries.quality import judged_by
from assessment.rules.combine import two_places
from assessment.rules.grading import grades as in_order
from assessment.views.base import Page, offer
from assessment.wording import grade_name, verb_name
from people.access import can, roles
from people.models import Duty, LedgerEntry, Unit, User

LISTS = {Evaluation: "evaluation_list", Decision: "decision_list", User: "user_list"}
ENTRIES = 8  # newest entries shown to auditors
DAYS = 7  # that an auditor looks back
PLACES = 40  # rows of the coverage map
UNITS_NAMED = 3  # units named beside a task
DEPTHS = ("heat-5", "heat-4", "heat-3", "heat-2")
WATCHED_TONES = {"refused": "stop", "sign_in_failed": "stop", "sign_in_locked": "stop", "reveal": "wait"}


def to(name, **query):
    """Address of a page with its filters; "" where this installation has no such page."""
    try:
        return f"{reverse(name)}?{urlencode(query)}" if query else reverse(name)
    except NoReverseMatch:
        return ""


class Home(Page):
    """Every role has one: tasks and a campaign for those who assess, lead or audit, accounts for administrators."""

    template_name = "assessment/home.html"
    title = gettext_lazy("Home")

    def get(self, request, *args, **kwargs):
        self.today = timezone.localdate()
        context = {"tasks": self._tasks(), "roles": roles(self.user), "may_wait": bool(tasks.offered(self.user))}
        if can(self.user, "view_campaign"):
            context |= self._campaign()
        if can(self.user, "view_ledgerentry"):
            context |= self._history()
        if can(self.user, "view_user") and not can(self.user, "view_campaign"):
            context |= self._accounts()
        return self.render(**context)

    # --- what waits

    def _tasks(self):
        found = tasks.waiting(self.user, self.today)
        lacking = [task.kind for task in found if task.kind.key.startswith("lack_")]
        by_unit = tasks.lacking_by_unit(self.user, lacking)
        return [
            {
                "number": task.number,
                "label": task.kind.label(task.number),
                "url": to(LISTS[task.kind.model], waiting=task.kind.key),
                "places": self._places(by_unit.get(task.kind.key, ())),
                **self._due(task),
            }
            for task in found
        ]

    def _places(self, units):
        named = _(", ").join(f"{name} {number}" for name, number in units[:UNITS_NAMED])
        return f"{named} …" if len(units) > UNITS_NAMED else named

    def _due(self, task):
        """The day that counts, in words and in the colour of its urgency."""
        if task.first is None:
            return {}
        day = date_format(task.first, "MONTH_DAY_FORMAT" if task.first.year == self.today.year else "DATE_FORMAT")
        if task.kind.since:
            return {"due": _("the first since %(day)s") % {"day": day}}
        if task.kind.closing:
            past = task.first < self.today
            return {
                "due": (_("campaign ended on %(day)s") if past else _("campaign ends on %(day)s")) % {"day": day},
                "tone": "wait" if past or task.first - self.today <= timedelta(DAYS) else "",
            }
        if task.first < self.today:
            return {"due": _("overdue since %(day)s") % {"day": day}, "tone": "stop"}
        if task.first == self.today:
            return {"due": _("due today"), "tone": "stop"}
        return {"due": _("due on %(day)s") % {"day": day}, "tone": "wait" if task.first - self.today <= timedelta(DAYS) else ""}

    # --- one campaign

    def _campaign(self):
        known, campaign = queries.choose(self.visible(Campaign), self.request.GET.get("campaign"))
        if campaign is None:
            if "campaign" in self.request.GET:
                raise Http404
            return {"campaigns": known, "buttons": self._buttons(None)}
        self.campaign, self.roster = campaign, self.visible(Evaluation).filter(campaign=campaign)
        covered = queries.coverage(campaign, self.roster, self.visible(Unit))
        shown, hidden = queries.grades(self.roster, self.user)
        return {
            "title": campaign.title,
            "campaigns": known,
            "campaign": campaign,
            "left": (campaign.ends_on - self.today).days,
            "covered": covered,
            "progress": self._progress(covered),
            "map": self._map(covered),
            "more_places": max(0, len(covered.places) - PLACES),
            "grades": self._grades(shown),
            "hidden": hidden,
            **self._quality(),
            "brief": self._brief(covered),
            "buttons": self._buttons(campaign),
        }

    def _buttons(self, campaign):
        about = {"campaign": campaign.pk} if campaign else {}
        found = []
        for verb, label, name, query, tone in (
            ("import_workbook", _("Import Excel"), "import", {}, "plain"),
            ("record_contact", _("Record a contact"), "contact_add", about, "main"),
        ):
            url = to(name, **query)
            if url and can(self.user, verb):
                found.append(offer(self.user, verb, label, url, tone=tone))
        return found

    def _progress(self, covered):
        rows = [(m.label, covered.done[m], covered.plan[m], to("contact_list", campaign=self.campaign.pk, method=m)) for m in Method]
        return charts.meters(rows)

    def _map(self, covered):
        rows = []
        for place in covered.places[:PLACES]:
            about, plan = {"campaign": self.campaign.pk, "unit": place.unit_id}, covered.plan_of(place)
            cells = [charts.Cell(place.done[m], plan[m], to("contact_list", **about, method=m) if place.exact else "") for m in Method]
            rows.append((place.name, to("evaluation_list", **about) if place.exact else "", cells, place.assessed))
        return charts.heat_map([_("Unit"), *(m.label for m in Method), _("Assessed")], rows, title=_("Coverage"))

    def _grades(self, shown):
        bands = [(grade.name, grade.minimum) for grade in self.campaign.scheme.grades.all()]
        names = in_order(bands)
        names += [name for name in shown if name and name not in names]
        rows = [
            (name, shown.get(name, 0), DEPTHS[min(n, len(DEPTHS) - 1)], to("evaluation_list", campaign=self.campaign.pk, grade=name))
            for n, name in enumerate(names)
        ]
        url = to("evaluation_list", campaign=self.campaign.pk, grade=UNDETERMINED)
        rows.append((grade_name(""), shown.get("", 0), "unsure", url))
        return charts.columns(rows, title=_("Grades"), head=(_("Grade"), _("Number"))) if sum(shown.values()) else ""

    def _quality(self):
        """What asks for a look; in a blind campaign not for those who give marks, for it would tell those of others."""
        judged = judged_by(self.user, self.campaign, self.roster)
        found = queries.doubts(judged)
        words = {
            "contested": (_("contested"), "stop", {"contested": "yes"}),
            "one_method": (_("resting on one method alone"), "wait", {"one_sided": "method"}),
            "one_relation": (_("resting on one source relation alone"), "wait", {"one_sided": "relation"}),
            "one_lead": (_("resting on one lead alone"), "wait", {"one_sided": "lead"}),
        }
        doubts = [
            (found[key], label, tone, to("evaluation_list", campaign=self.campaign.pk, **query))
            for key, (label, tone, query) in words.items()
            if found[key]
        ]
        agreed = queries.agreements(self.campaign, judged) or ()
        return {
            "judged": found["seen"],
            "doubts": doubts,
            "agreements": [(dimension.name, two_places(one.alpha), one.cells) for dimension, one in agreed if one.cells],
            "quality_url": self._page("campaign_quality"),
        }

    def _page(self, name):
        """A page of the campaign, or "" where there is none."""
        try:
            return reverse(name, args=[self.campaign.pk])
        except NoReverseMatch:
            return ""

    def _brief(self, covered):
        figures = queries.brief(
            self.campaign,
            self.roster,
            decisions=self.visible(Decision),
            duties=self.visible(Duty),
            units=self.visible(Unit),
            publications=self.visible(Publication),
        )
        kinds, branches = Unit.Kind, figures.units
        return {
            "times": covered.done,
            "assessed": covered.assessed,
            "groups": self.campaign.scheme.assessee == "group",
            "dimensions": _(", ").join(dimension.name for dimension in self.campaign.scheme.dimensions.all()),
            "opinions": figures.opinions,
            "decided": figures.decided,
            "zones": figures.zones,
            "zone_people": sum(figures.zones.values()),
            "duties": figures.duties,
            "on_duty": bool(figures.duties),
            "branches": branches.get(kinds.BRANCH, 0) + branches.get(kinds.TEMPORARY_BRANCH, 0),
            "temporary": branches.get(kinds.TEMPORARY_BRANCH, 0),
            "teams": branches.get(kinds.VANGUARD_TEAM, 0),
            "published": figures.published,
        }

    # --- auditors and administrators

    def _history(self):
        entries = self.visible(LedgerEntry)
        since = self.today - timedelta(DAYS - 1)
        start = timezone.make_aware(datetime.combine(since, time.min))
        watched = [
            (number, verb_name(verb), WATCHED_TONES.get(verb, ""), to("ledgerentry_list", verb=verb, days=DAYS))
            for verb, number in queries.of_days(entries, start).items()
        ]
        newest = [(entry, verb_name(entry.verb)) for entry in entries.order_by("-seq")[:ENTRIES]]
        verified = entries.filter(verb="verify", purged_by=None).order_by("-seq").first()
        return {"watched": watched, "newest": newest, "days": DAYS, "verified": verified}

    def _accounts(self):
        accounts = self.visible(User)
        active = accounts.filter(is_active=True).count()
        return {
            "accounts": [
                (_("Active accounts"), active, to("user_list", is_active="yes")),
                (_("Accounts switched off"), accounts.count() - active, to("user_list", is_active="no")),
                (_("Units"), self.visible(Unit).count(), to("unit_list")),
            ]
        }
