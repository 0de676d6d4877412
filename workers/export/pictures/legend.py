"""The legend: what more colour means, in numbers."""

import numpy as np

from workers.export.colour import NULL, Level
from workers.export.layers import Layer
from workers.export.markup import Markup, join, tag
from workers.export.metrics import text_width
from workers.export.paint import Paint
from workers.export.pictures.picture import SMALL, Picture, label, merge

BAR = 220.0
HEIGHT = 11.0


def legend(layer: Layer, paint: Paint, null: str = "no value") -> Picture:
    """The name and physical unit of a quantity, its scale with numbers, and the hatch of what has none."""
    heading = quantity_name(layer)
    left = text_width(heading, SMALL) * 1.06 + 14
    parts = [label(heading, 0, HEIGHT - 1.5, paint.named("ink"), SMALL, font_weight=600)]
    if layer.scaler.scale == "categorical":
        drawn, right = _swatches(layer, paint, left)
    else:
        drawn, right = _bar(layer, paint, left)
    parts += drawn
    if np.isnan(layer.values).any():
        parts.append(_swatch(NULL, right + 22, paint))
        parts.append(label(null, right + 22 + 18, HEIGHT - 1.5, paint.named("muted"), SMALL))
        right += 22 + 18 + text_width(null, SMALL)
    return Picture(join(parts, "\n"), right + 24, HEIGHT + SMALL * 1.5)


def quantity_name(layer: Layer) -> str:
    """`Surprisal [nat]`."""
    return f"{layer.quantity.label} [{layer.quantity.unit}]" if layer.quantity.unit else layer.quantity.label


def _bar(layer: Layer, paint: Paint, left: float) -> tuple[list[Markup], float]:
    levels = layer.scaler.bar()
    step = BAR / len(levels)
    parts = [
        tag("rect", x=left + place * step, y=0, width=step + 0.3, height=HEIGHT, **paint.fill(level))
        for place, level in enumerate(levels)
    ]
    parts.append(_frame(left, BAR, paint))
    clips = layer.scaler.clips(layer.values)
    for place, text in layer.scaler.ticks():
        x = left + place * BAR
        shown = f"≥ {text}" if clips and place == 1 else f"≤ {text}" if clips and place == 0 else text
        parts.append(
            label(shown, x, HEIGHT + SMALL * 1.25, paint.named("muted"), SMALL - 1, text_anchor="middle", **TABULAR)
        )
        tick = tag("path", d=f"M{x:.1f},{HEIGHT} v3", stroke_width=0.8, **paint.named("muted", "stroke"))
        parts.append(tick)
    return parts, left + BAR


TABULAR: dict[str, str] = {"font_variant_numeric": "tabular-nums"}


def _swatches(layer: Layer, paint: Paint, left: float) -> tuple[list[Markup], float]:
    parts: list[Markup] = []
    x = left
    for place, name in enumerate(layer.scaler.categories):
        parts.append(_swatch(Level("category", place), x, paint))
        parts.append(label(name, x + 18, HEIGHT - 1.5, paint.named("ink"), SMALL))
        x += 18 + text_width(name, SMALL) + 14
    return parts, x - 14


def _swatch(level: Level, x: float, paint: Paint) -> Markup:
    square = tag("rect", x=x, y=0, width=13, height=HEIGHT, **paint.fill(level))
    return join([square, _frame(x, 13, paint)])


def _frame(x: float, width: float, paint: Paint) -> Markup:
    return tag(
        "rect",
        x=x,
        y=0,
        width=width,
        height=HEIGHT,
        fill_opacity=0,
        stroke_width=0.8,
        **merge(paint.named("rule", "stroke")),
    )
