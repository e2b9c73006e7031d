"""Columns: how a value looks on screen, and what it is in Excel.

On screen django-tables2 renders; for Excel each column gives the value itself with its kind (a key of
`sheets.workbook.write.KINDS`): a date stays a date. The words of choices are used in both places.
"""

import django_tables2 as tables
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _


def mask(text):
    """An ID number or phone with its middle hidden; revealing it is a deed of its own."""
    text = str(text or "")
    if len(text) < 8:
        return "*" * len(text)
    return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}"


class Column(tables.Column):
    """Text. kind="id" for codes and numbers that must stay text in Excel; screen_only: nothing for Excel."""

    kind = "text"
    css = ""

    def __init__(self, *args, kind=None, screen_only=False, **options):
        super().__init__(*args, **options)
        self.kind = kind or self.kind
        self.screen_only = screen_only
        css = self.css or ("code" if self.kind == "id" else "")
        if css:
            self.attrs = {"cell": {"class": css}, **self.attrs}

    def typed(self, value, record, table):
        """The value as it goes into a cell of Excel."""
        return value

    def raw(self, record, bound_column):
        """The stored value, where `render` gets the word for it."""
        return bound_column.accessor.resolve(record, quiet=True)


class CodeColumn(Column):
    """A code or number of a record: text in Excel, one line on screen."""

    kind = "id"


class DateColumn(Column):
    """A day, as 2020-05-06 in both languages: even width, sorts as it reads."""

    kind = "date"
    css = "num start"

    def render(self, value):
        return value.isoformat()


class DateTimeColumn(Column):
    """A moment, in the time of the installation."""

    kind = "datetime"
    css = "num start"

    def render(self, value):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")


class NumberColumn(Column):
    """A number, right aligned in even figures; places=2 for scores."""

    kind = "number"
    css = "num"

    def __init__(self, *args, places=None, **options):
        options.setdefault("kind", {None: None, 0: "integer", 2: "score"}.get(places))
        options.setdefault("initial_sort_descending", True)
        super().__init__(*args, **options)
        self.places = places

    def render(self, value):
        return str(value) if self.places is None else f"{value:.{self.places}f}"


class TagColumn(Column):
    """A state: its word on a colour. tones: {stored value: ok | wait | stop | info}; what needs no look stays plain."""

    def __init__(self, *args, tones=None, **options):
        super().__init__(*args, **options)
        self.tones = tones or {}

    def render(self, value, record, bound_column):
        tone = self.tones.get(self.raw(record, bound_column))
        return format_html('<span class="tag {}">{}</span>', tone, value) if tone else value


class YesNoColumn(Column):
    """Yes or no, in words. tone: colour of yes."""

    def __init__(self, *args, tone="", **options):
        super().__init__(*args, **options)
        self.tone = tone

    def render(self, value):
        return format_html('<span class="tag {}">{}</span>', self.tone, _("Yes")) if value and self.tone else _("Yes") if value else _("No")

    def typed(self, value, record, table):
        return None if value is None else str(_("Yes") if value else _("No"))


class MaskedColumn(Column):
    """An ID number or phone: masked on screen; in Excel in full where the user may reveal it (that is logged)."""

    kind = "id"

    def render(self, value):
        return mask(value)

    def typed(self, value, record, table):
        if not value:
            return None
        if not table.reach("reveal").covers(record.scope_unit_id):
            return mask(value)
        table.revealed += 1
        return value
