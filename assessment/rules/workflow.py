"""Sign-off: when a step of an evaluation or a decision is refused. Each function answers a list of (code, facts).

Who may do a step at all is the business of access; here is only the state of things.
"""

OPINION = ("performance", "strengths", "shortcomings", "conclusion")


def draft(*, state):
    """An opinion is written while evidence is gathered."""
    return [] if state == "gathering" else [("not_gathering", {"state": state})]


def submit(*, state, opinion, grade, proposed_grade, grade_reason, grades, missing):
    """Refused: an incomplete opinion; another grade than the proposed one without a reason; a grade below the minimum.

    opinion: field -> text; grades: names of the scheme's grades; missing: (what, have, need) triples.
    """
    if state != "gathering":
        return [("not_gathering", {"state": state})]
    found = [("opinion_incomplete", {"field": name}) for name in OPINION if not opinion[name].strip()]
    if grade and grade not in grades:
        found.append(("grade_unknown", {"grade": grade, "grades": list(grades)}))
    if grade and missing:
        found.append(("evidence_missing", {"missing": [list(item) for item in missing]}))
    elif grade != proposed_grade and not grade_reason.strip():
        found.append(("grade_reason_missing", {"grade": grade, "proposed": proposed_grade}))
    return found


def send_back(*, state, author, by, why):
    """A submitted evaluation goes back with a reason, by another than its author."""
    if state != "submitted":
        return [("not_submitted", {"state": state})]
    found = [("own_evaluation", {})] if author == by else []
    return found if why.strip() else [*found, ("reason_missing", {})]


def sign(*, state, writers, by, is_top, quota, bars):
    """Refused: the author or a co-writer signs; the top grade over its quota or against a bar.

    writers: ids of who wrote or submitted this version; quota, bars: what `rules.grading` answered.
    """
    if state != "submitted":
        return [("not_submitted", {"state": state})]
    found = [("own_evaluation", {})] if by in writers else []
    return found + (list(quota) + list(bars) if is_top else [])


def give_notice(*, state, noticed):
    """A signed opinion is told once."""
    if state != "signed":
        return [("not_signed", {"state": state})]
    return [("already_noticed", {})] if noticed else []


def reopen(*, state, evidence, appeal_upheld):
    """A signed evaluation is opened again only for new evidence or an upheld review or appeal."""
    if state != "signed":
        return [("not_signed", {"state": state})]
    return [] if evidence.strip() or appeal_upheld else [("reopen_without_ground", {})]


def publish(*, state, kind, starts_on, ends_on, earliest_end):
    """Public notice of a proposal, long enough."""
    if state != "proposed":
        return [("decision_not_proposed", {"state": state})]
    if kind == "training":
        return [("training_needs_no_notice", {})]
    return [("notice_too_short", {"earliest": earliest_end})] if ends_on < earliest_end else []


def confirm(*, state, kind, proposer, by, notice_until, on, superseded):
    """Confirmed by another than the proposer, after the public notice, on the latest opinion."""
    if state not in ("proposed", "notice"):
        return [("decision_not_open", {"state": state})]
    found = [("own_proposal", {})] if proposer == by else []
    if kind != "training" and state == "proposed":
        found.append(("notice_missing", {}))
    elif kind != "training" and on <= notice_until:
        found.append(("notice_running", {"until": notice_until}))
    if superseded:
        found.append(("basis_superseded", {}))
    return found


def revoke(*, state, why):
    """A decision is taken back with a reason; a revoked one stays revoked."""
    if state == "revoked":
        return [("decision_not_open", {"state": state})]
    return [] if why.strip() else [("reason_missing", {})]
