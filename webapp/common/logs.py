"""Log lines that tell whose request, run, job and result they are about, and never what anybody wrote.

A line carries what `about` has said around it: a request id, a run, a job, a result, a worker, an account's number.
Texts, cookies, tokens, secrets of links and addresses in the clear are in none: what holds one is cut out here.
"""

import contextlib
import logging
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from pythonjsonlogger.json import JsonFormatter

from webapp.common.middleware import Middleware

logger = logging.getLogger("tessera.request")

FIELDS = ("request", "run", "job", "result", "worker", "account")
HEADER = "X-Request-ID"
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
"""What a proxy of ours may call a request."""
BEGAN = "tessera.logged_from"
SECRETS = (
    (re.compile(r"(/s/|/embed/|/api/shares/|/signup/|/password-reset/)[^\s/\"'?]+(?:/[^\s/\"'?]+)?"), r"\1…"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[^\s\"',]+"), r"\1 …"),
    (re.compile(r"((?:__Host-)?(?:tessera_owner|sessionid|csrftoken)=)[^\s;,\"']+"), r"\1…"),
    (re.compile(r"(://[^\s/:@]*:)[^\s/@]+@"), r"\1…@"),
)
"""What no line may hold, wherever it comes from, and what stands in its place."""
_about: ContextVar[Mapping[str, str] | None] = ContextVar("tessera.about", default=None)
_always: dict[str, str] = {}


@contextlib.contextmanager
def about(**fields: object) -> Iterator[None]:
    """Within it every line of this thread or task says also this; what is None or empty is left out."""
    token = _about.set({**said(), **_told(fields)})
    try:
        yield
    finally:
        _about.reset(token)


def said() -> Mapping[str, str]:
    """What lines are about, here and now."""
    return _about.get() or {}


def always(**fields: object) -> None:
    """From now on every line of this process says also this."""
    _always.update(_told(fields))


def _told(fields: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in fields.items() if value is not None and value != ""}


class About(logging.Filter):
    """Gives each record what it is about; what the line itself says comes first."""

    def filter(self, record: logging.LogRecord) -> bool:
        known = {**_always, **said()}
        for name in FIELDS:
            if not isinstance(getattr(record, name, None), str):  # Django hands whole requests to its own lines
                record.__dict__.pop(name, None)
                if name in known:
                    setattr(record, name, known[name])
        return True


class NoAddresses(logging.Filter):
    """Leaves out uvicorn's lines on sockets, which name the address from which each was opened."""

    def filter(self, record: logging.LogRecord) -> bool:
        return '"WebSocket' not in str(record.msg)


def clean(text: str) -> str:
    """A line without secrets."""
    for pattern, instead in SECRETS:
        text = pattern.sub(instead, text)
    return text


class Plain(logging.Formatter):
    """Lines for people: time, level, place, message, and in brackets what it is about."""

    default_msec_format = "%s.%03d"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        found = [f"{name}={value}" for name in FIELDS if (value := getattr(record, name, None)) is not None]
        return super().formatMessage(record) + (f" [{' '.join(found)}]" if found else "")

    def format(self, record: logging.LogRecord) -> str:
        return clean(super().format(record))


class Json(JsonFormatter):
    """Lines for programs: one JSON object each."""

    def __init__(self) -> None:
        names = {"levelname": "level", "name": "logger", "exc_info": "error"}
        super().__init__(
            "{levelname}{name}{message}", style="{", rename_fields=names, timestamp="time", json_ensure_ascii=False
        )

    def format(self, record: logging.LogRecord) -> str:
        return clean(super().format(record))


def logging_settings(kind: str, level: str) -> dict[str, Any]:
    """The configuration for `plain` or `json` lines of every logger: the site's, Django's, Celery's and uvicorn's.

    ValueError for another kind.
    """
    formatters = {"plain": Plain, "json": Json}
    if kind not in formatters:
        raise ValueError(f"TESSERA_LOG_FORMAT is plain or json, not {kind!r}")
    ours = {"handlers": ["stderr"], "level": level, "propagate": False}
    others = {"handlers": ["stderr"], "level": "INFO", "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"about": {"()": About}, "no_addresses": {"()": NoAddresses}},
        "formatters": {"lines": {"()": formatters[kind]}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["about"]}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "django": {**others, "level": "WARNING"},
            "django.request": {"level": "ERROR"},
            "tessera": ours,
            "celery": others,
            "celery.task": others,
            "uvicorn": others,
            "uvicorn.error": {**others, "filters": ["no_addresses"]},
            "uvicorn.access": {**others, "level": "WARNING"},  # its lines hold addresses and whole paths
        },
    }


def request_id(given: str | None) -> str:
    """What a request is called: as a proxy of ours called it, else anew."""
    return given if settings.PROXIES and given and GIVEN.fullmatch(given) else secrets.token_hex(8)


class RequestIds(Middleware):
    """Names each request, in its lines and to whoever asked, and writes one line about it when it is answered."""

    def before(self, request: HttpRequest) -> None:
        _about.set({"request": request_id(request.headers.get(HEADER))})
        request.META[BEGAN] = time.perf_counter()

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response[HEADER] = said().get("request", "")
        match = request.resolver_match
        user = getattr(request, "_cached_user", None)
        ids = match.kwargs if match and match.route.startswith(("runs/", "api/runs/")) else {}
        fields = _told({"account": getattr(user, "pk", None), "run": ids.get("id"), "result": ids.get("rid")})
        milliseconds = 1000 * (time.perf_counter() - request.META[BEGAN])
        route = match.route if match else "nowhere"
        logger.info("%s %s: %d in %.0f ms", request.method, route, response.status_code, milliseconds, extra=fields)
        return response
