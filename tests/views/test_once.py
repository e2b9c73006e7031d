"""Every form of every page, as the site map has them, sent twice: it is carried out once, and the second time it leads to the same."""

import re
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve
from openpyxl import Workbook

from assessment.actions import campaigns, evaluations
from assessment.models import Campaign, Decision
from assessment.views.meanwhile import token
from people import ledger
from people.actions import cadres
from people.models import LedgerEntry, User
from tests import cast
from tests.pictures import pdf
from tests.sides import row, sample, two_sides
from tests.site import LEAVING, addresses, pages
from tests.views.forms import forms_of
from tests.views.helpers import english

pytestmark = pytest.mark.django_db
#: Forms that write no record, so that there is nothing to do twice: target -> why.
NEEDS_NONE = {
    "login": "coming in", "sign_in_code": "coming in", "logout": "going out", "set_language": "a cookie",
    "cadre_reveal": "each look is an entry of its own, and the second click has to show it",
    "ledgerentry_verify_file": "looks at a file, changes nothing",
    "ledgerentry_anchor": "gives a file out, which is an event", "ledgerentry_anchor_file": "looks at a file, changes nothing",
    "session_end": "what has ended has ended", "session_end_others": "what has ended has ended",
}  # fmt: skip
#: What one has to type: target -> fields.
DIMENSION = {"dimensions-0-code": "d1", "dimensions-0-name": "一", "dimensions-0-weight": "100"}
TYPED = {
    "cadre_add": {"unit": "E"},
    "cadre_edit": {"native_place": "新填写的内容"},
    "cadre_profile_edit": {"birth_place": "新填写的内容"},
    "campaign_add": {"unit": "E"},
    "campaign_pick": {"all": "1"},
    "campaign_edit": {"title": "新填写的内容"},
    "contact_add": {
        "findings-0-assessee": "qzeastbizB", "findings-0-narrative": "新填写的内容", "place": "新片区", "team": "qzeastuni.assessor、lin",
        "held_at": "2022-05-20T09:00", "method": "on_site",
    },
    "contact_edit": {"place": "新填写的内容"},
    "duty_add": {"unit": "E", "headcount": "3", "kind": "grid", "place": "新片区", "cadre": ""},
    "duty_edit": {"place": "新填写的内容"},
    "evaluation_answer": {"answer": "新填写的内容"},
    "evaluation_draft": {"strengths": "新填写的内容", "then": ""},
    "evaluation_reopen": {"evidence": "新填写的内容"},
    "grant_add": {"role": "assessor", "unit": "E"},
    "kinship_add": {"relative": "qzeastbizC"},
    "savedview_edit": {"title": "新填写的内容"},
    "scheme_add": DIMENSION,
    "unit_add": {"parent": "E"},
    "unit_edit": {"name": "新填写的内容"},
    "user_edit": {"name": "新填写的内容"},
}  # fmt: skip
#: Forms whose deed is an event: doing it twice is two events, which is what happened; or there is nothing to be done.
EVENTS = re.compile(r".*_export|.*_paper|cadre_lrmx|campaign_recombine|own_password|job_cancel|user_unlock|campaign_open")
#: Forms that show at once what is shown only once, or that need what only a device knows; tests/people/test_second_factor.py.
ELSEWHERE = {"second_factor_add", "second_factor_codes"}
DAY = date(2022, 5, 20).isoformat()


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    """{target: (client, page, Form)}: the first form that leads to each page, found by those who have roles in the east."""

    def build():
        w = two_sides()
        side = w.east_side
        rows = sample(side)
        waiting = row(side, side.first)  # to be signed or returned
        cast.drafted(w, waiting)
        evaluations.submit(by=side.a, evaluation=waiting)
        written = cast.evaluation_of(side.first, Campaign.objects.get(code=f"{side.biz}K0"))  # to be handed in
        cast.drafted(w, written)
        fresh = cadres.save(by=side.a, rows=[{"code": "qzeastbizN", "name": "新人", "unit": "E"}])
        campaigns.set_roster(by=side.a, campaign=side.campaign, cadres=fresh)
        told = side.campaign.evaluations.filter(state="signed", cadre__code__startswith=f"{side.biz}0").first()
        evaluations.give_notice(by=side.a, opinion=told.opinions.get())
        rows["evaluation"] += [waiting, written, row(side, fresh[0]), told]
        rows["contact"].append(written.campaign.contacts.first())
        rows["decision"].append(Decision.objects.filter(kind="training", state="proposed", proposed_by=side.a).first())
        found, bare = {}, set()
        clients = [english(Client(), user) for user in [*side.users.values()]]
        for name in sorted(set(pages()) - LEAVING):
            for address in addresses(name, rows):
                for client in clients:
                    page = client.get(address)
                    if page.status_code != 200 or page.streaming or not page["Content-Type"].startswith("text/html"):
                        continue
                    for form in forms_of(page):
                        target = target_of(form, address)
                        if "find" in form.fields:
                            continue  # a search
                        if "once" in form.fields:
                            found.setdefault(target, []).append((client, address, form))
                        else:
                            bare.add(target)
        w.found, w.bare = found, bare
        return w

    with cast.standing(django_db_blocker, build) as made:
        yield made


