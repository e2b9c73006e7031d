"""Forms of accounts and of what they are granted."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assessment.forms.base import CadrePick, RecordForm, UnitPick
from people import passwords
from people.models import Grant, User


class CadreByCode(CadrePick):
    """The cadre that a user is, for administrators who see no cadres: by his code only, and no name comes back."""

    def __init__(self, **options):
        super().__init__(verb="save_user", widget=forms.TextInput(attrs={"autocomplete": "off"}), **options)

    def prepare_value(self, value):
        return value.code if isinstance(value, self.model) else value

    def clean(self, value):
        text = forms.CharField.clean(self, value)
        found = self.queryset.filter(code=text).first() if text else None
        if text and found is None:
            raise ValidationError(_("There is no cadre with this code."))
        return found


class UserForm(RecordForm):
    cadre = CadreByCode(
        label=_("Is the cadre"), required=False, help_text=_("Cadre code, if this person is one: he may not handle his own file.")
    )

    class Meta:
        model = User
        fields = ["name", "email", "cadre"]


def password_field(label):
    """A password that is set for somebody else: in sight, for it has to be passed on."""
    return forms.CharField(
        label=label,
        strip=False,
        max_length=passwords.LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Made up at random. Pass it on now: it is not shown again. Who signs in with it first chooses one of his own."),
    )


class NewUserForm(UserForm):
    password = password_field(_("Password"))

    class Meta(UserForm.Meta):
        fields = ["username", *UserForm.Meta.fields]
        help_texts = {"username": _("Letters, digits and . @ + - _ only. One person, one account.")}


class PasswordForm(forms.Form):
    """A new password for somebody else."""

    password = password_field(_("New password"))


class OwnPasswordForm(forms.Form):
    """A new password for oneself."""

    old = forms.CharField(
        label=_("Present password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=passwords.LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password, once more"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args, user, **options):
        self.user = user
        super().__init__(*args, **options)

    def clean_old(self):
        if not self.user.check_password(self.cleaned_data["old"]):
            raise ValidationError(_("This is not your present password."))

    def clean(self):
        given, again = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if given and again and given != again:
            self.add_error("again", _("The two differ."))


class GrantForm(RecordForm):
    """A role on a unit and all below it. Everything has to be asked for: an empty field must not give it."""

    UNIT, EVERYTHING = "unit", "everything"

    reach = forms.ChoiceField(
        label=_("Scope"),
        choices=[(UNIT, _("On a unit and all below it")), (EVERYTHING, _("Everywhere"))],
        widget=forms.RadioSelect,
    )
    unit = UnitPick(label=_("Unit"), verb="save_grant", required=False, help_text=_("Code or full name."))
    reason = forms.CharField(label=_("Reason"), max_length=1000, help_text=_("For example the appointment or order that it rests on."))

    sections = [("", ["role", "reach", "unit", "valid_from", "valid_until", "reason"])]

    class Meta:
        model = Grant
        fields = ["role", "unit", "valid_from", "valid_until"]
        help_texts = {"valid_until": _("Empty: until it is ended.")}

    def clean(self):
        data = self.cleaned_data
        if data.get("reach") == self.UNIT and not data.get("unit") and "unit" not in self.errors:
            self.add_error("unit", _("Which unit?"))
        if data.get("reach") == self.EVERYTHING and data.get("unit"):
            self.add_error("unit", _("Leave this empty, or choose the unit above."))
        return data
