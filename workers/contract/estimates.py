"""What a question will cost and when its answer will be there, told before it is asked for."""

from typing import Literal

from workers.contract.base import Contract, Key, Slug
from workers.contract.events import Problem

Basis = Literal["computed", "runs", "passes", "unknown"]
"""Where seconds come from: it is computed already, past runs of the same, passes of the same model, nowhere yet."""

Held = Literal["paused", "no-worker"]
"""Why nothing of a queue starts now: an admin paused it, or no worker of it is alive."""


class Prospect(Contract):
    """When a job begins or ends: its `position` and `wait` [s] while it is queued, the `rest` [s] while it runs.

    `position` counts the jobs ahead, `line` all that wait in its queue.
    `held` says why nothing of its queue begins; `shared`: the very same is being computed for another run, and
    answers this one too. The data of a heartbeat holds `prospects` by job.
    """

    position: int | None = None
    line: int | None = None
    wait: float | None = None
    rest: float | None = None
    held: Held | None = None
    shared: bool = False


class Seconds(Contract):
    """A range of seconds, and what is most to be expected within it."""

    low: float
    expected: float
    high: float


class JobEstimate(Contract):
    """What one job would cost.

    `passes` are to be expected, `most` is the most there can be; `memory` is the peak in bytes, weights included.
    `seconds` are of the computing alone, null where `basis` is unknown; `runs` counts the past ones that they are
    from. `position` counts the jobs ahead and `wait` is how long those take, null when that is not known.
    """

    model: Slug | None
    methods: list[Key]
    queue: Literal["gpu", "cpu"]
    passes: int
    most: int
    memory: int
    seconds: Seconds | None
    basis: Basis
    runs: int = 0
    position: int
    wait: float | None
    held: Held | None = None


class Estimate(Contract):
    """What a request would cost, all its jobs together, and why it would be refused, if it would.

    Jobs of one queue are computed one after the other: `seconds` is their sum, null as soon as one is not known.
    `memory` is that of the largest job; `position` and `wait` are those of the job that begins first.
    """

    jobs: list[JobEstimate]
    passes: int
    most: int
    memory: int
    seconds: Seconds | None
    basis: Basis
    runs: int
    position: int
    wait: float | None
    held: Held | None
    refusal: Problem | None = None
