"""Every method hands a model back as it was, also when it fails, is asked what it cannot do, or is cancelled."""

from typing import Any, Literal

import pytest
from torch import nn

from tests.contract.pairing import EXPLAINING, TINY_PAIRS, WITH_MODEL
from tests.contract.subjects import Bench, Subject, progress
from tests.contract.untouched import handed_back
from workers.contract import MethodCall, Target
from workers.core.method import Method


@WITH_MODEL
def test_each_hands_the_model_back_untouched(subject: Subject, method: type[Method], bench: Bench) -> None:
    if method not in bench.methods(subject):
        pytest.skip(f"{method.key} does not suit {subject.name}")
    request = bench.request(subject, [MethodCall(key=method.key)])
    with handed_back(bench, subject) as changes:
        outcome = bench.run(request)
    assert changes == []
    assert not outcome.failures


class Injected(Exception):
    """The failure that a test puts into a model."""


class Saboteur:
    """Counts the calls of a module deep in a model, and fails at the one that it is told."""

    def __init__(self, network: nn.Module) -> None:
        self.calls = 0
        self.fails_at: int | None = None
        layers = [module for module in network.modules() if isinstance(module, nn.Linear | nn.Conv1d)]
        self._handle = layers[-2].register_forward_pre_hook(self._called)

    def _called(self, module: nn.Module, inputs: Any) -> None:
        self.calls += 1
        if self.calls == self.fails_at:
            raise Injected("the model fails here")

    def __enter__(self) -> "Saboteur":
        return self

    def __exit__(self, *error: object) -> None:
        self._handle.remove()


@WITH_MODEL
def test_the_model_is_handed_back_untouched_when_it_fails(subject: Subject, method: type[Method], bench: Bench) -> None:
    if method not in bench.methods(subject):
        pytest.skip(f"{method.key} does not suit {subject.name}")
    request = bench.request(subject, [MethodCall(key=method.key)])
    with Saboteur(bench.model(subject).network) as saboteur:
        bench.run(request)
        calls = saboteur.calls
        assert calls, "the test must reach the module that fails"
        for at in sorted({1, max(1, calls // 2), calls}):
            with handed_back(bench, subject) as changes:
                before, saboteur.fails_at = saboteur.calls, saboteur.calls + at
                outcome = bench.run(request)
                saboteur.fails_at = None
            assert changes == []
            assert saboteur.calls >= before + at
            assert not outcome.results
            failure = outcome.failures[0]
            assert failure.fault == "system"
            assert "fails here" not in failure.problem.detail


@EXPLAINING
def test_the_model_is_handed_back_untouched_when_the_target_is_wrong(
    subject: Subject, method: type[Method], bench: Bench
) -> None:
    if method not in bench.methods(subject):
        pytest.skip(f"{method.key} does not suit {subject.name}")
    wrong = Target(from_=100_000) if subject.kind == "text" else Target(strip="image", class_="no such class")
    request = bench.request(subject, [MethodCall(key=method.key)], targets=[wrong])
    with handed_back(bench, subject) as changes:
        outcome = bench.run(request)
    assert changes == []
    failure = outcome.failures[0]
    assert failure.fault == "person"
    assert failure.problem.status == 422
    assert ("100001" if subject.kind == "text" else "no such class") in failure.problem.detail.replace(",", "")


class Canceller:
    """Says go until it is asked for the `at`-th time."""

    def __init__(self, at: int) -> None:
        self._left = at

    def __call__(self) -> Literal["go", "stop", "cancel"]:
        self._left -= 1
        return "go" if self._left > 0 else "cancel"


@TINY_PAIRS
def test_a_cancelled_job_stops_and_hands_the_model_back(subject: Subject, method: type[Method], bench: Bench) -> None:
    if method not in bench.methods(subject):
        pytest.skip(f"{method.key} does not suit {subject.name}")
    request = bench.request(subject, [MethodCall(key=method.key)])
    reports = len(progress(bench.run(request)))
    for at in {1, reports}:
        with handed_back(bench, subject) as changes:
            outcome = bench.run(request, Canceller(at))
        assert changes == []
        assert outcome.cancelled
        assert not outcome.results
        assert not outcome.failures
