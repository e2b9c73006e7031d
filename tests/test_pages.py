"""Detail, form and action pages on a small noun: strangers, the forbidden, bad input, and what the ledger keeps of it."""

import pytest
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path, reverse
from django.views.generic import TemplateView
from django.views.i18n import set_language

from assessment.views.base import ActionPage, DetailPage, FormPage, offer
from people.models import Cadre, LedgerEntry
from people.refusals import Refusal, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class NameForm(forms.Form):
    name = forms.CharField()
    day = forms.DateField(required=False)


class Detail(DetailPage):
    model, viewed = Cadre, True

    def facts(self):
        return [("Code", self.object.code), ("Post", "")]

    def buttons(self):
        return [
            offer(self.user, "save_cadre", "Edit it", "/edit", self.object),
            offer(self.user, "sign", "Sign it", "/sign", self.object, post=True),
        ]


class Edit(FormPage):
    model, form_class, verb, title = Cadre, NameForm, "save_cadre", "Edit"

    def initial(self):
        return {"name": self.object.name}

    def perform(self, data):
        if data["name"] == "field":
            raise Refused(Refusal("date_in_future", field="day"))
        if data["name"] == "whole":
            raise Refused(Refusal("outside_scope", {"roles": ["assessor"]}))
        return self.object


class SendBack(ActionPage):
    model, verb, title, reason = Cadre, "save_cadre", "Send back", "required"
    done = "It went back."

    def perform(self, data):
        if data["reason"] == "own":
            raise Refused(Refusal("own_evaluation"))


urlpatterns = [
    path("cadres/", TemplateView.as_view(template_name="base.html"), name="cadre_list"),
    path("cadres/<int:pk>/", Detail.as_view(), name="cadre_detail"),
    path("cadres/<int:pk>/edit", Edit.as_view(), name="cadre_edit"),
    path("cadres/<int:pk>/back", SendBack.as_view(), name="cadre_back"),
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("", TemplateView.as_view(template_name="base.html"), name="home"),
]


@pytest.fixture
def url(people):
    """Address of a page about Dawa, who works in the east."""
    return lambda name: reverse(f"cadre_{name}", args=[people.dawa.pk])


@pytest.fixture
def sign_in(client, people):
    def sign_in(handle):
        client.force_login(people.users[handle])
        return client

    return sign_in


def last_entry():
    return LedgerEntry.objects.latest("seq")


@pytest.mark.parametrize("name", ["detail", "edit", "back"])
def test_a_stranger_does_not_learn_that_it_is_there(sign_in, url, people, name):
    client, before = sign_in("east"), last_entry().seq
    there = reverse(f"cadre_{name}", args=[people.karma.pk])
    assert client.get(there).status_code == client.post(there, {"name": "x", "reason": "y"}).status_code == 404
    # the stranger learns nothing, but the auditor learns of the stranger
    told = LedgerEntry.objects.filter(seq__gt=before).values_list("verb", "actor", "object_id")
    assert list(told) == [("refused", people.east.pk, people.karma.pk)] * 2
    client.logout()
    assert client.get(there).headers["Location"].startswith(reverse("login"))


def test_a_view_is_recorded_once(sign_in, url, people):
    client = sign_in("lin")
    assert client.get(url("detail")).status_code == client.get(url("detail")).status_code == 200
    assert [e.actor_id for e in LedgerEntry.objects.filter(verb="view")] == [people.lin.pk]


def test_a_button_that_is_not_allowed_says_why(sign_in, url):
    page = sign_in("lin").get(url("detail")).content.decode()
    assert 'href="/edit"' in page and 'action="/sign"' not in page
    assert page.count("disabled") == 1 and 'class="why"' in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_known_but_forbidden_verb_gets_its_reason(sign_in, url, people, method):
    response = getattr(sign_in("east"), method)(url("edit"), {"name": "x"})
    assert response.status_code == 403 and response.context["sentences"]
    entry = last_entry()
    assert (entry.verb, entry.object_id, entry.after["codes"]) == ("refused", people.dawa.pk, ["role_missing"])
    assert entry.after["verb"] == "save_cadre"


def test_own_file_is_refused(sign_in, people):
    response = sign_in("hai").get(reverse("cadre_edit", args=[people.hai_cadre.pk]))
    assert response.status_code == 403 and last_entry().after["codes"] == ["own_file"]


def test_bad_input_keeps_what_was_typed_and_says_where(sign_in, url):
    client = sign_in("lin")
    assert 'value="达瓦"' in client.get(url("edit")).content.decode()
    for name, field in [("", "name"), ("field", "day")]:
        response = client.post(url("edit"), {"name": name, "day": "2020-01-01"})
        page = response.content.decode()
        assert response.status_code == 200 and list(response.context["form"].errors) == [field]
        assert 'value="2020-01-01"' in page and f'id="id_{field}_error"' in page and 'aria-invalid="true"' in page


def test_a_refusal_of_access_inside_an_action_is_shown_and_recorded(sign_in, url):
    response = sign_in("lin").post(url("edit"), {"name": "whole"})
    assert response.context["form"].non_field_errors()
    assert (last_entry().verb, last_entry().after["codes"]) == ("refused", ["outside_scope"])


def test_what_was_saved_is_shown(sign_in, url):
    response = sign_in("lin").post(url("edit"), {"name": "x"}, follow=True)
    assert response.redirect_chain == [(url("detail"), 302)]
    assert "note success" in response.content.decode()


def test_a_deed_asks_for_its_reason_first(sign_in, url):
    client = sign_in("lin")
    assert 'name="reason"' in client.get(url("back")).content.decode()
    for reason in ("", "   "):
        assert client.post(url("back"), {"reason": reason}).context["form"].errors["reason"]
    response = client.post(url("back"), {"reason": "thin"}, follow=True)
    assert "It went back." in response.content.decode()


def test_a_deed_that_the_state_forbids_gets_its_reason(sign_in, url):
    response = sign_in("lin").post(url("back"), {"reason": "own"})
    assert response.status_code == 403 and response.context["sentences"]
    assert last_entry().after["codes"] == ["own_evaluation"]


@pytest.mark.parametrize("code", [400, 403, 404, 500])
def test_error_pages_stand_alone(code, rf, db):
    """They are shown when much is broken: without a user, without a session."""
    from django.template.loader import render_to_string

    assert "<h1>" in render_to_string(f"{code}.html", request=None if code == 500 else rf.get("/"))


def test_the_language_is_switched_by_post(client, db):
    page = client.get(reverse("login")).content.decode()
    assert '<html lang="zh-CN">' in page and 'value="en"' in page
    client.post(reverse("set_language"), {"language": "en", "next": reverse("login")})
    assert '<html lang="en">' in client.get(reverse("login")).content.decode()
