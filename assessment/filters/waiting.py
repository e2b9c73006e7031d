"""The filter "what waits for me": a list shows just the rows that the home page counted."""

from django.utils.translation import gettext_lazy as _

from assessment.filters.base import ChoiceFilter
from assessment.queries import tasks


class WaitingFilter(ChoiceFilter):
    """Rows of one kind of task (`assessment.queries.tasks`), of those kinds that the user's roles may do.

    waiting = WaitingFilter(Evaluation)
    """

    def __init__(self, model, label=None, **options):
        self.of_model = model
        super().__init__(
            label or _("Waits for me"), choices=lambda: [(k.key, k.label(2)) for k in tasks.KINDS if k.model is model], **options
        )

    @property
    def field(self):
        """Only what this user may do is offered, or accepted."""
        kinds = tasks.offered(self.parent.user, self.of_model)
        field = super().field
        field.choices = [("", field.empty_label), *((kind.key, kind.label(2)) for kind in kinds)]
        return field

    def filter(self, queryset, value):
        return tasks.BY_KEY[value].rows(self.parent.user, queryset) if value else queryset
