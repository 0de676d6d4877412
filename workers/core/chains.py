"""Attention chains: from an answer back to the tokens that it was made from, step by step along attention.

Li et al. 2025, arXiv 2503.19168 (UQAC). Attention is observed in passing, its heads reduced layer by layer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor

from workers.contract import Refusal
from workers.models.attention import Attention, observed
from workers.models.language import LanguageModel

CALIBRATION = (0.166, 0.209, 0.330, 0.461, 0.593, 0.675, 0.739, 0.813, 0.874, 0.939)
"""What attention to the ten tokens before a row's own is multiplied by, the nearest first."""
_TILE = 256
"""Query rows whose maps are held at a time."""
_TINY = 1e-12


def calibrated(maps: Tensor, first: int) -> Tensor:
    """Maps (heads, rows, keys) of query rows from `first` on, without self and sink, the nearest damped; sum 1."""
    maps = maps.clone()
    rows = torch.arange(first, first + maps.shape[1], device=maps.device)[:, None]
    keys = torch.arange(maps.shape[2], device=maps.device)[None]
    maps.masked_fill_((keys == rows) | (keys == 0), 0.0)
    for distance, ratio in enumerate(CALIBRATION, 1):
        maps = torch.where(keys == rows - distance, maps * ratio, maps)
    return maps / (maps.sum(-1, keepdim=True) + _TINY)


def entropies(maps: Tensor) -> Tensor:
    """−Σ a ln a over the keys [nat] of maps (heads, rows, keys): (heads, rows)."""
    found: Tensor = torch.special.entr(maps).sum(-1)
    return found


def reduced_attention(
    model: LanguageModel,
    ids: Sequence[int],
    heads: int,
    reduce: Literal["max", "mean"],
    report: Callable[[str, float | None], None],
) -> tuple[Tensor, Tensor]:
    """One map (tokens, tokens) of the `heads` heads of least entropy in each row, and the final states (tokens, width).

    Two passes: the first learns which heads are sharpest in each row, the second reduces those. Raises Refusal where
    a model's attention cannot be seen.
    """
    size = len(ids)
    found: list[Tensor] = []
    report("Looking for sharp heads", 0.0)
    _observe(model, ids, lambda tile, maps: found.append(entropies(maps)))
    layers = len(found) // -(-size // _TILE)
    if not layers:
        detail = f"The attention of “{model.key}” ({model.config.model_type}) cannot be observed."
        raise Refusal("no-attention", detail, field="model")
    tiles = len(found) // layers
    entropy = torch.stack([torch.cat(found[at * tiles : (at + 1) * tiles], dim=1) for at in range(layers)])
    order = entropy.flatten(0, 1).argsort(dim=0, stable=True)[:heads]
    chosen = torch.zeros_like(entropy.flatten(0, 1), dtype=torch.bool).scatter(0, order, True).view_as(entropy)
    together = torch.zeros(size, size)
    layer = [0]

    def reduce_tile(tile: slice, maps: Tensor) -> None:
        kept = maps * chosen[layer[0] // tiles, :, tile, None]
        layer[0] += 1
        if reduce == "max":
            together[tile] = torch.maximum(together[tile], kept.amax(0))
        else:
            together[tile] += kept.sum(0) / len(order)

    report("Following attention", 0.2)
    states = _observe(model, ids, reduce_tile)
    return together, states


def _observe(model: LanguageModel, ids: Sequence[int], each: Callable[[slice, Tensor], None]) -> Tensor:
    size = len(ids)

    def look(seen: Attention) -> None:
        if seen.key.shape[2] != size or seen.query.shape[2] != size:
            detail = f"“{model.key}” does not attend to the whole text in each layer, so no chain can be followed."
            raise Refusal("no-attention", detail, field="model")
        for start in range(0, size, _TILE):
            tile = slice(start, min(size, start + _TILE))
            each(tile, calibrated(seen.rows(tile)[0], start).cpu())

    with torch.no_grad(), observed(model.network, look):
        states = model.hidden(ids=model.ids(list(ids)))[0]
    return states[0].float().cpu()


@dataclass(frozen=True)
class Rules:
    """How a chain is followed; the defaults are those of the authors' experiments."""

    looked: int = 5
    width: int = 3
    least: float = 0.5
    short: int = 5
    steps: int = 1000


@dataclass
class Chain:
    """Tokens by how they were found: their summed attention, and the edges (from token, to token, attention)."""

    scores: dict[int, float] = field(default_factory=dict)
    edges: list[tuple[int, int, float]] = field(default_factory=list)


def follow(attention: Tensor, answer: Sequence[int], allowed: Callable[[int], bool], rules: Rules) -> Chain:
    """The chain behind the tokens `answer`: what the rows that predicted them attended to, and so on from there.

    In each step the most attended allowed tokens of every source row are added up over the rows, and the `width`
    best are taken; one below `least` only while the chain has fewer than `short` tokens.
    """
    chain = Chain()
    visited = set(answer)
    sources = list(answer)
    for _ in range(rules.steps):
        scores: dict[int, float] = {}
        edges: list[tuple[int, int, float]] = []
        few = len(chain.scores) < rules.short
        free = {key for key in range(len(attention)) if key not in visited and allowed(key)}
        for token in sources:
            for key in _looked_at(attention, token - 1, rules.looked, few, free):
                weight = float(attention[token - 1, key])
                scores[key] = scores.get(key, 0.0) + weight
                edges.append((token, key, weight))
        best = sorted(scores, key=lambda key: (-scores[key], key))[: rules.width]
        room = max(0, rules.short - len(chain.scores))
        new = [key for place, key in enumerate(best) if scores[key] >= rules.least or place < room]
        if not new:
            break
        chain.scores |= {key: scores[key] for key in new}
        chain.edges += [edge for edge in edges if edge[1] in new]
        visited |= set(new)
        sources = new
    return chain


def _looked_at(attention: Tensor, row: int, looked: int, few: bool, free: set[int]) -> list[int]:
    """The free tokens among the row's most attended; further ones only while there is none and the chain is short."""
    if row < 0:
        return []
    found: list[int] = []
    for place, key in enumerate(attention[row].argsort(descending=True, stable=True).tolist()):
        if attention[row, key] <= 0 or (place >= looked and (found or not few)):
            break
        if key != row and key in free:
            found.append(key)
    return found
