"""What the tests of pages share."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.actions import cadres


def texts(response):
    """The page as text; it must have been answered."""
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def errors(response):
    """{field: errors} of the form on a page that came back."""
    assert response.status_code == 200, response.status_code
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def same_cost(client, url, grow):
    """The page costs as many queries with 1 and 3 as with 50 rows. grow(n): sees to it that there are n.

    Each is asked for twice: the first view of a file in an hour is one entry more.
    """
    counts = {}
    for number in (1, 3, 50):
        grow(number)
        texts(client.get(url, follow=True))
        with CaptureQueriesContext(connection) as captured:
            texts(client.get(url, follow=True))
        counts[number] = len(captured)
    assert len(set(counts.values())) == 1, counts


def many_cadres(w, number, unit="E"):
    """Cadres Z001 and on in a unit, as many as asked for."""
    return cadres.save(by=w.lin, rows=[{"code": f"Z{n:03d}", "name": f"干部{n}", "unit": unit} for n in range(1, number + 1)])


def english(client, user):
    """Sign in and read English."""
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


