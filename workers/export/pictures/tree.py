"""A tree of continuations from left to right: the larger a node, the more probable is the way to it."""

import math

from workers.contract import BranchesPanel, Result
from workers.export.branching import Place, columns, path_probabilities, places, text_of
from workers.export.markup import Content, Markup, join, tag
from workers.export.metrics import text_width
from workers.export.numbers import number
from workers.export.paint import Paint
from workers.export.pictures.picture import SMALL, Picture, fitted, label

ROW, GAP, INDENT, SIZE, ROOM = 32.0, 26.0, 22.0, 12.0, 170.0
LEAST, MOST = 2.0, 8.0
BOLD, NUMBER = 1.08, 30.0
NODES = 400


def tree(result: Result, panel: BranchesPanel, paint: Paint, width: float) -> Picture:
    """The nodes (at most 400) in columns of their depth, shrunk to the width where they need more."""
    placed = places(panel)[:NODES]
    paths = path_probabilities(panel)
    names = {place.node.id: _name(result, place) for place in placed}
    widths: dict[int, float] = {}
    for place in placed:
        widths[place.depth] = max(widths.get(place.depth, 0.0), _wide(names, place))
    starts = columns(widths, GAP)
    right = max((starts[depth] + wide for depth, wide in widths.items()), default=0.0)
    parts: list[Content] = [
        _edge(
            place.parent,
            place,
            paths[place.node.id],
            (starts[place.parent.depth] + _wide(names, place.parent), starts[place.depth]),
            paint,
        )
        for place in placed
        if place.parent is not None
    ]
    parts += [_node(place, paths[place.node.id], names[place.node.id], starts, paint) for place in placed]
    height = ROW * (1 + max((place.row for place in placed), default=0))
    scale = min(1.0, width / right) if right else 1.0
    body = join(parts, "\n")
    return Picture(
        tag("g", body, transform=f"scale({scale:.4f})") if scale < 1 else body,
        min(width, right),
        height * scale,
    )


def _name(result: Result, place: Place) -> str:
    text = text_of(result, place.node)
    if place.parent is None and text_width(text, SIZE) > ROOM:
        kept = fitted(text[::-1], ROOM, SIZE)
        return kept[::-1].strip()
    return fitted(text, ROOM, SIZE).strip() or place.node.label or "∅"


def _size(path: float) -> float:
    """Areas, not radii, follow the probability."""
    return 0.0 if math.isnan(path) else math.sqrt(min(1.0, path))


def _wide(names: dict[str, str], place: Place) -> float:
    return INDENT + max(BOLD * text_width(names[place.node.id], SIZE), NUMBER)


def _edge(above: Place, place: Place, path: float, ends: tuple[float, float], paint: Paint) -> Markup:
    start, stop = ends
    y0, y1 = _middle(above), _middle(place)
    half = (start + stop) / 2
    return tag(
        "path",
        d=f"M{start + 3:.1f},{y0:.1f} C{half:.1f},{y0:.1f} {half:.1f},{y1:.1f} {stop:.1f},{y1:.1f}",
        fill_opacity=0,
        stroke_width=1 + 4 * _size(path),
        **paint.named("accent" if place.node.kept else "rule", "stroke"),
    )


def _node(place: Place, path: float, name: str, starts: dict[int, float], paint: Paint) -> Markup:
    x, y = starts[place.depth], _middle(place)
    colour = "accent" if place.node.kept else "muted"
    said = number(path, 3) if place.parent and not math.isnan(path) else ""
    return tag(
        "g",
        tag("title", f"{name}: {'kept' if place.node.kept else 'not kept'}{', ' + said if said else ''}"),
        tag("circle", cx=x + MOST, cy=y, r=LEAST + (MOST - LEAST) * _size(path), **paint.named(colour)),
        label(name, x + INDENT, y + 3, paint.named("ink"), SIZE, font_weight=600 if place.node.kept else None),
        label(said, x + INDENT, y + 14, paint.named("muted"), SMALL - 2) if said else "",
    )


def _middle(place: Place) -> float:
    return ROW * (place.row + 0.5)