def where(form, address):
    """The address that the form is posted to."""
    if form.action.startswith("?"):
        return urlsplit(address).path + form.action
    return form.action or address


def target_of(form, address):
    try:
        return resolve(urlsplit(where(form, address)).path).url_name
    except Resolver404:
        return "nowhere"


def filled(target, form):
    """The form with something in every field that has to be filled in."""
    fields = dict(form.fields)
    if form.buttons and all(name for name, _value in form.buttons):
        fields.setdefault(*form.buttons[0])
    for name in form.kinds:
        kind, value = form.kinds[name], fields.get(name, "")
        if value or name not in form.required:
            continue
        if kind in ("select", "radio", "checkbox"):
            fields[name] = next(filter(None, form.choices[name]), "")
        elif kind == "file":
            fields[name] = workbook() if target == "import" else SimpleUploadedFile("新.pdf", pdf())
        else:
            fields[name] = {"date": DAY, "datetime-local": f"{DAY}T09:00", "number": "3", "password": cast.PASSWORD}.get(kind, "新填写的内容")
    return {**fields, **TYPED.get(target, {})}


def test_every_form_has_a_key_or_needs_none(site):
    assert site.bare - set(NEEDS_NONE) == set()
    assert len(site.found) > 40, sorted(site.found)


def workbook():
    file = BytesIO()
    Workbook().save(file)
    return SimpleUploadedFile("新.xlsx", file.getvalue())


@contextmanager
def undone():
    """What is done inside is rolled back; `recorded` may open its own in it, as in a test case."""
    around = transaction.atomic()
    around._from_testcase = True
    with around:
        yield
        transaction.set_rollback(True)


def records():
    return LedgerEntry.objects.exclude(verb__in=ledger.EVENTS).count()


def test_each_form_sent_twice_is_carried_out_once(site):
    not_done = {}
    for target, ways in sorted(site.found.items()):
        if EVENTS.fullmatch(target) or target in ELSEWHERE:
            continue
        for client, address, form in ways:
            with undone():
                url, fields, before = where(form, address), {**filled(target, form), "once": str(uuid4())}, records()
                answer = client.post(url, fields)
                made = records() - before
                if answer.status_code != 302 or not made:
                    not_done[target] = answer.status_code
                    continue
                for value in fields.values():
                    getattr(value, "seek", int)(0)
                second = client.post(url, fields, follow=True)
                assert records() == before + made, target
                assert second.redirect_chain, target
                if target == "user_add":  # as far as he may see whom he added
                    assert second.redirect_chain == [(answer.url, 302)]
                else:
                    assert "This form was sent twice; it was carried out once." in second.content.decode(), target
            not_done.pop(target, None)
            break
    assert not_done == {}  # every form was carried out the first time: fill in TYPED what one has to type


def test_each_form_about_a_record_minds_what_others_changed(site):
    """As if the page had been opened before the record's first entry: nothing is done, and what changed is shown."""
    unminded, seen = [], set()
    for target, ways in sorted(site.found.items()):
        for client, address, form in ways:
            if "seen" not in form.fields or EVENTS.fullmatch(target) or target in ELSEWHERE or target in seen:
                continue
            with undone():
                user = User.objects.get(pk=client.session["_auth_user_id"])
                fields = {**filled(target, form), "once": str(uuid4())}
                before, answer = records(), client.post(where(form, address), {**fields, "seen": token(user, 0)})
                if answer.status_code != 409:
                    made = client.post(where(form, address), fields).status_code == 302 and records() > before
                    if made or answer.status_code != 200:
                        unminded.append((target, answer.status_code))
                    continue
                seen.add(target)
                assert records() == before and "Somebody changed this while you had it open" in answer.content.decode(), target
    assert [each for each in unminded if each[0] not in seen] == [] and len(seen) > 25, (unminded, sorted(seen))
