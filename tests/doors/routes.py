"""Every route that the site has, read from its own configuration."""

from collections.abc import Iterator
from typing import Any

from channels.routing import URLRouter
from django.urls import URLPattern, URLResolver, get_resolver

from tests.webapp.person import Person
from webapp.config.asgi import application

ADMIN = "admin/"


def routes() -> list[str]:
    """The routes of all pages and addresses, as the URL configuration writes them, each once."""
    return list(dict.fromkeys(_below(get_resolver(), "")))


def _below(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _below(pattern, route)
        else:
            assert isinstance(pattern, URLPattern)
            yield route


def methods(person: Person, path: str) -> set[str]:
    """What an address takes, as it says itself when it is asked for something that nobody does."""
    answer = person.client.generic("BREW", path)
    if answer.status_code != 405:
        return {"GET"}
    allowed = {name.strip() for name in answer["Allow"].split(",")}
    return allowed - {"HEAD", "OPTIONS"}


def sockets() -> list[str]:
    """The routes of all sockets."""
    inner: Any = application.application_mapping["websocket"]
    while not isinstance(inner, URLRouter):
        inner = getattr(inner, "inner", None) or inner.application
    routes: list[Any] = inner.routes
    return [str(route.pattern) for route in routes]
