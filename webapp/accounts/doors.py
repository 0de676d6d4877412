"""Who may come in at all: tokens instead of cookies, their scopes, and a house that is closed to strangers."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin

from webapp.accounts.models import Token
from webapp.accounts.scopes import ANYBODYS, scope_for
from webapp.accounts.tokens import token_of, token_used
from webapp.common.errors import refuse
from webapp.common.problems import refusal_response
from workers.contract import Refusal

HELD = "tessera.token"
"""Where a request keeps the token that it came with."""
REALM = 'Bearer realm="tessera"'
OPEN = {"login", "signup", "signup/<str:ticket>", *ANYBODYS}
"""Routes that a closed house answers to anybody."""
OPEN_BELOW = ("password-reset", "admin/")
"""The same for whole families; the admin has a door of its own."""
SHARED_BELOW = ("s/", "embed/", "compare", "api/shares/")
MACHINES = ("api/", "metrics")
"""Where a program asks: it is told, not led to a page."""


def bearer(header: str | None) -> str | None:
    """The secret of an Authorization header, None when there is none of this kind."""
    kind, _, secret = (header or "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else None


def closed(route: str) -> bool:
    """Whether a route of a closed house asks for an account or a token."""
    if route in OPEN or route.startswith(OPEN_BELOW):
        return False
    return not (settings.PUBLIC_SHARES and route.startswith(SHARED_BELOW))


def challenge(refusal: Refusal, error: str = "", **more: str) -> HttpResponseBase:
    """A refusal that says which way in there is (RFC 6750)."""
    told = {"error": error, **more} if error else {}
    response = refusal_response(refusal)
    response["WWW-Authenticate"] = ", ".join([REALM, *(f'{name}="{value}"' for name, value in told.items())])
    return response


class Bearer(MiddlewareMixin):
    """`Authorization: Bearer …` decides alone: a token that opens nothing is 401, and no cookie is looked at."""

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:
        """Find the token, and forget the cookies."""
        secret = bearer(request.headers.get("Authorization"))
        if secret is None:
            return None
        token = token_of(secret)
        if token is None:
            detail = "This token is not known here, has expired or was revoked; make another one at /account/tokens."
            return challenge(refuse("token-invalid", detail), "invalid_token")
        token_used(token=token)
        request.COOKIES = {}
        request.META.pop("HTTP_COOKIE", None)
        request.META[HELD] = token
        return None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """What one was told is nobody else's."""
        if HELD in request.META:
            patch_vary_headers(response, ["Authorization"])
        return response


class Doors(MiddlewareMixin):
    """After the session was read: whose a token is, whether its scopes suffice, and whether the house is closed."""

    def process_request(self, request: HttpRequest) -> None:
        """Ask as the token's account."""
        token: Token | None = request.META.get(HELD)
        if token is not None:
            request.user = token.account

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Let in, or say why not."""
        assert request.resolver_match is not None  # Django resolved it just now
        route = request.resolver_match.route
        token: Token | None = request.META.get(HELD)
        if token is not None:
            return _check_scope(token, request.method or "", route)
        if settings.REQUIRE_LOGIN and closed(route) and not request.user.is_authenticated:
            return _turn_away(request, route)
        return None


def _check_scope(token: Token, method: str, route: str) -> HttpResponseBase | None:
    if route in ANYBODYS:
        return None
    needed = scope_for(method, route)
    if needed is None:
        return refusal_response(refuse("forbidden", "No token opens this address; log in with your password."))
    if not token.may(needed):
        given = ", ".join(token.scopes)
        refusal = refuse("scope-missing", f"This needs a token with the scope {needed}; yours has {given}.")
        return challenge(refusal, "insufficient_scope", scope=needed)
    return None


def _turn_away(request: HttpRequest, route: str) -> HttpResponseBase:
    if route.startswith(MACHINES):
        detail = "This house is open to accounts only: log in, or send a token as Authorization: Bearer …"
        return challenge(refuse("login-required", detail))
    if request.method not in ("GET", "HEAD"):
        return redirect(settings.LOGIN_URL)
    return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
