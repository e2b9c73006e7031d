"""The opinion on an evaluation: written, submitted, returned, signed; told to the cadre; opened again."""

from dataclasses import replace

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessment.actions import evaluations as actions
from assessment.forms.evaluations import AnswerForm, NoticeForm, OpinionForm, ReopenForm
from assessment.models import Appeal, Evaluation, Finding, Notice, SignedOpinion
from assessment.models.contact import Method
from assessment.queries import contacts
from assessment.queries import evaluations as queries
from assessment.rules import workflow
from assessment.views.base import ActionPage, FormPage
from assessment.wording import grade_name
from people import sending
from people.models import LedgerEntry
from people.refusals import Refusal, Refused, refuse

CRUMBS = [(gettext_lazy("Evaluations"), "evaluation_list")]

#: Where the sentence of a refusal stands that names no field itself.
FIELDS = {
    "grade_unknown": "grade",
    "evidence_missing": "grade",
    "grade_reason_missing": "grade_reason",
    "reopen_without_ground": "evidence",
    "reason_missing": "reason",
}


def placed(refusals):
    """The refusals, each with the field of its form."""
    return [r if r.field else replace(r, field=FIELDS.get(r.code) or r.facts.get("field", "")) for r in refusals]


class OfEvaluation:
    """Mixin: a page about one evaluation that leads back to it."""

    model, crumbs = Evaluation, CRUMBS

    def rows(self, queryset):
        return queries.with_scheme(queries.with_numbers(queryset, self.user))

    def back_url(self):
        return reverse("evaluation_detail", args=[self.object.pk])

    def next_url(self, result):
        return self.back_url()

    def refused(self, form, refusals):
        return super().refused(form, placed(refusals))

    def latest(self):
        """The latest signed opinion; 404 where nothing is signed."""
        opinion = get_object_or_404(self.visible(SignedOpinion), evaluation=self.object, number=self.object.version)
        opinion.evaluation = self.object
        return opinion


class OpinionDraft(OfEvaluation, FormPage):
    verb, template_name = "draft_opinion", "assessment/opinion_form.html"
    done = ""

    def dispatch(self, request, *args, **kwargs):
        self.submitting = request.POST.get("then") == "submit"
        return super().dispatch(request, *args, **kwargs)

    def get_object(self):
        evaluation = super().get_object()
        if evaluation.hidden:
            raise Refused(Refusal("blind"))
        return evaluation

    def get(self, request, *args, **kwargs):
        refuse(*workflow.draft(state=self.object.state))
        return super().get(request, *args, **kwargs)

    def get_title(self):
        return _("Opinion on %(name)s") % {"name": self.object}

    def get_form(self, data=None, files=None):
        grades = [grade.name for grade in self.object.campaign.scheme.grades.all()]
        initial = {}
        if not self.object.grade and not any(getattr(self.object, name) for name in workflow.OPINION):
            initial["grade"] = self.object.proposed_grade  # a first draft starts from what was computed
        return OpinionForm(data, instance=self.object, initial=initial, grades=grades)

    def context(self):
        findings = contacts.found(self.visible(Finding).filter(evaluation=self.object, withdrawn_on=None), self.user)
        evidence = queries.evidence(self.object)
        methods = [(Method(method).label, weight, count) for method, weight, count in evidence.methods]
        proposed = grade_name(self.object.proposed_grade)
        return {"evidence": evidence, "methods": methods, "findings": findings, "proposed": proposed}

    def perform(self, data):
        if not self.submitting:
            return actions.draft(by=self.user, evaluation=self.object, **data)
        with sending.under_way(None):  # what is done once is submitting; a draft saved twice is the same draft
            evaluation = actions.draft(by=self.user, evaluation=self.object, **data)
        self.saved = True
        return actions.submit(by=self.user, evaluation=evaluation)

    def refused(self, form, refusals):
        if getattr(self, "saved", False):
            mine = LedgerEntry.objects.filter(request_id=self.request.id).order_by("-seq").first()
            self.seen = mine.seq if mine else self.seen
            form.add_error(None, _("The draft is saved, but it cannot be submitted yet."))
        return super().refused(form, refusals)


