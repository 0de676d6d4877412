"""The interfaces of the running stack, as a program without a browser uses them."""

import json
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.e2e import pictures
from tests.e2e.person import Person, until_done
from tests.e2e.stack import LIMITS, Stack

STORY = "Story: Mia put the red ball in the box. Tom took the box to the kitchen. Where is the ball?"
SURPRISAL = [{"key": "surprisal"}]


@pytest.fixture
def person(stack: Stack) -> Iterator[Person]:
    with Person(stack) as made:
        yield made


def test_a_text_comes_back_as_coloured_tokens(person: Person) -> None:
    created = person.ask(text=STORY, models=["demo-lm"], methods=[{"key": "surprisal"}, {"key": "entropy"}])
    result = person.result(created["id"], "surprisal")
    strip = result["strips"][0]
    assert "".join(unit.get("text") or "" for unit in strip["units"] if not unit.get("special")) == STORY
    track = result["panels"][0]["tracks"][0]
    assert len(track["values"]) == len(strip["units"])
    assert all(value is None or value >= 0 for value in track["values"])
    assert person.result(created["id"], "entropy")["method"] == "entropy"


def test_asking_again_gives_the_same_numbers(person: Person) -> None:
    first, second = (person.ask(text=STORY, models=["demo-lm"], methods=SURPRISAL)["id"] for _ in range(2))
    assert person.result(first, "surprisal")["panels"] == person.result(second, "surprisal")["panels"]


def test_a_picture_comes_back_as_patches(person: Person) -> None:
    source = person.upload("scene.png", pictures.encoded(pictures.scene()), "image/png").raise_for_status().json()
    assert (source["kind"], source["width"], source["height"]) == ("image", 96, 96)
    run = person.ask(source_ids=[source["id"]], models=["demo-vit"], methods=[{"key": "tome"}])["id"]
    result = person.result(run, "tome")
    patches = [unit for strip in result["strips"] for unit in strip["units"] if unit["kind"] == "patch"]
    assert len(patches) == 64
    panel = next(panel for panel in result["panels"] if panel["kind"] == "reduction")
    counts = [stage["count"] for stage in panel["stages"]]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] < 65


def test_the_socket_tells_what_happens_and_the_state_agrees(person: Person) -> None:
    run = person.ask(text=STORY + " News.", models=["demo-lm"], methods=[{"key": "surprisal"}, {"key": "occlusion"}])[
        "id"
    ]
    with person.news(run) as socket:
        first = socket.recv(timeout=10)
        assert '"heartbeat"' in first
        if not all(result["state"] == "done" for result in person.state(run)["results"]):
            until_done(socket, results=1)
    state = person.wait(run)
    assert {job["state"] for job in state["jobs"]} == {"done"}


def test_a_socket_without_news_stays_open(person: Person) -> None:
    run = person.ask(text="Nothing happens here.", methods=[{"key": "compare_tokenizers"}])["id"]
    person.wait(run)
    with person.news(run) as socket:
        kinds = [json.loads(socket.recv(timeout=10))["kind"] for _ in range(4)]
    assert kinds == ["heartbeat"] * 4


def test_a_stranger_sees_nothing_of_a_run(person: Person, stack: Stack) -> None:
    run = person.ask(text=STORY, models=["demo-lm"], methods=SURPRISAL)["id"]
    state = person.wait(run)
    with Person(stack) as stranger:
        assert stranger.http.get(f"/api/runs/{run}").status_code == 404
        assert stranger.http.get(f"/api/runs/{run}/results/{state['results'][0]['id']}").status_code == 404
        assert stranger.http.get("/api/runs").json() == []
        with pytest.raises((InvalidStatus, ConnectionClosed)), stranger.news(run) as socket:
            socket.recv(timeout=5)


def test_a_socket_from_a_foreign_page_is_refused(person: Person) -> None:
    run = person.ask(text=STORY, models=["demo-lm"], methods=SURPRISAL)["id"]
    with pytest.raises((InvalidStatus, ConnectionClosed)), person.news(run, origin="https://evil.example") as socket:
        socket.recv(timeout=5)


