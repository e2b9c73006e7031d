"""Forms of the exchange of workbooks."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assessment.sheets.workbook.read import refuse_at_once
from assessment.wording import sentence
from people.refusals import Refused


class UploadForm(forms.Form):
    """A workbook to check. What can be told at once (too large, no .xlsx) is told beside the field."""

    file = forms.FileField(label=_("Excel workbook"), widget=forms.FileInput(attrs={"accept": ".xlsx"}), allow_empty_file=True)

    def clean_file(self):
        upload = self.cleaned_data["file"]
        try:
            refuse_at_once(upload.file)
        except Refused as refused:
            raise ValidationError(sentence(refused.refusals[0])) from refused
        return upload


class ExchangeForm(forms.Form):
    """What is to be in the exchange workbook, and why it leaves."""

    campaign = forms.ModelChoiceField(
        label=_("What is exported"), queryset=None, required=False, empty_label=_("All that I may see"), to_field_name="code"
    )
    reason = forms.CharField(label=_("What is it for?"), min_length=2, max_length=1000)

    def __init__(self, data=None, *, campaigns):
        super().__init__(data)
        self.fields["campaign"].queryset = campaigns
