"""A form that is sent twice is carried out once; the second sending leads to what the first one made."""

import hashlib
from uuid import UUID, uuid5

from django.contrib import messages
from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from assessment.queries.named import model_of
from people import sending
from people.models import LedgerEntry
from people.refusals import Refusal, Refused

KEY = "once"  # the field that `{% once %}` puts into a form


def carry_out(page, request, answer):
    """What a page answers to a POST, unless this form was carried out already."""
    sent = request.sent = getattr(request, "sent", None) or sending.Sent(_key(request))
    with sending.under_way(sent):
        if (entry := sent.earlier(request.user)) is not None:
            return _lead(page, entry)
        try:
            response = answer()
        except sending.AlreadyDone as done:
            return _lead(page, done.entry)
        except Http404:  # what it was about may be gone by its own doing
            if (entry := sent.earlier(request.user)) is not None:
                return _lead(page, entry)
            raise
        if sent.done is None and (entry := sent.earlier(request.user)) is not None:  # the other click was quicker
            return _lead(page, entry)
        return response


def _key(request):
    """The key of this form with this content: sent from the same page with other words it is another one."""
    typed = request.POST.get(KEY)
    if typed is None:
        return None
    try:
        key = UUID(typed)
    except ValueError:
        raise Refused(Refusal("form_of_another")) from None
    digest = hashlib.sha256(request.get_full_path().encode())
    for name, values in sorted(request.POST.lists()):
        if name != "csrfmiddlewaretoken":
            digest.update(repr((name, values)).encode())
    for name, uploads in sorted(request.FILES.lists()):
        for upload in uploads:
            digest.update(repr((name, upload.name, upload.size)).encode())
            for chunk in upload.chunks():
                digest.update(chunk)
            upload.seek(0)
    return uuid5(key, digest.hexdigest())


def _lead(page, number):
    if page.request.sent.done is None:
        messages.info(page.request, _("This form was sent twice; it was carried out once."))
    elif done := getattr(page, "done", ""):  # this very request did it, and was broken off afterwards
        messages.success(page.request, done)
    return page.redirect(page.made_url(_made(page, number)))


def _made(page, number):
    """The record that the form made or changed, of several the one that the page is about; None if it is gone."""
    first = LedgerEntry.objects.get(pk=number)
    entries = [first]
    if first.request_id:
        entries = list(LedgerEntry.objects.filter(request_id=first.request_id, seq__gte=number).order_by("seq")[:50])
    kind = type(page).model and type(page).model._meta.label_lower
    entry = next((entry for entry in entries if entry.object_type == kind), first)
    model = model_of(entry.object_type)
    return model and model._base_manager.filter(pk=entry.object_id).first()


def address(page, record):
    """The page of a record, else the list that the page belongs to."""
    try:
        return reverse(f"{record._meta.model_name}_detail", args=[record.pk])
    except (AttributeError, NoReverseMatch):
        return reverse(page.get_crumbs()[-1][1] if page.get_crumbs() else "home")
