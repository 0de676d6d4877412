"""What every importance method asks of a model: values under changed inputs, whatever the inputs are."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from workers.contract import Refusal, ResolvedTarget, Strip

BaselineKind = Literal["mean", "zero", "pad", "blurred"]


class Place(NamedTuple):
    """Where a row of the inputs is drawn: a unit of a strip."""

    strip: str
    unit: int


class Objective(ABC):
    """One or more targets as a function of the units' vectors.

    `inputs` (units, width) are the embeddings of tokens or the pixels of patches; `places` says which unit each
    row is. `values` is differentiable. Rows that a target cannot see have no influence on it: `visible`.
    """

    strips: Sequence[Strip]
    targets: Sequence[ResolvedTarget]
    places: Sequence[Place]
    inputs: Tensor
    fixed: Sequence[int]
    """Rows that are never varied: special tokens."""

    @abstractmethod
    def values(self, inputs: Tensor) -> Tensor:
        """The targets' quantities (batch, targets), float32, for a batch of inputs (batch, units, width)."""

    @abstractmethod
    def distributions(self, inputs: Tensor) -> Tensor:
        """Probabilities (batch, targets, classes), float32, where each target (a span's first token) is read."""

    @abstractmethod
    def baseline(self, kind: BaselineKind) -> Tensor:
        """Inputs (units, width) that say nothing: `fixed` rows as they are. Raises Refusal where it has no meaning."""

    @abstractmethod
    def replaced(self, rows: Sequence[int], replacement: str) -> Tensor:
        """The targets' quantities (len(rows), targets) with one row at a time replaced or deleted."""

    @abstractmethod
    def visible(self, target: int) -> npt.NDArray[np.bool_]:
        """Which rows come before the target (units)."""

    def spliced(self, ids: Mapping[int, Sequence[int]]) -> "Objective":
        """The same targets where other ids stand in these rows: none, and a row is gone; several, and more follow.

        All rows lie before the targets. Raises Refusal where rows are no tokens, or nothing is left before a target.
        """
        raise Refusal("no-tokens", "Only tokens can be removed or replaced.", field="methods")

    @property
    def varied(self) -> list[int]:
        """The rows that a method may change."""
        fixed = set(self.fixed)
        return [row for row in range(len(self.places)) if row not in fixed]

    def original(self) -> Tensor:
        """The targets' quantities (targets) on the input as it is."""
        with torch.no_grad():
            return self.values(self.inputs[None])[0]

    def spread(self, target: int, scores: npt.NDArray[np.float32]) -> dict[str, npt.NDArray[np.float32]]:
        """Scores per row (units) as tracks per strip; NaN for rows that are fixed or come after the target."""
        seen = self.visible(target)
        seen[list(self.fixed)] = False
        tracks = {strip.id: np.full(len(strip.units), np.nan, np.float32) for strip in self.strips}
        for row, place in enumerate(self.places):
            if seen[row]:
                tracks[place.strip][place.unit] = scores[row]
        return tracks

    def gathered(self, tracks: Mapping[str, npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
        """Tracks per strip as scores per row (units): what `spread` undoes."""
        return np.array([tracks[place.strip][place.unit] for place in self.places], np.float32)


def quantity(logits: Tensor, kind: str, ids: Tensor) -> Tensor:
    """Logit, log-probability or probability (…) of `ids` (…) under logits (…, vocabulary)."""
    chosen = logits.gather(-1, ids[..., None]).squeeze(-1)
    if kind == "logit":
        return chosen
    log_probability = chosen - logits.logsumexp(-1)
    return log_probability.exp() if kind == "probability" else log_probability
