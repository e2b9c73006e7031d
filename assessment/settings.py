"""Settings. What differs between installations comes from the environment:

DATABASE_URL (default: SQLite in var/), JOB_DIR (files of long work; default: var/jobs; server and workers share it), SECRET_KEY,
SECRET_KEY_FALLBACKS (blanks between), SECOND_FACTOR ("required" or "optional"), CONFIRM_AFTER (seconds),
ALLOWED_HOSTS (comma between), DEBUG (off unless "1"), TRUSTED_PROXY (address of the one proxy that speaks TLS),
SESSION_IDLE_MINUTES, SESSION_HOURS, PASSWORD_PROFILE ("asvs" or "dengbao"), LEDGER_DAYS (180 or more).
Production is ALLOWED_HOSTS beyond loopback: then nothing at all starts with a bad key or DEBUG; `assessment.checks` asks for the rest.
"""

import os
import secrets
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = [h.strip() for h in os.environ.get("ALLOWED_HOSTS", "").split(",") if h.strip()] or LOOPBACK
PRODUCTION = not set(ALLOWED_HOSTS) <= set(LOOPBACK)
DEBUG = os.environ.get("DEBUG", "") == "1"


def _number(name, default):
    """A whole number above 0 from the environment."""
    text = os.environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise ImproperlyConfigured(f"{name} is {text!r}: it has to be a whole number above 0.")
    return int(text)


def _secret_key():
    """The key from the environment; on a loopback-only machine one that is made once and kept in var/."""
    key = os.environ.get("SECRET_KEY", "")
    if key or PRODUCTION:
        return key
    path = VAR_DIR / "secret_key"
    if not path.exists():
        VAR_DIR.mkdir(exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text()  # another process was first
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = os.environ.get("SECRET_KEY_FALLBACKS", "").split()  # keys that were: authenticators set up under them go on
if PRODUCTION and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10 or SECRET_KEY.startswith("django-insecure-")):
    raise ImproperlyConfigured("ALLOWED_HOSTS goes beyond this machine: set SECRET_KEY to at least 50 random characters.")
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("ALLOWED_HOSTS goes beyond this machine: DEBUG must be off.")

INSTALLED_APPS = [
    "people",
    "assessment",
    "bootstrap",
    "django_tables2",
    "django_filters",
    "django_htmx",
    "csp",
    "django_tasks_db",
    "django_otp",
    "axes",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "assessment.middleware.HeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "assessment.busy.BusyMiddleware",  # around all that asks the database
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "assessment.middleware.SignInMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "assessment.middleware.SecondFactorMiddleware",
    "assessment.middleware.OriginMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "assessment.middleware.SessionLimitMiddleware",
    "assessment.middleware.PasswordMiddleware",
]

ROOT_URLCONF = "assessment.urls"
WSGI_APPLICATION = "assessment.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {"default": dj_database_url.config(default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR_DIR.mkdir(exist_ok=True)
    # IMMEDIATE: a writer waits at BEGIN instead of failing half way. recursive_triggers: INSERT OR REPLACE must
    # not slip past the delete triggers of the ledger.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON; PRAGMA foreign_keys=ON;"
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# The rules of length and composition are those of the profile; see `people.passwords`.
PASSWORD_PROFILE = os.environ.get("PASSWORD_PROFILE") or "asvs"
if PASSWORD_PROFILE not in ("asvs", "dengbao"):
    raise ImproperlyConfigured(f"PASSWORD_PROFILE is {PASSWORD_PROFILE!r}: it has to be asvs or dengbao.")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "people.passwords.Rules"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "assessment" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # they name people, and a cookie would stay in the browser
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Whoever has an authenticator always uses it; "required": whoever has none sets one up before he is signed in.
SECOND_FACTOR = os.environ.get("SECOND_FACTOR") or ("required" if PRODUCTION else "optional")
if SECOND_FACTOR not in ("required", "optional"):
    raise ImproperlyConfigured("SECOND_FACTOR is either required or optional.")
CONFIRM_AFTER = int(os.environ.get("CONFIRM_AFTER") or 300)  # seconds until signing, granting, revealing ask who it is
SESSION_ENGINE = "people.sessions"
SESSION_IDLE_MINUTES = _number("SESSION_IDLE_MINUTES", 30)
SESSION_HOURS = _number("SESSION_HOURS", 12)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = SESSION_HOURS * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Set: requests come from this address alone, by a proxy that speaks TLS; `serve` takes client and scheme from what it says,
# and from nobody else. There is no SECURE_PROXY_SSL_HEADER: it would believe everybody.
TRUSTED_PROXY = os.environ.get("TRUSTED_PROXY", "").strip()
if TRUSTED_PROXY:
    try:
        ip_address(TRUSTED_PROXY)
    except ValueError:
        raise ImproperlyConfigured(f"TRUSTED_PROXY is {TRUSTED_PROXY!r}: it has to be one IP address.") from None
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_SAMESITE = "Lax"

# Wrong passwords lock a user name, whoever types them from wherever: an insider has many machines, and behind a proxy or
# terminal server many people have one address. So that nobody can keep a colleague out for long, the lock is short, more
# attempts do not prolong it, sessions under way go on, and the system administrator can take it off.
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "assessment.views.lock_out.locked"
AXES_CLIENT_IP_CALLABLE = "assessment.views.lock_out.address"
AXES_DISABLE_ACCESS_LOG = True  # the ledger has it
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
SILENCED_SYSTEM_CHECKS = [
    "axes.W006",  # asks for a lock by address; see above
    "security.W005",  # HSTS for hosts below this one: they are not ours to decide on
    "security.W021",  # HSTS preload: a list of the public web; this is an intranet
]

# Files that belong to records (photos of a visit, signed talk records), named by their digest; no web server serves them.
ATTACHMENT_DIR = Path(os.environ.get("ATTACHMENT_DIR") or VAR_DIR / "attachments")

# Days for which the history keeps what happened (views, exports, sign-ins); what changed records is kept for ever.
LEDGER_DAYS = _number("LEDGER_DAYS", 3650)
if LEDGER_DAYS < 180:
    raise ImproperlyConfigured("LEDGER_DAYS is below 180: the history is kept for half a year at least.")

# Long work: rows of the same database, done by `manage.py worker`. Files of jobs: uploads and results, removed when they expire.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
JOB_DIR = Path(os.environ.get("JOB_DIR") or VAR_DIR / "jobs")
JOB_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
JOB_DAYS = 7
# What an upload leaves behind when the server is killed under it lies where it is swept away.
FILE_UPLOAD_TEMP_DIR = JOB_DIR
FILE_UPLOAD_HANDLERS = [
    "assessment.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

DJANGO_TABLES2_TEMPLATE = "generic/table.html"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"discreet": {"()": "assessment.logs.Discreet"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "discreet"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"axes": {"level": "CRITICAL"}},  # it would log who failed to sign in; that stands in the ledger
}
