"""What the ledger calls things, in words: record types, and names of records that are made of codes."""

from django.apps import apps
from django.utils.translation import gettext as _

from assessment.models import Job
from people import codes
from people.models import Grant, RecordedModel
from people.proof import recorded_models


def model_of(object_type):
    """The recorded model that a type in the ledger means, or None."""
    try:
        model = apps.get_model(object_type)
    except (LookupError, ValueError):
        return None
    return model if issubclass(model, RecordedModel) and not model.ledger_part else None


def type_name(object_type):
    """A record type in words."""
    if object_type == "workbook":  # files of many types of records
        return _("Exchange workbook")
    if object_type == "backup":
        return _("Back-up")
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type


def types():
    """Choices of record types, in the order of their words."""
    return sorted(((m._meta.label_lower, str(m._meta.verbose_name)) for m in recorded_models()), key=lambda pair: pair[1])


def list_name(noun):
    """The list that an export names, in words."""
    if noun in OTHER_LISTS:
        return str(OTHER_LISTS[noun]())
    found = next((m for m in apps.get_models() if m._meta.model_name == noun), None)
    return str(found._meta.verbose_name_plural) if found else noun


OTHER_LISTS = {"cadre_lrmx": lambda: _("Appointment forms"), "campaign_roster": lambda: _("Roster")}


def record_name(object_type, name):
    """The name of a record as its entry keeps it, with the codes in it as words: a job's kind, a grant's role."""
    if object_type == "assessment.job":
        kind, _blank, rest = name.partition(" ")
        return f"{dict(Job.Kind.choices).get(kind, kind)} {rest}".strip()
    whose, _blank, last = name.rpartition(" ")
    if object_type == "people.grant" and last in Grant.Role.values:
        return f"{whose} {Grant.Role(last).label}"
    if object_type == "people.sanction" and last in codes.SANCTION:
        return f"{whose} {codes.SANCTION.name(last)}"
    return name
