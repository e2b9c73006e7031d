"""manage.py purge_ledger --until DATE [--dry-run]: empty old entries of what happened; what changed records is kept."""

from datetime import datetime, time

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date

from assessment.management.base import refusals_told
from people.actions import retention


class Command(BaseCommand):
    help = "Empty entries of what happened (views, exports, sign-ins) before a day; LEDGER_DAYS says how long they are kept."

    def add_arguments(self, parser):
        parser.add_argument("--until", required=True, metavar="DATE", help="entries before this day, YYYY-MM-DD")
        parser.add_argument("--dry-run", action="store_true", help="say how many and change nothing")

    def handle(self, *, until, dry_run, **options):
        try:
            day = parse_date(until)
        except ValueError:
            day = None
        if day is None or day.year < 1900:  # the first days of the calendar are no moments everywhere
            raise CommandError(f"{until} is no day: write it as 2016-12-31.")
        moment, count = timezone.make_aware(datetime.combine(day, time.min)), 0
        with refusals_told():
            if dry_run:
                self.stdout.write(f"{retention.purgeable(moment)} entries would be emptied.")
                return
            while done := retention.purge(by=None, until=moment):
                count += done
        self.stdout.write(f"{count} entries were emptied.")
