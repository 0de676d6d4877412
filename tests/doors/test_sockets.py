"""Every socket and role: who is let in, with which code the others are refused, and who has to leave again."""

from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from pytest_django import Settings

from tests.doors import people, routes
from tests.doors.people import Scene
from tests.doors.table import LOGIN_REQUIRED, NOWHERE, OPENED, SOCKETS, SocketRow
from tests.webapp.socket import Socket
from webapp.accounts.models import Token
from webapp.accounts.tokens import token_revoke
from webapp.common import counters
from webapp.runs import consumers
from webapp.runs.models import Run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(catalogue: None, settings: Settings, picture: bytes) -> Scene:
    """Everybody, and what they try to reach."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    counters.shared().forget()
    return people.scene(picture)


async def code(path: str, headers: dict[str, str]) -> int:
    """With which code somebody is refused; OPENED if they are not."""
    socket = Socket(path, **headers)
    accepted, refused = await socket.opened()
    if accepted:
        await socket.close()
    return OPENED if accepted else refused or 0


def test_every_socket_has_a_row() -> None:
    there, known = set(routes.sockets()), {row.route for row in SOCKETS}
    hint = 'add a line to SOCKETS in tests/doors/table.py: SocketRow("…", "/…", ("ada",), NOWHERE)'
    assert there - known == set(), hint
    assert known - there == set(), "rows of SOCKETS whose socket is gone"


@pytest.mark.parametrize("row", SOCKETS, ids=lambda row: row.path)
@pytest.mark.parametrize("closed", [False, True], ids=["open house", "closed house"])
async def test_every_role_at_every_socket(scene: Scene, row: SocketRow, closed: bool, settings: Settings) -> None:
    settings.REQUIRE_LOGIN = closed
    answered = {}
    for role in people.ROLES:
        answered[role] = await code(scene.theirs(role).fill(row.path), scene.headers(role))
    assert answered == row.expected(closed)


@pytest.mark.parametrize("secret", ["tes_" + "a" * 32, "tes_", "", "é"])
async def test_a_token_that_opens_nothing_is_refused_whatever_cookie_comes_with_it(scene: Scene, secret: str) -> None:
    headers = scene.headers("ada") | {"authorization": f"Bearer {secret}"}
    assert await code(scene.things["ada"].fill("/ws/runs/{run}"), headers) == LOGIN_REQUIRED


async def test_a_token_does_not_see_what_the_cookie_beside_it_owns(scene: Scene) -> None:
    headers = scene.headers("browser") | scene.headers("read")
    assert await code(scene.things["browser"].fill("/ws/runs/{run}"), headers) == NOWHERE


def _log_out(scene: Scene) -> None:
    scene.person("ada").client.post("/logout")


def _revoke(scene: Scene) -> None:
    account = User.objects.get(username="ada")
    for token in Token.objects.filter(account=account):
        token_revoke(account=account, id=token.pk)


def _change_password(scene: Scene) -> None:
    account = User.objects.get(username="ada")
    account.set_password("another one")
    account.save()


def _shut_out(scene: Scene) -> None:
    User.objects.filter(username="ada").update(is_active=False)


def _delete(scene: Scene) -> None:
    Run.objects.filter(pk=scene.things["ada"].run).delete()


@pytest.mark.parametrize(
    ("role", "happens"),
    [
        ("ada", _log_out),
        ("ada", _change_password),
        ("ada", _shut_out),
        ("ada", _delete),
        ("read", _revoke),
        ("read", _shut_out),
    ],
)
async def test_who_would_not_be_let_in_any_more_has_to_leave(
    scene: Scene, role: str, happens: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "HEARTBEAT", 0.05)
    socket = Socket(scene.things["ada"].run, **scene.headers(role))
    assert await socket.opened() == (True, None)
    for _ in range(3):
        assert (await socket.event()).kind == "heartbeat"
    await database_sync_to_async(happens)(scene)
    while (message := await socket.message())["type"] != "websocket.close":
        pass
    assert message["code"] == (NOWHERE if happens is _delete else LOGIN_REQUIRED)
    await socket.close()
