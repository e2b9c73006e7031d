"""Saved views and exports in a real browser: on a phone, and with the keyboard alone."""

import hashlib
from pathlib import Path

import pytest
from django.urls import reverse

from assessment.models import SavedView
from people.models import LedgerEntry
from tests.cast import PASSWORD, people  # noqa: F401  (people is a fixture)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def phone(people, open_page):  # noqa: F811
    """A phone on which lin is signed in."""
    page = open_page(viewport={"width": 360, "height": 740})
    page.goto("/")
    page.fill("[name=username]", "lin")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("details.menu")
    return page


def focused(page):
    return page.evaluate("document.activeElement.getAttribute('href') || document.activeElement.tagName")


def no_wider_than_the_screen(page):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_view_is_kept_and_opened_by_keyboard(phone):
    phone.goto(reverse("cadre_list") + "?q=G001")
    menu = phone.locator("details.tool", has=phone.locator("ul.views")).locator("summary")
    menu.focus()
    phone.keyboard.press("Enter")
    no_wider_than_the_screen(phone)
    add = phone.locator(f"a[href^='{reverse('savedview_add')}']")
    for _ in range(5):
        phone.keyboard.press("Tab")
        if focused(phone).startswith(reverse("savedview_add")):
            break
    phone.keyboard.press("Enter")
    phone.wait_for_url("**" + reverse("savedview_add") + "*")
    no_wider_than_the_screen(phone)
    phone.fill("[name=title]", "一号")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**view=*")
    view = SavedView.objects.get()
    assert (view.title, view.query) == ("一号", "q=G001")
    phone.goto(reverse("cadre_list"))
    menu.focus()
    phone.keyboard.press("Enter")
    phone.click("ul.views >> text=一号")
    phone.wait_for_url(f"**view={view.pk}&s=*")
    assert phone.locator("table.data tbody tr").count() == 1
    menu.focus()
    phone.keyboard.press("Enter")
    assert phone.locator("ul.views [aria-current]").inner_text() == "一号" and add.is_visible()
    phone.keyboard.press("Tab")
    phone.keyboard.press("Escape")
    assert not add.is_visible() and focused(phone) == "SUMMARY"


def test_the_search_stays_in_the_view_and_can_be_saved_over(phone):
    phone.goto(reverse("cadre_list") + "?q=G001")
    phone.click("details:has(ul.views) > summary")
    phone.click(f"a[href^='{reverse('savedview_add')}']")
    phone.fill("[name=title]", "一号")
    phone.click("main form button.btn-main")
    phone.wait_for_url("**view=*")
    phone.fill("#id_q", "G002")
    phone.press("#id_q", "Enter")
    phone.wait_for_function("document.querySelector('.chip b')?.textContent === 'G002'")
    phone.click("details:has(ul.views) > summary")
    with phone.expect_navigation():
        phone.click("details:has(ul.views) button.btn-main")
    assert SavedView.objects.get().query == "q=G002"


def test_a_list_is_exported_in_either_format(phone):
    phone.goto(reverse("cadre_list") + "?q=G001")
    digests = []
    for name in ("xlsx", "csv"):
        phone.locator(".tools > details", has=phone.locator("button[value=csv]")).locator("summary").click()
        no_wider_than_the_screen(phone)
        phone.fill("#id_reason", "开会用")
        with phone.expect_download() as download:
            phone.click(f"button[value={name}]")
        assert download.value.suggested_filename.startswith("干部 ") and download.value.suggested_filename.endswith(f".{name}")
        digests.append(hashlib.sha256(Path(download.value.path()).read_bytes()).hexdigest())
        phone.goto(reverse("cadre_list") + "?q=G001")
    entries = LedgerEntry.objects.filter(verb="export").order_by("seq")
    assert [entry.after["sha256"] for entry in entries] == digests and entries[0].after["rows"] == 1
