"""Choosing files of evidence: from the disk, or taken with a phone. What is taken is checked in `actions.attachments`."""

from django import forms
from django.utils.translation import gettext_lazy as _

from assessment.models import Attachment
from assessment.wording import sentence
from people.refusals import Refusal

HINT = _(
    "JPEG, PNG or PDF, 10 MB each, 10 files at most. Of a picture the place where it was taken and other data of the camera "
    "are not kept."
)


class FilesInput(forms.ClearableFileInput):
    """Several files at once. Types, not image/*: asked for these, phones hand over a JPEG of what they keep otherwise."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"

    def __init__(self, attrs=None):
        super().__init__({"accept": "image/jpeg,image/png,application/pdf", **(attrs or {})})


class FilesField(forms.FileField):
    """A list of uploaded files. Empty ones are for the action to refuse, each by its name."""

    widget = FilesInput

    def __init__(self, **options):
        super().__init__(allow_empty_file=True, **{"help_text": HINT, **options})

    def clean(self, value, initial=None):
        files = [file for file in value or () if file]
        if not files and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return files


def ask_again(form):
    """A browser does not keep chosen files when a form comes back: say so last, beside them."""
    if form is not None and form.is_bound and form.files and "files" in form.fields:
        form.add_error("files", sentence(Refusal("choose_files_again")))


class AttachmentForm(forms.Form):
    """Files of one kind for a contact."""

    kind = forms.ChoiceField(label=_("What they are"), choices=Attachment.Kind.choices, widget=forms.RadioSelect)
    files = FilesField(label=_("Files"))
