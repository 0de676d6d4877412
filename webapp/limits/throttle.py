"""Requests are counted before anything is done for them; whoever asks too often hears 429 and when to come back.

Counted against the account, else against the address: reads, changes, files, the admin. Counted against the address
whoever asks: guesses at secrets (links, tokens) and attempts to log in, these against the name as well, with pauses
that grow. While the counters do not answer, nobody without an account changes anything; reads pass, accounts go by
the counts of the database, and attempts to log in are counted by each process for itself.
"""

import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute

from webapp.common import counters
from webapp.common.counters import AwayError, Over
from webapp.common.errors import refuse
from webapp.common.headers import SECRET
from webapp.common.middleware import Answer, Middleware
from webapp.common.origin import SAFE
from webapp.common.owners import Owner, address_of, owner_of
from webapp.common.problems import refusal_response
from webapp.config.environment import HouseLimits
from webapp.limits.selectors import house_limits, limits_of
from webapp.pages.built import Assets
from workers.contract import Refusal

logger = logging.getLogger("tessera.throttle")

UNCOUNTED = ("/healthz", "/readyz")
"""What watches the site asks often, and costs next to nothing."""
AWAY_SECONDS = 30
FILES = "files"
ATTEMPTS = {"login", "signup", "password_reset", "password_change"}
"""The names of views, the admin's among them, that are counted as attempts to log in."""


def key_of(owner: Owner, address: str) -> str:
    """Against whom something is counted: the account, else the address."""
    return f"account:{owner.account}" if owner.account is not None else f"address:{address}"


def login_rates(limits: HouseLimits) -> list[RateLimitItem]:
    """How often one may try to log in: the longer somebody tries, the longer the pauses."""
    few = limits.logins_per_minute
    return [RateLimitItemPerMinute(few), RateLimitItemPerMinute(2 * few, 15), RateLimitItemPerHour(4 * few)]


class Throttle(Middleware):
    """Stands before the accounts' middlewares, so that guesses at tokens pass it, too."""

    def __call__(self, request: HttpRequest) -> Answer:
        if not (request.path.startswith(SECRET) or "Authorization" in request.headers):
            return self.get_response(request)
        if iscoroutinefunction(self.get_response):
            return self._later_guarded(request)
        return _guessed_too_often(request) or _note_guess(request, cast(HttpResponseBase, self.get_response(request)))

    async def _later_guarded(self, request: HttpRequest) -> HttpResponseBase:
        refused = await sync_to_async(_guessed_too_often)(request)
        if refused is not None:
            return refused
        response = await cast(Awaitable[HttpResponseBase], self.get_response(request))
        return await sync_to_async(_note_guess)(request, response)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """429, or None to go on; Django calls it once it knows the address's view."""
        if request.path in UNCOUNTED:
            return None
        owner, address = owner_of(request), address_of(request)
        limits = limits_of(owner, address)
        if _logs_in(request) and (over := _hit_login(request, limits, address)):
            return _refused(request, _too_many("attempts to log in", over), over.wait)
        kind, amount = _counted_as(request, limits)
        try:
            over = counters.shared().hit([RateLimitItemPerMinute(amount)], kind, key_of(owner, address))
        except AwayError:
            if request.method in SAFE or owner.account is not None or _logs_in(request):
                return None
            return _refused(request, _uncounted(), AWAY_SECONDS)
        return _refused(request, _too_many(kind, over), over.wait) if over else None


def _counted_as(request: HttpRequest, limits: HouseLimits) -> tuple[str, int]:
    """What a request is counted as, and how many of these a minute may hold."""
    if request.path.startswith("/admin/"):
        return "requests to the admin", limits.admin_per_minute
    if request.method in SAFE or request.path.endswith("/estimates"):
        return "requests", limits.reads_per_minute
    if request.path == "/api/sources":
        return FILES, limits.sources_per_minute
    return "changes", limits.changes_per_minute


def _logs_in(request: HttpRequest) -> bool:
    """Whether the request tries a password, or lets the house write a letter."""
    match = request.resolver_match
    return request.method == "POST" and match is not None and match.url_name in ATTEMPTS


def _hit_login(request: HttpRequest, limits: HouseLimits, address: str) -> Over | None:
    rates = login_rates(limits)
    given = request.POST.get("username") or request.POST.get("email") or ""
    names = {name.strip().casefold()[:150] for name in (given, request.user.get_username())} - {""}
    hashes = [hashlib.sha256(name.encode()).hexdigest()[:24] for name in sorted(names)]
    keys: list[tuple[str, ...]] = [("logins", "address", address), *(("logins", "name", one) for one in hashes)]
    try:
        return _first_over(counters.shared(), rates, keys)
    except AwayError:
        return _first_over(counters.own(), rates, keys)


def _first_over(counted: counters.Counters, rates: Sequence[RateLimitItem], keys: list[tuple[str, ...]]) -> Over | None:
    return next((over for key in keys if (over := counted.hit(rates, *key, exact=True))), None)


def _guesses(request: HttpRequest) -> tuple[RateLimitItem, str, str]:
    return RateLimitItemPerMinute(house_limits().guesses_per_minute), "guesses", address_of(request)


def _guessed_too_often(request: HttpRequest) -> HttpResponseBase | None:
    """429 for an address that guessed too often, whatever it asks for now."""
    try:
        over = counters.shared().full(*_guesses(request))
    except AwayError:
        return None  # nobody guesses 192 random bits meanwhile
    return _refused(request, _too_many("links or tokens that do not exist", over), over.wait) if over else None


def _note_guess(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    # With a token that is right, 404 is an address that is wrong.
    missed = HTTPStatus.NOT_FOUND if request.path.startswith(SECRET) else HTTPStatus.UNAUTHORIZED
    if response.status_code == missed:
        rate, *key = _guesses(request)
        try:
            counters.shared().hit([rate], *key)
        except AwayError:
            logger.warning("a guess at a secret was not counted: Redis does not answer")
    return response


def _too_many(what: str, over: Over) -> Refusal:
    within = "a minute" if over.window == 60 else f"{over.window // 60} minutes"
    detail = f"Too many {what}: the limit is {over.amount} within {within}. Try again in {over.wait} seconds."
    id = "too-many-sources" if what == FILES else "too-many-requests"
    return refuse(id, detail, limit=over.amount, value=over.amount + 1)


def _uncounted() -> Refusal:
    detail = (
        "This house cannot count requests at the moment, so nobody without an account may change anything; "
        "reading goes on. Try again in half a minute."
    )
    return refuse("requests-uncounted", detail)


def _refused(request: HttpRequest, refusal: Refusal, wait: int) -> HttpResponseBase:
    """A problem document below /api, a page elsewhere; both say when to come back."""
    status = HTTPStatus.TOO_MANY_REQUESTS
    if request.path.startswith("/api/"):
        response: HttpResponseBase = refusal_response(refusal)
    else:
        said = {"assets": Assets(), "status": int(status), "title": status.phrase, "said": refusal.detail}
        response = render(None, "pages/error.html", said, status=status)
    response.headers["Retry-After"] = str(wait)
    return response
