"""Forms of units."""

from django.utils.translation import gettext_lazy as _

from assessment.forms.base import NewCode, RecordForm, UnitPick
from people.models import Unit


class UnitForm(RecordForm):
    """What is known of a unit; its code names it for good."""

    parent = UnitPick(label=_("Parent unit"), required=False, help_text=_("Code or full name; empty for the top unit."))

    class Meta:
        model = Unit
        fields = ["name", "kind", "parent", "formed_on", "disbanded_on"]


class NewUnitForm(NewCode, UnitForm):
    class Meta(UnitForm.Meta):
        fields = ["code", *UnitForm.Meta.fields]
