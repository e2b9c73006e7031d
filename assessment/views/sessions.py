"""One's own sessions: where one is signed in, and how to end that."""

import re

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessment.views.base import Page
from people import sessions

#: What a browser calls itself, the particular before the general: many name others as well.
BROWSERS = [
    ("Edg(e|A|iOS)?/", "Edge"),
    ("OPR/", "Opera"),
    ("Qaxbrowser", gettext_lazy("Qianxin browser")),
    ("QQBrowser", gettext_lazy("QQ browser")),
    ("360SE|360EE|QIHU", gettext_lazy("360 browser")),
    ("UOSBrowser|UBrowser|UOS", gettext_lazy("UOS browser")),
    ("Firefox/", "Firefox"),
    ("Chrome/|Chromium/|CriOS/", "Chrome"),
    ("Safari/", "Safari"),
]
SYSTEMS = [
    ("OpenHarmony|HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone|iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux|X11", "Linux"),
]


def browser(agent):
    """A browser in words: "Firefox · Windows"."""
    found = [next((word for sign, word in words if re.search(sign, agent)), None) for words in (BROWSERS, SYSTEMS)]
    return " · ".join(str(word) for word in found if word) or _("unknown browser")


class OwnSessions(Page):
    """Where one is signed in; never where others are."""

    title, template_name = gettext_lazy("Where you are signed in"), "people/sessions.html"

    def get(self, request, *args, **kwargs):
        rows = sessions.living(self.user)
        for row in rows:
            row.handle, row.here, row.browser = sessions.handle(row), row.pk == request.session.session_key, browser(row.agent)
        rows.sort(key=lambda row: not row.here)
        return self.render(sessions=rows, others=sum(not row.here for row in rows))


class SessionEnd(Page):
    """End one of one's own sessions. The form names it: a session has no address."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        row = sessions.find(self.user, request.POST.get("session", ""))
        if row is None:
            raise Http404
        sessions.end([row], "by_owner", by=self.user)
        messages.success(request, _("That session was ended."))
        return self.redirect(reverse("own_sessions"))


class SessionEndOthers(Page):
    """End all of one's own sessions but this one."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        sessions.end_all(self.user, but=request.session.session_key, why="by_owner", by=self.user)
        messages.success(request, _("All your other sessions were ended."))
        return self.redirect(reverse("own_sessions"))
