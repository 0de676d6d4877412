"""The outlines of shapes, as polygons within a circle of radius one; a second polygon of ink 0 cuts a hole."""

import math

Point = tuple[float, float]
Polygon = tuple[list[Point], int]

LABELS = ("star", "heart", "ring", "cross", "moon", "triangle", "arrow", "house", "hourglass", "letter L")
"""Shapes that have a name: the classes of the vision model."""

DISTRACTORS = ("disc", "square", "bar")
"""Shapes that are no class."""


def outline(kind: str, turn: float) -> list[Polygon]:
    """A shape's polygons, turned by an angle in radians."""
    cos, sin = math.cos(turn), math.sin(turn)
    return [([(x * cos - y * sin, x * sin + y * cos) for x, y in points], ink) for points, ink in _shape(kind)]


def _shape(kind: str) -> list[Polygon]:
    if kind == "ring":
        return [(_circle(1.0), 255), (_circle(0.55), 0)]
    if kind == "moon":
        return [(_moon(), 255)]
    if kind == "star":
        return [([_polar(1.0 if i % 2 == 0 else 0.42, math.pi * i / 5) for i in range(10)], 255)]
    if kind == "heart":
        return [(_heart(), 255)]
    if kind == "disc":
        return [(_circle(1.0), 255)]
    reach = max(math.hypot(x, y) for x, y in _STRAIGHT[kind])
    return [([(x / reach, y / reach) for x, y in _STRAIGHT[kind]], 255)]


_STRAIGHT: dict[str, list[Point]] = {
    "cross": [
        (-0.3, -1.0), (0.3, -1.0), (0.3, -0.3), (1.0, -0.3), (1.0, 0.3), (0.3, 0.3),
        (0.3, 1.0), (-0.3, 1.0), (-0.3, 0.3), (-1.0, 0.3), (-1.0, -0.3), (-0.3, -0.3),
    ],
    "triangle": [(0.0, -1.0), (0.95, 0.8), (-0.95, 0.8)],
    "arrow": [(-1.0, -0.25), (0.1, -0.25), (0.1, -0.8), (1.0, 0.0), (0.1, 0.8), (0.1, 0.25), (-1.0, 0.25)],
    "house": [(0.0, -1.0), (0.85, -0.2), (0.6, -0.2), (0.6, 0.9), (-0.6, 0.9), (-0.6, -0.2), (-0.85, -0.2)],
    "hourglass": [(-0.8, -1.0), (0.8, -1.0), (0.15, 0.0), (0.8, 1.0), (-0.8, 1.0), (-0.15, 0.0)],
    "letter L": [(-0.7, -1.0), (-0.1, -1.0), (-0.1, 0.4), (0.8, 0.4), (0.8, 1.0), (-0.7, 1.0)],
    "square": [(-0.75, -0.75), (0.75, -0.75), (0.75, 0.75), (-0.75, 0.75)],
    "bar": [(-1.0, -0.3), (1.0, -0.3), (1.0, 0.3), (-1.0, 0.3)],
}  # fmt: skip


def _polar(radius: float, angle: float) -> Point:
    return radius * math.sin(angle), -radius * math.cos(angle)


def _circle(radius: float) -> list[Point]:
    return [_polar(radius, 2 * math.pi * i / 40) for i in range(40)]


def _moon() -> list[Point]:
    outer = [_polar(1.0, 0.25 * math.pi - 1.5 * math.pi * i / 30) for i in range(31)]
    (x0, y0), (x1, y1) = outer[-1], outer[0]
    inner = [_bulge(x0, y0, x1, y1, i / 15) for i in range(1, 15)]
    return outer + inner


def _bulge(x0: float, y0: float, x1: float, y1: float, share: float) -> Point:
    depth = 0.75 * math.sin(math.pi * share)
    x, y = x0 + (x1 - x0) * share, y0 + (y1 - y0) * share
    return x - depth, y


def _heart() -> list[Point]:
    points = []
    for i in range(40):
        t = 2 * math.pi * i / 40
        x = 16 * math.sin(t) ** 3
        y = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
        points.append((x / 17, -(y + 2.5) / 15))
    return points
