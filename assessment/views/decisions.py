"""Pages of decisions: the list, one decision with its chain down to the evidence, and every step of it."""

from dataclasses import replace

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assessment.actions import decisions as actions
from assessment.filters.decisions import DecisionFilter
from assessment.filters.evaluations import EvaluationFilter
from assessment.forms.decisions import ConfirmForm, FinishForm, FollowUpForm, ProposeForm, PublicationForm, PublishForm, RevokeForm
from assessment.models import Decision, Evaluation, FollowUp, Publication, SignedOpinion
from assessment.queries import decisions as queries
from assessment.queries.evaluations import with_numbers
from assessment.rules import deadlines, workflow
from assessment.tables.decisions import TONES, ChoiceTable, DecisionTable, doubts
from assessment.views.base import ActionPage, DetailPage, FormPage, ListPage, offer, whole
from people.access import can, visible_to
from people.models import Cadre, Unit
from people.refusals import Refusal

CRUMBS = [(_("Decisions"), "decision_list")]
Kind, State = Decision.Kind, Decision.State


class DecisionList(ListPage):
    model, table_class, filterset_class = Decision, DecisionTable, DecisionFilter
    title = _("Decisions")
    search_hint = _("Number, outcome, document, name, pinyin or initials")
    hint = _("No decision yet: it is proposed on the page of a signed evaluation.")

    def rows(self, queryset):
        return queries.listed(queryset, self.visible(SignedOpinion))

    def buttons(self):
        if not can(self.user, "propose_decision"):
            return []
        return [offer(self.user, "propose_decision", _("Propose a decision"), reverse("decision_choose"), tone="main")]


class DecisionChoose(ListPage):
    """The signed evaluations on which this user may propose a decision."""

    model, table_class, filterset_class = Evaluation, ChoiceTable, EvaluationFilter
    verb, noun, crumbs = "propose_decision", "decision_choice", CRUMBS
    title = _("Propose a decision: on which evaluation?")
    search_hint = _("Name, pinyin, initials or code")
    hint = _("No evaluation is signed yet.")

    def visible(self, model=None):
        return visible_to(self.user, model or Evaluation, "propose_decision")

    def rows(self, queryset):
        signed = queryset.filter(state=Evaluation.State.SIGNED).select_related("campaign", "cadre", "group", "unit")
        return queries.named(with_numbers(signed, self.user))


class DecisionDetail(DetailPage):
    model, verb, crumbs = Decision, "view_decision", CRUMBS
    template_name = "assessment/decision_detail.html"

    def rows(self, queryset):
        joined = queryset.select_related("cadre__unit", "unit", "proposed_by", "confirmed_by", "mentor")
        return queries.with_marks(joined)

    def get_title(self):
        return self.object.outcome

    def context(self):
        row = self.object
        seen = {model: self.visible(model) for model in (Cadre, Unit)}
        return {
            "chain": queries.chain(row, self.visible(SignedOpinion)),
            "doubts": doubts(row),
            "steps": self.steps(),
            "tones": TONES,
            "follow_ups": self.follow_ups() if row.kind == Kind.TRAINING else None,
            "publications": list(self.visible(Publication).filter(decision=row)) if row.kind == Kind.COMMENDATION else None,
            "about_url": self.about(seen),
            "mentor_seen": bool(row.mentor_id) and seen[Cadre].filter(pk=row.mentor_id).exists(),
            "deeds": self.deeds(),
            "today": timezone.localdate(),
        }

    def about(self, seen):
        row = self.object
        model, pk = (Cadre, row.cadre_id) if row.cadre_id else (Unit, row.unit_id)
        return reverse(f"{model._meta.model_name}_detail", args=[pk]) if seen[model].filter(pk=pk).exists() else ""

    def steps(self):
        """[(label, css)]: how far it is; a revoked one shows only that."""
        row = self.object
        if row.state == State.REVOKED:
            return [(State.PROPOSED.label, "done"), (State.REVOKED.label, "now")]
        order = [State.PROPOSED, State.CONFIRMED] if row.kind == Kind.TRAINING else [State.PROPOSED, State.NOTICE, State.CONFIRMED]
        now = order.index(row.state)
        return [(state.label, "done" if place < now else "now" if place == now else "") for place, state in enumerate(order)]

    def follow_ups(self):
        """[(follow-up, its button where it is still to be done, is it overdue)]."""
        found = []
        for one in self.visible(FollowUp).filter(decision=self.object).order_by("due_on", "pk"):
            deed = None
            if one.done_on is None and can(self.user, "follow_up"):
                url = reverse("followup_finish", args=[one.pk])
                deed = offer(self.user, "follow_up", _("Record it…"), url, self.object, refusal=self.not_training())
            found.append((one, deed, one.done_on is None and one.due_on < timezone.localdate()))
        return found

    def not_training(self):
        return Refusal("only_training") if self.object.kind != Kind.TRAINING or self.object.state == State.REVOKED else None

    def deeds(self):
        """[Button]: what can be done now, with the reason where not; only deeds of roles that the user holds."""
        row, user, found = self.object, self.user, []

        def deed(verb, label, name, problems=(), **options):
            if can(user, verb):
                first = next(iter(problems), None)
                refusal = first if first is None or isinstance(first, Refusal) else Refusal(*first)
                found.append(offer(user, verb, label, reverse(name, args=[row.pk]), row, refusal=refusal, **options))

        today = timezone.localdate()
        ends = deadlines.public_notice_end(today)
        if row.state in (State.PROPOSED, State.NOTICE):
            may_publish = workflow.publish(state=row.state, kind=row.kind, starts_on=today, ends_on=ends, earliest_end=ends)
            if row.kind != Kind.TRAINING:
                deed(
                    "publish_decision", _("Put on public notice…"), "decision_publish", may_publish, tone="plain" if may_publish else "main"
                )
            may_confirm = actions.confirm_refusals(by=user, decision=row)
            deed("confirm_decision", _("Confirm…"), "decision_confirm", may_confirm, tone="plain" if may_confirm else "main")
        if row.kind == Kind.TRAINING:
            deed("follow_up", _("Plan a follow-up…"), "decision_follow_up", filter(None, [self.not_training()]))
        if row.kind == Kind.COMMENDATION:
            revoked = [Refusal("only_commendation")] if row.state == State.REVOKED else []
            deed("follow_up", _("Add publicity…"), "decision_publication", revoked)
        deed("revoke_decision", _("Revoke…"), "decision_revoke", workflow.revoke(state=row.state, why="-"), tone="danger")
        return found


