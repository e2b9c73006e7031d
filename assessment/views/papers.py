"""Official forms of one record: a page to print, and files of Excel or Word; and of a whole filtered list, by a job.

A file that leaves makes an entry with its digest. The page to print leaves as the page that it is: it makes the entry of
a look at the record, as every page of a file does, and stands under the head of the ledger that holds that look.
"""

import tempfile

from django.http import FileResponse, Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessment import files
from assessment.actions import exports, jobs
from assessment.forms.papers import PaperForm
from assessment.models import Contact, Job, SignedOpinion
from assessment.queries import contacts as contact_queries
from assessment.queries import papers as queries
from assessment.sheets.official import appointment, contacts, on_page, opinions
from assessment.sheets.official.fill import FORMATS, FORMS, OF_LIST, VERBS, file_name, writable
from assessment.sheets.official.parts import Stamp
from assessment.views.base import DetailPage, ExportPage, FormPage
from assessment.views.cadres import CRUMBS as CADRES
from assessment.views.contacts import CRUMBS as CONTACTS
from assessment.views.jobs import SHOWN
from assessment.views.opinions import CRUMBS as EVALUATIONS
from assessment.wording import sentence
from people import ledger
from people.models import Cadre
from people.refusals import Refusal, Refused, refuse

NO_WORD = "word_missing"
LIMIT = 1000  # forms in one package


def stamp(by):
    """Who prints, now, and the head of the ledger."""
    return Stamp(by, timezone.now(), *ledger.head())


class OfRecord:
    """Mixin: a page about the forms of one record; `forms` says which they are, `fill` makes one."""

    def paper(self, asked):
        """The form that was asked for; the first without a wish."""
        form = asked or self.forms()[0]
        if form not in self.forms():
            raise Http404
        return form, next(iter(self.fill(form, stamp(self.user))))

    def get_title(self):
        return _("Official forms: %(name)s") % {"name": self.object}

    def address(self, what):
        return reverse(f"{self.model._meta.model_name}_{what}", args=[self.object.pk])

    def back_url(self):
        return self.address("detail")


class OfOpinion(OfRecord):
    model, verb, crumbs = SignedOpinion, VERBS["evaluation"], EVALUATIONS

    def rows(self, queryset):
        return queries.opinions(queryset)

    def forms(self):
        return opinions.fitting(self.object)

    def fill(self, form, stamp):
        return opinions.papers(self.user, [self.object], form, stamp)


class OfContact(OfRecord):
    model, verb, crumbs = Contact, VERBS["contact"], CONTACTS

    def rows(self, queryset):
        return contact_queries.listed(queryset, self.user)

    def forms(self):
        return [contacts.CONTACT]

    def get_object(self):
        contact = super().get_object()
        self.findings = contacts.findings_of(self.user, [contact])
        if contacts.sealed(contact, self.findings):
            raise Refused(Refusal("blind"))
        return contact

    def fill(self, form, stamp):
        return contacts.papers(self.user, [self.object], self.findings, stamp)


class OfCadre(OfRecord):
    model, verb, crumbs = Cadre, VERBS["cadre"], CADRES

    def rows(self, queryset):
        return queryset.select_related("unit")

    def forms(self):
        return [appointment.APPOINTMENT]

    def fill(self, form, stamp):
        return appointment.papers(self.user, [self.object], stamp)


class PaperPrint(OfRecord, DetailPage):
    """The form on A4, as the browser prints it."""

    template_name, viewed = "print/form.html", True

    def context(self):
        form, paper = self.paper(self.request.GET.get("form"))
        others = [(FORMS[code][1], f"?form={code}") for code in self.forms() if code != form]
        note = sentence(Refusal(*paper.note)) if paper.note else ""
        return {"paper": paper, "leaves": on_page.leaves(paper), "others": others, "note": note, "files": f"{self.address('paper')}?form={form}"}


class PaperFile(OfRecord, FormPage):
    """The form as a file, for a reason."""

    form_class, template_name = PaperForm, "assessment/paper_form.html"

    def get_form(self, data=None, files=None):
        return PaperForm(data, choices=self.forms(), initial={"form": self.request.GET.get("form") or self.forms()[0]})

    def context(self):
        return {"print_url": self.address("print"), "formats": formats()}

    def post(self, request, *args, **kwargs):
        form = self.get_form(request.POST)
        if not form.is_valid():
            return self.render(form=form)
        try:
            return self.send(form.cleaned_data.get("form"), wanted(request), exports.check_reason(form.cleaned_data["reason"]))
        except Refused as refused:
            return self.refused(form, refused.refusals)

    def send(self, form, extension, reason):
        form, paper = self.paper(form)
        name, file = file_name(paper, extension), tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
        try:
            FORMATS[extension].write(paper, file)
            kind, facts = self.model._meta.label_lower, {"form": paper.title}
            exports.issued(by=self.user, sha256=files.digest(file), kind=kind, name=name, reason=reason, facts=facts, obj=self.object)
        except BaseException:
            file.close()
            raise
        return FileResponse(file, as_attachment=True, filename=name, content_type=FORMATS[extension].kind)


