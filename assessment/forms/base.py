"""Base of the forms: fields from a model, and a text field that finds one record among thousands.

A form says what may be typed and keeps it; what is right or wrong is checked once, in the actions.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from people.access import visible_to
from people.models import Cadre, Unit


class RecordForm(forms.ModelForm):
    """Fields, labels and lengths of a model, for a user. Its rows are written by actions, never by the form.

    sections: [(heading, [names])] for the template `generic/sections.html`.
    """

    sections = ()

    def __init__(self, *args, user=None, **options):
        self.user = user
        super().__init__(*args, **options)
        for name, field in list(self.fields.items()):
            if isinstance(field, PickField):
                field.offer(user)
                if not field.offers(self.initial.get(name)):
                    del self.fields[name]  # what is out of sight stays as it is: an absent field changes nothing

    def _post_clean(self):
        """No instance is built: the action checks, with the words of `assessment.wording`."""

    def grouped(self):
        """[(heading, [bound fields])] for the template; without sections all in one."""
        sections = self.sections or [("", list(self.fields))]
        return [(heading, [self[name] for name in names if name in self.fields]) for heading, names in sections]


class PickInput(forms.TextInput):
    """A text input with a list of suggestions that the server gives while one types; plain text without scripts."""

    def __init__(self, url_name, attrs=None):
        self.url_name = url_name
        super().__init__({"autocomplete": "off", "spellcheck": "false", **(attrs or {})})

    def render(self, name, value, attrs=None, renderer=None):
        options = f"{(attrs or {}).get('id', name)}_options"
        attrs = {
            **(attrs or {}),
            "list": options,
            "hx-post": f"{reverse(self.url_name)}?field={name}",
            "hx-trigger": "input changed delay:250ms",
            "hx-target": f"#{options}",
            "hx-params": name,
        }
        return format_html('{}<datalist id="{}"></datalist>', super().render(name, value, attrs, renderer), options)


class PickField(forms.CharField):
    """One record, typed as its code (what follows a blank is ignored) or as a name that only one has.

    verb: choices are the records that the user may do this with.
    """

    model, url_name, search, narrow = None, "", (), None

    def __init__(self, *, verb=None, **options):
        self.verb, self.queryset = verb, None
        options.setdefault("widget", PickInput(self.url_name))
        super().__init__(max_length=200, **options)

    def offer(self, user):
        """Only what this user may see, or act on with `verb`."""
        self.queryset = visible_to(user, self.model, verb=self.verb)

    def offers(self, record):
        """May this record, where it is one, be chosen by the user?"""
        return not isinstance(record, self.model) or self.queryset.filter(pk=record.pk).exists()

    def prepare_value(self, value):
        return words_of(value) if isinstance(value, self.model) else value

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        for code in (text, text.split()[0]):
            if found := self.queryset.filter(code=code).first():
                return found
        found = list(self.queryset.filter(name=text).order_by("code")[:6])
        if len(found) == 1:
            return found[0]
        if found:
            several = ", ".join(words_of(record) for record in found)
            raise ValidationError(_("Several bear this name. Type the code: %(several)s."), params={"several": several})
        raise ValidationError(_("“%(text)s” is not among those that you may choose. Type a code or a full name."), params={"text": text})


def words_of(record):
    """How a record stands in a pick field and its suggestions: its code first."""
    return f"{record.code} {record.name}"


class UnitPick(PickField):
    """A unit."""

    model, url_name = Unit, "unit_options"


class CadrePick(PickField):
    """A cadre."""

    model, url_name = Cadre, "cadre_options"


class NewCode:
    """Mixin of forms that make a record: a code that is there already would change that record instead."""

    @property
    def makes(self):
        """The type of record that it makes."""
        return self._meta.model._meta.label_lower

    def clean_code(self):
        code = self.cleaned_data["code"].strip()
        if visible_to(self.user, self._meta.model).filter(code=code).exists():
            raise ValidationError(_("This code is taken."))
        return code
