"""The session engine: sessions in the database, each with its user, so that they can be listed and ended (ASVS 7.4, 7.5)."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from people.models import Session


class SessionStore(DatabaseStore):
    """`django.contrib.sessions` in the database, with a column for the user."""

    @classmethod
    def get_model_class(cls):
        return Session

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        return row
