"""WSGI entry point. Beyond this machine it serves only what passes all checks."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assessment.settings")
application = get_wsgi_application()

from assessment.checks import demand_ready  # noqa: E402  the settings come first

demand_ready()
