"""Every route, method and role: who is let in, who is told that there is nothing, who is sent to the entry.

The rows are in table.py; whatever the URL configuration has and the table has not, or the other way round, fails here.
"""

from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from tests.doors import people, routes
from tests.doors.people import ACCOUNTS, ANONYMOUS, ROLES, Scene, Things
from tests.doors.table import ADAS, MINE, ROWS, Row
from tests.webapp.person import Answer
from webapp.accounts.scopes import SAFE, WRITING, scope_for
from webapp.common import counters
from webapp.config.environment import HouseLimits

pytestmark = pytest.mark.django_db
MANY = 1_000_000
MISSING = """{method} {route} has no row. Add one line to ROWS in tests/doors/table.py, for example
    Row("{method}", "{route}", MINE, "/{path}", ok=200, scope={scope}),
whose door says who may come in. If a token may, the route needs a scope in webapp/accounts/scopes.py as well."""


@pytest.fixture
def scene(catalogue: None, settings: Settings, picture: bytes) -> Scene:
    """Everybody, and what they try to reach; nobody knocks too often."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    counted = [name for name in HouseLimits.model_fields if name.endswith(("_per_minute", "queued_jobs"))]
    settings.LIMITS = settings.LIMITS.model_copy(update=dict.fromkeys(counted, MANY))
    counters.shared().forget()
    return people.scene(picture)


def knock(scene: Scene, role: str, row: Row, things: Things, **more: str) -> Answer:
    """What somebody is answered, and everything is as before."""
    path = things.fill(row.path, **{"token": scene.token, **more})
    client = scene.person(role).client
    cookies = SimpleCookie(client.cookies)
    with transaction.atomic():
        if row.form is not None:
            answer = client.post(path, row.form)
        elif row.body is not None:
            answer = scene.person(role).post(path, row.body)
        else:
            answer = client.generic(row.method, path)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def wrong(scene: Scene, row: Row, roles: tuple[str, ...] = ROLES, *, closed: bool) -> list[str]:
    """What roles are answered that they should not be."""
    said = []
    for role in roles:
        expected = row.expected(closed_house=closed)[role]
        status = knock(scene, role, row, scene.theirs(role)).status_code
        if status != expected:
            said.append(f"{row.method} {row.path} answers {role} {status}, not {expected}")
    return said


def test_every_route_has_a_row_and_every_row_a_route(scene: Scene) -> None:
    known = {(row.method, row.route): row for row in ROWS}
    there: set[tuple[str, str]] = set()
    for route in routes.routes():
        if route.startswith(routes.ADMIN):
            continue
        row = next((row for row in ROWS if row.route == route), None)
        path = scene.things["ada"].fill(row.path, token=scene.token) if row else f"/{route}"
        there |= {(method, route) for method in routes.methods(scene.person("ada"), path)}
    missing = [
        MISSING.format(method=method, route=route, path=route.replace("<id>", "{run}"), scope=scope_for(method, route))
        for method, route in sorted(there - set(known))
    ]
    assert not missing, "\n\n".join(missing)
    left = sorted(f"{method} {route}" for method, route in set(known) - there)
    assert not left, f"rows of tests/doors/table.py whose route is gone: {', '.join(left)}"


def test_scopes_name_routes_that_are_there() -> None:
    known = {(row.method, row.route) for row in ROWS}
    gone = [f"{method} {route}" for method, route in WRITING if (method, route) not in known]
    assert not gone, f"webapp/accounts/scopes.py names routes that are not there: {', '.join(gone)}"
    assert not {method for method, _ in WRITING} & set(SAFE)
    for row in ROWS:
        assert row.scope == (None if row.free else scope_for(row.method, row.route)), f"{row.method} {row.route}"


def test_every_role_at_every_door_of_an_open_house(scene: Scene) -> None:
    said = [line for row in ROWS for line in wrong(scene, row, closed=False)]
    assert not said, "\n".join(said)


def test_every_role_at_every_door_of_a_closed_house(scene: Scene, settings: Settings) -> None:
    settings.REQUIRE_LOGIN = True
    said = [line for row in ROWS for line in wrong(scene, row, (*ANONYMOUS, "ada", "bo", "read"), closed=True)]
    assert not said, "\n".join(said)


def test_a_link_that_is_over_leads_nobody_anywhere(scene: Scene, settings: Settings) -> None:
    for row in (row for row in ROWS if row.link):
        for closed in (False, True):
            settings.REQUIRE_LOGIN = closed
            for state in ("expired", "revoked", "guessed"):
                for role in ("nobody", "browser", "ada", "root"):
                    things = scene.theirs(role)
                    answer = knock(scene, role, row, things, secret=things.secrets[state])
                    assert answer.status_code == 404, (row.path, state, role)


def test_a_house_may_close_its_links_too(scene: Scene, settings: Settings) -> None:
    settings.REQUIRE_LOGIN, settings.PUBLIC_SHARES = True, False
    for row in (row for row in ROWS if row.link):
        for role in (*ANONYMOUS, *ACCOUNTS):
            expected = 200 if role in ACCOUNTS else 302 if row.page else 401
            assert knock(scene, role, row, scene.theirs(role)).status_code == expected, (row.path, role)


def test_what_is_anothers_reads_like_what_is_not_there(scene: Scene) -> None:
    nothing = Things("a" * 16, "a" * 16, "a" * 16, "a" * 16, {"open": "a" * 32})
    for row in (row for row in ROWS if row.door in (MINE, ADAS)):
        for role in ("nobody", "passer", "bo", "root", "bo's"):
            gone = knock(scene, role, row, nothing, token="a" * 16)
            for whose in ("browser", "ada"):
                there = knock(scene, role, row, scene.things[whose])
                assert (there.status_code, _said(there)) == (gone.status_code, _said(gone)), (row.path, role, whose)


def _said(answer: Answer) -> Any:
    return answer["Location"].partition("?")[0] if answer.status_code == 302 else answer.content


def test_other_methods_and_spellings_open_nothing(scene: Scene) -> None:
    bo, ada = scene.person("bo").client, scene.things["ada"]
    for row in (row for row in ROWS if row.door is MINE and row.method == "GET"):
        path = ada.fill(row.path)
        for method in ("HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "BREW"):
            answer = bo.generic(method, path)
            assert answer.status_code in (404, 405), (method, path)
            assert ada.run.encode() not in answer.content
        spellings = [f"{path}/", path.upper(), f"/{path}", path.replace("/", "//"), f"{path}%00", f"{path};x"]
        for spelling in [*spellings, f"{path}%20", path.replace("/", "/./"), f"/x/..{path}"]:
            assert bo.get(spelling).status_code == 404, spelling
        for header in ("x-http-method-override", "x-original-url", "x-rewrite-url", "x-user-email", "remote-user"):
            assert bo.get(path, headers={header: "ada"}).status_code == 404, (header, path)


def test_a_header_makes_no_other_request_of_a_request(scene: Scene) -> None:
    ada, run = scene.person("ada"), scene.things["ada"].run
    for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        assert ada.get(f"/api/runs/{run}", **{name: "DELETE"}).status_code == 200
        assert ada.post(f"/api/runs/{run}", {"_method": "DELETE"}, **{name: "DELETE"}).status_code == 405
    assert {job["state"] for job in ada.state(run)["jobs"]} == {"done"}
    for name in ("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix"):
        answer = scene.person("bo").get("/api/methods", **{name: f"/api/runs/{run}"})
        assert (answer.status_code, run in answer.content.decode()) == (200, False)
    forwarded = {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    made = ada.post(f"/api/runs/{run}/share", {}, **forwarded).json()
    assert made["url"].startswith("http://testserver/s/")


ENTRY = {"admin/login/", "admin/logout/"}
STAFF = {
    "admin/",
    "admin/search/",
    "admin/autocomplete/",
    "admin/jsi18n/",
    "admin/password_change/",
    "admin/password_change/done/",
    "admin/r/<path:content_type_id>/<path:object_id>/",
    "admin/(?P<url>.*)$",
}
"""What any of the staff may open: it shows what one has rights for."""


def test_the_admin_lets_in_staff_with_rights(scene: Scene) -> None:
    for route in (route for route in routes.routes() if route.startswith(routes.ADMIN)):
        path = "/" + admin_path(route)
        for role in ("nobody", "ada", "clerk", "root", "read"):
            client = scene.person(role).client
            for answer in (
                [client.get(path)] if role == "root" or route in ENTRY else [client.get(path), client.post(path)]
            ):
                assert admitted(route, role, answer), f"{path} answers {role} {answer.status_code}: see ENTRY, STAFF"


def admitted(route: str, role: str, answer: Answer) -> bool:
    """Whether the admin answers a role as it should: rights, else the entry."""
    status, where = int(answer.status_code), str(answer.headers.get("Location", ""))
    if role in people.TOKENS:
        return status == 403
    if role == "root":
        return status < 500  # 403 where nobody may: rows that the site alone adds
    if route in ENTRY:
        return status in (200, 302, 403, 405)
    if role != "clerk":
        return status == 302 and where.startswith("/admin/login/")
    if route in STAFF:
        return status in (200, 302, 400, 403, 404, 405)
    # Django says of an id that is not there that it is not, and leads from an object's old address to its new one.
    return status in (403, 404, 405) or where == "/admin/" or where.endswith("/1/change/")


def admin_path(route: str) -> str:
    """A route of the admin with ids in it."""
    for hole in ("<path:object_id>", "<path:content_type_id>", "<id>", "<int:id>", "<str:id>", "<str:object_id>"):
        route = route.replace(hole, "1")
    return "admin/runs/" if "(?P<app_label>" in route else route.replace("(?P<url>.*)$", "nothing/here/")
