"""Forms of sign-off: the opinion, the notice, reopening, review and appeal. What is right or wrong is checked in the actions."""

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessment.models import Appeal, Evaluation, Notice
from assessment.rules.workflow import OPINION
from assessment.wording import grade_name

LONG = 10_000


def _text(label, *, lines=4, required=False, **options):
    return forms.CharField(label=label, required=required, max_length=LONG, widget=forms.Textarea(attrs={"rows": lines}), **options)


def _day(label, **options):
    return forms.DateField(label=label, initial=timezone.localdate, widget=forms.DateInput, **options)


class OpinionForm(forms.ModelForm):
    """The opinion on an evaluation; everything may still be blank in a draft."""

    grade = forms.ChoiceField(label=_("Grade concluded"), required=False)

    class Meta:
        model = Evaluation
        fields = [*OPINION, "grade", "grade_reason"]
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in (*OPINION, "grade_reason")}
        labels = {"grade_reason": _("Reason, if it is not the proposed grade")}

    def __init__(self, *args, grades, **options):
        super().__init__(*args, **options)
        self.fields["grade"].choices = [("", grade_name("")), *((name, name) for name in grades)]
        for name in (*OPINION, "grade_reason"):
            self.fields[name].validators.append(MaxLengthValidator(LONG))

    def _post_clean(self):
        """The action writes and checks, not the form."""


class NoticeForm(forms.Form):
    """That the cadre was told."""

    given_on = _day(_("Given on"))
    means = forms.ChoiceField(label=_("How"), choices=Notice.Means.choices)
    answer = _text(_("His answer, if he gave one already"))


class AnswerForm(forms.Form):
    answer = _text(_("His answer"), required=True)


class ReopenForm(forms.Form):
    """New evidence in words, or an upheld review or appeal."""

    evidence = _text(_("New evidence"), lines=3, help_text=_("What has come to light since the signing."))
    appeal = forms.ModelChoiceField(label=_("Or the upheld review or appeal"), queryset=None, required=False, empty_label=_("None"))

    def __init__(self, *args, appeals, **options):
        super().__init__(*args, **options)
        self.fields["appeal"].queryset = appeals
        if not appeals:
            del self.fields["appeal"]


class AppealForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Appeal.Kind.choices)
    filed_on = _day(_("Filed on"))
    ground = _text(_("Grounds"), required=True)


class DecideForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[(choice.value, choice.label) for choice in Appeal.Outcome if choice != Appeal.Outcome.PENDING],
        widget=forms.RadioSelect,
    )
    finding = _text(_("What was found"), required=True)
    decided_on = _day(_("Decided on"))
