"""What stands in front of Django: static files and the size of bodies; and what every answer says."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from pytest_django import Settings

from webapp.config.asgi import application
from webapp.config.static import StaticFiles

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def site() -> AsyncIterator[httpx.AsyncClient]:
    """The whole application over ASGI."""
    transport = httpx.ASGITransport(app=application)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


def forget() -> None:
    """The finders look again."""
    cached: Any = finders.get_finder
    cached.cache_clear()


async def test_static_files_are_found_without_a_manual_step(site: httpx.AsyncClient) -> None:
    answer = await site.get("/static/pages/page.css")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "max-age=60" in answer.headers["cache-control"]
    assert b"--paper" in answer.content
    assert (await site.get("/static/unfold/css/styles.css")).status_code == 200
    again = await site.get("/static/pages/page.css", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = await site.head("/static/pages/page.css")
    assert (head.status_code, head.content) == (200, b"")
    assert (await site.post("/static/pages/page.css")).status_code == 405


@pytest.mark.parametrize(
    "path", ["../manage.py", "%2e%2e/manage.py", "pages/../../manage.py", "nope.js", "", "pages", "//etc/passwd"]
)
async def test_no_path_leaves_the_static_files(site: httpx.AsyncClient, path: str) -> None:
    assert (await site.get(f"/static/{path}")).status_code == 404


async def test_hashed_names_never_change(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "ask-Cfp0FeQX.js").write_text("1")
    (tmp_path / "assets" / "plain.js").write_text("2")
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite" / "manifest.json").write_text("{}")
    settings.STATICFILES_DIRS = [tmp_path]
    forget()

    async def nothing(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    transport = httpx.ASGITransport(app=StaticFiles(nothing))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        hashed = await client.get("/static/assets/ask-Cfp0FeQX.js")
        plain = await client.get("/static/assets/plain.js")
        assert (await client.get("/static/.vite/manifest.json")).status_code == 404
        (tmp_path / "late.js").write_text("3")
        assert (await client.get("/static/late.js")).status_code == 404
        settings.DEBUG = True
        assert (await client.get("/static/late.js")).text == "3"
    forget()
    assert "immutable" in hashed.headers["cache-control"]
    assert "immutable" not in plain.headers["cache-control"]


async def test_an_announced_body_over_the_limit_is_refused_unread(site: httpx.AsyncClient) -> None:
    answer = await site.post("/api/runs", content=b"x", headers={"content-length": str(10**12)})
    assert answer.status_code == 413
    document = json.loads(answer.content)
    assert (document["type"], document["limit"], document["value"]) == ("/problems/body-too-large", 4194304, 10**12)


async def test_a_body_that_grows_over_the_limit_is_refused_on_the_way(site: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b"x" * 2**20

    answer = await site.post("/api/runs", content=endless())
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


async def test_files_may_be_larger_than_other_bodies(site: httpx.AsyncClient) -> None:
    answer = await site.post("/api/sources", files={"file": ("a.png", b"x" * (5 * 2**20), "image/png")})
    assert answer.json()["type"] == "/problems/image-unreadable"
    answer = await site.post("/api/sources", files={"file": ("a.png", b"x" * (21 * 2**20), "image/png")})
    assert answer.status_code == 413


async def test_requests_reach_django_over_asgi(site: httpx.AsyncClient) -> None:
    assert (await site.get("/healthz")).text == "ok\n"
    answer = await site.put("/api/runs")
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")
    assert "GET" in answer.headers["allow"]
    answer = await site.post("/api/runs", content=b"{}", headers={"origin": "http://evil.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/", "/runs/x", "/s/x", "/api/methods", "/api/nothing", "/healthz", "/metrics"])
def test_every_answer_says_what_the_browser_may_do(path: str) -> None:
    answer = Client().get(path)
    rules = dict(rule.split(" ", 1) for rule in answer["Content-Security-Policy"].split("; "))
    assert rules["script-src"] == "'self'"
    assert rules["style-src"] == "'self' 'unsafe-inline'"
    assert rules["frame-ancestors"] == rules["object-src"] == rules["base-uri"] == "'none'"
    assert "unsafe-eval" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"


def test_only_the_admin_may_evaluate() -> None:
    policy = Client().get("/admin/login/")["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval';" in policy
    assert "script-src 'self' 'unsafe-inline'" not in policy


@pytest.mark.parametrize("path", ["/", "/runs/abc", "/s/abc", "/nothing"])
def test_pages_hold_no_script_of_their_own(path: str) -> None:
    page = Client().get(path).content.decode()
    assert "<script>" not in page
    assert "onclick" not in page
    assert "http-equiv" not in page
