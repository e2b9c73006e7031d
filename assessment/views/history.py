"""The history, for auditors: who did, saw and exported what; any record as it was on any day."""

from datetime import datetime, time, timedelta

from django.core.paginator import Paginator
from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assessment.filters.history import LedgerEntryFilter
from assessment.queries import history as queries
from assessment.tables.history import LedgerEntryTable
from assessment.views.base import DetailPage, ListPage, Page, offer
from assessment.wording import verb_name
from people import ledger
from people.access import visible_to
from people.models import LedgerEntry

CRUMBS = [(_("History"), "ledgerentry_list")]
TOGETHER = 100  # entries of one request shown with one another
LOOKS = 50  # views and exports shown on the page of a record


def address_of(model, pk):
    """Where a record has its page, or ""."""
    try:
        return reverse(f"{model._meta.model_name}_detail", args=[pk]) if model else ""
    except NoReverseMatch:
        return ""


def record_address(entry):
    """Where the history of an entry's record stands, or ""."""
    if entry.object_id is None or queries.model_of(entry.object_type) is None:
        return ""
    return reverse("ledgerentry_record", args=[entry.object_type, entry.object_id])


class LedgerEntryList(ListPage):
    model, table_class, filterset_class = LedgerEntry, LedgerEntryTable, LedgerEntryFilter
    title = _("History")
    search_hint = _("Record, person or reason")

    def rows(self, queryset):
        return queryset.select_related("unit")

    def buttons(self):
        return [offer(self.user, "verify_ledger", _("Verify…"), reverse("ledgerentry_verify"))]


class LedgerEntryDetail(DetailPage):
    model, verb, crumbs = LedgerEntry, "view_ledgerentry", CRUMBS
    template_name = "assessment/ledgerentry_detail.html"

    def rows(self, queryset):
        return queryset.select_related("unit", "actor")

    def get_title(self):
        return _t("Entry %(number)s") % {"number": self.object.pk}

    def sub(self):
        return verb_name(self.object.verb)

    def history(self):
        return []  # it is the history

    def context(self):
        entry, entries = self.object, self.visible()
        found = queries.told([entry, *queries.together(entries, entry, TOGETHER)])
        before, after = queries.neighbours(entries, entry)
        return {
            "entry": entry,
            "heads": (_t("Before"), _t("After")),
            "this": found[0],
            "others": found[1:],
            "request_count": TOGETHER if len(found) > TOGETHER else 0,
            "before": before,
            "after": after,
            "type_name": queries.type_name(entry.object_type),
            "record_url": record_address(entry),
        }


class LedgerEntryRecord(Page):
    """A record as it was at the end of a day beside what it is now, its entries, and who looked at it."""

    verb, crumbs = "view_ledgerentry", CRUMBS
    template_name = "assessment/ledgerentry_record.html"

    def get(self, request, *args, **kwargs):
        kind, pk = kwargs["kind"], kwargs["key"]
        if (model := queries.model_of(kind)) is None:
            raise Http404
        entries = queries.of_record(visible_to(self.user, LedgerEntry), kind, pk)
        last = queries.last_change(kind, pk)
        if last is None or not entries.filter(seq=last.seq).exists():
            raise Http404  # also a record that has moved to a unit which is not this auditor's
        when, problem = self._moment()
        then = ledger.as_of(model, pk, when)
        now = model.ledger_states([pk]).get(pk)
        # Of a state that stands alone its values are shown, not each of them as a difference to nothing.
        old, new = (then, now) if then and now else (None, then or now)
        beside = queries.Words([(model, old), (model, new)]).beside(model, old, new)
        differing = sum(change.differs for change in beside) if then and now else 0
        changing = entries.exclude(verb__in=ledger.EVENTS).order_by("-seq")
        page = Paginator(changing, 50).get_page(request.GET.get("page"))
        return self.render(
            title=_t("%(type)s: %(name)s") % {"type": queries.type_name(kind), "name": last.object_name},
            day=timezone.localdate(when),
            heads=(timezone.localdate(when).isoformat(), _t("Today")) if differing else None,
            today=timezone.localdate(),
            problem=problem,
            there_then=then is not None,
            there_now=now is not None,
            beside=beside,
            differing=differing,
            page_obj=page,
            page_range=page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
            changes=[(entry, verb_name(entry.verb), queries.changed_fields(entry)) for entry in page],
            **self._looks(entries, kind),
            live_url=address_of(model, pk) if now is not None else "",
        )

    def _moment(self):
        """(end of the day asked for, "") or (now, what is wrong with the day)."""
        asked, now = self.request.GET.get("day", ""), timezone.now()
        if not asked:
            return now, ""
        try:
            day = parse_date(asked)
        except ValueError:
            day = None
        if day is None or not 1900 <= day.year <= 9000:
            return now, _t("“%(text)s” is no day.") % {"text": asked[:40]}
        return min(now, timezone.make_aware(datetime.combine(day + timedelta(1), time.min)) - timedelta(microseconds=1)), ""

    def _looks(self, entries, kind):
        """Who saw or revealed the record, and lists of its kind that were exported since it is there: it may be in them."""
        first = entries.order_by("seq").values_list("seq", flat=True).first()
        seen = entries.filter(verb__in=("view", "reveal")).order_by("-seq")[: LOOKS + 1]
        lists = visible_to(self.user, LedgerEntry).filter(verb="export", object_type=kind, object_id=None, seq__gt=first)
        looks = [(entry, verb_name(entry.verb)) for entry in seen]
        exports = list(lists.order_by("-seq")[: LOOKS + 1])
        return {
            "looks": looks[:LOOKS],
            "more_looks": len(looks) > LOOKS,
            "exports": exports[:LOOKS],
            "more_exports": len(exports) > LOOKS,
            "kind": kind,
            "key": self.kwargs["key"],
        }
