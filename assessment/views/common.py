"""What all pages share: the user, scoped rows, the page that says no, and the words for it."""

import re
from dataclasses import dataclass
from functools import partial

from django.http import Http404, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from assessment.views import sending
from assessment.wording import sentence
from people import ledger
from people.access import Verdict, can, demand, visible_to
from people.refusals import Refused


@dataclass(frozen=True)
class Button:
    """One deed offered on a page. An answer of no shows the button disabled, with its reason beside it.

    tone: "main" for the one main action of the page; post: the deed needs no page of its own to ask for more.
    """

    label: str
    url: str
    verdict: Verdict = Verdict(True)
    tone: str = "plain"
    post: bool = False


def offer(user, verb, label, url, obj=None, *, tone="plain", post=False, refusal=None):
    """A button whose verdict is that of the permission table, then `refusal` of the state of things (if any)."""
    verdict = can(user, verb, obj)
    if verdict and refusal:
        verdict = Verdict(False, refusal)
    return Button(label, url, verdict, tone, post)


def offers(*buttons):
    """Those of the buttons that this person's roles could ever press: a page is no list of what others may do."""
    return [deed for deed in buttons if deed.verdict or deed.verdict.refusal.code != "role_missing"]


def refused_page(request, refusals, *, verb="", obj=None):
    """403 with the reasons; the refusal is in the ledger."""
    facts = {"verb": verb, "codes": [r.code for r in refusals], "path": request.path}
    ledger.note(by=request.user, verb="refused", obj=obj, facts=facts)
    context = {"sentences": [sentence(r) for r in refusals], "back": came_from(request)}
    return render(request, "generic/refused.html", context, status=403)


def unreadable(request, exception):
    """400. Django's own asks for the form's token, which stands in the very body that could not be read."""
    return HttpResponseBadRequest(render_to_string("400.html"))


def came_from(request):
    """The page of ours that led here, or ""."""
    url = request.META.get("HTTP_REFERER", "")
    if url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure()):
        return "" if url == request.build_absolute_uri() else url
    return ""


def whole(text):
    """The key that an address names, or None: `isdigit` takes signs that `int` does not, and `int` has a longest."""
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text or "") else None


class Page(View):
    """Base of all pages. `verb` must be allowed before anything is shown; `Refused` that nobody catches answers 403."""

    model = None
    verb = ""
    title = ""
    template_name = ""
    crumbs = ()  # of (label, URL name): the way here

    def dispatch(self, request, *args, **kwargs):
        self.object = None
        answer = partial(self._answer, request, *args, **kwargs)
        try:
            return sending.carry_out(self, request, answer) if request.method == "POST" else answer()
        except Refused as refused:
            return refused_page(request, refused.refusals, verb=self.verb, obj=self.object)

    def _answer(self, request, *args, **kwargs):
        try:
            self.object = self.get_object()
            if self.verb:
                demand(request.user, self.verb, self.object)
            return super().dispatch(request, *args, **kwargs)
        except Refused as refused:
            return refused_page(request, refused.refusals, verb=self.verb, obj=self.object)

    def made_url(self, record):
        """Hook: where a form leads that was carried out before: to what it made or changed (None if that is gone)."""
        return sending.address(self, record)

    @property
    def user(self):
        return self.request.user

    def rows(self, queryset):
        """Hook: join what the page needs, so that its queries do not grow with its rows."""
        return queryset

    def visible(self, model=None):
        """Rows of a model that the user may see."""
        return visible_to(self.user, model or self.model)

    def get_object(self):
        """The record that the page is about: 404 for a stranger, who is not to know that it is there; the ledger is told."""
        if "pk" not in self.kwargs:
            return None
        found = self.rows(self.visible()).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            hidden = self.model._base_manager.filter(pk=self.kwargs["pk"]).first()
            if hidden is not None:
                facts = {"verb": self.verb, "codes": ["outside_scope"], "path": self.request.path}
                ledger.note(by=self.request.user, verb="refused", obj=hidden, facts=facts)
            raise Http404
        return found

    def get_title(self):
        return self.title

    def get_crumbs(self):
        return self.crumbs

    def context(self):
        """Hook: what the template gets besides title, crumbs, object."""
        return {}

    def render(self, status=200, **context):
        base = {"page": self, "title": self.get_title(), "crumbs": self.get_crumbs(), "object": self.object}
        return render(self.request, self.template_name, {**base, **self.context(), **context}, status=status)

    def redirect(self, url):
        return HttpResponseRedirect(url)
