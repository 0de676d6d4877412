"""Computations that compute nothing, for tests of what is around them."""

import time
from collections.abc import Callable

from tests.tasks.conftest import Compute, Emit
from tests.webapp.computing import continuation, result
from workers.contract import AnalysisRequest, Problem
from workers.core.steps import Continued, Finished, Progress
from workers.tasks import child

Computes = Callable[[Compute], None]
PROBLEM = Problem(type="/problems/text-too-long", title="t", status=422, detail="9 tokens of 5", limit=5, value=9)


def everything(request: AnalysisRequest, control: child.Control, emit: Emit) -> None:
    """Finishes every method."""
    if request.generate and not request.continuation:
        emit(Continued(continuation()))
    for call, method in enumerate(request.methods):
        emit(Progress(call, f"Computing {method.key}", 0.0))
        emit(Finished(call, result(method.key, request.sources[0].id)))


def until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for something. AssertionError if it does not happen."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)
