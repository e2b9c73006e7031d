"""Every constraint of every table, tried to be broken with raw SQL: each trial is refused, and by just that constraint."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import ForeignKey, UniqueConstraint
from django.db.models.fields import AutoFieldMixin

from people.models import LedgerEntry, LedgerHead
from tests.database.raw import answer, copy, delete, run, update

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db]

#: constraint, or "table.column" that is unique -> statement that breaks it and nothing else
BREAKS = {
    "ledger_one_head": lambda s: copy(s.head, id=2),
    "unit_named": lambda s: update(s.east_unit, name=""),
    "unit_not_its_own_parent": lambda s: update(s.east_unit, parent_id=s.east_unit.pk),
    "unit_disbanded_after_formed": lambda s: update(s.east_unit, formed_on="2022-05-02", disbanded_on="2022-05-01"),
    "people_unit.code": lambda s: copy(s.east_unit, name="另一个"),
    "cadre_named": lambda s: update(s.dawa, name=""),
    "cadre_birth_month": lambda s: update(s.dawa, birth_month="1980-13"),
    "cadre_one_id_number": lambda s: update_all(s.dawa, id_number="110101198001010011"),
    "people_cadre.code": lambda s: copy(s.dawa),
    "duty_cadre_or_headcount": lambda s: update(s.duty, headcount=5),
    "duty_ends_after_start": lambda s: update(s.duty, ends_on="2022-04-30"),
    "sanction_effect_after_decision": lambda s: update(s.sanction, effect_until="2020-04-30"),
    "kinship_of_two": lambda s: update(s.kinship, relative_id=s.kinship.cadre_id),
    "kinship_once": lambda s: copy(s.kinship),
    "user_named": lambda s: update(s.lin, username=""),
    "people_user.username": lambda s: copy(s.lin),
    "people_user.cadre_id": lambda s: copy(s.hai, username="hai2"),
    "grant_valid_period": lambda s: update(s.grant, valid_from="2022-05-02", valid_until="2022-05-01"),
    "grant_not_to_oneself": lambda s: update(s.grant, granted_by_id=s.aud.pk),
    "scheme_named": lambda s: update(s.loose, title=""),
    "scheme_method_weights_not_negative": lambda s: update(s.loose, on_site_weight=-10, phone_weight=70),
    "scheme_method_weights_100": lambda s: update(s.loose, phone_weight="20.01"),
    "scheme_team_of_one_at_least": lambda s: update(s.loose, team_size=0),
    "scheme_quota_percent": lambda s: update(s.loose, quota="100.01"),
    "assessment_scheme.code": lambda s: copy(s.loose),
    "dimension_weight": lambda s: update(s.loose.dimensions.first(), weight=0),
    "dimension_named": lambda s: update(s.loose.dimensions.first(), name=""),
    "dimension_code_once": lambda s: copy(s.loose.dimensions.first(), name="又一项"),
    "dimension_name_once": lambda s: copy(s.loose.dimensions.first(), code="C"),
    "level_points": lambda s: update(s.loose.levels.first(), points="100.01"),
    "level_name_once": lambda s: copy(s.loose.levels.first()),
    "grade_minimum": lambda s: update(s.loose.grades.first(), minimum="-0.01"),
    "grade_name_once": lambda s: copy(s.loose.grades.first(), minimum=1),
    "grade_minimum_once": lambda s: copy(s.loose.grades.first(), name="又一等"),
    "campaign_named": lambda s: update(s.front, title=""),
    "campaign_ends_after_start": lambda s: update(s.front, ends_on="2022-03-31"),
    "assessment_campaign.code": lambda s: copy(s.front),
    "evaluation_cadre_or_group": lambda s: update(s.gathering, group_id=s.east_unit.pk),
    "evaluation_cadre_once": lambda s: copy(s.gathering),
    "evaluation_group_once": lambda s: copy(s.of(s.west_unit)),
    "evaluation_submitted_by_author": lambda s: update(s.submitted, author_id=None),
    "evaluation_signed_has_version": lambda s: update(s.submitted, state="signed"),
    "dimension_score_once": lambda s: copy(s.dimension_score),
    "opinion_number_once": lambda s: copy(s.first),
    "opinion_signer_is_not_author": lambda s: update(s.first, signer_id=s.first.author_id),
    "opinion_number_from_one": lambda s: update(s.first, number=0),
    "opinion_supersedes_the_one_before": lambda s: update(s.second, supersedes_id=None),
    "assessment_signedopinion.supersedes_id": lambda s: copy(s.second, number=3),
    "assessment_notice.opinion_id": lambda s: copy(s.notice),
    "appeal_due_after_filed": lambda s: update(s.appeal, due_on="2022-01-01"),
    "appeal_decided_by_somebody": lambda s: update(s.appeal, outcome="upheld"),
    "appeal_one_pending": lambda s: copy(s.appeal),
    "contact_number_once": lambda s: copy(s.sonam_contact, client_uuid="0" * 32),
    "contact_numbered": lambda s: update(s.sonam_contact, number=""),
    "contact_on_site_has_place": lambda s: update(s.sonam_contact, place=""),
    "contact_heard_has_source": lambda s: update(s.withdrawn.contact, source_name=""),
    "assessment_contact.client_uuid": lambda s: copy(s.sonam_contact, number="另一号"),
    "team_position_once": lambda s: copy(s.sonam_contact.team.first(), user_id=s.rui.pk),
    "team_member_once": lambda s: copy(s.sonam_contact.team.first(), position=7),
    "finding_once": lambda s: copy(s.finding),
    "finding_tells": lambda s: update(s.finding, narrative=""),
    "finding_withdrawn_with_reason": lambda s: update(s.finding, withdrawn_on="2022-05-02"),
    "rating_once": lambda s: copy(s.rating),
    "authenticator_one_in_use": lambda s: copy(s.authenticator),
    "authenticator_salted": lambda s: update(s.authenticator, salt=""),
    "recovery_code_once": lambda s: copy(s.recovery_code),
    "attachment_once": lambda s: copy(s.file),
    "attachment_named": lambda s: update(s.file, name=""),
    "attachment_of_known_type": lambda s: update(s.file, media_type="image/svg+xml"),
    "attachment_withdrawn_with_reason": lambda s: update(s.file, withdrawn_on="2022-06-01"),
    "decision_named": lambda s: update(s.proposed, outcome=""),
    "decision_cadre_or_group": lambda s: update(s.training, unit_id=s.east_unit.pk),
    "decision_selects_a_cadre": lambda s: update(s.of_group, kind="selection"),
    "decision_mentor_of_training": lambda s: update(s.proposed, mentor_id=s.nima.pk),
    "decision_notice_period": lambda s: update(s.noticed, notice_until="2020-01-01"),
    "decision_on_notice_since": lambda s: update(s.noticed, notice_from=None, notice_until=None),
    "decision_confirmed_by_somebody": lambda s: update(s.confirmed, confirmed_on=None),
    "decision_confirmed_by_another": lambda s: update(s.confirmed, confirmed_by_id=s.lin.pk),
    "decision_revoked_with_reason": lambda s: update(s.revoked, revoked_why=""),
    "assessment_decision.code": lambda s: copy(s.proposed),
    "basis_once": lambda s: copy(s.basis),
    "follow_up_done_with_result": lambda s: update(s.follow_up, done_on="2022-09-01"),
    "publication_titled": lambda s: update(s.publication, title=""),
    "job_not_overdone": lambda s: update(s.job, total=1, done=2),
    "job_followed_once": lambda s: copy(s.follower),
    "job_ended": lambda s: update(s.job, ended_at="2022-05-02 00:00:00+00:00"),
    "saved_view_once": lambda s: copy(s.view),
    "saved_view_named": lambda s: update(s.view, title=""),
    "people_profile.cadre_id": lambda s: copy(s.profile),
    "people_photo.cadre_id": lambda s: copy(s.photo),
    "photo_digest": lambda s: update(s.photo, sha256=""),
    # words that are none of the choices
    "unit_kind_known": lambda s: update(s.east_unit, kind="club"),
    "cadre_status_known": lambda s: update(s.dawa, status=""),
    "duty_kind_known": lambda s: update(s.duty, kind="none"),
    "kinship_relation_known": lambda s: update(s.kinship, relation="friend"),
    "grant_role_known": lambda s: update(s.grant, role="god"),
    "scheme_assessee_known": lambda s: update(s.loose, assessee="nobody"),
    "campaign_kind_known": lambda s: update(s.front, kind="daily"),
    "campaign_state_known": lambda s: update(s.front, state="paused"),
    "evaluation_state_known": lambda s: update(s.submitted, state="half"),
    "notice_means_known": lambda s: update(s.notice, means="rumour"),
    "appeal_kind_known": lambda s: update(s.appeal, kind="letter"),
    "appeal_outcome_known": lambda s: update(s.appeal, outcome="half", decided_on="2030-01-01", decided_by_id=s.rui.pk),
    "contact_method_known": lambda s: update(s.sonam_contact, method="letter"),
    "contact_relation_known": lambda s: update(s.sonam_contact, relation="friend"),
    "attachment_kind_known": lambda s: update(s.file, kind="virus"),
    "decision_kind_known": lambda s: update(s.proposed, kind="gift"),
    "decision_state_known": lambda s: update(s.proposed, state="half"),
    "publication_channel_known": lambda s: update(s.publication, channel="rumour"),
    "photo_kind_known": lambda s: update(s.photo, kind="image/gif"),
    "job_kind_known": lambda s: update(s.job, kind="play"),
    "job_state_known": lambda s: update(s.job, state="half"),
}  # fmt: skip


def update_all(row, **values):
    """Give all rows of a table the same values."""
    return f"UPDATE {row._meta.db_table} SET " + ", ".join(f"{name} = %s" for name in values), [*values.values()]


def ours():
    return [model for app in ("people", "assessment") for model in apps.get_app_config(app).get_models()]


def declared():
    """Name -> (table, columns of a unique constraint or None)."""
    found = {}
    for model in ours():
        table = model._meta.db_table
        for constraint in model._meta.constraints:
            fields = getattr(constraint, "fields", ()) if isinstance(constraint, UniqueConstraint) else ()
            found[constraint.name] = table, [model._meta.get_field(name).column for name in fields]
        for field in model._meta.concrete_fields:
            if field.unique and not field.primary_key:
                found[f"{table}.{field.column}"] = table, [field.column]
    return found


def test_every_constraint_has_its_trial():
    assert set(BREAKS) == set(declared())


@pytest.mark.parametrize("name", BREAKS)
def test_it_is_refused(bare, name):
    table, unique = declared()[name]
    said = answer(BREAKS[name](bare))
    if unique and connection.vendor == "sqlite":  # which names columns, not constraints
        named = ", ".join(f"{table}.{column}" for column in unique)
        assert said == f"UNIQUE constraint failed: {named}"
    elif unique:
        assert 'violates unique constraint "' in said and all(f"{column}" in said for column in unique)
        assert name in said or "." in name
    else:
        assert name in said and "heck constraint" in said.replace("CHECK", "check")


def one_of_each(s):
    """One row of every model, but for the ledger."""
    for model in ours():
        if model not in (LedgerEntry, LedgerHead):
            row = model._base_manager.order_by("pk").first()
            assert row is not None, f"the scene has no {model.__name__}"
            yield row


def test_nothing_required_is_ever_null(bare):
    allowed = []
    for row in one_of_each(bare):
        for field in row._meta.concrete_fields:
            required = not field.null and not isinstance(field, AutoFieldMixin)
            if required and not answer(update(row, **{field.column: None})):
                allowed.append(f"{row._meta.db_table}.{field.column}")
    assert allowed == []


def test_no_key_leads_nowhere(bare):
    """Foreign keys are checked at commit, so Django's own check stands for it."""
    allowed = []
    for row in one_of_each(bare):
        for field in row._meta.concrete_fields:
            if isinstance(field, ForeignKey) and field.db_constraint and not leads_nowhere(row, field):
                allowed.append(f"{row._meta.db_table}.{field.column}")
    assert allowed == []


def leads_nowhere(row, field):
    try:
        with transaction.atomic():
            run(update(row, **{field.column: 987654}))
            connection.check_constraints([row._meta.db_table])
    except DatabaseError:
        return True
    return "constraint" in answer(update(row, **{field.column: 987654}))


@pytest.mark.parametrize("which", ["first", "dawa", "lin", "frozen", "signed", "sonam_contact"])
def test_what_others_rest_on_stays(bare, which):
    """No row that another one needs can go, triggers or not."""
    with pytest.raises(DatabaseError), transaction.atomic():
        run(delete(getattr(bare, which)))
        connection.check_constraints()
