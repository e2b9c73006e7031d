"""What every request carries and every answer says to the browser; what a signed-in person has to do first."""

from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessment.views.searches import Searches
from people import ledger, passwords, sessions

#: What pages may use of the browser: nothing of this list, and scripts of ours alone (Content-Security-Policy).
NOT_USED = (
    "accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation gyroscope hid idle-detection magnetometer "
    "microphone midi payment picture-in-picture screen-wake-lock serial usb xr-spatial-tracking"
).split()
HEADERS = {
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in NOT_USED),
    "Cross-Origin-Resource-Policy": "same-origin",
}
NO_STORE = "no-store, private"


class HeadersMiddleware:
    """Outside all others, so that no answer lacks them: not a static file, a redirect or an error either."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response[name] = value
        if not (request.path.startswith(settings.STATIC_URL) and response.has_header("Cache-Control")):
            response["Cache-Control"] = NO_STORE
        return response


class OriginMiddleware:
    """Tells the ledger and the session where a request comes from; tells why a session is over."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = getattr(request, "id", None) or uuid4().hex  # a request that is tried again is the same
        # REMOTE_ADDR only: a header such as X-Forwarded-For can be written by anybody (`serve` reads that of one proxy).
        address = request.META.get("REMOTE_ADDR", "")
        token = ledger.origin.set(ledger.Origin(request_id=request.id, address=address))
        request.session.address, request.session.agent = address, request.META.get("HTTP_USER_AGENT", "")
        try:
            response = self.get_response(request)
        finally:
            ledger.origin.reset(token)
        response["X-Request-ID"] = request.id
        return response


class SignInMiddleware(LoginRequiredMiddleware):
    """Who is not signed in is sent to do so; names typed into the address of a list do not go on into that page's."""

    def handle_no_permission(self, request, view_func):
        options = getattr(view_func, "view_initkwargs", {})
        page = options.get("of") or getattr(view_func, "view_class", None)
        filters = getattr(page, "filterset_class", None)
        if filters and (typed := filters.personal() & set(request.GET)):
            left = request.GET.copy()
            for name in typed:
                del left[name]
            return redirect_to_login(f"{request.path}?{Searches({}).hide(left, set(), lost=True)}")
        return super().handle_no_permission(request, view_func)


class SessionLimitMiddleware:
    """A session past its limits is over, and the page of sign-in says why; one in use stays alive."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        signed_in = request.user.is_authenticated  # reads the session
        if request.session.ended:
            messages.warning(request, over(request.session.ended))
        response = self.get_response(request)
        asked = getattr(request.resolver_match, "func", None)
        if signed_in and not getattr(getattr(asked, "view_class", None), "asks_by_itself", False):
            sessions.touch(request.session)
        if request.htmx and response.status_code == 302 and not signed_in:  # the page of sign-in is no part of a page
            return lead(request, redirect_to_login(request.htmx.current_url_abs_path or reverse("home")).url)
        return response


class PasswordMiddleware:
    """Who has a password that others know, or one that is too old, chooses a new one before anything else."""

    OPEN = {"own_password", "logout", "set_language"}

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if request.resolver_match.url_name in self.OPEN or not passwords.why_change(request.user):
            return None
        return lead(request, reverse("own_password"))


def lead(request, url):
    """Another page instead of the one asked for; whole, where only a part was asked for."""
    return HttpResponse(status=204, headers={"HX-Redirect": url}) if request.htmx else HttpResponseRedirect(url)


def over(why):
    """Why somebody was signed out, in words."""
    if why == "idle":
        minutes = settings.SESSION_IDLE_MINUTES
        words = ngettext(
            "You were signed out after %(minutes)s minute without use.", "You were signed out after %(minutes)s minutes without use.", minutes
        )
        return words % {"minutes": minutes}
    if why == "gone":
        return _("You were signed out: after a time without use, from another browser, or because your password or second factor was changed.")
    return _("You were signed out: a sign-in lasts %(hours)s hours at most.") % {"hours": settings.SESSION_HOURS}


class SecondFactorMiddleware:
    """Where a second factor is required, a session without one (begun before it was) reaches nothing: it ends."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.SECOND_FACTOR == "required" and request.user.is_authenticated and not request.user.is_verified():
            logout(request)
        return self.get_response(request)
