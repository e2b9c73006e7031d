"""Forms of coming in."""

from django import forms
from django.utils.translation import gettext_lazy as _

DIGITS = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
#: On paper, with letters: a phone must not offer digits alone.
LETTERS = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class OnceInput(forms.TextInput):
    """What is typed here is worth nothing afterwards: it is not shown again."""

    def format_value(self, value):
        return None


def code_field():
    """The code of the authenticator app."""
    return forms.CharField(label=_("Code of the authenticator app"), max_length=20, widget=OnceInput(attrs=DIGITS))


class CodeForm(forms.Form):
    """The code of the app, or a recovery code."""

    code = code_field()

    def __init__(self, *args, recovery=False, **options):
        super().__init__(*args, **options)
        if recovery:
            self.fields["code"].label, self.fields["code"].widget.attrs = _("Recovery code"), dict(LETTERS)
        self.fields["code"].widget.attrs["autofocus"] = True