class EvaluationSubmit(OfEvaluation, ActionPage):
    verb = "submit"
    explain = gettext_lazy("The opinion and its evidence are locked and go to a reviewer to be signed. You are its author.")
    submit, done = gettext_lazy("Submit"), gettext_lazy("Submitted: a reviewer can sign it now.")

    def get_title(self):
        return _("Submit the evaluation of %(name)s") % {"name": self.object}

    def get_object(self):
        evaluation = super().get_object()
        if evaluation.hidden:
            raise Refused(Refusal("blind"))
        return evaluation

    def perform(self, data):
        return actions.submit(by=self.user, evaluation=self.object)


class EvaluationReturn(OfEvaluation, ActionPage):
    verb, reason = "send_back", "required"
    explain = gettext_lazy("The evaluation goes back to its author with your reason; evidence and opinion can be changed again.")
    submit, done = gettext_lazy("Return"), gettext_lazy("Returned with your reason.")

    def get_title(self):
        return _("Return the evaluation of %(name)s") % {"name": self.object}

    def perform(self, data):
        return actions.send_back(by=self.user, evaluation=self.object, why=data["reason"])


class EvaluationSign(OfEvaluation, ActionPage):
    verb, template_name = "sign", "assessment/evaluation_sign.html"
    submit, done = gettext_lazy("Sign"), gettext_lazy("Signed. The next step is the written notice.")
    confirm_identity = True

    def get_title(self):
        return _("Sign the evaluation of %(name)s") % {"name": self.object}

    def get(self, request, *args, **kwargs):
        refuse(*actions.sign_refusals(by=self.user, evaluation=self.object))
        return super().get(request, *args, **kwargs)

    def context(self):
        places, taken = actions.quota_state(self.object, self.object.campaign.scheme)
        return {"places": places, "taken": taken, "grade": grade_name(self.object.grade)}

    def perform(self, data):
        return actions.sign(by=self.user, evaluation=self.object)


class EvaluationNotice(OfEvaluation, ActionPage):
    verb, form_class = "give_notice", NoticeForm
    explain = gettext_lazy("The cadre is told of the result in writing (Civil Servants Law, art. 38).")
    submit, done = gettext_lazy("Record the notice"), gettext_lazy("The notice is on record.")

    def get_title(self):
        return _("Notice to %(name)s") % {"name": self.object}

    def perform(self, data):
        return actions.give_notice(by=self.user, opinion=self.latest(), **data)


class EvaluationAnswer(OfEvaluation, ActionPage):
    verb, form_class = "give_notice", AnswerForm
    submit, done = gettext_lazy("Save"), gettext_lazy("The answer is on record.")

    def get_title(self):
        return _("Answer of %(name)s") % {"name": self.object}

    def notice(self):
        return get_object_or_404(self.visible(Notice), opinion__evaluation=self.object, opinion__number=self.object.version)

    def about(self):
        return [self.object, self.notice()]

    def initial(self):
        return {"answer": self.notice().answer}

    def perform(self, data):
        return actions.answer_notice(by=self.user, notice=self.notice(), answer=data["answer"])


class EvaluationReopen(OfEvaluation, ActionPage):
    verb, form_class = "reopen", ReopenForm
    explain = gettext_lazy(
        "A signed evaluation is opened again only for new evidence or an upheld review or appeal. "
        "The signed version stays; decisions that rest on it are marked."
    )
    submit, done = gettext_lazy("Open again"), gettext_lazy("Open again: evidence and opinion can be changed.")
    danger = True

    def get_title(self):
        return _("Open the evaluation of %(name)s again") % {"name": self.object}

    def form_kwargs(self):
        upheld = self.visible(Appeal).filter(outcome=Appeal.Outcome.UPHELD)
        mine = upheld.filter(opinion__evaluation=self.object, opinion__number=self.object.version)
        return {"appeals": mine.select_related("opinion__evaluation__cadre", "opinion__evaluation__group")}

    def perform(self, data):
        return actions.reopen(by=self.user, evaluation=self.object, **data)