@pytest.mark.parametrize(
    ("request_", "status", "words"),
    [
        ({"text": ""}, 422, []),
        ({"text": "x" * 6001}, 422, [LIMITS["TESSERA_LIMIT_TEXT_CHARACTERS"], "6001"]),
        ({"text": "a\x00b"}, 422, ["NUL"]),
        ({"text": "Hello", "models": ["no-such-model"]}, 422, ["no-such-model"]),
        ({"text": "Hello", "methods": [{"key": "no_such_method"}]}, 422, ["no_such_method"]),
        ({"text": "Hello", "methods": [{"key": "surprisal", "params": {"no_such": 1}}]}, 422, ["no_such"]),
        ({"text": "Hello", "methods": [{"key": "integrated_gradients", "params": {"n_steps": -1}}]}, 422, ["-1"]),
    ],
)
def test_what_cannot_be_run_is_refused_with_the_limit_and_the_value(
    person: Person, request_: dict[str, object], status: int, words: list[str]
) -> None:
    answer = person.http.post("/api/runs", json={"models": ["demo-lm"], "methods": SURPRISAL, **request_})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert {"type", "title", "status", "detail"} <= set(problem)
    said = (problem["title"] + problem["detail"]).replace("\u202f", "").replace(" ", "").replace(",", "")
    assert all(word.replace(" ", "") in said for word in words), problem


def test_a_lone_surrogate_is_refused(person: Person) -> None:
    body = b'{"text": "a\\ud800b", "models": ["demo-lm"], "methods": [{"key": "surprisal"}]}'
    answer = person.http.post("/api/runs", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert "surrogate" in answer.json()["detail"]


def test_a_text_longer_than_the_models_context_is_refused_with_both_numbers(person: Person) -> None:
    run = person.ask(text="word " * 1100, models=["demo-lm"], methods=SURPRISAL)["id"]
    state = person.wait(run)
    problems = [part["problem"] for part in [*state["jobs"], *state["results"]] if part["problem"]]
    assert problems
    assert all(problem["status"] < 500 for problem in problems)
    assert problems[0]["limit"] < problems[0]["value"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.png", b"not a picture"),
        ("half.jpg", pictures.truncated()),
        ("huge.png", pictures.huge_header()),
        ("drawing.svg", pictures.SVG),
        ("text.txt", b"\xff\xfe\x00binary\x00"),
        ("empty.png", b""),
        ("big.png", b"\x89PNG\r\n\x1a\n" + b"x" * 3_000_001),
    ],
)
def test_a_bad_file_is_refused_with_a_readable_problem(person: Person, name: str, content: bytes) -> None:
    answer = person.upload(name, content, "application/octet-stream")
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["detail"]


@pytest.mark.parametrize("content", [pictures.animated(), pictures.cmyk(), pictures.sixteen_bit()])
def test_an_unusual_picture_is_taken(person: Person, content: bytes) -> None:
    answer = person.upload("picture", content, "application/octet-stream")
    assert answer.status_code == 201, answer.text
    assert person.http.get(answer.json()["url"]).headers["content-type"] == "image/png"


def test_a_form_from_a_foreign_page_is_refused(person: Person) -> None:
    body = {"text": STORY, "models": ["demo-lm"], "methods": SURPRISAL}
    foreign = person.http.post("/api/runs", json=body, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    typed = person.http.post("/api/runs", content=b"{}", headers={"Content-Type": "text/plain"})
    assert typed.status_code == 415


def test_a_share_link_shows_the_run_until_it_is_revoked(person: Person, stack: Stack) -> None:
    run = person.ask(text=STORY, models=["demo-lm"], methods=SURPRISAL)["id"]
    person.wait(run)
    share = person.http.post(f"/api/runs/{run}/share", json={}).json()
    secret = share["url"].rstrip("/").rsplit("/", 1)[1]
    with Person(stack) as friend:
        page = friend.http.get(f"/s/{secret}")
        assert page.status_code == 200
        assert "noindex" in page.headers["x-robots-tag"]
        state = friend.http.get(f"/api/shares/{secret}").json()
        rid = state["results"][0]["id"]
        assert friend.http.get(f"/api/shares/{secret}/results/{rid}").json()["method"] == "surprisal"
        assert person.http.delete(f"/api/runs/{run}/shares/{share['id']}").status_code == 204
        assert friend.http.get(f"/api/shares/{secret}").status_code == 404


def test_the_admin_lets_in_the_administrator_whose_password_was_printed(person: Person, stack: Stack) -> None:
    login = person.http.get("/admin/login/")
    token = login.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    form = {"username": "admin", "password": stack.password, "csrfmiddlewaretoken": token, "next": "/admin/"}
    answer = person.http.post("/admin/login/", data=form, headers={"Referer": stack.address})
    assert answer.status_code == 200
    assert str(answer.url).endswith("/admin/")


@pytest.mark.parametrize("path", ["/", "/admin/login/", "/api/methods", "/healthz"])
def test_every_answer_carries_its_guards(person: Person, path: str) -> None:
    headers = person.http.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    if path == "/":
        policy = headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe-eval" not in policy
