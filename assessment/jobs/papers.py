"""Official forms of a whole filtered list: a package of files."""

import zipfile

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from assessment import files
from assessment.actions import exports
from assessment.actions.jobs import runner
from assessment.models import Job
from assessment.rules.ranges import Ranges
from assessment.sheets.official.fill import FORMATS, FORMS, VERBS, file_name, of_list, writable
from assessment.sheets.official.parts import Stamp
from assessment.views.lists import find
from assessment.views.papers import LIMIT, NO_WORD
from people import access, ledger
from people.ledger import recorded
from people.refusals import Refusal, refuse

CHUNK = 50  # rows whose forms are read together


@runner(Job.Kind.PAPERS)
def papers(running):
    """Fill the form for each row that the list shows now, with the rights that its owner has now."""
    by, asked, reason = running.by, running.parameters, running.job.reason
    noun, form, extension = asked["list"], asked["form"], asked["as"]
    access.demand(by, VERBS[noun])
    if not writable(extension):
        refuse(Refusal(NO_WORD))
    page = find(noun, {}).opened(by, {})
    listing = page.listing(QueryDict(asked["query"]))
    if listing.strict_problems():
        refuse(Refusal("list_changed"))
    pks = list(listing.queryset.values_list("pk", flat=True)[: LIMIT + 1])
    if len(pks) > LIMIT:
        refuse(Refusal("too_many_papers", {"count": listing.queryset.count(), "limit": LIMIT}))
    stamp = Stamp(by, timezone.now(), *ledger.head())
    made, held, left_out, name = set(), Ranges(), {}, f"{FORMS[form][0]} {timezone.localdate():%Y-%m-%d}.zip"
    with running.writing(name, ".zip") as file, zipfile.ZipFile(file, "w") as package:
        for start in range(0, len(pks), CHUNK):
            running.progress(start, len(pks), _("Filling in the forms"))
            filled, passed = of_list(by, noun, form, pks[start : start + CHUNK], stamp)
            left_out = {why: left_out.get(why, 0) + number for why, number in passed.items()}
            for paper in filled:
                with package.open(file_name(paper, extension, made), "w") as member:
                    FORMATS[extension].write(paper, member)
                held.add(paper.about)
                running.progress(start, len(pks), _("Filling in the forms"))
    if not made:
        refuse(Refusal("no_papers"))
    digest = files.digest(files.path(running.result))
    facts = {"list": noun, "form": FORMS[form][0], "papers": len(made)}
    facts["filters"] = {key: text for key, _label, text in listing.filterset.words()}
    with recorded(by=by, verb="export", reason=reason):
        kind, file = page.model._meta.label_lower, running.result_name
        exports.issued(by=by, sha256=digest, kind=kind, name=file, reason=reason, facts=facts, held={kind: held})
        running.finish(papers=len(made), left_out=left_out, sha256=digest)
