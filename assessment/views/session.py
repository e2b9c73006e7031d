"""Coming in and going out. Each sign-in, failed or not, and each sign-out is in the history."""

from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.views.i18n import set_language as set_any_language

from people import ledger
from people.models import User

NAME_SHOWN = 60  # signs of an attempted name that are kept: as long as a user name can be

set_language = login_not_required(set_any_language)


class SignIn(views.LoginView):
    """The page that asks for name and password; who is in already goes on to the home page."""

    redirect_authenticated_user = True

    def form_valid(self, form):
        """Written first: without its entry there is no sign-in."""
        ledger.note(by=form.get_user(), verb="sign_in", obj=form.get_user())
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


class SignOut(views.LogoutView):
    """Only by POST, so that no link can do it."""

    def post(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            ledger.note(by=request.user, verb="sign_out", obj=request.user)
        return super().post(request, *args, **kwargs)
