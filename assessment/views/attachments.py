"""Files of a contact: add them, withdraw one, and hand one out; they are never shown within a page."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assessment.actions import attachments as actions
from assessment.forms.attachments import AttachmentForm, ask_again
from assessment.models import Attachment, Contact
from assessment.views.base import ActionPage, FormPage, Page
from assessment.views.contacts import CRUMBS
from people.refusals import refuse


class AttachmentAdd(FormPage):
    """Files for the contact in the address."""

    model, verb, crumbs, form_class = Contact, "attach", CRUMBS, AttachmentForm
    submit, done = _("Add"), _("The files are on record.")

    def rows(self, queryset):
        return queryset.select_related("campaign")

    def get_title(self):
        return _t("Add files to contact %(number)s") % {"number": self.object.number}

    def initial(self):
        return {"kind": actions.usual_kind(self.object.method, "")}

    def get(self, request, *args, **kwargs):
        refuse(*actions.refusals(self.user, self.object))
        return super().get(request, *args, **kwargs)

    def perform(self, data):
        actions.add(by=self.user, contact=self.object, kind=data["kind"], uploads=data["files"])

    def render(self, status=200, **context):
        ask_again(context.get("form"))
        return super().render(status, **context)

    def next_url(self, result):
        return f"{reverse('contact_detail', args=[self.object.pk])}#attachments"


class AttachmentWithdraw(ActionPage):
    model, verb, crumbs = Attachment, "attach", CRUMBS
    reason, danger = "required", True
    explain = _("The file stays on record with your reason, but is no longer evidence. It cannot be brought back.")
    submit, done = _("Withdraw"), _("The file was withdrawn.")

    def rows(self, queryset):
        return queryset.select_related("contact__campaign")

    def get_title(self):
        return _t("Withdraw the file %(name)s") % {"name": self.object.name}

    def get(self, request, *args, **kwargs):
        refuse(*actions.refusals(self.user, self.object.contact))
        return super().get(request, *args, **kwargs)

    def perform(self, data):
        return actions.withdraw(by=self.user, attachment=self.object, why=data["reason"])

    def next_url(self, result):
        return f"{reverse('contact_detail', args=[self.object.contact_id])}#attachments"


class AttachmentFile(Page):
    """The file itself, to be kept on the reader's disk: no browser shows it here or runs what may be in it."""

    model, verb = Attachment, "view_attachment"
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "no-store, private"}

    def rows(self, queryset):
        return queryset.select_related("contact__campaign")

    def get(self, request, *args, **kwargs):
        attachment = self.object
        content = actions.take_along(by=self.user, attachment=attachment)
        disposition = content_disposition_header(True, attachment.name)
        return HttpResponse(content, content_type=attachment.media_type, headers={**self.headers, "Content-Disposition": disposition})
