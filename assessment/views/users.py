"""Pages of accounts (system administrator) and of what they are granted (security administrator)."""

from django.contrib.auth import update_session_auth_hash
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from assessment.filters.users import UserFilters
from assessment.forms.users import NewUserForm, OwnPasswordForm, PasswordForm, UserForm
from assessment.tables.users import GrantedUserTable, UserTable
from assessment.views.base import ActionPage, DetailPage, FormPage, ListPage, offer, offers
from people import lock_out, passwords
from people.access import can
from people.actions import second_factor, users
from people.models import Authenticator, Grant, User

CRUMBS = [(_("Users"), "user_list")]


def minute(moment):
    """A moment as the pages of accounts show it."""
    return moment and timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


class UserList(ListPage):
    model, table_class, filterset_class = User, UserTable, UserFilters
    title = _("Users")
    search_hint = _("User name, name or email")

    def rows(self, queryset):
        grants = self.visible(Grant).valid().select_related("unit").order_by("role", "pk")
        return queryset.prefetch_related(Prefetch("grants", queryset=grants, to_attr="valid_grants"))

    def listing(self, data):
        if can(self.user, "view_grant"):
            self.table_class = GrantedUserTable
        return super().listing(data)

    def buttons(self):
        return offers(
            offer(self.user, "view_grant", _("All grants"), reverse("grant_list")),
            offer(self.user, "save_user", _("Add user"), reverse("user_add")),
        )


class UserDetail(DetailPage):
    model, verb, crumbs = User, "view_user", CRUMBS
    template_name = "people/user_detail.html"

    def rows(self, queryset):
        return queryset.select_related("cadre")

    def sub(self):
        return self.object.username if self.object.name else ""

    def facts(self):
        user = self.object
        return [
            (_("User name"), user.username),
            (_("Name"), user.name),
            (_("Email"), user.email),
            (_("Is the cadre"), user.cadre and user.cadre.code),
            (_("Last sign-in"), minute(user.last_login)),
            (_("Password set at"), minute(user.password_set_at)),
            *([(_("Locked until"), minute(self.locked))] if self.locked else []),
            *self.second_factor(),
        ]

    def second_factor(self):
        """Since when there is one, for whoever can reset it: a role is best given to somebody who has."""
        if not can(self.user, "view_authenticator"):
            return []
        device = self.visible(Authenticator).filter(user=self.object, confirmed=True).first()
        return [(_("Second factor"), minute(device.added_at) if device else _("Not set up"))]

    @cached_property
    def locked(self):
        """Until when wrong passwords keep this name out; the system administrator sees it, who can unlock it."""
        return lock_out.locked_until(self.object.username) if can(self.user, "save_user", self.object) else None

    def context(self):
        if not can(self.user, "view_grant"):
            return {"grants": None}
        grants = self.visible(Grant).filter(user=self.object).select_related("unit", "granted_by").order_by("-valid_from", "role", "pk")
        today = timezone.localdate()
        for grant in grants:
            grant.over = bool(grant.valid_until and grant.valid_until < today)
            grant.later = grant.valid_from > today
            grant.may_end = not grant.over and can(self.user, "save_grant", grant).ok
        return {"grants": grants}

    def buttons(self):
        pk, active = self.object.pk, self.object.is_active
        switch = _("Switch off") if active else _("Switch on")
        lost = next(iter(second_factor.reset_refusals(by=self.user, user=self.object)), None)
        unlock = [offer(self.user, "save_user", _("Unlock"), reverse("user_unlock", args=[pk]))] if self.locked else []
        return offers(
            *unlock,
            offer(self.user, "save_user", switch, reverse("user_switch", args=[pk])),
            offer(self.user, "save_user", _("Set password"), reverse("user_password", args=[pk])),
            offer(self.user, "save_user", _("Edit"), reverse("user_edit", args=[pk])),
            offer(self.user, "reset_second_factor", _("Reset the second factor"), reverse("user_second_factor_reset", args=[pk]), refusal=lost),
            offer(self.user, "save_grant", _("Give a role"), reverse("grant_add", args=[pk])),
        )


class UserAdd(FormPage):
    model, form_class, verb, crumbs = User, NewUserForm, "save_user", CRUMBS
    title = _("Add user")
    sub = _("An account alone may do nothing: the security administrator gives it roles.")

    def initial(self):
        return {"password": passwords.made_up()}

    def form_kwargs(self):
        return {"user": self.user}

    def perform(self, data):
        return users.add(by=self.user, **data)


class OfUser(FormPage):
    """Base: something is done with the account in the address."""

    model, verb, crumbs = User, "save_user", CRUMBS

    def get_title(self):
        return f"{self.title}{_(': ')}{self.object}"

    def next_url(self, result):
        return reverse("user_detail", args=[self.object.pk])


class UserEdit(OfUser):
    form_class, title = UserForm, _("Edit")

    def rows(self, queryset):
        return queryset.select_related("cadre")

    def initial(self):
        return {name: getattr(self.object, name) for name in UserForm.Meta.fields}

    def form_kwargs(self):
        return {"user": self.user}

    def perform(self, data):
        return users.change(by=self.user, user=self.object, **data)


class UserPassword(OfUser):
    form_class, title, confirm_identity = PasswordForm, _("Set password"), True
    done = _("The password was set. Pass it on to its owner: he chooses one of his own at the first sign-in.")

    def initial(self):
        return {"password": passwords.made_up()}

    def perform(self, data):
        users.set_password(by=self.user, user=self.object, password=data["password"])


class UserSwitch(OfUser, ActionPage):
    """Off is for good reasons; nothing of what the person did goes away."""

    explain = _("Nobody can sign in to an account that is off. What was done with it stays in the history.")
    template_name = "generic/confirm.html"

    def get_title(self):
        words = _("Switch off %(name)s") if self.object.is_active else _("Switch on %(name)s")
        return words % {"name": self.object}

    def perform(self, data):
        return users.change(by=self.user, user=self.object, is_active=not self.object.is_active)


class UserUnlock(OfUser, ActionPage):
    """After wrong passwords; whoever typed them."""

    title = submit = _("Unlock")
    done = _("The sign-in was unlocked.")
    explain = _("Wrong passwords have locked this user name. Make sure that it is its owner who asks for this.")
    template_name = "generic/confirm.html"

    def perform(self, data):
        users.unlock(by=self.user, user=self.object)


class OwnPassword(FormPage):
    """Everybody changes his own password."""

    model, form_class = User, OwnPasswordForm
    title, done = _("Change your password"), _("Your password was changed. Wherever else you were signed in, you no longer are.")
    template_name = "people/own_password.html"
    rules = staticmethod(passwords.rules)

    def why(self):
        """Why nothing else can be done first."""
        days = passwords.profile().days
        return {
            "given": _("Others know the password that you were given. Choose one that only you know, then you can go on."),
            "old": _("Your password is older than %(days)s days. Choose a new one, then you can go on.") % {"days": days},
        }.get(passwords.why_change(self.user), "")

    def back_url(self):
        return "" if self.why() else reverse("home")  # until then every other page leads here

    def form_kwargs(self):
        return {"user": self.user}

    def perform(self, data):
        session = self.request.session.session_key
        user = users.set_password(by=self.user, user=self.user, password=data["password"], session=session)
        update_session_auth_hash(self.request, user)

    def next_url(self, result):
        return reverse("home")
