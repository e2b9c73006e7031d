"""The quick entry of a contact: campaign first, then how, when, where, whom, the team, and a block for each assessee.

What is right or wrong is checked once, in `actions.contacts`; here is what may be typed, and who it names.
"""

import re
import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from assessment.actions.drafts import ContactDraft, FindingDraft
from assessment.forms.attachments import FilesField
from assessment.forms.base import words_of
from assessment.models import Contact, Finding
from assessment.models.contact import Method

SHORT = 100  # assessees that a drop-down can show; beyond them one types and is offered matches
BLOCKS = 30  # assessees in one contact at most
#: Another campaign has other assessees and dimensions: the form is asked for anew, with what was typed.
OTHER_CAMPAIGN = {
    "hx-trigger": "change",
    "hx-target": "#entry",
    "hx-select": "#entry",
    "hx-swap": "outerHTML",
    "hx-vals": '{"do": "campaign"}',
}
CHECKED, SELECTED = mark_safe(" checked"), mark_safe(" selected")
MINUTE = "%Y-%m-%dT%H:%M"
SOURCE = ("source_name", "source_post", "relation")
COMMON = ("method", "held_at", "place", *SOURCE, "team")  # what concerns all whom a contact is about
BETWEEN = re.compile(r"[、,,;;\s]+")


class Taps(forms.RadioSelect):
    """Choices as buttons, one tap each; plain radio buttons underneath. shape: "three" or "five" in a row, else four."""

    def __init__(self, shape=""):
        self.shape = shape
        super().__init__()

    def render(self, name, value, attrs=None, renderer=None):
        attrs = self.build_attrs({"id": name}, attrs)
        options = [option for _group, some, _index in self.optgroups(name, self.format_value(value), {}) for option in some]
        rows = (
            (
                "" if option["value"] else "no",
                name,
                option["value"],
                f"{attrs['id']}_{index}",
                CHECKED if option["selected"] else "",
                option["label"],
            )
            for index, option in enumerate(options)
        )
        row = '<label class="{}"><input type="radio" name="{}" value="{}" id="{}"{}>{}</label>'
        return format_html('<div class="taps {}" id="{}">{}</div>', self.shape, attrs["id"], format_html_join("", row, rows))


class RosterInput(forms.Widget):
    """An assessee of the roster: a drop-down while it is short, else a text with suggestions while one types."""

    def __init__(self, rows, campaign):
        self.rows, self.campaign = rows, campaign
        super().__init__()

    def render(self, name, value, attrs=None, renderer=None):
        attrs = self.build_attrs(self.attrs, attrs)
        if self.rows is not None:
            return self._select(name, value, attrs)
        options, url = f"{attrs.get('id', name)}_options", reverse("contact_assessees")
        attrs |= {"type": "text", "name": name, "value": value or "", "list": options, "autocomplete": "off", "spellcheck": "false"}
        attrs |= {"hx-post": f"{url}?campaign={self.campaign.pk}&field={name}", "hx-trigger": "input changed delay:250ms"}
        attrs |= {"hx-target": f"#{options}", "hx-swap": "innerHTML", "hx-params": name}
        return format_html('<input{}><datalist id="{}"></datalist>', forms.utils.flatatt(attrs), options)

    def _select(self, name, value, attrs):
        groups = {}
        for row in self.rows:
            groups.setdefault(row.unit.name, []).append(row.assessee)
        chosen = str(value or "").split(" ")[0]
        attrs = {**attrs, "name": name, "class": attrs.get("class", "").replace("form-control", "form-select")}
        body = format_html_join(
            "",
            '<optgroup label="{}">{}</optgroup>',
            ((unit, self._options(members, chosen)) for unit, members in groups.items()),
        )
        return format_html('<select{}><option value="">{}</option>{}</select>', forms.utils.flatatt(attrs), _("Choose…"), body)

    def _options(self, members, chosen):
        return format_html_join(
            "",
            '<option value="{}"{}>{}{}</option>',
            (
                (
                    member.code,
                    SELECTED if member.code == chosen else "",
                    member.name,
                    f" · {member.post}" if getattr(member, "post", "") else "",
                )
                for member in members
            ),
        )


class RosterField(forms.CharField):
    """An evaluation of the campaign's roster, by the code of its assessee, or a name that only one has."""

    def __init__(self, roster, rows, campaign, **options):
        self.roster = roster
        super().__init__(widget=RosterInput(rows, campaign), required=False, max_length=200, **options)

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        for code in (text, text.split()[0]):
            if found := self.roster.filter(Q(cadre__code=code) | Q(group__code=code)).first():
                return found
        found = list(self.roster.filter(Q(cadre__name=text) | Q(group__name=text))[:6])
        if len(found) == 1:
            return found[0]
        if found:
            several = ", ".join(words_of(row.assessee) for row in found)
            raise ValidationError(_("Several bear this name. Type the code: %(several)s."), params={"several": several})
        raise ValidationError(_("“%(text)s” is not on the roster, or his evaluation is submitted already."), params={"text": text})


