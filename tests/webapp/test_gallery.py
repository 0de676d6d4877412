"""The gallery: made once, read by everybody, never deleted by itself, made again when versions change."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from tests.webapp import computing
from tests.webapp.keeping import age, clean
from tests.webapp.person import Person
from webapp.catalogue.models import Method
from webapp.gallery import selectors, services
from webapp.gallery.models import Entry
from webapp.gallery.previews import preview_of
from webapp.gallery.questions import QUESTIONS, Question
from webapp.gallery.services import HOUSE, LAST, Outcome, question_make
from webapp.runs.models import OPEN, Job, Run, State
from webapp.sharing.models import Share
from workers.contract import JobsRequest, Lens, ReductionPanel, RunRequest, Stage, Strip, Unit

pytestmark = pytest.mark.django_db

HESITATES = Question(
    id="where-it-hesitates",
    lens=Lens.UNCERTAINTY,
    title="Where does it hesitate?",
    question="Where?",
    note="Look at the dark tokens.",
    look="surprisal",
    model="demo-lm",
    text="Mia put the ball in the box.",
    methods=[{"key": "surprisal"}],
)


@pytest.fixture(autouse=True)
def prompt_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker computes whatever is queued while the gallery waits for it."""

    def work(seconds: float) -> None:
        if Job.objects.filter(state__in=OPEN).exists():
            computing.finish()

    monkeypatch.setattr(time, "sleep", work)


def test_a_question_is_asked_once_and_read_by_everybody(person: Person, stranger: Person) -> None:
    assert question_make(HESITATES) == Outcome.MADE
    assert question_make(HESITATES) == Outcome.KEPT
    assert Run.objects.filter(owner=HOUSE.key).count() == 1
    (entry,) = stranger.get("/api/gallery").json()
    assert (entry["id"], entry["look"]) == ("where-it-hesitates", "surprisal")
    assert [unit["text"] for unit in entry["preview"]["units"]] == ["he", "llo"]
    assert stranger.get(entry["url"]).status_code == 200
    secret = Entry.objects.get().secret
    state = stranger.get(f"/api/shares/{secret}").json()
    assert state["mine"] is False
    assert [result["state"] for result in state["results"]] == ["done"]
    run = Entry.objects.get().run_id
    assert stranger.get(f"/api/runs/{run}").status_code == 404, "it is the house's"


