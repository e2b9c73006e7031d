"""manage.py reset_second_factor NAME --reason TEXT: for the only security administrator who lost app and recovery codes."""

from django.core.management.base import BaseCommand, CommandError

from assessment.management.base import refusals_told
from people.actions import second_factor
from people.models import User


class Command(BaseCommand):
    help = "Take away the second factor of an account; its sessions end. Others are reset on the page of the user."

    def add_arguments(self, parser):
        parser.add_argument("name", help="user name")
        parser.add_argument("--reason", required=True, help="stands in the history")

    def handle(self, *, name, reason, **options):
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no user {name}.")
        with refusals_told():
            second_factor.reset(by=None, user=user, reason=reason)
        self.stdout.write(f"{name} has no second factor now.")
