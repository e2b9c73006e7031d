"""Forms of decisions. What is right or wrong is checked in the actions."""

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assessment.forms.base import CadrePick, RecordForm
from assessment.models import Decision, Publication
from assessment.wording import grade_name

FOLLOW_UPS = ("follow_up_1", "follow_up_2", "follow_up_3")


class OpinionsField(forms.ModelMultipleChoiceField):
    """Signed opinions, each with its campaign, version, grade and day."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, opinion):
        facts = {
            "campaign": opinion.evaluation.campaign,
            "number": opinion.number,
            "grade": grade_name(opinion.grade),
            "day": date_format(timezone.localtime(opinion.signed_at), "Y-m-d"),
        }
        return _t("%(campaign)s, version %(number)s: %(grade)s, signed on %(day)s") % facts


def _day(label, **options):
    return forms.DateField(label=label, widget=forms.DateInput, **options)


class ProposeForm(RecordForm):
    """A decision about one cadre or leading group, resting on the latest opinions that were signed about it."""

    opinions = OpinionsField(label=_("Rests on"), queryset=None)
    mentor = CadrePick(label=_("Mentor"), required=False, help_text=_("Code or name of a cadre."))
    follow_up_1, follow_up_2, follow_up_3 = (
        _day(label, required=False) for label in (_("First follow-up"), _("Second follow-up"), _("Third follow-up"))
    )

    class Meta:
        model = Decision
        fields = ["kind", "outcome", "document_number", "proposed_on"]
        widgets = {"kind": forms.RadioSelect, "outcome": forms.Textarea(attrs={"rows": 2}), "proposed_on": forms.DateInput}

    def __init__(self, *args, opinions, groups, **options):
        super().__init__(*args, **options)
        self.fields["opinions"].queryset = opinions
        kinds = [kind for kind in Decision.Kind if not (groups and kind == Decision.Kind.SELECTION)]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]
        self.sections = [
            ("", ["opinions", "kind", "outcome", "document_number", "proposed_on"]),
            (_("Only for tracked training"), ["mentor", *FOLLOW_UPS]),
        ]

    def given(self):
        """What the action takes, beside the assessee."""
        data = self.cleaned_data
        days = sorted({data[name] for name in FOLLOW_UPS if data.get(name)})
        return {
            **{name: data[name] for name in ("kind", "outcome", "document_number", "proposed_on")},
            "opinions": list(data["opinions"]),
            "mentor": data.get("mentor"),
            "follow_up_on": days,
        }


class PublishForm(forms.Form):
    starts_on = _day(_("Public notice from"))
    ends_on = _day(_("Public notice until"), help_text=_("Five working days at least; the day it is put up does not count."))


class ConfirmForm(forms.Form):
    on = _day(_("Confirmed on"))
    document_number = forms.CharField(label=_("Document number"), required=False, max_length=60)


class RevokeForm(forms.Form):
    why = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class FollowUpForm(forms.Form):
    due_on = _day(_("Due on"))


class FinishForm(forms.Form):
    done_on = _day(_("Done on"), initial=timezone.localdate)
    result = forms.CharField(label=_("What it showed"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class PublicationForm(forms.Form):
    channel = forms.ChoiceField(label=_("Channel"), choices=Publication.Channel.choices)
    title = forms.CharField(label=_("Title"), max_length=200)
    published_on = _day(_("Published on"), initial=timezone.localdate)
