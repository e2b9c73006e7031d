"""Pages about one record: look at it, fill in a form, do a deed."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from assessment.forms.base import NewCode
from assessment.views import meanwhile
from assessment.views.common import Page, offer, offers, refused_page
from assessment.views.confirming import Confirming
from assessment.wording import sentence
from people import ledger, sending
from people.models import RecordedModel
from people.refusals import Refused

#: Refusals of access. They go into the ledger also when a form shows them beside what was typed.
ACCESS = frozenset({"role_missing", "outside_scope", "own_file", "file_of_kin"})


class DetailPage(Page):
    """One record. `context()` gives the template what it shows; `facts()` the pairs of the generic template.

    viewed: True writes into the ledger that this person saw this record (once an hour): cadres and evaluations.
    """

    template_name = "generic/detail.html"
    viewed = False

    def get_title(self):
        return str(self.object)

    def sub(self):
        """Hook: the short line of context under the title."""
        return ""

    def facts(self):
        """Hook: [(label, value)] of the generic template."""
        return []

    def buttons(self):
        """Hook: what can be done with the record."""
        return []

    def get(self, request, *args, **kwargs):
        if self.viewed:
            ledger.viewed(by=self.user, obj=self.object)
        return self.render(sub=self.sub(), facts=self.facts(), buttons=[*self.buttons(), *self.history()])

    def history(self):
        """The way to all that was done with the record, for auditors."""
        if not isinstance(self.object, RecordedModel):
            return []
        try:
            url = reverse("ledgerentry_record", args=[self.object._meta.label_lower, self.object.pk])
        except NoReverseMatch:
            return []
        return offers(offer(self.user, "view_ledgerentry", _("History"), url, self.object))


class FormPage(Confirming, Page):
    """A form whose cleaned data go to an action: `perform(data)` calls it and returns what it saved.

    With `pk` in the address the page is about that record (`self.object`). What the action refuses stands beside its
    field, and what was typed is kept.
    """

    form_class = None
    template_name = "generic/form.html"
    meanwhile = ()  # what others changed while the form was filled in
    submit = _("Save")
    done = _("Saved.")
    sub = ""  # the short line of context under the title

    def perform(self, data):
        raise NotImplementedError

    def initial(self):
        """Hook: what stands in the form at first."""
        return {}

    def form_kwargs(self):
        """Hook: more arguments for the form, such as `{"user": self.user}` for scoped choices."""
        return {}

    def get_form(self, data=None, files=None):
        return self.form_class(data, files, initial=self.initial(), **self.form_kwargs())

    def next_url(self, result):
        """Hook: where to go afterwards: to what was saved, else to its list."""
        result = result if hasattr(result, "pk") else self.object
        noun = (type(result) if result else self.model)._meta.model_name
        return reverse(f"{noun}_detail", args=[result.pk]) if result else reverse(f"{noun}_list")

    def back_url(self):
        """Hook: where "Cancel" leads."""
        return self.next_url(None)

    def about(self):
        """Hook: the records whose change by others meanwhile the sender is shown first."""
        return [self.object] if isinstance(self.object, RecordedModel) else []

    def dispatch(self, request, *args, **kwargs):
        self.seen = ledger.head()[0]  # before anything is read that the page shows
        return super().dispatch(request, *args, **kwargs)

    def _answer(self, request, *args, **kwargs):
        if request.method == "POST":
            self.seen = meanwhile.read(request, self.seen)
        return super()._answer(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        return self.render(form=self.get_form())

    def post(self, request, *args, **kwargs):
        form, confirmed = self.get_form(request.POST, request.FILES), self.is_confirmed()
        if not form.is_valid() or not confirmed:
            return self.render(form=form)
        return self.carry_out(form, lambda: self.perform(form.cleaned_data))

    def carry_out(self, form, perform):
        """Call the action for a form that is filled in: what it refuses, and what others changed meanwhile, stands on the page."""
        records = self.expected()
        try:
            with sending.expecting(records, self.seen, new=form.makes if isinstance(form, NewCode) else ""):
                result = perform()
        except Refused as refused:
            self.meanwhile = meanwhile.changes(self.user, records, self.seen)
            if self.meanwhile:
                self.seen, self.object = ledger.head()[0], self.get_object()
                form = meanwhile.beside(self.meanwhile, form, self.get_form, self.request)
            return self.refused(form, [r for r in refused.refusals if r.code != "record_changed"])
        if self.done:
            messages.success(self.request, self.done)
        return self.redirect(self.next_url(result))

    def expected(self):
        """[(type, id)] of the records; none if the form does not say what its sender had seen."""
        if meanwhile.SEEN not in self.request.POST:
            return []
        return [(record._meta.label_lower, record.pk) for record in self.about()]

    def render(self, status=200, **context):
        if self.meanwhile:
            status, context["meanwhile"] = 409, self.meanwhile
        if self.about():
            context["seen"] = meanwhile.token(self.user, self.seen)
        return super().render(status, **context)

    def made_url(self, record):
        try:
            self.object = self.object or self.get_object()
            return self.next_url(record)
        except (Http404, NoReverseMatch, Refused):
            return super().made_url(record)

    def place(self, form, field, words):
        """Hook: where a refusal's sentence stands; by its field, else above the form."""
        form.add_error(field if field in form.fields else None, words)

    def refused(self, form, refusals):
        """Show each refusal beside its field, else above the form."""
        for refusal in refusals:
            self.place(form, refusal.field, sentence(refusal))
        codes = [r.code for r in refusals if r.code in ACCESS]
        if codes:
            facts = {"verb": self.verb, "codes": codes, "path": self.request.path}
            ledger.note(by=self.user, verb="refused", obj=self.object, facts=facts)
        return self.render(form=form)


class ReasonForm(forms.Form):
    """Why the deed is done."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)


class ActionPage(FormPage):
    """One deed with one record: asked back on GET, done on POST. `perform(data)` calls the action.

    reason: "required", "optional" or "" (not asked). More to ask: give a form_class.
    explain: what the deed does. What the action refuses as a whole answers 403 with the reason.
    """

    template_name = "generic/confirm.html"
    reason = ""
    explain = ""
    submit = _("Confirm")
    done = _("Done.")
    danger = False

    def get_form(self, data=None, files=None):
        if self.form_class:
            return super().get_form(data, files)
        form = ReasonForm(data, initial=self.initial()) if self.reason else forms.Form(data)
        if self.reason == "optional":
            form.fields["reason"].required = False
        return form

    def refused(self, form, refusals):
        if self.meanwhile or any(r.field in form.fields for r in refusals):
            return super().refused(form, refusals)
        return refused_page(self.request, refusals, verb=self.verb, obj=self.object)