def wanted(request):
    """The kind of file asked for by one of the buttons; refuses one that cannot be made here."""
    extension = request.POST.get("as") or request.GET.get("as") or "xlsx"
    if extension not in FORMATS:
        raise Http404
    if not writable(extension):
        refuse(Refusal(NO_WORD))
    return extension


def formats():
    """[(code, label, why it cannot be made here or "")] of the buttons."""
    labels = {"xlsx": _("Excel (.xlsx)"), "docx": _("Word (.docx)")}
    return [(code, label, "" if writable(code) else sentence(Refusal(NO_WORD))) for code, label in labels.items()]


class OpinionPrint(OfOpinion, PaperPrint):
    pass


class OpinionPaper(OfOpinion, PaperFile):
    pass


class ContactPrint(OfContact, PaperPrint):
    pass


class ContactPaper(OfContact, PaperFile):
    pass


class CadrePrint(OfCadre, PaperPrint):
    pass


class CadrePaper(OfCadre, PaperFile):
    pass


# --- of a whole list


class ListPapers(ExportPage):
    """The forms of all rows that a list shows, in one package: made by a job."""

    template_name = "assessment/papers_form.html"
    title = gettext_lazy("Official forms")
    confirm_identity = False  # no form tells ID numbers or phones

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.noun = self.of.get_noun()
        self.verb = VERBS[self.noun]

    def get_title(self):
        return f"{self.title}{_(': ')}{self.list_page.get_title()}"

    def _listing(self):
        return self.list_page.listing(self.request.GET)  # the body asks for forms, it filters nothing

    def get_form(self, data=None):
        return PaperForm(data, choices=OF_LIST[self.noun], initial={"form": OF_LIST[self.noun][0]})

    def get(self, request, *args, **kwargs):
        if (query := self.list_page.tokened(request.GET)) is not None:
            return self.redirect(f"{request.path}?{query}")
        return self.show(self.get_form())

    def post(self, request, *args, **kwargs):
        form, listing = self.get_form(request.POST), self._listing()
        if listing.strict_problems() or not form.is_valid():
            return self.show(form, status=400)
        try:
            return self.start(form.cleaned_data, wanted(request), listing)
        except Refused as refused:
            for refusal in refused.refusals:
                form.add_error(refusal.field if refusal.field in form.fields else None, sentence(refusal))
            return self.show(form, status=400)

    def start(self, data, extension, listing):
        count = listing.queryset.count()
        if count > LIMIT:
            refuse(Refusal("too_many_papers", {"count": count, "limit": LIMIT}))
        asked = {"list": self.noun, "query": listing.full_query, "form": data.get("form") or OF_LIST[self.noun][0], "as": extension}
        reason = exports.check_reason(data["reason"])
        job = jobs.start(by=self.user, kind=Job.Kind.PAPERS, verb=self.verb, reason=reason, parameters=asked)
        return self.redirect(reverse("job_detail", args=[job.pk]))

    def show(self, form, status=200):
        listing = self._listing()
        problems = listing.strict_problems()
        count = 0 if problems else listing.queryset.count()
        back = f"{reverse(f'{self.noun}_list')}?{listing.query}"
        return self.render(status, form=form, listing=listing, problems=problems, count=count, formats=formats(), back=back)


WHY = {
    "unsigned": gettext_lazy("not signed yet"),
    "unfit": gettext_lazy("this form is not for their kind of assessment"),
    "sealed": gettext_lazy("blind: your own marks are missing"),
    "kept": gettext_lazy("forms that you may not see"),
}


def shown(view, job):
    """What the page of a job that is done tells of the forms."""
    left = [(WHY[why], number) for why, number in job.outcome.get("left_out", {}).items() if number]
    return {"papers": job.outcome.get("papers", 0), "left_out": left, "form_name": FORMS[job.parameters["form"]][1]}


SHOWN[Job.Kind.PAPERS] = shown
