"""The demo accounts, and who gives them what: the system administrator opens them, the security administrator grants.

Those two are put in by the installation itself, as `adduser` does on a new machine.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from assessment.demo.units import COUNTY_NAME
from people import passwords
from people.actions import grants, users

TOWNSHIP = "查姆乡"


@dataclass(frozen=True)
class Account:
    """username, role, name of the unit (None: everything), and the name of whoever is no cadre (see `cadre_code`)."""

    username: str
    role: str
    unit: str | None = None
    name: str = ""
    days: int | None = None  # of validity from today


ADMINISTRATORS = (Account("system", "system", name="周启明"), Account("security", "security", name="马守义"))
OTHERS = (
    *(Account(f"assessor{number}", "assessor", COUNTY_NAME) for number in (1, 2, 3, 4)),
    Account("assessor5", "assessor", TOWNSHIP, days=20),
    Account("reviewer1", "reviewer", COUNTY_NAME),
    Account("reviewer2", "reviewer", COUNTY_NAME),
    Account("manager1", "manager", COUNTY_NAME),
    Account("manager2", "manager", TOWNSHIP),
    Account("auditor", "auditor", name="郑清源"),
)
ACCOUNTS = OTHERS + ADMINISTRATORS


def cadre_code(county, username):
    """Code of the cadre whose account it is; None for the administrators."""
    return {
        **county.staff,
        "reviewer1": county.department["县委组织部"][0],
        "manager1": county.leaders[4],
        "manager2": county.township[TOWNSHIP][0],
    }.get(username)


def open_administrators(password):
    """{username: user} of the first two accounts."""
    made = {}
    for account in ADMINISTRATORS:
        user = _open(None, account.username, account.name, password)
        grants.give(by=None, user=user, role=account.role, reason="系统初始化")
        made[account.username] = user
    return made


def open_others(made, county, password, unit_by_name):
    """Open all other accounts and grant them their roles; adds them to `made`."""
    for account in OTHERS:
        code = cadre_code(county, account.username)
        name = county.name(code) if code else account.name
        user = _open(made["system"], account.username, name, password)
        unit = unit_by_name[account.unit] if account.unit else None
        until = timezone.localdate() + timedelta(account.days) if account.days else None
        why = f"按县委组织部分工授权（{account.unit or '全部'}）"
        grants.give(by=made["security"], user=user, role=account.role, unit=unit, valid_until=until, reason=why)
        made[account.username] = user


def _open(by, username, name, password):
    """An account. The installation itself sets its password: it may be weak while the site is open to this machine alone,
    and nobody has to change it at the first sign-in."""
    user = users.add(by=by, username=username, name=name, password=passwords.made_up() if by else password)
    return users.set_password(by=None, user=user, password=password) if by else user


def link_to_cadres(made, county, cadre_by_code):
    """Say which cadre each account belongs to: nobody handles his own file or that of his kin."""
    for account in OTHERS:
        if code := cadre_code(county, account.username):
            made[account.username] = users.change(by=made["system"], user=made[account.username], cadre=cadre_by_code[code])


def table(county):
    """(user name, name, role, unit name or None) of each account, for who runs the command."""
    for account in ACCOUNTS:
        code = cadre_code(county, account.username)
        yield account.username, county.name(code) if code else account.name, account.role, account.unit
