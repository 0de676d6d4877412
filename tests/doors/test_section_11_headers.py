"""What every kind of answer tells the browser, what cookies are like, and what other sites' pages cannot do."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, get_resolver
from pytest_django import Settings

from tests.webapp.computing import finish
from tests.webapp.person import Person, problem
from webapp.common.owners import COOKIE
from webapp.config.asgi import application

pytestmark = pytest.mark.django_db
over_asgi = pytest.mark.django_db(transaction=True)

STRICT = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
ADMIN = STRICT.replace("script-src 'self';", "script-src 'self' 'unsafe-eval';")
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


@pytest.fixture
async def site(person: Person) -> AsyncIterator[httpx.AsyncClient]:
    """The whole application over ASGI, asked by somebody who has a finished run (`{run}`, `{result}`, `{share}`)."""

    def prepared() -> dict[str, str]:
        run = person.run()
        finish()
        state = person.state(run)
        share = person.post(f"/api/runs/{run}/share").json()["url"].rpartition("/")[2]
        return {"run": run, "result": state["results"][0]["id"], "share": share, "source": state["sources"][0]["id"]}

    places = await sync_to_async(prepared)()
    transport = httpx.ASGITransport(app=application, raise_app_exceptions=False)  # type: ignore[arg-type]
    cookies = {COOKIE: person.client.cookies[COOKIE].value}
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver", cookies=cookies) as client:
        client.places = places  # type: ignore[attr-defined]
        yield client


async def ask(site: httpx.AsyncClient, method: str, path: str, **more: Any) -> httpx.Response:
    """The answer to a request whose address names places of the person's run."""
    return await site.request(method, path.format(**site.places), **more)  # type: ignore[attr-defined]


KINDS: list[tuple[str, str, int, str, dict[str, Any]]] = [
    ("GET", "/", 200, STRICT, {}),
    ("GET", "/compare", 200, STRICT, {}),
    ("GET", "/runs/{run}", 200, STRICT, {}),
    ("GET", "/s/{share}", 200, STRICT, {}),
    ("GET", "/login", 200, STRICT, {}),
    ("GET", "/nothing/here", 404, STRICT, {}),
    ("GET", "/runs/nothing", 404, STRICT, {}),
    ("POST", "/", 403, STRICT, {}),
    ("GET", "/", 400, STRICT, {"headers": {"host": "evil.example"}}),
    ("GET", "/robots.txt", 200, STRICT, {}),
    ("GET", "/healthz", 200, STRICT, {}),
    ("GET", "/static/pages/page.css", 200, STRICT, {}),
    ("HEAD", "/static/pages/page.css", 200, STRICT, {}),
    ("GET", "/static/nothing.js", 404, STRICT, {}),
    ("GET", "/api/methods", 200, STRICT, {}),
    ("GET", "/api/runs/{run}", 200, STRICT, {}),
    ("GET", "/api/runs/{run}/results/{result}", 200, STRICT, {}),
    ("GET", "/api/runs/nothing", 404, STRICT, {}),
    ("GET", "/api/nothing", 404, STRICT, {}),
    ("PUT", "/api/runs", 405, STRICT, {}),
    ("POST", "/api/runs", 415, STRICT, {"content": b"x", "headers": {"content-type": "text/plain"}}),
    ("POST", "/api/runs", 400, STRICT, {"content": b"{", "headers": {"content-type": "application/json"}}),
    ("POST", "/api/runs", 403, STRICT, {"content": b"{}", "headers": {"origin": "http://evil.example"}}),
    ("POST", "/api/runs", 413, STRICT, {"content": b"x", "headers": {"content-length": "99999999999"}}),
    ("GET", "/api/methods?a=%00", 400, STRICT, {}),
    ("GET", "/api/sources/{source}", 200, SANDBOX, {}),
    ("GET", "/api/runs/{run}/results/{result}.csv", 200, SANDBOX, {}),
    ("GET", "/api/runs/{run}/results/{result}.svg", 200, SANDBOX, {}),
    ("GET", "/api/runs/{run}/results/{result}.html", 200, SANDBOX, {}),
    ("GET", "/api/shares/{share}/results/{result}.html", 200, SANDBOX, {}),
    ("GET", "/admin/login/", 200, ADMIN, {}),
    ("GET", "/admin/", 302, ADMIN, {}),
    ("GET", "/admin/nothing/", 302, ADMIN, {}),
]


@over_asgi
async def test_every_kind_of_answer_carries_the_policy_as_ruled(site: httpx.AsyncClient) -> None:
    for method, path, status, policy, more in KINDS:
        answer = await ask(site, method, path, **more)
        assert answer.status_code == status, (path, answer.text[:300])
        assert answer.headers.get_list("content-security-policy") == [policy], path
        for name, value in ALWAYS.items():
            assert answer.headers.get_list(name) == [value], (path, name)
        secret = path.startswith(("/s/", "/api/shares/"))
        assert answer.headers["referrer-policy"] == ("no-referrer" if secret else "same-origin"), path
        assert ("x-robots-tag" in answer.headers) is secret, path
        assert "server" not in answer.headers
        assert "strict-transport-security" not in answer.headers


