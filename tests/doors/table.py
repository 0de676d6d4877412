"""The table: for every route and method, which door it has, and thereby what each role is answered.

A new route needs one line in ROWS; the test says which one is missing and how it looks.
"""

from dataclasses import dataclass
from typing import Any

from tests.doors.people import ACCOUNTS, ANONYMOUS, TOKENS
from webapp.accounts.scopes import Scope

READ, RUN, SHARE = Scope.READ, Scope.RUN, Scope.SHARE
LOGIN = 302
"""A page leads to the page to log in."""
Expected = dict[str, int]


@dataclass(frozen=True)
class Door:
    """What a house answers each role at a kind of door; `ok` stands for the row's own status."""

    name: str
    anonymous: str
    """Of whoever has no account: `ok`, `login` (a page leads there), `mine` (404 but for the browser whose it is)."""
    accounts: str
    """Of accounts: `ok`, `mine` (404 but for ada), `away` (they have no business here and are led on)."""
    closed: bool = True
    """Whether it is shut in a house that asks for an account."""


EVERYBODY = Door("everybody", "ok", "ok")
ALWAYS = Door("always open", "ok", "ok", closed=False)
MINE = Door("its owner's", "mine", "mine")
ACCOUNT = Door("any account's", "login", "ok")
ENTRY = Door("the entry", "ok", "away", closed=False)
ADAS = Door("its account's", "login", "mine")


@dataclass(frozen=True)
class Row:
    """One route and method: its door, an address with ids of the scene in it, and what whoever may is answered."""

    method: str
    route: str
    door: Door
    path: str
    ok: int = 200
    scope: Scope | None = None
    """What a token needs; None: no token opens it."""
    body: Any = None
    form: dict[str, Any] | None = None
    link: bool = False
    """Whether a link's secret is the key, whoever holds it."""
    free: bool = False
    """Whether it asks nobody who they are, not even of a token."""

    @property
    def page(self) -> bool:
        """Whether people look at it, so that it leads to the page to log in."""
        return not self.route.startswith(("api/", "metrics"))

    def expected(self, closed_house: bool) -> Expected:
        """The status that each role is answered."""
        return (
            {role: self._anonymous(role, closed_house) for role in ANONYMOUS}
            | {role: self._account(role) for role in ACCOUNTS}
            | {role: self._token(role) for role in TOKENS}
        )

    def _anonymous(self, role: str, closed_house: bool) -> int:
        if closed_house and self.door.closed:
            return LOGIN if self.page else 401
        if self.door.anonymous == "login":
            return LOGIN
        return 404 if self.door.anonymous == "mine" and role != "browser" else self.ok

    def _account(self, role: str) -> int:
        if self.door.accounts == "away":
            return 302
        return 404 if self.door.accounts == "mine" and role != "ada" else self.ok

    def _token(self, role: str) -> int:
        if self.free:
            return self.ok
        if self.scope is None or (role != "bo's" and role != self.scope):
            return 403
        return 404 if role == "bo's" and self.door.accounts == "mine" else self.ok


QUESTION = {"models": ["demo-vit"], "methods": [{"key": "occlusion"}]}
RUN_BODY = {"text": "words", "models": ["demo-lm"], "methods": [{"key": "surprisal"}]}

