"""CoRE: how far several models agree token by token, and what they would say together.

Follows the authors' code: each model keeps its k most probable tokens, renormalised; a token is consistent in a model
as far as its probability there is close to the mean over all models; a model counts as much as its tokens are
consistent and its distribution is sharp; the first model weighs at least as much as all others together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

Array = npt.NDArray[np.float32]
Score = Literal["rbf", "linear", "power", "reciprocal"]
Weighting = Literal["open", "choice"]

_NOTHING = 1e-12
_BETA, _ALPHA = 2.0, 5.0
_ROWS = 2048


@dataclass(frozen=True)
class Ensemble:
    """What several models say together, per unit; NaN where one of them says nothing.

    `consistency` and `weights` (units, models); the ensemble's most probable tokens `top_ids` and
    `top_probabilities` (units, k), which add up to 1 over all tokens that one of the models has among its first.
    """

    consistency: Array
    weights: Array
    top_ids: Array
    top_probabilities: Array


def ensemble(ids: Sequence[Array], probabilities: Sequence[Array], score: Score, weighting: Weighting) -> Ensemble:
    """From each model's most probable tokens: ids (units, k) of the first model's vocabulary and their probabilities.

    An id of −1 is a token that the first model does not have: what it holds is lost, as in the authors' token map.
    """
    known = ~np.any([np.isnan(one).any(-1) for one in ids], axis=0)
    k = ids[0].shape[-1]
    made = [np.full((len(known), size), np.nan, np.float32) for size in (len(ids), len(ids), k, k)]
    for rows in np.array_split(np.flatnonzero(known), max(1, -(-int(known.sum()) // _ROWS))):
        found = _together(
            [(_tensor(i[rows]).long(), _tensor(p[rows])) for i, p in zip(ids, probabilities, strict=True)],
            score,
            weighting,
        )
        for into, values in zip(made, found, strict=True):
            into[rows] = values.numpy()
    return Ensemble(*made)


def _tensor(values: Array) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values))


def _together(tops: Sequence[tuple[Tensor, Tensor]], score: Score, weighting: Weighting) -> tuple[Tensor, ...]:
    ids = torch.cat([own for own, _ in tops], dim=-1)
    counted = _first_of(ids) * (ids >= 0)
    probabilities = torch.stack([_on(ids, *top) for top in tops], dim=1) * counted[:, None]
    scores, weights, mean = agreement(probabilities, counted, score, weighting)
    factors = scores if weighting == "open" else torch.ones_like(scores)
    factors[:, 0] = 1.0  # the authors' code leaves the first model's probabilities as they are
    mixed = (weights[..., None] * probabilities * factors).sum(1)
    shares = (mixed / mixed.sum(-1, keepdim=True)).masked_fill(counted == 0, -1.0)  # the first model has k that count
    best = shares.topk(tops[0][0].shape[-1], dim=-1)
    return mean, weights, ids.gather(-1, best.indices), best.values


def agreement(
    probabilities: Tensor, counted: Tensor, score: Score, weighting: Weighting
) -> tuple[Tensor, Tensor, Tensor]:
    """Token scores, model weights and mean consistency from probabilities (rows, models, tokens).

    `counted` (rows, tokens) leaves out tokens that stand twice. Scores (rows, models, tokens) of a model add up to
    the number of its tokens that have one; weights (rows, models) add up to 1; the mean (rows, models) is over those
    tokens before that, between 0 and 1.
    """
    distance = (probabilities - probabilities.mean(1, keepdim=True)).abs()
    possible = (probabilities + probabilities[:, :1] > _NOTHING) & counted[:, None].bool()
    raw = torch.where(possible, _SCORES[score](distance), 0.0)
    total = raw.sum(-1, keepdim=True)
    scores = raw / total.clamp_min(_NOTHING) * (raw != 0).sum(-1, keepdim=True)
    entropy = torch.special.entr(probabilities).sum(-1)
    strength = (total.squeeze(-1) if weighting == "open" else 1.0) / (entropy + _NOTHING)
    first = torch.maximum(strength[:, :1], strength[:, 1:].sum(-1, keepdim=True))
    strength = torch.cat([first, strength[:, 1:]], dim=-1)
    mean = total.squeeze(-1) / possible.sum(-1).clamp_min(1)
    return scores, strength / strength.sum(-1, keepdim=True).clamp_min(_NOTHING), mean


def _rbf(distance: Tensor) -> Tensor:
    floor = torch.exp(torch.tensor(-_BETA))
    return (torch.exp(-_BETA * distance) - floor) / (1 - floor)


def _reciprocal(distance: Tensor) -> Tensor:
    """1 / (1 + d), stretched so that the least consistent token of all models has 0; 1 where none differs."""
    found = 1 / (1 + distance)
    least = found.amin((1, 2), keepdim=True)
    return torch.where(least < 1, (found - least) / (1 - least).clamp_min(_NOTHING), 1.0)


_SCORES = {
    "rbf": _rbf,
    "linear": lambda distance: 1 - distance,
    "power": lambda distance: (1 - distance).clamp_min(0) ** _ALPHA,
    "reciprocal": _reciprocal,
}


def _on(ids: Tensor, own: Tensor, probabilities: Tensor) -> Tensor:
    """The probabilities (rows, n) of tokens `ids` under a model that keeps only its most probable ones (rows, k)."""
    kept = probabilities / probabilities.sum(-1, keepdim=True)
    return ((ids[..., None] == own[:, None]) * kept[:, None]).sum(-1)


def _first_of(ids: Tensor) -> Tensor:
    """1 where an id stands for the first time in its row (rows, n), else 0."""
    same = ids[..., None] == ids[:, None]
    return (same.int().argmax(-1) == torch.arange(ids.shape[-1], device=ids.device)).float()
