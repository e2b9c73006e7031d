"""The page about one evaluation: all evidence behind an opinion, the opinion, sign-off, versions, and what came of it."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessment import charts
from assessment.actions import evaluations as actions
from assessment.models import Appeal, Campaign, Decision, Evaluation, Finding, SignedOpinion
from assessment.models.contact import Method
from assessment.queries import contacts, dossier
from assessment.queries import evaluations as queries
from assessment.rules import workflow
from assessment.rules.combine import METHODS
from assessment.views.base import DetailPage, offer
from assessment.views.opinions import CRUMBS, OfEvaluation
from assessment.wording import grade_name, shortfall
from people import codes
from people.access import can, scope
from people.models import Cadre, Kinship, Sanction
from people.refusals import Refusal

State = Evaluation.State


class EvaluationDetail(OfEvaluation, DetailPage):
    model, verb, crumbs = Evaluation, "", CRUMBS
    template_name, viewed = "assessment/evaluation_detail.html", True

    def context(self):
        row = self.object
        self.evidence = queries.evidence(row)
        self.opinions = dossier.opinions(self.visible(SignedOpinion), self.visible(Appeal), row)
        self.decisions = list(dossier.decisions(self.visible(Decision), row))
        self.latest_opinion = next((o for o in self.opinions if o.number == row.version), None)
        return {
            "evidence": self.evidence,
            "methods": [(Method(m).label, weight, count) for m, weight, count in self.evidence.methods],
            "sides": self.sides(),
            "steps": self.steps(),
            **self.raw(),
            "missing": shortfall(self.evidence.result.missing),
            "shown_grade": grade_name(row.seen_grade or ""),
            "strip": self.strip(),
            "warnings": self.warnings(),
            "opinions": self.opinions,
            "latest": self.latest_opinion,
            "decisions": self.decisions,
            "quota": self.quota(),
            "deeds": self.deeds(),
            "problems": self.problems[1:],  # the first stands beside its button
            "cadre_seen": bool(row.cadre_id) and self.visible(Cadre).filter(pk=row.cadre_id).exists(),
            "add_contact": self.add_contact(),
            "state_tones": {State.GATHERING: "wait", State.SUBMITTED: "info", State.SIGNED: "ok"},
        }

    def sub(self):
        return self.object.campaign.title

    # --- evidence

    def sides(self):
        """[sentence part] of how much evidence there is."""
        result = self.evidence.result
        methods = sum(1 for count in result.counts.values() if count)
        return [
            ngettext("%(n)s person-time", "%(n)s person-times", self.evidence.person_times) % {"n": self.evidence.person_times},
            ngettext("%(n)s method", "%(n)s methods", methods) % {"n": methods},
            ngettext("%(n)s source relation", "%(n)s source relations", result.relations) % {"n": result.relations},
            ngettext("%(n)s lead", "%(n)s leads", result.leads) % {"n": result.leads},
        ]

    def raw(self):
        """The findings, or those of the cell that was opened: ?dimension=<id>&method=<method>."""
        asked = self.request.GET
        parts = {str(row.dimension.pk): row.dimension for row in self.evidence.rows}
        dimension, method = parts.get(asked.get("dimension")), asked.get("method")
        method = method if method in METHODS else None
        found = contacts.found(self.visible(Finding).filter(evaluation=self.object), self.user)
        numbers = {finding.contact.number: finding.pk for finding in found}
        if dimension:
            found = [f for f in found if f.withdrawn_on is None and dimension.pk in {mark.dimension_id for mark in f.marks}]
        if method:
            found = [f for f in found if f.contact.method == method]
        words = [dimension.name if dimension else "", Method(method).label if method else ""]
        return {
            "findings": found,
            "numbers": numbers,
            "opened": " · ".join(str(word) for word in words if word),
            "open_dimension": dimension.pk if dimension else None,
            "open_method": method,
        }

    def add_contact(self):
        """Where one more contact about this assessee is recorded; "" for those who do not record, or when none may come in."""
        row = self.object
        if row.state != State.GATHERING or row.campaign.state != Campaign.State.OPEN or not can(self.user, "record_contact", row):
            return ""
        return f"{reverse('contact_add')}?{urlencode({'campaign': row.campaign_id, 'assessee': row.pk})}"

    def strip(self):
        """The place among the evaluations of the campaign that this user may see."""
        others = queries.with_numbers(self.visible(Evaluation), self.user)
        found = queries.standing(self.object, others)
        if found is None or found[2] < 2:
            return ""
        scores, place, number = found
        low = min((level.points for level in self.object.campaign.scheme.levels.all()), default=0)
        note = _("%(place)s of %(number)s") % {"place": place, "number": number}
        return charts.dots(scores, self.object.seen_score, title=_("Place in this campaign"), note=note, low=low if low < 100 else 0)

    # --- what to mind

    def warnings(self):
        """[(tone, word, sentence)]."""
        row, found = self.object, []
        if not row.hidden:
            for part in self.evidence.rows:
                if part.gap is not None:
                    words = _("%(dimension)s: the marks lie %(gap)s points apart")
                    found.append(("stop", _("Contested"), words % {"dimension": part.dimension.name, "gap": f"{float(part.gap):g}"}))
        sides = {"method": _("one method"), "relation": _("one source relation"), "lead": _("one lead")}
        if self.evidence.one_sided and self.evidence.person_times > 1:
            only = _(", ").join(sides[side] for side in self.evidence.one_sided)
            found.append(("wait", _("One-sided"), _("all findings by only %(sides)s") % {"sides": only}))
        found += self.of_person()
        for opinion in self.opinions:
            for appeal in opinion.shown_appeals:
                if appeal.outcome == Appeal.Outcome.PENDING:
                    facts = {"n": opinion.number, "due": appeal.due_on.isoformat()}
                    found.append(("wait", appeal.get_kind_display(), _("of version %(n)s, to be decided by %(due)s") % facts))
        return found

    def of_person(self):
        """Sanctions and kinship of the cadre, for those who may know of them."""
        row, found = self.object, []
        if not row.cadre_id:
            return found
        if row.cadre.status != Cadre.Status.IN_POST:
            found.append(("wait", row.cadre.get_status_display(), ""))
        in_effect = dossier.sanctions(self.visible(Sanction), row, timezone.localdate())
        for sanction in in_effect:
            until = sanction.effect_until.isoformat() if sanction.effect_until else _("open end")
            found.append(("stop", codes.SANCTION.name(sanction.kind), _("in effect until %(until)s") % {"until": until}))
        kin = dossier.kin(self.visible(Kinship), row.cadre)
        for relation, name in kin:
            found.append(("wait", _("Kin"), _("%(name)s (%(relation)s) may not handle this file") % {"name": name, "relation": relation}))
        knows = all(scope(self.user, verb).covers(row.cadre.unit_id) for verb in ("view_sanction", "view_kinship"))
        if knows and not in_effect and not kin:
            found.append(("ok", _("None found"), _("no sanction in effect, no kinship on record")))
        return found

    # --- sign-off

    def steps(self):
        """[(label, css)]: how far it is."""
        noticed = self.latest_opinion is not None and hasattr(self.latest_opinion, "notice")
        now = [State.GATHERING, State.SUBMITTED, State.SIGNED].index(self.object.state)
        if self.object.state == State.SIGNED and noticed:
            now = 4 if self.decisions else 3
        labels = [_("Gathering evidence"), _("Submitted"), _("Signed"), _("Noticed"), _("Decisions")]
        return [(label, "done" if place < now else "now" if place == now else "") for place, label in enumerate(labels)]

    def quota(self):
        """(places, taken) of the top grade, for those who submit or sign; None without a quota."""
        if self.object.state == State.SIGNED or not (can(self.user, "sign") or can(self.user, "submit")):
            return None
        places, taken = actions.quota_state(self.object, self.object.campaign.scheme)
        return None if places is None else (places, taken)

    def deeds(self):
        """[Button]: what can be done now, with the reason where not; only deeds of roles that the user holds."""
        row, user, found = self.object, self.user, []
        self.problems = []

        def deed(verb, label, name, **options):
            if can(user, verb):
                found.append(offer(user, verb, label, reverse(f"evaluation_{name}", args=[row.pk]), row, **options))

        if row.state == State.GATHERING:
            blind = Refusal("blind") if row.hidden else None
            problems = [] if blind else self.submit_problems()
            ready = not problems and not blind
            self.problems = [Refusal(*problem) for problem in first_of_each(problems)]
            deed("draft_opinion", _("Write the opinion"), "draft", tone="plain" if ready else "main", refusal=blind)
            why = blind or next(iter(self.problems), None)
            deed("submit", _("Submit…"), "submit", tone="main" if ready else "plain", refusal=why)
        elif row.state == State.SUBMITTED:
            problems = actions.sign_refusals(by=user, evaluation=row) if can(user, "sign") else []
            self.problems = [Refusal(*problem) for problem in problems]
            deed("sign", _("Sign…"), "sign", tone="main", refusal=next(iter(self.problems), None))
            own = Refusal("own_evaluation") if row.author_id == user.pk else None
            deed("send_back", _("Return…"), "return", refusal=own)
        else:
            noticed = hasattr(self.latest_opinion, "notice") if self.latest_opinion else False
            if noticed:
                deed("give_notice", _("Put his answer on record"), "answer")
                pending = Refusal("appeal_pending") if dossier.pending(self.latest_opinion) else None
                deed("file_appeal", _("Review or appeal…"), "appeal", refusal=pending)
            else:
                deed("give_notice", _("Give the notice…"), "notice", tone="main")
            if can(user, "propose_decision"):
                url = f"{reverse('decision_add')}?evaluation={row.pk}"
                found.append(offer(user, "propose_decision", _("Propose a decision…"), url, row, tone="main" if noticed and not self.decisions else "plain"))
            deed("reopen", _("Open again…"), "reopen")
        return found

    def submit_problems(self):
        """Why the opinion cannot be submitted as it stands: (code, facts)."""
        row = self.object
        return workflow.submit(
            state=row.state,
            opinion={name: getattr(row, name) for name in workflow.OPINION},
            grade=row.grade,
            proposed_grade=row.proposed_grade,
            grade_reason=row.grade_reason,
            grades=[grade.name for grade in row.campaign.scheme.grades.all()],
            missing=self.evidence.result.missing,
        )


def first_of_each(problems):
    """One problem of each code; of an opinion that is not complete only that, for the rest comes with it."""
    by_code = {}
    for code, facts in problems:
        by_code.setdefault(code, (code, facts))
    incomplete = by_code.get("opinion_incomplete")
    return [incomplete] if incomplete else list(by_code.values())