class DecisionAdd(FormPage):
    """A decision on a signed evaluation: ?evaluation=<id>. Without one, that is chosen first."""

    model, form_class, verb, crumbs = Decision, ProposeForm, "propose_decision", CRUMBS
    template_name = "generic/sections.html"
    submit, done = _("Propose"), _("Proposed.")

    def get_object(self):
        asked = self.request.GET.get("evaluation")
        if asked is None:
            return None
        if (pk := whole(asked)) is None:
            raise Http404
        self.model, self.kwargs = Evaluation, {"pk": pk}
        return super().get_object()

    def rows(self, queryset):
        return queryset.select_related("cadre__unit", "group", "campaign")

    def get(self, request, *args, **kwargs):
        return super().get(request) if self.object else self.redirect(reverse("decision_choose"))

    def post(self, request, *args, **kwargs):
        return super().post(request) if self.object else self.redirect(reverse("decision_choose"))

    def get_title(self):
        return _t("Propose a decision about %(name)s") % {"name": self.object.assessee}

    def opinions(self):
        return queries.citable(visible_to(self.user, SignedOpinion, "propose_decision"), self.object.assessee)

    def initial(self):
        wanted = self.object.pk
        return {
            "opinions": [opinion.pk for opinion in self.opinions() if opinion.evaluation_id == wanted],
            "kind": self.request.GET.get("kind", ""),
            "proposed_on": timezone.localdate(),
        }

    def form_kwargs(self):
        return {"user": self.user, "opinions": self.opinions(), "groups": not self.object.cadre_id}

    def get_form(self, data=None, files=None):
        self.form = super().get_form(data, files)
        return self.form

    def perform(self, data):
        return actions.propose(by=self.user, assessee=self.object.assessee, **self.form.given())

    def next_url(self, result):
        if isinstance(result, Decision):
            return reverse("decision_detail", args=[result.pk])
        return reverse("evaluation_detail", args=[self.object.pk])


class OfDecision(ActionPage):
    """A step of one decision; afterwards one is back on its page."""

    model, crumbs = Decision, CRUMBS

    def rows(self, queryset):
        return queryset.select_related("cadre", "unit")

    def next_url(self, result):
        return reverse("decision_detail", args=[self.object.pk])


class DecisionPublish(OfDecision):
    verb, form_class = "publish_decision", PublishForm
    title, done = _("Put on public notice"), _("On public notice.")

    @property
    def explain(self):
        return self.object

    def initial(self):
        today = timezone.localdate()
        return {"starts_on": today, "ends_on": deadlines.public_notice_end(today)}

    def perform(self, data):
        return actions.publish(by=self.user, decision=self.object, **data)

    def refused(self, form, refusals):
        """Too short a notice is a slip of the form, not a deed that is forbidden."""
        beside = [replace(r, field="ends_on") if r.code == "notice_too_short" else r for r in refusals]
        return super().refused(form, beside)


class DecisionConfirm(OfDecision):
    verb, form_class = "confirm_decision", ConfirmForm
    title, done = _("Confirm the decision"), _("Confirmed.")

    @property
    def explain(self):
        return self.object

    def initial(self):
        return {"on": timezone.localdate(), "document_number": self.object.document_number}

    def perform(self, data):
        return actions.confirm(by=self.user, decision=self.object, **data)


class DecisionRevoke(OfDecision):
    verb, form_class, danger = "revoke_decision", RevokeForm, True
    title, submit, done = _("Revoke the decision"), _("Revoke"), _("Revoked.")

    @property
    def explain(self):
        return _t("%(decision)s: a revoked decision stays on record, with the reason, and cannot be taken up again.") % {
            "decision": self.object
        }

    def perform(self, data):
        return actions.revoke(by=self.user, decision=self.object, **data)


class DecisionFollowUp(OfDecision):
    verb, form_class = "follow_up", FollowUpForm
    title, submit, done = _("Plan a follow-up"), _("Save"), _("Planned.")

    def perform(self, data):
        return actions.add_follow_up(by=self.user, decision=self.object, **data)


class DecisionPublication(OfDecision):
    verb, form_class = "follow_up", PublicationForm
    title, submit, done = _("Add publicity"), _("Save"), _("Added.")

    def perform(self, data):
        return actions.add_publication(by=self.user, decision=self.object, **data)


class FollowUpFinish(ActionPage):
    model, crumbs = FollowUp, CRUMBS
    verb, form_class = "follow_up", FinishForm
    title, submit, done = _("Record the follow-up"), _("Save"), _("On record.")

    def rows(self, queryset):
        return queryset.select_related("decision__cadre", "decision__unit")

    @property
    def explain(self):
        return _t("%(decision)s, due on %(day)s") % {"decision": self.object.decision, "day": date_format(self.object.due_on, "Y-m-d")}

    def perform(self, data):
        return actions.finish_follow_up(by=self.user, follow_up=self.object, **data)

    def next_url(self, result):
        return reverse("decision_detail", args=[self.object.decision_id])
