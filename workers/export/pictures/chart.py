"""A chart: lines, bars, points, or a grid of series by x, with axes in numbers."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workers.contract import ChartAxis, ChartPanel, Series
from workers.export.colour import Level
from workers.export.markup import Content, Markup, join, tag
from workers.export.metrics import text_width
from workers.export.numbers import number
from workers.export.paint import Paint
from workers.export.pictures.picture import SMALL, Picture, label, merge
from workers.export.scaling import Scaler

HEIGHT, LEFT, TOP, BOTTOM = 250.0, 62.0, 26.0, 42.0


@dataclass(frozen=True)
class Ruler:
    """An axis on paper: from numbers (linear or logarithmic) or names (bands) to places between two ends."""

    axis: ChartAxis
    names: Sequence[float | str]
    low: float
    high: float
    start: float
    stop: float

    @property
    def step(self) -> float:
        """The width of a band."""
        return abs(self.stop - self.start) / max(1, len(self.names))

    def at(self, value: float | str) -> float:
        """The place of a number, or the middle of the band of a name."""
        if self.names:
            return self.start + (self.names.index(value) + 0.5) * (self.stop - self.start) / len(self.names)
        share = (self._scaled(float(value)) - self._scaled(self.low)) / (
            self._scaled(self.high) - self._scaled(self.low)
        )
        return self.start + share * (self.stop - self.start)

    def ticks(self) -> list[tuple[float, str]]:
        """Places and what is written there."""
        if self.names:
            every = max(1, math.ceil(len(self.names) * 44 / abs(self.stop - self.start)))
            return [(self.at(name), _said(name)) for name in self.names[::every]]
        values = [self._unscaled(self._scaled(self.low) + part / 4 * self._span()) for part in range(5)]
        return [(self.at(value), number(value, 3)) for value in values]

    def _span(self) -> float:
        return self._scaled(self.high) - self._scaled(self.low)

    def _scaled(self, value: float) -> float:
        return math.log10(max(value, 1e-12)) if self.axis.scale == "log" else value

    def _unscaled(self, value: float) -> float:
        return float(10**value) if self.axis.scale == "log" else value


def chart(panel: ChartPanel, paint: Paint, width: float) -> Picture:
    """The panel's series on two axes, a baseline dashed; the cells of a grid are coloured by their numbers."""
    banded = panel.x.scale == "band" or panel.mark in {"bar", "grid"}
    values = list(dict.fromkeys(x for series in panel.series for x in series.x))
    numbers = [float(value) for value in values if not isinstance(value, str)]
    low, high = _ends(numbers)
    half = (high - low) / max(1, len(numbers) - 1) / 2 if panel.mark == "histogram" else 0.0
    x = Ruler(panel.x, values if banded else [], low - half, high + half, LEFT, width - 8)
    if panel.mark == "grid":
        return _grid(panel, x, paint, width)
    heights = [y for series in panel.series for ys in (series.y, series.low or [], series.high or []) for y in ys]
    ground = [0.0] if panel.mark in {"bar", "histogram"} else []
    known = [y for y in (*heights, *ground, panel.baseline) if y is not None]
    y = Ruler(panel.y, [], *_ends(known), HEIGHT - BOTTOM, TOP)
    parts: list[Content] = [_axes(x, y, width, paint)]
    if panel.mark == "reliability":
        parts.append(_dashed(f"M{x.at(x.low):.1f},{y.at(x.low):.1f} L{x.at(x.high):.1f},{y.at(x.high):.1f}", paint))
    for place, series in enumerate(panel.series):
        level = Level("sequential", 100) if len(panel.series) == 1 else Level("category", place)
        parts.append(tag("g", tag("title", series.label), *_marks(panel, series, (place, level), x, y, paint)))
    if panel.baseline is not None:
        parts.append(_dashed(f"M{LEFT},{y.at(panel.baseline):.1f} H{width - 8:.1f}", paint))
    if len(panel.series) > 1:
        parts.append(_names(panel.series, paint))
    return Picture(join(parts, "\n"), width, HEIGHT)


