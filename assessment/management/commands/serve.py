"""manage.py serve: the site with a worker beside it, for one machine."""

import signal
import subprocess
import sys
import threading
from contextlib import contextmanager

import waitress
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from assessment.uploads import REQUEST

PATIENCE = 10  # seconds that the worker has to put its job back
PAUSE = 1  # seconds before a worker that died is started again


class Command(BaseCommand):
    help = "Serve the site and do long work beside it: a worker that dies is started again, and both end together."

    def add_arguments(self, parser):
        parser.add_argument("--listen", default="127.0.0.1:8000", metavar="HOST:PORT")

    def handle(self, *, listen, **options):
        from assessment.wsgi import application

        if settings.PRODUCTION and not settings.TRUSTED_PROXY:
            raise CommandError("This server speaks plain HTTP: put a proxy that speaks TLS before it and set TRUSTED_PROXY to its address.")
        for number in (signal.SIGINT, signal.SIGTERM):  # SIGINT too: a shell may have switched it off
            signal.signal(number, signal.default_int_handler)
        try:
            server = waitress.create_server(application, listen=listen, max_request_body_size=REQUEST, **self.proxy())
        except (OSError, ValueError) as error:
            raise CommandError(f"Nothing can be served at {listen}: {error}") from error
        with self.worker():
            for host, port in getattr(server, "effective_listen", None) or [(server.effective_host, server.effective_port)]:
                self.stdout.write(f"Serving at http://{host}:{port}/")
            self.stdout.flush()
            server.run()

    def proxy(self):
        """Address of the client and scheme come from the one proxy that is trusted, and what anybody else says of them is dropped."""
        headers = {"x-forwarded-for", "x-forwarded-proto"}
        trusted = {"trusted_proxy": settings.TRUSTED_PROXY, "trusted_proxy_headers": headers} if settings.TRUSTED_PROXY else {}
        return {**trusted, "clear_untrusted_proxy_headers": True, "ident": None}

    @contextmanager
    def worker(self):
        """Keep a worker going. Should this process be killed, the worker finds its standard input closed, and ends."""
        over, command = threading.Event(), [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker", "--until-eof"]

        def begin():
            return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # Ctrl-C is told to us alone

        def keep():
            nonlocal process
            while not over.is_set():
                code = process.wait()
                if not over.wait(PAUSE):
                    self.stderr.write(f"The worker ended ({code}) and is started again.")
                    process = begin()

        process = begin()
        thread = threading.Thread(target=keep, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            process.terminate()
            thread.join(PATIENCE)
            process.kill()
