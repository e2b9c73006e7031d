"""manage.py verify_ledger [--anchors FILE] [--all]: exit 0 and `N entries, head DIGEST`; or exit 1 and the first fault."""

from itertools import chain, islice

from django.core.management.base import BaseCommand, CommandError

from assessment.actions import proof
from people import anchors, ledger


class Command(BaseCommand):
    help = "Prove that nothing was altered: the chain, the rows it speaks of, signed opinions, files and derived numbers."

    def add_arguments(self, parser):
        parser.add_argument("--anchors", default="", metavar="FILE", help="compare these anchors, kept on another machine, too")
        parser.add_argument("--all", action="store_true", help="tell every fault, not only the first")

    def handle(self, **options):
        lines = self._read(options["anchors"]) if options["anchors"] else []
        with ledger.still():
            found = list(islice(self._faults(lines), None if options["all"] else 1))
            entries, digest = ledger.head()
            clean = proof.last_clean() if found else None
        if found:
            told = [line for fault in found for line in self._told(fault)]
            if clean:
                told.append(f"last verification without faults: entry {clean['entry']} of {clean['at'].isoformat()}")
            raise CommandError("\n".join(told))
        self.stdout.write(f"{entries} entries, head {digest}")

    def _read(self, path):
        try:
            with open(path, "rb") as file:
                return anchors.read(file)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error

    def _faults(self, lines):
        found, _fits = anchors.check(lines)
        return chain(found, proof.faults())

    def _told(self, fault):
        yield f"{fault} ({fault.name})" if fault.name else str(fault)
        if fault.good:
            yield f"  last known good: entry {fault.good['entry']} of {fault.good['at'].isoformat()} {fault.good['who']}".rstrip()
