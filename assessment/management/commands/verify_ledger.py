"""manage.py verify_ledger: exit 0 and `N entries, head DIGEST`; or exit 1 and the first fault."""

from itertools import chain

from django.core.management.base import BaseCommand, CommandError

from assessment.actions import evaluations
from people import ledger


class Command(BaseCommand):
    help = "Prove that nothing was altered: the chain, the rows it speaks of, signed opinions and derived numbers."

    def handle(self, **options):
        with ledger.still():
            faults = chain(ledger.verify(), evaluations.verify_opinions(), evaluations.verify_numbers())
            fault = next(faults, None)
            entries, digest = ledger.head()
        if fault is not None:
            raise CommandError(str(fault))
        self.stdout.write(f"{entries} entries, head {digest}")
