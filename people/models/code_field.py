"""A text field that holds a code of one of the national code sets."""

from django.db import models

from people import codes


class CodeField(models.CharField):
    """CharField whose choices are the code set named `code_set` in `people.codes`; the choices stay out of migrations."""

    def __init__(self, *args, code_set, **options):
        self.code_set = code_set
        options["choices"] = getattr(codes, code_set).choices
        super().__init__(*args, **options)

    def deconstruct(self):
        name, path, args, options = super().deconstruct()
        options.pop("choices", None)
        return name, path, args, {**options, "code_set": self.code_set}
