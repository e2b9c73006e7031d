"""manage.py verify_ledger: exit 0 and `N entries, head DIGEST`; or exit 1 and the first fault."""

from django.core.management.base import BaseCommand, CommandError

from assessment.actions import proof
from people import ledger


class Command(BaseCommand):
    help = "Prove that nothing was altered: the chain, the rows it speaks of, signed opinions and derived numbers."

    def handle(self, **options):
        with ledger.still():
            faults = proof.faults()
            fault = next(faults, None)
            entries, digest = ledger.head()
        if fault is not None:
            raise CommandError(str(fault))
        self.stdout.write(f"{entries} entries, head {digest}")
