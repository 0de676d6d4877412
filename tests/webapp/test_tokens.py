"""API tokens: told once, kept as a hash, with scopes and an end; alone they decide who asks."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from tests.webapp.computing import finish
from tests.webapp.person import SURPRISAL, Person, problem
from webapp.accounts.models import Token
from webapp.accounts.scopes import Scope
from webapp.accounts.tokens import MOST, hash_of, token_create
from webapp.common import counters
from webapp.common.owners import COOKIE
from webapp.runs.models import Run
from workers.contract import Refusal

pytestmark = pytest.mark.django_db
ALL = list(Scope)


@pytest.fixture(autouse=True)
def uncounted() -> None:
    """Nobody remembers what earlier tests guessed."""
    counters.shared().forget()


@pytest.fixture
def ada(catalogue: None) -> User:
    """Somebody with an account."""
    return User.objects.create_user("ada")


class Program(Person):
    """Asks with a token, and keeps no cookie."""

    def __init__(self, secret: str) -> None:
        super().__init__(Client(headers={"authorization": f"Bearer {secret}"}))


def program(account: User, *scopes: Scope) -> Program:
    """A program of the account, its token with these scopes (all)."""
    return Program(token_create(account=account, name="test", scopes=list(scopes) or ALL)[1])


def test_a_token_is_shown_once_and_kept_as_a_hash(ada: User, person: Person) -> None:
    person.client.force_login(ada)
    shown = person.fill("/account/tokens", name="<laptop>", scopes=["read", "run"], days="90")
    assert "no-store" in shown["Cache-Control"]
    page = shown.content.decode()
    (secret,) = set(re.findall(r"tes_[\w-]{20,}", page))
    assert "&lt;laptop&gt;" in page
    assert len(secret.removeprefix("tes_")) * 6 >= 160
    token = Token.objects.get()
    assert (token.secret_hash, token.prefix, token.scopes) == (hash_of(secret), secret[:8], ["read", "run"])
    assert secret not in str(token.__dict__)
    assert timedelta(days=89) < token.expires_at - timezone.now() <= timedelta(days=90)
    assert secret not in person.get("/account/tokens").content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "a", "scopes": ["admin"], "days": "90"},
        {"name": "a", "scopes": [], "days": "90"},
        {"name": "", "scopes": ["read"], "days": "90"},
        {"name": "a" * 81, "scopes": ["read"], "days": "90"},
        {"name": "a", "scopes": ["read"], "days": "3650"},
    ],
)
def test_a_token_has_a_name_known_scopes_and_an_end(ada: User, person: Person, fields: dict[str, Any]) -> None:
    person.client.force_login(ada)
    assert 'role="alert"' in person.fill("/account/tokens", **fields).content.decode()
    assert Token.objects.count() == 0


def test_nobody_holds_too_many_or_too_long(ada: User) -> None:
    with pytest.raises(Refusal, match="365"):
        token_create(account=ada, name="a", scopes=ALL, days=366)
    with pytest.raises(Refusal, match="scope"):
        token_create(account=ada, name="a", scopes=[])
    for _ in range(MOST):
        token_create(account=ada, name="a", scopes=ALL)
    with pytest.raises(Refusal, match=f"limit is {MOST}"):
        token_create(account=ada, name="a", scopes=ALL)


def test_a_program_asks_without_cookie_and_origin_and_is_given_none(ada: User, picture: bytes) -> None:
    asking = program(ada)
    source = asking.upload(picture, "a.png", "image/png").json()["id"]
    run = asking.run(text=None, source_ids=[source], models=["demo-vit"], methods=[{"key": "occlusion"}])
    finish()
    result = asking.state(run)["results"][0]["id"]
    assert asking.get(f"/api/runs/{run}/results/{result}").json()["method"] == "occlusion"
    assert asking.post(f"/api/runs/{run}/share").status_code == 201
    assert not asking.client.cookies
    assert Run.objects.get().account == ada
    assert "Authorization" in asking.get("/api/runs")["Vary"]


def test_the_last_use_is_known_to_the_minute(ada: User) -> None:
    asking = program(ada)
    assert Token.objects.get().last_used is None
    asking.get("/api/runs")
    first = Token.objects.get().last_used
    asking.get("/api/runs")
    assert Token.objects.get().last_used == first
    Token.objects.update(last_used=timezone.now() - timedelta(hours=1))
    asking.get("/api/runs")
    now = Token.objects.get().last_used
    assert first is not None
    assert now is not None
    assert now > first


SCOPED = [
    ("read", "get", "/api/runs", 200),
    ("read", "get", "/api/methods", 200),
    ("read", "get", "/api/runs/{run}", 200),
    ("run", "post", "/api/runs", 201),
    ("run", "post", "/api/runs/{run}/stop", 204),
    ("run", "post", "/api/runs/{run}/jobs", 201),
    ("run", "delete", "/api/runs/{run}", 204),
    ("share", "post", "/api/runs/{run}/share", 201),
    ("share", "delete", "/api/runs/{run}/shares/{share}", 204),
]


@pytest.mark.parametrize(("needed", "method", "path", "status"), SCOPED)
@pytest.mark.parametrize("scope", ALL)
def test_a_token_opens_what_its_scope_says_and_no_more(
    ada: User, scope: Scope, needed: str, method: str, path: str, status: int
) -> None:
    owner = program(ada)
    run = owner.run()
    share = owner.post(f"/api/runs/{run}/share").json()["id"]
    asking = program(ada, scope)
    body: dict[str, Any] = {"models": ["demo-lm"], "methods": [SURPRISAL]}
    bodies = {"/api/runs": body | {"text": "x"}, "/api/runs/{run}/jobs": body}
    where = path.format(run=run, share=share)
    answer = asking.post(where, bodies.get(path, {})) if method == "post" else getattr(asking, method)(where)
    if scope == needed:
        assert answer.status_code == status, answer.content
    else:
        document = problem(answer, 403, "scope-missing")
        assert document["detail"] == f"This needs a token with the scope {needed}; yours has {scope}."
        assert f'error="insufficient_scope", scope="{needed}"' in answer["WWW-Authenticate"]


@pytest.mark.parametrize("path", ["/", "/account", "/account/tokens", "/account/runs", "/admin/", "/login"])
def test_no_token_opens_a_page(ada: User, path: str) -> None:
    ada.is_staff = ada.is_superuser = True
    ada.save()
    problem(program(ada).get(path), 403, "forbidden")


def test_a_token_makes_no_tokens(ada: User) -> None:
    problem(program(ada).fill("/account/tokens", name="a", scopes=["read"], days="90"), 403, "forbidden")
    assert Token.objects.count() == 1


@pytest.mark.parametrize(
    "how", ["expired", "revoked", "inactive", "unknown", "short", "foreign", "empty", "long", "odd"]
)
def test_a_token_that_opens_nothing_is_401_whatever_cookie_comes_with_it(ada: User, person: Person, how: str) -> None:
    run = person.run()
    person.client.force_login(ada)
    token, secret = token_create(account=ada, name="a", scopes=ALL)
    Token.objects.filter(pk=token.pk).update(
        expires_at=timezone.now() - timedelta(seconds=1) if how == "expired" else token.expires_at,
        revoked_at=timezone.now() if how == "revoked" else None,
    )
    if how == "inactive":
        User.objects.update(is_active=False)
    shown = {
        "unknown": "tes_" + "a" * 32,
        "short": "tes_",
        "foreign": "ey.J.x",
        "empty": "",
        "long": "tes_" + "a" * 5000,
    }
    shown["odd"] = "tes_\xe9\xff"
    for path in ("/api/runs", f"/api/runs/{run}", "/api/nothing", "/api/methods", "/"):
        answer = person.get(path, authorization=f"Bearer {shown.get(how, secret)}")
        problem(answer, 401, "token-invalid")
        assert 'error="invalid_token"' in answer["WWW-Authenticate"]
        assert "Set-Cookie" not in answer
    assert person.client.cookies[COOKIE]


def test_a_token_does_not_see_what_the_cookie_beside_it_owns(ada: User, person: Person) -> None:
    run = person.run()
    _, secret = token_create(account=ada, name="a", scopes=ALL)
    problem(person.get(f"/api/runs/{run}", authorization=f"bearer {secret}"), 404, "not-found")
    assert person.get(f"/api/runs/{run}", authorization="Basic YTpi").status_code == 200


def test_revoking_is_for_good_and_only_for_ones_own(ada: User, person: Person, stranger: Person) -> None:
    asking = program(ada)
    token = Token.objects.get()
    stranger.client.force_login(User.objects.create_user("eve"))
    assert stranger.fill(f"/account/tokens/{token.pk}/revoke").status_code == 404
    assert asking.get("/api/runs").status_code == 200
    person.client.force_login(ada)
    assert person.fill(f"/account/tokens/{token.pk}/revoke").status_code == 302
    problem(asking.get("/api/runs"), 401, "token-invalid")
    assert "revoked" in person.get("/account/tokens").content.decode()
    assert person.fill("/account/tokens/%00/revoke").status_code == 404


def test_an_administrator_ends_a_token_and_never_sees_its_secret(ada: User, person: Person) -> None:
    asking = program(ada)
    token = Token.objects.get()
    person.client.force_login(User.objects.create_superuser("root"))
    listed = person.get("/admin/accounts/token/").content.decode()
    shown = person.get(f"/admin/accounts/token/{token.pk}/change/").content.decode()
    assert token.prefix in listed
    assert token.secret_hash not in listed + shown
    person.fill("/admin/accounts/token/", action="revoke", _selected_action=[token.pk])
    problem(asking.get("/api/runs"), 401, "token-invalid")


def test_a_foreign_page_cannot_use_a_token_either(ada: User) -> None:
    problem(program(ada).post("/api/runs", {}, origin="http://evil.example"), 403, "foreign-origin")
