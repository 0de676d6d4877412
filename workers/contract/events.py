"""News over the socket: never the only copy of anything, and ids instead of arrays."""

from typing import Any, Literal

from workers.contract.base import Contract

State = Literal["queued", "leased", "running", "done", "failed", "cancelled"]
EventKind = Literal["state", "progress", "delta", "result", "heartbeat"]


class Problem(Contract):
    """An RFC 9457 problem document: whose fault, what was wrong, the limit and the value.

    `limit` and `value` repeat as numbers what `detail` says in words (`text-too-long`: the page offers to cut).
    """

    type: str
    title: str
    status: int
    detail: str
    field: str | None = None
    limit: float | None = None
    value: float | None = None


class ProgressData(Contract):
    """What a method is doing and how far it is, 0 to 1 (null: unknown)."""

    message: str
    fraction: float | None = None


class DeltaData(Contract):
    """Tokens as they are generated, the first of them at index `start` of the continuation.

    `text` is the whole continuation so far, without a last character that is not complete yet; `ends` are the code
    points of it after each of these tokens.
    """

    start: int
    ids: list[int]
    text: str
    ends: list[int]
    probabilities: list[float]


class Event(Contract):
    """One message of `/ws/runs/{id}`."""

    seq: int
    run: str
    kind: EventKind
    job: str | None = None
    result: str | None = None
    data: dict[str, Any] = {}
