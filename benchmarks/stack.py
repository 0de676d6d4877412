"""What the house adds to a method: from sending a text to holding its colours, and from nothing to the first page."""

import json
import random
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.rows import Row, seconds_within
from benchmarks.timing import Timing, duration, once
from tests.e2e.person import Person
from tests.e2e.stack import LIMITS, Stack, running
from workers.contract import AnalysisRequest, MethodCall, SourceData
from workers.core.run import run
from workers.core.steps import Failed, Step
from workers.models.cache import ModelCache

RUNS = 60
WARM_UP = 5
METHOD = "surprisal"
MODEL = "demo-lm"
NAMES = ["Mia", "Tom", "Lily", "Max"]
DEEDS = ["took the ball to", "found the key in", "put the box in", "went to"]
PLACES = ["the kitchen", "the garden", "the library", "the chest"]


def texts(count: int) -> Iterator[str]:
    """Texts of some hundred tokens, each new: the stack answers a known one at once."""
    source = random.Random(time.time_ns())
    for _ in range(count):
        sentences = [f"{source.choice(NAMES)} {source.choice(DEEDS)} {source.choice(PLACES)}." for _ in range(15)]
        yield " ".join(sentences)


def through_the_stack(person: Person, text: str) -> float:
    """Seconds from sending a text to holding the arrays of its result, as the page gets them."""
    began = time.perf_counter()
    run_id = person.ask(text=text, models=[MODEL], methods=[{"key": METHOD}])["id"]
    with person.news(run_id) as socket:
        result = _finished(person.state(run_id)["results"])
        while result is None:
            event = json.loads(socket.recv(timeout=60))
            if event["kind"] in {"result", "state"}:
                result = _finished(person.state(run_id)["results"])
        person.http.get(f"/api/runs/{run_id}/results/{result}?arrays=base64").raise_for_status()
        return time.perf_counter() - began


def _finished(results: Iterable[dict[str, str]]) -> str | None:
    for result in results:
        if result["state"] in {"failed", "cancelled"}:
            raise RuntimeError(f"the run did not succeed: {result}")
        if result["state"] == "done":
            return result["id"]
    return None


def alone(models: ModelCache, text: str) -> float:
    """Seconds that the method takes by itself, in this process, with its model loaded."""
    source = SourceData(id="text", kind="text", text=text)
    request = AnalysisRequest(model=MODEL, sources=[source], methods=[MethodCall(key=METHOD)], device="cpu")
    failures: list[Failed] = []

    def emit(step: Step) -> None:
        if isinstance(step, Failed):
            failures.append(step)

    seconds = once(lambda: run(request, models, lambda: "go", emit))
    if failures:
        raise RuntimeError(f"the method did not succeed: {failures[0].problem.detail}")
    return seconds


def overhead(stack: Stack) -> Iterator[Row]:
    """The two ways in turn, text by text; the first few are not counted."""
    models = ModelCache(budget=2**30, device="cpu")
    whole: list[float] = []
    method: list[float] = []
    with Person(stack) as person:
        for text in texts(RUNS + WARM_UP):
            whole.append(through_the_stack(person, text))
            method.append(alone(models, text))
    added = Timing(tuple(a - b for a, b in zip(whole[WARM_UP:], method[WARM_UP:], strict=True)))
    stack_, alone_ = Timing(tuple(whole[WARM_UP:])), Timing(tuple(method[WARM_UP:]))
    beside = f"whole {duration(stack_.median)}, method alone {duration(alone_.median)}"
    yield seconds_within(f"submit to first colour, overhead p50 of {RUNS}", added.percentile(0.5), 0.150, beside)
    beside = f"whole p95 {duration(stack_.percentile(0.95))}"
    yield seconds_within(f"submit to first colour, overhead p95 of {RUNS}", added.percentile(0.95), 0.400, beside)


def started(name: str, stack: Stack) -> Iterator[Row]:
    """How long the demo took to come up."""
    if stack.answering_seconds is not None and stack.ready_seconds is not None:
        yield seconds_within(f"{name} start of the demo: the page answers", stack.answering_seconds)
        yield seconds_within(f"{name} start of the demo: the worker is ready", stack.ready_seconds)


def rows() -> Iterator[Row]:
    """Cold start in an empty data folder, the overhead, and a second, warm start."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with running(data, **LIMITS) as stack:
            yield from started("cold", stack)
            yield from overhead(stack)
        with running(data, **LIMITS) as stack:
            yield from started("warm", stack)
