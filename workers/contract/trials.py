"""What a worker found out when it loaded a model on trial."""

from workers.contract.base import Contract
from workers.contract.cards import ModelCard


class TrialReport(Contract):
    """What a model offers and what it costs on the worker that tried it: sizes in bytes, times in seconds.

    `peak_bytes` is the most that loading and one pass held beyond what was held before; `pass_seconds` is one forward
    pass over `pass_tokens` tokens or one picture, null for what has no such pass; `methods` are the keys that fit.
    """

    card: ModelCard
    device: str
    layers: int | None
    weight_bytes: int
    budget_bytes: int
    load_seconds: float
    peak_bytes: int
    pass_seconds: float | None
    pass_tokens: int | None
    methods: list[str]
