"""Base of all tables: one declaration for the screen, the choice of columns and the export.

    class CadreTable(Table):
        code = CodeColumn()
        name = Column(linkify=("cadre_detail", [A("pk")]), order_by=("pinyin", "name"))
        unit = Column(accessor="unit__name", order_by=("unit__code",))

        class Meta(Table.Meta):
            order_by = ("code",)
            default_columns = ("code", "name", "unit")

A column that the database cannot sort by says `orderable=False`: what can be sorted by is the whitelist for `?sort=`.
`render_<column>` changes a cell on screen, `value_<column>(record)` gives its typed value for Excel.
"""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django_tables2.utils import A, OrderByTuple

from assessment.tables.columns import (
    CodeColumn,
    Column,
    DateColumn,
    DateTimeColumn,
    MaskedColumn,
    NumberColumn,
    TagColumn,
    YesNoColumn,
    mask,
)
from assessment.tables.ordering import arranged
from people.access import scope

__all__ = [
    "A",
    "CodeColumn",
    "Column",
    "DateColumn",
    "DateTimeColumn",
    "MaskedColumn",
    "NumberColumn",
    "Table",
    "TagColumn",
    "YesNoColumn",
    "arranged",
    "mask",
]


class Table(tables.Table):
    """A table of records for one user, in a given order, showing the chosen columns."""

    class Meta:
        attrs = {"class": "data list"}  # "list": a card for each row on phones
        template_name = "generic/table.html"
        empty_text = _("Nothing here.")
        default = "—"
        default_columns = ()  # empty: all
        title = ""  # the column that heads the card of a row on phones; blank: the first shown

    def __init__(self, data, *, user=None, sort=(), columns=(), **options):
        self.user, self.revealed = user, 0
        self._scopes = {}
        super().__init__(data, order_by=(), **options)
        self._order_by = OrderByTuple(sort or self.default_sort())  # marks the headings; the data come in order
        shown = set(columns or self.default_columns())
        wanted = getattr(self.Meta, "title", "")
        self._title = wanted if wanted in shown else next((n for n in self.columns.names() if n in shown), "")
        for name in self.columns.names():
            if name not in shown:
                self.columns.hide(name)

    @classmethod
    def default_columns(cls):
        """Names of the columns shown when nobody chose."""
        return [n for n in getattr(cls.Meta, "default_columns", ()) if n in cls.base_columns] or list(cls.base_columns)

    @classmethod
    def default_sort(cls):
        """The order when nobody chose: `Meta.order_by`."""
        return tuple(cls._meta.order_by or ())

    @classmethod
    def sortable(cls, name):
        """May one sort by this name ("-score")? Unknown names may not."""
        column = cls.base_columns.get(name.removeprefix("-"))
        return column is not None and column.orderable is not False

    @classmethod
    def in_order(cls, queryset, sort=()):
        """The queryset in the order of column names; unknown names are the caller's fault (see `sortable`)."""
        paths = []
        for name in sort or cls.default_sort():
            bare, back = name.removeprefix("-"), name.startswith("-")
            column = cls.base_columns[bare]
            for path in column.order_by or (column.accessor or bare,):
                path = str(path).replace(".", "__")
                turned = path.startswith("-") != back
                paths.append(("-" if turned else "") + path.removeprefix("-"))
        return arranged(queryset, paths)

    def get_column_class_names(self, classes_set, bound_column):
        classes = super().get_column_class_names(classes_set, bound_column)
        return classes | {"title"} if bound_column.name == self._title else classes

    def reach(self, verb):
        """Where the user may do a verb; asked once, not once a row."""
        if verb not in self._scopes:
            self._scopes[verb] = scope(self.user, verb)
        return self._scopes[verb]

    def told(self):
        """The columns shown that tell something: those of links and boxes to tick stay on the screen."""
        return [column for column in self.columns if not getattr(column.column, "screen_only", False)]

    def headings(self):
        """Headings of the columns shown, for Excel."""
        return [str(column.header) for column in self.told()]

    def reveals(self):
        """Would a file of it hold ID numbers or phones in full?"""
        return bool(self.reach("reveal")) and any(isinstance(column.column, MaskedColumn) for column in self.told())

    def kinds(self):
        """What each column shown holds, for Excel."""
        return [getattr(column.column, "kind", "") for column in self.told()]

    def typed_rows(self, records):
        """Rows of typed values of the columns shown, one at a time."""
        readers = [self._reader(column) for column in self.told()]
        for record in records:
            yield [read(record) for read in readers]

    def _reader(self, bound):
        """record -> typed value of one column. Looks up once what would be the same for every row."""
        own = getattr(self, f"value_{bound.name}", None)
        if own:
            return own
        bits, column = A(bound.accessor).bits, bound.column
        field = A(bound.accessor).get_field(self.data.model) if self.data.model else None
        words = {value: str(word) for value, word in getattr(field, "flatchoices", None) or ()}
        typed = getattr(column, "typed", None)

        def read(record):
            value = record
            for bit in bits:
                value = getattr(value, bit, None)
                if value is None:
                    break
                if callable(value):
                    value = value()
            if words:
                value = words.get(value, value)
            return typed(value, record, self) if typed else value

        return read
