"""One's own second factor: its state, a new app, new recovery codes, doing without; and its reset by the security administrator."""

import django_otp
from django.conf import settings
from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessment.forms.session import CodeForm
from assessment.views.base import ActionPage, Button, FormPage, Page
from assessment.views.session import show_codes
from assessment.views.users import OfUser
from people import second_factor
from people.actions import second_factor as actions
from people.models import Authenticator
from people.refusals import Refusal, refuse

NEW_SALT = "new_salt"  # in the session, until a code of the app that it made was typed


class SecondFactor(Page):
    """What one has, and what can be done with it."""

    title, template_name = _("Second factor"), "people/second_factor.html"

    def get(self, request, *args, **kwargs):
        return self.render()

    def context(self):
        device, required = Authenticator.objects.of(self.user), settings.SECOND_FACTOR == "required"
        left = device.recovery_codes.count() if device else 0
        deeds = [Button(_("Replace the app") if device else _("Set up"), reverse("second_factor_add"), tone="plain" if device else "main")]
        if device:
            deeds.append(Button(_("New recovery codes"), reverse("second_factor_codes")))
        if device and not required:
            deeds.append(Button(_("Switch off"), reverse("second_factor_remove"), tone="danger"))
        return {"device": device, "required": required, "left": left, "few": left <= second_factor.FEW, "deeds": deeds}


class OfOneself(FormPage):
    """Base: something is done with one's own second factor."""

    crumbs, confirm_identity, done = [(_("Second factor"), "second_factor")], True, ""

    def next_url(self, result):
        return reverse("second_factor")


class ShowsCodes:
    """Mixin: the answer itself shows the new recovery codes, for they are kept nowhere."""

    codes = None

    def redirect(self, url):
        if self.codes:
            return show_codes(self.request, self.codes, url)
        messages.warning(self.request, _("The recovery codes stood in the answer to the first sending. If you did not see them, make new ones."))
        return super().redirect(url)


class SecondFactorAdd(ShowsCodes, OfOneself):
    form_class, template_name = CodeForm, "people/second_factor_add.html"
    title, submit = _("Set up the second factor"), _("Take into use")

    def get(self, request, *args, **kwargs):
        request.session[NEW_SALT] = second_factor.new_salt()
        return super().get(request, *args, **kwargs)

    def get_form(self, data=None, files=None):
        form = CodeForm(data)
        form.fields["code"].label = _("Code that the new app shows")
        return form

    def context(self):
        salt = self.request.session.setdefault(NEW_SALT, second_factor.new_salt())
        told = {"qr": second_factor.picture(salt, self.user.username), "secret": second_factor.typed_secret(salt)}
        return {**told, "replaces": Authenticator.objects.of(self.user) is not None}

    def perform(self, data):
        session = self.request.session
        salt = session.get(NEW_SALT)
        if not salt:  # the page was open for longer than the session that made its picture
            refuse(Refusal("code_wrong", {}, "code"))
        device, self.codes = actions.set_up(by=self.user, salt=salt, typed=data["code"], replace=True, but=session.session_key)
        del session[NEW_SALT]
        session.cycle_key()
        django_otp.login(self.request, device)


class SecondFactorCodes(ShowsCodes, OfOneself, ActionPage):
    title, submit = _("New recovery codes"), _("Make new codes")
    explain = _("Ten new codes are made and shown once. The old ones are worth nothing from then on.")

    def perform(self, data):
        self.codes = actions.new_codes(by=self.user)


class SecondFactorRemove(OfOneself, ActionPage):
    title, submit, danger, done = _("Switch off the second factor"), _("Switch off"), True, _("The second factor was switched off.")
    explain = _("From then on your password alone signs you in, and the recovery codes are worth nothing.")

    def get(self, request, *args, **kwargs):
        refuse(*actions.remove_refusals(by=self.user))
        return super().get(request, *args, **kwargs)

    def perform(self, data):
        actions.remove(by=self.user)


class UserSecondFactorReset(OfUser, ActionPage):
    """Somebody lost app and recovery codes, and has shown in person who he is."""

    verb, confirm_identity = "reset_second_factor", True
    title, submit, reason, danger = _("Reset the second factor"), _("Reset"), "required", True
    explain = _(
        "First make sure in person who asks for it. App and recovery codes are worth nothing from then on, and all sessions of this person end."
    )
    done, template_name = _("The second factor was reset."), "generic/confirm.html"

    def get(self, request, *args, **kwargs):
        refuse(*actions.reset_refusals(by=self.user, user=self.object))
        return super().get(request, *args, **kwargs)

    def perform(self, data):
        actions.reset(by=self.user, user=self.object, reason=data["reason"])
