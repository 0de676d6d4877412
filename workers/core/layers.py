"""The logit lens: what each layer's residual stream would predict, through the final norm and the model's own head.

Layers are looked at while the one forward pass runs; of each only its statistics stay.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor

from workers.contract import Refusal
from workers.core.gathering import Array, Gathering
from workers.core.statistics import RowChunk, Statistic
from workers.models.language import LanguageModel
from workers.models.residuals import Stream, stream_of, watched


class LayerStatistic(Statistic):
    """A statistic that is asked of every layer's prediction, not of the model's own alone."""


@dataclass(frozen=True)
class LayerTop(LayerStatistic):
    """`top_id`: the token that a layer would predict."""

    def of(self, chunk: RowChunk) -> dict[str, Tensor]:
        """argmax of the logits."""
        return {"top_id": chunk.logits.argmax(-1)}


class Lens:
    """Collects the statistics of every layer while a model runs."""

    def __init__(self, model: LanguageModel, statistics: Sequence[LayerStatistic]) -> None:
        self._model = model
        self._statistics = statistics
        self._stream: Stream | None = stream_of(model) if statistics else None
        self._layers: list[dict[LayerStatistic, dict[str, Array]]] = []
        self._fits = False

    @contextmanager
    def watching(self) -> Iterator[None]:
        """While this lasts, each layer that runs is read."""
        if self._stream is None:
            yield
            return
        with watched(self._stream, self._read):
            yield

    def _read(self, residual: Tensor) -> None:
        assert self._stream is not None
        states = self._last = self._stream.normed(residual[0])
        gathering = Gathering(self._statistics)
        ids = torch.zeros(len(states), dtype=torch.long, device=states.device)
        for start in range(0, len(states), self._model.rows_per_chunk):
            part = slice(start, start + self._model.rows_per_chunk)
            chunk = RowChunk(self._model.logits(states[part]), ids[part])
            gathering.add({statistic: statistic.of(chunk) for statistic in self._statistics})
        self._layers.append(gathering.arrays())

    def close(self, final: Tensor) -> None:
        """The pass is over and gave these states (rows, width): the last layer, normed, has to be the same."""
        if self._layers:
            gap = (self._last.float() - final.float()).abs().max()
            size = final.float().abs().max().clamp(min=1e-6)
            self._fits = bool(gap <= 32 * torch.finfo(final.dtype).eps * size)
            del self._last

    def layers(self, statistic: LayerStatistic) -> list[dict[str, Array]]:
        """Of each layer, the statistic's arrays over the rows. Raises Refusal where the final norm is not known."""
        if not self._fits:
            kind = self._model.config.model_type
            detail = (
                f"“{self._model.key}” ({kind}): what lies between its last layer and its head is not known, so its "
                "earlier layers cannot be read as predictions."
            )
            raise Refusal("unknown-final-norm", detail, field="model")
        return [found[statistic] for found in self._layers]
