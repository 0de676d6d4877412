"""Bodies: bounded in size and in time while they arrive, before anything is kept of them."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from webapp.config import body
from webapp.config.asgi import application
from webapp.config.static import Receive, Scope, Send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def site() -> AsyncIterator[httpx.AsyncClient]:
    """The whole application over ASGI."""
    transport = httpx.ASGITransport(app=application)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


@pytest.mark.parametrize("path", ["/api/runs", "/api/sources", "/admin/login/", "/login"])
async def test_a_body_that_does_not_come_is_given_up(
    site: httpx.AsyncClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "SECONDS", 0.1)

    async def dripping() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.02)

    async with asyncio.timeout(5):
        answer = await site.post(path, content=dripping(), headers={"content-type": "application/json"})
    assert answer.status_code == 408
    document = json.loads(answer.content)
    assert document["type"] == "/problems/body-too-slow"
    assert answer.headers["connection"] == "close"


async def test_only_the_body_is_timed_not_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "SECONDS", 0.1)

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["body"] == b"{}"
        await asyncio.sleep(0.3)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})

    transport = httpx.ASGITransport(app=body.BodyLimit(slow))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        answer = await client.post("/api/runs", content=b"{}")
    assert (answer.status_code, answer.text) == (200, "done")


@pytest.mark.parametrize(
    ("path", "size"), [("/api/runs", 5 * 2**20), ("/login", 5 * 2**20), ("/api/sources", 21 * 2**20)]
)
async def test_a_body_over_the_limit_is_given_up(site: httpx.AsyncClient, path: str, size: int) -> None:
    sent = 0

    async def flood() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 4 * size:
            sent += 2**20
            yield b"x" * 2**20

    answer = await site.post(path, content=flood(), headers={"content-type": "application/json"})
    assert answer.status_code == 413
    document = json.loads(answer.content)
    assert document["value"] > document["limit"]
    assert document["value"] < document["limit"] + 2 * 2**20
