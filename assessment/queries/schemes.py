"""Schemes with what lists and pages show of them. Takes scoped querysets."""

from django.db.models import Case, Count, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from assessment.models import Dimension


def with_counts(schemes, campaigns):
    """Schemes with `dimension_count`, `campaign_count` (of the campaigns given) and `is_frozen`."""

    def count(rows):
        counted = rows.filter(scheme=OuterRef("pk")).order_by().values("scheme").annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(counted, output_field=IntegerField()), 0)

    return schemes.annotate(
        dimension_count=count(Dimension.objects),
        campaign_count=count(campaigns),
        is_frozen=Case(When(~Q(digest=""), then=Value(True)), default=Value(False)),
    )
