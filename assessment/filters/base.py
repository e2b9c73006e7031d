"""Base of all filters: one search box, labels of our own, choices no wider than what the user may see.

    class CadreFilter(FilterSet):
        search_fields = ("name", "pinyin", "initials", "code")
        unit = UnitFilter()
        status = ChoiceFilter(_("Status"), choices=Cadre.Status.choices)
        since = SinceFilter(_("In post since"), field_name="in_post_since")

Labels are always given: django-filter's own texts stay English under zh-hans.
"""

from datetime import date, datetime, time, timedelta

import django_filters
from django import forms
from django.db.models import DateTimeField, Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.access import visible_to
from people.models import Unit

#: Names in the query string that are no filters.
NOT_FILTERS = frozenset({"s", "sort", "columns", "page", "view", "open", "find", "reason", "format", "once", "csrfmiddlewaretoken"})


class TextFilter(django_filters.CharFilter):
    """Text that is contained in a field. What is typed to find people is personal: it never stands in an address."""

    def __init__(self, label, *, personal=True, **options):
        self.personal = personal
        super().__init__(label=label, lookup_expr="icontains", max_length=100, **options)


class FilterSet(django_filters.FilterSet):
    """Filters of one list for one user. An invalid or unknown one never shows more or less than asked: see `problems`."""

    search_fields = ()
    q = TextFilter(_("Search"), method="search")

    def __init__(self, data, queryset, *, user):
        self.user = user
        super().__init__(data, queryset)

    @classmethod
    def personal(cls):
        """Names of the filters whose terms stay out of addresses (`assessment.views.searches`)."""
        return {name for name, one in cls.base_filters.items() if getattr(one, "personal", False)}

    def search(self, queryset, name, value):
        """Every word must be found in one of the search fields."""
        for word in value.split():
            found = Q()
            for path in self.search_fields:
                found |= Q(**{f"{path}__icontains": word})
            queryset = queryset.filter(found)
        return queryset

    def problems(self):
        """[(label, sentence)] of what cannot be applied; the rows must not be shown then."""
        found = [(_("Filter"), _("There is no filter “%s”.") % name) for name in self.data if name not in NOT_FILTERS | self.filters.keys()]
        for name, errors in self.form.errors.items():
            label = self.form.fields[name].label if name in self.form.fields else _("Filter")
            found += [(label, error) for error in errors]
        return found

    def words(self):
        """[(name, label, text)] of the filters in force, as a person reads them."""
        found = []
        for name, field in self.form.fields.items():
            value = self.form.cleaned_data.get(name)
            if isinstance(value, QuerySet):
                value = list(value)
            if value in (None, "", [], ()):
                continue
            choices = {str(key): word for key, word in getattr(field, "choices", ())} if isinstance(field, forms.ChoiceField) else {}
            values = value if isinstance(value, list | tuple) else [value]
            if not isinstance(values[0], Model):
                values = [choices.get(str(v), v) for v in values]
            found.append((name, str(field.label), gettext(", ").join(str(v) for v in values)))
        return found


class ChoiceFilter(django_filters.ChoiceFilter):
    """One of the given choices (pairs, or a function that gives them in the reader's language)."""

    def __init__(self, label, *, choices, **options):
        super().__init__(label=label, choices=choices, empty_label=_("Any"), **options)


class YesNoFilter(ChoiceFilter):
    """Yes or no of a boolean field; with `method=` of anything."""

    def __init__(self, label, **options):
        super().__init__(label, choices=[("yes", _("Yes")), ("no", _("No"))], **options)

    def filter(self, queryset, value):
        if not value or self.method:
            return super().filter(queryset, value)
        return queryset.filter(**{self.field_name: value == "yes"})


class MinimumFilter(django_filters.NumberFilter):
    """A number from here up."""

    def __init__(self, label, **options):
        super().__init__(label=label, lookup_expr="gte", **options)


class MaximumFilter(django_filters.NumberFilter):
    """A number up to here."""

    def __init__(self, label, **options):
        super().__init__(label=label, lookup_expr="lte", **options)


class SinceFilter(django_filters.DateFilter):
    """From this day on; of a moment, from its first second in the time of the installation."""

    days = 0
    lookup = "gte"
    EARLIEST, LATEST = date(1000, 1, 1), date(9000, 1, 1)  # beyond the days that are recorded; what lies further is no moment

    def __init__(self, label, **options):
        super().__init__(label=label, **options)

    def filter(self, queryset, value):
        if value is None or self.method:
            return super().filter(queryset, value)
        if isinstance(_last_field(queryset.model, self.field_name), DateTimeField):
            day = min(max(value, self.EARLIEST), self.LATEST) + timedelta(days=self.days)
            value = timezone.make_aware(datetime.combine(day, time.min))
            lookup = "lt" if self.days else "gte"
        else:
            lookup = self.lookup
        return queryset.filter(**{f"{self.field_name}__{lookup}": value})


class UntilFilter(SinceFilter):
    """Up to and including this day."""

    days = 1
    lookup = "lte"


class RecordFilter(django_filters.ModelChoiceFilter):
    """One record among those that the user may see.

    narrow: function from the visible queryset to the one offered, such as `lambda rows: rows.order_by("-starts_on")`.
    """

    def __init__(self, label, model, *, narrow=None, **options):
        self.of_model, self.narrow = model, narrow
        super().__init__(label=label, queryset=model.objects.none(), empty_label=_("Any"), **options)

    def get_queryset(self, request):
        rows = visible_to(self.parent.user, self.of_model)
        return self.narrow(rows) if self.narrow else rows


class UnitIterator(forms.models.ModelChoiceIterator):
    """Options of units in the order of the tree, indented; only the kinds that hold others."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        rows = self.queryset
        if self.field.kinds:
            rows = rows.filter(kind__in=self.field.kinds)
        rows = list(rows.with_tree_fields())
        top = min((unit.tree_depth for unit in rows), default=0)
        for unit in rows:
            yield self.field.prepare_value(unit), "\u3000" * (unit.tree_depth - top) + unit.name


class UnitField(forms.ModelChoiceField):
    """A visible unit; any may be asked for, those of `kinds` are offered."""

    iterator = UnitIterator

    def __init__(self, *args, kinds=(), **options):
        self.kinds = kinds
        super().__init__(*args, **options)


class UnitFilter(RecordFilter):
    """A unit and everything below it.

    field_name: the path to the unit ("unit", "cadre__unit", or "pk" on units themselves).
    """

    field_class = UnitField
    HOLDERS = (Unit.Kind.PARTY_COMMITTEE, Unit.Kind.DEPARTMENT, Unit.Kind.TOWNSHIP, Unit.Kind.VILLAGE, Unit.Kind.OTHER)

    def __init__(self, label=None, *, field_name="unit", kinds=HOLDERS, **options):
        super().__init__(label or _("Unit and below"), Unit, field_name=field_name, kinds=kinds, **options)

    def filter(self, queryset, value):
        if value is None or self.method:
            return super().filter(queryset, value)
        ids = list(Unit.objects.descendants(value.pk, include_self=True).order_by().values_list("pk", flat=True))
        return queryset.filter(**{f"{self.field_name}__in": ids})


def _last_field(model, path):
    for name in path.split("__"):
        field = model._meta.get_field(name)
        model = field.related_model if field.is_relation else model
    return field
