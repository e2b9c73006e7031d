"""Second factor in a real browser: set up on a phone's screen, sign in by keyboard, confirm in the form that is filled in."""

import base64

import pytest
from django.urls import reverse
from django_otp.oath import TOTP

from people.models import Authenticator, Grant, Session
from tests.cast import PASSWORD, people  # noqa: F401  (people is a fixture)
from tests.second_factor import shown

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def code(secret):
    """What an app shows that was given this secret by the page."""
    return f"{TOTP(base64.b32decode(secret.replace(' ', ''))).token():06}"


def password(page, name):
    page.goto("/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**" + reverse("sign_in_code"))


def set_up(page, name):
    """Set the second factor up on the way in; the recovery codes."""
    password(page, name)
    page.click("main details summary")
    page.fill("[name=code]", code(page.inner_text(".secret")))
    page.press("[name=code]", "Enter")
    page.wait_for_selector(".recovery")
    return page.locator(".recovery li").all_inner_texts()


def test_set_up_and_sign_in_on_a_phone(people, open_page, settings):  # noqa: F811
    settings.SECOND_FACTOR = "required"
    page = open_page(viewport={"width": 360, "height": 740}, color_scheme="dark")
    password(page, "lin")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    corner = page.locator(".qr svg > path").first.evaluate("node => getComputedStyle(node).fill")
    assert corner == "rgb(255, 255, 255)"  # cameras want black on white, whatever the theme
    codes = set_up(page, "lin")
    assert len(codes) == 10 and page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("main a.btn-main")
    page.wait_for_selector("details.menu")
    page.context.clear_cookies()
    password(page, "lin")
    page.keyboard.type(shown(Authenticator.objects.get()))  # the field has the focus
    page.keyboard.press("Enter")
    page.wait_for_selector("details.menu")
    page.context.clear_cookies()
    password(page, "lin")
    page.click("a[href='?recovery']")
    page.wait_for_url("**/login/code?recovery")
    page.fill("[name=code]", codes[7])
    page.press("[name=code]", "Enter")
    page.wait_for_selector("details.menu")
    assert "9" in page.inner_text(".messages")
    assert Authenticator.objects.get().recovery_codes.count() == 9


def test_a_form_asks_who_sits_there_and_keeps_what_was_typed(people, open_page, settings):  # noqa: F811
    settings.SECOND_FACTOR = "required"
    page = open_page()
    set_up(page, "sec")
    session = Session.objects.get(user=people.sec)
    store = session.get_session_store_class()(session.pk)
    store["confirmed_at"] -= 10 * 24 * 60 * 60
    store.save()
    page.goto(reverse("grant_add", args=[people.nobody.pk]))
    page.select_option("[name=role]", "manager")
    page.fill("[name=unit]", "E")
    page.fill("[name=reason]", "任命文件")
    page.fill("[name=confirm-password]", "wrong")
    page.fill("[name=confirm-code]", "000000")
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_confirm-password_error, .confirm .errorlist")
    assert page.input_value("[name=reason]") == "任命文件" and page.input_value("[name=unit]").startswith("E")
    assert page.input_value("[name=confirm-password]") == page.input_value("[name=confirm-code]") == ""
    assert not Grant.objects.filter(user=people.nobody).exists()
    page.fill("[name=confirm-password]", PASSWORD)
    page.fill("[name=confirm-code]", shown(Authenticator.objects.get()))
    page.keyboard.press("Enter")
    page.wait_for_url("**" + reverse("user_detail", args=[people.nobody.pk]))
    assert Grant.objects.filter(user=people.nobody).exists()
