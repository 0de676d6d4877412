"""One job with many methods: passes are shared, and each call fails by itself."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from torch import nn

from tests.contract.subjects import TINY_IMAGE, TINY_TEXT, Bench, Subject, progress
from workers.contract import Ability, Generate, MethodCall, ModelSpec
from workers.core import run as running
from workers.core.discovery import all_methods, method
from workers.core.passes import Passes


@contextmanager
def forwards(network: nn.Module) -> Iterator[Counter[int]]:
    """Counts the passes through a network's body, by how many positions they had."""
    found: Counter[int] = Counter()

    def called(module: nn.Module, inputs: object, named: dict[str, object]) -> None:
        given = named.get("input_ids")
        found[int(given.shape[-1]) if given is not None else 0] += 1  # type: ignore[attr-defined]

    handle = network.base_model.register_forward_pre_hook(called, with_kwargs=True)  # type: ignore[union-attr]
    try:
        yield found
    finally:
        handle.remove()


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> list[Counter[str]]:
    """What each job's passes say about how often they were computed."""
    found: list[Counter[str]] = []

    class Watched(Passes):
        def __init__(self, *given: object) -> None:
            super().__init__(*given)  # type: ignore[arg-type]
            found.append(self.counts)

    monkeypatch.setattr(running, "Passes", Watched)
    return found


def statistics_methods() -> list[str]:
    """Methods that read per-token statistics of the job's model, and nothing else."""
    return [
        key
        for key, kind in all_methods().items()
        if kind().statistics() and not kind.roles and not kind.background and READING in kind.needs
    ]


READING = {Ability.NEXT_TOKEN}
SHARED = ("strips", "forward", "token_rows", "paired_rows", "samples", "pair_scores")
"""Passes that all methods of a job share."""


def test_all_token_statistics_are_one_pass(bench: Bench, counts: list[Counter[str]]) -> None:
    keys = statistics_methods()
    assert {"surprisal", "entropy"} <= set(keys)
    calls = [MethodCall(key=key) for key in [*keys, *keys]]
    with forwards(bench.model(TINY_TEXT).network) as seen:
        outcome = bench.run(bench.request(TINY_TEXT, calls))
    units = len(outcome.results[0].strips[0].units)
    assert len(outcome.results) == len(calls)
    assert seen == {units: 1}
    assert counts[0]["forward"] == counts[0]["token_rows"] == counts[0]["strips"] == 1


@pytest.mark.parametrize("subject", [TINY_TEXT, TINY_IMAGE], ids=lambda subject: subject.name)
def test_no_shared_pass_is_computed_twice(subject: Subject, bench: Bench, counts: list[Counter[str]]) -> None:
    kinds = [kind for kind in bench.methods(subject) if not kind.background]
    for calls in (
        [MethodCall(key=kind.key) for kind in kinds],
        [MethodCall(key=kind.key) for kind in [*kinds, *kinds]],
    ):
        assert len(bench.run(bench.request(subject, calls)).results) == len(calls)
    once, twice = ({name: passes[name] for name in SHARED} for passes in counts)
    assert once["forward"] == (2 if any(kind.roles for kind in kinds) else 1)
    assert twice == once


def test_asking_together_gives_what_asking_alone_gives(bench: Bench) -> None:
    calls = [MethodCall(key=kind.key) for kind in bench.methods(TINY_TEXT)]
    together = bench.run(bench.request(TINY_TEXT, calls)).results
    for index, call in enumerate(calls):
        alone = bench.run(bench.request(TINY_TEXT, [call])).results[0]
        panels = [panel.model_dump(mode="json") for panel in alone.panels]
        assert panels == [panel.model_dump(mode="json") for panel in together[index].panels]


def test_a_stored_continuation_is_never_sampled_again(bench: Bench) -> None:
    calls = [MethodCall(key="surprisal")]
    first = bench.request(TINY_TEXT, calls, generate=Generate(max_new_tokens=5, do_sample=True, seed=9))
    made = bench.run(first).continuation
    assert made is not None
    later = bench.run(first.model_copy(update={"continuation": made}))
    assert later.continuation is None
    strip = later.results[0].strips[0]
    assert [unit.id for unit in strip.units if unit.segment == "generated"] == made.ids
    assert strip.text() == TINY_TEXT.text + made.text


def test_calls_fail_one_by_one(bench: Bench) -> None:
    calls = [
        MethodCall(key="surprisal"),
        MethodCall(key="no_such_method"),
        MethodCall(key="integrated_gradients", params={"steps": -1}),
        MethodCall(key="cls_attention"),
        MethodCall(key="entropy"),
    ]
    outcome = bench.run(bench.request(TINY_TEXT, calls))
    assert set(outcome.results) == {0, 4}
    assert set(outcome.failures) == {1, 2, 3}
    assert all(failure.fault == "person" for failure in outcome.failures.values())
    assert "no_such_method" in outcome.failures[1].problem.detail
    assert "steps" in outcome.failures[2].problem.detail
    assert "-1" in outcome.failures[2].problem.detail
    assert TINY_TEXT.name in outcome.failures[3].problem.detail


def test_a_method_that_breaks_is_the_houses_fault_and_the_others_go_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: object, passes: object) -> None:
        raise ValueError("a secret path /srv/models")

    monkeypatch.setattr(method("surprisal"), "run", broken)
    outcome = bench.run(bench.request(TINY_TEXT, [MethodCall(key="surprisal"), MethodCall(key="entropy")]))
    failure = outcome.failures[0]
    assert set(outcome.results) == {1}
    assert (failure.fault, failure.problem.status) == ("system", 500)
    assert "/srv/models" not in failure.problem.model_dump_json()
    assert "/srv/models" in caplog.text


def test_a_model_that_is_not_there_fails_the_whole_job(bench: Bench) -> None:
    request = bench.request(TINY_TEXT, [MethodCall(key="surprisal"), MethodCall(key="entropy")])
    gone = request.model_copy(update={"specs": {TINY_TEXT.name: ModelSpec(location="/no/such/folder")}})
    outcome = bench.run(gone)
    assert set(outcome.failures) == {None}
    assert outcome.failures[None].fault == "person"
    assert not outcome.results


def test_progress_names_the_call_that_it_is_about(bench: Bench) -> None:
    calls = [MethodCall(key="surprisal"), MethodCall(key="entropy")]
    steps = progress(bench.run(bench.request(TINY_TEXT, calls)))
    assert [step.call for step in steps if step.call is not None] == sorted(
        step.call for step in steps if step.call is not None
    )
    assert {step.call for step in steps} == {None, 0, 1}
