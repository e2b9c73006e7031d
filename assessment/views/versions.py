"""Signed versions of an opinion: one version, and how it differs from the one before. Its forms are in `papers`."""

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from assessment import versions
from assessment.models import Appeal, Evaluation, SignedOpinion
from assessment.models.contact import Method
from assessment.rules.combine import METHODS
from assessment.views.base import Button, DetailPage
from assessment.views.opinions import CRUMBS


class OpinionVersion(DetailPage):
    model, verb, crumbs = SignedOpinion, "", CRUMBS
    template_name, viewed = "assessment/signedopinion_detail.html", True

    def rows(self, queryset):
        appeals = self.visible(Appeal).select_related("decided_by").order_by("filed_on", "pk")
        joined = queryset.select_related(
            "evaluation__campaign", "evaluation__cadre", "evaluation__group", "author", "signer", "supersedes", "notice__given_by"
        )
        return joined.prefetch_related(Prefetch("appeals", appeals, to_attr="shown_appeals"))

    def get_title(self):
        return _("%(name)s, version %(n)s") % {"name": self.object.evaluation, "n": self.object.number}

    def sub(self):
        return self.object.evaluation.campaign.title

    def context(self):
        opinion = self.object
        told, followed = versions.changes(opinion.supersedes, opinion) if opinion.supersedes_id else ([], [])
        return {
            "body": versions.read(opinion),
            "methods": [Method(method).label for method in METHODS],
            "changes": told,
            "followed": followed,
            "newest": opinion.number == opinion.evaluation.version,
            "locked": opinion.evaluation.state == Evaluation.State.SIGNED,
        }

    def buttons(self):
        return [
            Button(_("The evaluation"), reverse("evaluation_detail", args=[self.object.evaluation_id])),
            Button(_("Official forms"), reverse("signedopinion_print", args=[self.object.pk])),
        ]
