"""Who may do what where: roles, the one permission table, scope by unit, recusal.

Conditions of state ("already signed") are not here but in `assessment.rules.workflow`.
"""

from dataclasses import dataclass

from django.db.models import Q

from people.models import Grant, Kinship, Unit
from people.refusals import Refusal, Refused

ASSESSOR, REVIEWER, MANAGER, AUDITOR, SECURITY, SYSTEM = (role.value for role in Grant.Role)
DEPARTMENT = {ASSESSOR, REVIEWER}
BUSINESS = {ASSESSOR, REVIEWER, MANAGER}
READERS = BUSINESS | {AUDITOR}
ADMINISTRATORS = {AUDITOR, SECURITY, SYSTEM}

#: verb -> roles that may do it. "view_<model>" gives the scope in which rows of a model are seen.
PERMISSIONS = {
    "view_unit": READERS | ADMINISTRATORS,
    "save_unit": {ASSESSOR, SYSTEM},
    "view_cadre": READERS,
    "save_cadre": {ASSESSOR},
    "reveal": DEPARTMENT,  # ID numbers and phones in full
    "view_duty": READERS,
    "save_duty": {ASSESSOR},
    "view_sanction": DEPARTMENT | {AUDITOR},
    "save_sanction": {ASSESSOR},
    "view_kinship": DEPARTMENT | {AUDITOR},
    "save_kinship": {ASSESSOR},
    "view_user": ADMINISTRATORS,
    "save_user": {SYSTEM},
    "view_grant": {SECURITY, AUDITOR},
    "save_grant": {SECURITY},
    # Not the system administrator, who sets passwords: nobody alone can take over an account.
    "view_authenticator": {SECURITY},
    "reset_second_factor": {SECURITY},
    "view_scheme": READERS,
    "save_scheme": DEPARTMENT,
    "view_campaign": READERS,
    "save_campaign": DEPARTMENT,
    "close_campaign": DEPARTMENT,
    "view_contact": READERS,
    "view_source": DEPARTMENT | {AUDITOR},  # who said it
    "view_attachment": DEPARTMENT | {AUDITOR},  # a photo or signed record may show who spoke
    "attach": {ASSESSOR},
    "record_contact": {ASSESSOR},
    "withdraw_finding": {ASSESSOR},
    "view_finding": READERS,
    "view_evaluation": READERS,
    "draft_opinion": {ASSESSOR},
    "submit": {ASSESSOR},
    "send_back": {REVIEWER},
    "sign": {REVIEWER},
    "give_notice": {ASSESSOR},
    "reopen": {REVIEWER},
    "recombine": DEPARTMENT,
    "view_signedopinion": READERS,
    "view_notice": READERS,
    "view_appeal": READERS,
    "file_appeal": {ASSESSOR},
    "decide_appeal": {REVIEWER},
    "view_decision": READERS,
    "propose_decision": {ASSESSOR},
    "publish_decision": {ASSESSOR},
    "confirm_decision": {REVIEWER},
    "revoke_decision": {REVIEWER},
    "follow_up": {ASSESSOR},
    "view_followup": READERS,
    "view_publication": READERS,
    "view_profile": DEPARTMENT | {AUDITOR},
    "save_profile": {ASSESSOR},
    "view_photo": DEPARTMENT | {AUDITOR},
    "view_job": READERS | ADMINISTRATORS,
    "view_savedview": READERS | ADMINISTRATORS,
    "import_workbook": {ASSESSOR},
    "export_workbook": DEPARTMENT | {AUDITOR},
    "view_ledgerentry": {AUDITOR},
    "verify_ledger": {AUDITOR},
}

#: Verbs that handle a person's file: refused to himself and to his kin (公务员法 74 to 77).
HANDLING = frozenset(
    "save_cadre view_profile view_photo save_profile save_duty save_sanction save_kinship record_contact attach withdraw_finding draft_opinion submit "
    "send_back sign give_notice reopen file_appeal decide_appeal propose_decision publish_decision confirm_decision revoke_decision follow_up".split()
)

