"""Pages of contacts: the list, one contact with what it showed, and taking a finding back. Entry is in `entry`."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessment.actions import attachments
from assessment.actions import contacts as actions
from assessment.filters.contacts import ContactFilter
from assessment.models import Attachment, Campaign, Contact, Evaluation, Finding
from assessment.queries import attachments as files
from assessment.queries import blind
from assessment.queries import contacts as queries
from assessment.queries.contacts import changeable
from assessment.tables.contacts import ContactTable, SourceTable
from assessment.views.base import ActionPage, DetailPage, ListPage, offer
from people.access import can
from people.refusals import Refusal, Refused

CRUMBS = [(_("Contacts"), "contact_list")]


class ContactList(ListPage):
    model, table_class, filterset_class = Contact, ContactTable, ContactFilter
    title = _("Contacts")
    search_hint = _("Number, place, assessee, or what was found")

    def rows(self, queryset):
        return queries.listed(queryset, self.user)

    def listing(self, data):
        if can(self.user, "view_source"):
            self.table_class = SourceTable
        return super().listing(data)

    def buttons(self):
        return [offer(self.user, "record_contact", _("Record a contact"), reverse("contact_add"), tone="main")]


def withdrawal_refusal(finding):
    """Why a finding cannot be taken back now, or None: the page says it before one tries."""
    if finding.evaluation.state != Evaluation.State.GATHERING:
        return Refusal("evidence_locked", {"value": str(finding.evaluation), "state": finding.evaluation.state})
    if finding.contact.campaign.state != Campaign.State.OPEN:
        return Refusal("campaign_closed", {"campaign": finding.contact.campaign.code})
    return None


class ContactDetail(DetailPage):
    """One contact. A look is told: the page says who spoke."""

    model, verb, crumbs = Contact, "", CRUMBS
    template_name, viewed = "assessment/contact_detail.html", True

    def rows(self, queryset):
        return queries.listed(queryset, self.user)

    def get_title(self):
        return _("Contact %(number)s") % {"number": self.object.number}

    def sub(self):
        return self.object.campaign.title

    def context(self):
        findings = queries.found(self.visible(Finding).filter(contact=self.object), self.user)
        for finding in findings:
            if finding.withdrawn_on is None and can(self.user, "withdraw_finding"):
                finding.withdrawal = offer(
                    self.user,
                    "withdraw_finding",
                    _("Withdraw…"),
                    reverse("finding_withdraw", args=[finding.pk]),
                    finding,
                    refusal=withdrawal_refusal(finding),
                )
        return {"findings": findings, **self.attachments()}

    def attachments(self):
        """What stands of the contact's files; nothing, not even that there may be some, for those who may not know its source."""
        if not self.object.source_told:
            return {}
        rows = files.of_contact(self.visible(Attachment), self.object)
        found = {"files_told": True, "attachments": rows, "may_take": not self.sealed()}
        if can(self.user, "attach"):
            refusal = next(iter(attachments.refusals(self.user, self.object)), None)
            found["add_files"] = offer(
                self.user, "attach", _("Add files…"), reverse("attachment_add", args=[self.object.pk]), self.object, refusal=refusal
            )
            for row in rows:
                if refusal is None and row.withdrawn_on is None:  # why not stands beside the button above, once
                    row.withdrawal = offer(self.user, "attach", _("Withdraw…"), reverse("attachment_withdraw", args=[row.pk]), self.object)
        return found

    def sealed(self):
        """Evaluations of this contact that are blind to the reader as yet."""
        rows = [finding.evaluation for finding in self.object.shown]
        for row in rows:
            row.campaign = self.object.campaign
        return blind.sealed(self.user, rows)

    def buttons(self):
        return [self._form(), *self._change(), *self._another()]

    def _form(self):
        hidden = Refusal("blind") if self.sealed() else None
        return offer(self.user, "view_contact", _("Official forms"), reverse("contact_print", args=[self.object.pk]), refusal=hidden)

    def _change(self):
        """One button; why not, if he may change neither what concerns all nor what it says of anybody."""
        if not can(self.user, "record_contact"):
            return []
        held = actions.holds(self.user, "record_contact", self.object)
        refusal = None if not held or changeable(self.user, self.object) else held[0]
        return [offer(self.user, "record_contact", _("Change…"), reverse("contact_edit", args=[self.object.pk]), refusal=refusal)]

    def _another(self):
        if not can(self.user, "record_contact"):
            return []
        closed = None
        if self.object.campaign.state != Campaign.State.OPEN:
            closed = Refusal("campaign_closed", {"campaign": self.object.campaign.code})
        another = f"{reverse('contact_add')}?like={self.object.pk}"
        return [offer(self.user, "record_contact", _("Record another like this"), another, refusal=closed)]


class FindingWithdraw(ActionPage):
    model, verb, crumbs = Finding, "withdraw_finding", CRUMBS
    reason, danger = "required", True
    explain = _("The finding stays on record with your reason, but no longer counts. It cannot be brought back.")
    submit, done = _("Withdraw"), _("The finding was withdrawn; the evaluation was computed again.")

    def rows(self, queryset):
        return queryset.select_related("contact__campaign", "evaluation__cadre", "evaluation__group")

    def get_title(self):
        return _("Withdraw what contact %(number)s says about %(name)s") % {
            "number": self.object.contact.number,
            "name": self.object.evaluation,
        }

    def get(self, request, *args, **kwargs):
        if refusal := withdrawal_refusal(self.object):
            raise Refused(refusal)
        return super().get(request, *args, **kwargs)

    def perform(self, data):
        return actions.withdraw(by=self.user, finding=self.object, why=data["reason"])

    def next_url(self, result):
        return reverse("contact_detail", args=[self.object.contact_id])