ROWS = [
    # Pages
    Row("GET", "", EVERYBODY, "/"),
    Row("GET", "gallery", EVERYBODY, "/gallery"),
    Row("GET", "guide", EVERYBODY, "/guide"),
    Row("GET", "compare", ALWAYS, "/compare"),
    Row("GET", "runs/<str:id>", MINE, "/runs/{run}"),
    Row("GET", "s/<str:secret>", ALWAYS, "/s/{secret}", link=True),
    Row("GET", "embed/<str:secret>", ALWAYS, "/embed/{secret}", link=True),
    Row("GET", "robots.txt", ALWAYS, "/robots.txt", free=True),
    Row("GET", "favicon.ico", ALWAYS, "/favicon.ico", ok=302, free=True),
    # Coming in (signing up: a house that lets nobody has no such page)
    Row("GET", "login", ENTRY, "/login"),
    Row("POST", "login", ENTRY, "/login", form={"username": "x", "password": "y"}),
    Row("POST", "logout", EVERYBODY, "/logout", ok=302, form={}),
    Row("GET", "signup", ALWAYS, "/signup", ok=404),
    Row("POST", "signup", ALWAYS, "/signup", ok=404, form={"email": "a@example.org"}),
    Row("GET", "signup/<str:ticket>", ALWAYS, "/signup/x", ok=404),
    Row("POST", "signup/<str:ticket>", ALWAYS, "/signup/x", ok=404, form={}),
    Row("GET", "password-reset", ALWAYS, "/password-reset"),
    Row("POST", "password-reset", ALWAYS, "/password-reset", ok=302, form={"email": "a@example.org"}),
    Row("GET", "password-reset/sent", ALWAYS, "/password-reset/sent"),
    Row("GET", "password-reset/done", ALWAYS, "/password-reset/done"),
    Row("GET", "password-reset/<str:uidb64>/<str:token>", ALWAYS, "/password-reset/MQ/forged"),
    Row("POST", "password-reset/<str:uidb64>/<str:token>", ALWAYS, "/password-reset/MQ/forged", form={}),
    # An account's own pages
    Row("GET", "account", ACCOUNT, "/account"),
    Row("POST", "account", ACCOUNT, "/account", form={"email": "x@example.org", "password": "wrong"}),
    Row("GET", "account/runs", ACCOUNT, "/account/runs"),
    Row("POST", "account/runs/<str:id>/delete", ADAS, "/account/runs/{run}/delete", ok=302, form={}),
    Row("GET", "account/take-over", ACCOUNT, "/account/take-over", ok=302),
    Row("POST", "account/take-over", ACCOUNT, "/account/take-over", ok=302, form={"take": "1"}),
    Row("GET", "account/tokens", ACCOUNT, "/account/tokens"),
    Row("POST", "account/tokens", ACCOUNT, "/account/tokens", form={"name": "x", "scopes": ["read"], "days": "7"}),
    Row("POST", "account/tokens/<str:id>/revoke", ADAS, "/account/tokens/{token}/revoke", ok=302, form={}),
    Row("GET", "account/password", ACCOUNT, "/account/password"),
    Row("POST", "account/password", ACCOUNT, "/account/password", form={"old_password": "wrong"}),
    # The catalogue
    Row("GET", "api/", EVERYBODY, "/api/", ok=404, scope=READ),
    Row("GET", "api/openapi.json", EVERYBODY, "/api/openapi.json", scope=READ),
    Row("GET", "api/methods", EVERYBODY, "/api/methods", scope=READ),
    Row("GET", "api/models", EVERYBODY, "/api/models", scope=READ),
    Row("GET", "api/tokenizers", EVERYBODY, "/api/tokenizers", scope=READ),
    Row("GET", "api/samples", EVERYBODY, "/api/samples", scope=READ),
    Row("GET", "api/samples/<id>/image", EVERYBODY, "/api/samples/nothing/image", ok=404, scope=READ),
    Row("GET", "api/gallery", EVERYBODY, "/api/gallery", scope=READ),
    Row("GET", "api/limits", EVERYBODY, "/api/limits", scope=READ),
    # Sources, runs and results
    Row("POST", "api/sources", EVERYBODY, "/api/sources", ok=422, scope=RUN, form={}),
    Row("GET", "api/sources/<id>", MINE, "/api/sources/{source}", scope=READ),
    Row("POST", "api/estimates", EVERYBODY, "/api/estimates", scope=RUN, body=RUN_BODY),
    Row("GET", "api/runs", EVERYBODY, "/api/runs", scope=READ),
    Row("POST", "api/runs", EVERYBODY, "/api/runs", ok=201, scope=RUN, body=RUN_BODY),
    Row("POST", "api/estimates", EVERYBODY, "/api/estimates", scope=RUN, body=RUN_BODY),
    Row("POST", "api/runs/<id>/estimates", MINE, "/api/runs/{run}/estimates", scope=RUN, body=QUESTION),
    Row("GET", "api/runs/<id>", MINE, "/api/runs/{run}", scope=READ),
    Row("DELETE", "api/runs/<id>", MINE, "/api/runs/{run}", ok=204, scope=RUN),
    Row("POST", "api/runs/<id>/delete", MINE, "/api/runs/{run}/delete", ok=204, scope=RUN, body={}),
    Row("POST", "api/runs/<id>/stop", MINE, "/api/runs/{run}/stop", ok=204, scope=RUN, body={}),
    Row("POST", "api/runs/<id>/jobs", MINE, "/api/runs/{run}/jobs", ok=201, scope=RUN, body=QUESTION),
    Row("GET", "api/runs/<id>/results/<rid>", MINE, "/api/runs/{run}/results/{result}", scope=READ),
    Row("GET", "api/runs/<id>/results/<rid>.<form>", MINE, "/api/runs/{run}/results/{result}.csv", scope=READ),
    Row("GET", "api/runs/<id>/results/<rid>.<form>", MINE, "/api/runs/{run}/results/{result}.svg", scope=READ),
    Row("GET", "api/runs/<id>/results/<rid>.<form>", MINE, "/api/runs/{run}/results/{result}.html", scope=READ),
    # Links
    Row("POST", "api/runs/<id>/share", MINE, "/api/runs/{run}/share", ok=201, scope=SHARE, body={}),
    Row("DELETE", "api/runs/<id>/shares/<sid>", MINE, "/api/runs/{run}/shares/{share}", ok=204, scope=SHARE),
    Row("GET", "api/shares/<secret>", ALWAYS, "/api/shares/{secret}", scope=READ, link=True),
    Row("GET", "api/shares/<secret>/view", ALWAYS, "/api/shares/{secret}/view", scope=READ, link=True),
    Row("GET", "api/shares/<secret>/methods", ALWAYS, "/api/shares/{secret}/methods", scope=READ, link=True),
    Row("GET", "api/shares/<secret>/models", ALWAYS, "/api/shares/{secret}/models", scope=READ, link=True),
    Row(
        "GET",
        "api/shares/<secret>/sources/<id>",
        ALWAYS,
        "/api/shares/{secret}/sources/{source}",
        scope=READ,
        link=True,
    ),
    Row(
        "GET",
        "api/shares/<secret>/results/<rid>",
        ALWAYS,
        "/api/shares/{secret}/results/{result}",
        scope=READ,
        link=True,
    ),
    Row(
        "GET",
        "api/shares/<secret>/results/<rid>.<form>",
        ALWAYS,
        "/api/shares/{secret}/results/{result}.csv",
        scope=READ,
        link=True,
    ),
    # The house
    Row("GET", "healthz", ALWAYS, "/healthz", free=True),
    Row("GET", "readyz", ALWAYS, "/readyz", free=True),
    Row("GET", "metrics", EVERYBODY, "/metrics", scope=READ),
]

OPENED = 0
LOGIN_REQUIRED, FORBIDDEN, NOWHERE = 4401, 4403, 4404


@dataclass(frozen=True)
class SocketRow:
    """A socket: its address, who gets in, and the code that everybody else is refused with; tokens need read."""

    route: str
    path: str
    welcome: tuple[str, ...]
    refused: int
    tokens: bool = False

    def expected(self, closed_house: bool) -> Expected:
        """The code that each role is refused with, OPENED for those who get in."""
        codes = {role: OPENED if role in self.welcome else self.refused for role in ANONYMOUS + ACCOUNTS + TOKENS}
        codes |= {role: FORBIDDEN for role in TOKENS if not self.tokens or role in ("run", "share")}
        return codes | (dict.fromkeys(ANONYMOUS, LOGIN_REQUIRED) if closed_house else {})


SOCKETS = [
    SocketRow("ws/runs/<str:run_id>", "/ws/runs/{run}", ("browser", "ada", "read"), NOWHERE, tokens=True),
    SocketRow("ws/admin/queue", "/ws/admin/queue", ("root",), FORBIDDEN),
    SocketRow("", "/ws/nowhere", (), NOWHERE),
]
