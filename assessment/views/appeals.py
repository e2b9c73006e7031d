"""Review and appeal against a signed opinion: put on record, and decided (Civil Servants Law, art. 95 and 96)."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessment.actions import appeals as actions
from assessment.forms.evaluations import AppealForm, DecideForm
from assessment.models import Appeal
from assessment.views.base import ActionPage
from assessment.views.opinions import CRUMBS, OfEvaluation


class AppealFile(OfEvaluation, ActionPage):
    verb, form_class = "file_appeal", AppealForm
    submit, done = gettext_lazy("Put on record"), gettext_lazy("On record, with its deadline.")

    def get_title(self):
        return _("Review or appeal of %(name)s") % {"name": self.object}

    @property
    def explain(self):
        opinion, found = self.latest(), []
        for kind in Appeal.Kind:
            if last := actions.last_day_to_file(opinion, kind):
                found.append(_("%(kind)s: until %(day)s") % {"kind": kind.label, "day": date_format(last, "Y-m-d")})
        return _("Last day to file: %(days)s (Civil Servants Law, art. 95).") % {"days": _("; ").join(found)} if found else ""

    def perform(self, data):
        return actions.file_appeal(by=self.user, opinion=self.latest(), **data)


class AppealDecide(ActionPage):
    model, verb, form_class, crumbs = Appeal, "decide_appeal", DecideForm, CRUMBS
    submit, done = gettext_lazy("Decide"), gettext_lazy("The decision is on record.")

    def rows(self, queryset):
        return queryset.select_related("opinion__evaluation__cadre", "opinion__evaluation__group", "opinion__evaluation__campaign")

    def get_title(self):
        return _("Decide the %(kind)s of %(name)s") % {"kind": self.object.get_kind_display(), "name": self.object.opinion.evaluation}

    @property
    def explain(self):
        facts = {"filed": date_format(self.object.filed_on, "Y-m-d"), "due": date_format(self.object.due_on, "Y-m-d")}
        return _("Filed on %(filed)s, to be decided by %(due)s (Civil Servants Law, art. 96).") % facts + " " + self.object.ground

    def about(self):
        return [self.object, self.object.opinion.evaluation]

    def perform(self, data):
        return actions.decide_appeal(by=self.user, appeal=self.object, **data)

    def back_url(self):
        return reverse("evaluation_detail", args=[self.object.opinion.evaluation_id])

    def next_url(self, result):
        return self.back_url()
