"""A line of text whose trials leave it and come back; the one that was kept is the line, in bold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from workers.contract import BranchesPanel, BranchNode, Result
from workers.export.branching import text_of, units_of
from workers.export.markup import Content, Markup, join, tag
from workers.export.metrics import text_width
from workers.export.numbers import number
from workers.export.paint import Paint
from workers.export.pictures.picture import SMALL, Picture, fitted, label

SIZE, LANE, BEND, GAP = 13.0, 24.0, 18.0, 12.0
BOLD = 1.08


@dataclass(frozen=True)
class Lane:
    """A thread beside the line: 0 is the line itself, −1 above it, 1 below."""

    lane: int
    text: str
    note: str
    width: float


@dataclass(frozen=True)
class Part:
    """A word of the line (no lanes) or the stretch over which trials run beside it."""

    text: str
    width: float
    lanes: tuple[Lane, ...] = ()


def braid_line(panel: BranchesPanel) -> BranchNode | None:
    """The one line that all other nodes leave at a token of it; None where they make no braid."""
    lines = [node for node in panel.nodes if node.parent is None]
    if len(lines) != 1:
        return None
    (line,) = lines
    return (
        line if all(node is line or (node.parent == line.id and node.at is not None) for node in panel.nodes) else None
    )


def braid(result: Result, panel: BranchesPanel, line: BranchNode, paint: Paint, width: float) -> Picture:
    """The line in rows, with its trials above and below where they were made."""
    parts: list[Content] = []
    top = 0.0
    for row in _rows(list(_parts(result, panel, line, width)), width):
        lanes = [lane.lane for part in row for lane in part.lanes] or [0]
        base = top + LANE * (1 - min(0, *lanes, 0))
        x = 0.0
        for part in row:
            parts.append(_stretch(part, x, base, paint) if part.lanes else _word(part.text, x, base, paint))
            x += part.width
        top = base + LANE * max(0, *lanes, 0) + GAP
    return Picture(join(parts, "\n"), width, top)


def _parts(result: Result, panel: BranchesPanel, line: BranchNode, width: float) -> Iterator[Part]:
    tokens = [unit.text or "" for unit in units_of(result, line)]
    start = 0 if line.range is None else line.range[0]
    trials: dict[int, list[BranchNode]] = {}
    for node in panel.nodes:
        if node is not line and node.at is not None:
            trials.setdefault(node.at - start, []).append(node)
    at = 0
    for where, following in zip(sorted(trials), [*sorted(trials)[1:], len(tokens)], strict=True):
        yield from _words("".join(tokens[at:where]))
        lengths = {node.id: len(units_of(result, node)) for node in trials[where]}
        kept = next((node for node in trials[where] if node.kept), None)
        reach = lengths[kept.id] if kept else max(lengths.values())
        at = max(at, min(where + reach, max(where, following)))
        yield _knot(result, trials[where], kept, "".join(tokens[where:at]), width)
    yield from _words("".join(tokens[at:]))


def _words(text: str) -> Iterator[Part]:
    for word in regex.findall(r"\s*\S+|\s+$", text):
        yield Part(word.replace("\n", "↵"), text_width(word, SIZE))


def _knot(result: Result, trials: Sequence[BranchNode], kept: BranchNode | None, line: str, width: float) -> Part:
    others = [node for node in trials if node is not kept]
    threads: list[tuple[int, BranchNode | None]] = [(0, kept)]
    threads += [((place // 2 + 1) * (-1 if place % 2 == 0 else 1), node) for place, node in enumerate(others)]
    lanes = []
    for lane, node in threads:
        note = number(node.value, 3) if node is not None and node.value is not None else ""
        room = width - 2 * BEND - text_width(note, SMALL) - 8
        text = fitted(line if node is None else text_of(result, node), room / BOLD, SIZE).strip()
        text = text or (node.label if node is not None else "") or "∅"
        lanes.append(Lane(lane, text, note, text_width(text, SIZE) * BOLD + 8 + text_width(note, SMALL)))
    return Part("", max(lane.width for lane in lanes) + 2 * BEND, tuple(lanes))


def _rows(parts: Sequence[Part], width: float) -> Iterator[list[Part]]:
    row: list[Part] = []
    for part in parts:
        if row and sum(one.width for one in row) + part.width > width:
            yield row
            row = []
        row.append(part)
    if row:
        yield row


def _word(text: str, x: float, y: float, paint: Paint) -> Markup:
    space = len(text) - len(text.lstrip(" "))
    return label(text.strip(" "), x + space * text_width(" ", SIZE), y, paint.named("ink"), SIZE)


def _stretch(part: Part, x: float, y: float, paint: Paint) -> Markup:
    drawn: list[Content] = []
    for lane in sorted(part.lanes, key=lambda one: -abs(one.lane)):
        at, kept = y + LANE * lane.lane, lane.lane == 0
        path = _thread(x, part.width, y + 4, at + 4, lane.width)
        stroke = paint.named("accent" if kept else "rule", "stroke")
        drawn.append(tag("path", d=path, fill_opacity=0, stroke_width=2.4 if kept else 1.3, **stroke))
        ink = paint.named("ink" if kept else "muted")
        drawn.append(label(lane.text, x + BEND, at, ink, SIZE, font_weight=700 if kept else None))
        if lane.note:
            drawn.append(label(lane.note, x + BEND + lane.width, at, ink, SMALL, text_anchor="end"))
    return tag("g", *drawn)


def _thread(x: float, width: float, line: float, lane: float, written: float) -> str:
    if line == lane:
        return f"M{x:.1f},{line:.1f} H{x + width:.1f}"
    half, back = BEND / 2, x + BEND + written
    return (
        f"M{x:.1f},{line:.1f} C{x + half:.1f},{line:.1f} {x + half:.1f},{lane:.1f} {x + BEND:.1f},{lane:.1f} "
        f"H{back:.1f} C{back + half:.1f},{lane:.1f} {back + half:.1f},{line:.1f} {back + BEND:.1f},{line:.1f}"
    )
