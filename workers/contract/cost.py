"""What a question costs, by a stated formula: passes through models, and bytes of memory.

A pass is one sequence that a network reads once; a batch of eight is eight, a token that is generated is one, and so
is a gradient that is taken. Both sides compute with it: the site before anything runs, from cards alone, and the
tests, which count.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import Field

from workers.contract.base import Contract, Key


class Term(Contract):
    """One part of a sum: `times` × the product of what `of` names, which is at most what `limit` names.

    A name is a measure of the input (see `Measures`) or a parameter of the method; several parted by `|` are
    alternatives, of which the first that is given counts. The term is 0 unless the parameter `when` is set. Terms of
    one name `once` are made once for all methods of a job: the one of them that makes most counts.
    """

    times: float = 1.0
    of: list[str] = []
    limit: str | None = None
    when: Key | None = None
    once: str = ""


class MethodCost(Contract):
    """What one call of a method costs: the `passes` to expect, and the `most` there can be (empty: as expected).

    `backward` are gradients; with them every layer's activations are kept. `tokens` are read side by side at most (0:
    one sequence at a time), `attention` says that maps of attention are looked at, `named` that a model is asked that
    a parameter names.
    """

    passes: list[Term] = []
    most: list[Term] = []
    backward: list[Term] = []
    backward_most: list[Term] = []
    tokens: int = 0
    attention: bool = False


class Measures(Contract):
    """The sizes that formulas name. `units` are the tokens (or patches) of the input with what the model continues.

    `prompt` and `output` are the two parts of them, `answered` is the output where there is one, else all; `bytes` and
    `rows` are those of the text and of a labelled file; `readings` are the passes that one look at each token takes:
    1, or for a masked encoder as many as there are tokens; `roles` counts further models.
    """

    units: int
    prompt: int = 0
    output: int = 0
    bytes: int = 0
    rows: int = 0
    targets: int = 1
    readings: int = 1
    roles: int = 0

    def value(self, name: str) -> float | None:
        """A measure by its name; None for what is none."""
        if name == "answered":
            return self.output or self.units
        return float(getattr(self, name)) if name in type(self).model_fields else None


class Promise(Contract):
    """Passes to expect, and the most there can be."""

    passes: float
    most: float


class Size(Contract):
    """What a model's card says of its size, for the formula of memory."""

    bytes: int = 0
    layers: int = 0
    hidden: int = 0
    heads: int = 0
    vocabulary: int = 0
    width: int = Field(default=4, description="Bytes of one number.")


def job_passes(calls: Sequence[tuple[MethodCost, Mapping[str, Any]]], measures: Measures, *, steps: int) -> Promise:
    """What all calls of a job make together, with `steps` tokens to be generated before them."""
    expected = [(term, params) for cost, params in calls for term in (*cost.passes, *cost.backward)]
    most = [
        (term, params)
        for cost, params in calls
        for term in (*(cost.most or cost.passes), *(cost.backward_most or cost.backward))
    ]
    passes = steps + _sum(expected, measures)
    return Promise(passes=passes, most=max(passes, steps + _sum(most, measures)))


def call_passes(cost: MethodCost, params: Mapping[str, Any], measures: Measures) -> Promise:
    """What one call makes by itself."""
    return job_passes([(cost, params)], measures, steps=0)


def _sum(terms: Iterable[tuple[Term, Mapping[str, Any]]], measures: Measures) -> float:
    total = 0.0
    shared: dict[str, float] = {}
    for term, params in terms:
        value = _value(term, params, measures)
        if term.once:
            shared[term.once] = max(shared.get(term.once, 0.0), value)
        else:
            total += value
    return total + sum(shared.values())


def _value(term: Term, params: Mapping[str, Any], measures: Measures) -> float:
    if term.when is not None and not params.get(term.when):
        return 0.0
    product = 1.0
    for name in term.of:
        product *= _named(name, params, measures)
    if term.limit is not None:
        product = min(product, _named(term.limit, params, measures))
    return term.times * product


def _named(names: str, params: Mapping[str, Any], measures: Measures) -> float:
    for name in names.split("|"):
        measured = measures.value(name)
        value = params.get(name) if measured is None else measured
        if isinstance(value, list):
            return float(len(value))
        if value is not None:
            return float(value)
    return 0.0


LAYER = 16
"""Numbers of a layer's width that are held for each token while it is computed: states, queries, keys, values, MLP."""
KEPT = 34
"""The same while a gradient is to come: what every operation of the layer keeps."""
LOGITS = 13 << 19
"""Numbers of the vocabulary that are held at a time: a chunk of rows."""
COPIES = 4
"""A chunk, its probabilities and what statistics make of them."""
TILE = 256
"""Rows of attention that are looked at together."""


def memory(sizes: Sequence[Size], costs: Sequence[MethodCost], measures: Measures, *, patches: bool = False) -> int:
    """Bytes that a job fills at its peak: the weights of all its models, and what the largest call holds beside them.

    For each model: tokens read side by side × hidden × `LAYER`; where gradients are taken × layers × `KEPT`; keys and
    values of all layers; a chunk of logits; a tile of attention of all heads.
    """
    weights = sum(size.bytes for size in sizes)
    held = [_held(size, cost, measures, patches) for size in sizes for cost in costs]
    return weights + max(held, default=0)


def _held(size: Size, cost: MethodCost, measures: Measures, patches: bool) -> int:
    tokens = max(measures.units, cost.tokens)
    state = tokens * size.hidden * size.width
    activations = state * (KEPT * size.layers if cost.backward else LAYER)
    caches = state * 2 * size.layers
    rows = min(tokens * size.vocabulary, LOGITS) * COPIES * 4
    maps = 3 * size.heads * min(measures.units, TILE) * measures.units * 4 if cost.attention or patches else 0
    return activations + caches + rows + maps
