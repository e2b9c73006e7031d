"""Quick entry of a contact, in under a minute on a phone; and the suggestions that it asks for."""

import re
from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessment.actions import attachments
from assessment.actions import contacts as actions
from assessment.forms.attachments import ask_again
from assessment.forms.base import words_of
from assessment.forms.contacts import BLOCKS, ContactForm
from assessment.models import Contact, Evaluation
from assessment.models.contact import Method
from assessment.queries import contacts as queries
from assessment.queries.evaluations import with_numbers
from assessment.views.base import FormPage, Page, whole
from assessment.views.contacts import CRUMBS
from people.access import can, visible_to
from people.actions.inputs import plain_text

SUGGESTED = 12


class Entry(FormPage):
    """What the pages share on which a contact is typed."""

    model, crumbs, done = Contact, CRUMBS, ""

    def with_scores(self, pks, work):
        """Do the work, and tell how it moved the scores of these evaluations."""
        before = self.scores(pks)
        contact = work()
        for pk, (name, score) in self.scores(pks).items():
            old = before.get(pk, (name, None))[1]
            if old != score:
                words = {"name": name, "old": _shown(old), "new": _shown(score)}
                messages.info(self.request, _("%(name)s: score %(old)s → %(new)s") % words)
        return contact

    def scores(self, pks):
        """{evaluation: (name, score)} as this user may see them."""
        rows = with_numbers(self.visible(Evaluation).filter(pk__in=pks), self.user).select_related("cadre", "group").order_by("pk")
        return {row.pk: (str(row), row.seen_score) for row in rows if not row.hidden}

    def refused(self, form, refusals):
        # the form has one field for the cadre or unit, where a workbook has two columns
        told = [replace(r, code="assessee_missing", facts={}) if r.code == "cadre_or_unit" else r for r in refusals]
        return super().refused(form, [replace(refusal, field=form.field_of(refusal)) for refusal in told])


class ContactAdd(Entry):
    """GET takes what is known already: campaign, assessee (an evaluation), method, or `like` (a contact)."""

    verb, template_name = "record_contact", "assessment/contact_form.html"
    title = gettext_lazy("Record a contact")

    def campaigns(self):
        """Open campaigns that he may record in."""
        return queries.campaigns_open_to(self.user).select_related("scheme").prefetch_related("scheme__dimensions", "scheme__levels")

    def roster(self, campaign):
        return queries.roster(visible_to(self.user, Evaluation, "record_contact"), campaign)

    def chosen(self, campaigns, asked):
        """The campaign asked for, else that of his last contact, else the newest."""
        by_key = {str(campaign.pk): campaign for campaign in campaigns}
        return by_key.get(asked) or queries.campaign_of_last(self.visible(), self.user, campaigns)

    def build(self, data=None, files=None, *, campaign=None, initial=None, blocks=1):
        campaigns = self.campaigns()
        campaign = self.chosen(campaigns, str(campaign or ""))
        if campaign is None:
            return None
        colleagues = list(queries.colleagues(self.user))
        first = {**ContactForm.first(self.user, campaign), **(initial or {})}
        options = {"campaigns": campaigns, "campaign": campaign, "roster": self.roster(campaign), "colleagues": colleagues}
        may_attach = bool(can(self.user, "attach", campaign))
        return ContactForm(data, files, blocks=blocks, initial=first, may_attach=may_attach, **options)

    def get(self, request, *args, **kwargs):
        asked, initial = request.GET, {}
        campaign = asked.get("campaign")
        if asked.get("method") in Method.values:
            initial["method"] = asked["method"]
        if assessee := whole(asked.get("assessee")):
            evaluation = self.visible(Evaluation).filter(pk=assessee).select_related("cadre", "group").first()
            if evaluation:
                campaign, initial["findings-0-assessee"] = evaluation.campaign_id, words_of(evaluation.assessee)
        if like := whole(asked.get("like")):
            contact = self.visible().filter(pk=like).prefetch_related("team__user").first()
            if contact:
                campaign = contact.campaign_id
                initial |= {"method": contact.method, "place": contact.place}
                initial["team"] = "、".join(member.user.username for member in contact.team.all())
        return self.render(form=self.build(campaign=campaign, initial=initial))

    def post(self, request, *args, **kwargs):
        data = request.POST.copy()
        blocks = int(data["blocks"]) if re.fullmatch(r"[1-9]\d?", data.get("blocks", "")) else 1
        do, blocks = data.get("do", ""), min(blocks, BLOCKS)
        if do == "add":
            blocks = min(blocks + 1, BLOCKS)
        elif re.fullmatch(r"remove-[0-9]{1,2}", do) and blocks > 1:
            blocks = _without(data, int(do.removeprefix("remove-")) - 1, blocks)
        data["blocks"] = str(blocks)
        form = self.build(data, request.FILES, campaign=data.get("campaign"), blocks=blocks)
        if form is None:
            return self.render(form=None)
        if do:  # another block, one less, or another campaign: nothing is checked yet
            kept = {name: value for name, value in data.items() if name in form.fields}
            form = self.build(campaign=data.get("campaign"), initial=kept, blocks=blocks)
            return self.render(form=form)
        if not form.is_valid():
            return self.render(form=form)
        return self.carry_out(form, lambda: self.perform(form))

    def perform(self, form):
        draft, uploads = form.draft(), form.cleaned_data.get("files")
        touched = [finding.assessee.pk for finding in draft.findings if isinstance(finding.assessee, Evaluation)]
        return self.with_scores(touched, lambda: self.record(draft, uploads))

    def record(self, draft, uploads):
        if uploads:
            contact = attachments.record(by=self.user, draft=draft, uploads=uploads)
        else:
            contact = actions.record(by=self.user, drafts=[draft])[0]
        messages.success(self.request, _("Contact %(number)s is recorded.") % {"number": contact.number})
        return contact

    def render(self, status=200, **context):
        ask_again(context.get("form"))
        return super().render(status, **context)


def _without(data, gone, blocks):
    """Take one block of the typed data out; those after it move up. Returns how many are left."""
    typed = {name: data.pop(name)[-1] for name in list(data) if name.startswith("findings-")}
    for name, value in typed.items():
        found = re.fullmatch(r"findings-([0-9]{1,2})-(.+)", name)
        if found and int(found[1]) != gone:
            data[f"findings-{int(found[1]) - (int(found[1]) > gone)}-{found[2]}"] = value
    return blocks - 1


def _shown(score):
    return "—" if score is None else f"{score:.2f}"


class Assessees(Page):
    """Options of a datalist: assessees of a campaign's roster by code, name, pinyin or initials."""

    model, verb = Evaluation, "record_contact"

    def post(self, request, *args, **kwargs):
        """By POST alone: what is typed are names, and those do not stand in addresses."""
        typed, campaign = plain_text(request.POST.get(request.GET.get("field", "")))[:60], whole(request.GET.get("campaign"))
        rows = ()
        if typed and campaign:
            found = queries.named(typed)
            rows = queries.roster(visible_to(self.user, Evaluation, self.verb), campaign).filter(found)[:SUGGESTED]
        options = ((words_of(row.assessee), getattr(row.assessee, "post", "") or row.unit.name) for row in rows)
        return HttpResponse(format_html("{}", format_html_join("", '<option value="{}">{}</option>', options)))
