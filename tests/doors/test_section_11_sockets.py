"""Sockets: authorised for their run, asked for by our own pages, and from the server to the person only."""

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.routing import URLRouter
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from tests.webapp.person import Person
from tests.webapp.socket import Socket
from webapp.common.origin import FOREIGN
from webapp.common.owners import COOKIE
from webapp.config.asgi import application
from webapp.config.early import NOWHERE, UNREADABLE

pytestmark = pytest.mark.django_db(transaction=True)


def routes() -> list[str]:
    """An address of every socket route there is."""

    def routers(part: Any) -> Iterator[URLRouter]:
        if isinstance(part, URLRouter):
            yield part
            return
        for name in ("application", "inner", "app"):
            if hasattr(part, name):
                yield from routers(getattr(part, name))

    found: list[Any] = [
        route for router in routers(application.application_mapping["websocket"]) for route in router.routes
    ]
    named = [str(route.pattern).split("/") for route in found if str(route.pattern)]
    return ["/" + "/".join("x" if "<" in part else part for part in parts) for parts in named]


async def refusal(path: str, headers: dict[str, str], query: bytes = b"") -> int | None:
    """The code with which a socket is refused; None if it was accepted."""
    lines = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "websocket", "path": path, "headers": lines, "query_string": query, "subprotocols": []}
    ends: Any = ApplicationCommunicator  # asgiref's helper has no types
    ends = ends(application, scope)
    await ends.send_input({"type": "websocket.connect"})
    message = await ends.receive_output(5)
    await ends.send_input({"type": "websocket.disconnect", "code": 1000})
    await ends.wait(5)
    return message["code"] if message["type"] == "websocket.close" else None


async def mine(person: Person) -> tuple[str, str]:
    """The address of a socket that answers this person, and their cookie."""
    run = await sync_to_async(person.run)()
    return f"/ws/runs/{run}", f"{COOKIE}={person.client.cookies[COOKIE].value}"


def test_every_route_is_found() -> None:
    assert "/ws/runs/x" in routes()


async def _admin() -> str:
    def logged_in() -> str:
        client = Client()
        client.force_login(User.objects.create_superuser("root", password="x"))
        return f"sessionid={client.cookies['sessionid'].value}"

    return await sync_to_async(logged_in)()


@pytest.mark.parametrize("path", routes())
@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://testserver.evil.example", "http://testserver@evil.example", "file://", "["],
)
async def test_no_route_is_opened_by_another_sites_page(catalogue: None, path: str, origin: str) -> None:
    cookie = await _admin()
    assert await refusal(path, {"host": "testserver", "origin": origin, "cookie": cookie}) == FOREIGN


@pytest.mark.parametrize("path", routes())
@pytest.mark.parametrize("host", ["evil.example", "", "testserver.evil.example"])
async def test_no_route_answers_to_another_name(catalogue: None, path: str, host: str) -> None:
    """A page that rebinds its own name to our address sends an Origin that fits its Host."""
    headers = {"host": host, "origin": f"http://{host}"}
    assert await refusal(path, headers) == FOREIGN


@pytest.mark.parametrize("path", routes())
async def test_no_route_is_opened_without_being_somebody(catalogue: None, path: str) -> None:
    assert await refusal(path, {"host": "testserver"}) in {4401, 4403, 4404}


async def test_only_the_owner_hears_of_a_run(person: Person, stranger: Person) -> None:
    path, cookie = await mine(person)
    _, other = await mine(stranger)
    assert await refusal(path, {"host": "testserver", "cookie": cookie}) is None
    for wrong in (other, "", f"{COOKIE}=x", cookie[:-1], cookie + "x", f"{cookie}; {COOKIE}=x"):
        assert await refusal(path, {"host": "testserver", "cookie": wrong}) == 4404


@pytest.mark.parametrize(
    "path", ["/ws/runs/a\0b", "/ws/runs/../../x", "/ws", "/", "/api/runs", "/ws/runs/" + "a" * 5000, "/ws/runs/é"]
)
async def test_odd_addresses_are_refused(person: Person, path: str) -> None:
    _, cookie = await mine(person)
    assert await refusal(path, {"host": "testserver", "cookie": cookie}) in {NOWHERE, UNREADABLE}


async def test_a_nul_in_a_cookie_reaches_no_database(person: Person) -> None:
    path, _ = await mine(person)
    assert await refusal(path, {"host": "testserver", "cookie": 'sessionid="a\\000b"'}) == UNREADABLE


@pytest.mark.parametrize("said", ["{}", "", "x" * 100_000, '{"type":"run.event","event":{}}', "\0"])
async def test_whoever_talks_is_shown_out(person: Person, said: str) -> None:
    run = await sync_to_async(person.run)()
    socket = Socket(run, person.client.cookies[COOKIE].value)
    assert (await socket.opened())[0]
    await socket.event()
    await socket.say(said)
    assert await socket.message() == {"type": "websocket.close", "code": 4400}
    await socket.close()


async def test_a_link_opens_no_socket(person: Person, stranger: Person) -> None:
    path, _ = await mine(person)
    made = await sync_to_async(person.post)(f"/api{path.removeprefix('/ws')}/share")
    secret = made.json()["url"].rpartition("/")[2]
    for tried in (path, f"/ws/runs/{secret}"):
        assert await refusal(tried, {"host": "testserver"}, f"secret={secret}".encode()) == 4404


async def test_trusted_origins_are_those_the_admin_named(person: Person, settings: Settings) -> None:
    path, cookie = await mine(person)
    settings.CSRF_TRUSTED_ORIGINS = ["https://lab.example"]
    headers = {"host": "testserver", "cookie": cookie}
    assert await refusal(path, {**headers, "origin": "https://lab.example"}) is None
    assert await refusal(path, {**headers, "origin": "https://lab.example.evil.example"}) == FOREIGN
