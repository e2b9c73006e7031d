"""Choices as a rule of the database."""

from django.db.models import CharField, CheckConstraint, Q

from people.models.code_field import CodeField


def choices_held(model):
    """Class decorator: the database takes only the declared choices, `<model>_<field>_known`.

    Code sets are left out: they are national standards, which grow without us.
    """
    model._meta.original_attrs.setdefault("constraints", [])  # migrations look whether it is there
    for field in model._meta.local_fields:
        if isinstance(field, CharField) and field.choices and not isinstance(field, CodeField):
            values = [value for value, _ in field.flatchoices] + [""] * field.blank
            name = f"{model._meta.model_name}_{field.name}_known"
            model._meta.constraints.append(CheckConstraint(condition=Q(**{f"{field.name}__in": values}), name=name))
    return model
