"""The form that asks after an anchor on paper."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from people.anchors import SHORT


class AnchorForm(forms.Form):
    """Number and digest as a paper names them; the first signs of the digest are enough."""

    number = forms.IntegerField(label=_("Number of the entry"), min_value=1, max_value=2**63 - 1)
    digest = forms.CharField(
        label=_("Digest"),
        max_length=64,
        help_text=_("All 64 signs, or the first 12 at least."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
        validators=[RegexValidator(rf"^[0-9a-f]{{{SHORT},64}}$", _("A digest has the signs 0 to 9 and a to f; type 12 of them or more."))],
    )

    def __init__(self, data=None):
        super().__init__(data, prefix="anchor")

    def clean_digest(self):
        return self.cleaned_data["digest"]
