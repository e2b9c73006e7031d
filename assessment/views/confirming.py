"""Who sits there says again who he is, in the form that he fills in: before signing, granting, revealing and the like.

For CONFIRM_AFTER seconds after sign-in, and after each confirmation, he is not asked.
"""

import time

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from assessment.forms.session import code_field
from assessment.wording import sentence
from people import ledger, sending
from people.actions import second_factor
from people.models import Authenticator
from people.refusals import Refused

CONFIRMED_AT = "confirmed_at"


@receiver(user_logged_in)
def renew(request, **_options):
    """This person has just shown who he is."""
    request.session[CONFIRMED_AT] = int(time.time())


def is_fresh(request):
    return 0 <= time.time() - request.session.get(CONFIRMED_AT, 0) < settings.CONFIRM_AFTER


class ConfirmForm(forms.Form):
    """The password, and the code of the app for whoever has one."""

    prefix = "confirm"
    password = forms.CharField(
        label=_("Your password"), strip=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, data, *, user):
        super().__init__(data)
        if Authenticator.objects.of(user):
            self.fields["code"] = code_field()


class Confirming:
    """Mixin of pages with a form. confirm_identity: True asks for the password, unless that was a moment ago.

    The template shows `page.confirm_form` where there is one; `is_confirmed()` comes before the deed.
    """

    confirm_identity = False

    @cached_property
    def confirm_form(self):
        if not self.confirm_identity or is_fresh(self.request):
            return None
        asked = self.request.method == "POST" and f"{ConfirmForm.prefix}-password" in self.request.POST
        return ConfirmForm(self.request.POST if asked else None, user=self.user)

    def is_confirmed(self):
        """Is it known who sits there? What was typed wrong stands beside its field and in the history."""
        form = self.confirm_form
        if form is None:
            return True
        with sending.under_way(None):  # what it writes is not what the form does
            if not form.is_valid() or not self._is_right(form):
                return False
        renew(self.request)
        self.confirm_form = None
        return True

    def _is_right(self, form):
        if authenticate(self.request, username=self.user.get_username(), password=form.cleaned_data["password"]) != self.user:
            form.add_error("password", _("This is not your password."))
            return self._failed("password")
        if "code" not in form.fields:
            return True
        try:
            second_factor.prove(by=self.user, typed=form.cleaned_data["code"])
        except Refused as refused:
            form.add_error("code", [sentence(refusal) for refusal in refused.refusals])
            count_failure(self.request, self.user)
            return self._failed("code")
        return True

    def _failed(self, step):
        ledger.note(by=self.user, verb="confirm_failed", obj=self.user, facts={"step": step, "path": self.request.path})
        return False


def count_failure(request, user):
    """A wrong code counts as a wrong password does."""
    user_login_failed.send(sender=__name__, credentials={"username": user.get_username()}, request=request)
