"""Forms of the appointment form's data, and of files of its exchange format."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assessment.forms.base import RecordForm, UnitPick
from assessment.forms.schemes import BLANK, Rows
from assessment.sheets.appointment.files import LIMITS
from assessment.wording import sentence
from people import photos
from people.access import visible_to
from people.actions import profiles
from people.models import Cadre, Profile
from people.refusals import Refusal

KEPT = ("cadre", "family", "unknown", "form_version")  # no fields of their own


class RelativeForm(forms.Form):
    """A row of the family: cells named by the heading of their column."""

    relation = forms.CharField(label=_("Relation"), required=False)
    name = forms.CharField(label=_("Name"), required=False)
    born = forms.CharField(label=_("Born"), required=False, widget=forms.TextInput(attrs={"placeholder": "1980.05"}))
    political_status = forms.CharField(label=_("Political status"), required=False)
    post = forms.CharField(label=_("Unit and post"), required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            field.max_length = profiles.RELATIVE[name].limit
            field.widget.attrs |= {"aria-label": field.label, "maxlength": field.max_length}


class ProfileForm(RecordForm):
    """All that the form tells beyond the roster; family as rows, of which an emptied one goes."""

    photo = forms.FileField(
        label=_("Photo"), required=False, widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
        help_text=_("JPEG or PNG of at most 2 MB. It is made small, and nothing but the picture is kept."),
    )  # fmt: skip
    forget_photo = forms.BooleanField(label=_("Remove the photo on record"), required=False)

    sections = [
        (_("Person"), ["birth_place", "joined_party_note", "health", "technical_post", "speciality"]),
        (
            _("Education and degrees"),
            [
                "full_time_education", "full_time_school", "full_time_degree", "full_time_degree_school",
                "in_service_education", "in_service_school", "in_service_degree", "in_service_degree_school",
            ],
        ),
        (_("Posts"), ["proposed_post", "removed_post"]),
        ("", ["resume"]),
        ("", ["rewards", "annual_results", "appointment_reason"]),
        (_("The form"), ["reporting_unit", "filled_by", "filled_on", "age_on"]),
        (_("Photo"), ["photo", "forget_photo"]),
    ]  # fmt: skip

    class Meta:
        model = Profile
        exclude = KEPT
        help_texts = {
            "joined_party_note": _("Only where it is more than the month that the roster holds, such as 民盟 or 199506；民盟."),
            "resume": _("A line for each station: 2001.07--2005.03  text. A line without a month continues the one before."),
            "annual_results": _("Empty: the signed annual results of the last three years stand on the form."),
            "filled_on": _("Ages are reckoned on this day."),
            "age_on": _("Ages are reckoned on this day where the form has no day of filling in."),
        }
        widgets = {
            "speciality": forms.Textarea(attrs={"rows": 2}),
            "resume": forms.Textarea(attrs={"rows": 12}),
            "rewards": forms.Textarea(attrs={"rows": 3}),
            "annual_results": forms.Textarea(attrs={"rows": 3}),
            "appointment_reason": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, data=None, files=None, *, initial=None, user=None, has_photo=False):
        super().__init__(data, files, initial=initial, user=user)
        family = None if data is not None else list((initial or {}).get("family", ()))
        extra = max(len((initial or {}).get("family", ())) + BLANK, 7)
        self.family = forms.formset_factory(RelativeForm, Rows, extra=extra, max_num=profiles.RELATIVES, absolute_max=profiles.RELATIVES)(
            data, prefix="family", initial=family
        )
        if not has_photo:
            del self.fields["forget_photo"]

    def is_valid(self):
        return all([super().is_valid(), self.family.is_valid()])

    def row(self):
        """What was typed, as a row for the action; the photo is absent unless it was given or is to go."""
        row = {name: value for name, value in self.cleaned_data.items() if name not in ("photo", "forget_photo")}
        row["family"] = [line.cleaned_data for line in self.family.filled()]
        if upload := self.cleaned_data.get("photo"):
            row["photo"] = upload.read(photos.BYTES + 1)
        elif self.cleaned_data.get("forget_photo"):
            row["photo"] = None
        return row


class CompareForm(forms.Form):
    """Files to be compared."""

    file = forms.FileField(
        label=_("File"), widget=forms.FileInput(attrs={"accept": ".lrmx,.lrm,.zip"}),
        help_text=_("One .lrmx or .lrm file, or a zip of many: at most 20 MB and 2,000 people."),
    )  # fmt: skip

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload.size > LIMITS.size:
            raise ValidationError(sentence(Refusal("file_too_large", {"limit": LIMITS.size >> 20})))
        return upload


class NewcomerForm(forms.Form):
    """What a file does not tell of somebody who is to be made a cadre."""

    code = forms.CharField(label=_("Cadre code"), max_length=32)
    unit = UnitPick(label=_("Unit"), verb="save_cadre", help_text=_("Code or full name."))

    def __init__(self, *args, user=None, **options):
        super().__init__(*args, **options)
        self.user = user
        self.fields["unit"].offer(user)

    def clean_code(self):
        code = self.cleaned_data["code"].strip()
        if visible_to(self.user, Cadre).filter(code=code).exists():
            raise ValidationError(_("This code is taken."))
        return code
