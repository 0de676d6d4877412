"""One token changed at a time: what stands before the change is computed once and read from a cache."""

from collections.abc import Iterator, Sequence
from functools import cached_property

import torch
from torch import Tensor

from workers.models.hf import Layers
from workers.models.language import LanguageModel

_BLOCK_TOKENS = 512
"""How many tokens are computed at a time: enough to keep a processor busy, few enough to waste little."""
_BLOCK_VARIANTS = 12
"""Variants of a block start at its first change; those that change later compute a little for nothing."""


class PrefixVariants:
    """Variants of a sequence with one token replaced by `id`, or deleted where `id` is None."""

    def __init__(self, model: LanguageModel, ids: Sequence[int], id: int | None) -> None:
        self._model = model
        self._ids = list(ids)
        self._id = id
        self.shortened = 1 if id is None else 0
        """By how much rows behind the change move to the front."""

    @cached_property
    def _layers(self) -> Layers | None:
        """Keys and values of the unchanged sequence; None where the model's cache cannot be cut."""
        return self._model.hidden(ids=self._model.ids(self._ids), cache=True)[1]

    def states(self, rows: Sequence[int], ending: Sequence[int], last: int) -> Iterator[tuple[list[int], Tensor, int]]:
        """For blocks of variants: their indices in `rows`, final states, and the row at which the states begin."""
        order = sorted(range(len(rows)), key=lambda index: rows[index])
        whole = [*self._ids, *ending][: last + 1]
        while order:
            start = rows[order[0]] if self._layers is not None else 0
            width = max(1, min(_BLOCK_VARIANTS, _BLOCK_TOKENS // (len(whole) - start)))
            chunk, order = order[:width], order[width:]
            start = self._first_row(start, rows[chunk[-1]])
            batch = torch.cat([self._variant(whole, start, rows[index]) for index in chunk])
            past = self._before(start, len(chunk))
            yield chunk, self._model.hidden(ids=batch, past=past)[0], start

    def _first_row(self, start: int, changed: int) -> int:
        # A deletion at the very end leaves nothing to compute after it: the row before it is read again.
        return max(0, start - 1) if self._id is None else start

    def _variant(self, whole: list[int], start: int, row: int) -> Tensor:
        before, after = whole[start:row], whole[row + 1 :]
        return self._model.ids([*before, *([] if self._id is None else [self._id]), *after])

    def _before(self, start: int, batch: int) -> Layers | None:
        if start == 0 or self._layers is None:
            return None
        return [
            (keys[:, :, :start].expand(batch, -1, -1, -1), values[:, :, :start].expand(batch, -1, -1, -1))
            for keys, values in self._layers
        ]
