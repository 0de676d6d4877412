"""What a worker computes for one job: the request that `workers.core.run` answers with a stream of steps."""

from typing import Literal

from workers.contract.base import Bytes, Contract, SourceKind, Text
from workers.contract.requests import Generate, MethodCall, Reading, Target


class SourceData(Contract):
    """A source as the person gave it: the bytes of the stored (oriented, re-encoded) image, of all others the text.

    A `table` is CSV or JSON, read by `formats.labelled`; `logprobs` are read by `formats.logprobs`.
    """

    id: str
    kind: SourceKind
    text: Text | None = None
    data: Bytes | None = None


class Continuation(Contract):
    """What a model generated: ids and text are kept, so that no later question samples or tokenises again."""

    ids: list[int]
    text: str
    finish: Literal["length", "end", "stop", "stopped"]
    generate: Generate


class ModelSpec(Contract):
    """Where a key of the allow-list leads: a folder or a hub id with a pinned revision (built-ins need none)."""

    location: str
    revision: str | None = None


class AnalysisRequest(Contract):
    """One model (or none) × one input × one set of targets, with all its methods.

    `model`, roles and tokenizers are keys: of `specs`, or else of what is built in.
    """

    model: str | None
    specs: dict[str, ModelSpec] = {}
    sources: list[SourceData]
    reading: Reading = Reading()
    generate: Generate | None = None
    continuation: Continuation | None = None
    targets: list[Target] = []
    methods: list[MethodCall]
    seed: int = 0
    device: Literal["cpu", "cuda", "auto"] = "auto"
