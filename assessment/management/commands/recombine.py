"""manage.py recombine [CODE]: computes the numbers of a campaign, or of all open ones, again."""

from django.core.management.base import BaseCommand, CommandError

from assessment.actions import evaluations
from assessment.models import Campaign


class Command(BaseCommand):
    help = "Compute the numbers of a campaign (or of all open ones) again; prints how many evaluations changed."

    def add_arguments(self, parser):
        parser.add_argument("code", nargs="?", help="campaign code; without it all open campaigns")

    def handle(self, *, code, **options):
        campaigns = Campaign.objects.filter(code=code) if code else Campaign.objects.filter(state=Campaign.State.OPEN)
        campaigns = list(campaigns.order_by("code"))
        if code and not campaigns:
            raise CommandError(f"There is no campaign with the code {code}.")
        for campaign in campaigns:
            changed = evaluations.recombine(by=None, campaign=campaign)
            self.stdout.write(f"{changed} changed in {campaign.code}")
        if not campaigns:
            self.stdout.write("0 changed")
