"""Runs answer to the cookie that made them, to an account, or through a link; to everybody else they do not exist."""

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from pytest_django import Settings

from tests.webapp.computing import finish
from tests.webapp.person import Person, problem
from webapp.common.owners import COOKIE, Owner, address_of
from webapp.runs.models import Run

pytestmark = pytest.mark.django_db


def test_the_first_post_sets_a_signed_cookie(person: Person) -> None:
    assert COOKIE not in person.client.cookies
    person.get("/api/methods")
    assert COOKIE not in person.client.cookies
    person.run()
    cookie = person.client.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"]
    owner = Run.objects.get().owner
    assert cookie.value.startswith(f"{owner}:")
    before = cookie.value
    person.run(text="again")
    assert person.client.cookies[COOKIE].value == before


def test_over_https_the_cookie_stays_there(catalogue: None) -> None:
    client = Client()
    client.post("/api/runs", "{}", "application/json", secure=True)
    answer = client.post(
        "/api/runs",
        '{"text": "a", "models": ["demo-lm"], "methods": [{"key": "surprisal"}]}',
        "application/json",
        secure=True,
    )
    assert answer.status_code == 201
    assert client.cookies[COOKIE]["secure"]


def test_everything_of_a_run_is_404_to_a_stranger(person: Person, stranger: Person, picture: bytes) -> None:
    source = person.upload(picture, "a.png", "image/png").json()["id"]
    run = person.run()
    finish()
    result = person.state(run)["results"][0]["id"]
    share = person.post(f"/api/runs/{run}/share").json()["id"]
    stranger.run(text="mine")
    paths = [f"/api/runs/{run}", f"/api/runs/{run}/results/{result}", f"/api/runs/{run}/results/{result}.csv"]
    for path in [*paths, f"/api/sources/{source}"]:
        assert person.get(path).status_code == 200
        problem(stranger.get(path), 404, "not-found")
    body = {"models": ["demo-lm"], "methods": [{"key": "surprisal"}]}
    for path in ("stop", "share", "jobs"):
        problem(stranger.post(f"/api/runs/{run}/{path}", body if path == "jobs" else {}), 404, "not-found")
    problem(stranger.delete(f"/api/runs/{run}"), 404, "not-found")
    problem(stranger.delete(f"/api/runs/{run}/shares/{share}"), 404, "not-found")
    problem(stranger.ask(source_ids=[source]), 422, "source-unknown")
    assert stranger.get(f"/runs/{run}").status_code == 404
    assert person.get(f"/runs/{run}").status_code == 200


def test_a_result_of_another_run_of_mine_is_not_in_this_one(person: Person) -> None:
    first = person.run(text="one")
    finish()
    second = person.run(text="two")
    result = person.state(first)["results"][0]["id"]
    problem(person.get(f"/api/runs/{second}/results/{result}"), 404, "not-found")


@pytest.mark.parametrize("forged", ["", "x", "abc:def:ghi", "a" * 4000, "é"])
def test_a_forged_cookie_is_nobodys(person: Person, forged: str) -> None:
    run = person.run()
    owner = Run.objects.get().owner
    for value in (forged, f"{owner}:{forged}", owner):
        client = Client()
        client.cookies[COOKIE] = value
        problem(Person(client).get(f"/api/runs/{run}"), 404, "not-found")


def test_whoever_has_no_cookie_owns_nothing(person: Person) -> None:
    person.run()
    Run.objects.update(owner="")
    assert Person(Client()).get("/api/runs").json() == []
    assert Run.objects.filter(Owner(None, None).owned()).count() == 0
    assert Run.objects.filter(Owner("", None).owned()).count() == 0


def test_an_account_has_its_runs_everywhere(catalogue: None) -> None:
    user = User.objects.create_user("ada", password="a long password")
    home, work = Person(Client()), Person(Client())
    home.client.force_login(user)
    run = home.run()
    problem(work.get(f"/api/runs/{run}"), 404, "not-found")
    work.client.force_login(user)
    assert work.get(f"/api/runs/{run}").status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"origin": "http://testserver"}, 201),
        ({"origin": "https://testserver"}, 201),
        ({"origin": "http://testserver", "sec-fetch-site": "same-origin"}, 201),
        ({"sec-fetch-site": "none"}, 201),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://testserver.evil.example"}, 403),
        ({"origin": "http://testserver:8001"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
        ({"origin": "http://[bad"}, 403),
        ({"origin": "file://testserver"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "http://testserver", "sec-fetch-site": "cross-site"}, 403),
    ],
)
def test_only_this_sites_own_pages_and_programs_may_change_things(
    person: Person, headers: dict[str, str], status: int
) -> None:
    body = {"text": "a", "models": ["demo-lm"], "methods": [{"key": "surprisal"}]}
    answer = person.post("/api/runs", body, **headers)
    assert answer.status_code == status
    if status == 403:
        problem(answer, 403, "foreign-origin")
    assert person.get("/api/methods", **headers).status_code == 200


def test_a_site_that_the_house_trusts_may_ask(person: Person, settings: Settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://tessera.example"]
    body = {"text": "a", "models": ["demo-lm"], "methods": [{"key": "surprisal"}]}
    assert person.post("/api/runs", body, origin="https://tessera.example").status_code == 201


def test_addresses_are_counted_by_network_and_behind_proxies(settings: Settings) -> None:
    def of(remote: str, forwarded: str = "") -> str:
        return address_of(RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded))

    assert of("2001:db8::1") == of("2001:db8::ffff") != of("2001:db8:0:1::1")
    assert of("10.0.0.1") != of("10.0.0.2")
    assert of("10.0.0.1", "1.2.3.4") == of("10.0.0.1")
    assert of("") == of("unix")
    settings.PROXIES = 1
    assert of("10.0.0.1", "9.9.9.9, 1.2.3.4") == of("1.2.3.4") != of("9.9.9.9")
    assert "10.0.0.1" not in of("10.0.0.1")
