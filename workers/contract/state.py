"""What the HTTP interface answers: catalogue entries, sources, and the whole state of a run."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from workers.contract.base import Contract, SourceKind
from workers.contract.cards import MethodCard, ModelCard, TokenizerCard
from workers.contract.estimates import Held
from workers.contract.events import Problem, ProgressData, State
from workers.contract.requests import Branch, Generate, JobsRequest, MethodCall, Reading, Target
from workers.contract.results import Figure


class MethodEntry(MethodCard):
    """A method card in the catalogue: whether a worker that can run it was seen lately."""

    available: bool
    last_seen: datetime | None


class ModelEntry(ModelCard):
    """A model card in the catalogue: whether a worker that can run it was seen lately."""

    available: bool
    last_seen: datetime | None


class TokenizerEntry(TokenizerCard):
    """A tokenizer card in the catalogue."""

    available: bool
    last_seen: datetime | None


class SourceState(Contract):
    """A stored source. An image's `url` answers the re-encoded PNG, a file's what was sent.

    `summary` says in a few sentences what was found in a table or in log-probabilities, and what is wrong with them.
    """

    id: str
    kind: SourceKind
    bytes: int
    name: str = ""
    summary: str = ""
    width: int | None = None
    height: int | None = None
    text: str | None = None
    url: str | None = None


class ContinuationState(Contract):
    """What a job's model generated (so far, while it runs)."""

    ids: list[int]
    text: str
    finish: Literal["length", "end", "stop", "stopped"] | None = None


class JobState(Contract):
    """One model × one input × one set of targets. While queued, `position` counts the jobs ahead, `line` all waiting.

    `wait`: seconds until a queued job is expected to begin; `rest`: until a running one is expected to end; null where
    that is not known. `held`: why nothing of its queue begins. `shared`: the very same is being computed for another
    run, and answers this one too.
    `cancelling`: its end was asked for. `freed`: bytes given back when it was cancelled; null: not measured.
    """

    id: str
    state: State
    model: str | None
    targets: list[Target] = []
    position: int | None = None
    line: int | None = None
    wait: float | None = None
    rest: float | None = None
    held: Held | None = None
    shared: bool = False
    queue: Literal["gpu", "cpu"]
    created: datetime
    started: datetime | None = None
    finished: datetime | None = None
    cancelling: bool = False
    freed: int | None = None
    continuation: ContinuationState | None = None
    problem: Problem | None = None


class ResultState(Contract):
    """One method of one job; the Result itself is fetched by its id once it is done."""

    id: str
    job: str
    method: MethodCall
    lens: str
    state: State
    progress: ProgressData | None = None
    problem: Problem | None = None
    figures: dict[str, Figure] = {}
    seconds: float | None = None


class ShareState(Contract):
    """A share link as its owner sees it; `url` only in the answer that created it."""

    id: str
    url: str | None = None
    note: str = ""
    created: datetime
    expires_at: datetime | None
    revoked: bool = False
    views: int = 0
    embed: bool = False


class ShareView(Contract):
    """What goes with a link beside the run: whoever opens it finds the page so."""

    note: str
    view: dict[str, Any]
    created: datetime
    expires_at: datetime | None
    embed: bool


class RunState(Contract):
    """The whole state of a run: heals any gap that the socket left."""

    id: str
    seq: int
    url: str
    created: datetime
    mine: bool
    reading: Reading
    generate: Generate | None
    branch: Branch | None = None
    sources: list[SourceState]
    jobs: list[JobState]
    results: list[ResultState]
    shares: list[ShareState] = []


class RunSummary(Contract):
    """A line of "my recent runs"."""

    id: str
    url: str
    created: datetime
    label: str
    thumbnail: str | None = None
    models: list[str]
    methods: list[str]
    state: State


class RunCreated(Contract):
    """The answer to a new run, or to further jobs of one."""

    id: str
    url: str
    jobs: list[str]


class TrueChoice(Contract):
    """A word of a text (a code point range) with its true probability and the true entropy [nat] there."""

    span: tuple[int, int]
    probability: float
    entropy: float


class SampleTruth(Contract):
    """What is known to be right about a sample."""

    answer: str | None = None
    deciding: list[tuple[int, int]] = []
    label: str | None = None
    box: tuple[float, float, float, float] | None = None
    choices: list[TrueChoice] = []


class Sample(Contract):
    """A first run that is one click away. `deciding` are code point ranges of `text`."""

    id: str
    kind: Literal["text", "image"]
    title: str
    text: str | None = None
    image_url: str | None = None
    request: JobsRequest
    generate: Generate | None = None
    truth: SampleTruth | None = None


class Limits(Contract):
    """The limits in force, so that the page can name them before anything is sent."""

    text_characters: int = Field(description="Code points of one text.")
    image_bytes: int
    image_pixels: int
    table_bytes: int
    table_rows: int
    logprobs_bytes: int
    logprobs_tokens: int
    runs_per_minute: int
    queued_jobs: int
