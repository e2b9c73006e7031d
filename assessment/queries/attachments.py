"""Files of a contact as its page shows them. Takes scoped querysets."""

from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from assessment.models import Attachment
from people.access import visible_to


def of_contact(rows, contact):
    """The files of one contact, in the order in which they came; those withdrawn as well."""
    return list(rows.filter(contact=contact).select_related("added_by").order_by("added_at", "pk"))


def clips(user):
    """How many standing files a contact has that this user may see, as a column of contacts."""
    rows = visible_to(user, Attachment).standing().filter(contact=OuterRef("pk")).order_by()
    return Coalesce(Subquery(rows.values("contact").annotate(n=Count("pk")).values("n")), Value(0), output_field=IntegerField())
