"""Twenty people write at once through the pages: nothing is lost, nobody sees an error, the chain holds."""

import re

import pytest
from django.test import Client

from assessment.actions.evaluations import verify_numbers
from assessment.models import Contact
from people import proof
from people.models import Cadre, LedgerEntry
from tests.cast import add_user
from tests.threads import together
from tests.views.forms import forms_of

TOLD = re.compile(r'<dd><span class="sub">[^<]*</span><div>([^<]*)</div></dd>')  # contexts of the client are of all threads

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db(transaction=True)]
WRITERS, SHARED = 20, 8  # so many cadres, on each of which four people write


def form_of(response, field):
    (form,) = [form for form in forms_of(response) if field in form.fields]
    return form.fields


def test_twenty_at_once(world):
    users = [add_user(f"w{n}", "assessor", world.county) for n in range(WRITERS)]
    handles = ("dawa", "nima", "sonam", "pema", "karma", "tashi", "yangjin", "lhamo")
    for handle in handles:
        client = signed_in(world.lin)
        url = f"/cadres/{world.cadres[handle].pk}/edit"
        client.post(url, {**form_of(client.get(url), "seen"), "post": "起"})

    def writes(number, user):
        def work():
            client, answers = signed_in(user), []
            answers.append(adds(client, world.cadres[handles[number % SHARED]], number))
            answers.append(records(client, world, number))
            return answers

        return work

    results = together(*(writes(number, user) for number, user in enumerate(users)))
    assert results == [[302, 302]] * WRITERS
    for place, handle in enumerate(handles):  # what each wrote stands on what the others had written
        words = Cadre.objects.get(pk=world.cadres[handle].pk).post.split("、")
        assert words[0] == "起" and sorted(map(int, words[1:])) == list(range(place, WRITERS, SHARED))
    assert sorted(Contact.objects.values_list("place", flat=True)) == sorted(f"村口{n}" for n in range(WRITERS))
    assert len(set(Contact.objects.values_list("number", flat=True))) == WRITERS
    assert not LedgerEntry.objects.filter(verb="refused").exists()
    assert list(proof.verify()) == [] and list(verify_numbers()) == []


def signed_in(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def adds(client, cadre, number):
    """Adds his number to the text; who is told that it changed meanwhile looks, and adds it to what stands there now."""
    url = f"/cadres/{cadre.pk}/edit"
    page = client.get(url)
    standing = form_of(page, "seen")["post"]
    for _ in range(WRITERS):
        answer = client.post(url, {**form_of(page, "seen"), "post": f"{standing}、{number}"})
        if answer.status_code != 409:
            return answer.status_code
        page, standing = answer, TOLD.findall(answer.content.decode())[-1]
    return "never"


def records(client, world, number):
    page = client.get("/contacts/add")
    fields = form_of(page, "client_uuid")
    fields |= {"method": "on_site", "held_at": "2022-05-01 09:00", "place": f"村口{number}", "team": f"w{number}、lin"}
    return client.post("/contacts/add", {**fields, "findings-0-assessee": "G001", "findings-0-narrative": "在岗"}).status_code
