"""People who record contacts as fast as they can, through a real server that something befalls."""

import http.client
import uuid
from urllib.parse import urlencode

TOKEN = "t" * 32


class Writer:
    """Somebody who records contacts: what was answered, and the form that was not."""

    def __init__(self, name, session, stage):
        self.name, self.session, self.stage = name, session, stage
        self.answered, self.pending, self.count = [], None, 0

    def form(self):
        self.count += 1
        data = {
            "campaign": self.stage["campaign"], "client_uuid": str(uuid.uuid4()), "place": f"{self.name}-{self.count}", "blocks": "2",
            "method": "on_site", "held_at": "2022-05-06T13:30", "source_name": "牧民", "relation": "served",
            "team": f"{self.name}、lin",
        }  # fmt: skip
        for n, code in enumerate(("G001", "G002")):
            data |= {f"findings-{n}-assessee": code, f"findings-{n}-narrative": f"查验严格{self.count}"}
            data |= {f"findings-{n}-rating-{pk}": self.stage["level"] for pk in self.stage["dimensions"]}
        return data

    def write(self, port, most=0):
        """Send forms, first the one that was not carried out yet; (status, page) of the first that is not, None if the server is gone."""
        while not most or len(self.answered) < most:
            self.pending = self.pending or self.form()
            try:
                status, page = self.send(port, self.pending)
            except (http.client.HTTPException, OSError):
                return None
            if status != 302:
                return status, page
            self.answered.append(self.pending["place"])
            self.pending = None

    def send(self, port, data):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Accept-Language": "en", "Cookie": f"sessionid={self.session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
        try:
            connection.request("POST", "/contacts/add", urlencode(data), {**headers, "Content-Type": "application/x-www-form-urlencoded"})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()


def database(engine, request, folder):
    """(URL of a server, place of a new database on it)."""
    jobs = folder / "jobs"
    jobs.mkdir()
    if engine == "sqlite":
        return f"sqlite:///{folder}/writers.sqlite3", {"database": str(folder / "writers.sqlite3"), "jobs": str(jobs)}
    import psycopg

    url = request.getfixturevalue("postgres_url")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE writers")
    return url, {"database": "writers", "jobs": str(jobs)}
