"""Who knocks at every door, and what lies behind: two finished runs with links, a browser's and an account's."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from tests.webapp.cards import publish
from tests.webapp.computing import finish
from tests.webapp.person import Person
from webapp.accounts.scopes import Scope
from webapp.accounts.tokens import token_create
from webapp.sharing.models import Share

ANONYMOUS = ("nobody", "browser", "passer")
"""Without an account: without a cookie, with the cookie that made the run, with another one."""
ACCOUNTS = ("ada", "bo", "clerk", "root")
"""The account that owns the run, another one, one of the staff without rights, a superuser."""
TOKENS = ("read", "run", "share", "bo's")
"""Tokens of ada with one scope each, and one of bo with all."""
ROLES = ANONYMOUS + ACCOUNTS + TOKENS


@dataclass
class Things:
    """A run and what belongs to it, by the names that the rows use."""

    run: str
    result: str
    source: str
    share: str
    secrets: dict[str, str] = field(default_factory=dict)

    def fill(self, path: str, **more: str) -> str:
        """A row's path with these ids in it."""
        known = {"run": self.run, "result": self.result, "source": self.source, "share": self.share}
        return path.format(**known, **{"secret": self.secrets["open"], **more})


@dataclass
class Scene:
    """Everybody, and everything they may try to reach."""

    people: dict[str, Person]
    things: dict[str, Things]
    token: str
    """The id of one of ada's tokens."""
    tokens: dict[str, str]
    """The secrets of the tokens."""

    def headers(self, role: str) -> dict[str, str]:
        """What somebody's browser or program sends when it opens a socket."""
        if role in self.tokens:
            return {"authorization": f"Bearer {self.tokens[role]}"}
        cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in self.people[role].client.cookies.items())
        return {"cookie": cookies} if cookies else {}

    def person(self, role: str) -> Person:
        """Somebody of this role."""
        return self.people[role]

    def theirs(self, role: str) -> Things:
        """What somebody tries to reach: their own where they have something, else what is another's."""
        return self.things["browser" if role in ("browser", "passer") else "ada"]


def scene(picture: bytes) -> Scene:
    """Build it over HTTP, as people would."""
    publish()
    accounts = {name: User.objects.create_user(name, is_staff=name in ("clerk", "root")) for name in ACCOUNTS}
    accounts["root"].is_superuser = True
    accounts["root"].save()
    people = {name: Person(Client()) for name in ANONYMOUS + ACCOUNTS}
    for name, account in accounts.items():
        people[name].client.force_login(account)
    things = {name: _things(people[name], picture) for name in ("browser", "ada")}
    people["passer"].run(text="of the passer")
    people["bo"].run(text="of bo")
    ids: list[str] = []
    secrets: dict[str, str] = {}
    for role in TOKENS:
        whose, scopes = (accounts["bo"], list(Scope)) if role == "bo's" else (accounts["ada"], [Scope(role)])
        token, secret = token_create(account=whose, name=role, scopes=scopes)
        people[role] = Person(Client(headers={"authorization": f"Bearer {secret}"}))
        secrets[role] = secret
        ids.append(token.pk)
    return Scene(people, things, ids[0], secrets)


def _things(person: Person, picture: bytes) -> Things:
    source = person.upload(picture, "a.png", "image/png").json()["id"]
    run = person.run(text=None, source_ids=[source], models=["demo-vit"], methods=[{"key": "occlusion"}])
    if person.state(run)["jobs"][0]["state"] == "queued":  # else it was answered at once: somebody asked the same
        finish()
    made = [person.post(f"/api/runs/{run}/share", {"embed": True}).json() for _ in range(3)]
    secrets = {
        name: one["url"].rpartition("/")[2] for name, one in zip(("open", "expired", "revoked"), made, strict=True)
    }
    Share.objects.filter(pk=made[1]["id"]).update(expires_at=timezone.now() - timedelta(seconds=1))
    Share.objects.filter(pk=made[2]["id"]).update(revoked_at=timezone.now())
    result = person.state(run)["results"][0]["id"]
    return Things(run, result, source, made[0]["id"], {**secrets, "guessed": "a" * 32})
