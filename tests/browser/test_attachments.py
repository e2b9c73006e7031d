"""Files of a contact in a real browser: chosen by hand on a narrow screen, kept while the form grows, taken home as files."""

import re
from pathlib import Path

import pytest

from assessment.models import Contact
from tests.cast import PASSWORD, world  # noqa: F401  (a fixture)
from tests.pictures import jpeg, pdf

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_files_come_with_a_contact_and_go_as_downloads(open_page, world, tmp_path):  # noqa: F811
    photo, paper = tmp_path / "现场.jpg", tmp_path / "谈话记录.pdf"
    photo.write_bytes(jpeg())
    paper.write_bytes(pdf())
    page = open_page(viewport={"width": 360, "height": 740})
    page.goto("/")
    page.fill("[name=username]", "lin")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(re.compile(r":\d+/$"))
    page.goto(f"/contacts/add?campaign={world.front.pk}")
    page.click("label:has(input[name=method][value=on_site])")
    page.fill("[name=held_at]", "2022-05-20T10:30")
    page.fill("[name=place]", "第3卡点")
    page.fill("[name=team]", "lin、mei")
    page.select_option("[name=findings-0-assessee]", world.dawa.code)
    page.fill("[name=findings-0-narrative]", "查验严格")
    page.set_input_files("[name=files]", [photo])
    page.click("button[value=add]")
    page.wait_for_selector("#block-2")
    assert page.evaluate("document.querySelector('[name=files]').files.length") == 1
    page.click("form button.btn-main:visible")
    page.wait_for_selector("#attachments")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page.click("#attachments a[href$='/files/add']")
    page.set_input_files("[name=files]", [paper])
    page.press("[name=files]", "Tab")  # the button is next, for those without a mouse
    page.keyboard.press("Enter")
    page.wait_for_selector("#attachments li:nth-child(2)")
    with page.expect_download() as download:
        page.click("#attachments li:nth-child(2) a")
    assert download.value.suggested_filename == "谈话记录.pdf" and Path(download.value.path()).read_bytes() == pdf()

    files = Contact.objects.get().attachments
    with page.expect_download():  # asked for by its address, too, it is no page
        page.evaluate("url => location.assign(url)", f"/files/{files.first().pk}/")
    assert page.url.endswith("#attachments")
