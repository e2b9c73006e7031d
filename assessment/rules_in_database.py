"""Triggers on the tables of `assessment`; docs/architecture.md lists them."""

from people.triggers import Trigger


def state_of(evaluation):
    """SQL: is the evaluation with this id past gathering?"""
    return f"EXISTS (SELECT 1 FROM assessment_evaluation e WHERE e.id = {evaluation} AND e.state <> 'gathering')"


def of_locked_finding(finding):
    return (
        "EXISTS (SELECT 1 FROM assessment_finding f JOIN assessment_evaluation e ON e.id = f.evaluation_id "
        f"WHERE f.id = {finding} AND (e.state <> 'gathering' OR f.withdrawn_on IS NOT NULL))"
    )


def of_locked_contact(contact):
    return (
        "EXISTS (SELECT 1 FROM assessment_finding f JOIN assessment_evaluation e ON e.id = f.evaluation_id "
        f"WHERE f.contact_id = {contact} AND e.state <> 'gathering')"
    )


def in_frozen_scheme(scheme):
    return f"EXISTS (SELECT 1 FROM assessment_scheme s WHERE s.id = {scheme} AND s.digest <> '')"


def either(locked, event, column):
    """The condition on the row before and after the event: a part must not be moved away, nor slipped in."""
    sides = {"INSERT": ["NEW"], "UPDATE": ["OLD", "NEW"], "DELETE": ["OLD"]}[event]
    return " OR ".join(locked(f"{side}.{column}") for side in sides)


FROZEN = "A scheme in use is frozen."
LOCKED = "Evidence under a submitted or signed evaluation is locked."
SIGNED = "A signed opinion never changes."
ONE_SCHEME = "Dimension and level belong to the scheme of the campaign."

