"""Several continuations of one prompt, drawn side by side: what a model might as well have said."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from workers.contract import Generate
from workers.core.decoding import Decoder
from workers.core.generation import chosen, processed
from workers.core.noise import gumbel
from workers.models.language import LanguageModel

Array = npt.NDArray[np.float32]
Generating = Callable[[str, float | None], None]
"""Reports like `Report`, and raises Refusal as well when the person stopped what is being generated."""

ROWS = 32
"""Rows that are read at once; more samples are drawn in further batches."""


@dataclass(frozen=True)
class Sample:
    """One continuation: its tokens without the end token, and the log-probability [nat] of each (tokens,).

    `log_probabilities` are the model's own at temperature 1, `processed` those of the distribution that was drawn
    from (after temperature and nucleus). `end_log_probability` is the raw one of the end token where it was drawn.
    """

    ids: list[int]
    text: str
    log_probabilities: Array
    processed: Array
    finish: Literal["length", "end", "stop"]
    end_log_probability: float | None = None


class _Row:
    """A sample that grows. Its own stream of noise makes it the same in whatever company it is drawn."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.ids: list[int] = []
        self.raw: list[float] = []
        self.processed: list[float] = []
        self.finish: Literal["length", "end", "stop"] | None = None
        self.end: float | None = None

    def draw(self, logits: Tensor, settings: Generate, ends: frozenset[int]) -> int:
        chances = processed(logits, settings)
        if settings.do_sample:
            noise = gumbel(settings.seed, len(self.ids), len(logits), stream=self.index + 1)
            id = chosen(chances.log(), noise)
        else:
            id = int(logits.argmax())
        raw = float(logits[id] - logits.logsumexp(-1))
        if id in ends:
            self.finish, self.end = "end", raw
        else:
            self.ids.append(id)
            self.raw.append(raw)
            self.processed.append(float(chances[id].log()))
        return id


@torch.no_grad()
def sample(
    model: LanguageModel,
    prompt: list[int],
    count: int,
    settings: Generate,
    text_of: Callable[[list[int]], str],
    report: Generating,
) -> list[Sample]:
    """`count` continuations of `prompt`; the same settings and seed give the same ones, however many are drawn.

    The prompt is read once, its cache is shared out to the rows. `settings.begin` is not honoured.
    """
    rows = [_Row(index) for index in range(count)]
    state = Decoder(model, prompt)
    report("Sampling continuations", 0.0)
    first = state.next_logits()
    for start in range(0, count, ROWS):
        part = rows[start : start + ROWS]

        def told(share: float, start: int = start, part: list[_Row] = part) -> None:
            report("Sampling continuations", (start + share * len(part)) / count)

        _grow(model, state.branch(len(part)), first.expand(len(part), -1), part, settings, text_of, told)
    return [_finished(row, text_of) for row in rows]


def _grow(
    model: LanguageModel,
    state: Decoder,
    logits: Tensor,
    rows: list[_Row],
    settings: Generate,
    text_of: Callable[[list[int]], str],
    told: Callable[[float], None],
) -> None:
    growing = rows
    for step in range(settings.max_new_tokens):
        drawn = [row.draw(one, settings, model.end_ids) for row, one in zip(growing, logits, strict=True)]
        for row in growing:
            if row.finish is None and settings.stop and any(stop in text_of(row.ids) for stop in settings.stop):
                row.finish = "stop"
        left = [index for index, row in enumerate(growing) if row.finish is None]
        if not left or step + 1 == settings.max_new_tokens:
            return
        told((step + 1) / settings.max_new_tokens)
        state.append(drawn)
        if len(left) < len(growing):
            state.keep(left)
            growing = [growing[index] for index in left]
        logits = state.next_logits()


def _finished(row: _Row, text_of: Callable[[list[int]], str]) -> Sample:
    return Sample(
        ids=row.ids,
        text=text_of(row.ids),
        log_probabilities=np.array(row.raw, np.float32),
        processed=np.array(row.processed, np.float32),
        finish=row.finish or "length",
        end_log_probability=row.end,
    )
