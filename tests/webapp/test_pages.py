"""Pages place one element each, and the files it is built from."""

import json
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from tests.webapp.person import Person
from webapp.catalogue import samples
from webapp.common.errors import PERSON
from workers.contract import Refusal

pytestmark = pytest.mark.django_db

MANIFEST = {
    "src/pages/ask.ts": {"file": "assets/ask-1.js", "imports": ["_lit.js"], "css": ["assets/ask-1.css"]},
    "src/pages/run.ts": {"file": "assets/run-1.js", "imports": ["_lit.js", "_marks.js"]},
    "_lit.js": {"file": "assets/lit-1.js", "css": ["assets/lit-1.css"]},
    "_marks.js": {"file": "assets/marks-1.js", "imports": ["_lit.js"]},
}


@pytest.fixture
def built(tmp_path: Path, settings: Settings) -> Path:
    """A built frontend."""
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite" / "manifest.json").write_text(json.dumps(MANIFEST))
    settings.FRONTEND = tmp_path
    return tmp_path


def test_the_page_to_ask(built: Path) -> None:
    page = Client().get("/").content.decode()
    assert "<tessera-ask></tessera-ask>" in page
    assert '<script type="module" src="/static/assets/ask-1.js"></script>' in page
    assert '<link rel="modulepreload" href="/static/assets/lit-1.js">' in page
    assert page.count("stylesheet") == 3
    assert "not built" not in page


def test_the_page_of_a_run(built: Path, person: Person) -> None:
    run = person.run(text="What is <b>this</b>?")
    page = person.get(f"/runs/{run}").content.decode()
    assert f'<tessera-run api="/api/runs/{run}" socket="/ws/runs/{run}"></tessera-run>' in page
    assert "marks-1.js" in page
    assert "What is &lt;b&gt;this&lt;/b&gt;?" in page


def test_the_page_that_compares_is_not_for_search_engines(tmp_path: Path, settings: Settings) -> None:
    settings.FRONTEND = tmp_path / "nowhere"
    page = Client().get("/compare").content.decode()
    assert "<tessera-compare-page></tessera-compare-page>" in page
    assert 'name="robots" content="noindex' in page


def test_without_a_built_frontend_the_page_says_so(tmp_path: Path, settings: Settings) -> None:
    settings.FRONTEND = tmp_path / "nowhere"
    assert "The frontend is not built yet." in Client().get("/").content.decode()


def test_a_build_without_the_entry_is_no_build(built: Path) -> None:
    (built / ".vite" / "manifest.json").write_text("{}")
    assert "not built" in Client().get("/").content.decode()


@pytest.mark.parametrize("path", ["/nothing", "/runs/abc", "/s/abc", "/runs/%00"])
def test_what_is_not_there_has_a_page(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 404
    assert "There is nothing here, or it is not yours." in answer.content.decode()


def test_robots_stay_out() -> None:
    assert b"Disallow: /s/" in Client().get("/robots.txt").content
    assert Client().get("/favicon.ico")["Location"] == "/static/pages/tessera.svg"


def test_a_fault_has_a_page_without_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the secret")

    monkeypatch.setattr("webapp.pages.views.assets", fail)
    answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == 500
    assert b"secret" not in answer.content


def test_a_foreign_host_has_a_page() -> None:
    answer = Client().get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert b"cannot be read" in answer.content


def test_samples_are_read_as_data(person: Person, settings: Settings) -> None:
    listed = person.get("/api/samples").json()
    assert len({sample["id"] for sample in listed}) == len(listed) >= 6
    assert {sample["kind"] for sample in listed} == {"text", "image"}
    texts = [sample for sample in listed if sample["truth"] and sample["truth"]["deciding"]]
    assert texts
    for sample in texts:
        assert all(0 <= start < end <= len(sample["text"]) for start, end in sample["truth"]["deciding"])
    for sample in listed:
        if sample["kind"] == "image":
            answer = person.get(sample["image_url"])
            assert answer["Content-Type"] == "image/png"
            assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    settings.SAMPLES = settings.SAMPLES.parent / "none.json"
    assert person.get("/api/samples").json() == []
    with pytest.raises(Refusal):
        samples.image_path("x")


def test_every_problem_of_a_person_has_a_4xx_status() -> None:
    assert {status // 100 for status in PERSON.values()} == {4}
