"""Two people with one form: the second is shown what the first changed, beside what he typed, and saves again if he will.

The form carries the number of the last entry that stood when it was opened, signed: else one could ask for old history with it.
"""

from datetime import datetime

from django.core.signing import BadSignature, Signer
from django.db import models
from django.utils import timezone

from assessment.queries import meanwhile as queries
from assessment.queries.meanwhile import changes
from people.models.ledger import plain
from people.refusals import Refusal, refuse

__all__ = ["SEEN", "beside", "changes", "read", "token"]

SEEN = "seen"  # the field that `{% once %}` puts into a form about a record


def token(user, seen):
    return Signer(salt=f"seen-{user.pk}").sign(str(seen))


def read(request, now):
    """The number that the form carries; of a form without one, that of now."""
    typed = request.POST.get(SEEN)
    if typed is None:
        return now
    try:
        return int(Signer(salt=f"seen-{request.user.pk}").unsign(typed))
    except (BadSignature, ValueError):
        return refuse(Refusal("form_of_another"))


def beside(told, form, get_form, request):
    """The form as it is shown again: what the sender had left alone says what it says now; what he typed stays, and is told."""
    data, fresh = request.POST.copy(), get_form()
    for change in queries.fields(told):
        name = form.name_of(*change.of) if hasattr(form, "name_of") else _plain_name(change)
        if name not in form.fields or name not in fresh.fields:
            continue
        given = form.cleaned_data.get(name)
        typed, now = _as_recorded(change.field, given), fresh[name].value()
        if typed == change.new or (typed is None and now in (None, "")):  # the same; or a field that never shows what is on record
            continue
        if typed == change.old:
            change.taken = True
            data.setlist(form.add_prefix(name), now if isinstance(now, list) else [] if now in (None, False) else [now])
        else:
            change.yours = _in_words(change, typed, given)
    again = get_form(data, request.FILES)
    again.is_valid()
    return again


def _plain_name(change):
    """The field of a form that is about one record; what its parts say stands in none."""
    return "" if "." in change.of[-1] else change.field.name


def _as_recorded(field, value):
    """What was typed as the ledger would tell it; None for nothing. Days and times may come as text, for the action to read."""
    if isinstance(field, models.DateTimeField) and isinstance(value, str):
        try:
            value = timezone.make_aware(datetime.fromisoformat(value))
        except ValueError:
            return value
    if field.is_relation and isinstance(value, str):  # its key, chosen from a list
        value = field.target_field.to_python(value) if value else None
    value = plain(field, getattr(value, "pk", value))
    value = value.strip().replace("\r\n", "\n") if isinstance(value, str) else value
    return None if value == "" else value


def _in_words(change, typed, given):
    """As the ledger's words are; what no record could hold stands as it was typed."""
    if change.field.is_relation and typed is not None:  # its words know only what the entries name
        found = given if isinstance(given, models.Model) else change.field.related_model._base_manager.filter(pk=typed).first()
        return getattr(found, "name", "") or str(found)
    try:
        return change.words(typed)
    except (TypeError, ValueError):
        return str(typed)
