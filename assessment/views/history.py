"""The history, for auditors: who did, saw and exported what; any record as it was at any moment."""

from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_time
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assessment.filters.history import DAYS, KINDS, LedgerEntryFilter
from assessment.queries import history as queries
from assessment.queries import looks, timeline
from assessment.tables.history import LedgerEntryTable
from assessment.views.base import DetailPage, ListPage, Page, offer
from assessment.views.common import whole
from assessment.wording import verb_name
from people import ledger
from people.access import scope, visible_to
from people.models import Cadre, LedgerEntry

CRUMBS = [(_("History"), "ledgerentry_list")]
TOGETHER = 100  # entries of one request shown with one another
LOOKS = 50  # views and exports shown on the page of a record
CHANGES = 20  # changes shown there, with their values


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
    """The timeline; the same entries as a table, which can be sorted and is what an export gives."""

    model, table_class, filterset_class = LedgerEntry, LedgerEntryTable, LedgerEntryFilter
    template_name = "assessment/ledgerentry_list.html"
    title = _("History")
    search_hint = _("Record, person or reason")

    def rows(self, queryset):
        return queryset.select_related("unit")

    def buttons(self):
        return [offer(self.user, "verify_ledger", _("Verify…"), reverse("ledgerentry_verify"))]

    def render(self, status=200, **context):
        listing, page = context["listing"], context["page_obj"]
        as_table = listing.data.get("shown") == "table" or tuple(listing.sort) not in ((), ("-seq",), ("seq",)) or self._other_columns(listing)
        if not as_table and not listing.problems:
            context["clicks"] = timeline.clicks(list(page.object_list), listing.queryset)
        return super().render(
            status,
            **context,
            as_table=as_table,
            timeline_query=listing.query_without("shown", "sort", "columns"),
            table_query=_with(listing.query_without("shown"), shown="table"),
            quick=[
                self._quick(listing, "kind", _t("Everything"), KINDS[:3]),
                self._quick(listing, "days", _t("All days"), DAYS, "since", "until"),
            ],
        )

    def _other_columns(self, listing):
        return set(listing.columns) != set(self.table_class.default_columns())

    def _quick(self, listing, name, everything, choices, *instead):
        """[(label, query, is it in force)] of the choices that one tap gives."""
        current, base = listing.data.get(name, ""), listing.query_without(name, *instead)
        return [
            (everything, base, not current and not any(listing.data.get(other) for other in instead)),
            *((label, _with(base, **{name: value}), current == value) for value, label in choices),
        ]


def _with(query, **more):
    return "&".join(filter(None, [query, urlencode(more)]))


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
        found = queries.told([entry, *timeline.together(entries, entry, TOGETHER)])
        before, after = timeline.neighbours(entries, entry)
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
            "changing": entry.verb not in ledger.EVENTS and not entry.purged_by,
            "day": timezone.localdate(entry.at).isoformat(),
        }