def test_its_jobs_are_the_last_in_the_queue(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def gives_up(run: Run, patience: float) -> bool:
        seen.append(run.jobs.get().priority)
        return False

    monkeypatch.setattr(services, "_wait_for_end", gives_up)
    assert question_make(HESITATES) == Outcome.FAILED
    assert seen == [LAST]
    assert not Entry.objects.exists(), "what is not answered is not shown"


def test_it_waits_until_nobody_else_does(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    person.run(text="somebody's own question")
    queued: list[int] = []
    ask = services._ask

    def noting(question: Question) -> Run:
        queued.append(Job.objects.filter(state__in=OPEN).count())
        return ask(question)

    monkeypatch.setattr(services, "_ask", noting)
    assert question_make(HESITATES) == Outcome.MADE
    assert queued == [0]


def test_retention_never_deletes_it(person: Person) -> None:
    question_make(HESITATES)
    age(Entry.objects.get().run_id)
    assert clean() == {}
    assert person.get("/api/gallery").json()


def test_it_is_made_again_when_a_method_changes_and_the_old_link_ends(person: Person) -> None:
    question_make(HESITATES)
    old = Entry.objects.get().secret
    row = Method.objects.get(key="surprisal")
    row.card["version"] += 1
    row.save()
    assert question_make(HESITATES) == Outcome.MADE
    assert Entry.objects.get().secret != old
    assert person.get(f"/api/shares/{old}").status_code == 404
    assert [share.open for share in Share.objects.order_by("created")] == [False, True]
    assert len(person.get("/api/gallery").json()) == 1


def test_what_is_said_stays_what_the_run_was_asked(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "QUESTIONS", (HESITATES,))
    question_make(HESITATES)
    (before,) = person.get("/api/gallery").json()
    assert (before["note"], before["text"]) == (HESITATES.note, HESITATES.text)
    changed = replace(HESITATES, note="Look elsewhere.", look="entropy", text="Another text.")
    monkeypatch.setattr(selectors, "QUESTIONS", (changed,))
    assert person.get("/api/gallery").json() == [before]
    assert question_make(changed) == Outcome.MADE
    (after,) = person.get("/api/gallery").json()
    assert (after["note"], after["look"], after["text"]) == ("Look elsewhere.", "entropy", "Another text.")


def test_an_entry_that_does_not_know_what_was_asked_is_asked_again(person: Person) -> None:
    question_make(HESITATES)
    Entry.objects.update(asked={})
    assert person.get("/api/gallery").json() == []
    assert question_make(HESITATES) == Outcome.MADE


def test_a_run_that_outlasts_patience_is_cancelled(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    assert question_make(HESITATES, patience=0.05) == Outcome.FAILED
    (job,) = Run.objects.get(owner=HOUSE.key).jobs.all()
    assert job.state == State.CANCELLED


def test_a_revoked_link_or_a_deleted_run_is_not_shown_and_made_again(person: Person) -> None:
    question_make(HESITATES)
    Share.objects.update(revoked_at="2026-01-01T00:00:00Z")
    assert person.get("/api/gallery").json() == []
    assert question_make(HESITATES) == Outcome.MADE
    Run.objects.filter(owner=HOUSE.key).delete()
    assert person.get("/api/gallery").json() == []
    assert question_make(HESITATES) == Outcome.MADE
    assert len(person.get("/api/gallery").json()) == 1


def test_what_no_worker_offers_is_left_out(person: Person) -> None:
    Method.objects.update(last_seen=None)
    assert question_make(HESITATES) == Outcome.MISSING
    call_command("gallery", "--only", "why-this-answer")
    assert not Run.objects.exists()


def test_without_a_gallery_there_is_an_empty_one(catalogue: None) -> None:
    assert Client().get("/api/gallery").json() == []
    assert Client().get("/gallery").status_code == 200


@pytest.mark.parametrize("question", QUESTIONS, ids=[question.id for question in QUESTIONS])
def test_every_declared_question_is_whole(question: Question) -> None:
    request = RunRequest.model_validate(question.request(["0" * 32] if question.image else []))
    assert isinstance(request, JobsRequest)
    assert question.look in [call.key for call in request.methods]
    assert (question.text is None) == (question.image is not None)
    assert question.picture is None or question.picture.exists()
    assert len(question.note) <= 512, "it is the note of the link"


def test_questions_have_names_of_their_own() -> None:
    assert len({question.id for question in QUESTIONS}) == len(QUESTIONS) >= 8
    assert {question.lens for question in QUESTIONS} == set(Lens)


@pytest.mark.parametrize("question", QUESTIONS, ids=[question.id for question in QUESTIONS])
def test_the_pages_texts_are_those_of_the_questions(question: Question) -> None:
    texts = json.loads((settings.ROOT / "frontend" / "src" / "text" / "en.json").read_text(encoding="utf-8"))
    for part in ("title", "question", "note"):
        assert texts[f"gallery.{question.id}.{part}"] == getattr(question, part)


def test_a_reduction_has_a_picture_of_what_is_left() -> None:
    units = [Unit(kind="token", special=True), *(Unit(kind="patch", row=0, col=col) for col in range(3))]
    stage = Stage(
        label="After layer 1",
        at={"layer": 1},
        destination=np.array([0, 1, 1, np.nan], np.float32),
        size=np.array([1, 2, np.nan, np.nan], np.float32),
        count=2,
    )
    panel = ReductionPanel(strip="image", stages=[stage], costs=[], answers=[], positions="kept")
    strip = Strip(id="image", role="image", label="Image", grid=(1, 3), units=units)
    found = preview_of(computing.result().model_copy(update={"strips": [strip], "panels": [panel]}))
    assert found is not None
    assert found.grid == (1, 3)
    assert [unit.share for unit in found.units] == [0.5, 0.5, None]