#: Verbs that tell who spoke: refused as well to whom anything in the record is about (`about_cadre_ids`), or to his kin.
CONFIDING = frozenset({"view_source", "view_attachment"})


@dataclass(frozen=True)
class Scope:
    """What a person reaches with a verb: everything, or the units given; never the files of `recused` cadres."""

    everything: bool = False
    units: frozenset = frozenset()
    recused: frozenset = frozenset()
    user_id: int | None = None

    def __bool__(self):
        return self.everything or bool(self.units)

    def covers(self, unit_id):
        """Is this unit within reach? A record without unit is within reach of any grant."""
        return self.everything or (unit_id in self.units if unit_id is not None else bool(self))


@dataclass(frozen=True)
class Verdict:
    """Answer of `can`: yes, or no with the reason."""

    ok: bool
    refusal: Refusal | None = None

    def __bool__(self):
        return self.ok


def _grants(user):
    """Valid grants of a user with the units that they reach; read once per user object, that is per request."""
    if not hasattr(user, "_reach"):
        held = list(Grant.objects.filter(user=user).valid().order_by().values_list("role", "unit")) if user.is_active else []
        branches = Unit.objects.branches(unit for _, unit in held if unit is not None)
        user._reach = [(role, None if unit is None else frozenset(branches[unit])) for role, unit in held]
    return user._reach


def forget(user):
    """Read a user's grants anew, after they changed."""
    for name in ("_reach", "_recused"):
        user.__dict__.pop(name, None)


def recused(user):
    """Cadres whose files this user may not touch: his own and his kin's."""
    if not hasattr(user, "_recused"):
        own = user.cadre_id
        found = set()
        if own:
            pairs = Kinship.objects.filter(Q(cadre=own) | Q(relative=own)).values_list("cadre_id", "relative_id")
            found = {own, *(pk for pair in pairs for pk in pair)}
        user._recused = frozenset(found)
    return user._recused


def roles(user):
    """Roles that a user holds today, anywhere."""
    return {role for role, _ in _grants(user)} if user is not None and user.is_authenticated else set()


def scope(user, verb):
    """Where a user may do a verb."""
    allowed = PERMISSIONS[verb]
    if user is None or not user.is_authenticated:
        return Scope()
    reach = [units for role, units in _grants(user) if role in allowed]
    return Scope(
        everything=None in reach,
        units=frozenset().union(*(units for units in reach if units is not None)),
        recused=recused(user) if reach else frozenset(),
        user_id=user.pk,
    )


def visible_to(user, rows, verb=None):
    """The rows a user may see: the only way from a view, form, filter or export to a queryset.

    rows: a model or a queryset of one. verb: another than "view_<model>", for choices of what he may act on.
    """
    queryset = rows if hasattr(rows, "model") else rows.objects.all()
    return queryset.within(scope(user, verb or f"view_{queryset.model._meta.model_name}"))


def can(user, verb, obj=None):
    """May this user do this verb (to this record)? A `Verdict` with the reason if not."""
    reach = scope(user, verb)
    if not reach:
        return Verdict(False, Refusal("role_missing", {"roles": sorted(PERMISSIONS[verb])}))
    if obj is None:
        return Verdict(True)
    if not reach.covers(obj.scope_unit_id):
        return Verdict(False, Refusal("outside_scope", {"roles": sorted(PERMISSIONS[verb])}))
    if about := reach.recused and _about(verb, obj) & reach.recused:
        return Verdict(False, Refusal("own_file" if user.cadre_id in about else "file_of_kin"))
    return Verdict(True)


def _about(verb, obj):
    """Ids of the cadres whose file a verb touches on this record."""
    if verb in CONFIDING and hasattr(obj, "about_cadre_ids"):
        return obj.about_cadre_ids
    if verb in HANDLING:
        return getattr(obj, "about_both", None) or {getattr(obj, "about_cadre_id", None)}
    return frozenset()


def demand(user, verb, obj=None):
    """Raise `Refused` unless the user may."""
    verdict = can(user, verb, obj)
    if not verdict:
        raise Refused(verdict.refusal)
