"""Fills an empty database with the demo county, step by step, by the users who would do each step."""

from dataclasses import dataclass
from datetime import date, timedelta

from assessment.actions import campaigns, contacts
from assessment.demo import accounts, decisions, duties, evidence, others, profiles, special, stories, units
from assessment.demo.cadres import County
from assessment.models import Campaign, Finding
from people.actions import cadres as cadre_actions
from people.actions import duties as duty_actions
from people.actions import profiles as profile_actions
from people.actions import units as unit_actions
from people.models import Cadre, Unit, User


def is_empty():
    """Nothing that the demo would bring is there."""
    return not (Unit.objects.exists() or User.objects.exists() or Cadre.objects.exists())


def is_begun():
    """Is it the demo county that is there?"""
    return Unit.objects.filter(code=units.COUNTY, name=units.COUNTY_NAME).exists()


def is_complete():
    """Is the demo county filled to its end? Closing the oldest campaign comes last."""
    return is_begun() and Campaign.objects.filter(code="ND2021", state=Campaign.State.CLOSED).exists()


def fill(password):
    """Fill an empty database. Returns the accounts as (user name, name, role, unit name or None)."""
    build = Build(County())
    build.people(password)
    annual = build.past()
    build.special(groups=annual["BZ2021"][1])
    build.running()
    build.second_look(*annual["ND2022"])
    build.close("ND2021", "BZ2021")
    return list(accounts.table(build.county))


@dataclass
class Build:
    """The county, and its records by user name or code as they come into being."""

    county: County
    users: dict = None
    units: dict = None
    cadres: dict = None

    @property
    def of_county(self):
        """All but the township's own assessor: he works there alone, and not on his own leaders."""
        return {name: user for name, user in self.users.items() if name != "assessor5"}

    def people(self, password):
        """Accounts, units, cadres and what is known of them."""
        county, self.users = self.county, accounts.open_administrators(password)
        saved = unit_actions.save(by=self.users["system"], rows=list(units.rows()))
        self.units = {unit.code: unit for unit in saved}
        accounts.open_others(self.users, county, password, {unit.name: unit for unit in saved})
        by = self.users["assessor1"]
        self.cadres = {cadre.code: cadre for cadre in cadre_actions.save(by=by, rows=county.rows)}
        accounts.link_to_cadres(self.users, county, self.cadres)
        by = self.users["assessor1"]
        duty_actions.save_sanctions(by=by, rows=list(duties.sanctions(county)))
        duty_actions.save_kinships(by=by, rows=list(duties.kinships(county)))
        duty_actions.save(by=by, rows=list(duties.rows(county)))
        profile_actions.save(by=by, rows=list(profiles.rows(county)), reason="干部任免审批表信息采集")

    def past(self):
        """The campaigns before and after the special one, signed. {code: (desk, signed opinions by code)}."""
        done = {}
        for code, plan in others.past(self.county).items():
            campaign = self._open(self.users["reviewer1"], plan)
            self._record(code, plan.visits, plan.teller)
            done[code] = stories.finished(self.of_county, plan, campaign)
        return done

    def special(self, groups):
        """The special assessment, and what its results are used for."""
        plan, board = special.Special(self.county), decisions.Board(self.of_county, self.county)
        campaign = self._open(self.users["reviewer1"], plan)
        self._record(special.CODE, plan.visits, plan.teller)
        for visit, why in plan.withdrawn:
            finding = Finding.objects.get(contact__campaign=campaign, contact__held_at=visit.held_at, contact__method=visit.method)
            contacts.withdraw(by=self.users[visit.team[0]], finding=finding, why=why, on=visit.held_at.date() + timedelta(4))
        signed = stories.special(
            self.of_county, plan, campaign, self._record, lambda signed: decisions.before_the_review(board, signed, self.cadres)
        )
        decisions.after_signing(board, signed, groups, self.cadres)

    def running(self):
        """What is under way today: the county's routine assessment, a township's own, and one in preparation."""
        county, village, term = others.running(self.county)
        routine = self._open(self.users["reviewer1"], county)
        self._record(county.code, county.visits, county.teller)
        codes = county.codes
        stories.routine(self.of_county, county, routine, submitted=(codes[0], codes[6]), returned=codes[2:3], drafted=codes[8:9])
        own = self._open(self.users["assessor5"], village)
        self._record(village.code, village.visits, village.teller)
        stories.routine({"assessor5": self.users["assessor5"]}, village, own, submitted=village.codes[:1])
        self._open(self.users["reviewer1"], term)

    def second_look(self, desk, signed):
        """A training on the annual assessment of 2022, whose evaluation is opened again for new evidence."""
        code, day = self.county.department["县公安局"][1], date(2023, 2, 6)
        decisions.Board(self.of_county, self.county).train(
            signed[code], "推荐参加省级公安机关领导干部培训班", self.cadres[self.county.leaders[12]], on=day,
            follow_ups=(day.replace(month=8),), done=("培训结业，考核成绩良好，回岗后牵头完善牧区警务联动机制。",),
        )  # fmt: skip
        desk.reopen(code, evidence="省厅通报表扬其牵头侦办的跨省盗窃牲畜案，原评价未了解这一情况，需补充了解后重新评价。")

    def close(self, *codes):
        for campaign in Campaign.objects.filter(code__in=codes).order_by("-code"):
            campaigns.close(by=self.users["reviewer2"], campaign=campaign)

    def _open(self, by, plan):
        """A campaign with its roster."""
        (campaign,) = campaigns.save(by=by, rows=[plan.row])
        pictures = list(plan.pictures.values())
        campaigns.set_roster(
            by=by, campaign=campaign,
            cadres=[self.cadres[p.code] for p in pictures if p.kind == "cadre"],
            groups=[self.units[p.code] for p in pictures if p.kind == "unit"],
        )  # fmt: skip
        return campaign

    def _record(self, campaign, visits, teller, first=1):
        """Each lead enters his own contacts."""
        for lead, drafts in evidence.drafts(campaign, visits, teller, first).items():
            contacts.record(by=self.users[lead], drafts=drafts)