@over_asgi
async def test_downloads_are_attachments(site: httpx.AsyncClient) -> None:
    for form in ("csv", "svg", "html", "tex"):
        for place in ("/api/runs/{run}", "/api/shares/{share}"):
            answer = await ask(site, "GET", f"{place}/results/{{result}}.{form}")
            assert answer.headers["content-disposition"].startswith('attachment; filename="surprisal-')
    for form in ("js", "json", "svg.html", "csv%0d%0aX:%201"):
        assert (await ask(site, "GET", f"/api/runs/{{run}}/results/{{result}}.{form}")).status_code == 404


@over_asgi
async def test_no_answer_lets_another_site_read_it(site: httpx.AsyncClient) -> None:
    foreign = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    for method, path, _, _, more in KINDS:
        asked = {**more, "headers": {**foreign, **more.get("headers", {})}}
        for verb in (method, "OPTIONS"):
            answer = await ask(site, verb, path, **asked)
            assert not [name for name in answer.headers if name.startswith("access-control-")], (verb, path)
            assert answer.status_code < 500


@over_asgi
async def test_a_secret_is_kept_out_of_caches(site: httpx.AsyncClient) -> None:
    for path in ("/s/{share}", "/api/shares/{share}", "/api/runs/{run}"):
        assert "private" in (await ask(site, "GET", path)).headers["cache-control"]


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "a b", "", "testserver,evil.example", "[::"]
)
def test_an_unknown_host_is_refused(host: str) -> None:
    for path in ("/", "/api/methods", "/admin/login/"):
        assert Client().get(path, headers={"host": host}).status_code == 400


def test_a_forwarded_host_writes_no_links(person: Person) -> None:
    run = person.run()
    made = person.post(
        f"/api/runs/{run}/share", **{"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    )
    assert made.json()["url"].startswith("http://testserver/s/")


def test_with_https_browsers_are_told_to_stay_there(settings: Settings, person: Person) -> None:
    settings.HTTPS = settings.SESSION_COOKIE_SECURE = True
    for path in ("/", "/api/methods", "/admin/login/", "/nothing"):
        assert Client().get(path)["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    run = Person(Client())
    run.run()
    assert run.client.cookies[COOKIE]["secure"]


def test_with_https_cookies_belong_to_this_host_alone() -> None:
    code = (
        "from django.conf import settings as s; "
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.OWNER_COOKIE, s.SESSION_COOKIE_SECURE, "
        "s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_DOMAIN, s.CSRF_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH)"
    )
    environment = {**os.environ, "TESSERA_HTTPS": "1", "DJANGO_SETTINGS_MODULE": "webapp.config.settings"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    names = "__Host-sessionid __Host-csrftoken __Host-tessera_owner"
    assert done.stdout.split("\n")[0] == f"{names} True True None None /"


def test_no_script_reads_a_cookie(person: Person) -> None:
    User.objects.create_superuser("root", password="a long password")
    person.client.get("/admin/login/")
    person.client.post("/admin/login/", {"username": "root", "password": "a long password"})
    person.client.logout = None  # type: ignore[method-assign, assignment]
    visitor = Person(Client())
    visitor.run()
    found = {**person.client.cookies, **visitor.client.cookies}
    assert {"sessionid", "csrftoken", COOKIE} <= set(found)
    for cookie in found.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]


def addresses() -> Iterator[str]:
    """One address of every route outside the interface."""

    def walk(patterns: Any, before: str) -> Iterator[str]:
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield route
            elif not route.startswith("api/"):
                yield from walk(pattern.url_patterns, route)

    for route in walk(get_resolver().url_patterns, ""):
        if "(?P" not in route:
            parts = [part if not part.startswith("<") else "1" for part in route.split("/")]
            yield "/" + "/".join(parts)


def test_no_form_is_taken_from_another_sites_page(db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("root", password="x"))
    refused = 0
    for address in addresses():
        answer = client.post(address, {"action": "delete_selected", "_selected_action": "1", "name": "x"})
        assert answer.status_code in {403, 405}, (address, answer.status_code)
        refused += answer.status_code == 403
    assert refused > 20


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver@evil.example"},
        {"Origin": "file://"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://[", "Sec-Fetch-Site": "none"},
    ],
)
def test_no_request_is_taken_from_another_sites_page(person: Person, headers: dict[str, str]) -> None:
    run = person.run()
    for path in ("/api/runs", f"/api/runs/{run}/stop", f"/api/runs/{run}/share"):
        problem(person.post(path, {}, **headers), 403, "foreign-origin")