TRIGGERS = [
    Trigger("scheme_frozen_change", "assessment_scheme", "UPDATE", FROZEN, "OLD.digest <> ''"),
    Trigger("scheme_frozen_delete", "assessment_scheme", "DELETE", FROZEN, "OLD.digest <> ''"),
    Trigger(
        "scheme_freeze_whole",
        "assessment_scheme",
        "UPDATE",
        "A scheme is frozen when its weights sum to 100 and a grade starts at 0.",
        "NEW.digest <> '' AND (ABS((SELECT COALESCE(SUM(weight), 0) FROM assessment_dimension WHERE scheme_id = NEW.id) - 100)"
        " > 0.001 OR NOT EXISTS (SELECT 1 FROM assessment_grade WHERE scheme_id = NEW.id AND minimum = 0)"
        " OR NOT EXISTS (SELECT 1 FROM assessment_level WHERE scheme_id = NEW.id))",
    ),
    *(
        Trigger(f"{part}_frozen_{event.lower()}", f"assessment_{part}", event, FROZEN, either(in_frozen_scheme, event, "scheme_id"))
        for part in ("dimension", "level", "grade")
        for event in ("INSERT", "UPDATE", "DELETE")
    ),
    *(
        Trigger(
            f"campaign_scheme_frozen_{event.lower()}",
            "assessment_campaign",
            event,
            "A campaign uses a frozen scheme.",
            f"NOT {in_frozen_scheme('NEW.scheme_id')}",
        )
        for event in ("INSERT", "UPDATE")
    ),
    Trigger(
        "campaign_scheme_stays",
        "assessment_campaign",
        "UPDATE",
        "The scheme of a campaign with a roster stays.",
        "NEW.scheme_id <> OLD.scheme_id AND EXISTS (SELECT 1 FROM assessment_evaluation e WHERE e.campaign_id = OLD.id)",
    ),
    Trigger(
        "evaluation_starts_gathering",
        "assessment_evaluation",
        "INSERT",
        "An evaluation starts by gathering evidence, of the kind of assessee that the scheme is for.",
        "NEW.state <> 'gathering' OR NEW.version <> 0 OR NOT EXISTS (SELECT 1 FROM assessment_campaign c "
        "JOIN assessment_scheme s ON s.id = c.scheme_id WHERE c.id = NEW.campaign_id "
        "AND (s.assessee = 'cadre') = (NEW.cadre_id IS NOT NULL))",
    ),
    Trigger(
        "evaluation_assessee_stays",
        "assessment_evaluation",
        "UPDATE",
        "The assessee of an evaluation stays.",
        "NEW.campaign_id <> OLD.campaign_id OR COALESCE(NEW.cadre_id, 0) <> COALESCE(OLD.cadre_id, 0) "
        "OR COALESCE(NEW.group_id, 0) <> COALESCE(OLD.group_id, 0)",
    ),
    Trigger(
        "evaluation_steps",
        "assessment_evaluation",
        "UPDATE",
        "An evaluation goes from gathering to submitted to signed, and back to gathering; no step is skipped.",
        "(OLD.state = 'gathering' AND NEW.state = 'signed') OR (OLD.state = 'signed' AND NEW.state = 'submitted')",
    ),
    Trigger(
        "evaluation_signed_by_opinion",
        "assessment_evaluation",
        "UPDATE",
        "An evaluation is signed by a signed opinion of its version.",
        "NEW.state = 'signed' AND NOT EXISTS (SELECT 1 FROM assessment_signedopinion o WHERE o.evaluation_id = NEW.id "
        "AND o.number = NEW.version AND o.author_id = NEW.author_id AND o.grade = NEW.grade)",
    ),
    Trigger(
        "evaluation_version_counts",
        "assessment_evaluation",
        "UPDATE",
        "The version of an evaluation counts its signed opinions.",
        "NEW.version <> OLD.version AND NEW.version <> (SELECT COUNT(*) FROM assessment_signedopinion o WHERE o.evaluation_id = NEW.id)",
    ),
    Trigger(
        "evaluation_locked",
        "assessment_evaluation",
        "UPDATE",
        "The opinion of a submitted or signed evaluation is locked.",
        "OLD.state <> 'gathering' AND (NEW.performance <> OLD.performance OR NEW.strengths <> OLD.strengths "
        "OR NEW.shortcomings <> OLD.shortcomings OR NEW.conclusion <> OLD.conclusion OR NEW.grade <> OLD.grade "
        "OR NEW.grade_reason <> OLD.grade_reason OR COALESCE(NEW.author_id, 0) <> COALESCE(OLD.author_id, 0))",
    ),
    Trigger("opinion_no_update", "assessment_signedopinion", "UPDATE", SIGNED),
    Trigger("opinion_no_delete", "assessment_signedopinion", "DELETE", SIGNED),
    Trigger(
        "opinion_of_submitted",
        "assessment_signedopinion",
        "INSERT",
        "Only a submitted evaluation is signed, by another than its author, and supersedes the version before.",
        "NOT EXISTS (SELECT 1 FROM assessment_evaluation e WHERE e.id = NEW.evaluation_id AND e.state = 'submitted' "
        "AND e.author_id = NEW.author_id AND e.author_id <> NEW.signer_id) OR NEW.number <> "
        "(SELECT COUNT(*) + 1 FROM assessment_signedopinion o WHERE o.evaluation_id = NEW.evaluation_id) "
        "OR (NEW.supersedes_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM assessment_signedopinion o WHERE o.id = NEW.supersedes_id "
        "AND o.evaluation_id = NEW.evaluation_id AND o.number = NEW.number - 1))",
    ),
    Trigger("notice_no_delete", "assessment_notice", "DELETE", "A notice that was given stays."),
    Trigger("appeal_no_delete", "assessment_appeal", "DELETE", "A review or appeal that was filed stays."),
    Trigger("contact_locked_change", "assessment_contact", "UPDATE", LOCKED, of_locked_contact("OLD.id")),
    Trigger(
        "contact_campaign_stays", "assessment_contact", "UPDATE", "A contact stays in its campaign.", "NEW.campaign_id <> OLD.campaign_id"
    ),
    *(
        Trigger(f"attachment_locked_{word}", "assessment_attachment", event, LOCKED, of_locked_contact(f"{side}.contact_id"))
        for word, event, side in (("new", "INSERT", "NEW"), ("change", "UPDATE", "OLD"))
    ),
    Trigger(
        "attachment_stays",
        "assessment_attachment",
        "UPDATE",
        "An attachment stays what it is, and with its contact.",
        "OLD.withdrawn_on IS NOT NULL OR "
        + " OR ".join(f"NEW.{name} <> OLD.{name}" for name in "contact_id kind name media_type size sha256 added_by_id added_at".split()),
    ),
    Trigger("attachment_no_delete", "assessment_attachment", "DELETE", "Evidence is withdrawn, never deleted."),
    Trigger("contact_no_delete", "assessment_contact", "DELETE", "Evidence is withdrawn, never deleted."),
    *(
        Trigger(
            f"team_locked_{event.lower()}",
            "assessment_teammember",
            event,
            LOCKED,
            either(of_locked_contact, event, "contact_id"),
        )
        for event in ("INSERT", "UPDATE", "DELETE")
    ),
    Trigger("finding_no_delete", "assessment_finding", "DELETE", "Evidence is withdrawn, never deleted."),
    Trigger(
        "finding_locked_new",
        "assessment_finding",
        "INSERT",
        LOCKED,
        state_of("NEW.evaluation_id"),
    ),
    Trigger(
        "finding_locked_change",
        "assessment_finding",
        "UPDATE",
        LOCKED,
        f"OLD.withdrawn_on IS NOT NULL OR {state_of('OLD.evaluation_id')}",
    ),
    Trigger(
        "finding_stays",
        "assessment_finding",
        "UPDATE",
        "A finding stays with its contact and evaluation.",
        "NEW.contact_id <> OLD.contact_id OR NEW.evaluation_id <> OLD.evaluation_id",
    ),
    Trigger(
        "finding_of_one_campaign",
        "assessment_finding",
        "INSERT",
        "A finding is of somebody on the roster of its contact's campaign.",
        "NOT EXISTS (SELECT 1 FROM assessment_contact c JOIN assessment_evaluation e ON e.campaign_id = c.campaign_id "
        "WHERE c.id = NEW.contact_id AND e.id = NEW.evaluation_id)",
    ),
    *(
        Trigger(
            f"rating_locked_{event.lower()}",
            "assessment_rating",
            event,
            LOCKED,
            either(of_locked_finding, event, "finding_id"),
        )
        for event in ("INSERT", "UPDATE", "DELETE")
    ),
    *(
        Trigger(
            f"rating_of_one_scheme_{event.lower()}",
            "assessment_rating",
            event,
            ONE_SCHEME,
            "NOT EXISTS (SELECT 1 FROM assessment_finding f JOIN assessment_evaluation e ON e.id = f.evaluation_id "
            "JOIN assessment_campaign c ON c.id = e.campaign_id "
            "JOIN assessment_dimension d ON d.scheme_id = c.scheme_id "
            "JOIN assessment_level l ON l.scheme_id = c.scheme_id "
            "WHERE f.id = NEW.finding_id AND d.id = NEW.dimension_id AND l.id = NEW.level_id)",
        )
        for event in ("INSERT", "UPDATE")
    ),
    Trigger("decision_no_delete", "assessment_decision", "DELETE", "A decision is revoked, never deleted."),
    Trigger("decision_starts_proposed", "assessment_decision", "INSERT", "A decision starts as a proposal.", "NEW.state <> 'proposed'"),
    Trigger(
        "decision_steps",
        "assessment_decision",
        "UPDATE",
        "A decision goes from proposed to public notice to confirmed; it may be revoked; nothing comes back.",
        "NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) NOT IN ('proposed>notice', 'proposed>confirmed', "
        "'notice>confirmed', 'proposed>revoked', 'notice>revoked', 'confirmed>revoked')",
    ),
    Trigger(
        "decision_rests_on_opinion",
        "assessment_decision",
        "UPDATE",
        "A decision rests on a signed opinion.",
        "NEW.state IN ('notice', 'confirmed') AND NOT EXISTS (SELECT 1 FROM assessment_basis b WHERE b.decision_id = NEW.id)",
    ),
    Trigger(
        "decision_assessee_stays",
        "assessment_decision",
        "UPDATE",
        "The assessee of a decision stays.",
        "COALESCE(NEW.cadre_id, 0) <> COALESCE(OLD.cadre_id, 0) OR COALESCE(NEW.unit_id, 0) <> COALESCE(OLD.unit_id, 0)",
    ),
    Trigger(
        "basis_of_same_assessee",
        "assessment_basis",
        "INSERT",
        "A decision cites the latest signed opinion of the same assessee, while it is proposed.",
        "NOT EXISTS (SELECT 1 FROM assessment_decision d, assessment_signedopinion o "
        "JOIN assessment_evaluation e ON e.id = o.evaluation_id "
        "WHERE d.id = NEW.decision_id AND o.id = NEW.opinion_id AND d.state = 'proposed' AND o.number = e.version "
        "AND COALESCE(d.cadre_id, 0) = COALESCE(e.cadre_id, 0) AND COALESCE(d.unit_id, 0) = COALESCE(e.group_id, 0))",
    ),
    Trigger("basis_no_update", "assessment_basis", "UPDATE", "The basis of a decision stays."),
    Trigger("basis_no_delete", "assessment_basis", "DELETE", "The basis of a decision stays."),
]
