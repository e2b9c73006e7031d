"""Coming in and going out. Each sign-in, failed or not, and each sign-out is in the history.

Whoever has a second factor, or must have one, comes in by two steps. After the first, name and password, nobody is signed
in: the session keeps for a few minutes only who is half way, and every page takes him for a stranger.
"""

import time
from urllib.parse import urlencode

import django_otp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView
from django.views.i18n import set_language as set_any_language

from assessment.forms.session import CodeForm
from assessment.views.confirming import count_failure
from assessment.views.lock_out import locked
from assessment.wording import sentence
from people import ledger, lock_out, second_factor
from people.actions import second_factor as actions
from people.actions import users
from people.models import Authenticator, User
from people.refusals import Refused

NAME_SHOWN = 60  # signs of an attempted name that are kept: as long as a user name can be
HALF_WAY = "half_way"
MINUTES, MINUTES_TO_SET_UP = 5, 15  # between the steps; an app has to be found and installed first
WRONG_CODES = 5

set_language = login_not_required(set_any_language)


class SignIn(views.LoginView):
    """The page that asks for name and password; who is in already goes on to the home page."""

    redirect_authenticated_user = True

    def get_form(self, form_class=None):
        """A name that was typed already is seldom what is wrong."""
        form = super().get_form(form_class)
        if form.data.get("username"):
            form.fields["username"].widget.attrs.pop("autofocus", None)
            form.fields["password"].widget.attrs["autofocus"] = True
        return form

    def form_valid(self, form):
        user = form.get_user()
        users.renew_hash(user=user, password=form.cleaned_data["password"])
        has_one = Authenticator.objects.of(user) is not None
        if has_one or settings.SECOND_FACTOR == "required":
            first_step(self.request, user, self.get_success_url(), MINUTES if has_one else MINUTES_TO_SET_UP)
            return HttpResponseRedirect(reverse("sign_in_code"))
        signed_in(user, "none")
        return super().form_valid(form)

    def form_invalid(self, form):
        """Names and passwords that do not go together are told by name; a half-filled form is no attempt."""
        typed = form.cleaned_data
        if typed.get("username") and typed.get("password"):
            name = typed["username"][:NAME_SHOWN]
            user = User.objects.filter(username=name).first()
            about = {"obj": user} if user else {"object_type": User._meta.label_lower, "object_name": name}
            ledger.note(by=None, verb="sign_in_failed", facts={"name": name}, **about)
        return super().form_invalid(form)


def signed_in(user, factor):
    """Written first: without its entry there is no sign-in. factor: none, app or recovery_code."""
    ledger.note(by=user, verb="sign_in", obj=user, facts={"factor": factor})


def first_step(request, user, bound_for, minutes):
    """Keep who is half way, in a session of its own: nothing that was there before goes on, its key neither."""
    request.session.flush()
    request.session[HALF_WAY] = {
        "user": user.pk, "backend": user.backend, "password": user.get_session_auth_hash(), "until": time.time() + 60 * minutes,
        "next": bound_for, "wrong": 0, "salt": second_factor.new_salt(),
    }  # fmt: skip


def half_way(request):
    """(who gave name and password a moment ago, what is kept of it), (None, {}) if nobody did or it no longer holds."""
    kept = request.session.get(HALF_WAY)
    user = User.objects.filter(pk=kept["user"], is_active=True).first() if kept and time.time() < kept["until"] else None
    if user is None or not constant_time_compare(kept["password"], user.get_session_auth_hash()):
        return None, {}
    return user, kept


