"""Form of a saved view."""

from django.utils.translation import gettext_lazy as _

from assessment.forms.base import RecordForm, UnitPick
from assessment.models import SavedView


class SavedViewForm(RecordForm):
    unit = UnitPick(
        label=_("Share with a unit"),
        required=False,
        verb="view_savedview",
        help_text=_(
            "Code or full name. All who work in it, above it or below it will see the view, its name and the words it searches for; "
            "each sees only the records that are his to see. Leave empty to keep the view to yourself."
        ),
    )

    class Meta:
        model = SavedView
        fields = ["title", "unit"]
