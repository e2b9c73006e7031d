"""The declarations that views are made of. A view says what; how is in `common`, `lists` and `pages`.

Every row comes from `people.access.visible_to`; every write is an action; every page asks for sign-in (middleware).
"""

from assessment.views.common import Button, Page, offer, offers, refused_page, whole
from assessment.views.exports import ExportPage
from assessment.views.lists import Listing, ListPage
from assessment.views.pages import ActionPage, DetailPage, FormPage, ReasonForm

__all__ = [
    "ActionPage",
    "Button",
    "DetailPage",
    "ExportPage",
    "FormPage",
    "ListPage",
    "Listing",
    "Page",
    "ReasonForm",
    "offer",
    "offers",
    "refused_page",
    "whole",
]
