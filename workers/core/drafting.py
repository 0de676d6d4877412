"""A draft model's tree of continuations, grown where it is most likely to be right."""

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from workers.core.decoding import Decoder
from workers.models.language import LanguageModel


@dataclass(frozen=True)
class Draft:
    """A drafted token; `parent` is the index of the draft that it follows, None for the first ones.

    `log_probability` is the draft model's given its ancestors [nat], `path` the sum of these from the root on.
    """

    id: int
    parent: int | None
    depth: int
    log_probability: float
    path: float


def rooted(model: LanguageModel, prompt: Sequence[int], said: Sequence[int]) -> Decoder:
    """A model that has read a prompt and what was said after it (of an encoder-decoder, as its output)."""
    root = Decoder(model, prompt)
    for id in said:
        root.append([id])
    return root


@torch.no_grad()
def grow(
    model: LanguageModel, root: Decoder, nodes: int, width: int, depth: int, told: Callable[[int], None]
) -> list[Draft]:
    """At most `nodes` drafts, each in turn the one whose path is most probable among all that could be added.

    A draft has at most `width` children, the most probable ones, and a path at most `depth` tokens; an end token ends
    its path. With `width` 1 this is the draft model's greedy continuation. `told` hears of each pass.
    """
    tree: list[Draft] = []
    waiting: list[tuple[float, int, Draft]] = []
    order = 0

    def offer(logits: Tensor, parent: int | None) -> None:
        nonlocal order
        best = logits.log_softmax(-1).topk(min(width, len(logits)))
        above = tree[parent] if parent is not None else None
        for log, id in zip(best.values.tolist(), best.indices.tolist(), strict=True):
            if not math.isfinite(log):
                continue
            path, level = log + (above.path if above else 0.0), above.depth + 1 if above else 1
            heapq.heappush(waiting, (-path, order, Draft(id, parent, level, log, path)))
            order += 1

    offer(root.next_logits()[0], None)
    while waiting and len(tree) < nodes:
        draft = heapq.heappop(waiting)[-1]
        tree.append(draft)
        told(len(tree))
        if draft.depth < depth and draft.id not in model.end_ids and len(tree) < nodes:
            state = root.branch(1)
            for id in path_to(tree, len(tree) - 1):
                state.append([id])
            offer(state.next_logits()[0], len(tree) - 1)
    return tree


def path_to(tree: Sequence[Draft], index: int) -> list[int]:
    """The ids from the root to a draft, its own last."""
    ids: list[int] = []
    at: int | None = index
    while at is not None:
        ids.append(tree[at].id)
        at = tree[at].parent
    return ids[::-1]


@torch.no_grad()
def accepted(root: Decoder, tree: Sequence[Draft]) -> tuple[list[int], int]:
    """The drafts that a model keeps when it decodes greedily, and the token that it says after them."""
    children = {(draft.parent, draft.id): index for index, draft in enumerate(tree)}
    kept: list[int] = []
    while True:
        id = int(root.next_logits()[0].argmax())
        found = children.get((kept[-1] if kept else None, id))
        if found is None:
            return kept, id
        kept.append(found)
        root.append([id])
