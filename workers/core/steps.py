"""What `run` yields while it computes; the tasks turn it into rows and messages, the command line into text."""

from dataclasses import dataclass
from typing import Literal

from workers.contract import Continuation, Problem, Result

Fault = Literal["person", "system"]


@dataclass(frozen=True, slots=True)
class Progress:
    """What is being done for the call (None: for the whole job), and how far it is from 0 to 1."""

    call: int | None
    message: str
    fraction: float | None = None


@dataclass(frozen=True, slots=True)
class Delta:
    """Tokens that were just generated, the first of them at index `start` of the continuation."""

    start: int
    ids: list[int]
    text: str
    """The whole continuation so far."""
    ends: list[int]
    """Code points of the continuation after each token."""
    probabilities: list[float]


@dataclass(frozen=True, slots=True)
class Continued:
    """The continuation is complete (or was stopped): keep it, so that no later question samples again."""

    continuation: Continuation


@dataclass(frozen=True, slots=True)
class Finished:
    """A method's result."""

    call: int
    result: Result


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a call (None: the whole job) has no result."""

    call: int | None
    problem: Problem
    fault: Fault


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The job was cancelled between two passes; nothing follows."""


Step = Progress | Delta | Continued | Finished | Failed | Cancelled
