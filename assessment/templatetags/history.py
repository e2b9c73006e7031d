"""Tags of the history: who, which record, when."""

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from assessment.queries.history import model_of, record_name, type_name
from people.ledger import EVENTS

register = template.Library()


@register.simple_tag
def who(entry):
    """Who made an entry, leading to all that he did."""
    if entry.actor_id and entry.actor_name:
        return format_html('<a class="who-did" href="{}?actor={}">{}</a>', reverse("ledgerentry_list"), entry.actor_id, entry.actor_name)
    return entry.actor_name or (_("nobody signed in") if entry.verb.startswith("sign_in_") else _("the installation itself"))


@register.simple_tag
def record(entry):
    """What an entry is about, in words, leading to the history of it."""
    kind, name = type_name(entry.object_type) if entry.object_type else "", record_name(entry.object_type, entry.object_name)
    if not kind and not name:
        return ""
    if entry.object_id is None or model_of(entry.object_type) is None:
        return format_html('<span class="sub">{}</span> {}', kind, name)
    url = reverse("ledgerentry_record", args=[entry.object_type, entry.object_id])
    return format_html('<span class="sub">{}</span> <a href="{}">{}</a>', kind, url, name or f"#{entry.object_id}")


@register.simple_tag
def purged(entry):
    """The sentence that stands in the place of what was purged."""
    words = _("Its content was purged when its time of keeping was over; entry %s tells by whom. Its place in the chain stays.")
    before, _mark, after = words.partition("%s")
    url = reverse("ledgerentry_detail", args=[entry.purged_by])
    return format_html('{}<a href="{}">{}</a>{}', before, url, entry.purged_by, after)


@register.filter
def joined(words):
    return _(", ").join(map(str, words))


@register.filter
def listed(deeds):
    return _("; ").join(deeds)


@register.filter
def labels(changes):
    return _(", ").join(change.label for change in changes if not change.quiet)


@register.filter
def loud(changes):
    """How many changes are shown where an entry stands among others."""
    return sum(not change.quiet for change in changes)


@register.filter
def moment(at):
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S")


@register.filter
def is_event(entry):
    return entry.verb in EVENTS


@register.filter
def changed(entry):
    """Did it change a record that was there before and after?"""
    return entry.verb not in EVENTS and entry.before is not None and entry.after is not None