class ContactFields(forms.Form):
    """What a contact says beside whom it is about, and the words and marks of its findings."""

    method = forms.ChoiceField(label=_("Method"), choices=Method.choices, widget=Taps("thirds"), required=False)
    held_at = forms.CharField(label=_("When"), max_length=40, required=False, widget=forms.DateTimeInput)
    place = forms.CharField(label=_("Where"), max_length=100, required=False, help_text=_("Needed on site."))
    source_name = forms.CharField(label=_("Whom you spoke to"), max_length=60, required=False, help_text=_("Needed by phone and in talks."))
    source_post = forms.CharField(label=_("His post"), max_length=100, required=False)
    relation = forms.ChoiceField(
        label=_("His relation to the assessee"), choices=[("", _("Not said")), *Contact.Relation.choices], required=False
    )
    team = forms.CharField(
        label=_("Team, lead first"), max_length=400, required=False, help_text=_("User names or names with 、 or a comma between.")
    )

    def __init__(self, data=None, files=None, *, campaign, colleagues, **options):
        super().__init__(data, files, **options)
        self.campaign, self.colleagues = campaign, colleagues
        self.fields["team"].widget.attrs["list"] = "colleagues"
        self.dimensions = list(campaign.scheme.dimensions.all())
        self.levels = list(campaign.scheme.levels.all())

    def add_marks(self, prefix):
        """Fields for the words and marks of one finding."""
        texts = [("narrative", _("What was seen or heard"), 3), ("example", _("Concrete example"), 2)]
        for name, label, lines in texts:
            widget = forms.Textarea(attrs={"rows": lines})
            self.fields[prefix + name] = forms.CharField(label=label, widget=widget, required=False)
        levels = [*((str(level.pk), level.name) for level in self.levels), ("", _("not seen"))]
        for dimension in self.dimensions:
            widget = Taps({2: "three", 3: "three"}.get(len(levels) - 1, ""))
            self.fields[f"{prefix}rating-{dimension.pk}"] = forms.ChoiceField(
                label=dimension.name, choices=levels, widget=widget, required=False, initial=""
            )

    def marks(self, prefix):
        """(texts, ratings) of one finding, as bound fields."""
        texts = [self[f"{prefix}narrative"], self[f"{prefix}example"]]
        return texts, [self[f"{prefix}rating-{dimension.pk}"] for dimension in self.dimensions]

    def clean_team(self):
        """User names; a name that only one colleague has is taken for him."""
        by_name, known = {}, {user.username for user in self.colleagues}
        for user in self.colleagues:
            by_name.setdefault(user.name, []).append(user.username)
        names = [name for name in BETWEEN.split(self.cleaned_data["team"]) if name]
        return [name if name in known or len(by_name.get(name, ())) != 1 else by_name[name][0] for name in names]

    def field_of(self, refusal):
        """The field of this form that a refusal of the action is about."""
        match = re.match(r"^findings-(\d+)-(.*)$", refusal.field)
        if not match:
            return "findings-0-assessee" if refusal.code == "no_finding" else refusal.field
        prefix, rest = f"findings-{self.used[int(match[1])]}-", match[2]
        if rest.startswith("rating-"):
            names = {dimension.name: dimension.pk for dimension in self.dimensions}
            rest = f"rating-{names.get(rest.removeprefix('rating-'), '')}"
        return prefix + rest


