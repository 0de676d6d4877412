"""Settings, all from the environment; without any, everything lives in one data folder beside the code."""

import os
import tempfile
from pathlib import Path
from typing import Any

import dj_database_url

from webapp.common.logs import logging_settings
from webapp.config.environment import ROOT, data_folder, flag, keep, limits, seconds, secret_key, words
from webapp.config.mail import mail_settings

DATA = data_folder()
DEBUG = flag("TESSERA_DEBUG")
SECRET_KEY = secret_key(DATA)
ALLOWED_HOSTS = words("TESSERA_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = words("TESSERA_ORIGINS")
PROXIES = int(os.environ.get("TESSERA_PROXIES", "0"))
"""How many proxies in front append to X-Forwarded-For; 0: the header is not believed."""
HTTPS = flag("TESSERA_HTTPS")
"""People reach the site over HTTPS only: cookies stay there, and browsers are told so."""
REQUIRE_LOGIN = flag("TESSERA_REQUIRE_LOGIN")
"""The house is closed: every page, address and socket asks for an account or a token."""
PUBLIC_SHARES = flag("TESSERA_PUBLIC_SHARES", default=True)
"""In a closed house, whoever holds a share link still sees what it leads to."""
SIGNUP = flag("TESSERA_SIGNUP")
"""Whoever has a mail address may make an account; else administrators make them."""
LIMITS = limits()
KEEP = keep()
METRICS_TOKEN = os.environ.get("TESSERA_METRICS_TOKEN", "")
"""Who sends it as `Authorization: Bearer …` reads /metrics; without one only this machine does."""
LEAST_FREE_BYTES = int(float(os.environ.get("TESSERA_LEAST_FREE_MB") or 200) * 2**20)
"""Room for results below which /readyz says that the site cannot serve."""
LEASE_SECONDS = seconds("TESSERA_LEASE_SECONDS", 30, least=2)
"""How long a worker that is not heard of keeps its job."""
SWEEP_SECONDS = seconds("TESSERA_SWEEP_SECONDS", 15)
"""Seconds between two looks for lost and forgotten jobs."""
PATIENCE_SECONDS = seconds("TESSERA_PATIENCE_SECONDS", 10)
"""How long a computation may take to notice that it is cancelled, before its process is killed."""
NEWS_SECONDS = seconds("TESSERA_NEWS_SECONDS", 30)
"""How long news wait in Redis for a web server to fetch them."""
REDIS_URL = os.environ.get("REDIS_URL", "")
FRONTEND = Path(os.environ.get("TESSERA_FRONTEND") or ROOT / "frontend" / "dist")
SAMPLES = ROOT / "workers" / "demo" / "samples.json"

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "webapp.config.apps.TesseraAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "webapp.catalogue",
    "webapp.uploads",
    "webapp.runs",
    "webapp.sharing",
    "webapp.gallery",
    "webapp.queues",
    "webapp.accounts",
    "webapp.audit",
    "webapp.limits",
    "webapp.retention",
    "webapp.pages",
]

MIDDLEWARE = [
    "webapp.common.logs.RequestIds",
    "webapp.queues.numbers.Requests",
    "webapp.common.headers.SecurityHeaders",
    "webapp.pages.language.Language",
    "webapp.common.compression.Compression",
    "django.middleware.http.ConditionalGetMiddleware",
    "webapp.common.problems.ApiProblems",
    "webapp.limits.throttle.Throttle",
    "webapp.queues.health.MetricsDoor",
    "webapp.accounts.doors.Bearer",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "webapp.accounts.doors.Doors",
    "django.contrib.messages.middleware.MessageMiddleware",
    "webapp.common.origin.SameOrigin",
    "webapp.common.owners.Owners",
]

ROOT_URLCONF = "webapp.config.urls"
ASGI_APPLICATION = "webapp.config.asgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "webapp" / "queues" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


POSTGRES = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "options": "-c idle_in_transaction_session_timeout=30000",
}
"""Who is cut off in the middle of a transaction neither waits for hours nor keeps rows locked for as long.

DATABASE_URL overrides each, as in `?connect_timeout=3`; pgbouncer wants `ignore_startup_parameters = options`.
"""


def _database() -> dict[str, Any]:
    if url := os.environ.get("DATABASE_URL"):
        parsed: dict[str, Any] = {**dj_database_url.parse(url, conn_max_age=0)}
        if "postgresql" in parsed["ENGINE"]:
            parsed["OPTIONS"] = POSTGRES | parsed.get("OPTIONS", {})
            # Only the web server pools: a pool's threads do not survive the fork of a worker's child.
            if size := int(os.environ.get("TESSERA_POOL", "0")):
                parsed["OPTIONS"]["pool"] = {"min_size": 1, "max_size": size, "timeout": 20}
            return parsed
        if "sqlite" not in parsed["ENGINE"]:
            return parsed
        path = parsed["NAME"]
    else:
        path = str(DATA / "tessera.sqlite3")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": 60 if os.environ.get("TESSERA_POOL") else 0,  # the web server's few threads keep theirs
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-512;",
        },
        "TEST": {"NAME": str(Path(tempfile.gettempdir()) / f"tessera-test-{os.getpid()}.sqlite3")},
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        # channels-redis waits 5 s for a message, which is redis-py's default for giving up on an answer, too.
        "CONFIG": {
            "hosts": [{"address": REDIS_URL, "socket_timeout": 20}],
            "capacity": 1000,
            "expiry": int(NEWS_SECONDS),
            "prefix": "tessera",
        },
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}
}
# Django's caches pickle what they keep; nothing here needs one.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


