"""What a detection head reads of a text: five numbers per token, and the model's final states."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from workers.core.statistics import Entropy, RowChunk, Statistic, TokenLogProbability, Top
from workers.core.text_passes import TextPasses

_LEAST = -50.0
"""ln p below this is as good as impossible."""


@dataclass(frozen=True)
class AsProbable(Statistic):
    """Of the tokens at least as probable as the one that followed, itself included: their share and their mass.

    `quantile` is how large a part of the vocabulary they are, `top_p` the probability that they hold together.
    """

    def of(self, chunk: RowChunk) -> dict[str, Tensor]:
        """Counts and sums over the tokens whose logit is no smaller."""
        above = chunk.logits >= chunk.token_logits
        share = above.sum(-1).float() / chunk.logits.shape[-1]
        return {"quantile": share, "top_p": (chunk.probabilities * above).sum(-1).clamp(max=1.0)}


INPUTS: Sequence[Statistic] = (Entropy(), Top(1), TokenLogProbability(), AsProbable())
NAMES = ("entropy", "max_log_probability", "log_probability", "quantile", "top_p")


@dataclass(frozen=True)
class Observed:
    """Metrics (tokens, 5) in the order of `NAMES`, states (tokens + 1, width), and the unit of each token."""

    metrics: Tensor
    states: Tensor
    places: list[int]


def observe(text: TextPasses, most: int) -> Observed:
    """The first `most` tokens that the model predicted, from the one pass; statistics are those of `INPUTS`."""
    named = {name: values for one in INPUTS for name, values in text.statistic(one).items()}
    named["max_log_probability"] = np.log(named["top_probabilities"][:, 0])
    named["log_probability"] = named["log_probability"].clip(min=_LEAST)
    columns = np.stack([named[name] for name in NAMES], axis=-1)
    places = [place for place in text.scored.places if not np.isnan(columns[place]).any()][:most]
    states = text.states[: len(places) + 1].float()
    return Observed(torch.from_numpy(columns[places]), states, places)
