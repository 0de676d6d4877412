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

    def offer(parent: int | None) -> None:
        nonlocal order
        logs = _after(root, tree, parent)
        best = logs.topk(min(width, len(logs)))
        above = tree[parent] if parent is not None else None
        for log, id in zip(best.values.tolist(), best.indices.tolist(), strict=True):
            if not math.isfinite(log):
                continue
            path, level = log + (above.path if above else 0.0), above.depth + 1 if above else 1
            heapq.heappush(waiting, (-path, order, Draft(id, parent, level, log, path)))
            order += 1

    offer(None)
    while waiting and len(tree) < nodes:
        draft = heapq.heappop(waiting)[-1]
        tree.append(draft)
        told(len(tree))
        if draft.depth < depth and draft.id not in model.end_ids and len(tree) < nodes:
            offer(len(tree) - 1)
    return tree


def path_to(tree: Sequence[Draft], index: int) -> list[int]:
    """The ids from the root to a draft, its own last."""
    ids: list[int] = []
    at: int | None = index
    while at is not None:
        ids.append(tree[at].id)
        at = tree[at].parent
    return ids[::-1]


@dataclass(frozen=True)
class Check:
    """What a model makes of a tree: `log_probabilities` of each draft given its ancestors [nat], the drafts that it
    keeps when it decodes greedily, and the token that it says after them."""

    log_probabilities: list[float]
    kept: list[int]
    further: int


@torch.no_grad()
def check(root: Decoder, tree: Sequence[Draft], told: Callable[[int], None]) -> Check:
    """Read every draft that has children, and follow the model's own first choice as long as the tree holds it."""
    children: dict[int | None, list[int]] = {None: []}
    for index, draft in enumerate(tree):
        children.setdefault(draft.parent, []).append(index)
    found = [math.nan] * len(tree)
    choices: dict[int | None, int] = {}
    for count, (parent, drafts) in enumerate(children.items()):
        logs = _after(root, tree, parent)
        choices[parent] = int(logs.argmax())
        for index in drafts:
            found[index] = float(logs[tree[index].id])
        told(count)
    kept: list[int] = []
    while True:
        at = kept[-1] if kept else None
        if at not in choices:
            choices[at] = int(_after(root, tree, at).argmax())
        following = [index for index in children.get(at, ()) if tree[index].id == choices[at]]
        if not following:
            return Check(found, kept, choices[at])
        kept += following


def _after(root: Decoder, tree: Sequence[Draft], index: int | None) -> Tensor:
    """ln p (V) of what comes after a draft; after the root for None."""
    if index is None:
        return root.next_logits()[0].log_softmax(-1)
    state = root.branch(1)
    for id in path_to(tree, index):
        state.append([id])
    return state.next_logits()[0].log_softmax(-1)
