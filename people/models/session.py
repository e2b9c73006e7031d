"""Sessions, each with the person it belongs to and where it came from, so that they can be listed and ended."""

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models.user import User


class Session(AbstractBaseSession):
    """One signed-in browser; `people.sessions` is its engine. Not recorded: that it began and ended are events."""

    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("User"))
    started_at = models.DateTimeField(_("Signed in"), default=timezone.now)
    seen_at = models.DateTimeField(_("Last used"), default=timezone.now)
    address = models.CharField(_("Address"), max_length=45, blank=True)
    agent = models.CharField(_("Browser"), max_length=200, blank=True)

    objects = BaseSessionManager()

    class Meta(AbstractBaseSession.Meta):
        verbose_name = _("Session")
        verbose_name_plural = _("Sessions")

    @classmethod
    def get_session_store_class(cls):
        from people.sessions import SessionStore

        return SessionStore
