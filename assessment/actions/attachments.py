"""Files of evidence: add them to a contact, withdraw them, hand them out, and prove that they are what was added."""

import re
import unicodedata

from django.utils import timezone

from assessment import attachments as store
from assessment import media
from assessment.actions import contacts, exports
from assessment.models import Attachment, Campaign, Contact, Evaluation
from assessment.models.contact import Method
from assessment.queries import blind
from people import access
from people.actions import inputs
from people.ledger import recorded
from people.photos import Unfit
from people.proof import Fault
from people.refusals import Refusal, Refused, refuse

BYTES = 10 << 20
MOST = 10  # standing files of one contact
NAME = 120
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


# --- names and kinds


def clean_name(name, media_type):
    """The name that a file was handed in under, fit for any page and any disk: no path, no signs that nobody sees, the
    extension of its type."""
    allowed = media.EXTENSIONS[media_type]
    text = unicodedata.normalize("NFC", str(name)).replace("\\", "/").rpartition("/")[2]
    text = "".join(" " if sign in "\t\n\r" else sign for sign in text if sign in "\t\n\r" or unicodedata.category(sign) not in _HIDDEN)
    text = re.sub(r"\s+", " ", re.sub(r'[<>:"|?*]', "_", text)).strip(" .")
    stem, dot, extension = text.rpartition(".")
    if dot and f".{extension.lower()}" in allowed:
        ending = f".{extension.lower()}"
    else:
        ending = allowed[0]
        stem = stem if dot and re.fullmatch(r"[A-Za-z0-9]{1,5}", extension) else text
    return (stem.strip(" .") or "file")[: NAME - len(ending)].strip(" .") + ending


def usual_kind(method, media_type):
    """What a file most likely is that comes with the record of a contact."""
    return Attachment.Kind.PHOTO if method == Method.ON_SITE and media_type != media.PDF else Attachment.Kind.RECORD


# --- adding


def refusals(by, contact):
    """Why this person cannot add to this contact, or withdraw from it, now."""
    verdict = access.can(by, "attach", contact)
    return contacts.holds(by, "attach", contact) if verdict else [verdict.refusal]


def add(*, by, contact, uploads, kind=""):
    """Put files on record with a contact, all or none. uploads: open files with a `name`. Returns the attachments.

    kind: of all of them; blank: what each most likely is. Refusals have the field `files`.
    """
    refuse(*refusals(by, contact))
    read = _examined(uploads)
    refuse(*_unfit(contact, read, kind))
    _stored(read)
    with recorded(by=by, verb="attach"):
        contact = _locked(contact)
        refuse(*refusals(by, contact))
        refuse(*_unfit(contact, read, kind))
        return _written(by, contact, read, kind)


def record(*, by, draft, uploads):
    """Record a contact with its first files, all or none: files are looked at first, and one that cannot be taken leaves
    the contact unrecorded. The same sending again records neither twice."""
    read = _examined(uploads)
    if read:
        access.demand(by, "attach", draft.campaign)
        refuse(*contacts.check(by, [draft]))
        _stored(read)
    with recorded(by=by, verb="record_contact"):
        contact = contacts.record(by=by, drafts=[draft])[0]
        had = set(contact.attachments.values_list("sha256", flat=True))
        if read := [each for each in read if each[3] not in had]:
            refuse(*refusals(by, contact))
            refuse(*_unfit(contact, read, ""))
            _written(by, contact, read, "")
    return contact


def _examined(uploads):
    """[(name, media type, content, None)] of the files; refuses those that are not taken, each by its name."""
    read, found = [], []
    for upload in list(uploads)[: MOST + 1]:
        upload.seek(0)  # a request that met a busy database is carried out again
        content = upload.read(BYTES + 1)
        try:
            if len(content) > BYTES:
                raise Unfit("attachment_too_large", limit=BYTES >> 20)
            kind, content = media.examine(content)
            read.append([clean_name(upload.name, kind), kind, content, ""])
        except Unfit as unfit:
            shown = inputs.plain_text(upload.name)[:NAME]
            found.append(Refusal(unfit.code, {**unfit.facts, "name": shown}, "files"))
    refuse(*found)
    return read


