"""Ids in bodies, links that outlive what they lead to, and other ways around a door."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.test import Client
from pytest_django import Settings

from tests.doors import people
from tests.doors.people import Scene
from tests.webapp.computing import finish
from tests.webapp.person import SURPRISAL, Person, problem
from webapp.common import counters
from webapp.common.owners import COOKIE, SALT
from webapp.runs.models import Run
from webapp.sharing.models import Share
from webapp.uploads.models import Source

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(catalogue: None, settings: Settings, picture: bytes) -> Scene:
    """Everybody, and what they try to reach."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    counters.shared().forget()
    return people.scene(picture)


INTRUDERS = ("passer", "bo", "root", "bo's")


@pytest.mark.parametrize("role", INTRUDERS)
def test_anothers_source_in_a_body_is_unknown(scene: Scene, role: str) -> None:
    before = Run.objects.count()
    person = scene.person(role)
    for whose in ("browser", "ada"):
        body = {"source_ids": [scene.things[whose].source], "models": ["demo-vit"], "methods": [{"key": "occlusion"}]}
        nothing = body | {"source_ids": ["a" * 16]}
        there = problem(person.post("/api/runs", body), 422, "source-unknown")
        assert problem(person.post("/api/runs", nothing), 422, "source-unknown") == there
        told = person.post("/api/estimates", body).json()
        assert told == person.post("/api/estimates", nothing).json()
        assert (told["refusal"]["status"], told["jobs"]) == (404, [])
    assert Run.objects.count() == before


@pytest.mark.parametrize("role", INTRUDERS)
def test_anothers_run_cannot_be_departed_from(scene: Scene, role: str) -> None:
    branch = {"run": scene.things["ada"].run, "model": "demo-vit", "step": 0, "token": 1, "text": "x"}
    body = {"text": "x", "models": ["demo-lm"], "methods": [SURPRISAL], "branch": branch}
    answer = scene.person(role).post("/api/runs", body)
    assert answer.status_code in (404, 422)
    assert not Run.objects.exclude(branch=None).exists()
    branch["run"] = "a" * 16
    gone = scene.person(role).post("/api/runs", body)
    assert (gone.status_code, gone.content) == (answer.status_code, answer.content)


@pytest.mark.parametrize("place", ["roles", "params", "models", "tokenizer"])
def test_ids_of_others_are_no_models_roles_or_parameters(scene: Scene, place: str) -> None:
    source = scene.things["ada"].source
    calls: dict[str, dict[str, Any]] = {
        "roles": {"methods": [{"key": "two_models", "roles": {"reference": source}}]},
        "params": {"methods": [{"key": "surprisal", "params": {"source": source}}]},
        "models": {"methods": [SURPRISAL], "models": [source]},
        "tokenizer": {"methods": [{"key": "compare_tokenizers", "params": {"tokenizers": [source]}}]},
    }
    body = {"text": "x", "models": ["demo-lm"], **calls[place]}
    assert scene.person("bo").post("/api/runs", body).status_code == 422


@pytest.mark.parametrize("role", INTRUDERS)
def test_a_result_is_not_reached_through_a_run_of_ones_own(scene: Scene, role: str) -> None:
    person = scene.person(role)
    own = person.run(text="my own words")
    finish()
    for whose in ("browser", "ada"):
        for form in ("", ".csv", ".svg", ".html"):
            path = f"/api/runs/{own}/results/{scene.things[whose].result}{form}"
            problem(person.get(path), 404, "not-found")
    problem(person.delete(f"/api/runs/{own}/shares/{scene.things['ada'].share}"), 404, "not-found")
    assert Share.objects.get(pk=scene.things["ada"].share).open


def test_a_link_leads_to_its_own_runs_sources_and_results_only(scene: Scene) -> None:
    nobody, ada, browser = scene.person("nobody"), scene.things["ada"], scene.things["browser"]
    link = f"/api/shares/{ada.secrets['open']}"
    assert nobody.get(f"{link}/sources/{ada.source}").status_code == 200
    for path in (f"/sources/{browser.source}", f"/results/{browser.result}", f"/results/{browser.result}.html"):
        problem(nobody.get(link + path), 404, "not-found")
    for path in (f"/api/sources/{ada.source}", f"/api/runs/{ada.run}", f"/api/runs/{ada.run}/results/{ada.result}"):
        problem(nobody.get(path), 404, "not-found")
    state = nobody.get(link).json()
    assert (state["mine"], state["shares"], state["branch"]) == (False, [], None)
    for secret in ada.secrets.values():
        assert secret not in str({name: value for name, value in state.items() if name not in ("url", "sources")})


def test_whoever_holds_a_link_changes_nothing(scene: Scene) -> None:
    link = f"/api/shares/{scene.things['ada'].secrets['open']}"
    for role in ("nobody", "bo", "root", "ada"):
        client = scene.person(role).client
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            for path in (link, f"{link}/sources/{scene.things['ada'].source}"):
                assert client.generic(method, path, "{}", "application/json").status_code == 405, (role, method)
        for path in ("/stop", "/delete", "/jobs", "/share"):
            assert client.post(link + path, "{}", "application/json").status_code == 404
    assert scene.person("ada").get(f"/api/runs/{scene.things['ada'].run}").status_code == 200


