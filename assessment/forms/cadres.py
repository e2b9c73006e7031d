"""Forms of cadres."""

from django import forms
from django.utils.translation import gettext_lazy as _

from assessment.forms.base import NewCode, RecordForm, UnitPick
from people.models import Cadre


class CadreForm(RecordForm):
    """Portrait data. ID number and phone are never filled in: empty leaves what is on record as it is."""

    SECRETS = ("id_number", "phone")

    unit = UnitPick(label=_("Unit"), verb="save_cadre", help_text=_("Code or full name."))
    birth_month = forms.RegexField(
        r"^\d{4}-\d{2}$",
        label=_("Birth month"),
        required=False,
        widget=forms.TextInput(attrs={"type": "month", "placeholder": "1980-05"}),
        error_messages={"invalid": _("A month looks like 1980-05.")},
    )
    forget_id_number = forms.BooleanField(label=_("Remove the ID number on record"), required=False)
    forget_phone = forms.BooleanField(label=_("Remove the phone on record"), required=False)

    sections = [
        (_("Person"), ["code", "name", "sex", "ethnicity", "birth_month", "native_place", "political_status", "joined_party_on"]),
        (_("Education and work"), ["education", "degree", "started_work_on"]),
        (_("Post"), ["unit", "post", "post_level", "rank", "in_post_since", "status"]),
        (_("Kept masked"), ["id_number", "forget_id_number", "phone", "forget_phone"]),
    ]

    class Meta:
        model = Cadre
        fields = [
            "name", "sex", "ethnicity", "birth_month", "native_place", "political_status", "joined_party_on", "started_work_on",
            "education", "degree", "unit", "post", "post_level", "rank", "in_post_since", "status", "id_number", "phone",
        ]  # fmt: skip

    def __init__(self, *args, recorded=(), **options):
        """recorded: those of SECRETS that are on record."""
        super().__init__(*args, **options)
        for name in self.SECRETS:
            if name in recorded:
                self.fields[name].help_text = _("On record. Leave empty to keep it.")
            else:
                del self.fields[f"forget_{name}"]

    def row(self):
        """What was typed, as a row for the action: a secret is absent unless it was given or is to go."""
        row = {name: value for name, value in self.cleaned_data.items() if not name.startswith("forget_")}
        for name in self.SECRETS:
            if self.cleaned_data.get(f"forget_{name}"):
                row[name] = ""
            elif not row[name]:
                del row[name]
        return row


class NewCadreForm(NewCode, CadreForm):
    class Meta(CadreForm.Meta):
        fields = ["code", *CadreForm.Meta.fields]


class RevealForm(forms.Form):
    """Why somebody needs an ID number or phone in full."""

    reason = forms.CharField(label=_("What do you need them for?"), min_length=2, max_length=1000)
