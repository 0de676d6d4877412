"""Whose run it is: a signed cookie from the first POST on, or an account."""

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from webapp.common.middleware import Middleware

COOKIE: str = settings.OWNER_COOKIE
SALT = "tessera.owner"
YEAR = 366 * 86400


@dataclass(frozen=True, slots=True)
class Owner:
    """Who asks: the cookie's id and the account's, either of which may be missing."""

    cookie: str | None
    account: int | None

    @property
    def key(self) -> str:
        """Whose what they make is: the account's, else the browser's; no browser's id holds a colon."""
        return f"account:{self.account}" if self.account is not None else self.cookie or ""

    def owned(self) -> Q:
        """The rows that answer to this person: no row at all when nothing is known of them."""
        mine = Q(pk__in=[])
        if self.cookie:
            mine |= Q(owner=self.cookie, account=None)
        if self.account is not None:
            mine |= Q(account_id=self.account)
        return mine


def cookie_id(value: str | None) -> str | None:
    """The id in a signed cookie, None if there is none or its signature is wrong."""
    if not value:
        return None
    try:
        return signing.TimestampSigner(salt=SALT).unsign(value)
    except signing.BadSignature:
        return None


def owner_of(request: HttpRequest) -> Owner:
    """Who asks; nobody is made up."""
    user = request.user
    return Owner(cookie_id(request.COOKIES.get(COOKIE)), user.pk if user.is_authenticated else None)


def owner_or_new(request: HttpRequest) -> Owner:
    """Who asks; somebody unknown gets an id, and the answer a cookie that says so."""
    owner = owner_of(request)
    if owner.cookie is None and owner.account is None:
        made = secrets.token_urlsafe(18)
        request.META["tessera.new_owner"] = made
        owner = Owner(made, None)
    return owner


def owner_of_scope(scope: Mapping[str, Any]) -> Owner:
    """Who opens a socket."""
    user = scope.get("user")
    account = user.pk if user is not None and user.is_authenticated else None
    return Owner(cookie_id(scope.get("cookies", {}).get(COOKIE)), account)


def address_of(request: HttpRequest) -> str:
    """Where a request comes from (an IPv6 /64), hashed with the house's key: enough to count, not to tell."""
    return _address(request.META.get("REMOTE_ADDR") or "", request.headers.get("X-Forwarded-For", ""))


def address_of_scope(scope: Mapping[str, Any]) -> str:
    """Where a socket comes from, as `address_of` tells it of a request."""
    client = scope.get("client") or ("",)
    forwarded = [value.decode("latin1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return _address(client[0], ",".join(forwarded))


def _address(peer: str, forwarded: str) -> str:
    """Of the hops that a header tells, only those that our own proxies appended are believed."""
    if settings.PROXIES:
        hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
        peer = hops[-settings.PROXIES] if len(hops) >= settings.PROXIES else peer
    try:
        return address_hash(peer)
    except ValueError:
        return _keyed("unknown")


def address_hash(text: str) -> str:
    """What the house keeps of an IPv4 address, or of the IPv6 /64 that an address lies in. ValueError for neither."""
    parsed = ipaddress.ip_address(text)
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or parsed
    return _keyed(str(ipaddress.ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else str(parsed))


def _keyed(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()[:24]


class Owners(Middleware):
    """Sets the cookie of a person who was given an id by this very request."""

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if made := request.META.get("tessera.new_owner"):
            response.set_cookie(
                COOKIE,
                signing.TimestampSigner(salt=SALT).sign(made),
                max_age=YEAR,
                httponly=True,
                samesite="Lax",
                secure=request.is_secure() or settings.SESSION_COOKIE_SECURE,
            )
        return response
