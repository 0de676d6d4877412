"""What the nodes of a branches panel say: their texts, the ways to them, and where texts differ."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from workers.contract import BranchesPanel, BranchNode, Result, Strip, Unit
from workers.export.tiles import unit_name

MOST_CELLS = 4_000_000
SHARED = 24


@dataclass(frozen=True)
class Text:
    """A node's text as a whole: that of its parent (up to where it departs), then its own units."""

    node: BranchNode
    units: list[Unit]
    differs: list[bool]


def units_of(result: Result, node: BranchNode) -> list[Unit]:
    """The node's own units."""
    units = result.strip(node.strip).units
    return units if node.range is None else units[slice(*node.range)]


def text_of(result: Result, node: BranchNode) -> str:
    """The node's own text; special tokens by their name."""
    units = units_of(result, node)
    return "".join((unit.text or "") if not unit.special else unit_name(unit, at) for at, unit in enumerate(units))


def path_probabilities(panel: BranchesPanel) -> dict[str, float]:
    """The probability of the way from the root to each node, itself included; NaN where a part is unknown."""
    known = {node.id: node for node in panel.nodes}
    paths: dict[str, float] = {}
    for node in panel.nodes:
        way: list[BranchNode] = []
        at: BranchNode | None = node
        while at is not None and at.id not in paths and at not in way:
            way.append(at)
            at = known.get(at.parent or "")
        for step in reversed(way):
            above = paths.get(step.parent or "", 1.0)
            own = step.log_probability
            paths[step.id] = above * (math.exp(own) if own is not None else math.nan if step.parent else 1.0)
    return paths


def whole_texts(result: Result, panel: BranchesPanel) -> list[Text]:
    """Every text with the units that equal none of the first's.

    A node that others follow (they depart nowhere) is the text before theirs, of which the end is enough.
    """
    known = {node.id: node for node in panel.nodes}
    before = {node.parent for node in panel.nodes if node.parent is not None and node.at is None}

    def whole(node: BranchNode, depth: int = 0) -> list[Unit]:
        own = units_of(result, node)
        parent = known.get(node.parent or "")
        if parent is None or depth > len(panel.nodes):
            return own
        above = whole(parent, depth + 1)
        if node.at is None:
            return [*_end(above), *own]
        shared = len(above) - len(units_of(result, parent)) - (parent.range[0] if parent.range else 0)
        return [*above[: shared + node.at], *own]

    nodes = [node for node in panel.nodes if node.id not in before]
    texts = [whole(node) for node in nodes]
    keys = [[unit.id if unit.id is not None else unit.text for unit in units] for units in texts]
    matches = [aligned(keys[0], key) for key in keys]
    equal = {match for other in matches[1:] for match in other}
    own = [match not in equal and len(texts) > 1 for match in matches[0]] if texts else []
    rest = [[match is None for match in other] for other in matches[1:]]
    return [Text(*three) for three in zip(nodes, texts, [own, *rest], strict=False)]


def _end(units: list[Unit]) -> list[Unit]:
    """The last units, from a word on."""
    last = units[-SHARED:]
    word = next((at for at, unit in enumerate(last) if (unit.text or "")[:1].isspace()), 0)
    return last[word:] if len(units) > SHARED else last


def as_strip(text: Text) -> Strip:
    """The text as a strip of its own."""
    return Strip(id=text.node.id, role="answer", label=text.node.label, units=text.units)


def aligned(first: Sequence[object], other: Sequence[object]) -> list[int | None]:
    """Of each item of `other`, the item of `first` that it equals in a longest common subsequence."""
    start = 0
    while start < min(len(first), len(other)) and first[start] == other[start]:
        start += 1
    tail = 0
    while tail < min(len(first), len(other)) - start and first[-1 - tail] == other[-1 - tail]:
        tail += 1
    left, right = first[start : len(first) - tail], other[start : len(other) - tail]
    middle: list[int | None] = [None] * len(right)
    if len(left) * len(right) <= MOST_CELLS:
        for one, two in _common(left, right):
            middle[two] = start + one
    return [*range(start), *middle, *range(len(first) - tail, len(first))]


def _common(left: Sequence[object], right: Sequence[object]) -> list[tuple[int, int]]:
    longest = [[0] * (len(right) + 1)]
    for item in reversed(left):
        below = longest[-1]
        row = [0] * (len(right) + 1)
        for at in range(len(right) - 1, -1, -1):
            row[at] = below[at + 1] + 1 if item == right[at] else max(below[at], row[at + 1])
        longest.append(row)
    longest.reverse()
    pairs, one, two = [], 0, 0
    while one < len(left) and two < len(right):
        if left[one] == right[two]:
            pairs.append((one, two))
            one, two = one + 1, two + 1
        elif longest[one + 1][two] >= longest[one][two + 1]:
            one += 1
        else:
            two += 1
    return pairs


@dataclass(frozen=True)
class Place:
    """Where a node of a tree stands: a column for each step, a row for each leaf."""

    node: BranchNode
    parent: "Place | None"
    depth: int
    row: int


def places(panel: BranchesPanel) -> list[Place]:
    """Nodes in reading order; a node shares the row of its foremost child: kept first, then by probability."""
    known = {node.id for node in panel.nodes}
    below: dict[str, list[BranchNode]] = {}
    for node in panel.nodes:
        below.setdefault(node.parent if node.parent in known and node.parent else "", []).append(node)
    for nodes in (nodes for parent, nodes in below.items() if parent):
        nodes.sort(
            key=lambda node: (not node.kept, math.inf if node.log_probability is None else -node.log_probability)
        )
    found: list[Place] = []
    row = -1
    waiting: list[tuple[BranchNode, Place | None, bool]] = [(root, None, False) for root in reversed(below.get("", []))]
    while waiting:
        node, parent, foremost = waiting.pop()
        row += not foremost
        place = Place(node, parent, 0 if parent is None else parent.depth + 1, row)
        found.append(place)
        children = below.get(node.id, [])
        waiting += [(child, place, order == 0) for order, child in reversed(list(enumerate(children)))]
    return found


def columns(widths: dict[int, float], gap: float) -> dict[int, float]:
    """Where each column begins, when columns are as wide as what is written in them."""
    ordered = [widths[depth] + gap for depth in sorted(widths)]
    return dict(zip(sorted(widths), [0.0, *accumulate(ordered)], strict=False))
