"""Suggestions for the fields in which one record among thousands is typed."""

from django.db.models import Q
from django.http import HttpResponse
from django.utils.html import format_html, format_html_join

from assessment.forms.base import words_of
from assessment.views.common import Page
from people.actions.inputs import plain_text

SUGGESTED = 12


class Options(Page):
    """The options of a datalist: records whose code begins with, or whose name contains, what was typed."""

    search_fields = ("code", "name")

    def note(self, record):
        """Hook: what tells records of one name apart."""
        return ""

    def post(self, request, *args, **kwargs):
        """By POST alone: what is typed are names, and those do not stand in addresses."""
        typed = plain_text(request.POST.get(request.GET.get("field", "")))[:60]
        found = Q()
        for path in self.search_fields:
            found |= Q(**{f"{path}__istartswith" if path != "name" else "name__icontains": typed})
        rows = self.rows(self.visible()).filter(found).order_by("code")[:SUGGESTED] if typed else ()
        options = format_html_join("", '<option value="{}">{}</option>', ((words_of(r), self.note(r)) for r in rows))
        return HttpResponse(format_html("{}", options))
