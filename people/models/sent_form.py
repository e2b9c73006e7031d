"""Forms that were sent and done, so that a double click or a re-sent form does a thing once."""

from django.db import models
from django.utils import timezone

from people.models.user import User


class SentForm(models.Model):
    """A form that did its work: written in the same transaction, under the lock of the ledger's head.

    entry: the first ledger entry that it made; a second sending is led to that record. Kept for some days.
    """

    key = models.UUIDField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entry = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self):
        return str(self.key)