def _unfit(contact, read, kind):
    """Why these files cannot come to those that are there: none at all, too many, or there already."""
    if not read:
        yield Refusal("required", {}, "files")
    if kind and kind not in Attachment.Kind.values:
        yield Refusal("required", {}, "kind")
    there = {row.sha256: row for row in contact.attachments.all()}
    standing = sum(row.withdrawn_on is None for row in there.values())
    if standing + len(read) > MOST:
        yield Refusal("attachments_full", {"limit": MOST, "there": standing}, "files")
    seen = {}
    for name, _type, content, _digest in read:
        digest = store.digest(content)
        if digest in there:
            code = "attachment_withdrawn" if there[digest].withdrawn_on else "attachment_known"
            yield Refusal(code, {"name": name, "there": there[digest].name, "on": there[digest].withdrawn_on}, "files")
        elif digest in seen:
            yield Refusal("attachment_known", {"name": name, "there": seen[digest]}, "files")
        seen.setdefault(digest, name)


def _stored(read):
    """The files are on disk before a row names them; should none come to name them, they are swept."""
    try:
        for each in read:
            each[3] = store.keep(each[2])
    except OSError as error:
        raise Refused(Refusal("attachment_not_stored", {}, "files")) from error


def _locked(contact):
    """The contact read anew, with its campaign and evaluations locked."""
    Campaign.objects.select_for_update(of=("self",)).get(pk=contact.campaign_id)
    list(Evaluation.objects.select_for_update(of=("self",)).filter(findings__contact=contact).order_by("pk"))
    return Contact.objects.select_related("campaign").get(pk=contact.pk)


def _written(by, contact, read, kind):
    return [
        Attachment.objects.create(
            contact=contact, kind=kind or usual_kind(contact.method, media_type), name=name, media_type=media_type, size=len(content),
            sha256=digest, added_by=by,
        )
        for name, media_type, content, digest in read
    ]  # fmt: skip


# --- withdrawing


def withdraw(*, by, attachment, why):
    """Take a file out of the evidence. It stays on record with the reason and never comes back."""
    access.demand(by, "attach", attachment)
    why = inputs.plain_text(why)
    if not why:
        refuse(Refusal("required", {}, "reason"))
    if len(why) > 1000:
        refuse(Refusal("too_long", {"limit": 1000, "length": len(why)}, "reason"))
    with recorded(by=by, verb="withdraw_attachment", reason=why):
        contact = _locked(attachment.contact)
        attachment = Attachment.objects.select_for_update(of=("self",)).get(pk=attachment.pk)
        refuse(*refusals(by, contact))
        if attachment.withdrawn_on:
            refuse(Refusal("attachment_withdrawn", {"name": attachment.name, "on": attachment.withdrawn_on}))
        attachment.withdrawn_on, attachment.withdrawn_why = timezone.localdate(), why
        attachment.save(update_fields=["withdrawn_on", "withdrawn_why"])
    return attachment


# --- handing out, and the proof


def take_along(*, by, attachment):
    """The bytes of a file, for somebody who may see it; that he has them is in the ledger. An altered file is not given."""
    rows = [finding.evaluation for finding in attachment.contact.findings.select_related("evaluation__campaign")]
    if blind.sealed(by, rows):
        refuse(Refusal("blind"))
    content = store.read(attachment.sha256)
    if content is None:
        refuse(Refusal("attachment_altered", {"name": attachment.name}))
    exports.issued(
        by=by, sha256=attachment.sha256, kind=attachment._meta.label_lower, name=attachment.name, reason="", facts={}, obj=attachment
    )
    return content


def verify_attachments():
    """A fault for every attachment whose file is gone, or is not the one that the ledger knows."""
    known = ("", "")
    rows = Attachment.objects.order_by("sha256", "pk").values_list("sha256", "pk")
    for sha256, pk in rows.iterator(chunk_size=1000):
        if known[0] != sha256:
            known = sha256, store.state(sha256)
        if known[1]:
            yield Fault(f"attachment {known[1]}", {"attachment": pk, "sha256": sha256})


def with_rows(digests):
    """Those of these digests that a row names."""
    return set(Attachment.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
