"""Forms of campaigns."""

from django import forms
from django.utils.translation import gettext_lazy as _

from assessment.forms.base import NewCode, RecordForm, UnitPick
from assessment.models import Campaign, Scheme
from people.access import visible_to


class CampaignForm(RecordForm):
    scheme = forms.ModelChoiceField(
        Scheme.objects.none(), label=_("Scheme"), help_text=_("It is frozen as soon as it is used, and stays while there is a roster.")
    )
    unit = UnitPick(label=_("Unit"), verb="save_campaign", help_text=_("Who runs it: code or full name."))

    sections = [
        ("", ["code", "title", "kind", "scheme", "unit"]),
        (_("Period"), ["starts_on", "ends_on"]),
        (_("Plan, in person-times"), ["planned_on_site", "planned_phone", "planned_talk"]),
        ("", ["blind"]),
    ]

    class Meta:
        model = Campaign
        fields = [
            "title", "kind", "scheme", "unit", "starts_on", "ends_on", "planned_on_site", "planned_phone", "planned_talk", "blind",
        ]  # fmt: skip
        labels = {"planned_on_site": _("On site"), "planned_phone": _("By phone"), "planned_talk": _("Talks")}

    def __init__(self, *args, user=None, **options):
        super().__init__(*args, user=user, **options)
        self.fields["scheme"].queryset = visible_to(user, Scheme).order_by("code")


class NewCampaignForm(NewCode, CampaignForm):
    class Meta(CampaignForm.Meta):
        fields = ["code", *CampaignForm.Meta.fields]