class LedgerEntryRecord(Page):
    """A record as it was at a moment beside what it is now, its changes, who looked at it and who has a copy."""

    verb, crumbs = "view_ledgerentry", CRUMBS
    template_name = "assessment/ledgerentry_record.html"

    def get(self, request, *args, **kwargs):
        kind, pk = kwargs["kind"], kwargs["key"]
        if (model := queries.model_of(kind)) is None:
            raise Http404
        visible = visible_to(self.user, LedgerEntry)
        entries, last = timeline.of_record(visible, kind, pk), timeline.last_change(kind, pk)
        if last is None or not entries.filter(seq=last.seq).exists():
            raise Http404  # also a record that has moved to a unit which is not this auditor's
        moment = self._moment(model, pk)
        then, now = moment.pop("then"), model.ledger_states([pk]).get(pk)
        # Of a state that stands alone its values are shown, not each of them as a difference to nothing.
        old, new = (then, now) if then and now else (None, then or now)
        beside = queries.Words([(model, old), (model, new)]).beside(model, old, new)
        differing = sum(change.differs for change in beside) if then and now else 0
        changing = entries.exclude(verb__in=ledger.EVENTS).order_by("-seq")
        page = Paginator(changing, CHANGES).get_page(request.GET.get("page"))
        name = queries.record_name(kind, last.object_name)
        return self.render(
            title=_t("%(type)s: %(name)s") % {"type": queries.type_name(kind), "name": name},
            **moment,
            heads=(moment["moment"], _t("Today")) if differing else None,
            today=timezone.localdate(),
            there_then=then is not None,
            there_now=now is not None,
            beside=beside,
            differing=differing,
            page_obj=page,
            page_range=page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
            changes=queries.told(page),
            **self._looks(visible, entries, kind, pk),
            live_url=address_of(model, pk) if now is not None else "",
            cadre_url=reverse("ledgerentry_cadre", args=[pk]) if model is Cadre and now is not None else "",
        )

    def _moment(self, model, pk):
        """What was asked for: the state then, the moment in words, the day and time of the form, and what is wrong with them."""
        for side, step in (("before", 1), ("after", 0)):
            if seq := whole(self.request.GET.get(side)):
                words = (_t("Before entry %(number)s") if step else _t("After entry %(number)s")) % {"number": seq}
                return {"then": timeline.state_at(model, pk, seq - step), "moment": words, "entry": seq, "side": side, "problem": ""}
        when, clock, problem = self._asked()
        day = timezone.localdate(when)
        words = timezone.localtime(when).strftime("%Y-%m-%d %H:%M") if clock else day.isoformat()
        return {"then": ledger.as_of(model, pk, when), "moment": words, "day": day, "clock": clock, "problem": problem}

    def _asked(self):
        """(end of the minute or day asked for, the time of it or "", ""), or (now, "", what is wrong with what was asked)."""
        asked, clock, now = self.request.GET.get("day", ""), self.request.GET.get("time", ""), timezone.now()
        if not asked:
            return now, "", ""
        try:
            day, at = parse_date(asked), parse_time(clock) if clock else None
        except ValueError:
            day = None
        if day is None or not 1900 <= day.year <= 9000:
            return now, "", _t("“%(text)s” is no day.") % {"text": asked[:40]}
        if clock and at is None:
            return now, "", _t("“%(text)s” is no time.") % {"text": clock[:40]}
        if at is None:
            end = timezone.make_aware(datetime.combine(day + timedelta(1), time.min))
        else:
            end = timezone.make_aware(datetime.combine(day, at.replace(second=0, microsecond=0, tzinfo=None))) + timedelta(minutes=1)
        return min(now, end - timedelta(microseconds=1)), at.strftime("%H:%M") if at else "", ""

    def _looks(self, visible, entries, kind, pk):
        """Who saw or revealed the record, which exports hold it, and which of older ones may hold it."""
        first = entries.order_by("seq").values_list("seq", flat=True).first()
        seen = looks.seen(visible, {kind: {pk}})
        wanted = visible.in_bulk([seq for seq, *_ in seen[:LOOKS]])
        return {
            "looks": queries.told(wanted[seq] for seq, *_ in seen[:LOOKS]),
            "seen": len(seen),
            "perhaps": list(looks.perhaps(visible, kind, first)[:LOOKS]),
            "everything": scope(self.user, "view_ledgerentry").everything,
            "kind": kind,
            "key": pk,
        }


class LedgerEntryCadre(DetailPage):
    """Who has seen and exported a cadre and all that is about him."""

    model, verb, crumbs = Cadre, "view_ledgerentry", CRUMBS
    template_name = "assessment/ledgerentry_cadre.html"

    def rows(self, queryset):
        return queryset.select_related("unit").exclude(pk__in=scope(self.user, self.verb).recused)

    def get_title(self):
        return _t("Who has seen %(name)s") % {"name": self.object}

    def history(self):
        return []

    def context(self):
        entries, pk = self.visible(LedgerEntry), self.object.pk
        seen = looks.seen(entries, looks.about(pk))
        page = Paginator(seen, ListPage.per_page).get_page(self.request.GET.get("page"))
        found = entries.in_bulk([seq for seq, *_ in page])
        return {
            "people": looks.by_person(seen),
            "page_obj": page,
            "page_range": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
            "looks": queries.told(found[seq] for seq, *_ in page),
            "everything": scope(self.user, self.verb).everything,
            "record_url": reverse("ledgerentry_record", args=[Cadre._meta.label_lower, pk]),
        }