def _files() -> dict[str, Any]:
    if bucket := os.environ.get("TESSERA_S3_BUCKET"):
        options = {"bucket_name": bucket, "file_overwrite": True, "default_acl": None, "querystring_auth": True}
        if endpoint := os.environ.get("TESSERA_S3_ENDPOINT"):
            options["endpoint_url"] = endpoint
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    return {"BACKEND": "webapp.common.files.AtomicStorage", "OPTIONS": {"location": str(DATA / "files")}}


STORAGES = {
    "default": _files(),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [FRONTEND] if FRONTEND.is_dir() else []

DATA_UPLOAD_MAX_MEMORY_SIZE = LIMITS.body_bytes
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_NUMBER_FILES = 1
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000  # an action of the admin names every row that is ticked

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# A browser takes a __Host- cookie only over HTTPS, for this host alone: no neighbour under the same domain can set one.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, OWNER_COOKIE = (
    f"{'__Host-' if HTTPS else ''}{name}" for name in ("sessionid", "csrftoken", "tessera_owner")
)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "/login", "/", "/"
PASSWORD_RESET_TIMEOUT = 3 * 3600
_VALIDATORS: dict[str, dict[str, Any]] = {
    "UserAttributeSimilarityValidator": {},
    "MinimumLengthValidator": {"min_length": 10},
    "CommonPasswordValidator": {},
    "NumericPasswordValidator": {},
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in _VALIDATORS.items()
]

MAIL_FOLDER = DATA / "mail"
"""Where mails lie as files when EMAIL_URL names no server."""
globals().update(mail_settings(os.environ.get("EMAIL_URL", ""), MAIL_FOLDER))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("TESSERA_MAIL_FROM") or "Tessera <tessera@localhost>"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
TEXTS = ROOT / "frontend" / "src" / "text"
"""What pages say, by language; the frontend says the rest from the same files."""

UNFOLD = {
    "SITE_TITLE": "Tessera",
    "SITE_HEADER": "Tessera",
    "SITE_URL": "/",
    "SITE_ICON": "/static/pages/tessera.svg",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "/static/pages/tessera.svg"}],
    "SHOW_HISTORY": True,
    "DASHBOARD_CALLBACK": "webapp.queues.dashboard.dashboard",
    "STYLES": ["/static/queues/admin.css"],
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": True,
        "navigation": [
            {
                "title": "Now",
                "items": [
                    {"title": "Overview", "icon": "dashboard", "link": "/admin/"},
                    {"title": "Queue", "icon": "low_priority", "link": "/admin/queues/queueswitch/live/"},
                    {"title": "Jobs", "icon": "work", "link": "/admin/runs/job/"},
                    {"title": "Runs", "icon": "play_arrow", "link": "/admin/runs/run/"},
                    {"title": "Links", "icon": "share", "link": "/admin/sharing/share/"},
                ],
            },
            {
                "title": "Catalogue",
                "items": [
                    {"title": "Allow-list", "icon": "checklist", "link": "/admin/catalogue/allowed/"},
                    {"title": "Models", "icon": "neurology", "link": "/admin/catalogue/model/"},
                    {"title": "Test-loads", "icon": "labs", "link": "/admin/catalogue/errand/"},
                    {"title": "Methods", "icon": "science", "link": "/admin/catalogue/method/"},
                    {"title": "Tokenizers", "icon": "content_cut", "link": "/admin/catalogue/tokenizer/"},
                ],
            },
            {
                "title": "House",
                "items": [
                    {"title": "Workers", "icon": "memory", "link": "/admin/queues/worker/"},
                    {"title": "Accounts", "icon": "person", "link": "/admin/auth/user/"},
                    {"title": "API tokens", "icon": "key", "link": "/admin/accounts/token/"},
                    {"title": "Retention", "icon": "auto_delete", "link": "/admin/retention/cleaning/plan/"},
                    {"title": "Limits", "icon": "speed", "link": "/admin/limits/limit/"},
                    {"title": "Limits in force", "icon": "rule", "link": "/admin/limits/limit/in-force/"},
                    {"title": "Audit log", "icon": "history", "link": "/admin/audit/entry/"},
                ],
            },
        ],
    },
}

LOGGING = logging_settings(os.environ.get("TESSERA_LOG_FORMAT") or "plain", os.environ.get("TESSERA_LOG") or "INFO")
