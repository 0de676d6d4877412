"""A shared view: what goes with a link, and who may show it in a page of their own."""

import json

import pytest

from tests.webapp.computing import finish
from tests.webapp.person import Person, problem
from webapp.catalogue.models import Method, Model
from workers.contract.requests import VIEW_BYTES

pytestmark = pytest.mark.django_db
FOREIGN = "https://blog.example"
VIEW = {"panels": {"k/0": {"track": 1, "pinned": [3], "grouping": {"by": "words"}}}, "asked": {}, "at": {"card": "k"}}


def shared(person: Person, **wishes: object) -> str:
    """The secret of a link to a finished run."""
    run = person.run()
    if person.state(run)["jobs"][0]["state"] == "queued":  # else it was answered at once: the same was asked before
        finish()
    made = person.post(f"/api/runs/{run}/share", wishes)
    assert made.status_code == 201, made.content
    return str(made.json()["url"].rpartition("/")[2])


def test_a_view_comes_back_as_it_was_shared(person: Person, stranger: Person) -> None:
    secret = shared(person, view=VIEW, note="see “x”")
    told = stranger.get(f"/api/shares/{secret}/view").json()
    assert (told["view"], told["note"], told["embed"]) == (VIEW, "see “x”", False)
    assert stranger.get(f"/api/shares/{shared(person)}/view").json()["view"] == {}


@pytest.mark.parametrize("size", [VIEW_BYTES, VIEW_BYTES + 1])
def test_a_view_has_a_greatest_length(person: Person, size: int) -> None:
    run = person.run()
    view = {"note": "x" * (size - len(json.dumps({"note": ""})))}
    answer = person.post(f"/api/runs/{run}/share", {"view": view})
    if size <= VIEW_BYTES:
        assert answer.status_code == 201
        return
    refused = problem(answer, 422, "invalid")
    assert "65,536 bytes" in refused["detail"]
    assert "65,537" in refused["detail"]


@pytest.mark.parametrize("view", [{"a": "\ud800"}, {"\u0000": 1}, [], "x", {"a": {"b": ["\ud800"]}}])
def test_a_view_holds_clean_text_by_name(person: Person, view: object) -> None:
    run = person.run()
    assert person.post(f"/api/runs/{run}/share", {"view": view}).status_code in (400, 422)


def test_other_sites_read_through_a_link_only_if_it_says_so(person: Person, stranger: Person) -> None:
    open_to_all, closed = shared(person, embed=True), shared(person)
    for secret, allowed in ((open_to_all, "*"), (closed, None)):
        api = f"/api/shares/{secret}"
        state = stranger.get(api).json()
        result = f"{api}/results/{state['results'][0]['id']}"
        source = f"{api}/sources/{state['sources'][0]['id']}"
        for path in (api, f"{api}/view", f"{api}/methods", f"{api}/models", result, f"{result}.csv", source):
            answer = stranger.get(path, Origin=FOREIGN)
            assert answer.status_code == 200, path
            assert answer.headers.get("Access-Control-Allow-Origin") == allowed, path
            assert "Access-Control-Allow-Credentials" not in answer.headers
            assert answer.headers["Cross-Origin-Resource-Policy"] == ("cross-origin" if allowed else "same-origin")
    for path in ("/api/runs", "/api/methods", "/"):
        assert "Access-Control-Allow-Origin" not in stranger.get(path, Origin=FOREIGN).headers


def test_a_frame_shows_only_what_may_be_embedded(person: Person, stranger: Person) -> None:
    open_to_all, closed = shared(person, embed=True), shared(person)
    page = stranger.get(f"/embed/{open_to_all}")
    assert page.status_code == 200
    assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in page.headers
    assert f'<tessera-view src="/s/{open_to_all}"' in page.content.decode()
    for secret in (closed, "a" * 32):
        refused = stranger.get(f"/embed/{secret}")
        assert refused.status_code == 404
        assert "frame-ancestors 'none'" in refused.headers["Content-Security-Policy"]
    for path in (f"/s/{open_to_all}", "/"):
        assert stranger.get(path).headers["X-Frame-Options"] == "DENY"


def test_an_embedded_view_is_counted_wherever_it_is_shown(person: Person, stranger: Person) -> None:
    secret = shared(person, embed=True)
    run = stranger.get(f"/api/shares/{secret}").json()["id"]

    def views() -> int:
        return int(person.state(run)["shares"][0]["views"])

    stranger.get(f"/embed/{secret}")
    assert views() == 1
    stranger.get(f"/api/shares/{secret}/view", Origin=FOREIGN)
    assert views() == 2
    stranger.get(f"/api/shares/{secret}/view")
    assert views() == 2


def test_a_revoked_view_is_gone_from_other_sites_too(person: Person, stranger: Person) -> None:
    secret = shared(person, embed=True)
    run = stranger.get(f"/api/shares/{secret}").json()["id"]
    share = person.state(run)["shares"][0]["id"]
    assert person.delete(f"/api/runs/{run}/shares/{share}").status_code == 204
    for path in (f"/embed/{secret}", f"/api/shares/{secret}/view", f"/api/shares/{secret}"):
        answer = stranger.get(path, Origin=FOREIGN)
        assert answer.status_code == 404
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_link_outlives_the_methods_and_models_that_made_it(person: Person, stranger: Person) -> None:
    secret = shared(person, view=VIEW)
    api = f"/api/shares/{secret}"
    before = stranger.get(api).json()
    result = f"{api}/results/{before['results'][0]['id']}"
    numbers = stranger.get(result).json()
    Method.objects.all().delete()
    Model.objects.all().delete()
    after = stranger.get(api).json()
    assert after["results"] == before["results"]
    assert stranger.get(result).json() == numbers
    assert stranger.get(f"/s/{secret}").status_code == 200
    assert numbers["provenance"]["version"] == numbers["version"] >= 1
