"""Forms of what is known of a cadre beside assessment: duties, sanctions, kin."""

from django.utils.translation import gettext_lazy as _

from assessment.forms.base import CadrePick, RecordForm, UnitPick
from assessment.rules.deadlines import effect_until
from people.models import Duty, Kinship, Sanction


class DutyForm(RecordForm):
    """A duty: of a cadre, or of a number of people who are no cadres."""

    unit = UnitPick(label=_("Unit"), help_text=_("Where the duty is done: code or full name."))
    cadre = CadrePick(label=_("Cadre"), required=False, help_text=_("Code or full name. Leave empty for people who are no cadres."))

    sections = [
        ("", ["unit", "kind", "place"]),
        (_("Who"), ["cadre", "trained_on", "headcount"]),
        (_("When"), ["starts_on", "ends_on"]),
    ]

    class Meta:
        model = Duty
        fields = ["unit", "kind", "place", "cadre", "trained_on", "headcount", "starts_on", "ends_on"]
        help_texts = {
            "trained_on": _("Training comes before duty; an empty or later day is marked."),
            "headcount": _("Only for people who are no cadres."),
        }


class SanctionForm(RecordForm):
    class Meta:
        model = Sanction
        fields = ["kind", "decided_on", "effect_until"]
        help_texts = {"effect_until": _("Empty: as long as the law says (Civil Servants Law, art. 64), else without end.")}

    def clean(self):
        data = self.cleaned_data
        if data.get("kind") and data.get("decided_on") and "effect_until" in data and not data["effect_until"]:
            data["effect_until"] = effect_until(data["kind"], data["decided_on"])
        return data


class KinshipForm(RecordForm):
    relative = CadrePick(label=_("Relative"), help_text=_("Code or full name of the other cadre. It holds both ways."))

    class Meta:
        model = Kinship
        fields = ["relative", "relation"]
