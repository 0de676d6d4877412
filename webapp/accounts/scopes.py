"""What a token may do, route by route: the one place that says so. What is not named here no token opens."""

from enum import StrEnum

from django.db import models


class Scope(StrEnum):
    """What a token can be given; there is none for the account itself or for the admin."""

    READ = "read"
    RUN = "run"
    SHARE = "share"


class Saying(models.TextChoices):
    """Scopes as a person reads them."""

    READ = Scope.READ.value, "read: runs, results and the catalogue"
    RUN = Scope.RUN.value, "run: upload, ask, stop, cancel and delete"
    SHARE = Scope.SHARE.value, "share: make and end links"


SAFE = ("GET", "HEAD", "OPTIONS")
WRITING: dict[tuple[str, str], Scope] = {
    ("POST", "api/sources"): Scope.RUN,
    ("POST", "api/estimates"): Scope.RUN,
    ("POST", "api/runs"): Scope.RUN,
    ("DELETE", "api/runs/<id>"): Scope.RUN,
    ("POST", "api/runs/<id>/delete"): Scope.RUN,
    ("POST", "api/runs/<id>/stop"): Scope.RUN,
    ("POST", "api/runs/<id>/jobs"): Scope.RUN,
    ("POST", "api/runs/<id>/estimates"): Scope.RUN,
    ("POST", "api/runs/<id>/share"): Scope.SHARE,
    ("DELETE", "api/runs/<id>/shares/<sid>"): Scope.SHARE,
}
"""Unsafe methods by route, as the URL configuration writes it."""
READING = ("api/", "ws/runs/")
"""Where the route begins whose safe methods only read."""
ALSO_READING = ("metrics",)
ANYBODYS = ("healthz", "readyz", "robots.txt", "favicon.ico")
"""Routes that ask nobody who they are, with a token or without."""


def scope_for(method: str, route: str) -> Scope | None:
    """The scope that a request needs; None where no token helps."""
    if method not in SAFE:
        return WRITING.get((method, route))
    return Scope.READ if route.startswith(READING) or route in ALSO_READING else None
