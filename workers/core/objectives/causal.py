"""Targets of a causal language model: Σ over tokens, each read one row before it, teacher-forced on stored ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from workers.contract import Refusal, ResolvedTarget, Strip
from workers.core.objectives.base import BaselineKind, Objective, Place, quantity
from workers.core.objectives.embeddings import embedding_baseline, replacement_id
from workers.core.objectives.prefix import PrefixVariants
from workers.core.reading import Tokens, check_length, respliced
from workers.core.targets import TokenTarget
from workers.models.language import LanguageModel


@dataclass(frozen=True)
class Read:
    """Add `weight` × quantity of `id` at `row` to a target."""

    row: int
    id: int
    weight: float
    target: int


@dataclass(frozen=True)
class Ending:
    """Ids that follow the shared prefix, held fixed, and what is read."""

    ids: list[int]
    reads: list[Read]

    @property
    def last(self) -> int:
        """The last row that is read."""
        return max(read.row for read in self.reads)


class CausalObjective(Objective):
    """Single-token targets of one sequence together, or one span with its contrast."""

    def __init__(self, model: LanguageModel, tokens: Tokens, targets: Sequence[TokenTarget]) -> None:
        self.model = model
        self.strips: Sequence[Strip] = [tokens.strip]
        self.targets: Sequence[ResolvedTarget] = [target.resolved for target in targets]
        self._given = targets
        self._starts = [target.start for target in targets]
        self._kind = targets[0].resolved.quantity
        length = max(self._starts)
        self.ids = tokens.ids[:length]
        self.places = [Place(tokens.strip.id, place) for place in tokens.places[:length]]
        self.fixed = [row for row, place in enumerate(self.places) if tokens.strip.units[place.unit].special]
        self.endings = _endings(targets, length)
        self._variants: dict[int | None, PrefixVariants] = {}
        with torch.no_grad():
            self.inputs = model.embed(model.ids(self.ids))[0]

    def values(self, inputs: Tensor) -> Tensor:
        """See Objective."""
        total = inputs.new_zeros((inputs.shape[0], len(self.targets)), dtype=torch.float32)
        for ending in self.endings:
            embeds = inputs
            if ending.ids:
                follow = self.model.embed(self.model.ids(ending.ids)).expand(inputs.shape[0], -1, -1)
                embeds = torch.cat([inputs, follow.to(inputs.dtype)], dim=1)
            states = self.model.hidden(embeds=embeds[:, : ending.last + 1])[0]
            total = total + self.read(states, ending, shift=0)
        return total

    def distributions(self, inputs: Tensor) -> Tensor:
        """See Objective."""
        states = self.model.hidden(embeds=inputs)[0]
        return self.model.logits(states[:, [start - 1 for start in self._starts]]).float().softmax(-1)

    def read(self, states: Tensor, ending: Ending, shift: int) -> Tensor:
        """What an ending reads from states (batch, rows, width) of which row `shift` is the first: (batch, targets).

        Rows before the first belong to targets that the caller does not look at.
        """
        rows = [max(0, read.row - shift) for read in ending.reads]
        ids = torch.tensor([read.id for read in ending.reads], device=states.device)
        logits = self.model.logits(states[:, rows])
        found = quantity(logits, self._kind, ids.expand(logits.shape[0], -1))
        weights = found.new_zeros((len(ending.reads), len(self.targets)))
        for index, read in enumerate(ending.reads):
            weights[index, read.target] = read.weight
        return found @ weights

    def baseline(self, kind: BaselineKind) -> Tensor:
        """See Objective."""
        return embedding_baseline(self.model, self.inputs, self.fixed, kind)

    @torch.no_grad()
    def replaced(self, rows: Sequence[int], replacement: str) -> Tensor:
        """See Objective; the part before each change is read from a key/value cache."""
        id = None if replacement == "delete" else replacement_id(self.model, replacement)
        variants = self._variants.setdefault(id, PrefixVariants(self.model, self.ids, id))
        total = torch.zeros((len(rows), len(self.targets)), device=self.model.device)
        for ending in self.endings:
            for chunk, states, start in variants.states(rows, ending.ids, ending.last):
                total[chunk] += self.read(states, ending, shift=start + variants.shortened)
        if id is None:
            self._forget_emptied(total, rows)
        return total

    def _forget_emptied(self, total: Tensor, rows: Sequence[int]) -> None:
        """Without its only predecessor a target is predicted from nothing: no value."""
        emptied = [index for index, row in enumerate(rows) if row == 0]
        alone = [target for target, start in enumerate(self._starts) if start == 1]
        for target in alone:
            total[emptied, target] = torch.nan

    def spliced(self, ids: Mapping[int, Sequence[int]]) -> "CausalObjective":
        """See Objective; the rows that come lie on the unit in whose place they stand."""
        after = respliced(Tokens(self.strips[0], self.ids, [place.unit for place in self.places]), ids)
        shift = len(after.ids) - len(self.ids)
        targets = [replace(target, start=target.start + shift) for target in self._given]
        if min(target.start for target in targets) < 1:
            raise Refusal("nothing-left", "Nothing is left before the target that could predict it.", field="methods")
        longest = max(target.start + max(len(target.ids), len(target.contrast)) - 1 for target in targets)
        check_length(self.model, longest, 0)
        return CausalObjective(self.model, after, targets)

    @property
    def sequences(self) -> Mapping[str, Sequence[int]]:
        """The ids of all rows, by the strip that they lie on."""
        return {self.strips[0].id: self.ids}

    @property
    def starts(self) -> Sequence[int]:
        """The row at which each target begins."""
        return self._starts

    def visible(self, target: int) -> npt.NDArray[np.bool_]:
        """See Objective."""
        return np.arange(len(self.places)) < self._starts[target]


def _endings(targets: Sequence[TokenTarget], length: int) -> list[Ending]:
    if len(targets) > 1 or targets[0].single:
        reads = [
            Read(target.start - 1, id, weight, index)
            for index, target in enumerate(targets)
            for ids, weight in ((target.ids, 1.0), (target.contrast, -1.0))
            for id in ids
        ]
        return [Ending([], reads)]
    target = targets[0]
    return [
        Ending(ids[:-1], [Read(length - 1 + step, id, weight, 0) for step, id in enumerate(ids)])
        for ids, weight in ((target.ids, 1.0), (target.contrast, -1.0))
        if ids
    ]
