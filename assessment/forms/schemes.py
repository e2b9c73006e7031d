"""Forms of schemes: the scheme and, each as a table of rows, its dimensions, levels and grades."""

from django import forms
from django.utils.translation import gettext_lazy as _

from assessment.forms.base import NewCode, RecordForm
from assessment.models import Dimension, Grade, Level, Scheme

BLANK = 3  # rows offered beside those filled in; saving offers more
FEWEST = {"dimensions": 6, "levels": 5, "grades": 5}


class PartForm(RecordForm):
    """A row of a table: cells without labels, named by the heading of their column."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label


class DimensionForm(PartForm):
    class Meta:
        model = Dimension
        fields = ["code", "name", "weight"]


class LevelForm(PartForm):
    class Meta:
        model = Level
        fields = ["name", "points"]


class GradeForm(PartForm):
    class Meta:
        model = Grade
        fields = ["name", "minimum"]


class Rows(forms.BaseFormSet):
    """Rows that are there when something stands in them: emptying a row takes it away, and no script is needed."""

    def initial_form_count(self):
        return 0

    def filled(self):
        """The forms of the rows that hold something, in order."""
        return [form for form in self.forms if form.has_changed()]

    def headings(self):
        return [field.label for field in self.empty_form.fields.values()]


def rows_of(name, form_class, data, initial, user):
    """The table of one kind of part."""
    extra = max(len(initial) + BLANK, FEWEST[name])
    formset = forms.formset_factory(form_class, Rows, extra=extra, max_num=60, absolute_max=60)
    given = None if data is not None else list(initial)
    return formset(data, prefix=name, initial=given, form_kwargs={"user": user})


class SchemeForm(RecordForm):
    """A scheme with its parts; `row()` is what the action takes."""

    PARTS = {"dimensions": DimensionForm, "levels": LevelForm, "grades": GradeForm}

    sections = [
        ("", ["code", "title", "assessee"]),
        (_("Weights of the methods, together 100"), ["on_site_weight", "phone_weight", "talk_weight"]),
        (_("Minimum evidence for a grade"), ["min_on_site", "min_phone", "min_talk", "min_relations", "min_leads"]),
        (_("Rules"), ["team_size", "quota", "contested_gap"]),
    ]

    class Meta:
        model = Scheme
        fields = [
            "title", "assessee", "on_site_weight", "phone_weight", "talk_weight", "min_on_site", "min_phone", "min_talk",
            "min_relations", "min_leads", "team_size", "quota", "contested_gap",
        ]  # fmt: skip
        help_texts = {
            "team_size": _("Two at least for a formal inspection (rules of selection, art. 33)."),
            "quota": _("Share of the roster, rounded down. Empty: no limit."),
            "contested_gap": _("Points between the highest and the lowest mark of a dimension. Empty: never contested."),
        }

    def __init__(self, data=None, files=None, *, initial=None, user=None):
        super().__init__(data, files, initial=initial, user=user)
        initial = initial or {}
        self.parts = {name: rows_of(name, form, data, initial.get(name, ()), user) for name, form in self.PARTS.items()}

    def is_valid(self):
        return all([super().is_valid(), *(part.is_valid() for part in self.parts.values())])

    def row(self):
        """The scheme with its parts as lists of rows."""
        parts = {name: [form.cleaned_data for form in rows.filled()] for name, rows in self.parts.items()}
        return {**self.cleaned_data, **parts}

    def place(self, field, sentence):
        """Put a sentence beside the cell that a field like `dimensions-0-weight` names, else beside the field or above."""
        name, _dash, rest = field.partition("-")
        index, _dash, cell = rest.partition("-")
        if name in self.parts and index.isdigit():
            filled = self.parts[name].filled()
            if int(index) < len(filled) and cell in filled[int(index)].fields:
                filled[int(index)].add_error(cell, sentence)
                return
        self.add_error(field if field in self.fields else None, sentence)


class NewSchemeForm(NewCode, SchemeForm):
    class Meta(SchemeForm.Meta):
        fields = ["code", *SchemeForm.Meta.fields]
