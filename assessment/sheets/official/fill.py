"""Which official forms there are, which of them the rows of a list fill, and the files that they become."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from assessment.models import Contact, SignedOpinion
from assessment.queries import contacts as contact_queries
from assessment.queries import papers as queries
from assessment.sheets.official import appointment, contacts, in_excel, in_word, opinions
from people.access import scope, visible_to
from people.models import Cadre


@dataclass(frozen=True)
class Format:
    """A kind of file: what writes a paper into it."""

    kind: str
    write: object


FORMATS = {
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", in_excel.write),
    "docx": Format("application/vnd.openxmlformats-officedocument.wordprocessingml.document", in_word.write),
}
#: Code of a form -> its Chinese name, as on paper and in file names, and what the reader calls it.
FORMS = {
    opinions.ANNUAL: ("公务员年度考核登记表", _("Annual assessment registration form")),
    opinions.ROUTINE: ("公务员平时考核登记表", _("Routine assessment registration form")),
    opinions.INSPECTION: ("考察材料", _("Inspection report")),
    contacts.CONTACT: ("了解记录", _("Record of a talk, visit or phone inquiry")),
    appointment.APPOINTMENT: ("干部任免审批表", _("Appointment and removal approval form")),
}
#: List -> codes of the forms that its rows can fill.
OF_LIST = {
    "evaluation": (opinions.ANNUAL, opinions.ROUTINE, opinions.INSPECTION),
    "contact": (contacts.CONTACT,),
    "cadre": (appointment.APPOINTMENT,),
}
#: List -> what one must be allowed.
VERBS = {"evaluation": "view_signedopinion", "contact": "view_contact", "cadre": "view_profile"}


def writable(code):
    """Can a file of this kind be made on this machine?"""
    return code == "xlsx" or in_word.available()


def of_list(by, noun, form, pks, stamp):
    """(papers of these rows of a list in their order, {why: how many rows are left out}), as far as `by` may see them."""
    if noun == "evaluation":
        rows = {row.evaluation_id: row for row in queries.opinions(queries.newest(visible_to(by, SignedOpinion), pks))}
        signed = [rows[pk] for pk in pks if pk in rows]
        fitting = [row for row in signed if form in opinions.fitting(row)]
        return opinions.papers(by, fitting, form, stamp), {"unsigned": len(pks) - len(signed), "unfit": len(signed) - len(fitting)}
    if noun == "contact":
        rows = {row.pk: row for row in contact_queries.listed(visible_to(by, Contact).filter(pk__in=pks), by)}
        rows = [rows[pk] for pk in pks if pk in rows]
        findings = contacts.findings_of(by, rows)
        shown = [row for row in rows if not contacts.sealed(row, findings)]
        return contacts.papers(by, shown, findings, stamp), {"sealed": len(rows) - len(shown)}
    rows = visible_to(by, Cadre, verb="view_profile").select_related("unit").in_bulk(pks)
    seen = [pk for pk in rows if pk not in scope(by, "view_profile").recused]
    papers = appointment.papers(by, [rows[pk] for pk in pks if pk in seen], stamp)
    return papers, {"kept": len(pks) - len(seen)}


def file_name(paper, extension, taken=None):
    """Name of the file of a paper, with no sign that a system forbids; a second one of a name is numbered."""
    base = re.sub(r'[\x00-\x1f\\/:*?"<>|]+', " ", paper.name).strip()[:100]
    name, number = f"{base}.{extension}", 1
    while taken is not None and name in taken:
        number += 1
        name = f"{base}（{number}）.{extension}"
    if taken is not None:
        taken.add(name)
    return name
