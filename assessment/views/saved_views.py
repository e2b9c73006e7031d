"""Saved views of lists: keep one, rename or share it, save over it, remove it. Their menu stands on each list."""

from django.http import Http404, QueryDict
from django.utils.translation import gettext_lazy as _

from assessment.actions import saved_views
from assessment.forms.saved_views import SavedViewForm
from assessment.models import SavedView
from assessment.views.base import ActionPage, FormPage, whole
from assessment.views.lists import address, find
from assessment.views.searches import Searches
from people.refusals import Refusal, refuse


class OfList(FormPage):
    """Base: a page that comes from a list and leads back to it. `at`: the record in the list's address, `query`: what it shows."""

    model = SavedView

    def noun(self):
        return self.object.list if self.object else self.request.GET.get("list", "")

    def parts(self):
        """The parts of the list's address."""
        at = whole(self.request.GET.get("at"))
        return {} if at is None else {"pk": at}

    def listing(self):
        """The list with what it shows, for this user; 404 if there is none."""
        declared = find(self.noun(), self.parts())
        if declared is None:
            raise Http404
        found = declared.opened(self.user, self.parts(), Searches(self.request.session)).listing(QueryDict(self.request.GET.get("query", "")))
        if found.problems or found.lost:
            refuse(Refusal("filter_unfit"))
        return found

    def shown(self, query):
        """The list's address with a query."""
        return f"{address(self.noun(), self.parts())}?{query}"

    def opening(self, view):
        """The address that opens a view: the list leads on to what it shows, with personal terms kept out of the address."""
        return self.shown(f"open={view.pk}")

    def form_kwargs(self):
        return {"user": self.user}

    def back_url(self):
        parts = [self.request.GET.get("query", ""), f"view={self.object.pk}" if self.object else ""]
        return self.shown("&".join(filter(None, parts)))


class SavedViewAdd(OfList):
    form_class, verb = SavedViewForm, "view_savedview"
    title, done = _("Save this view"), _("The view is saved: you find it under “Views”.")
    template_name = "assessment/savedview_form.html"

    def get_object(self):
        self.listed = self.listing()
        return None

    def context(self):
        return {"listing": self.listed}

    def perform(self, data):
        return saved_views.save(by=self.user, list=self.noun(), query=self.listed.own_query, **data)

    def next_url(self, result):
        return self.opening(result)


class OwnView(OfList):
    """Base of the pages that change a view: for its owner alone."""

    def rows(self, queryset):
        return queryset.select_related("unit")

    def get_object(self):
        view = super().get_object()
        refuse(*saved_views.foreign(self.user, view))
        return view

    def next_url(self, result):
        return self.opening(result)


class SavedViewEdit(OwnView):
    form_class = SavedViewForm
    template_name = "assessment/savedview_form.html"

    def get_title(self):
        return _("Edit the view %(name)s") % {"name": self.object}

    def initial(self):
        return {name: getattr(self.object, name) for name in SavedViewForm.Meta.fields}

    def context(self):
        return {"here": self.request.GET.urlencode()}

    def perform(self, data):
        return saved_views.change(by=self.user, view=self.object, **data)


class SavedViewRenew(OwnView, ActionPage):
    """What the list shows now is kept under a view that is there."""

    explain = _("It keeps its name; the filters, columns and order of now take the place of those saved.")
    submit, done = _("Save over it"), _("The view is saved.")

    def get_title(self):
        return _("Save over the view %(name)s") % {"name": self.object}

    def perform(self, data):
        return saved_views.change(by=self.user, view=self.object, query=self.listing().own_query)


class SavedViewRemove(OwnView, ActionPage):
    danger = True
    explain = _("The records it shows stay as they are.")
    submit, done = _("Remove"), _("The view is removed.")

    def get_title(self):
        return _("Remove the view %(name)s") % {"name": self.object}

    def perform(self, data):
        saved_views.remove(by=self.user, view=self.object)

    def next_url(self, result):
        return self.shown(self.request.GET.get("query", ""))
