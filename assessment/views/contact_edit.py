"""Changing a contact that stands: what concerns all whom it is about, and what it says of each whom one handles."""

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from assessment.actions import contacts as actions
from assessment.forms.contacts import ContactChange
from assessment.models import Finding
from assessment.queries import contacts as queries
from assessment.views.entry import Entry
from assessment.wording import sentence
from people.access import demand, visible_to
from people.refusals import refuse


class ContactEdit(Entry):
    """Others may handle some of those whom the contact is about: their findings are neither shown nor touched here, and what
    concerns all stands there to be read."""

    template_name = "assessment/contact_edit.html"

    def rows(self, queryset):
        return queries.listed(queryset, self.user).select_related("campaign__scheme")

    def get_title(self):
        return _("Change contact %(number)s") % {"number": self.object.number}

    def about(self):
        return [self.object, *self.findings]

    def dispatch(self, request, *args, **kwargs):
        self.findings, self.held = [], []
        return super().dispatch(request, *args, **kwargs)

    def get_form(self, data=None, files=None):
        self.held = actions.holds(self.user, "record_contact", self.object)
        found = queries.changeable(self.user, self.object)
        if data is not None:  # of one that was locked meanwhile, what was typed is kept and the action says why not
            found = self.typed(data)
        self.findings = found
        return ContactChange(
            data, contact=self.object, findings=found, held=bool(self.held) and not self.sent(data), told=self.object.source_told,
            team=[member.user for member in self.object.members], colleagues=list(queries.colleagues(self.user)),
        )  # fmt: skip

    def typed(self, data):
        """The findings that the form was about, as far as he handles them."""
        rows = visible_to(self.user, Finding, "record_contact").filter(contact=self.object)
        return [f for f in queries.found(rows, self.user) if f"findings-{f.pk}-narrative" in data and not f.sealed]

    def sent(self, data):
        """Did the form hold what concerns all?"""
        return data is not None and "method" in data

    def get(self, request, *args, **kwargs):
        self.may()
        form = self.get_form()
        if self.held and not self.findings:
            refuse(*self.held)
        return self.render(form=form)

    def post(self, request, *args, **kwargs):
        self.may()
        return super().post(request, *args, **kwargs)

    def may(self):
        """Whoever records may; which parts is asked for each, as the campaign's unit may be another than that of the assessees."""
        self.verb = "record_contact"
        demand(self.user, self.verb)

    def context(self):
        return {"held": [sentence(refusal) for refusal in self.held]}

    def carry_out(self, form, perform):
        return super().carry_out(form, lambda: self.perform(form))

    def perform(self, form):
        draft = form.draft()
        touched = [finding.evaluation_id for finding in self.object.shown]
        contact = self.with_scores(touched, lambda: actions.record(by=self.user, drafts=[draft])[0])
        messages.success(self.request, _("Contact %(number)s is saved.") % {"number": contact.number})
        return contact

    def next_url(self, result):
        return reverse("contact_detail", args=[self.object.pk])
