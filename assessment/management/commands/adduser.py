"""manage.py adduser NAME --role ROLE [--unit CODE] [--cadre CODE] [--password P]"""

from django.core.management.base import BaseCommand, CommandError

from assessment.management.base import refusals_told
from people import passwords
from people.actions import grants, users
from people.models import Cadre, Grant, Unit, User


class Command(BaseCommand):
    help = "Make an account with one role; again with another role adds that role."

    def add_arguments(self, parser):
        parser.add_argument("name", help="user name")
        parser.add_argument("--role", required=True, help=", ".join(Grant.Role.values))
        parser.add_argument("--unit", metavar="CODE", help="the role holds on this unit and all below it; without it: on everything")
        parser.add_argument("--cadre", metavar="CODE", help="the cadre who this user is")
        parser.add_argument("--password", metavar="P", help="made up and printed if not given")

    def handle(self, *, name, role, unit, cadre, password, **options):
        if role not in Grant.Role.values:
            raise CommandError(f"There is no role {role}. Roles: {', '.join(Grant.Role.values)}.")
        unit = _found(Unit, unit)
        cadre = _found(Cadre, cadre)
        with refusals_told():
            user = User.objects.filter(username=name).first()
            if user is None:
                user, password = self._add(name, password, cadre)
            else:
                self._change(user, password, cadre)
            if grants.holding(user, role, unit):
                self.stdout.write(f"{name} is {role} already.")
                return
            grants.give(by=None, user=user, role=role, unit=unit)
            where = f"on {unit.code} and all below it" if unit else "on everything"
            self.stdout.write(f"{name} is {role} {where}.")

    def _add(self, name, password, cadre):
        given = password or passwords.made_up()
        user = users.add(by=None, username=name, password=given, cadre=cadre)
        if not password:
            self.stdout.write(f"password of {name}: {given}")
        else:
            self._warn(given, user)
        return user, given

    def _change(self, user, password, cadre):
        if cadre and user.cadre != cadre:
            users.change(by=None, user=user, cadre=cadre)
        if password and not user.check_password(password):
            users.set_password(by=None, user=user, password=password)
            self.stdout.write(f"{user.username} has a new password.")
            self._warn(password, user)

    def _warn(self, password, user):
        for why in passwords.weaknesses(password, user):
            self.stderr.write(f"Weak password: {why}")


def _found(model, code):
    if not code:
        return None
    record = model.objects.filter(code=code).first()
    if record is None:
        raise CommandError(f"There is no {model._meta.model_name} with the code {code}.")
    return record
