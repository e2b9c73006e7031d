"""Words for what is refused: the one place where a `Refusal` becomes a sentence that a person reads.

A sentence says what is wrong and what to do; a rule of the field names its source.
"""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N

from people import codes
from people.models import Grant

SENTENCES = {
    # access
    "role_missing": N("This needs the role %(roles)s."),
    "outside_scope": N("This is outside the units that you were granted."),
    "own_file": N("Nobody handles his own file (Civil Servants Law, art. 74 to 77)."),
    "file_of_kin": N("Nobody handles the file of a relative (Civil Servants Law, art. 74 to 77)."),
    # any form
    "required": N("Please fill this in."),
    "reason_missing": N("Please give the reason."),
    "date_in_future": N("This day lies in the future."),
    # sign-off
    "not_gathering": N("The evaluation was submitted or signed: its opinion and evidence are locked."),
    "not_submitted": N("Only a submitted evaluation can be signed or returned."),
    "not_signed": N("This evaluation is not signed."),
    "opinion_incomplete": N("Please complete the opinion: %(field)s is empty."),
    "grade_unknown": N("%(grade)s is no grade of this scheme; it has: %(grades)s."),
    "grade_reason_missing": N("The proposed grade is %(proposed)s: say why you conclude %(grade)s."),
    "evidence_missing": N("Below the minimum evidence only “not determined” can be concluded. Missing: %(missing)s."),
    "own_evaluation": N("Whoever wrote an evaluation does not sign or return it: another reviewer has to."),
    "quota_passed": N(
        "The top grade is used up: %(quota)s %% of %(roster)s are %(places)s places, %(taken)s are taken. "
        "Return it, or conclude another grade."
    ),
    "bar_sanction": N("Bar to the top grade: %(sanction)s of %(decided_on)s is in effect. Return it for another grade."),
    "bar_leave": N("Bar to the top grade: long leave. Return it for another grade."),
    "bar_probation": N("Bar to the top grade: probation. Return it for another grade."),
    "bar_investigation": N("Bar to the top grade: under investigation. Return it for another grade."),
    "already_noticed": N("The notice of this opinion was given already."),
    "notice_date": N("The notice is given on or after the day of signing (%(signed_on)s), and not in the future."),
    "opinion_superseded": N("A newer version superseded this opinion: use the latest one."),
    "reopen_without_ground": N("Name the new evidence, or the upheld review or appeal."),
    # review and appeal
    "not_noticed": N("The cadre has not been told of this opinion yet: give the notice first."),
    "filed_late": N("The last day to file was %(last)s (Civil Servants Law, art. 95)."),
    "filed_date": N("The day lies between the notice (%(given_on)s) and today."),
    "appeal_pending": N("A review or appeal of this opinion is still pending."),
    "appeal_decided": N("This review or appeal was decided already."),
    "decided_date": N("The day lies between filing (%(filed_on)s) and today."),
    # decisions
    "basis_missing": N("A decision rests on at least one signed opinion: choose it."),
    "basis_of_another": N("This opinion is not about the one whom the decision is about."),
    "basis_not_latest": N("Version %(number)s is not the latest signed opinion."),
    "basis_superseded": N("A basis of this decision was superseded or opened again: revoke it and propose it anew."),
    "selection_of_group": N("Only a cadre can be selected or appointed."),
    "only_training": N("Mentor and follow-ups belong to a tracked training that is not revoked."),
    "only_commendation": N("Publicity belongs to a commendation that is not revoked."),
    "mentor_is_himself": N("A cadre cannot be his own mentor."),
    "decision_barred_by_sanction": N(
        "%(sanction)s is in effect until %(effect_until)s: no promotion, no commendation (Civil Servants Law, art. 64)."
    ),
    "decision_not_proposed": N("Only a proposal can be put on public notice."),
    "training_needs_no_notice": N("Tracked training needs no public notice: it can be confirmed at once."),
    "notice_too_short": N("Public notice takes five working days: it ends on %(earliest)s at the earliest."),
    "notice_before_proposal": N("Public notice starts on or after the day of the proposal (%(proposed_on)s)."),
    "decision_not_open": N("This decision was confirmed or revoked already."),
    "own_proposal": N("Whoever proposed a decision does not confirm it: another reviewer has to."),
    "notice_missing": N("Put the decision on public notice first."),
    "notice_running": N("The public notice runs until %(until)s: confirm it after that day."),
    "confirmed_date": N("The day lies between the proposal (%(proposed_on)s) and today."),
    "follow_up_done": N("This follow-up was done on %(done_on)s."),
}

EVIDENCE = {
    "score": N("a rated finding"),
    "on_site": N("on-site findings"),
    "phone": N("phone findings"),
    "talk": N("talk findings"),
    "relations": N("different source relations"),
    "leads": N("different leads"),
}

OPINION_FIELDS = {
    "performance": N("Main performance"),
    "strengths": N("Strengths"),
    "shortcomings": N("Shortcomings"),
    "conclusion": N("Conclusion"),
}


def shortfall(missing):
    """(what, have, need) triples in words: "talk findings 0 of 1"."""
    return _("; ").join(
        _("%(what)s %(have)s of %(need)s") % {"what": _(EVIDENCE[what]), "have": have, "need": need}
        for what, have, need in missing
    )


def grade_name(grade):
    """A grade as it is shown: blank is 不确定等次."""
    return grade or _("Not determined")


def _fact(name, value):
    if name == "roles":
        return _(" or ").join(str(Grant.Role(role).label) for role in value)
    if name == "missing":
        return shortfall(value)
    if name == "sanction":
        return codes.SANCTION.name(value)
    if name in ("grade", "proposed"):
        return grade_name(value)
    if name == "field" and value in OPINION_FIELDS:
        return _(OPINION_FIELDS[value])
    if isinstance(value, list | tuple):
        return _(", ").join(map(str, value))
    if hasattr(value, "year"):
        return date_format(value)
    return _("open end") if value is None else value


def sentence(refusal):
    """The sentence for a refusal, in the reader's language."""
    facts = {name: _fact(name, value) for name, value in refusal.facts.items()}
    return _(SENTENCES[refusal.code]) % facts
