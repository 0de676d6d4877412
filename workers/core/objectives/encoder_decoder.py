"""Targets of an encoder-decoder: explained by the units of the input and by the output before the target."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from workers.contract import Refusal, ResolvedTarget
from workers.core.objectives.base import BaselineKind, Objective, Place, quantity
from workers.core.objectives.embeddings import embedding_baseline, replacement_id
from workers.core.reading import Tokens, check_length, check_output, respliced
from workers.core.targets import TokenTarget
from workers.models.language import LanguageModel

_BATCH = 16


class EncoderDecoderObjective(Objective):
    """One target: output units [start, start + n), the decoder having read its start token and the units before."""

    def __init__(self, model: LanguageModel, source: Tokens, output: Tokens, target: TokenTarget) -> None:
        self.model = model
        self.strips = [source.strip, output.strip]
        self.targets: Sequence[ResolvedTarget] = [target.resolved]
        self._target = target
        self.split = len(source.ids)
        """How many rows the encoder reads; those behind them are the output's."""
        self._source_ids = source.ids
        self._output_ids = output.ids[: target.start]
        self.places = [Place(source.strip.id, place) for place in source.places]
        self.fixed = [row for row, place in enumerate(source.places) if source.strip.units[place].special]
        self.places += [Place(output.strip.id, place) for place in output.places[: target.start]]
        with torch.no_grad():
            before = model.embed_output(model.ids(self._output_ids))[0]
            self.inputs = torch.cat([model.embed(model.ids(self._source_ids))[0], before])

    def values(self, inputs: Tensor) -> Tensor:
        """See Objective."""
        return self._values(inputs, len(self._source_ids))

    def distributions(self, inputs: Tensor) -> Tensor:
        """See Objective."""
        split = len(self._source_ids)
        states = self.model.decode(self.model.encode(embeds=inputs[:, :split]), embeds=self._opening(inputs, split))
        return self.model.logits(states[:, -1:]).float().softmax(-1)

    def _opening(self, inputs: Tensor, split: int) -> Tensor:
        start = self.model.embed_output(self.model.ids([self.model.decoder_start])).expand(inputs.shape[0], -1, -1)
        return torch.cat([start, inputs[:, split:]], dim=1)

    def _values(self, inputs: Tensor, split: int) -> Tensor:
        encoded = self.model.encode(embeds=inputs[:, :split])
        opening = self._opening(inputs, split)
        total = inputs.new_zeros((inputs.shape[0], 1), dtype=torch.float32)
        for ids, weight in ((self._target.ids, 1.0), (self._target.contrast, -1.0)):
            if ids:
                follow = self.model.embed_output(self.model.ids(ids))[:, :-1].expand(inputs.shape[0], -1, -1)
                states = self.model.decode(encoded, embeds=torch.cat([opening, follow], dim=1))
                total = total + weight * self._read(states[:, -len(ids) :], ids)
        return total

    def _read(self, states: Tensor, ids: list[int]) -> Tensor:
        logits = self.model.logits(states)
        wanted = self.model.ids(ids).expand(logits.shape[0], -1)
        return quantity(logits, self.targets[0].quantity, wanted).sum(-1, keepdim=True)

    def baseline(self, kind: BaselineKind) -> Tensor:
        """See Objective."""
        return embedding_baseline(self.model, self.inputs, self.fixed, kind)

    @torch.no_grad()
    def replaced(self, rows: Sequence[int], replacement: str) -> Tensor:
        """See Objective; `delete` shortens input or output, so those variants go one by one."""
        if replacement == "delete":
            return torch.cat([self._deleted(row) for row in rows])
        id = self.model.ids([replacement_id(self.model, replacement)])
        sides = (self.model.embed(id)[0, 0], self.model.embed_output(id)[0, 0])
        found = []
        for start in range(0, len(rows), _BATCH):
            chunk = list(rows[start : start + _BATCH])
            batch = self.inputs.expand(len(chunk), -1, -1).clone()
            for index, row in enumerate(chunk):
                batch[index, row] = sides[row >= len(self._source_ids)]
            found.append(self.values(batch))
        return torch.cat(found)

    def spliced(self, ids: Mapping[int, Sequence[int]]) -> "EncoderDecoderObjective":
        """See Objective; the rows that come lie on the unit in whose place they stand."""
        places = [place.unit for place in self.places]
        source = Tokens(self.strips[0], self._source_ids, places[: self.split])
        output = Tokens(self.strips[1], self._output_ids, places[self.split :])
        read = respliced(source, {row: new for row, new in ids.items() if row < self.split})
        said = respliced(output, {row - self.split: new for row, new in ids.items() if row >= self.split})
        if not read.ids:
            raise Refusal("nothing-left", "Nothing is left of the input.", field="methods")
        check_length(self.model, len(read.ids), 0)
        check_output(self.model, len(said.ids) + max(len(self._target.ids), len(self._target.contrast)))
        return EncoderDecoderObjective(self.model, read, said, replace(self._target, start=len(said.ids)))

    @property
    def sequences(self) -> Mapping[str, Sequence[int]]:
        """The ids of all rows, by the strip that they lie on."""
        return {self.strips[0].id: self._source_ids, self.strips[1].id: self._output_ids}

    def _deleted(self, row: int) -> Tensor:
        kept = [index for index in range(len(self.places)) if index != row]
        return self._values(self.inputs[None, kept], len(self._source_ids) - (row < len(self._source_ids)))

    def visible(self, target: int) -> npt.NDArray[np.bool_]:
        """See Objective: the whole input, and the output up to the target."""
        return np.ones(len(self.places), dtype=bool)