@method_decorator([login_not_required, never_cache, csrf_protect, sensitive_post_parameters()], name="dispatch")
class SignInCode(FormView):
    """The second step: the code of the app; or, for whoever must have one and has none, setting it up."""

    form_class = CodeForm

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            return HttpResponseRedirect(reverse("home"))
        self.person, self.kept = half_way(request)
        if self.person is None:
            return self.again(_("That took too long: please give your name and password again.") if HALF_WAY in request.session else "")
        if lock_out.locked_until(self.person.username):  # wrong codes and wrong passwords count together
            request.session.flush()
            return locked(request)
        self.device = Authenticator.objects.of(self.person)
        if self.device is None and settings.SECOND_FACTOR != "required":  # it was removed meanwhile
            return self.again()
        return super().dispatch(request, *args, **kwargs)

    def again(self, why=""):
        """Back to name and password."""
        bound_for = self.request.session.get(HALF_WAY, {}).get("next")
        self.request.session.flush()
        if why:
            messages.warning(self.request, why)
        return HttpResponseRedirect(f"{reverse('login')}?{urlencode({'next': bound_for})}" if bound_for else reverse("login"))

    def get_template_names(self):
        return ["registration/sign_in_code.html" if self.device else "registration/set_up.html"]

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "recovery": self.by_recovery_code()}

    def by_recovery_code(self):
        return self.device is not None and "recovery" in self.request.GET

    def get_context_data(self, **context):
        salt, name = self.kept["salt"], self.person.username
        new = {} if self.device else {"qr": second_factor.picture(salt, name), "secret": second_factor.typed_secret(salt)}
        return super().get_context_data(person=self.person, recovery=self.by_recovery_code(), **new, **context)

    def form_valid(self, form):
        typed, codes = form.cleaned_data["code"], None
        try:
            if self.device:
                factor = actions.prove(by=self.person, typed=typed)
            else:
                factor = actions.APP
                self.device, codes = actions.set_up(by=self.person, salt=self.kept["salt"], typed=typed)
        except Refused as refused:
            return self.refused(form, refused.refusals)
        return self.come_in(factor, codes)

    def refused(self, form, refusals):
        """A wrong code counts like a wrong password; after a few of them both are asked for again."""
        for refusal in refusals:
            form.add_error("code" if refusal.field else None, sentence(refusal))
        if self.device and any(refusal.code == "code_wrong" for refusal in refusals):
            facts = {"name": self.person.username, "step": "code"}
            ledger.note(by=None, verb="sign_in_failed", obj=self.person, facts=facts)
            count_failure(self.request, self.person)
            self.kept["wrong"] += 1
            self.request.session.modified = True
            if self.kept["wrong"] >= WRONG_CODES:
                return self.again(_("There were too many wrong codes: please give your name and password again."))
        return self.form_invalid(form)

    def come_in(self, factor, codes):
        request, bound_for = self.request, self.kept["next"]
        signed_in(self.person, factor)
        del request.session[HALF_WAY]
        login(request, self.person, backend=self.kept["backend"])
        django_otp.login(request, self.device)
        if codes:  # they are shown once, here: they are kept nowhere
            return show_codes(request, codes, bound_for)
        if factor == actions.RECOVERY_CODE:
            warn_of_codes(request, self.device.recovery_codes.count())
        return HttpResponseRedirect(bound_for)


def show_codes(request, codes, bound_for):
    """The one page that shows recovery codes."""
    return render(request, "people/recovery_codes.html", {"title": _("Recovery codes"), "codes": codes, "bound_for": bound_for})


def warn_of_codes(request, left):
    """A recovery code stood in for the app: say how many are left, and what to do."""
    words = ngettext(
        "You came in by a recovery code; %(left)s is left. If the app is lost, set up a new one on the page “Second factor”.",
        "You came in by a recovery code; %(left)s are left. If the app is lost, set up a new one on the page “Second factor”.",
        left,
    )
    messages.warning(request, words % {"left": left})


class SignOut(views.LogoutView):
    """Only by POST, so that no link can do it."""

    def post(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            ledger.note(by=request.user, verb="sign_out", obj=request.user)
        response = super().post(request, *args, **kwargs)
        # What the browser still holds of this person goes too. Not "executionContexts": it would reload the other tabs.
        response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        return response
