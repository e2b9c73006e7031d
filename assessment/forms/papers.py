"""What is asked before official forms leave: which form, and what for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from assessment.actions.exports import REASON_LIMIT
from assessment.sheets.official.fill import FORMS


class PaperForm(forms.Form):
    """form: only where there is more than one to choose from."""

    form = forms.ChoiceField(label=_("Form"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("What is it for?"),
        max_length=REASON_LIMIT,
        help_text=_("Your name and the time are written onto the form, and with this reason into the history."),
    )

    def __init__(self, data=None, *, choices, **options):
        super().__init__(data, **options)
        self.fields["form"].choices = [(code, FORMS[code][1]) for code in choices]
        if len(choices) == 1:
            del self.fields["form"]