def test_a_deleted_run_takes_its_links_sources_and_results_along(scene: Scene) -> None:
    ada, things, nobody = scene.person("ada"), scene.things["ada"], scene.person("nobody")
    assert ada.post(f"/api/runs/{things.run}/delete").status_code == 204
    link = f"/api/shares/{things.secrets['open']}"
    gone = [link, f"{link}/sources/{things.source}", f"{link}/results/{things.result}"]
    for path in gone:
        problem(nobody.get(path), 404, "not-found")
    assert nobody.get(f"/s/{things.secrets['open']}").status_code == 404
    problem(ada.get(f"/api/sources/{things.source}"), 404, "not-found")
    problem(ada.get(f"/api/runs/{things.run}/results/{things.result}"), 404, "not-found")
    # The browser gave the same picture, and keeps it.
    browser = scene.things["browser"]
    assert scene.person("browser").get(f"/api/sources/{browser.source}").content.startswith(b"\x89PNG")
    assert scene.person("browser").get(f"/api/runs/{browser.run}/results/{browser.result}").status_code == 200


def test_the_page_of_my_runs_deletes_only_mine(scene: Scene) -> None:
    browser = scene.things["browser"].run
    assert scene.person("ada").fill(f"/account/runs/{browser}/delete").status_code == 404
    assert Run.objects.filter(pk=browser).exists()
    assert scene.person("ada").fill(f"/account/runs/{scene.things['ada'].run}/delete").status_code == 302
    assert not Run.objects.filter(pk=scene.things["ada"].run).exists()


def test_pictures_in_a_list_are_ones_own(scene: Scene) -> None:
    for role in ("browser", "ada"):
        (line,) = scene.person(role).get("/api/runs").json()
        assert line["thumbnail"] == f"/api/sources/{scene.theirs(role).source}"
        assert scene.person(role).get(line["thumbnail"]).status_code == 200
        for intruder in INTRUDERS:
            problem(scene.person(intruder).get(line["thumbnail"]), 404, "not-found")


def test_the_same_bytes_given_twice_are_a_source_each(scene: Scene, picture: bytes) -> None:
    ids = {
        role: scene.person(role).upload(picture, "b.png", "image/png").json()["id"] for role in ("bo", "passer", "ada")
    }
    assert ids["ada"] == scene.things["ada"].source
    assert len(set(ids.values())) == 3
    assert len({source.sha256 for source in Source.objects.filter(pk__in=ids.values())}) == 1
    for role, id in ids.items():
        for other in ("bo", "passer", "ada", "nobody"):
            assert scene.person(other).get(f"/api/sources/{id}").status_code == (200 if other == role else 404)


@pytest.mark.parametrize("forged", ["account:1", "account:2", "", "' OR 1=1 --"])
def test_no_cookie_makes_an_account(scene: Scene, forged: str) -> None:
    """Not even one that this house signed: an account's runs answer to its session or token, not to its key."""
    ada = User.objects.get(username="ada")
    client = Client()
    name = f"account:{ada.pk}" if forged == "account:1" else forged
    client.cookies[COOKIE] = signing.TimestampSigner(salt=SALT).sign(name)
    assert Person(client).get("/api/runs").json() == []
    problem(Person(client).get(f"/api/runs/{scene.things['ada'].run}"), 404, "not-found")
    problem(Person(client).get(f"/api/sources/{scene.things['ada'].source}"), 404, "not-found")


def test_a_deleted_accounts_runs_are_nobodys(scene: Scene) -> None:
    things = scene.things["ada"]
    User.objects.get(username="ada").delete()
    for role in ("nobody", "bo", "root", "browser", "ada"):
        problem(scene.person(role).get(f"/api/runs/{things.run}"), 404, "not-found")
    problem(scene.person("read").get(f"/api/runs/{things.run}"), 401, "token-invalid")


def test_no_spelling_of_a_closed_house_is_open(scene: Scene, settings: Settings) -> None:
    settings.REQUIRE_LOGIN = True
    nobody = scene.person("nobody").client
    for path in ("/api/methods", "/API/methods", "//api/methods", "/api//methods", "/api/methods/", "/./api/methods"):
        assert nobody.get(path).status_code in (401, 404), path
    for prefix in ("/login/..", "/s/../", "/healthz/..", "/admin/..", "/static/.."):
        assert nobody.get(f"{prefix}/api/methods").status_code in (302, 401, 404), prefix
    for headers in ({"x-forwarded-for": "127.0.0.1"}, {"x-original-url": "/login"}, {"x-forwarded-prefix": "/login"}):
        assert nobody.get("/api/methods", headers=headers).status_code == 401
    assert nobody.get("/runs/abc?a=b")["Location"] == "/login?next=/runs/abc%3Fa%3Db"
    assert nobody.get("//evil.example/x").status_code == 404