def _marks(
    panel: ChartPanel, series: Series, look: tuple[int, Level], x: Ruler, y: Ruler, paint: Paint
) -> Iterable[Markup]:
    place, level = look
    points = [(at, value) for at, value in zip(series.x, series.y, strict=True) if value is not None]
    if panel.mark in {"bar", "histogram"}:
        room = x.step * 0.84 if x.names else (x.stop - x.start) / max(1, len(series.x))
        wide = max(1.0, room / len(panel.series) - 1)
        for at, value in points:
            left = x.at(at) - room / 2 + place * room / len(panel.series)
            top, foot = sorted((y.at(value), y.at(0)))
            yield tag("rect", x=left, y=top, width=wide, height=max(foot - top, 0.5), **paint.fill(level))
        return
    if panel.mark != "scatter":
        line = " L".join(f"{x.at(at):.1f},{y.at(value):.1f}" for at, value in points)
        colour = {
            key.replace("fill", "stroke"): value.replace("fill", "stroke") for key, value in paint.fill(level).items()
        }
        yield tag("path", d=f"M{line}", stroke_width=1.8, fill_opacity=0, **colour)
    for at, value in points:
        yield tag("circle", cx=x.at(at), cy=y.at(value), r=2.6, **paint.fill(level))


def _grid(panel: ChartPanel, x: Ruler, paint: Paint, width: float) -> Picture:
    known = [value for series in panel.series for value in series.y if value is not None]
    scale = Scaler("sequential", *_ends([0.0, *known]))
    row = max(4.0, min(22.0, 480 / max(1, len(panel.series))))
    parts: list[Content] = []
    for place, series in enumerate(panel.series):
        if row >= SMALL:
            parts.append(label(series.label, 0, place * row + row * 0.7, paint.named("muted"), SMALL))
        for at, value in zip(series.x, series.y, strict=True):
            level = scale.level(math.nan if value is None else value)
            title = tag("title", f"{series.label}, {_said(at)}: {number(value)}")
            left = x.at(at) - x.step / 2
            parts.append(tag("rect", title, x=left, y=place * row, width=x.step, height=row, **paint.fill(level)))
    foot = row * len(panel.series)
    parts += [_tick(text, at, foot + SMALL * 1.4, "middle", paint) for at, text in x.ticks()]
    said = f"{_named(panel.x)}; colour: {_named(panel.y)}, {number(scale.low)} to {number(scale.high)}"
    parts.append(label(said, LEFT, foot + SMALL * 3, paint.named("ink"), SMALL))
    return Picture(join(parts, "\n"), width, foot + SMALL * 3.6)


def _axes(x: Ruler, y: Ruler, width: float, paint: Paint) -> Markup:
    foot = HEIGHT - BOTTOM
    parts: list[Content] = []
    for at, text in y.ticks():
        path = f"M{LEFT},{at:.1f} H{width - 8:.1f}"
        parts.append(tag("path", d=path, stroke_width=0.7, **paint.named("rule", "stroke")))
        parts.append(_tick(text, LEFT - 7, at + 3.5, "end", paint))
    parts += [_tick(text, at, foot + SMALL * 1.5, "middle", paint) for at, text in x.ticks()]
    parts.append(label(_named(x.axis), width - 8, HEIGHT - 7, paint.named("ink"), SMALL, text_anchor="end"))
    parts.append(label(_named(y.axis), 0, SMALL, paint.named("ink"), SMALL))
    return join(parts, "\n")


def _names(series: Sequence[Series], paint: Paint) -> Markup:
    parts: list[Content] = []
    at = LEFT
    for place, one in enumerate(series):
        parts.append(tag("rect", x=at, y=HEIGHT - 15, width=11, height=9, **paint.fill(Level("category", place))))
        parts.append(label(one.label, at + 15, HEIGHT - 7, paint.named("ink"), SMALL))
        at += 29 + text_width(one.label, SMALL)
    return join(parts)


def _dashed(path: str, paint: Paint) -> Markup:
    return tag("path", d=path, stroke_dasharray="4 3", stroke_width=1.0, **merge(paint.named("muted", "stroke")))


def _tick(text: str, x: float, y: float, anchor: str, paint: Paint) -> Markup:
    return label(text, x, y, paint.named("muted"), SMALL - 1, text_anchor=anchor)


def _named(axis: ChartAxis) -> str:
    return f"{axis.label} [{axis.unit}]" if axis.unit else axis.label


def _said(value: float | str) -> str:
    return value if isinstance(value, str) else number(value, 3)


def _ends(values: Sequence[float]) -> tuple[float, float]:
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    return (low, high) if high > low else (low, low + 1.0)
