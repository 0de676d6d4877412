"""What one method of one job produced."""

from typing import Any

from workers.contract.base import Contract, Lens
from workers.contract.panels import Domain, Panel
from workers.contract.requests import Contrast, Quantity, Reading
from workers.contract.units import Strip


class Figure(Contract):
    """One number about the whole input."""

    value: float | None
    label: str
    unit: str = ""
    domain: Domain = (None, None)


class ResolvedTarget(Contract):
    """A target as it was read: which units, which token ids or class, at which rows of the logits."""

    strip: str
    start: int | None = None
    stop: int | None = None
    quantity: Quantity
    ids: list[int] = []
    text: str = ""
    class_id: int | None = None
    class_label: str | None = None
    contrast: Contrast | None = None
    contrast_ids: list[int] = []
    contrast_text: str = ""
    rows: list[int] = []
    value: float | None = None


class ModelUse(Contract):
    """A model that took part, and in which role."""

    role: str
    model: str
    revision: str
    dtype: str
    tokenizer_hash: str = ""


class Provenance(Contract):
    """All that is needed to compute the result again, and one sentence on how to read it."""

    models: list[ModelUse] = []
    device: str
    method: str
    version: int
    parameters: dict[str, Any]
    reading: Reading | None = None
    target: list[ResolvedTarget] = []
    rows: list[int] = []
    seed: int = 0
    seconds: float
    peak_memory_bytes: int
    reads: str
    caveat: str = ""


class Result(Contract):
    """Strips, panels, figures and provenance."""

    method: str
    version: int
    lens: Lens
    target: ResolvedTarget | None = None
    strips: list[Strip]
    panels: list[Panel]
    figures: dict[str, Figure] = {}
    provenance: Provenance

    def strip(self, id: str) -> Strip:
        """The strip of this id. KeyError if the result has none."""
        for strip in self.strips:
            if strip.id == id:
                return strip
        raise KeyError(id)
