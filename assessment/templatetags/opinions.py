"""Filters for opinions: citations of findings, and numbers of the rules."""

import re
from fractions import Fraction

from django import template
from django.utils.html import conditional_escape, format_html, linebreaks
from django.utils.safestring import mark_safe

from assessment.rules.combine import two_places

register = template.Library()

CITED = re.compile(r"\s?[\[［〔【]([\w.\-]{1,32})[\]］〕】]")


@register.filter
def cited(text, numbers):
    """Text in paragraphs in which [0007] leads to finding 0007; numbers: {number of the contact: finding's id}."""

    def link(match):
        pk = (numbers or {}).get(match[1])
        if pk is None:
            return match[0]
        return format_html('<sup class="fn"><a href="#finding-{}">{}</a></sup>', pk, match[1])

    return mark_safe(linebreaks(CITED.sub(link, conditional_escape(text or ""))))


@register.filter
def exactly(value):
    """A number of the rules with two places, rounded half up; a dash for none."""
    return "—" if value is None else f"{two_places(value)}"


@register.filter
def tenths(value):
    """The same with one place, for the cells of the matrix."""
    return "—" if value is None else f"{two_places(Fraction(value) / 10) * 10:.1f}"
