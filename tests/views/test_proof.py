"""The page of the proof: verification as a job, anchors on paper and in a file, what it finds in words and with links."""

import json
from io import BytesIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from assessment.actions import jobs
from assessment.models import Job
from people import ledger
from people.models import LedgerEntry
from tests.jobs.asking import again
from tests.views.helpers import texts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def audit(client, world):
    client.force_login(world.aud)
    return client


def newest(verb):
    return LedgerEntry.objects.filter(verb=verb).order_by("-seq").first()


def asked(client):
    answer = client.post(reverse("ledgerentry_verify"))
    assert answer.status_code == 302
    return Job.objects.get(kind=Job.Kind.VERIFY, state__in=("waiting", "running"))


def page_of(client, job):
    return client.get(reverse("job_detail", args=[job.pk]))


def spoil(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_a_verification_is_a_job_that_says_how_it_ended(audit, world, work):
    job = asked(audit)
    assert asked(audit) == job  # pressed twice, it is one
    entries, head = ledger.head()
    work()
    assert again(job).state == Job.State.DONE
    answer = page_of(audit, job)
    assert not answer.context["faults"] and answer.context["entries"] == entries and head in texts(answer)
    told = newest("verify")
    assert told.actor == world.aud and told.after == {"entries": entries, "head": head, "faults": 0}
    assert str(told.pk) in texts(audit.get(reverse("ledgerentry_verify")))


def test_what_was_altered_is_named_and_linked_with_its_last_good(audit, world, work):
    jobs_before = asked(audit)
    work()
    clean = newest("verify")
    ledger.note(by=world.aud, verb="verify", facts={"entries": 1, "head": LedgerEntry.objects.get(pk=1).digest, "anchors": 1, "faults": 0})
    spoil("UPDATE people_cadre SET post = 'king' WHERE id = %s", world.dawa.pk)
    spoil("UPDATE assessment_evaluation SET score = 99 WHERE id = %s", world.of(world.dawa).pk)
    job = asked(audit)
    assert job != jobs_before
    work()
    answer = page_of(audit, job)
    cadre, numbers = answer.context["faults"]
    made = LedgerEntry.objects.filter(object_type="people.cadre", object_id=world.dawa.pk).latest("seq")
    assert cadre.good["entry"] == made.seq and "达瓦" in cadre.sentence and "king" not in texts(answer)
    assert cadre.record == ("people.cadre", world.dawa.pk) and numbers.record == ("assessment.evaluation", world.of(world.dawa).pk)
    for one in (cadre, numbers):
        assert reverse("ledgerentry_record", args=one.record) in texts(answer)
    assert answer.context["last_clean"]["entry"] == clean.seq and newest("verify").after["faults"] == 2


def test_names_from_out_of_reach_do_not_show(client, world, work):
    """An auditor of one unit proves all of it, and learns of records elsewhere that something is wrong, not whose they are."""
    client.force_login(world.east_aud)
    spoil("UPDATE people_cadre SET post = 'king' WHERE id = %s", world.karma.pk)
    job = asked(client)
    work()
    answer = page_of(client, job)
    (fault,) = answer.context["faults"]
    assert fault.record is None and str(world.karma) not in texts(answer) and f"({world.karma.pk})" in fault.sentence


def test_it_can_be_cancelled_and_ends_with_the_right(audit, world, work):
    job = asked(audit)
    jobs.cancel(by=world.aud, job=job)
    work()
    assert again(job).state == Job.State.CANCELLED and newest("verify") is None
    job = asked(audit)
    with ledger.recorded(by=None, verb="save_grant"):
        world.aud.grants.all().delete()
    work()
    assert again(job).state == Job.State.FAILED and newest("verify") is None
    assert page_of(audit, job).status_code == 404


# --- anchors


def compare(client, number, digest):
    return client.post(reverse("ledgerentry_anchor"), {"anchor-number": number, "anchor-digest": digest})


def test_the_head_on_a_paper_fits_or_does_not(audit, world):
    seq, digest = ledger.head()
    for text in (digest, digest[:12], f" {digest} "):
        answer = compare(audit, seq, text)
        assert answer.context["anchor"]["fits"] and answer.context["anchor"]["at"] == LedgerEntry.objects.get(pk=seq).at
    assert not compare(audit, seq - 1, digest[:12]).context["anchor"]["fits"]
    unknown = compare(audit, seq + 1000, digest).context["anchor"]
    assert not unknown["fits"] and unknown["at"] is None


@pytest.mark.parametrize(("number", "digest"), [("", "a" * 12), ("1", "a" * 11), ("1", "%" * 12), ("1", "a" * 65), ("0", "a" * 12), (str(2**63), "a" * 12)])
def test_what_is_no_anchor_is_said_so_and_stays_typed(audit, number, digest):
    answer = compare(audit, number, digest)
    assert answer.context["anchor_form"].errors and "anchor" not in answer.context and f'value="{digest}"' in texts(answer)


def test_a_file_of_anchors_is_compared(audit, world, tmp_path):
    path = tmp_path / "anchors.jsonl"
    call_command("anchor", str(path))
    call_command("anchor", str(path))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["digest"] for line in lines] == [LedgerEntry.objects.get(pk=line["seq"], verb="anchor").digest for line in lines]

    def upload(*rows):
        file = BytesIO("".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows).encode())
        file.name = "anchors.jsonl"
        return audit.post(reverse("ledgerentry_anchor_file"), {"file": file})

    answer = upload(*lines)
    assert answer.context["anchors"]["count"] == 2 and not answer.context["anchors"]["faults"]
    assert answer.context["anchors"]["fits"]["entry"] == lines[1]["seq"] and newest("verify").after["faults"] == 0
    other = {**lines[1], "digest": "0" * 64}
    answer = upload(lines[0], other, {**lines[1], "seq": 10**9}, "no json\n", {"seq": True}, "[]\n", "{}\n")
    found = answer.context["anchors"]["faults"]
    assert len(found) == 3 and "共 4 行" in found[0].sentence, "however many lines are no anchors, they are one fault"
    assert [one.good and one.good["entry"] for one in found[-2:]] == [lines[0]["seq"]] * 2
    assert newest("verify").after["faults"] == 3
    assert audit.post(reverse("ledgerentry_anchor_file")).context["anchors_missing"]


@pytest.mark.parametrize("page", ["ledgerentry_anchor", "ledgerentry_anchor_file", "ledgerentry_verify"])
def test_anchors_are_for_auditors(client, world, page):
    client.force_login(world.man)
    assert client.post(reverse(page), {"anchor-number": 1, "anchor-digest": "a" * 12}).status_code == 403
