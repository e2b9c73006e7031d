"""Tags of the templates: navigation, buttons that know whether they are allowed, fields, states, sentences."""

from uuid import uuid4

from django import forms, template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from assessment import wording
from assessment.tables.columns import mask as masked
from assessment.views.common import Button, offer
from assessment.views.meanwhile import SEEN
from assessment.views.sending import KEY
from people.access import can

register = template.Library()

#: The menu: label, name of the URL, verb that one must be allowed; in the order of the work.
MENU = [
    (_("Home"), "home", ""),
    (_("Cadres"), "cadre_list", "view_cadre"),
    (_("Units"), "unit_list", "view_unit"),
    (_("Campaigns"), "campaign_list", "view_campaign"),
    (_("Schemes"), "scheme_list", "view_scheme"),
    (_("Contacts"), "contact_list", "view_contact"),
    (_("Evaluations"), "evaluation_list", "view_evaluation"),
    (_("Decisions"), "decision_list", "view_decision"),
    (_("Duties"), "duty_list", "view_duty"),
    (_("Exchange"), "import", "export_workbook"),
    (_("History"), "ledgerentry_list", "view_ledgerentry"),
    (_("Users"), "user_list", "view_user"),
    (_("Jobs"), "job_list", "view_job"),
]

#: Bootstrap's class for a widget; text-like ones get "form-control".
WIDGET_CLASSES = [
    (forms.CheckboxSelectMultiple, "choices"),
    (forms.RadioSelect, "choices"),
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
]


@register.simple_tag(takes_context=True)
def menu(context):
    """[(label, url, is it the present page)] of what the user may open."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    match = getattr(request, "resolver_match", None)
    here = (getattr(match, "url_name", "") or "").split("_")[0]
    found = []
    for label, name, verb in MENU:
        if verb and not can(user, verb):
            continue
        try:
            found.append((label, reverse(name), name.split("_")[0] == here))
        except NoReverseMatch:
            continue
    return found


@register.inclusion_tag("generic/_button.html")
def button(deed):
    """A `Button`: a link or a one-click form; disabled, with its reason, when the verdict is no."""
    reason = "" if deed.verdict or deed.verdict.refusal is None else wording.sentence(deed.verdict.refusal)
    return {"deed": deed, "reason": reason}


@register.inclusion_tag("generic/_button.html", takes_context=True)
def act(context, verb, label, url, obj=None, tone="plain", post=False, refusal=None):
    """{% act "sign" _("Sign") url evaluation tone="main" %}: a button whose verdict is asked for here."""
    deed: Button = offer(context["request"].user, verb, label, url, obj, tone=tone, post=post, refusal=refusal)
    return button(deed)


@register.inclusion_tag("generic/_seek.html", takes_context=True)
def search_link(context, url, label, **terms):
    """{% search_link contacts name member=username %}: leads to a list with terms that must not stand in its address."""
    return {"csrf_token": context.get("csrf_token"), "url": url, "label": label, "terms": terms}


@register.inclusion_tag("generic/_field.html")
def field(bound, small=False):
    """A form field with label, help and errors, in the classes of the theme; day and time get the browser's picker."""
    widget = bound.field.widget
    css = next((css for kind, css in WIDGET_CLASSES if isinstance(widget, kind)), "form-control")
    if small and css.startswith("form-") and css != "form-check-input":
        css += f" {css}-sm"
    attrs = {"class": f"{widget.attrs.get('class', '')} {css}{' is-invalid' if bound.errors else ''}".strip()}
    if type(widget) is forms.DateInput:
        widget.format, widget.input_type = "%Y-%m-%d", "date"
    elif type(widget) is forms.DateTimeInput:
        widget.format, widget.input_type = "%Y-%m-%dT%H:%M", "datetime-local"
    group = isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect)
    single = isinstance(widget, forms.CheckboxInput)
    return {"bound": bound, "control": bound.as_widget(attrs=attrs), "group": group, "single": single}


@register.simple_tag(takes_context=True)
def once(context):
    """What a form carries so that it is carried out once, and not over changes that its sender has not seen."""
    fields = [(KEY, uuid4()), *([(SEEN, context["seen"])] if context.get("seen") else [])]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', fields)


@register.simple_tag
def cell(bound):
    """The bare control of a form field in a cell of a table, in the classes of the theme."""
    css = "form-select" if isinstance(bound.field.widget, forms.Select) else "form-control"
    return bound.as_widget(attrs={"class": f"{css} {css}-sm{' is-invalid' if bound.errors else ''}"})


@register.simple_tag
def tag(word, tone=""):
    """A state: word and colour. {% tag evaluation.get_state_display tones|get:evaluation.state %}"""
    return format_html('<span class="tag {}">{}</span>', tone, word) if word else ""


@register.filter
def get(mapping, key):
    """mapping[key], or nothing."""
    return (mapping or {}).get(key, "")


@register.filter
def sentence(refusal):
    """A refusal in words."""
    return wording.sentence(refusal)


@register.filter
def mask(text):
    """An ID number or phone with its middle hidden."""
    return masked(text)


@register.filter
def places(value, count=2):
    """A number with a fixed count of decimals; nothing for None."""
    return "" if value is None else f"{value:.{count}f}"
