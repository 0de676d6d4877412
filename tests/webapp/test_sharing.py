"""Links: secret, read-only, with an end."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from tests.webapp.computing import finish
from tests.webapp.person import Person, problem
from webapp.sharing.models import Share
from webapp.sharing.services import hash_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(person: Person) -> tuple[str, str, str]:
    """A finished run, the secret of a link to it, and the link's id."""
    run = person.run()
    finish()
    made = person.post(f"/api/runs/{run}/share", {"note": "look"}).json()
    assert made["url"].startswith("http://testserver/s/")
    return run, made["url"].rpartition("/")[2], made["id"]


def test_a_secret_is_long_random_and_kept_as_a_hash(shared: tuple[str, str, str], person: Person) -> None:
    run, secret, _ = shared
    other = person.post(f"/api/runs/{run}/share").json()["url"].rpartition("/")[2]
    assert len(secret) * 6 >= 128
    assert secret != other
    stored = Share.objects.get(secret_hash=hash_of(secret))
    assert secret not in str(stored.__dict__)


def test_whoever_holds_a_link_reads_and_no_more(shared: tuple[str, str, str], stranger: Person, person: Person) -> None:
    run, secret, _ = shared
    api = f"/api/shares/{secret}"
    state = stranger.get(api).json()
    assert (state["id"], state["mine"], state["shares"], state["url"]) == (run, False, [], f"/s/{secret}")
    result = state["results"][0]["id"]
    assert stranger.get(f"{api}/results/{result}").json()["method"] == "surprisal"
    assert stranger.get(f"{api}/results/{result}.csv").status_code == 200
    assert stranger.get(f"{api}/sources/{state['sources'][0]['id']}").content == b"hello"
    problem(stranger.get(f"/api/runs/{run}"), 404, "not-found")
    for path in (f"/api/runs/{run}/share", f"/api/runs/{run}/stop"):
        problem(stranger.post(path), 404, "not-found")
    assert stranger.post(api).status_code == 405
    assert stranger.delete(api).status_code == 405


def test_a_link_shows_only_its_own_run(shared: tuple[str, str, str], person: Person, stranger: Person) -> None:
    _, secret, _ = shared
    other = person.run(text="another", methods=[{"key": "occlusion"}])
    finish()
    state = person.state(other)
    problem(stranger.get(f"/api/shares/{secret}/results/{state['results'][0]['id']}"), 404, "not-found")
    problem(stranger.get(f"/api/shares/{secret}/sources/{state['sources'][0]['id']}"), 404, "not-found")


def test_a_link_tells_the_names_of_its_own_runs_methods_and_models(
    shared: tuple[str, str, str], stranger: Person, settings: Settings
) -> None:
    _, secret, _ = shared
    settings.REQUIRE_LOGIN = True
    problem(stranger.get("/api/models"), 401, "login-required")
    assert "surprisal" in [entry["key"] for entry in stranger.get(f"/api/shares/{secret}/methods").json()]
    assert [entry["key"] for entry in stranger.get(f"/api/shares/{secret}/models").json()] == ["demo-lm"]


def test_a_picture_behind_a_link_is_reached_through_it(person: Person, stranger: Person, picture: bytes) -> None:
    source = person.upload(picture, "a.png", "image/png").json()["id"]
    run = person.run(text=None, source_ids=[source], models=["demo-vit"], methods=[{"key": "occlusion"}])
    secret = person.post(f"/api/runs/{run}/share").json()["url"].rpartition("/")[2]
    url = stranger.get(f"/api/shares/{secret}").json()["sources"][0]["url"]
    assert url == f"/api/shares/{secret}/sources/{source}"
    assert stranger.get(url).content.startswith(b"\x89PNG")


def test_the_page_behind_a_link_counts_views_and_is_not_indexed(
    shared: tuple[str, str, str], person: Person, stranger: Person
) -> None:
    run, secret, _ = shared
    for _ in range(2):
        answer = stranger.get(f"/s/{secret}")
        assert answer.status_code == 200
    page = answer.content.decode()
    assert f'api="/api/shares/{secret}"' in page
    assert "socket=" not in page
    assert 'name="robots" content="noindex' in page
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert [share["views"] for share in person.state(run)["shares"]] == [2]
    assert person.state(run)["shares"][0]["url"] is None


def test_a_revoked_link_leads_nowhere(shared: tuple[str, str, str], person: Person, stranger: Person) -> None:
    run, secret, share = shared
    assert person.delete(f"/api/runs/{run}/shares/{share}").status_code == 204
    result = person.state(run)["results"][0]["id"]
    for path in ("", f"/results/{result}", f"/results/{result}.html", "/sources/x"):
        problem(stranger.get(f"/api/shares/{secret}{path}"), 404, "not-found")
    assert stranger.get(f"/s/{secret}").status_code == 404
    assert person.state(run)["shares"][0]["revoked"] is True
    assert person.delete(f"/api/runs/{run}/shares/{share}").status_code == 204


def test_an_expired_link_leads_nowhere(shared: tuple[str, str, str], stranger: Person) -> None:
    _, secret, _ = shared
    Share.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    problem(stranger.get(f"/api/shares/{secret}"), 404, "not-found")
    assert stranger.get(f"/s/{secret}").status_code == 404


def test_a_link_ends_when_its_owner_said(person: Person) -> None:
    run = person.run()
    now = timezone.now()
    person.post(f"/api/runs/{run}/share", {"expires_in": 3600})
    ends = Share.objects.get().expires_at
    assert ends is not None
    assert abs((ends - now).total_seconds() - 3600) < 60
    assert person.post(f"/api/runs/{run}/share", {"expires_in": None}).json()["expires_at"] is None
    document = problem(person.post(f"/api/runs/{run}/share", {"expires_in": 5}), 422, "invalid")
    assert (document["field"], document["limit"], document["value"]) == ("expires_in", 60, 5)


def test_a_note_is_text_on_the_page(person: Person, stranger: Person) -> None:
    run = person.run(text="<script>alert(1)</script>")
    secret = person.post(f"/api/runs/{run}/share", {"note": '"><img src=x onerror=alert(1)>'}).json()["url"]
    page = stranger.get("/s/" + secret.rpartition("/")[2]).content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page