class ContactForm(ContactFields):
    """One new contact. campaigns: the open ones to choose from; campaign: the chosen one; roster: its scoped evaluations;
    may_attach: files may come with it."""

    campaign = forms.ModelChoiceField(label=_("Campaign"), queryset=None, empty_label=None, required=False)
    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    blocks = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=BLOCKS, required=False)
    files = FilesField(label=_("Photos of the visit, or the signed record"), required=False)

    def __init__(self, data=None, files=None, *, campaigns, campaign, roster, blocks=1, may_attach=False, **options):
        super().__init__(data, files, campaign=campaign, **options)
        self.fields["campaign"].queryset = campaigns
        self.fields["campaign"].widget.attrs |= OTHER_CAMPAIGN | {"hx-post": reverse("contact_add")}
        self.fields["files"].widget.attrs["hx-preserve"] = "true"  # what was chosen outlasts another block
        if not may_attach:
            del self.fields["files"]
        self.size = blocks
        rows = list(roster[: SHORT + 1])
        self.on_roster = len(rows)
        for index in range(blocks):
            self._add_block(index, roster, rows if len(rows) <= SHORT else None)

    def _add_block(self, index, roster, rows):
        prefix = f"findings-{index}-"
        self.fields[f"{prefix}assessee"] = RosterField(roster, rows, self.campaign, label=_("Who is it about?"))
        self.add_marks(prefix)

    @property
    def files_field(self):
        """The field for files, where there is one: `form.files` are the files themselves."""
        return self["files"] if "files" in self.fields else None

    @classmethod
    def first(cls, user, campaign):
        """What stands in a new form."""
        now = timezone.localtime().strftime(MINUTE)
        return {"campaign": campaign.pk, "held_at": now, "team": user.username, "client_uuid": uuid.uuid4(), "blocks": 1}

    def grouped(self):
        """[(number, assessee, texts, ratings)] of bound fields, one for each block."""
        return [(index + 1, self[f"findings-{index}-assessee"], *self.marks(f"findings-{index}-")) for index in range(self.size)]

    def _is_blank(self, index):
        prefix = f"findings-{index}-"
        return not any(value for name, value in self.cleaned_data.items() if name.startswith(prefix))

    def draft(self):
        """The `ContactDraft` of what was typed. Blocks left wholly blank do not count, unless all are."""
        data = self.cleaned_data
        self.used = [index for index in range(self.size) if not self._is_blank(index)] or [0]
        levels = {str(level.pk): level for level in self.levels}
        findings = []
        for index in self.used:
            prefix = f"findings-{index}-"
            ratings = {d: level for d in self.dimensions if (level := levels.get(data.get(f"{prefix}rating-{d.pk}")))}
            assessee = data.get(f"{prefix}assessee") or ("cadre", "")
            findings.append(FindingDraft(assessee, data[f"{prefix}narrative"], data[f"{prefix}example"], ratings))
        given = {name: data.get(name, "") for name in COMMON}
        return ContactDraft(campaign=self.campaign, findings=findings, client_uuid=data.get("client_uuid"), **given)


class ContactChange(ContactFields):
    """A contact that stands. findings: those that this person may change (with `evaluation` and `marks`); held: he may not
    change what concerns all whom the contact is about; told: he may know who said it.

    What is not in the form, or stands in it as it was, is no part of the draft: nobody wipes what he cannot see.
    """

    def __init__(self, data=None, files=None, *, contact, findings, held, told, team, **options):
        super().__init__(data, files, campaign=contact.campaign, initial=_standing(contact, findings, team), **options)
        self.contact, self.findings = contact, findings
        for name in COMMON if held else () if told else SOURCE:
            del self.fields[name]
        for finding in findings:
            self.add_marks(f"findings-{finding.pk}-")

    def grouped(self):
        """[(finding, texts, ratings)] of bound fields."""
        return [(finding, *self.marks(f"findings-{finding.pk}-")) for finding in self.findings]

    def name_of(self, model, pk, key):
        """The field of this form for one of a record: of a finding it stands in its block."""
        return f"findings-{pk}-{key.replace('.', '-')}" if model is Finding else key

    def draft(self):
        """The `ContactDraft` of what was changed."""
        data, levels = self.cleaned_data, {str(level.pk): level for level in self.levels}
        changed = {name for name in self.changed_data if name in self.data}
        findings, self.used = [], []
        for finding in self.findings:
            prefix = f"findings-{finding.pk}-"
            texts = {name: data[prefix + name] for name in ("narrative", "example") if prefix + name in changed}
            marks = {d: prefix + f"rating-{d.pk}" for d in self.dimensions}
            ratings = {d: levels.get(data[name], "") for d, name in marks.items() if name in changed}
            if texts or ratings:
                findings.append(FindingDraft(finding.evaluation, ratings=ratings, **texts))
                self.used.append(finding.pk)
        given = {name: data[name] for name in COMMON if name in changed}
        return ContactDraft(campaign=self.campaign, contact=self.contact, findings=findings, **given)


def _standing(contact, findings, team):
    """What a contact says now, as its form shows it."""
    found = {name: getattr(contact, name) for name in COMMON if name not in ("held_at", "team")}
    found |= {"held_at": timezone.localtime(contact.held_at).strftime(MINUTE), "team": "、".join(user.username for user in team)}
    for finding in findings:
        prefix = f"findings-{finding.pk}-"
        found |= {prefix + name: getattr(finding, name) for name in ("narrative", "example")}
        found |= {f"{prefix}rating-{mark.dimension_id}": str(mark.level_id) for mark in finding.marks}
    return found
