"""The draft tree: a greedy chain at width 1, best paths first, and the model's own first choices are what is kept."""

import itertools
import math
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.guides import as_shown, number, worked
from tests.jobs import ask
from tests.methods.uncertainty.two_models import LARGE, SMALL, TEXT, compare, ids_of, logs
from workers.contract import BranchesPanel, BranchNode, Generate, Result
from workers.core.decoding import Decoder
from workers.core.drafting import grow
from workers.methods.uncertainty.draft_tree import _figures
from workers.models.language import LanguageModel

KEY = "draft_tree"


def nodes(result: Result) -> dict[str, BranchNode]:
    """The nodes by their id."""
    panel = next(panel for panel in result.panels if isinstance(panel, BranchesPanel))
    assert panel.layout == "tree"
    return {node.id: node for node in panel.nodes}


def drafted(result: Result) -> list[BranchNode]:
    """The drafted tokens in the order in which they were added."""
    return [node for node in nodes(result).values() if node.id.startswith("draft-")]


def token(result: Result, node: BranchNode) -> int:
    """The token of a node."""
    assert node.range is not None
    id = result.strip(node.strip).units[node.range[0]].id
    assert id is not None
    return id


def path(result: Result, node: BranchNode) -> list[int]:
    """The tokens from the root to a node."""
    found: list[int] = []
    while node.parent is not None:
        found.insert(0, token(result, node))
        node = nodes(result)[node.parent]
    return found


def greedy(model: str, tokens: int) -> list[int]:
    """What a model says greedily after the text."""
    return ask(model, "surprisal", text=TEXT, generate=Generate(max_new_tokens=tokens)).continuation.ids


def test_at_width_1_it_is_the_drafts_greedy_continuation() -> None:
    result = compare(KEY, LARGE, draft=SMALL, params={"width": 1, "depth": 6}).result
    chain = [token(result, node) for node in drafted(result)]
    said = greedy(SMALL, 6)
    assert chain[: len(said)] == said
    parents = [node.parent for node in drafted(result)]
    assert parents == ["text", *(node.id for node in drafted(result)[:-1])]


def test_of_its_own_drafts_a_model_keeps_the_whole_chain() -> None:
    result = compare(KEY, LARGE, draft=LARGE, params={"width": 1, "depth": 4, "nodes": 4}).result
    assert [node.kept for node in drafted(result)] == [True] * len(drafted(result))
    assert result.figures["accepted"].value == len(drafted(result))


def test_paths_are_products_of_the_drafts_probabilities_and_the_best_come_first() -> None:
    done = compare(KEY, LARGE, draft=SMALL, params={"nodes": 12, "width": 3})
    result, prompt = done.result, ids_of(done)
    found = []
    for node in drafted(result):
        ids = path(result, node)
        own, other = (
            [float(row[id]) for row, id in zip(logs(model, prompt + ids)[len(prompt) - 1 : -1], ids, strict=True)]
            for model in (SMALL, LARGE)
        )
        assert node.log_probability == pytest.approx(own[-1], abs=1e-3)
        assert node.value == pytest.approx(math.exp(min(0.0, other[-1] - own[-1])), abs=1e-3)
        found.append(math.exp(sum(own)))
    assert all(later <= before + 1e-6 for before, later in itertools.pairwise(found))
    taken = {(node.parent, token(result, node)) for node in drafted(result)}
    first = logs(SMALL, prompt)[-1]
    left = [id for id in np.argsort(-first)[:3].tolist() if ("text", id) not in taken]
    assert all(math.exp(first[id]) <= min(found) + 1e-6 for id in left)


def test_what_is_kept_is_what_the_model_says_greedily() -> None:
    done = compare(KEY, LARGE, draft=SMALL, params={"nodes": 40, "width": 4, "depth": 6})
    result = done.result
    kept = [token(result, node) for node in drafted(result) if node.kept]
    own = token(result, nodes(result)["own"])
    said = greedy(LARGE, len(kept) + 1)
    assert [*kept, own][: len(said)] == said
    assert result.figures["tokens_per_check"].value == len(kept) + 1


def test_it_may_grow_after_the_continuation() -> None:
    generate = Generate(max_new_tokens=3)
    done = compare(KEY, LARGE, draft=SMALL, generate=generate, params={"after": "continuation", "nodes": 1})
    whole = ids_of(done)
    (first,) = drafted(done.result)
    assert token(done.result, first) == int(logs(SMALL, whole)[-1].argmax())
    before = compare(KEY, LARGE, draft=SMALL, generate=generate, params={"nodes": 1})
    prompt = whole[: -len(before.continuation.ids)]
    (first,) = drafted(before.result)
    assert token(before.result, first) == int(logs(SMALL, prompt)[-1].argmax())
    root = nodes(before.result)["text"]
    assert root.range == (0, before.result.strip("main").find(lambda unit: unit.segment == "generated")[0])


class _Says:
    """A decoder that says red (0) or blue (1), and behind red the ball (2)."""

    def __init__(self, given: dict[str, float], said: tuple[int, ...] = ()) -> None:
        self.given, self.said = given, said

    def branch(self, rows: int) -> "_Says":
        """The same decoder, which goes on by itself."""
        return _Says(self.given, self.said)

    def append(self, ids: list[int]) -> None:
        """One token more was read."""
        self.said = (*self.said, *ids)

    def next_logits(self) -> Tensor:
        """What it says next; behind what is not given, other tokens of equal probability."""
        red, blue, ball = (self.given[name] for name in ("red", "blue", "ball"))
        row = [red, blue, 0.0, 0.0, 0.0] if not self.said else [0.0, 0.0, ball, 1 - ball, 0.0]
        return torch.tensor([[0.0, 0.0, 0.1, 0.1, 0.8] if len(self.said) > 1 else row]).log()


def test_the_example_of_its_guide() -> None:
    example = worked("draft_tree")
    says = _Says({name: number(example, name) for name in ("red", "blue", "ball")})
    ends = cast(LanguageModel, SimpleNamespace(end_ids=frozenset()))
    tree = grow(ends, cast(Decoder, says), 3, 2, 2, lambda count: None)
    assert [draft.id for draft in tree] == [0, 2, 1]
    assert math.exp(tree[1].path) == as_shown(example.steps[0].gives)
    assert _figures(tree, [])["expected_by_draft"].value == as_shown(example.result)
